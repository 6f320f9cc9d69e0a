"""Linked exchange accounts, and where they are."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chatbot.domain.ids import AccountId, PersonId

DEFAULT_ACCOUNT_NAME = "Main"
"""The exchange's own name of everybody's first account (api: A1's default)."""


class Venue(StrEnum):
    """Where an account is. Both speak the same API; one holds play money."""

    ANDX = "andx"
    PAPER = "paper"

    @property
    def is_live(self) -> bool:
        return self is not Venue.PAPER

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
