"""The use cases: place, cancel, look up, withdraw, convert; and the passing of time."""

from collections import defaultdict, deque
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from heapq import heappop, heappush

from chatbot.paper.accounts import PLAY_MONEY, SAVED, SAVINGS, Account, Accounts
from chatbot.paper.book import Fill
from chatbot.paper.clock import Clock
from chatbot.paper.executions import Executions, Fact, Past
from chatbot.paper.instant.desk import Desk
from chatbot.paper.instant.prices import Prices
from chatbot.paper.ledger import HOUSE, Ledger
from chatbot.paper.market import MARKETS, Market
from chatbot.paper.orders import Kind, Order, Side, Terms
from chatbot.paper.refusals import Refusal, Refused
from chatbot.paper.script import Scripts
from chatbot.paper.swaps.orders import Order as SwapOrder
from chatbot.paper.swaps.venue import SwapVenue
from chatbot.paper.trading import Trading
from chatbot.paper.withdrawals import USUAL_ALIASES, Withdrawals

READY_NAMES = ("alice", "bob")
_FIRST_ORDER = 54264

History = dict[int, Order]
"""An account's orders by number, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What everybody could list at one moment: orders of the markets and executions by account, swaps by reference."""

    orders: dict[int, History]
    executions: dict[int, Past]
    swaps: dict[str, SwapOrder]


class Exchange:
    """The whole venue behind its wire. Single-threaded; every method is one atomic step."""

    def __init__(self, *, clock: Clock | None = None, seed: int = 0) -> None:
        self.clock = clock or Clock()
        self.ledger = Ledger()
        self.accounts = Accounts()
        self.cancel_delay = timedelta(milliseconds=250)
        self.frozen = False
        self.held: set[str] = set()
        self.standing_until = self.clock.monotonic()
        self.scripts = Scripts()
        self.executions = Executions()
        self.withdrawals = Withdrawals(ledger=self.ledger, clock=self.clock, seed=seed)
        self._histories: defaultdict[int, dict[int, Order]] = defaultdict(dict)
        self._cancels: list[tuple[float, int, Order]] = []  # moment, sequence, order
        self._next_number = _FIRST_ORDER
        now = self.clock.unix()
        self.markets = {
            market.code: Trading(market, seed=seed, now=now, settle=self._settle)
            for market in MARKETS
            if not market.instant_only
        }
        self._turn = deque(self.markets.values())
        self._prices = Prices((market for market in MARKETS if market.instant_only), seed=seed)
        self.instant = Desk(self, seed=seed)
        self.swaps = SwapVenue(prices=self._price_in_usdt, clock=self.clock, seed=seed)
        self.ready = tuple(self._fund(self.accounts.open_ready(name, seed=seed)) for name in READY_NAMES)

    def sign_up(self, name: str) -> Account:
        """Open a further account with play money, the usual saved addresses and fresh credentials."""
        return self._fund(self.accounts.open_fresh(name))

    def _fund(self, account: Account) -> Account:
        savings = self.accounts.open_sub(account, SAVINGS)
        for number, money in ((account.number, PLAY_MONEY), (savings, SAVED)):
            for currency, amount in money.items():
                self.ledger.set_balance(number, currency, amount)
        for currency, aliases in USUAL_ALIASES.items():
            for alias in aliases:
                self.withdrawals.save_alias(account.number, currency, alias)
        return account

    # orders

    def place(self, terms: Terms) -> Order:
        """Check, hold the money, match, rest. Raises ``Refused`` having changed nothing."""
        self.catch_up()
        trading = self._trading(terms.market)
        now = self.clock.unix()
        order = Order(self._next_number, terms, now, now)
        self._check(order, trading)
        self._hold(order, trading)
        self._register(order)
        trading.execute(order, at=now)
        if terms.kind is Kind.MARKET and order.remaining:
            self._close(order, at=now)
        return order

    def open_order(self, terms: Terms) -> Order:
        """An order that no book knows, in its account's history."""
        now = self.clock.unix()
        order = Order(self._next_number, terms, now, now)
        self._register(order)
        return order

    def _register(self, order: Order) -> None:
        self._next_number += 1
        self._histories[order.terms.account][order.number] = order

    def request_cancel(self, account: Account, number: int) -> None:
        """Accept a cancellation that takes effect ``cancel_delay`` later; until then the order may still fill."""
        self.catch_up()
        order = self.order(account, number)
        if not order.is_open or order.terms.instant:
            raise Refused(Refusal.ORDER_NOT_CANCELABLE)
        if not order.cancel_requested:
            order.cancel_requested = True
            due = self.clock.monotonic() + self.cancel_delay.total_seconds()
            heappush(self._cancels, (due, number, order))

    def order(self, account: Account, number: int) -> Order:
        order = self._histories[account.number].get(number)
        if order is None:
            raise Refused(Refusal.ORDER_NOT_FOUND)
        return order

    def history(self, account: Account) -> History:
        return self._histories[account.number]

    def snapshot(self) -> Snapshot:
        """All orders and executions as they stand now; later changes do not show."""
        orders = {
            account: {number: copy(order) for number, order in history.items()}
            for account, history in self._histories.items()
        }
        return Snapshot(orders=orders, executions=self.executions.snapshot(), swaps=self.swaps.snapshot())

    # time

    def catch_up(self) -> None:
        """Carry out the cancellations, withdrawals, conversions and steps of swaps that have become due."""
        self.withdrawals.catch_up()
        self.instant.catch_up()
        self.swaps.catch_up()
        while self._cancels and self._cancels[0][0] <= self.clock.monotonic():
            *_, order = heappop(self._cancels)
            if order.is_open:
                self._trading(order.terms.market).book.remove(order)
                self._close(order, at=self.clock.unix())

    def tick(self) -> None:
        """One beat: what has become due, due scripted prices, and the next markets move by themselves, one with a book
        and one without.
        """
        self.catch_up()
        if self.clock.monotonic() < self.standing_until:
            return
        for code, price in self.scripts.due(self.clock.monotonic()):
            self.set_price(code, price)
        if not self.frozen:
            self._turn.rotate(-1)
            if self._moves_by_itself(self._turn[0].market.code):
                self._turn[0].move(now=self.clock.unix())
            if self._moves_by_itself(code := self._prices.next_turn()):
                self._prices.move(code)

    def _moves_by_itself(self, code: str) -> bool:
        return code not in self.scripts and code not in self.held

    def hold(self, code: str, *, held: bool) -> None:
        """Keep one market from moving by itself, or let it live again."""
        if held:
            self.held.add(code)
        else:
            self.held.discard(code)

    def set_price(self, code: str, price: Decimal) -> None:
        """Move a market's fair price at once. Raises ``KeyError`` for an unknown market."""
        self.catch_up()
        if code in self.markets:
            self.markets[code].jump(price, now=self.clock.unix())
        else:
            self._prices[code] = price

    def fair_price(self, market: Market) -> Decimal:
        """What the house quotes around, with a book and without."""
        trading = self.markets.get(market.code)
        return self._prices[market.code] if trading is None else trading.fair_price

    def last_price(self, market: Market) -> Decimal:
        """What a market was last traded at; where there is no book, the fair price."""
        trading = self.markets.get(market.code)
        return self._prices[market.code] if trading is None else trading.last_price

    # money

    def _price_in_usdt(self, base: str) -> Decimal:
        return self.markets[f"{base}USDT"].last_price

    def _trading(self, market: Market) -> Trading:
        trading = self.markets.get(market.code)
        if trading is None:
            raise Refused(Refusal.MARKET_NOT_FOUND)
        return trading

    def _check(self, order: Order, trading: Trading) -> None:
        terms, market = order.terms, order.terms.market
        market.check_volume(terms.volume)
        if terms.kind is Kind.LIMIT:
            market.check_price(terms.price, last=trading.last_price)
            market.check_amount(terms.price * terms.volume)
        else:
            best = trading.book.half(terms.side.opposite).best_price()
            market.check_amount((best or trading.last_price) * terms.volume)
        if terms.post_only and trading.book.would_trade(order):
            raise Refused(Refusal.POST_ONLY_WOULD_TRADE)

    def _hold(self, order: Order, trading: Trading) -> None:
        terms = order.terms
        if terms.side is Side.SELL:
            self.ledger.hold(terms.account, terms.market.base, terms.volume)
        elif terms.kind is Kind.LIMIT:
            self.ledger.hold(terms.account, terms.market.counter, terms.price * terms.volume)
        else:
            cost = trading.book.cost(Side.BUY, terms.volume)
            self.ledger.hold(terms.account, terms.market.counter, cost)

    def _close(self, order: Order, *, at: float) -> None:
        """Release what the remainder still holds. A market buy held only what it then spent."""
        terms = order.terms
        if terms.side is Side.SELL:
            self.ledger.release(terms.account, terms.market.base, order.remaining)
        else:
            self.ledger.release(terms.account, terms.market.counter, terms.price * order.remaining)
        order.close(at=at)

    def _settle(self, fill: Fill) -> None:
        """Exchange base for counter; each side pays its fee out of what it receives."""
        if fill.maker.is_house and fill.taker.is_house:
            return
        bought = fill.taker.terms.side is Side.BUY
        buyer, seller = (fill.taker, fill.maker) if bought else (fill.maker, fill.taker)
        market, volume, total = fill.taker.terms.market, fill.volume, fill.price * fill.volume
        self._deliver(seller, buyer, market.base, volume, held=volume)
        self._deliver(buyer, seller, market.counter, total, held=(buyer.terms.price or fill.price) * volume)
        transaction = self.executions.next_transaction()
        for order, currency, received in ((buyer, market.base, volume), (seller, market.counter, total)):
            if not order.is_house:
                fee = self._charge(order, currency, received, taker=order is fill.taker)
                fact = _fact(fill, order, fee=fee, fee_currency=currency)
                self.executions.record(order.terms.account, transaction, fact)

    def _deliver(self, giver: Order, receiver: Order, currency: str, amount: Decimal, *, held: Decimal) -> None:
        """Hand over ``amount``, freeing the ``held`` that was reserved for it at the order's own price."""
        if not giver.is_house:
            self.ledger.release(giver.terms.account, currency, held)
        self.ledger.move(currency, amount, source=giver.terms.account, target=receiver.terms.account)

    def _charge(self, order: Order, currency: str, received: Decimal, *, taker: bool) -> Decimal:
        market = order.terms.market
        fee = received * (market.taker_fee if taker else market.maker_fee)
        order.fee += fee
        self.ledger.move(currency, fee, source=order.terms.account, target=HOUSE)
        return fee


def _fact(fill: Fill, order: Order, *, fee: Decimal, fee_currency: str) -> Fact:
    """A fill as the owner of one of its orders sees it."""
    return Fact(
        market=order.terms.market,
        side=order.terms.side,
        is_maker=order is fill.maker,
        price=fill.price,
        amount=fill.volume,
        total=fill.price * fill.volume,
        fee=fee,
        fee_currency=fee_currency,
        at=order.updated_at,
    )
