"""What happened to orders and balances of linked accounts, also of what was done on the exchange's own site.

This is the only one who tells it. Cards that follow an order in its first minute, and cancellations that read theirs
back, hand over what they saw.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import KeyRejected, Refused, Unavailable
from chatbot.domain.follow_ups import LISTED_WITHIN, SURE_AFTER, KnownBalance, OrderRecord, compare, pause_after, tell
from chatbot.domain.ids import AccountId, OrderNumber
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import value_in
from chatbot.domain.orders import Balances, Order
from chatbot.domain.secrets import Credentials
from chatbot.ports.accounts import Accounts
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.follow_ups import FollowUps as FollowUpStore
from chatbot.ports.follow_ups import Worth
from chatbot.services.order_lists import Found, OrderLists

BALANCES_EVERY = timedelta(minutes=10)
_WITHOUT_RIGHT = timedelta(hours=6)
"""How soon a key that may not read balances is tried again."""
_ONE_BY_ONE = 3
"""How many orders that no list shows are asked for singly in one look; the others have their turn in the next."""
_GIVEN_UP = timedelta(days=7)
"""How long an order that the exchange does not know any more is asked for."""
_PRICES = timedelta(hours=1)
"""How old prices may be by which a change is found to be dust."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look at an account cost, and how soon the next one is worth it."""

    requests: int
    pause: timedelta


class FollowUps:
    """One `look` is one round for one account. `was_away`: what the first look finds happened in the bot's absence."""

    def __init__(
        self,
        *,
        store: FollowUpStore,
        accounts: Accounts,
        exchanges: Mapping[Venue, Exchange],
        cards: Cards,
        clock: Clock,
        was_away: bool = False,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._exchanges = exchanges
        self._cards = cards
        self._clock = clock
        self._was_away = was_away
        self._caught_up: set[AccountId] = set()
        self._stirred: set[AccountId] = set()
        self._balances_at: dict[AccountId, datetime] = {}
        self._asked_last: dict[AccountId, OrderNumber] = {}

    async def saw(self, account: AccountId, order: Order) -> None:
        """An order was read by somebody else. Its account is worth a look soon."""
        if not order.status.is_final:
            self._stirred.add(account)
        record = await self._store.of(account)
        if record is None or self._is_new(record, order):
            await self._note(account, (order,), seen=None)

    def stirred(self, among: Container[AccountId]) -> frozenset[AccountId]:
        """Those of these accounts in which something began since this was last asked."""
        stirred = frozenset(account for account in self._stirred if account in among)
        self._stirred -= stirred
        return stirred

    async def look(self, account: Account) -> Looked:
        """Read an account's orders, and its balances now and then, and tell what is new. Raises what reads raise."""
        credentials = await self._accounts.credentials(account.id)
        lists = OrderLists(self._exchanges[account.venue], credentials)
        record = await self._store.of(account.id)
        if record is None:
            await self._begin(account, lists)
        else:
            await self._read_on(account, lists, record)
        requests = lists.requests + await self._look_at_balances(account, credentials, is_first=record is None)
        self._caught_up.add(account.id)
        return Looked(requests=requests, pause=await self._pause(account))

    async def _begin(self, account: Account, lists: OrderLists) -> None:
        newest = await lists.newest()
        found = {**await lists.open(), **newest}
        open_orders = [order for order in found.values() if not order.status.is_final]
        await self._store.begin(account.id, open_orders, through=max(newest, default=OrderNumber(0)))

    async def _read_on(self, account: Account, lists: OrderLists, record: OrderRecord) -> None:
        """Read all that came since, and everything that was open; then tell what is new about it."""
        listed = await lists.since(record.seen)
        surely = self._clock.now() - LISTED_WITHIN
        seen = max((number for number, order in listed.items() if order.placed_at <= surely), default=record.seen)
        missing = [number for number in record.open if number not in listed]
        if len(missing) > 1:
            listed = {**listed, **await lists.open()}
            missing = [number for number in missing if number not in listed]
        listed |= await self._one_by_one(account.id, missing, lists, record)
        new = [order for order in listed.values() if self._is_new(record, order)]
        if new or seen > record.seen:
            await self._note(account.id, new, seen=seen)

    async def _one_by_one(
        self, account: AccountId, missing: list[OrderNumber], lists: OrderLists, record: OrderRecord
    ) -> Found:
        """Ask for orders that no list showed. That a list does not show one is no evidence of its end."""
        last = self._asked_last.get(account, 0)
        found: Found = {}
        for number in sorted(missing, key=lambda each: (each <= last, each))[:_ONE_BY_ONE]:
            self._asked_last[account] = number
            order = await lists.one(number)
            if order is not None:
                found[number] = order
            elif self._clock.now() - record.orders[number].changed_at > _GIVEN_UP:
                await self._store.let_go(account, number)
        return found

    def _is_new(self, record: OrderRecord, order: Order) -> bool:
        told = record.orders.get(order.number)
        return not record.is_over(order.number) and tell(told, order, now=self._clock.now()) != told

    async def _note(self, account: AccountId, orders: Sequence[Order], *, seen: OrderNumber | None) -> None:
        late = self._was_away and account not in self._caught_up
        for card in await self._store.note(account, orders, seen=seen, late=late, now=self._clock.now()):
            self._cards.repaint(card)

    async def _look_at_balances(self, account: Account, credentials: Credentials, *, is_first: bool) -> int:
        """Read balances if it is time; returns how many requests that took.

        The first look of a run leaves them out: after a start all orders come before any balance.
        """
        now = self._clock.now()
        due = self._balances_at.setdefault(account.id, now)
        if now < due or (account.id not in self._caught_up and not is_first):
            return 0
        try:
            balances = await self._exchanges[account.venue].balances(
                credentials, account_name=DEFAULT_ACCOUNT_NAME, priority=Priority.WATCHER
            )
        except (KeyRejected, Refused):  # orders were read: it is a key that may not read balances
            self._balances_at[account.id] = now + _WITHOUT_RIGHT
            return 1
        known = await self._store.balances_of(account.id)
        if known is None or _differs(known, balances, now=now):
            worth = _nobody_knows if known is None else await self._worth(account.venue)
            await self._store.note_balances(account, balances, worth=worth, now=now)
        self._balances_at[account.id] = now + BALANCES_EVERY
        return 1

    async def _pause(self, account: Account) -> timedelta:
        now = self._clock.now()
        record = await self._store.of(account.id)
        pause = pause_after(record, now=now) if record is not None else BALANCES_EVERY
        known = await self._store.balances_of(account.id)
        if known is not None and any(balance.other is not None for balance in known.values()):
            self._balances_at[account.id] = min(self._balances_at[account.id], now + SURE_AFTER)
            return min(pause, SURE_AFTER)
        return pause

    async def _worth(self, venue: Venue) -> Worth:
        """What amounts are worth by prices that are at hand; nothing, where there are none."""
        exchange = self._exchanges[venue]
        try:
            markets = await exchange.markets(priority=Priority.ALERT)
            tickers = await exchange.tickers(priority=Priority.ALERT, within=_PRICES)
        except (Unavailable, Refused):
            return _nobody_knows

        def worth(currency: str, amount: Decimal) -> Decimal | None:
            return value_in(amount, currency=currency, counter=VALUED_IN, markets=markets, tickers=tickers)

        return worth


def _nobody_knows(currency: str, amount: Decimal) -> Decimal | None:
    """The worth of what is not told, or not known."""
    return None


def _differs(known: Mapping[str, KnownBalance], balances: Balances, *, now: datetime) -> bool:
    """Whether holding balances against the known ones changes what is known."""

    def changes(currency: str) -> bool:
        before = known.get(currency)
        return compare(before or KnownBalance(), balances.of(currency).total, now=now)[0] != (before or KnownBalance())

    return any(changes(currency) for currency in {*known, *balances.by_currency})
