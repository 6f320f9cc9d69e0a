"""What accounts held over time, and the names of the sub-accounts that people asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import AccountId, SubAccountId
from chatbot.domain.portfolio import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class SubAccount:
    """One of an account, by the exchange's own name of it."""

    id: SubAccountId
    account: AccountId
    name: str


class Samples(Protocol):
    """Of accounts, and of their sub-accounts by `name`."""

    async def latest(self, account: AccountId, name: str) -> Sample | None: ...

    async def keep(self, account: AccountId, name: str, sample: Sample) -> None:
        """In one transaction with dropping those that are too many by now: of one `chatbot.domain.portfolio.slot_of`
        the last one stays. Of an account that is gone nothing is kept.
        """
        ...

    async def since(self, account: AccountId, name: str, since: datetime) -> tuple[Sample, ...]:
        """Oldest first, beginning with the last one at or before `since`, or with the first there is."""
        ...

    async def remember(self, account: AccountId, name: str, *, now: datetime) -> None:
        """That a sub-account was asked for; only so many names of an account are remembered, the last used."""
        ...

    async def remembered(self, account: AccountId) -> tuple[SubAccount, ...]:
        """By name."""
        ...
