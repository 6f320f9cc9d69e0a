"""Puts together what a picture of a market shows, and has it drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Alert, Gauge
from chatbot.domain.bars import Bar, History, folded, start_of
from chatbot.domain.charts import BookPicture, Look, Mark, PriceChart, Span
from chatbot.domain.errors import ChatbotError, NotLinked, Unavailable
from chatbot.domain.ids import MarketCode, PersonId
from chatbot.domain.market import Market, Ticker
from chatbot.domain.orders import Order, OrderFilter
from chatbot.domain.preferences import Preferences
from chatbot.ports.charts import Charts
from chatbot.ports.clock import Clock
from chatbot.services.bars import PriceHistory
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders

log = structlog.get_logger(__name__)

_MARKS_FRESH = timedelta(seconds=20)
"""For so long a person's orders are not read again: who taps through the spans would use up everybody's requests."""
_MOST_REMEMBERED = 1_000

Marks = tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMarket:
    """`picture` is a PNG, or None where nothing is known yet.

    `without_orders`: the person's own orders belong into the picture, but could not be read.
    """

    market: Market
    picture: bytes | None
    without_orders: bool = False


class ChartDesk:
    def __init__(
        self, *, drawer: Charts, history: PriceHistory, markets: Markets, orders: Orders, clock: Clock
    ) -> None:
        self._drawer = drawer
        self._history = history
        self._markets = markets
        self._orders = orders
        self._clock = clock
        self._remembered: dict[tuple[PersonId, Venue, MarketCode], tuple[datetime, Marks]] = {}

    async def price(
        self, symbol: str, *, span: Span, venue: Venue, preferences: Preferences, holder: PersonId | None
    ) -> DrawnMarket:
        """A chart with the orders and fills of the `holder`, who is None in groups.

        Raises `UnknownMarket`, `Unavailable`.
        """
        market = await self._markets.find(symbol, venue=venue)
        now = self._clock.now()
        known = await self._history.of(market.code, venue=venue, span=span.length, now=now)
        history = _up_to_date(known, await self._ticker(market, venue), now=now)
        if not history.bars:
            return DrawnMarket(market=market, picture=None)
        marks = await self._marks(holder, market, venue=venue, since=now - span.length) if holder else ()
        chart = PriceChart(
            title=market.pair,
            base=market.base,
            history=history,
            span=span.length,
            until=now,
            decimals=market.counter_decimals,
            look=_look(preferences, venue),
            marks=marks or (),
        )
        picture = await self._drawer.price(chart)
        return DrawnMarket(market=market, picture=picture, without_orders=marks is None)

    async def depth(self, symbol: str, *, venue: Venue, preferences: Preferences) -> DrawnMarket:
        """An order book. Raises as `price`."""
        market, book = await self._markets.book(symbol, venue=venue)
        if book is None or not (book.bids or book.asks):
            return DrawnMarket(market=market, picture=None)
        picture = BookPicture(
            title=market.pair,
            base=market.base,
            book=book,
            decimals=market.counter_decimals,
            look=_look(preferences, venue),
        )
        return DrawnMarket(market=market, picture=await self._drawer.book(picture))

    async def for_alert(self, alert: Alert, *, preferences: Preferences, now: datetime) -> bytes | None:
        """A small picture of the last 24 hours with the alert's level.

        None where no prices are known, or nothing can be drawn now: then the alert is told without a picture.
        """
        span = Span.DAY.length
        try:
            market = await self._markets.find(alert.market, venue=alert.venue)
            history = await self._history.of(market.code, venue=alert.venue, span=span, now=now)
            if not history.bars:
                return None
            chart = PriceChart(
                title=market.pair,
                base=market.base,
                history=history,
                span=span,
                until=now,
                decimals=market.counter_decimals,
                look=_look(preferences, alert.venue),
                level=alert.rule.level if alert.rule.gauge is Gauge.PRICE else None,
                small=True,
            )
            return await self._drawer.price(chart)
        except ChatbotError as error:
            log.info("alert told without a picture", market=alert.market, reason=str(error))
            return None

    async def _ticker(self, market: Market, venue: Venue) -> Ticker | None:
        """The prices of this moment; while the exchange is away the last one seen will do."""
        try:
            return await self._markets.ticker(market.code, venue=venue)
        except Unavailable:
            return None

    async def _marks(self, person: PersonId, market: Market, *, venue: Venue, since: datetime) -> Marks | None:
        """A person's open orders, and the fills since a moment; None if they cannot be read now."""
        key, now = (person, venue, market.code), self._clock.now()
        read_at, marks = self._remembered.get(key, (None, ()))
        if read_at is None or now - read_at > _MARKS_FRESH:
            try:
                marks = await self._read_marks(person, market)
            except NotLinked:
                marks = ()
            except ChatbotError:
                return None
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = (now, marks)
        return tuple(mark for mark in marks if mark.at is None or mark.at >= since)

    async def _read_marks(self, person: PersonId, market: Market) -> Marks:
        still_open = await self._orders.page(person, which=OrderFilter.OPEN, symbol=market.code)
        closed = await self._orders.page(person, which=OrderFilter.CLOSED, symbol=market.code)
        waiting = tuple(Mark(side=order.side, price=order.price) for order in still_open.page.orders if order.price)
        return waiting + tuple(_fill(order) for order in closed.page.orders if order.executed)


def _up_to_date(history: History, ticker: Ticker | None, *, now: datetime) -> History:
    """With the price of this moment as the last one, which nobody may have looked at for some seconds."""
    if ticker is None or not ticker.last:
        return history
    start, last = start_of(now, length=history.length), ticker.last
    bar = Bar(start=start, open=last, high=last, low=last, close=last, volume=ticker.volume)
    bars = folded((*history.bars, bar), length=history.length)
    return History(bars=bars, length=history.length, since=history.since or start)


def _fill(order: Order) -> Mark:
    return Mark(side=order.side, price=order.average_price or order.price, at=order.updated_at or order.placed_at)


def _look(preferences: Preferences, venue: Venue) -> Look:
    return Look(
        theme=preferences.theme,
        numbers=preferences.numbers,
        zone=preferences.zone,
        badge="" if venue.is_live else venue.badge,
    )
