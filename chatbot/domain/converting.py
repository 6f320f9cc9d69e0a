"""What a quote is worth: against the middle of the market, against its own limits, and for an amount to be got."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf, ConvertRequest
from chatbot.domain.ids import AccountId, MarketCode
from chatbot.domain.intents import Compared, Convert, ConvertTerms
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.money import EXACT, ZERO, Amount, divide, grouped, multiply, round_up

_COUNTERS = ("USDT", "USD")
"""What coins without an order book are priced in, the likelier first (observed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Middle:
    """The middle between the best prices of both sides, in counter units per base unit, and where it was read."""

    market: MarketCode
    base: str
    counter: str
    price: Decimal
    source: Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A quote outside its own limits. `fitting` is the nearest amount that works, and what it is `of`."""

    fitting: Amount
    of: AmountOf
    is_least: bool

    @property
    def sentence(self) -> str:
        limit = f"{grouped(self.fitting.value)} {self.fitting.currency}"
        return f"The least that can be converted now is {limit}." if self.is_least else f"The most is {limit} now."


def market_between(one: str, other: str, markets: Iterable[Market]) -> Market | None:
    """The market on which the two currencies are traded for each other."""
    return next((market for market in markets if {market.base, market.counter} == {one, other}), None)


def middle_of(market: Market, book: OrderBook | None, ticker: Ticker | None) -> Middle | None:
    """By the order book where it has both sides, else by the ticker; None if neither tells."""
    found = _middle(book, ticker)
    if found is None:
        return None
    price, source = found
    return Middle(market=market.code, base=market.base, counter=market.counter, price=price, source=source)


def _middle(book: OrderBook | None, ticker: Ticker | None) -> tuple[Decimal, Compared] | None:
    if book is not None and book.bids and book.asks:
        return divide(EXACT.add(book.bids[0].price, book.asks[0].price), Decimal(2)), Compared.BOOK
    if ticker is not None and ticker.bid > ZERO and ticker.ask > ZERO:
        return divide(EXACT.add(ticker.bid, ticker.ask), Decimal(2)), Compared.TICKER
    if ticker is not None and ticker.last > ZERO:
        return ticker.last, Compared.TICKER
    return None


def base_of(quote: Quote, market: Market | None) -> str:
    """Which of the two currencies the quote's price is for one unit of.

    Where no market tells: not the one that coins are priced in; between two coins the one that fits the amounts.
    """
    if market is not None:
        return market.base
    for counter in _COUNTERS:
        if counter in (quote.sell, quote.buy):
            return quote.buy if quote.sell == counter else quote.sell
    off_by_sale = abs(multiply(quote.sell_amount, quote.price) - quote.buy_amount)
    off_by_purchase = abs(divide(quote.sell_amount, quote.price) - quote.buy_amount) if quote.price else off_by_sale
    return quote.sell if off_by_sale <= off_by_purchase else quote.buy


def difference(quote: Quote, middle: Middle) -> tuple[Decimal, Amount]:
    """How much worse than the middle a quote is: as a fraction, and in counter currency. Negative: it is better."""
    if quote.sell == middle.base:
        fair, got = multiply(quote.sell_amount, middle.price), quote.buy_amount
    else:
        fair, got = quote.sell_amount, multiply(quote.buy_amount, middle.price)
    worse = EXACT.subtract(fair, got)
    return (divide(worse, fair) if fair else ZERO), Amount(worse, middle.counter)


def decimals_of(text: str) -> int:
    """How many decimals the exchange wrote an amount with: so many it takes."""
    exponent = Decimal(text).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def sell_for(wanted: Decimal, quote: Quote, *, base: str, exactly: bool) -> Decimal:
    """The smallest amount to sell that gives what is wanted, at a quote's price.

    The exchange rounds what is bought half up (observed), so a little less may do; `exactly` does not count on that.
    """
    half = ZERO if exactly else Decimal(5).scaleb(-decimals_of(quote.buy_text) - 1)
    aim = max(EXACT.subtract(wanted, half), ZERO)
    amount = divide(aim, quote.price) if quote.sell == base else multiply(aim, quote.price)
    smallest = Decimal(1).scaleb(-decimals_of(quote.sell_text))
    return max(round_up(amount, decimals=decimals_of(quote.sell_text)), smallest)


def outside_limits(quote: Quote, *, of: AmountOf) -> Unfit | None:
    """Whether a quote cannot be ordered for its amount; None if it can. A largest amount of zero is none."""
    bought = of is AmountOf.BOUGHT
    named = AmountOf.BOUGHT if bought else AmountOf.SOLD
    if quote.sell_amount < quote.least_sell:
        least = Amount(quote.least_buy, quote.buy) if bought else Amount(quote.least_sell, quote.sell)
        return Unfit(fitting=least, of=named, is_least=True)
    if ZERO < quote.most_sell < quote.sell_amount:
        most = Amount(quote.most_buy, quote.buy) if bought else Amount(quote.most_sell, quote.sell)
        return Unfit(fitting=most, of=named, is_least=False)
    return None


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


def renewed(terms: ConvertTerms, quote: Quote, middle: Middle | None) -> ConvertTerms:
    """The same card with a new quote. Its worth stays that of the first one: it is a minute old at most."""
    return terms_of(
        quote,
        middle,
        base=terms.base,
        before=terms.before,
        wanted=terms.wanted,
        value=terms.value,
        left=terms.left,
        previous=terms.previous,
        refreshed=terms.refreshed + 1,
    )


def request_of(intent: Convert, terms: ConvertTerms) -> ConvertRequest:
    """The same conversion again: of the amount that was named."""
    if terms.wanted is not None:
        return ConvertRequest(sell=intent.sell, buy=intent.buy, amount=terms.wanted, of=AmountOf.BOUGHT)
    return ConvertRequest(sell=intent.sell, buy=intent.buy, amount=Decimal(intent.sell_text))
