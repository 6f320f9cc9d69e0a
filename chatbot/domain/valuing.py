"""What amounts are worth where a limit is held against it: by the price that is the most careful one.

The last price alone is one trade, which anybody can make in a thin market.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.ids import MarketCode
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market, Ticker
from chatbot.domain.money import EXACT, Amount, divide, multiply

FURTHEST = Decimal("0.20")
"""How far the last price may lie from the middle of bid and ask, as a fraction of it, to be believed."""


def careful_worth(amount: Amount, *, markets: Iterable[Market], tickers: Mapping[MarketCode, Ticker]) -> Decimal | None:
    """The most an amount may be worth in `VALUED_IN`; None where no market has traded the two.

    Raises `Stopped` where there is one whose prices cannot be relied on now: no limit can be checked by them.
    """
    if amount.currency == VALUED_IN:
        return amount.value
    market = valuing_market(amount.currency, markets, tickers)
    if market is None:
        return None
    prices = believed_prices(tickers.get(market.code))
    if not prices:
        raise Stopped(Obstacle.PRICE_UNCLEAR, currency=amount.currency)
    if market.base == amount.currency:
        return multiply(amount.value, max(prices))
    return divide(amount.value, min(prices))


def valuing_market(currency: str, markets: Iterable[Market], tickers: Mapping[MarketCode, Ticker]) -> Market | None:
    """The market of a currency with `VALUED_IN`, whichever of the two is its base, unless nobody ever traded there."""
    of_both = (
        market
        for market in markets
        if {market.base, market.counter} == {currency, VALUED_IN} and not market.instant_only
    )
    return next((market for market in of_both if market.code not in tickers or tickers[market.code].last), None)


def believed_prices(ticker: Ticker | None) -> tuple[Decimal, ...]:
    """Last, bid, ask and the day's average, as far as there are any; none at all if the last one is far off."""
    if ticker is None or ticker.last <= 0 or _is_far_off(ticker):
        return ()
    return tuple(price for price in (ticker.last, ticker.bid, ticker.ask, ticker.average) if price > 0)


def _is_far_off(ticker: Ticker) -> bool:
    if ticker.bid <= 0 or ticker.ask <= 0:
        return False
    middle = divide(EXACT.add(ticker.bid, ticker.ask), Decimal(2))
    return abs(EXACT.subtract(ticker.last, middle)) > multiply(middle, FURTHEST)
