"""Second factors as they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatbot.domain.factors import Code, Factor, Judgement, OneTimeCode
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An answer to a question for a code: whose, where, what it is to allow (`subject`, in words).

    `closes`: if it is wrong, the question is over, and its person is alarmed.
    """

    person: PersonId
    chat: ChatId
    subject: str
    closes: bool
    at: datetime


class Factors(Protocol):
    """Every change is written down for good, and told where its person must notice, in the same transaction."""

    def has(self, person: PersonId) -> bool:
        """Whether a person's second factor is in force; costs nothing."""
        ...

    @property
    def required(self) -> bool:
        """Whether a second factor is asked of everybody; costs nothing."""
        ...

    async def get(self, person: PersonId) -> Factor | None:
        """None unless it is in force."""
        ...

    async def begin(self, person: PersonId, *, secret: Secret, expires_at: datetime) -> bool:
        """Keep a new secret that is not in force yet, in place of one that waits. False if one is in force."""
        ...

    async def confirm(
        self, person: PersonId, code: OneTimeCode, *, recovery: Sequence[str], chat: ChatId, now: datetime
    ) -> bool | None:
        """Put the waiting secret in force if the code is its, and drop the raises of limits that wait: they were asked
        for without a code. None if none waits (any more).
        """
        ...

    async def verify(self, code: Code | None, attempt: Attempt) -> Judgement:
        """Judge a code, once and for all: what is accepted is used up. None is an answer that cannot be a code: wrong,
        but no try at finding one. Raises `FactorMissing`.
        """
        ...

    async def burn(self, person: PersonId, code: Code, *, chat: ChatId, now: datetime) -> bool:
        """Use up a code that nothing asked for. False if it is none of theirs, which changes and counts nothing."""
        ...

    async def void(self, person: PersonId, *, now: datetime) -> None:
        """Accept neither the one-time code of now nor the next one. Nothing to do for people without a factor."""
        ...

    async def refuse(self, attempt: Attempt) -> None:
        """Write down a wrong answer of somebody without a second factor."""
        ...

    async def turn_off(self, person: PersonId, *, chat: ChatId | None, now: datetime) -> bool:
        """Erase factor, secret and recovery codes; without a chat, on the server. False if none was in force."""
        ...

    async def abandon(self, person: PersonId) -> bool:
        """Erase a secret that waits for its first code. False if none waits."""
        ...

    async def renew(self, person: PersonId, recovery: Sequence[str], *, chat: ChatId, now: datetime) -> bool:
        """Replace all recovery codes. False if no factor is in force."""
        ...

    async def require(self, required: bool, *, by: PersonId, chat: ChatId, now: datetime) -> None:
        """Ask a second factor of everybody, or no longer."""
        ...

    async def prune(self, *, now: datetime) -> None:
        """Erase secrets that waited too long for their first code."""
        ...
