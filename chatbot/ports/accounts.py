"""Linked accounts and their secrets."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.accounts import Account, SessionState, Venue
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.secrets import Credentials, Session, SwapKey


class Sessions(Protocol):
    """Browser sessions: at most one on each account at an exchange, sealed like its key.

    A session is a whole login, so this is handed to those who use it for what it is for, and to nobody else.
    """

    async def session(self, account: AccountId, *, of: PersonId | None = None) -> Session:
        """Open it for the call that signs. Raises `NotLinked` if the account is gone or not the one `of` this person,
        `NoSession` if it has none, `SessionExpired` if the exchange was found not to accept it.
        """
        ...

    async def session_state(self, account: AccountId) -> SessionState | None: ...

    async def put_session(
        self, account: Account, session: Session, *, chat: ChatId | None = None, now: datetime
    ) -> SessionState:
        """Seal and store, in place of the one there was, which is erased. Raises `NotLinked` if the account is gone.

        Written down as done in `chat`, with an alarm to the person.
        """
        ...

    async def drop_session(
        self, person: PersonId, account: AccountId, *, chat: ChatId | None = None, now: datetime
    ) -> bool:
        """Erase it for good. False if the account has none, or is not this person's."""
        ...

    async def reject_session(self, account: Account, session: Session, *, now: datetime) -> None:
        """The exchange did not accept it: the first time, its person is asked for a fresh one. Nothing happens if there
        is another one by now.
        """
        ...


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
