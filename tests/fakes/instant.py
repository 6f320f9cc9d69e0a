"""Instant Trade and the history of trades in memory, with the same rules as the port, and faults on demand."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import count

from chatbot.domain.conversions import NewConversion, Quote
from chatbot.domain.errors import AccountOwnerDifferent, ChatbotError, PriceMoved, Refused, SessionExpired
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.money import Amount, divide, has_decimals, multiply
from chatbot.domain.orders import Side
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.trades import Trade, TradePage, TradeSpan
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority

_SPANS = {TradeSpan.DAY: timedelta(days=1), TradeSpan.WEEK: timedelta(days=7), TradeSpan.MONTH: timedelta(days=30)}
_DECIMALS = 8
_CENT, _SATOSHI = Decimal("0.01"), Decimal("0.00000001")
_NAMES = ("Main",)


class FakeInstantTrade:
    """`calls` names every call in order, `sent` is what was to be converted, `sent_by` that of each user. Everything is
    quoted against USDT, at `prices`; a price that moved since the quote is refused. Pages of the history hold
    `page_size` trades.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.prices: dict[str, Decimal] = {"BTC": Decimal(60_000), "ETH": Decimal(2_500), "DOGE": Decimal("0.125")}
        self.page_size = 20
        self.calls: list[str] = []
        self.sent: list[NewConversion] = []
        self.sent_by: dict[str, list[NewConversion]] = {}
        self.asked: list[tuple[TradeSpan, int]] = []
        self._open: dict[str, Session] = {}
        self._past: defaultdict[str, list[Trade]] = defaultdict(list)
        self._faults: defaultdict[str, list[ChatbotError]] = defaultdict(list)
        self._numbers = count(12_345_678)

    def open_session(self, username: str = "user-1", token: str = "") -> Session:
        """Log in with a browser: whoever was logged in as this user no longer is."""
        token = token or f"token-{next(self._numbers)}"
        self.sent_by.setdefault(username, [])
        self._open[username] = Session(username=Secret(username), token=Secret(token))
        return self._open[username]

    def expire(self, session: Session) -> None:
        del self._open[session.username.reveal()]

    def put(self, session: Session, *trades: Trade) -> None:
        """Have trades in the history of a session's user."""
        self._past[session.username.reveal()].extend(trades)

    def forget(self) -> None:
        """Show no trade of the past any more."""
        self._past.clear()

    def fail(self, call: str, error: ChatbotError, *, times: int = 1) -> None:
        """Let the next calls of this name end in an error, without an effect."""
        self._faults[call].extend([error] * times)

    async def quote(self, session: Session, *, sell: str, buy: str, amount: Decimal, priority: Priority) -> Quote:
        self._called("quote", session)
        if not has_decimals(amount, at_most=_DECIMALS):
            raise Refused(code=1111, reason="amount_decimal_exceeded")
        if (sell if buy == "USDT" else buy) not in self.prices:
            raise Refused(code=1102, reason="market_not_found")
        if buy == "USDT":
            price, decimals = self.prices[sell], _CENT
            bought = multiply(amount, price)
        else:
            price, decimals = self.prices[buy], _SATOSHI
            bought = divide(amount, price)
        return Quote(
            sell=sell,
            buy=buy,
            sell_text=f"{amount:.{_DECIMALS}f}",
            buy_text=str(bought.quantize(decimals)),
            price_text=f"{price:.8f}",
            least_sell=Decimal("0.00006579"),
            most_sell=Decimal(2_500),
            least_buy=Decimal("0.00006579"),
            most_buy=Decimal(2_500_000),
            at=self.clock.now(),
        )

    async def convert(self, session: Session, *, new: NewConversion, permit: Permit) -> OrderNumber:
        permit()
        self._called("convert", session)
        self.sent.append(new)
        self.sent_by[session.username.reveal()].append(new)
        coin = new.sell if new.buy == "USDT" else new.buy
        if Decimal(new.price_text) != self.prices[coin]:
            raise PriceMoved(code=1210, reason="Price has changed too much")
        return OrderNumber(next(self._numbers))

    async def trades(
        self, session: Session, *, span: TradeSpan, page: int, account_name: str, priority: Priority
    ) -> TradePage:
        self._called("trades", session)
        if account_name not in _NAMES:
            raise AccountOwnerDifferent(code=1101, reason="account_owner_different")
        self.asked.append((span, page))
        since = self.clock.now() - _SPANS[span]
        past = [trade for trade in self._past[session.username.reveal()] if trade.at >= since]
        past.sort(key=lambda trade: trade.at, reverse=True)
        first, last = (page - 1) * self.page_size, page * self.page_size
        return TradePage(trades=tuple(past[first:last]), number=page, has_next=last < len(past))

    def _called(self, name: str, session: Session) -> None:
        self.calls.append(name)
        if self._faults[name]:
            raise self._faults[name].pop(0)
        if self._open.get(session.username.reveal()) != session:
            raise SessionExpired


def trade(clock: Clock, number: int = 12_345_671, *, ago: timedelta = timedelta(hours=1), **changes: object) -> Trade:
    """A sale of 0.00007 BTC, an hour ago, or whatever is said instead."""
    said: dict[str, object] = {
        "number": number,
        "transaction": f"{number - 1}_{number}",
        "market": MarketCode("BTCUSDT"),
        "side": Side.SELL,
        "is_maker": False,
        "price": Decimal("77285.7142857142857"),
        "amount": Decimal("0.00007"),
        "total": Decimal("5.41"),
        "fee": Amount(Decimal("0.0135"), "USDT"),
        "at": clock.now() - ago,
        **changes,
    }
    return Trade(**said)  # type: ignore[arg-type]  # as the values above
