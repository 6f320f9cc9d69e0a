"""How orders move along their flows, and the coins with them."""

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from chatbot.paper.clock import Clock
from chatbot.paper.swaps.coins import Coin
from chatbot.paper.swaps.funds import ELSEWHERE, SERVICE, Funds
from chatbot.paper.swaps.orders import UNPAID, Flow, Order, Status
from chatbot.paper.swaps.quotes import Quotes
from chatbot.paper.swaps.wallet import Arrival


class Taken(StrEnum):
    """What the service made of a deposit: paid with it, put it aside to be sent back, or kept it."""

    SEEN = "seen"
    REVIEW = "review"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A deposit as a wallet sends it."""

    sender: str
    coin: Coin
    amount: Decimal
    extra_id: str
    transaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a deposit, with a sentence for who sent it."""

    taken: Taken
    message: str


class Life:
    """Moves orders. ``step`` is how long a status lasts; None leaves every move to commands."""

    def __init__(self, *, funds: Funds, quotes: Quotes, clock: Clock, dice: random.Random) -> None:
        self.step: timedelta | None = timedelta(seconds=3)
        self.sent: list[Arrival] = []
        self._funds = funds
        self._quotes = quotes
        self._clock = clock
        self._dice = dice

    def transaction(self) -> str:
        """A fresh transaction id."""
        return self._dice.randbytes(32).hex()

    def advance(self, order: Order) -> None:
        """Take the steps whose time has come; an unpaid order ends with its deadline."""
        if self.step is None:
            return
        if order.status is Status.INITIAL and self._clock.unix() >= order.deadline_at:
            self.enter(order, Status.CANCELED)
        now = self._clock.monotonic()
        while (following := order.next_status()) and (due := order.entered_at + self.step.total_seconds()) <= now:
            self.enter(order, following, at=due)

    def enter(self, order: Order, status: Status, *, at: float | None = None) -> None:
        """Bring an order into a status, with what it means for the coins. A status that was jumped to means as much
        as one that was walked to; nothing is paid out or sent back twice.
        """
        if status not in UNPAID and not order.received:
            self._receive(order, self._payment_from_elsewhere(order))
        order.status = status
        order.passed.append(status)
        order.entered_at = self._clock.monotonic() if at is None else at
        match status:
            case Status.PAID if not order.is_fixed:
                self._settle_rate(order)
            case Status.RELEASED | Status.COMPLETED:
                self._pay_out(order, arrived=status is Status.COMPLETED)
            case Status.REFUND_FAILED:
                order.refund_has_failed = True
            case Status.REFUNDED:
                self._refund(order)

    def deposit(self, order: Order, payment: Payment) -> Receipt:
        """A payment to an order's address. What fits begins its flow; what cannot belong to it is kept."""
        self._funds.move(payment.coin.code, payment.amount, source=payment.sender, target=SERVICE)
        late = order.status is Status.INITIAL and self._clock.unix() >= order.deadline_at
        if late:
            self.enter(order, Status.CANCELED)
        if late or order.status is Status.CANCELED:
            return Receipt(taken=Taken.KEPT, message="Kept: it came after the deadline, the order is canceled.")
        if order.status is not Status.INITIAL:
            return Receipt(taken=Taken.KEPT, message="Kept: this order had its deposit already.")
        if payment.coin is not order.deposit:
            return Receipt(taken=Taken.KEPT, message=f"Kept: this address is for {_titled(order.deposit)} only.")
        if order.deposit_extra_id and payment.extra_id != order.deposit_extra_id:
            said = "the memo is wrong" if payment.extra_id else "the memo is missing"
            return Receipt(taken=Taken.KEPT, message=f"Kept: {said}, so nobody can tell whose it is.")
        return self._accept(order, payment)

    def _accept(self, order: Order, payment: Payment) -> Receipt:
        fits = payment.amount == payable(order)
        if not fits and not order.flow.ends_in_refund:
            order.flow = Flow.KYC_FAILED
        self._receive(order, payment)
        self.enter(order, Status.UNCONFIRMED_PAYMENT)
        if fits:
            return Receipt(taken=Taken.SEEN, message="Seen, being confirmed.")
        due = f"{payable(order).normalize():f} {order.deposit.symbol}"
        message = f"Seen, but {due} were due: it goes to review and is sent back."
        return Receipt(taken=Taken.REVIEW, message=message)

    def _receive(self, order: Order, payment: Payment) -> None:
        order.received = payment.amount
        order.sender = payment.sender
        order.deposit_transaction = payment.transaction

    def _payment_from_elsewhere(self, order: Order) -> Payment:
        amount = payable(order)
        self._funds.move(order.deposit.code, amount, source=ELSEWHERE, target=SERVICE)
        return Payment(
            sender=ELSEWHERE,
            coin=order.deposit,
            amount=amount,
            extra_id=order.deposit_extra_id,
            transaction=self.transaction(),
        )

    def _settle_rate(self, order: Order) -> None:
        """Without a fixed rate the one of this moment counts."""
        quote = self._quotes.now(withdraw=order.withdraw, deposit=order.deposit)
        amount = quote.withdraw_for(order.received, places=order.withdraw.places)
        order.price, order.withdraw_amount = quote.price, max(amount, Decimal(0))

    def _pay_out(self, order: Order, *, arrived: bool) -> None:
        if not order.withdraw_address:
            return
        order.withdraw_transaction = order.withdraw_transaction or self.transaction()
        if arrived:
            amount = _at_most(order.withdraw_amount, order.withdraw)
            target = (order.withdraw_address, order.withdraw_extra_id)
            self._send(order, "payout", order.withdraw, amount, to=target, transaction=order.withdraw_transaction)

    def _refund(self, order: Order) -> None:
        """To the refund address; without one, back to where the deposit came from."""
        target = (order.refund_address, order.refund_extra_id) if order.refund_address else (order.sender, "")
        self._send(order, "refund", order.deposit, order.received, to=target, transaction=self.transaction())

    def _send(
        self, order: Order, kind: str, coin: Coin, amount: Decimal, *, to: tuple[str, str], transaction: str
    ) -> None:
        if order.is_settled:
            return
        order.is_settled = True
        address, extra_id = to
        self._funds.move(coin.code, amount, source=SERVICE, target=address)
        arrival = Arrival(
            at=self._clock.unix(),
            kind=kind,
            reference=order.reference,
            coin=coin,
            amount=amount,
            address=address,
            extra_id=extra_id,
            transaction=transaction,
        )
        self.sent.append(arrival)


def payable(order: Order) -> Decimal:
    """What has to be sent: an amount with more decimals than its coin has is meant rounded down."""
    return _at_most(order.deposit_amount, order.deposit)


def _at_most(amount: Decimal, coin: Coin) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-coin.decimals), ROUND_DOWN)


def _titled(coin: Coin) -> str:
    return coin.symbol if coin.symbol == coin.network else f"{coin.symbol} on {coin.network}"
