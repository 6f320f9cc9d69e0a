"""Browser sessions: switched on by linking one, used for Instant Trade and the history of trades, and for nothing else.

Only here is one opened, and where conversions are sent.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, SessionState, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import InputError, NoSession, Refused, SessionExpired
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.intents import Convert
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.domain.trades import TradeSpan
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.accounts import Sessions as SessionStore
from chatbot.ports.audit import Journal
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import PracticeDesk, Priority
from chatbot.ports.instant import InstantTrade
from chatbot.ports.tickets import Tickets
from chatbot.services.accounts import Accounts, Check, Unsettled, read_secret

T = TypeVar("T")

_SUBJECT = "instant"
_LONGEST_TOKEN = 4096  # as long as a message can be


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What a session was found to be good for. `state` is None if nothing was stored, because it was not accepted.
    `is_new` is false for one that was linked already, and stays.
    """

    account: Account
    state: SessionState | None
    history: Check
    is_new: bool = True


class Sessions:
    """People's browser sessions. One is tried at the exchange before it is stored."""

    def __init__(
        self,
        *,
        store: SessionStore,
        keys: AccountStore,
        tickets: Tickets,
        accounts: Accounts,
        instants: Mapping[Venue, InstantTrade],
        practice: PracticeDesk | None,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._store = store
        self._keys = keys
        self._tickets = tickets
        self._accounts = accounts
        self._instants = instants
        self._practice = practice
        self._journal = journal
        self._clock = clock

    async def ask(self, account: Account, call: Callable[[InstantTrade, Session], Awaitable[T]]) -> T:
        """Make a call with an account's session: `ask(account, lambda instant, session: instant.quote(session, …))`.

        Raises `NoSession`, what the call raises, and `SessionExpired`, which asks the person for a fresh one, once.
        """
        session = await self._store.session(account.id, of=account.person)
        try:
            return await call(self._instants[account.venue], session)
        except SessionExpired:
            await self._store.reject_session(account, session, now=self._clock.now())
            raise

    async def link(
        self, person: PersonId, session: Session, *, account: AccountId | None = None, chat: ChatId | None = None
    ) -> SessionReport:
        """Try the session with a harmless read, then seal and store it with one of the person's accounts, the active
        one if none is named. What waits for one is looked at again soon.

        Raises `NotLinked`, `InputError` for a session of another user than the account's key, and `Unavailable` if the
        exchange could not be asked; nothing is stored then.
        """
        holder = await self._accounts.own(person, account)
        await self._check_user(holder, session, chat=chat)
        history = await self._try(holder, session)
        if not history.works:
            failed = "rejected" if history.status is None else f"rejected with {history.status}"
            await self._record_failure(holder, failed, chat=chat)
            return SessionReport(account=holder, state=None, history=history)
        now = self._clock.now()
        state = await self._store.put_session(holder, session, chat=chat, now=now)
        for ticket in await self.open_conversions(holder.id):
            await self._tickets.update(ticket.id, lambda current: _due(current, now))
        return SessionReport(account=holder, state=state, history=history)

    async def link_practice(self, person: PersonId, account: AccountId, *, chat: ChatId | None = None) -> SessionReport:
        """Log in at the practice exchange with an account's key, and link that session. One that is linked and works
        stays: to log in anew would end it.
        """
        holder = await self._accounts.own(person, account)
        if self._practice is None or holder.venue is not Venue.PAPER:
            raise InputError("Only a practice account gets its session here. /link instant asks for yours.")
        if (linked := await self._working(holder)) is not None:
            return linked
        session = await self._practice.open_session(await self._keys.credentials(holder.id, of=person))
        return await self.link(person, session, account=holder.id, chat=chat)

    async def unlink(
        self, person: PersonId, account: AccountId | None = None, *, chat: ChatId | None = None
    ) -> Account:
        """Erase the session of one of the person's accounts for good; of the active one if none is named.

        Raises `NotLinked`, `NoSession` if there is none, or `Unsettled` while an outcome is open that can be found out
        with it.
        """
        holder = await self._accounts.own(person, account)
        if not await self.has_ended(holder.id) and await self.open_conversions(holder.id):
            raise Unsettled("A conversion's outcome is still being found out with it. See /pending, then try again.")
        if not await self._store.drop_session(person, holder.id, chat=chat, now=self._clock.now()):
            raise NoSession
        return holder

    async def is_on(self, person: PersonId) -> bool:
        """Whether the person's active account, if there is one, has a session."""
        active = await self._keys.active(person)
        return active is not None and await self._store.session_state(active.id) is not None

    async def has_ended(self, account: AccountId) -> bool:
        """Whether the session that is linked to the account was found not to be accepted any more."""
        state = await self._store.session_state(account)
        return state is not None and state.rejected_at is not None

    async def open_conversions(self, account: AccountId) -> tuple[Ticket, ...]:
        """Those that were sent with the account's session and have no known outcome yet, oldest first."""
        holder = await self._keys.get(account)
        unsettled = () if holder is None else await self._tickets.unsettled_of(holder.person)
        return tuple(each for each in unsettled if each.account == account and isinstance(each.intent, Convert))

    async def states(self, accounts: Iterable[Account]) -> Mapping[AccountId, SessionState]:
        """Of those of the accounts that have a session."""
        found = {account.id: await self._store.session_state(account.id) for account in accounts}
        return {account: state for account, state in found.items() if state is not None}

    async def _working(self, account: Account) -> SessionReport | None:
        """What is linked already, if the exchange accepts it."""
        state = await self._store.session_state(account.id)
        if state is None or state.rejected_at is not None:
            return None
        history = await self._try(account, await self._store.session(account.id, of=account.person))
        return SessionReport(account=account, state=state, history=history, is_new=False) if history.works else None

    async def _try(self, account: Account, session: Session) -> Check:
        """Read the trades of the day."""
        try:
            await self._instants[account.venue].trades(
                session, span=TradeSpan.DAY, page=1, account_name=DEFAULT_ACCOUNT_NAME, priority=Priority.PERSON
            )
        except SessionExpired:
            return Check(works=False)
        except Refused as error:
            return Check(works=False, status=error.code, reason=error.reason)
        return Check(works=True)

    async def _check_user(self, account: Account, session: Session, *, chat: ChatId | None) -> None:
        """With another user's session the bot would convert there, and look here for what came of it. Nothing says that
        the two names are always the same; but where they differ nobody can tell whose session it is.
        """
        credentials = await self._keys.credentials(account.id, of=account.person)
        # The name is an e-mail address: letters of either case are alike.
        theirs, keys = (each.username.reveal().strip().casefold() for each in (session, credentials))
        if theirs != keys:
            await self._record_failure(account, "of another user", chat=chat)
            raise InputError(
                f"Nothing was stored: this USER_NAME is not the user name of the API key of {account.label}, so the "
                "session may be of another ANDX account. Take both values from a browser that is logged in as the "
                "key's user; or link a key of the session's user before: /link"
            )

    async def _record_failure(self, account: Account, result: str, *, chat: ChatId | None) -> None:
        event = Event(
            deed=Deed.LINK_FAILED,
            person=account.person,
            chat=chat,
            account=account.label,
            subject=_SUBJECT,
            result=result,
        )
        await self._journal.record(event)


def _due(ticket: Ticket, now: datetime) -> Ticket:
    return replace(ticket, next_look_at=now) if ticket.state is TicketState.UNCERTAIN else ticket


def read_session(words: list[str]) -> Session:
    """`USER_NAME TOKEN`, in one line. Raises `InputError`."""
    if len(words) != 2:
        raise InputError("Two values are needed, with a space between them: USER_NAME TOKEN.")
    username, token = words
    return Session(username=read_username(username), token=read_token(token))


def read_username(text: str) -> Secret:
    """The browser's USER_NAME, as typed. Raises `InputError` for what cannot be one."""
    return _word(read_secret(text, what="USER_NAME"), what="USER_NAME")


def read_token(text: str) -> Secret:
    """The browser's TOKEN, as typed. Raises `InputError` for what cannot be one."""
    return _word(read_secret(text, what="TOKEN", longest=_LONGEST_TOKEN), what="TOKEN")


def _word(value: Secret, *, what: str) -> Secret:
    if " " in value.reveal():
        raise InputError(f"{what} is one word, without a space. Please send it again, alone.")
    return value
