"""n.exchange in memory, with the same rules as the port, and faults on demand.

Its numbers are easy to reckon with: a coin's price in dollars decides every pair, nothing is marked up. Orders stand
still until a test moves them with `advance`. What the real service checks beyond that is the practice exchange's part.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from chatbot.domain.errors import Cause, KeyRejected, OutcomeUnknown, Refused, SwapNotFound
from chatbot.domain.money import EXACT, divide, multiply, round_down, round_up
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import Coin, Currency, NewSwap, Pair, Rate, Swap, SwapPage, SwapStatus
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.clock import START
from tests.fakes.exchange import Fault

BTC = Coin(code="BTC", symbol="BTC", name="Bitcoin", network="BTC", decimals=8)
ETH = Coin(code="ETH", symbol="ETH", name="Ether", network="ETH", decimals=18)
USDT_ETH = Coin(
    code="USDTERC",
    symbol="USDT",
    name="Tether",
    network="ETH",
    contract="0xdAC17F958D2ee523a2206206994597C13D831ec7",
    decimals=6,
)
USDT_TRON = Coin(
    code="USDTTRC",
    symbol="USDT",
    name="Tether",
    network="TRON",
    contract="TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    decimals=6,
)
USDC = Coin(
    code="USDC",
    symbol="USDC",
    name="USD Coin",
    network="ETH",
    contract="0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48",
    decimals=6,
)
XRP = Coin(code="XRP", symbol="XRP", name="XRP", network="XRP", decimals=6)
LTC = Coin(code="LTC", symbol="LTC", name="Litecoin", network="LTC", decimals=8)
COINS = (BTC, ETH, USDT_ETH, USDT_TRON, USDC, XRP, LTC)

DOLLARS = {"BTC": "50000", "ETH": "2500", "USDTERC": "1", "USDTTRC": "1", "USDC": "1", "XRP": "0.5", "LTC": "100"}
FEES = {"BTC": "0.0005", "ETH": "0.001", "USDTERC": "2", "USDTTRC": "1", "USDC": "2", "XRP": "0.2", "LTC": "0.001"}
PAYOUT = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
"""A well-known Bitcoin address: the API's own example."""

DEPOSIT_ADDRESSES = {
    "BTC": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "ETH": "0x52908400098527886E0F7030069857D2E4169EE7",
    "TRON": "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7",
    "XRP": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
    "LTC": "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9",
}
"""Where deposits go, by network."""

RATE_LIFE = timedelta(minutes=10)
PAYMENT_WINDOW = timedelta(minutes=60)
_SETTABLE = (SwapStatus.INITIAL, SwapStatus.UNCONFIRMED_PAYMENT, SwapStatus.PENDING_KYC, SwapStatus.PAID)


def new_swap(**changes: Any) -> NewSwap:
    """500 USDC to Bitcoin."""
    values: dict[str, Any] = {
        "deposit": Currency(code="USDC"),
        "withdraw": Currency(code="BTC"),
        "deposit_amount": Decimal(500),
        "withdraw_amount": None,
        "withdraw_address": PAYOUT,
    }
    return NewSwap(**(values | changes))


def swap(**changes: Any) -> Swap:
    """500 USDC to 0.0095 BTC, waiting for its deposit."""
    values: dict[str, Any] = {
        "reference": "ABCDEF",
        "side": "BUY",
        "deposit": Currency(code="USDC"),
        "withdraw": Currency(code="BTC"),
        "deposit_amount": Decimal(500),
        "withdraw_amount": Decimal("0.0095"),
        "status": SwapStatus.INITIAL,
        "status_name": "INITIAL",
        "created_at": START,
        "payment_window": PAYMENT_WINDOW,
        "fixed_until": START + PAYMENT_WINDOW,
        "price": Decimal(50_000),
        "deposit_address": DEPOSIT_ADDRESSES["ETH"],
        "deposit_extra_id": "",
        "withdraw_address": PAYOUT,
        "withdraw_extra_id": "",
        "refund_address": "",
        "refund_extra_id": "",
        "deposit_transaction": "",
        "withdraw_transaction": "",
    }
    return Swap(**(values | changes))


@dataclass
class Holder:
    """Whoever holds a key, with the orders made with it, oldest first; `marked` are those marked as paid."""

    key: SwapKey
    orders: dict[str, Swap] = field(default_factory=dict)
    marked: set[str] = field(default_factory=set)


class FakeSwapService:
    """`ports.swaps.SwapService` and `PracticeSwaps`.

    `calls` names every call in order; `sent` holds every order that arrived, `changes` counts all that changes
    something. A coin costs its `dollars`, or what is `asked` for it. `disabled` holds names of pairs. `limits` are
    those of every offer, in the deposit currency.
    While `budget_free` is cleared, changing calls wait as for a slot of the request budget, and then ask their permit.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.listed: list[Coin] = list(COINS)
        self.dollars: dict[str, Decimal] = {code: Decimal(price) for code, price in DOLLARS.items()}
        self.fees: dict[str, Decimal] = {code: Decimal(fee) for code, fee in FEES.items()}
        self.limits: tuple[Decimal, Decimal] = (Decimal(1), Decimal(1_000_000_000))
        self.asked: dict[str, Decimal] = {}
        self.disabled: set[str] = set()
        self.unswapped: set[str] = set()
        self.deposit_extra_ids: dict[str, str] = {"XRP": "104729"}
        self.holders: dict[str, Holder] = {}
        self.calls: list[str] = []
        self.sent: list[NewSwap] = []
        self.payouts: list[tuple[str, str, str]] = []
        self.marks: list[tuple[str, bool, str]] = []
        self.budget_free = asyncio.Event()
        self.budget_free.set()
        self.rate_life = RATE_LIFE
        self.wait = timedelta(0)
        self._faults: dict[str, list[Fault]] = {}
        self._swaps = count(1)
        self._rates = count(1)

    @property
    def changes(self) -> int:
        return len(self.sent) + len(self.payouts) + len(self.marks)

    async def open_key(self) -> SwapKey:
        self._called("open_key")
        return self.open(f"swap-key-{len(self.holders) + 1}")

    def open(self, api_key: str) -> SwapKey:
        """Let a key be known from now on."""
        key = SwapKey(api_key=Secret(api_key))
        self.holders.setdefault(api_key, Holder(key=key))
        return key

    def fail(self, call: str, error: Exception, *, applied: bool = False, times: int = 1) -> None:
        """Let the next calls of this name (that of the method) end in an error, after taking effect if `applied`."""
        self._faults.setdefault(call, []).extend([Fault(error, applied)] * times)

    def refuse(self, call: str, reason: str = "Invalid input", *, code: int = 400) -> None:
        """Let the service say no to the next call of this name."""
        self.fail(call, Refused(code=code, reason=reason))

    def lose_answer(self, call: str, *, applied: bool = True) -> None:
        """Let the answer of the next call of this name get lost: after it took effect, or before."""
        self.fail(call, OutcomeUnknown(Cause.BROKEN), applied=applied)

    def order(self, reference: str) -> Swap:
        """An order as it stands, whoever's it is. Raises `KeyError`."""
        return self._holder_of(reference).orders[reference]

    def advance(self, reference: str, status: SwapStatus, **changes: Any) -> Swap:
        """Let an order get to a status; `changes` are of its other fields."""
        values: dict[str, Any] = {"status": status, "status_name": status.value}
        return self.alter(reference, **(values | changes))

    def alter(self, reference: str, **changes: Any) -> Swap:
        """Have an order say something else from now on."""
        holder = self._holder_of(reference)
        holder.orders[reference] = replace(holder.orders[reference], **changes)
        return holder.orders[reference]

    def put(self, by: SwapKey, swap: Swap) -> None:
        """Have an order that nobody made through this port."""
        self.holders[by.api_key.reveal()].orders[swap.reference] = swap

    def is_marked(self, reference: str) -> bool:
        return reference in self._holder_of(reference).marked

    async def coins(self, *, priority: Priority) -> tuple[Coin, ...]:
        self._called("coins")
        return tuple(self.listed)

    async def pairs(self, key: SwapKey, *, priority: Priority) -> tuple[Pair, ...]:
        self._called("pairs")
        self._holder(key)
        return tuple(
            Pair(name=name, deposit=deposit.code, withdraw=withdraw.code, is_disabled=name in self.disabled)
            for deposit in self.listed
            for withdraw in self.listed
            if deposit != withdraw and (name := withdraw.code + deposit.code) not in self.unswapped
        )

    async def rate(self, key: SwapKey, *, pair: str, priority: Priority) -> Rate | None:
        self._called("rate")
        self._holder(key)
        for listed in (deposit.code for deposit in self.listed):
            withdraw = pair.removesuffix(listed)
            if listed != withdraw != pair and withdraw in self._codes() and pair not in self.unswapped | self.disabled:
                return self._rate(pair, deposit=listed, withdraw=withdraw)
        return None

    async def swaps(self, key: SwapKey, *, page: int, size: int, priority: Priority) -> SwapPage:
        self._called("swaps")
        listed = tuple(reversed(self._holder(key).orders.values()))
        shown = listed[(page - 1) * size : page * size]
        if page > 1 and not shown:
            raise Refused(code=404, reason="Invalid page.")
        return SwapPage(swaps=shown, number=page, count=len(listed), has_next=page * size < len(listed))

    async def swap(self, key: SwapKey, *, reference: str, priority: Priority) -> Swap:
        self._called("swap")
        return self._order(key, reference)

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap:
        fault = await self._changing("create", permit)
        self.sent.append(new)
        if fault is not None and not fault.applied:
            raise fault.error
        made = self._make(new)
        self._holder(key).orders[made.reference] = made
        if fault is not None:
            raise fault.error
        return made

    async def set_payout(self, key: SwapKey, *, reference: str, address: str, extra_id: str, permit: Permit) -> Swap:
        fault = await self._changing("set_payout", permit)
        self.payouts.append((reference, address, extra_id))
        if fault is None or fault.applied:
            self._set_payout(key, reference, address, extra_id)
        if fault is not None:
            raise fault.error
        return self._order(key, reference)

    async def mark(self, key: SwapKey, *, reference: str, paid: bool, transaction: str, permit: Permit) -> Swap:
        fault = await self._changing("mark", permit)
        self.marks.append((reference, paid, transaction))
        if fault is None or fault.applied:
            self._mark(key, reference, paid=paid, transaction=transaction)
        if fault is not None:
            raise fault.error
        return self._order(key, reference)

    def expected_wait(self, priority: Priority) -> timedelta:
        return self.wait

    async def _changing(self, call: str, permit: Permit) -> Fault | None:
        await self.budget_free.wait()
        permit()
        return self._next_fault(call)

    def _make(self, new: NewSwap) -> Swap:
        if (new.deposit_amount is None) is (new.withdraw_amount is None):
            raise Refused(code=400, reason="Exactly one of deposit_amount and withdraw_amount must be given.")
        deposit, withdraw = self._coin(new.deposit), self._coin(new.withdraw)
        rate = self._rate(withdraw.code + deposit.code, deposit=deposit.code, withdraw=withdraw.code)
        if rate.pair in self.unswapped | self.disabled:
            raise Refused(code=400, reason=f"Pair {rate.pair} is temporarily unavailable.")
        sent, received = _amounts(new, rate, deposit=deposit, withdraw=withdraw)
        if not self.limits[0] <= sent <= self.limits[1] or received <= 0:
            raise Refused(code=400, reason="The amount is outside of what this trade allows.")
        now = self.clock.now()
        return swap(
            reference=f"SWAP{next(self._swaps):04}",
            deposit=new.deposit,
            withdraw=new.withdraw,
            deposit_amount=sent,
            withdraw_amount=received,
            created_at=now,
            fixed_until=now + PAYMENT_WINDOW if new.rate_id else None,
            price=rate.price,
            deposit_address=DEPOSIT_ADDRESSES[deposit.network],
            deposit_extra_id=self.deposit_extra_ids.get(deposit.code, ""),
            withdraw_address=new.withdraw_address,
            withdraw_extra_id=new.withdraw_extra_id,
            refund_address=new.refund_address,
            refund_extra_id=new.refund_extra_id,
        )

    def _rate(self, pair: str, *, deposit: str, withdraw: str) -> Rate:
        return Rate(
            pair=pair,
            deposit=deposit,
            withdraw=withdraw,
            price=divide(self.asked.get(withdraw, self.dollars[withdraw]), self.dollars[deposit]),
            withdrawal_fee=self.fees[withdraw],
            rate_id=f"rate-{next(self._rates)}",
            least_deposit=self.limits[0],
            most_deposit=self.limits[1],
            least_withdraw=None,
            most_withdraw=None,
            expires_at=self.clock.now() + self.rate_life,
        )

    def _set_payout(self, key: SwapKey, reference: str, address: str, extra_id: str) -> None:
        standing = self._order(key, reference)
        if standing.withdraw_address:
            raise Refused(code=400, reason="Withdraw address: it is set already.")
        if standing.status not in _SETTABLE:
            raise Refused(code=400, reason="Withdraw address: the order is being processed.")
        self.alter(reference, withdraw_address=address, withdraw_extra_id=extra_id)

    def _mark(self, key: SwapKey, reference: str, *, paid: bool, transaction: str) -> None:
        standing, holder = self._order(key, reference), self._holder(key)
        if standing.status.is_final:
            raise Refused(code=400, reason="The order cannot be marked any more.")
        (holder.marked.add if paid else holder.marked.discard)(reference)
        if transaction:
            self.alter(reference, deposit_transaction=transaction)

    def _codes(self) -> Mapping[str, Coin]:
        return {coin.code: coin for coin in self.listed}

    def _coin(self, currency: Currency) -> Coin:
        """What a currency means, in each of its three forms."""
        for coin in self.listed:
            by_code = currency.code == coin.code and currency.network in ("", coin.network)
            by_symbol = currency.code == coin.symbol and currency.network == coin.network
            by_contract = not currency.code and (currency.contract, currency.network) == (coin.contract, coin.network)
            if by_code or by_symbol or by_contract:
                return coin
        raise Refused(code=400, reason="Currency: it is not known.")

    def _holder(self, key: SwapKey) -> Holder:
        holder = self.holders.get(key.api_key.reveal())
        if holder is None:
            raise KeyRejected(status=401, reason="Authentication credentials were not provided")
        return holder

    def _holder_of(self, reference: str) -> Holder:
        for holder in self.holders.values():
            if reference in holder.orders:
                return holder
        raise KeyError(reference)

    def _order(self, key: SwapKey, reference: str) -> Swap:
        holder = self._holder(key)
        if reference not in holder.orders:
            raise SwapNotFound(code=404, reason="Not found")
        return holder.orders[reference]

    def _called(self, name: str) -> None:
        fault = self._next_fault(name)
        if fault is not None:
            raise fault.error

    def _next_fault(self, name: str) -> Fault | None:
        self.calls.append(name)
        waiting = self._faults.get(name)
        return waiting.pop(0) if waiting else None


def _amounts(new: NewSwap, rate: Rate, *, deposit: Coin, withdraw: Coin) -> tuple[Decimal, Decimal]:
    """Both amounts, of which one was given."""
    if new.deposit_amount is not None:
        received = EXACT.subtract(divide(new.deposit_amount, rate.price), rate.withdrawal_fee)
        return new.deposit_amount, round_down(received, decimals=withdraw.decimals or 0)
    assert new.withdraw_amount is not None
    sent = multiply(EXACT.add(new.withdraw_amount, rate.withdrawal_fee), rate.price)
    return round_up(sent, decimals=deposit.decimals or 0), new.withdraw_amount
