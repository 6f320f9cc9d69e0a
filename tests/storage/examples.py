"""Values for tests to store: whole, and different where it matters."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.alerts import AlertStatus, Crossing, Gauge, Position
from chatbot.domain.exports import Export, ExportFormat, ExportKind
from chatbot.domain.ids import (
    AccountId,
    AlertId,
    ChatId,
    ClientId,
    ExportId,
    MarketCode,
    MessageId,
    OrderNumber,
    PersonId,
    TicketId,
)
from chatbot.domain.intents import (
    CancelOrders,
    CancelTerms,
    Convert,
    ConvertTerms,
    CreateSwap,
    MiddleSource,
    OrderTerms,
    PayoutTerms,
    PlaceOrder,
    SetPayout,
    SwapTerms,
)
from chatbot.domain.money import Amount
from chatbot.domain.notices import AlertFired
from chatbot.domain.orders import Order, OrderStatus, OrderType, Side
from chatbot.domain.places import Place
from chatbot.domain.secrets import Credentials, Secret
from chatbot.domain.swaps import Currency, NewSwap
from chatbot.domain.tickets import Ticket, TicketState
from tests.fakes.swap_service import BTC, PAYOUT, USDT_ETH

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
ANNA, BORIS = PersonId(7_000_000_001), PersonId(42)
ANNAS_CHAT = ChatId(ANNA)
GROUP = ChatId(-1_001_234_567_890)
MAIN = AccountId(3)

_numbers = count(1)


@dataclass
class ManualClock:
    """A clock that goes only when told."""

    at: datetime = field(default=NOW)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def credentials(mark: str = "") -> Credentials:
    return Credentials(
        username=Secret(f"anna{mark}@example.org"),
        passphrase=Secret(f"пароль-canary-passphrase{mark}"),
        api_key=Secret(f"canary-api-key-1234{mark}"),
        secret_key=Secret(f"canary-secret-key{mark}"),
    )


BUY = PlaceOrder(
    account=MAIN,
    account_name="Main",
    market=MarketCode("BTCUSDT"),
    base="BTC",
    counter="USDT",
    side=Side.BUY,
    type=OrderType.LIMIT,
    volume=Decimal("0.00000001"),
    price=Decimal("60000.10"),
)

BUY_TERMS = OrderTerms(
    last=Decimal("61000"),
    best=Decimal(60_100),
    expected_price=Decimal("60000.10"),
    total=Decimal("0.000600001"),
    fee=Amount(Decimal("0.0000000000025"), "BTC"),
    fee_ratio=Decimal("0.0025"),
    maker=True,
    before=(Amount(Decimal(0), "BTC"), Amount(Decimal("100.50"), "USDT")),
    after=(Amount(Decimal("0.00000001"), "BTC"), Amount(Decimal("100.499399999"), "USDT")),
    distance=Decimal("-0.0164"),
    warnings=("far away",),
    price_decimals=2,
    volume_decimals=8,
    value=Decimal("0.000600001"),
)

CANCEL = CancelOrders(account=MAIN, account_name="Main", orders=(OrderNumber(54259),))
CANCEL_TERMS = CancelTerms(orders=())

SWAP = CreateSwap(
    account=MAIN,
    new=NewSwap(
        deposit=Currency(code="USDTERC"),
        withdraw=Currency(code="BTC"),
        deposit_amount=Decimal("500.10"),
        withdraw_amount=None,
        withdraw_address=PAYOUT,
        rate_id="rate-1",
    ),
    deposit=USDT_ETH,
    withdraw=BTC,
)
SWAP_TERMS = SwapTerms(
    deposit=Amount(Decimal("500.10"), "USDT"),
    withdraw=Amount(Decimal("0.009502"), "BTC"),
    price=Decimal(50_000),
    fee=Amount(Decimal("0.0005"), "BTC"),
    rate_until=NOW + timedelta(seconds=60),
    least=Amount(Decimal(50), "USDT"),
    most=None,
    warnings=("nothing tells whether this address is right",),
    value=Decimal("500.10"),
    left=Amount(Decimal(10_000), "USDT"),
)
CONVERT = Convert(
    account=MAIN, sell="BTC", buy="USDT", sell_text="0.00007000", buy_text="4.30", price_text="61463.13000000"
)
CONVERT_TERMS = ConvertTerms(
    base="BTC",
    market=MarketCode("BTCUSDT"),
    least=Decimal("0.00006579"),
    most=Decimal("0.025"),
    before=Amount(Decimal("1.5"), "BTC"),
    quoted_at=NOW,
    compared=MiddleSource.BOOK,
    difference=Decimal("0.004"),
    cost=Amount(Decimal("0.0172"), "USDT"),
    wanted=None,
    value=Decimal("4.32"),
    left=Amount(Decimal(100_000), "USDT"),
)
SET_PAYOUT = SetPayout(account=MAIN, reference="ABCDEF123456", withdraw=BTC, address=PAYOUT)
PAYOUT_TERMS = PayoutTerms(withdraw=Amount(Decimal("0.009502"), "BTC"), warnings=())

ORDER = Order(
    number=OrderNumber(54259),
    market=MarketCode("BTCUSDT"),
    base="BTC",
    counter="USDT",
    type=OrderType.LIMIT,
    side=Side.BUY,
    status=OrderStatus.NEW,
    price=Decimal("60000.10"),
    volume=Decimal("0.00000001"),
    executed=Decimal(0),
    remaining=Decimal("0.00000001"),
    total=Decimal("0.000600001"),
    average_price=Decimal(0),
    client_id=ClientId(1),
    post_only=False,
    cancelable=True,
    placed_at=NOW,
)


def ticket(**changes: Any) -> Ticket:
    """A pending ticket of Anna's, its card painted; ids and times grow from one call to the next."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "id": TicketId(f"ticket-{number}"),
        "person": ANNA,
        "chat": ANNAS_CHAT,
        "message": MessageId(500 + number),
        "account": MAIN,
        "venue": Venue.PAPER,
        "account_label": "paper-1",
        "intent": BUY,
        "terms": BUY_TERMS,
        "client_id": ClientId(1_000_000 + number),
        "state": TicketState.PENDING,
        "created_at": NOW + timedelta(milliseconds=number),
        "expires_at": NOW + timedelta(seconds=60),
        "shown": 1,
    }
    return Ticket(**(values | changes))


FIRED = AlertFired(alert=AlertId(1), at=NOW, value=Decimal(5), price=Decimal(5), change=Decimal(1))


def alert_row(place: Place, by: PersonId | None) -> dict[str, Any]:
    """An alert on BTC/USDT, as the table keeps it."""
    return {
        "venue": Venue.PAPER,
        "market": "btc_usdt",
        "base": "BTC",
        "counter": "USDT",
        "gauge": Gauge.PRICE,
        "crossing": Crossing.UP,
        "level": Decimal(5),
        "chat": place.chat,
        "thread": place.thread,
        "set_by": by,
        "note": "",
        "picture": False,
        "status": AlertStatus.WATCHING,
        "position": Position.BELOW,
        "created_at": NOW,
        "hits": 0,
    }


def an_export(person: PersonId, account: Account, **changes: Any) -> Export:
    """A file of orders, of the last month."""
    values: dict[str, Any] = {
        "id": ExportId(0),
        "person": person,
        "account": account.id,
        "account_label": account.label,
        "kind": ExportKind.ORDERS,
        "format": ExportFormat.CSV,
        "since": NOW - timedelta(days=30),
        "until": NOW + timedelta(days=1),
        "created_at": NOW,
        "next_at": NOW,
    }
    return Export(**(values | changes))
