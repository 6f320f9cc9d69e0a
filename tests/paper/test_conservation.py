"""The law of the ledger, over random lives of the exchange."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, localcontext

from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.paper.exchange import Exchange
from chatbot.paper.instant.quotes import Pair
from chatbot.paper.ledger import OUTSIDE
from chatbot.paper.market import MARKETS, MARKETS_BY_CODE, Market
from chatbot.paper.orders import Kind, Side, State, Terms
from chatbot.paper.refusals import Refused
from chatbot.paper.withdrawals import State as WithdrawalState
from chatbot.paper.withdrawals import WithdrawalTerms
from tests.paper.setting import Hands, taking

TRADED = [market for market in MARKETS if market.code in ("BTCUSDT", "ETHUSDT", "SHIBUSDT", "USDTUSD")]
CONVERTED = [*TRADED, MARKETS_BY_CODE["PAXGUSDT"], MARKETS_BY_CODE["BONKUSDT"]]
CURRENCIES = {currency for market in CONVERTED for currency in (market.base, market.counter)} | {"XRP"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """An order worth ``amount`` at ``permille`` of the last price."""

    market: Market
    who: int
    side: Side
    kind: Kind
    amount: int
    permille: int

    def happen(self, exchange: Exchange) -> None:
        last = exchange.markets[self.market.code].last_price
        price = (last * self.permille / 1000).quantize(self.market.price_step)
        terms = Terms(
            account=exchange.ready[self.who].number,
            market=self.market,
            kind=self.kind,
            side=self.side,
            price=price if self.kind is Kind.LIMIT else Decimal(0),
            volume=(self.amount / price).quantize(self.market.volume_step),
        )
        exchange.place(terms)


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Cancel the ``which``-th order, if there are so many."""

    who: int
    which: int

    def happen(self, exchange: Exchange) -> None:
        account = exchange.ready[self.who]
        for number in list(exchange.history(account))[self.which : self.which + 1]:
            exchange.request_cancel(account, number)


@dataclass(frozen=True, kw_only=True)
class Jump:
    """Move a market to ``permille`` of its last price."""

    market: Market
    permille: int

    def happen(self, exchange: Exchange) -> None:
        last = exchange.markets[self.market.code].last_price
        exchange.set_price(self.market.code, last * self.permille / 1000)


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """Leave ``total`` available."""

    who: int
    currency: str
    total: int

    def happen(self, exchange: Exchange) -> None:
        account = exchange.ready[self.who].number
        held = exchange.ledger.purse(account, self.currency).held
        exchange.ledger.set_balance(account, self.currency, held + self.total)


@dataclass(frozen=True, kw_only=True)
class Withdraw:
    """Ask for a ``permille`` of what is available, cut to ``decimals``, to leave."""

    who: int
    currency: str
    permille: int
    decimals: int

    def happen(self, exchange: Exchange) -> None:
        account = exchange.ready[self.who].number
        available = exchange.ledger.purse(account, self.currency).available
        amount = round(available * self.permille / 1000, self.decimals)
        terms = WithdrawalTerms(account=account, currency=self.currency, amount=amount, alias="savings")
        exchange.withdrawals.request(terms)


@dataclass(frozen=True, kw_only=True)
class Close:
    """Process or reject the ``which``-th withdrawal that is being processed, if there are so many."""

    which: int
    reject: bool

    def happen(self, exchange: Exchange) -> None:
        close = exchange.withdrawals.reject if self.reject else exchange.withdrawals.process
        waiting = [each for each in exchange.withdrawals.all() if each.state is WithdrawalState.PROCESSING]
        for withdrawal in waiting[self.which : self.which + 1]:
            close(withdrawal.number)


@dataclass(frozen=True, kw_only=True)
class Convert:
    """Convert what is worth ``amount`` at a quote of which the price then moves by ``moved`` per cent, if at all."""

    pair: Pair
    who: int
    amount: int
    moved: int | None
    rejected: bool

    def happen(self, exchange: Exchange) -> None:
        behaviour = exchange.instant.behaviour
        behaviour.moved, behaviour.rejections = None if self.moved is None else Decimal(self.moved), int(self.rejected)
        fair = exchange.fair_price(self.pair.market)
        sold = Decimal(self.amount) if self.pair.side is Side.BUY else self.amount / fair
        quote = exchange.instant.quote(self.pair, sold.quantize(self.pair.sold_step))
        exchange.instant.convert(taking(exchange.ready[self.who], quote))


@dataclass(frozen=True, kw_only=True)
class Live:
    """Let some beats pass."""

    beats: int

    def happen(self, exchange: Exchange) -> None:
        for _ in range(self.beats):
            exchange.tick()


Deed = Place | Cancel | Jump | Deposit | Withdraw | Close | Convert | Live

markets, people = st.sampled_from(TRADED), st.integers(0, 1)
placing = st.builds(
    Place,
    market=markets,
    who=people,
    side=st.sampled_from(Side),
    kind=st.sampled_from(Kind),
    amount=st.integers(6, 30_000),
    permille=st.integers(980, 1020),
)
deeds = st.one_of(
    placing,
    placing,
    st.builds(Cancel, who=people, which=st.integers(0, 12)),
    st.builds(Jump, market=markets, permille=st.integers(900, 1100)),
    st.builds(Deposit, who=people, currency=st.sampled_from(["BTC", "USDT"]), total=st.integers(0, 50_000)),
    st.builds(
        Withdraw,
        who=people,
        currency=st.sampled_from(["BTC", "USDT", "XRP", "USD"]),
        permille=st.integers(0, 1500),
        decimals=st.integers(0, 9),
    ),
    st.builds(
        Convert,
        pair=st.builds(Pair, market=st.sampled_from(CONVERTED), side=st.sampled_from(Side)),
        who=people,
        amount=st.integers(3, 1600),
        moved=st.sampled_from([None, None, None, -1, 1]),
        rejected=st.booleans(),
    ),
    st.builds(Close, which=st.integers(0, 2), reject=st.booleans()),
    st.builds(Live, beats=st.integers(1, 12)),
)


def lively_exchange(hands: Hands, *, seed: int) -> Exchange:
    """An exchange that processes withdrawals within some twenty deeds."""
    exchange = Exchange(clock=hands.clock(), seed=seed)
    exchange.withdrawals.delay = timedelta(seconds=3)
    return exchange


def assert_books_balance(exchange: Exchange) -> None:
    with localcontext(prec=100):
        for currency in CURRENCIES:
            assert exchange.ledger.total(currency) == exchange.ledger.deposited[currency]
            gone = withdrawn(exchange, currency, state=WithdrawalState.PROCESSED)
            assert exchange.ledger.purse(OUTSIDE, currency).total == gone
        for account in exchange.ready:
            bound: defaultdict[str, Decimal] = defaultdict(Decimal)
            for currency in CURRENCIES:
                bound[currency] += withdrawn(exchange, currency, state=WithdrawalState.PROCESSING, who=account.number)
            for asked in exchange.instant.waiting():
                if asked.account == account.number:
                    bound[asked.pair.sold] += asked.sell_amount
            for order in exchange.history(account).values():
                market, price = order.terms.market, order.terms.price
                assert order.remaining >= 0
                assert (order.state is State.FILLED) == (order.remaining == 0)
                if order.terms.instant:
                    continue  # what it holds was counted above
                if order.is_open and order.terms.side is Side.BUY:
                    bound[market.counter] += price * order.remaining
                elif order.is_open:
                    bound[market.base] += order.remaining
            for currency in CURRENCIES:
                purse = exchange.ledger.purse(account.number, currency)
                assert purse.held == bound[currency]
                assert purse.available >= 0


def withdrawn(exchange: Exchange, currency: str, *, state: WithdrawalState, who: int | None = None) -> Decimal:
    """The sum of the withdrawals in this state, of one account or of all."""
    every = (each.terms for each in exchange.withdrawals.all() if each.state is state)
    return sum((each.amount for each in every if each.currency == currency and who in (None, each.account)), Decimal(0))


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.lists(deeds, min_size=5, max_size=40))
def test_money_is_conserved_and_holds_are_exact(life: list[Deed]) -> None:
    hands = Hands()
    exchange = lively_exchange(hands, seed=1)
    for deed in life:
        hands.pass_(0.2)
        with suppress(Refused):
            deed.happen(exchange)
        assert_books_balance(exchange)


def test_no_product_of_the_ledger_needs_more_than_sixteen_decimals() -> None:
    for market in MARKETS:
        fee_decimals = max(-ratio.normalize().as_tuple().exponent for ratio in (market.maker_fee, market.taker_fee))  # type: ignore[operator]
        assert market.base_decimals + market.counter_decimals + fee_decimals <= 16
