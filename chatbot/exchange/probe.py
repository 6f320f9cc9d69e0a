"""A look at an exchange from outside, for the doctor: does it answer, and how far apart are the clocks."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx

from chatbot.ports.clock import Clock

_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """`status` is the HTTP status of what was asked for; `skew` our clock minus theirs, None if they name no time."""

    status: int
    skew: timedelta | None


class Unanswered(Exception):
    """The exchange did not answer at all."""


async def probe(url: str, *, clock: Clock) -> Probe:
    """Ask for a public address once, outside of any budget. Raises `Unanswered`."""
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        raise Unanswered(type(error).__name__) from None
    return Probe(status=answer.status_code, skew=_skew(answer.headers.get("Date"), clock))


def _skew(date: str | None, clock: Clock) -> timedelta | None:
    try:
        return clock.now() - parsedate_to_datetime(date) if date else None
    except (ValueError, TypeError):
        return None
