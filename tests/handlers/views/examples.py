"""Tickets in every state, as values to draw."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause
from chatbot.domain.ids import AccountId, MarketCode, OrderNumber, PersonId, TicketId
from chatbot.domain.intents import CancelOrders, CancelTerms, OrderLine, OrderTerms, PlaceOrder
from chatbot.domain.money import Amount
from chatbot.domain.orders import Order, OrderStatus, OrderType, Side
from chatbot.domain.tickets import (
    Cancelled,
    CancelResult,
    CancelState,
    Lost,
    Moved,
    NotFound,
    Outcome,
    Placed,
    PriceRefused,
    RefusedBy,
    Ticket,
    TicketState,
    Unsent,
)
from tests.fakes.clock import START
from tests.storage.examples import ORDER
from tests.storage.examples import ticket as stored

NOW = START
NUMBER = OrderNumber(54_259)
MAIN = Account(
    id=AccountId(1),
    person=PersonId(7_001),
    venue=Venue.PAPER,
    label="paper-1",
    key_tail="4f2a",
    linked_at=START - timedelta(days=3),
)

BUY = PlaceOrder(
    account=MAIN.id,
    account_name="Main",
    market=MarketCode("BTCUSDT"),
    base="BTC",
    counter="USDT",
    side=Side.BUY,
    type=OrderType.LIMIT,
    volume=Decimal("0.01000000"),
    price=Decimal("60000.00"),
)
BUY_TERMS = OrderTerms(
    last=Decimal(61_000),
    best=Decimal(60_100),
    expected_price=Decimal(60_000),
    total=Decimal(600),
    fee=Amount(Decimal("0.000015"), "BTC"),
    fee_ratio=Decimal("0.0015"),
    maker=True,
    before=(Amount(Decimal("0.5"), "BTC"), Amount(Decimal("1000"), "USDT")),
    after=(Amount(Decimal("0.509985"), "BTC"), Amount(Decimal("400"), "USDT")),
    distance=Decimal("-0.0163934"),
    warnings=(),
    price_decimals=2,
    volume_decimals=8,
)
SELL = replace(BUY, side=Side.SELL, type=OrderType.MARKET, price=None)
SELL_TERMS = replace(
    BUY_TERMS,
    expected_price=Decimal("59990.005"),
    total=Decimal("599.90005"),
    fee=Amount(Decimal("1.499750125"), "USDT"),
    fee_ratio=Decimal("0.0025"),
    maker=False,
    after=(Amount(Decimal("0.49"), "BTC"), Amount(Decimal("1598.400299875"), "USDT")),
)


def order_ticket(state: TicketState = TicketState.PENDING, outcome: Outcome | None = None, **changes: Any) -> Ticket:
    values = {
        "intent": BUY,
        "terms": BUY_TERMS,
        "created_at": NOW,
        "expires_at": NOW + timedelta(seconds=60),
        **changes,
    }
    return stored(id=TicketId("x" * 22), state=state, outcome=outcome, **values)


def done(order: Order | None = None, **changes: Any) -> Ticket:
    return order_ticket(TicketState.DONE, Placed(number=NUMBER), order=order, **changes)


def order(status: OrderStatus = OrderStatus.NEW, executed: str = "0", **changes: Any) -> Order:
    """The order of `BUY` at the exchange."""
    volume = Decimal("0.01")
    values: dict[str, Any] = {
        "status": status,
        "price": Decimal("60000.00"),
        "volume": volume,
        "executed": Decimal(executed),
        "remaining": volume - Decimal(executed),
        "average_price": Decimal("59999.5") if Decimal(executed) else Decimal(0),
        "placed_at": NOW,
        **changes,
    }
    return replace(ORDER, **{"total": values["executed"] * values["average_price"], **values})


def line(number: int = 54_259, **changes: Any) -> OrderLine:
    values: dict[str, Any] = {
        "number": OrderNumber(number),
        "market": MarketCode("BTCUSDT"),
        "base": "BTC",
        "counter": "USDT",
        "side": Side.BUY,
        "type": OrderType.LIMIT,
        "volume": Decimal("0.01000000"),
        "remaining": Decimal("0.01000000"),
        "price": Decimal("60000.00"),
        **changes,
    }
    return OrderLine(**values)


def cancel_ticket(
    state: TicketState = TicketState.PENDING,
    outcome: Outcome | None = None,
    *,
    lines: tuple[OrderLine, ...] = (line(),),
) -> Ticket:
    intent = CancelOrders(account=MAIN.id, account_name="Main", orders=tuple(each.number for each in lines))
    return order_ticket(state, outcome, intent=intent, terms=CancelTerms(orders=lines))


def told(*results: tuple[CancelState, str]) -> Cancelled:
    return Cancelled(
        results=tuple(
            CancelResult(number=OrderNumber(NUMBER + at), state=state, reason=reason)
            for at, (state, reason) in enumerate(results)
        )
    )


OUTCOMES: tuple[Outcome | None, ...] = (
    None,
    Placed(number=NUMBER),
    told((CancelState.REQUESTED, "")),
    *(RefusedBy(code=code, reason="no", key_rejected=key) for code in (None, 401) for key in (False, True)),
    *(Unsent(cause=cause) for cause in Cause),
    Moved(),
    PriceRefused(),
    NotFound(reads=2),
    *(Lost(cause=cause, clean_reads=reads) for cause in Cause for reads in (0, 1)),
    Lost(cause=Cause.TIMEOUT, by_word=True),
)
