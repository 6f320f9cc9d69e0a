"""What a quote is worth: against the middle of the market, against its own limits, and for an amount to be got."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf, ConvertRequest
from chatbot.domain.currencies import DOLLARS
from chatbot.domain.errors import InputError
from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.intents import Convert, ConvertTerms, MiddleSource
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.money import EXACT, ZERO, Amount, decimals_of, divide, grouped, multiply, round_half_up, round_up

_PRICE_DECIMALS = 8
"""How many decimals a quote's price is written with at least (observed): what it hides lies behind them."""
_PADDED = Decimal("0.01")
"""Zeros at the end of what is bought may be padding. The rounding they hide is believed up to this share of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The middle between the best prices of both sides, in counter units per base unit, and where it was read."""

    market: MarketCode
    base: str
    counter: str
    price: Decimal
    source: MiddleSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A quote outside its own limits. `fitting` is the nearest amount that works, and what it is `of`."""

    fitting: Amount
    of: AmountOf
    is_least: bool

    @property
    def words(self) -> str:
        """`the least is 4 USDT`."""
        return f"the {'least' if self.is_least else 'most'} is {grouped(self.fitting.value)} {self.fitting.currency}"


class QuoteUnfit(InputError):
    """A quote whose amounts are not those that its own price gives."""

    def __init__(self, quote: Quote) -> None:
        sold, bought = f"{grouped(quote.sell_amount)} {quote.sell}", f"{grouped(quote.buy_amount)} {quote.buy}"
        super().__init__(
            f"The exchange's quote contradicts itself: {sold} for {bought} is not its price of {grouped(quote.price)}. "
            "I show no card for that; please ask again in a moment."
        )


def market_between(one: str, other: str, markets: Iterable[Market]) -> Market | None:
    """The market with an order book on which the two currencies are traded for each other."""
    of_both = (market for market in markets if {market.base, market.counter} == {one, other})
    return next((market for market in of_both if not market.instant_only), None)


def decimals_in(markets: Iterable[Market], currency: str) -> int | None:
    """How many decimals of a currency all its markets take; None if it has none."""
    taken = [
        market.base_decimals if market.base == currency else market.counter_decimals
        for market in markets
        if currency in (market.base, market.counter)
    ]
    return min(taken, default=None)


def by_book(market: Market, book: OrderBook | None) -> Middle | None:
    """The middle of an order book; None unless it has both sides."""
    if book is None or not book.bids or not book.asks:
        return None
    return _between(market, book.bids[0].price, book.asks[0].price, MiddleSource.BOOK)


def by_ticker(market: Market, ticker: Ticker | None) -> Middle | None:
    """What stands in for it. The last price is no middle: it is one trade, which anybody can make in a thin market."""
    if ticker is None:
        return None
    return _between(market, ticker.bid, ticker.ask, MiddleSource.TICKER)


def _between(market: Market, bid: Decimal, ask: Decimal, source: MiddleSource) -> Middle | None:
    if min(bid, ask) <= ZERO:
        return None
    price = divide(EXACT.add(bid, ask), Decimal(2))
    return Middle(market=market.code, base=market.base, counter=market.counter, price=price, source=source)


def base_of(quote: Quote, market: Market | None) -> str:
    """Which of the two currencies the quote's price is for one unit of.

    Where no market tells: not the dollars that coins are priced in; of two of a kind the one that fits the amounts.
    """
    if market is not None:
        return market.base
    if (quote.sell in DOLLARS) is not (quote.buy in DOLLARS):
        return quote.buy if quote.sell in DOLLARS else quote.sell
    off_by_sale = abs(multiply(quote.sell_amount, quote.price) - quote.buy_amount)
    off_by_purchase = abs(divide(quote.sell_amount, quote.price) - quote.buy_amount)
    return quote.sell if off_by_sale <= off_by_purchase else quote.buy


def check_fit(quote: Quote, *, base: str) -> None:
    """Whether a quote's amounts are those of its price, as far as what is bought was rounded (api: I1).

    Its price is all that tells what a coin without an order book is worth. Raises `QuoteUnfit`.
    """
    sells_base = quote.sell == base
    of_base, of_counter = (quote.sell_amount, quote.buy_amount) if sells_base else (quote.buy_amount, quote.sell_amount)
    off = abs(EXACT.subtract(multiply(of_base, quote.price), of_counter))
    hidden = _unit(max(decimals_of(quote.price), _PRICE_DECIMALS))
    rounded = _rounding(quote.buy_amount)
    of_bought = rounded if sells_base else multiply(rounded, EXACT.add(quote.price, hidden))
    if off > EXACT.add(multiply(of_base, hidden), of_bought):
        raise QuoteUnfit(quote)


def _rounding(amount: Decimal) -> Decimal:
    bare = _unit(decimals_of(amount.normalize()))
    return max(_unit(decimals_of(amount)), min(bare, multiply(amount, _PADDED)))


def _unit(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def moved_by(quote: Quote, *, base: str) -> tuple[Amount, Amount, Amount]:
    """What goes out, what comes in, and the one that is priced at the quote's price: it is worth the most of these."""
    sold, bought = Amount(quote.sell_amount, quote.sell), Amount(quote.buy_amount, quote.buy)
    priced, counter = (sold, quote.buy) if quote.sell == base else (bought, quote.sell)
    return sold, bought, Amount(multiply(priced.value, quote.price), counter)


def difference(quote: Quote, middle: Middle) -> tuple[Decimal, Amount]:
    """How much worse than the middle a quote is: as a fraction, and in counter currency. Negative: it is better."""
    if quote.sell == middle.base:
        fair, got = multiply(quote.sell_amount, middle.price), quote.buy_amount
    else:
        fair, got = quote.sell_amount, multiply(quote.buy_amount, middle.price)
    worse = EXACT.subtract(fair, got)
    return (divide(worse, fair) if fair else ZERO), Amount(worse, middle.counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How much more a quote gives, or takes, than the one before; less, below zero. `worth` is that in counter
    currency at its price; None where it is in that already.
    """

    by: Amount
    worth: Amount | None


def change_since(previous: Decimal, intent: Convert, terms: ConvertTerms) -> Change:
    """Against a price before: of what is bought; where that is what was wanted, of what is sold for it."""
    sells_base, price = intent.sell == terms.base, Decimal(intent.price_text)
    counter = intent.buy if sells_base else intent.sell
    fixed, moved = (intent.sold, intent.bought) if terms.wanted is None else (intent.bought, intent.sold)
    at = multiply if moved.currency == counter else divide
    by = EXACT.subtract(at(fixed.value, price), at(fixed.value, previous))
    by = round_half_up(by, decimals=decimals_of(moved.value))
    return Change(
        by=Amount(by, moved.currency),
        worth=None if moved.currency == counter else Amount(multiply(by, price), counter),
    )


def sell_for(wanted: Decimal, quote: Quote, *, base: str, exactly: bool) -> Decimal:
    """The smallest amount to sell that gives what is wanted, at a quote's price.

    The exchange rounds what is bought half up (observed), so a little less may do; `exactly` does not count on that.
    """
    half = ZERO if exactly else divide(_unit(decimals_of(quote.buy_amount)), Decimal(2))
    aim = max(EXACT.subtract(wanted, half), ZERO)
    amount = divide(aim, quote.price) if quote.sell == base else multiply(aim, quote.price)
    taken = decimals_of(quote.sell_amount)  # so many as the exchange wrote itself
    return max(round_up(amount, decimals=taken), _unit(taken))


def outside_limits(quote: Quote, *, of: AmountOf) -> Unfit | None:
    """Whether a quote cannot be ordered for its amount; None if it can. A limit of zero is none."""
    is_least = quote.sell_amount < quote.least_sell
    if not is_least and not ZERO < quote.most_sell < quote.sell_amount:
        return None
    sold, bought = (quote.least_sell, quote.least_buy) if is_least else (quote.most_sell, quote.most_buy)
    if of is AmountOf.BOUGHT and bought:
        return Unfit(fitting=Amount(bought, quote.buy), of=AmountOf.BOUGHT, is_least=is_least)
    return Unfit(fitting=Amount(sold, quote.sell), of=AmountOf.SOLD, is_least=is_least)


def intent_of(quote: Quote, *, account: AccountId) -> Convert:
    """A quote's own strings, untouched."""
    return Convert(
        account=account,
        sell=quote.sell,
        buy=quote.buy,
        sell_text=quote.sell_text,
        buy_text=quote.buy_text,
        price_text=quote.price_text,
    )


def terms_of(
    quote: Quote,
    middle: Middle | None,
    *,
    base: str,
    before: Amount,
    wanted: Decimal | None,
    value: Decimal | None,
    left: Amount,
    previous: Decimal | None = None,
    refreshed: int = 0,
) -> ConvertTerms:
    """What a quote's card shows."""
    share, cost = (None, None) if middle is None else difference(quote, middle)
    return ConvertTerms(
        base=base,
        market=None if middle is None else middle.market,
        least=quote.least_sell,
        most=quote.most_sell,
        before=before,
        quoted_at=quote.at,
        compared=None if middle is None else middle.source,
        difference=share,
        cost=cost,
        wanted=wanted,
        value=value,
        left=left,
        previous=previous,
        refreshed=refreshed,
    )


def request_of(intent: Convert, terms: ConvertTerms) -> ConvertRequest:
    """The same conversion again: of the amount that was named."""
    if terms.wanted is not None:
        return ConvertRequest(sell=intent.sell, buy=intent.buy, amount=terms.wanted, of=AmountOf.BOUGHT)
    return ConvertRequest(sell=intent.sell, buy=intent.buy, amount=Decimal(intent.sell_text))
