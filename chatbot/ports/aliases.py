"""Withdrawal aliases."""

from datetime import datetime, timedelta
from typing import Protocol

from chatbot.domain.accounts import Account
from chatbot.domain.aliases import Alias
from chatbot.domain.ids import AccountId, AliasId, ChatId, PersonId


class Aliases(Protocol):
    @property
    def hold_time(self) -> timedelta:
        """How long withdrawals to a new alias wait; zero if they do not."""
        ...

    async def add(
        self, account: Account, *, currency: str, name: str, person: PersonId, chat: ChatId, now: datetime
    ) -> tuple[Alias, bool]:
        """Add an alias, which starts its hold and is told; or the one that is there already, unchanged. Says whether it
        is new. Raises `Stopped` while the person is locked.
        """
        ...

    async def of(self, accounts: tuple[AccountId, ...]) -> tuple[Alias, ...]:
        """Those of some accounts, by account, currency and age."""
        ...

    async def find(self, account: AccountId, *, currency: str, name: str) -> Alias | None: ...

    async def remove(self, alias: AliasId, *, person: PersonId, chat: ChatId, now: datetime) -> Alias | None:
        """Remove an alias of one of the person's accounts; None if there is none (any more).

        Raises `AliasInUse` while a withdrawal to it waits or has no known outcome.
        """
        ...
