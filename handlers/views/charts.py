"""Charts and books as pictures."""

from datetime import datetime

from chatbot.domain.accounts import Venue
from chatbot.domain.charts import Span
from chatbot.domain.market import Market
from chatbot.services.charts import DrawnMarket
from handlers.actions import DrawChart, DrawDepth, ShowPrice
from handlers.views.html import bold, lines, text
from handlers.views.markets import footer
from handlers.views.screen import Picture, Press, Rows, Screen


def chart(drawn: DrawnMarket, *, span: Span, venue: Venue, now: datetime) -> Picture | Screen:
    """A price chart, with buttons that draw it anew; a sentence where no prices are known yet."""
    market = drawn.market
    if drawn.picture is None:
        return Screen(
            lines(
                text("No prices of ", bold(market.pair), f" are known of the last {span.value}."),
                "The exchange keeps no history, so this bot keeps its own. Please try again in a minute.",
            ),
            _rows(market, span),
        )
    return Picture(
        content=drawn.picture,
        caption=lines(
            text(bold(market.pair), "  ", span.value),
            "Your own orders could not be read just now." if drawn.without_orders else None,
            _cut(drawn.latest_orders),
            footer(now, venue=venue, now=now),
        ),
        rows=_rows(market, span),
    )


def _cut(latest_orders: int | None) -> str | None:
    return None if latest_orders is None else f"Of your own orders, only the latest {latest_orders} are in it."


def depth(drawn: DrawnMarket, *, venue: Venue, now: datetime) -> Picture | Screen:
    """An order book; a sentence where there is none."""
    market = drawn.market
    again = Press("↻ Refresh", DrawDepth(code=market.code, anew=False))
    if drawn.picture is None:
        return Screen(lines(bold(market.pair), "There is no order book for this market right now."), ((again,),))
    return Picture(
        content=drawn.picture,
        caption=lines(text(bold(market.pair), "  order book"), footer(now, venue=venue, now=now)),
        rows=(
            (
                again,
                Press("Chart", DrawChart(code=market.code, span=Span.DAY, anew=True)),
                Press("Price", ShowPrice(code=market.code)),
            ),
        ),
    )


def _rows(market: Market, shown: Span) -> Rows:
    spans = tuple(
        Press(f"• {span.value} •" if span is shown else span.value, DrawChart(code=market.code, span=span, anew=False))
        for span in Span
    )
    return (
        spans,
        (
            Press("↻ Refresh", DrawChart(code=market.code, span=shown, anew=False)),
            Press("Depth", DrawDepth(code=market.code, anew=True)),
            Press("Price", ShowPrice(code=market.code)),
        ),
    )
