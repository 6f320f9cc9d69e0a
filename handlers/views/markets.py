"""Prices, markets and order books."""

import re
from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.charts import Span
from chatbot.domain.errors import UnknownMarket
from chatbot.domain.market import Level, Market, OrderBook, PublicTrade, Ticker
from chatbot.domain.money import ZERO, divide, multiply
from chatbot.domain.orders import Side
from chatbot.services.markets import Quote
from handlers.actions import (
    DrawChart,
    PriceList,
    RefreshPrices,
    ShowBook,
    ShowMarkets,
    ShowPrice,
    ShowPrices,
    ShowRules,
    StartConversion,
    StartOrder,
    ToggleFavourite,
)
from handlers.views.format import age, change, number, percent, ratio, roughly, when
from handlers.views.html import Html, bold, italic, lines, outside, pre, text
from handlers.views.paging import page_of
from handlers.views.screen import Key, Press, Rows, Screen

MARKETS_A_PAGE = 8
_LEVELS = 10
_TRADES = 5
_LONGEST_CODES = 60
_MILLION = Decimal(1_000_000)
_CODE = re.compile(r"[A-Z0-9]{2,12}")


def price(quote: Quote, *, venue: Venue, now: datetime, private: bool, starred: bool = False) -> Screen:
    """One market's prices."""
    market, ticker = quote.market, quote.ticker
    if ticker is None:
        return Screen(lines(bold(market.pair), "The exchange reports no prices for this market right now."))
    return Screen(
        lines(price_lines(market, ticker), footer(ticker.at, venue=venue, now=now)),
        _price_keys(market, private=private, starred=starred),
    )


def price_lines(market: Market, ticker: Ticker) -> Html:
    """One market's prices without a word on when and where."""
    return lines(
        text(bold(market.pair), "  ", bold(last_price(market, ticker)), "  ", change(ticker.change)),
        pre(_price_table(market, ticker)),
    )


def last_price(market: Market, ticker: Ticker) -> str:
    return _price(ticker.last, market)


def prices(quotes: tuple[Quote, ...], *, title: str, again: Key | None, venue: Venue, now: datetime) -> Screen:
    """Several markets, a line each."""
    newest = max((quote.ticker.at for quote in quotes if quote.ticker), default=now)
    keys: list[tuple[Key, ...]] = [(again,)] if again else []
    buttons = [Press(quote.market.base, ShowPrice(code=quote.market.code)) for quote in quotes]
    keys += [tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3)]
    return Screen(lines(bold(title), pre(price_rows(quotes)), footer(newest, venue=venue, now=now)), tuple(keys))


def price_rows(quotes: tuple[Quote, ...]) -> str:
    """One line each: pair, last price, change of 24 hours; in columns."""
    shown = [(quote.market, quote.ticker) for quote in quotes]
    name = max(len(market.pair) for market, _ in shown)
    last = max(len(_price(ticker.last, market)) if ticker else 1 for market, ticker in shown)
    return "\n".join(
        f"{market.pair:<{name}}  {_price(ticker.last, market):>{last}}  {change(ticker.change)}"
        if ticker
        else f"{market.pair:<{name}}  {'–':>{last}}  no prices"
        for market, ticker in shown
    )


def refresh_prices(codes: list[str]) -> Press | None:
    """The Refresh button of a list of markets; None if their codes are too long for one button."""
    joined = ".".join(codes)
    return Press("↻ Refresh", RefreshPrices(codes=joined)) if len(joined) <= _LONGEST_CODES else None


def refresh_named(which: PriceList) -> Press:
    return Press("↻ Refresh", ShowPrices(which=which))


def with_liveliest(screen: Screen) -> Screen:
    """The same with a way on to the liveliest markets."""
    return Screen(screen.text, (*screen.rows, (Press("Liveliest markets", ShowPrices(which=PriceList.LIVELIEST)),)))


def unknown(error: UnknownMarket) -> Screen:
    """No such market; the nearest ones as buttons, and Instant Trade for whoever can use it."""
    advice = "Did you mean one of these?" if error.nearest else "All with an order book: /markets."
    buttons = [Press(code, ShowPrice(code=code)) for code in error.nearest]
    rows: Rows = tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))
    convert = "Instant Trade converts many coins that have no market: /convert." if error.converts else None
    if convert and _CODE.fullmatch(error.symbol):
        rows = (*rows, (Press(f"Convert {error.symbol}", StartConversion(sell=error.symbol)),))
    return Screen(lines(bold("There is no market ", outside(error.symbol, limit=24), "."), advice, convert), rows)


def markets(listed: tuple[Market, ...], *, page: int, venue: Venue) -> Screen:
    """The list of markets with their rules, a page of it; `page` counts from 1 and is brought into range."""
    paged = page_of(listed, number=page, size=MARKETS_A_PAGE)
    return Screen(
        lines(
            text(bold("Markets"), f"  {len(listed)}{paged.where}"),
            *(_in_short(market) for market in paged.items),
            italic(f"Limits are price × amount. Fees are maker / taker. {venue.badge}"),
        ),
        paged.keys(lambda number: ShowMarkets(page=number)),
    )


def rules(quote: Quote, *, venue: Venue, now: datetime, private: bool) -> Screen:
    """One market's rules in full, read now."""
    market = quote.market
    names = text(outside(market.base_name, limit=40), " priced in ", outside(market.counter_name, limit=40))
    return Screen(
        lines(
            text(bold(market.pair), "  rules"),
            names,
            pre(_rules_table(market, last=quote.ticker.last if quote.ticker else None)),
            _where_traded(market),
            footer(now, venue=venue, now=now),
        ),
        _rules_keys(market, private=private),
    )


def book(market: Market, found: OrderBook | None, *, venue: Venue, now: datetime, private: bool) -> Screen:
    """The best ten levels a side, with sums, and the last trades."""
    if found is None or not (found.bids or found.asks):
        return Screen(lines(bold(market.pair), "There is no order book for this market right now."))
    asks, bids = _ladder(found.asks[:_LEVELS]), _ladder(found.bids[:_LEVELS])
    decimals = _ladder_decimals([depth for _, depth in (*asks, *bids)])
    rows = _columns(
        [("price", market.base, "sum"), *reversed([_level(*row, market, decimals) for row in asks])],
        [(_spread_line(found),)],
        [_level(*row, market, decimals) for row in bids],
    )
    trades = [_trade(trade, market, now=now) for trade in found.trades[:_TRADES]]
    keys: Rows = ((Press("↻ Refresh", ShowBook(code=market.code)), Press("Price", ShowPrice(code=market.code))),)
    return Screen(
        lines(
            bold(market.pair, " order book"),
            pre(rows),
            *((text("Last trades"), pre("\n".join(trades))) if trades else ()),
            footer(found.at, venue=venue, now=now),
        ),
        keys + (_trade_keys(market) if private else ()),
    )


def footer(at: datetime, *, venue: Venue, now: datetime) -> Html:
    return italic(f"{when(at, now=now)} · {venue.badge}")


def _price(value: Decimal, market: Market) -> str:
    return number(value, decimals=market.counter_decimals)


def _price_table(market: Market, ticker: Ticker) -> str:
    share = divide(ticker.spread, ticker.ask) if ticker.ask else ZERO
    rows = (
        ("Bid", _price(ticker.bid, market)),
        ("Ask", _price(ticker.ask, market)),
        ("Spread", f"{_price(ticker.spread, market)} ({ratio(share, decimals=2)})"),
        ("24 h", f"{_price(ticker.low, market)} – {_price(ticker.high, market)}"),
        ("Volume", f"{roughly(ticker.volume)} {market.base}"),
        ("", f"≈ {roughly(ticker.turnover)} {market.counter}"),
    )
    return "\n".join(f"{name:<7}{value}" for name, value in rows)


def _price_keys(market: Market, *, private: bool, starred: bool) -> Rows:
    first = (Press("↻ Refresh", RefreshPrices(codes=market.code)), Press("Book", ShowBook(code=market.code)))
    chart, rules = _chart_key(market), Press("Rules", ShowRules(code=market.code))
    if not private:
        return ((*first, chart, rules),)
    star = Press("★ Favourite" if starred else "☆ Favourite", ToggleFavourite(code=market.code))
    return ((*first, chart), (star, rules), *_trade_keys(market))


def _rules_keys(market: Market, *, private: bool) -> Rows:
    """Without an order book there is nothing to look at, and only Instant Trade to trade with."""
    if market.instant_only:
        return ((_convert_key(market),),) if private else ()
    price = Press("Price", RefreshPrices(codes=market.code))
    look = (price, Press("Book", ShowBook(code=market.code)), _chart_key(market))
    return (look, *(_trade_keys(market) if private else ()))


def _chart_key(market: Market) -> Press:
    return Press("Chart", DrawChart(code=market.code, span=Span.DAY, anew=True))


def _convert_key(market: Market) -> Press:
    return Press("Convert", StartConversion(sell=market.base))


def _trade_keys(market: Market) -> Rows:
    buy = Press(f"Buy {market.base}", StartOrder(side=Side.BUY, code=market.code), style="success")
    sell = Press(f"Sell {market.base}", StartOrder(side=Side.SELL, code=market.code), style="danger")
    return ((buy, sell, _convert_key(market)),)


def _rules_table(market: Market, *, last: Decimal | None) -> str:
    decimals = (
        ("Amount", f"{market.base_decimals} decimals of {market.base}"),
        ("Price", f"{market.counter_decimals} decimals of {market.counter}"),
    )
    rows = decimals if market.instant_only else (*_bounds(market), *decimals, *_fees(market, last=last))
    return "\n".join(f"{name:<7}{value}" for name, value in rows)


def _bounds(market: Market) -> tuple[tuple[str, str], ...]:
    return (
        ("Least", f"{number(market.minimum)} {market.counter} an order"),
        ("Most", f"{number(market.maximum)} {market.counter} an order"),
    )


def _fees(market: Market, *, last: Decimal | None) -> tuple[tuple[str, str], ...]:
    return (
        ("Maker", f"{ratio(market.maker_fee)} fee"),
        ("Taker", f"{ratio(market.taker_fee)} fee"),
        *_band_rows(market, last=last),
    )


def _band_rows(market: Market, *, last: Decimal | None) -> tuple[tuple[str, str], ...]:
    times = f"{number(market.min_multiplier)} – {number(market.max_multiplier)} × last price"
    if last is None:
        return (("Band", times),)
    low, high = market.band(last)
    return (("Band", f"{_price(low, market)} – {_price(high, market)}"), ("", f"({times})"))


def _where_traded(market: Market) -> Html:
    if market.instant_only:
        return text("It has no order book: Instant Trade only. Each quote names its own price and limits.")
    return text(
        "It has an order book. Least and most are price × amount. A limit price outside the band gets a warning on the "
        "card; whether to refuse it is up to the exchange."
    )


def _in_short(market: Market) -> Html:
    rules = "\n".join(
        (
            f"Limits   {number(market.minimum)} – {number(market.maximum)} {market.counter}",
            f"Decimals {market.base_decimals} {market.base}, {market.counter_decimals} {market.counter}",
            f"Fees     {ratio(market.maker_fee)} / {ratio(market.taker_fee)}",
        )
    )
    return lines(text(bold(market.pair), "  ", outside(market.base_name, limit=40)), pre(rules))


def _ladder(levels: tuple[Level, ...]) -> list[tuple[Level, Decimal]]:
    """Each level with the sum of all volumes up to it."""
    running, rows = ZERO, []
    for level in levels:
        running += level.volume
        rows.append((level, running))
    return rows


def _ladder_decimals(depths: list[Decimal]) -> int:
    """As many decimals as show four digits of the smallest sum."""
    return max(0, 3 - min(depth.adjusted() for depth in depths))


def _level(level: Level, depth: Decimal, market: Market, decimals: int) -> tuple[str, str, str]:
    return _price(level.price, market), _short(level.volume, decimals), _short(depth, decimals)


def _short(value: Decimal, decimals: int) -> str:
    """Millions as `12.34M`, so that a ladder of cheap coins still fits a phone."""
    return f"{number(value / _MILLION, decimals=2)}M" if value >= _MILLION else number(value, decimals=decimals)


def _spread_line(found: OrderBook) -> str:
    if not (found.asks and found.bids):
        return "— one side is empty —"
    spread = found.asks[0].price - found.bids[0].price
    share = divide(multiply(spread, Decimal(100)), found.asks[0].price)
    return f"— spread {number(spread)} ({percent(share)}) —"


def _columns(*blocks: list[tuple[str, ...]]) -> str:
    """Right-aligned columns; a row of one cell stands by itself."""
    full = [row for block in blocks for row in block if len(row) > 1]
    widths = [max(len(row[at]) for row in full) for at in range(3)]
    return "\n".join(
        row[0] if len(row) == 1 else "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for block in blocks
        for row in block
    )


def _trade(trade: PublicTrade, market: Market, *, now: datetime) -> str:
    mark = {Side.BUY: "▲", Side.SELL: "▼", None: "•"}[trade.side]
    return f"{mark} {_price(trade.price, market)}  {roughly(trade.volume)}  {age(trade.at, now=now)}"
