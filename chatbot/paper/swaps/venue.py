"""The use cases: rates, orders, deposits; and the passing of time."""

import random
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from chatbot.paper.clock import Clock
from chatbot.paper.swaps.coins import Coin
from chatbot.paper.swaps.funds import Funds
from chatbot.paper.swaps.keys import Client, Keys
from chatbot.paper.swaps.life import Life
from chatbot.paper.swaps.orders import BEFORE_PROCESSING, Flow, Order, Status
from chatbot.paper.swaps.quotes import Quote, Quotes, is_disabled
from chatbot.paper.swaps.refusals import Invalid
from chatbot.paper.swaps.wallet import Wallet

READY_NAMES = ("alice", "bob")
_QUIRK_DECIMALS = 2
_REFERENCE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look alike
_REFERENCE_LENGTHS = range(6, 13)


@dataclass(slots=True, kw_only=True)
class Quirks:
    """What clients have met at the real service, to be switched on."""

    more_decimals: bool = False
    nested_rates: bool = False
    sparse_orders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An order as a request asks for it: one amount is given, the other None."""

    side: str
    deposit: Coin
    withdraw: Coin
    deposit_form: object
    withdraw_form: object
    deposit_amount: Decimal | None
    withdraw_amount: Decimal | None
    withdraw_address: str
    withdraw_extra_id: str
    refund_address: str
    refund_extra_id: str
    rate_id: str
    time_zone: str
    is_referred: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an update asks for; None leaves a field as it is."""

    withdraw_address: str | None = None
    withdraw_extra_id: str | None = None
    marked_as_paid: bool | None = None
    deposit_transaction: str | None = None


class SwapVenue:
    """The service behind its wire. Single-threaded; every method is one atomic step.

    ``flow`` and ``window_minutes`` are those of orders to come.
    """

    def __init__(self, *, prices: Callable[[str], Decimal], clock: Clock, seed: int) -> None:
        self.clock = clock
        self.keys = Keys()
        self.funds = Funds()
        self.wallet = Wallet(self.funds)
        self.quirks = Quirks()
        self.flow = Flow.SUCCESS
        self.window_minutes = 60
        self.dice = random.Random(f"{seed}:swaps")  # noqa: S311 - repeatable, not secret
        self.quotes = Quotes(prices=prices, clock=clock, seed=seed)
        self.life = Life(funds=self.funds, quotes=self.quotes, clock=clock, dice=self.dice)
        self.ready = tuple(self.keys.open_ready(name, seed=seed) for name in READY_NAMES)
        self._orders: dict[str, Order] = {}
        self._moving: dict[str, Order] = {}

    # looking

    def all(self) -> tuple[Order, ...]:
        """Everybody's orders, oldest first."""
        self.catch_up()
        return tuple(self._orders.values())

    def by_reference(self) -> dict[str, Order]:
        """The same by reference."""
        self.catch_up()
        return self._orders

    def at_address(self, address: str) -> Order | None:
        """The order that deposits to this address belong to."""
        return next((order for order in self.all() if order.deposit_address == address), None)

    def snapshot(self) -> dict[str, Order]:
        """All orders by reference as they stand now; later changes do not show."""
        return {order.reference: copy(order) for order in self.all()}

    # changing

    def create(self, asked: Asked, client: Client) -> Order:
        """Raises ``Invalid`` having changed nothing."""
        if is_disabled(asked.withdraw, asked.deposit):
            raise Invalid.order(f"Pair {asked.withdraw.code}{asked.deposit.code} is temporarily unavailable.")
        quote = self._quote(asked)
        deposit_amount, withdraw_amount = self._amounts(asked, quote)
        order = self._opened(asked, client, quote, deposit_amount=deposit_amount, withdraw_amount=withdraw_amount)
        self._orders[order.reference] = self._moving[order.reference] = order
        return order

    def update(self, order: Order, changes: Changes) -> None:
        """Raises ``Invalid`` having changed nothing."""
        sets_payout = changes.withdraw_address is not None or changes.withdraw_extra_id is not None
        if sets_payout and order.withdraw_address:
            raise Invalid.order("Withdraw address is already set.")
        if sets_payout and order.status not in BEFORE_PROCESSING:
            raise Invalid.order("Withdraw address cannot be set once the order is being processed.")
        if changes.marked_as_paid is not None and not order.is_open:
            raise Invalid.order(f"Order is {order.status}.")
        if changes.withdraw_extra_id is not None:
            order.withdraw_extra_id = changes.withdraw_extra_id
        if changes.withdraw_address:
            order.withdraw_address = changes.withdraw_address
            order.entered_at = self.clock.monotonic()  # one that waited for its address goes on from here
        if changes.marked_as_paid is not None:
            order.marked_as_paid = changes.marked_as_paid
        if changes.deposit_transaction is not None and not order.received:
            order.deposit_transaction = changes.deposit_transaction

    def catch_up(self) -> None:
        """Take every order as far as its time has come."""
        for order in tuple(self._moving.values()):
            self.life.advance(order)
            if not order.is_open:
                del self._moving[order.reference]

    def put(self, order: Order, status: Status) -> None:
        """Bring an order into any status, as a command has it."""
        self.life.enter(order, status)
        self._moving[order.reference] = order  # it may have ended before

    def restart_steps(self) -> None:
        """Let the present status of every order last from now."""
        for order in self._moving.values():
            order.entered_at = self.clock.monotonic()

    # terms

    def _quote(self, asked: Asked) -> Quote:
        if not asked.rate_id:
            return self.quotes.now(withdraw=asked.withdraw, deposit=asked.deposit)
        quote = self.quotes.get(asked.rate_id)
        if quote is None:
            raise Invalid.order("Rate is expired or unknown.")
        if (quote.withdraw, quote.deposit) != (asked.withdraw, asked.deposit):
            raise Invalid.order("Rate is of another pair.")
        return quote

    def _amounts(self, asked: Asked, quote: Quote) -> tuple[Decimal, Decimal]:
        """Of deposit and withdrawal. The limits are held against the one that was given."""
        limits = quote.limits
        if asked.deposit_amount is not None:
            bounds = (limits.least_deposit, limits.most_deposit)
            _check(asked.deposit_amount, *bounds, verb="deposit", code=asked.deposit.code)
            received = quote.withdraw_for(asked.deposit_amount, places=self._places(asked.withdraw))
            return asked.deposit_amount, received
        assert asked.withdraw_amount is not None
        bounds = (limits.least_withdraw, limits.most_withdraw)
        _check(asked.withdraw_amount, *bounds, verb="receive", code=asked.withdraw.code)
        sent = quote.deposit_for(asked.withdraw_amount, places=self._places(asked.deposit))
        return sent, asked.withdraw_amount

    def _places(self, coin: Coin) -> int:
        """Decimals of an amount that is worked out."""
        return coin.decimals + _QUIRK_DECIMALS if self.quirks.more_decimals else coin.places

    def _opened(
        self, asked: Asked, client: Client, quote: Quote, *, deposit_amount: Decimal, withdraw_amount: Decimal
    ) -> Order:
        return Order(
            reference=self._fresh_reference(),
            owner=client.name,
            side=asked.side,
            deposit=asked.deposit,
            withdraw=asked.withdraw,
            deposit_form=asked.deposit_form,
            withdraw_form=asked.withdraw_form,
            deposit_amount=deposit_amount,
            withdraw_amount=withdraw_amount,
            price=quote.price,
            is_fixed=bool(asked.rate_id),
            created_at=self.clock.unix(),
            entered_at=self.clock.monotonic(),
            window_minutes=self.window_minutes,
            # Nothing that a real wallet would send to.
            deposit_address=f"PRACTICE-{asked.deposit.code}-{self.dice.randbytes(12).hex()}",
            deposit_extra_id=str(self.dice.randrange(10**8, 10**9)) if asked.deposit.needs_memo else "",
            withdraw_address=asked.withdraw_address,
            withdraw_extra_id=asked.withdraw_extra_id,
            refund_address=asked.refund_address,
            refund_extra_id=asked.refund_extra_id,
            flow=self.flow,
            time_zone=asked.time_zone,
            is_referred=asked.is_referred,
        )

    def _fresh_reference(self) -> str:
        while True:
            reference = "".join(self.dice.choices(_REFERENCE_LETTERS, k=self.dice.choice(_REFERENCE_LENGTHS)))
            if reference not in self._orders:
                return reference


def _check(amount: Decimal, least: Decimal, most: Decimal, *, verb: str, code: str) -> None:
    for bound, word, is_beyond in ((least, "Minimum", amount < least), (most, "Maximum", amount > most)):
        if is_beyond:
            raise Invalid.order(f"{word} {verb} amount is {bound:f} {code} on this trade.")
