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
from chatbot.domain.explaining import AGAIN_AFTER, SETTLES_IN, KnownBalance, compare
from chatbot.domain.follow_ups import LISTED_AT_LAST, LISTED_WITHIN, OrderRecord, news_of, pause_after, tell
from chatbot.domain.ids import AccountId, MarketCode, OrderNumber
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market, value_in
from chatbot.domain.orders import Balances, Order
from chatbot.domain.secrets import Credentials
from chatbot.ports.accounts import Accounts
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.follow_ups import FollowUps as FollowUpStore
from chatbot.ports.follow_ups import Worth
from chatbot.services.order_lists import Found, OrderLists
from chatbot.services.samples import Sampler

BALANCES_EVERY = timedelta(minutes=10)
_SETTLING = timedelta(minutes=2)
"""How long they wait at most for the effects of executions, where something is executed all the time."""
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
    """One `look` is one round for one account. `was_away`: what the first look finds happened in the bot's absence.
    Balances that are read on the way are handed to the `sampler`.
    """

    def __init__(
        self,
        *,
        store: FollowUpStore,
        accounts: Accounts,
        exchanges: Mapping[Venue, Exchange],
        cards: Cards,
        clock: Clock,
        sampler: Sampler | None = None,
        was_away: bool = False,
    ) -> None:
        self._store = store
        self._sampler = sampler
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
        record, holder = await self._store.of(account), await self._accounts.get(account)
        if holder is not None and (record is None or self._is_new(record, order)):
            await self._note(holder, (order,), seen=None)

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
        with_balances = self._are_balances_due(account.id, is_first=record is None)
        if record is None:
            await self._begin(account, lists)
        else:
            now = self._clock.now()
            beyond = min(record.seen, record.until(now - LISTED_AT_LAST)) if with_balances else record.seen
            await self._read_on(account, lists, record, beyond=beyond)
        balances = await self._look_at_balances(account, credentials, lists) if with_balances else 0
        self._caught_up.add(account.id)
        return Looked(requests=lists.requests + balances, pause=await self._pause(account))

    async def _begin(self, account: Account, lists: OrderLists) -> None:
        newest = await lists.newest()
        found = {**await lists.open(), **newest}
        open_orders = [order for order in found.values() if not order.status.is_final]
        await self._store.begin(account.id, open_orders, through=max(newest, default=OrderNumber(0)))

    async def _read_on(self, account: Account, lists: OrderLists, record: OrderRecord, *, beyond: OrderNumber) -> bool:
        """Read all `beyond` a number, and everything that was open; then tell what is new about it.

        Returns whether something was executed.
        """
        listed = await lists.since(beyond)
        surely = self._clock.now() - LISTED_WITHIN
        seen = max((number for number, order in listed.items() if order.placed_at <= surely), default=record.seen)
        missing = [number for number in record.open if number not in listed]
        if len(missing) > 1:
            listed = {**listed, **await lists.open()}
            missing = [number for number in missing if number not in listed]
        listed |= await self._one_by_one(account.id, missing, lists, record)
        new = [order for order in listed.values() if self._is_new(record, order)]
        if new or seen > record.seen:
            await self._note(account, new, seen=seen)
        news = (news_of(record.orders.get(order.number), order) for order in new)
        return any(each is not None and each.part for each in news)

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

    async def _note(self, account: Account, orders: Sequence[Order], *, seen: OrderNumber | None) -> None:
        late = self._was_away and account.id not in self._caught_up
        markets = await self._markets(account.venue) if any(order.executed for order in orders) else {}
        cards = await self._store.note(account.id, orders, seen=seen, markets=markets, late=late, now=self._clock.now())
        for card in cards:
            self._cards.repaint(card)

    def _are_balances_due(self, account: AccountId, *, is_first: bool) -> bool:
        """The first look of a run leaves them out: after a start all orders come before any balance."""
        now = self._clock.now()
        due = self._balances_at.setdefault(account, now)
        return now >= due and (account in self._caught_up or is_first)

    async def _look_at_balances(self, account: Account, credentials: Credentials, lists: OrderLists) -> int:
        """Read balances between two readings of the orders; returns how many requests the balances took.

        Where something was executed meanwhile, whoever saw it, nobody can say whether it is in these balances: they are
        read again with the next look.
        """
        record, now = await self._store.of(account.id), self._clock.now()
        known = await self._store.balances_of(account.id)
        if record is None or (known is not None and self._are_settling(account.id, known, now=now)):
            return 0
        try:
            balances = await self._exchanges[account.venue].balances(
                credentials, account_name=DEFAULT_ACCOUNT_NAME, priority=Priority.WATCHER
            )
        except (KeyRejected, Refused):  # orders were read: it is a key that may not read balances
            self._balances_at[account.id] = now + _WITHOUT_RIGHT
            return 1
        if self._sampler is not None:
            await self._sampler.saw(account, balances)
        if await self._read_on(account, lists, record, beyond=record.seen):
            return 1
        if known is None or _differs(known, balances, now=now):
            worth = _nobody_knows if known is None else await self._worth(account.venue)
            await self._store.note_balances(account, balances, worth=worth, now=now)
        self._balances_at[account.id] = now + BALANCES_EVERY
        return 1

    def _are_settling(self, account: AccountId, known: Mapping[str, KnownBalance], *, now: datetime) -> bool:
        """Whether balances are better read a little later."""
        moves = [balance.moved_at for balance in known.values() if balance.moved_at is not None]
        waits = now - self._balances_at[account] < _SETTLING
        return waits and any(now - moved_at < SETTLES_IN for moved_at in moves)

    async def _markets(self, venue: Venue) -> Mapping[MarketCode, Market]:
        """Markets, for their fees; none if they cannot be read now."""
        try:
            return {market.code: market for market in await self._exchanges[venue].markets(priority=Priority.WATCHER)}
        except (Unavailable, Refused):
            return {}

    async def _pause(self, account: Account) -> timedelta:
        now = self._clock.now()
        record = await self._store.of(account.id)
        pause = pause_after(record, now=now) if record is not None else BALANCES_EVERY
        known = await self._store.balances_of(account.id)
        if known is not None and any(balance.other is not None for balance in known.values()):
            self._balances_at[account.id] = min(self._balances_at[account.id], now + AGAIN_AFTER)
            return min(pause, AGAIN_AFTER)
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
