"""Browser sessions: switched on by linking one, used for Instant Trade and the history of trades, and for nothing else.

Only here is one opened, and where conversions are sent.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, SessionState, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import InputError, NoSession, Refused, SessionExpired
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.intents import Convert
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.trades import TradeSpan
from chatbot.ports.accounts import Accounts as AccountStore
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

    `same_user`: its user name is the one of the account's key; if not, it may be of another ANDX account.
    """

    account: Account
    state: SessionState | None
    history: Check
    same_user: bool


class Sessions:
    """People's browser sessions. One is tried at the exchange before it is stored."""

    def __init__(
        self,
        *,
        store: AccountStore,
        tickets: Tickets,
        accounts: Accounts,
        instants: Mapping[Venue, InstantTrade],
        practice: PracticeDesk | None,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._store = store
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
        one if none is named.

        Raises `NotLinked`, and `Unavailable` if the exchange could not be asked; nothing is stored then.
        """
        holder = await self._accounts.own(person, account)
        history = await self._try(holder, session)
        state = None
        if history.works:
            state = await self._store.put_session(holder, session, chat=chat, now=self._clock.now())
        else:
            await self._record_failure(holder, history, chat=chat)
        same_user = await self._is_same_user(holder, session)
        return SessionReport(account=holder, state=state, history=history, same_user=same_user)

    async def link_practice(self, person: PersonId, account: AccountId, *, chat: ChatId | None = None) -> SessionReport:
        """Log in at the practice exchange with an account's key, and link that session."""
        holder = await self._accounts.own(person, account)
        if self._practice is None or holder.venue is not Venue.PAPER:
            raise InputError("Only a practice account gets its session here. /link instant asks for yours.")
        session = await self._practice.open_session(await self._store.credentials(holder.id, of=person))
        return await self.link(person, session, account=holder.id, chat=chat)

    async def unlink(
        self, person: PersonId, account: AccountId | None = None, *, chat: ChatId | None = None
    ) -> Account:
        """Erase the session of one of the person's accounts for good; of the active one if none is named.

        Raises `NotLinked`, `NoSession` if there is none, or `Unsettled` while an outcome is open that needs it.
        """
        holder = await self._accounts.own(person, account)
        unsettled = await self._tickets.unsettled_of(person)
        if any(ticket.account == holder.id and isinstance(ticket.intent, Convert) for ticket in unsettled):
            raise Unsettled("A conversion's outcome is still being found out with it. See /pending, then try again.")
        if not await self._store.drop_session(person, holder.id, chat=chat, now=self._clock.now()):
            raise NoSession
        return holder

    async def is_on(self, person: PersonId) -> bool:
        """Whether the person's active account, if there is one, has a session."""
        active = await self._store.active(person)
        return active is not None and await self._store.session_state(active.id) is not None

    async def has_ended(self, account: AccountId) -> bool:
        """Whether the session that is linked to the account was found not to be accepted any more."""
        state = await self._store.session_state(account)
        return state is not None and state.rejected_at is not None

    async def states(self, accounts: Iterable[Account]) -> Mapping[AccountId, SessionState]:
        """Of those of the accounts that have a session."""
        found = {account.id: await self._store.session_state(account.id) for account in accounts}
        return {account: state for account, state in found.items() if state is not None}

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

    async def _record_failure(self, account: Account, check: Check, *, chat: ChatId | None) -> None:
        event = Event(
            deed=Deed.LINK_FAILED,
            person=account.person,
            chat=chat,
            account=account.label,
            subject=_SUBJECT,
            result="rejected" if check.status is None else f"rejected with {check.status}",
        )
        await self._journal.record(event)

    async def _is_same_user(self, account: Account, session: Session) -> bool:
        credentials = await self._store.credentials(account.id, of=account.person)
        return credentials.username.reveal().lower() == session.username.reveal().lower()


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
