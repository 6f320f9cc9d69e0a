"""Linking exchange accounts, and taking them away again."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import InputError, KeyRejected, NoSwapKey, NotLinked, NotPermitted, Refused
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.orders import OrderFilter
from chatbot.domain.secrets import Credentials, Secret, SwapKey
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.audit import Journal
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, PracticeDesk, Priority
from chatbot.ports.swaps import PracticeSwaps, SwapService
from chatbot.ports.tickets import Tickets

_LONGEST = 256
MOST_ACCOUNTS = 10
"""How many accounts one person may link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Whether a kind of request worked with a key; `status` and `reason` say what the exchange answered if not."""

    works: bool
    status: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """What a key was found to be good for. `account` is None if nothing was stored, because nothing worked."""

    venue: Venue
    account: Account | None
    balances: Check
    orders: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapKeyReport:
    """What a key of n.exchange was found to be good for. `account` is None if nothing was stored.

    With a key that may not list its `orders`, a swap whose answer gets lost cannot be looked for.
    """

    venue: Venue
    account: Account | None
    orders: Check


class Unsettled(InputError):
    """The account has tickets whose outcome is still being found out."""


class Accounts:
    """A person's linked accounts. Keys are tried at the exchange before they are stored."""

    def __init__(
        self,
        *,
        store: AccountStore,
        tickets: Tickets,
        exchanges: Mapping[Venue, Exchange],
        practice: PracticeDesk | None,
        swap_services: Mapping[Venue, SwapService],
        practice_swaps: PracticeSwaps | None,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tickets = tickets
        self._exchanges = exchanges
        self._practice = practice
        self._swap_services = swap_services
        self._practice_swaps = practice_swaps
        self._journal = journal
        self._clock = clock

    @property
    def has_practice(self) -> bool:
        return self._practice is not None

    @property
    def has_practice_swaps(self) -> bool:
        return self._practice_swaps is not None

    @property
    def venues(self) -> tuple[Venue, ...]:
        """Where accounts can be linked: the exchanges, then where coins are swapped."""
        return (*self._exchanges, *self._swap_services)

    async def link(
        self, person: PersonId, *, venue: Venue, credentials: Credentials, chat: ChatId | None = None
    ) -> LinkReport:
        """Try the key, then seal and store it if it is good for anything. `chat` is where it was asked for, if in one.

        Raises `Unavailable` if the exchange could not be asked; nothing is stored then.
        """
        balances = await self._try_balances(venue, credentials)
        orders = await self._try_orders(venue, credentials)
        account = None
        if balances.works or orders.works:
            account = await self._known(person, venue, credentials)
            account = account or await self._add(person, venue, credentials, chat=chat)
            await self._store.activate(person, account.id)
        else:
            await self._record_failure(person, venue, balances, chat=chat)
        return LinkReport(venue=venue, account=account, balances=balances, orders=orders)

    async def link_swap_key(
        self, person: PersonId, *, venue: Venue, key: SwapKey, chat: ChatId | None = None, alarm: bool = True
    ) -> SwapKeyReport:
        """Try the key at the service that swaps, then seal and store it if the service knows it: also if it may read
        rates but not list its orders. The active account stays the one it is. Its person gets an `alarm`, if a new one
        is stored.

        Raises `Unavailable` if the service could not be asked; nothing is stored then.
        """
        orders, is_good = await self._try_swaps(venue, key)
        account = None
        if is_good:
            account = await self._known(person, venue, key)
            account = account or await self._add(person, venue, key, chat=chat, alarm=alarm)
        else:
            await self._record_failure(person, venue, orders, chat=chat)
        return SwapKeyReport(venue=venue, account=account, orders=orders)

    async def link_practice(self, person: PersonId, *, chat: ChatId | None = None) -> LinkReport:
        """Open an account with play money at the practice venue and link it."""
        if self._practice is None:
            raise InputError("There is no practice exchange here. Link an account with /link.")
        await self._check_first(person, Venue.PAPER, what="practice account")
        credentials = await self._practice.open_account()
        return await self.link(person, venue=Venue.PAPER, credentials=credentials, chat=chat)

    async def link_practice_swaps(self, person: PersonId, *, chat: ChatId | None = None) -> SwapKeyReport:
        """Have a key made for swaps with play money, and link it. No alarm: nothing of anybody's is at stake."""
        if self._practice_swaps is None:
            raise InputError("Swaps cannot be practised here. Link a key with /link nexchange.")
        await self._check_first(person, Venue.PAPER_SWAPS, what="practice key")
        key = await self._practice_swaps.open_key()
        return await self.link_swap_key(person, venue=Venue.PAPER_SWAPS, key=key, chat=chat, alarm=False)

    async def of(self, person: PersonId) -> tuple[tuple[Account, ...], Account | None]:
        """All linked accounts, and the active one."""
        return await self._store.of(person), await self._store.active(person)

    async def active(self, person: PersonId) -> Account:
        """The account a person trades with. Raises `NotLinked`."""
        account = await self._store.active(person)
        if account is None or account.venue not in self._exchanges:
            raise NotLinked
        return account

    async def own(self, person: PersonId, account: AccountId | None) -> Account:
        """One of the person's linked accounts; the active one without a number. Raises `NotLinked`."""
        if account is None:
            return await self.active(person)
        for linked in await self._store.of(person):
            if linked.id == account and linked.venue in self._exchanges:
                return linked
        raise NotLinked

    async def swap_account(self, person: PersonId) -> Account:
        """The account whose key a person swaps with: of those linked, the newest that is play money exactly if the
        active account is, else the newest of all. Raises `NoSwapKey`.
        """
        linked = [account for account in await self._store.of(person) if account.venue in self._swap_services]
        if not linked:
            raise self._no_swap_key()
        active = await self._store.active(person)
        alike = [account for account in linked if active is not None and account.venue.is_live == active.venue.is_live]
        return (alike or linked)[-1]

    def _no_swap_key(self) -> NoSwapKey:
        return NoSwapKey(practice=self.has_practice_swaps, live=Venue.NEXCHANGE in self._swap_services)

    async def own_swap(self, person: PersonId, account: AccountId) -> Account:
        """One of the person's accounts where coins are swapped. Raises `NoSwapKey`."""
        for linked in await self._store.of(person):
            if linked.id == account and linked.venue in self._swap_services:
                return linked
        raise self._no_swap_key()

    async def activate(self, person: PersonId, account: AccountId) -> bool:
        return await self._store.activate(person, account)

    async def unlink(self, person: PersonId, account: AccountId, *, chat: ChatId | None = None) -> bool:
        """Erase an account for good. Raises `Unsettled` while an outcome is open that needs its key."""
        unsettled = await self._tickets.unsettled_of(person)
        if any(ticket.account == account for ticket in unsettled):
            raise Unsettled("This account has an outcome that is still being found out. See /pending, then try again.")
        return await self._store.remove(person, account, chat=chat, now=self._clock.now())

    async def _check_room(self, person: PersonId) -> None:
        if len(await self._store.of(person)) >= MOST_ACCOUNTS:
            raise InputError(f"You have {MOST_ACCOUNTS} accounts linked, which is the most. Unlink one in /accounts.")

    async def _check_first(self, person: PersonId, venue: Venue, *, what: str) -> None:
        for account in await self._store.of(person):
            if account.venue is venue:
                raise InputError(f"You have a {what} already: {account.label}. See /accounts.")

    async def _add(
        self,
        person: PersonId,
        venue: Venue,
        credentials: Credentials | SwapKey,
        *,
        chat: ChatId | None,
        alarm: bool = True,
    ) -> Account:
        await self._check_room(person)
        now = self._clock.now()
        return await self._store.add(person, venue=venue, credentials=credentials, chat=chat, alarm=alarm, now=now)

    async def _known(self, person: PersonId, venue: Venue, credentials: Credentials | SwapKey) -> Account | None:
        """The account that is linked with just these values; linking it again adds nothing."""
        opened = self._store.swap_key if venue.swaps else self._store.credentials
        for account in await self._store.of(person):
            same_end = account.venue is venue and account.key_tail == credentials.key_tail
            if same_end and await opened(account.id) == credentials:
                return account
        return None

    async def _record_failure(self, person: PersonId, venue: Venue, check: Check, *, chat: ChatId | None) -> None:
        reason = f"rejected with {check.status}"
        event = Event(deed=Deed.LINK_FAILED, person=person, chat=chat, subject=venue.value, result=reason)
        await self._journal.record(event)

    async def _try_swaps(self, venue: Venue, key: SwapKey) -> tuple[Check, bool]:
        """Whether the key lists its orders; and whether it is worth storing. 403 on the list is documented as possible
        with a key that works (api/nexchange: section 2).
        """
        service = self._swap_services[venue]
        try:
            await service.swaps(key, page=1, size=1, priority=Priority.PERSON)
        except NotPermitted as error:
            return _failed(error), await self._reads_rates(service, key)
        except (KeyRejected, Refused) as error:
            return _failed(error), False
        return Check(works=True), True

    async def _reads_rates(self, service: SwapService, key: SwapKey) -> bool:
        try:
            pairs = await service.pairs(key, priority=Priority.PERSON)
            usable = [pair for pair in pairs if not pair.is_disabled][:1]
            for pair in usable:
                await service.rate(key, pair=pair.name, priority=Priority.PERSON)
        except (KeyRejected, Refused):
            return False
        return bool(usable)

    async def _try_balances(self, venue: Venue, credentials: Credentials) -> Check:
        try:
            await self._exchanges[venue].balances(
                credentials, account_name=DEFAULT_ACCOUNT_NAME, priority=Priority.PERSON
            )
        except (KeyRejected, Refused) as error:
            return _failed(error)
        return Check(works=True)

    async def _try_orders(self, venue: Venue, credentials: Credentials) -> Check:
        try:
            await self._exchanges[venue].orders(
                credentials,
                account_name=DEFAULT_ACCOUNT_NAME,
                which=OrderFilter.OPEN,
                market=None,
                page=1,
                priority=Priority.PERSON,
            )
        except (KeyRejected, Refused) as error:
            return _failed(error)
        return Check(works=True)


def _failed(error: KeyRejected | Refused) -> Check:
    status = error.status if isinstance(error, KeyRejected) else error.code
    return Check(works=False, status=status, reason=error.reason)


def read_secret(text: str, *, what: str, longest: int = _LONGEST) -> Secret:
    """One of the values of a key or a session, as typed. Raises `InputError` if it cannot be one (most go into an HTTP
    header).
    """
    value = text.strip()
    if not value or len(value) > longest or not value.isascii() or not value.isprintable():
        raise InputError(f"That cannot be the {what}: it must be one line of plain characters. Please send it again.")
    return Secret(value)


def read_swap_key(text: str) -> SwapKey:
    """A key of n.exchange. Raises `InputError` for what cannot be one."""
    key = read_secret(text, what="API key")
    if " " in key.reveal():
        raise InputError("A key of n.exchange is one word, without “ApiKey” before it. Please send it alone.")
    return SwapKey(api_key=key)


def read_credentials(words: list[str]) -> Credentials:
    """`USERNAME PASSPHRASE API_KEY SECRET`, in one line. Raises `InputError`."""
    if len(words) != 4:
        raise InputError("Four values are needed, with spaces between them: USERNAME PASSPHRASE API_KEY SECRET.")
    username, passphrase, api_key, secret_key = words
    return Credentials(
        username=read_secret(username, what="username"),
        passphrase=read_secret(passphrase, what="passphrase"),
        api_key=read_secret(api_key, what="API key"),
        secret_key=read_secret(secret_key, what="secret key"),
    )
