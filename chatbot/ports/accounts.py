"""Linked accounts and their secrets."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.secrets import Credentials, SwapKey


class Accounts(Protocol):
    async def add(
        self,
        person: PersonId,
        *,
        venue: Venue,
        credentials: Credentials | SwapKey,
        chat: ChatId | None = None,
        alarm: bool = True,
        now: datetime,
    ) -> Account:
        """Seal and store. Its label is `<venue>-<n>`, n the lowest free. One at an exchange becomes the active one, one
        where coins are swapped never does.

        Written down as done in `chat`, with an alarm to the person, unless that is play money one opened at a tap.
        """
        ...

    async def of(self, person: PersonId) -> tuple[Account, ...]: ...

    async def get(self, account: AccountId) -> Account | None: ...

    async def active(self, person: PersonId) -> Account | None: ...

    async def activate(self, person: PersonId, account: AccountId) -> bool:
        """False if the account is not this person's, or is none that can be active."""
        ...

    async def remove(self, person: PersonId, account: AccountId, *, chat: ChatId | None = None, now: datetime) -> bool:
        """Erase an account and its secrets for good; another one that can be active, if any, takes its place."""
        ...

    async def credentials(self, account: AccountId, *, of: PersonId | None = None) -> Credentials:
        """Open the secrets for the call that signs. Raises `NotLinked` if the account is gone, is not the one `of`
        this person, or is where coins are swapped.
        """
        ...

    async def swap_key(self, account: AccountId, *, of: PersonId | None = None) -> SwapKey:
        """Open the key of an account where coins are swapped. Raises `NotLinked` as `credentials` does."""
        ...
