"""Linked exchange accounts, and where they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.domain.ids import AccountId, PersonId

DEFAULT_ACCOUNT_NAME = "Main"
"""The exchange's own name of everybody's first account (api: A1's default)."""


class Venue(StrEnum):
    """Where an account is: at the exchange, or at the service that swaps coins; each also with play money."""

    ANDX = "andx"
    PAPER = "paper"
    NEXCHANGE = "nexchange"
    PAPER_SWAPS = "paper-swaps"

    @property
    def is_live(self) -> bool:
        return self not in (Venue.PAPER, Venue.PAPER_SWAPS)

    @property
    def swaps(self) -> bool:
        """Whether coins are swapped there, without a balance; at the others there are balances and orders."""
        return self in (Venue.NEXCHANGE, Venue.PAPER_SWAPS)

    @property
    def badge(self) -> str:
        return "LIVE" if self.is_live else "PAPER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A linked account, without its secrets. `label` is what its owner calls it, such as `andx-1`."""

    id: AccountId
    person: PersonId
    venue: Venue
    label: str
    key_tail: str
    linked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """A browser session that is linked to an account, without its secrets. ANDX does not accept it since `rejected_at`,
    if it is not None.
    """

    tail: str
    linked_at: datetime
    rejected_at: datetime | None = None
