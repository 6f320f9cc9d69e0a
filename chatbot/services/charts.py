"""Puts together what a picture of a market shows, and has it drawn."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_fitting import shown_level
from chatbot.domain.alerts import Alert, Gauge
from chatbot.domain.bars import Bar, History, folded, start_of
from chatbot.domain.charts import BookPicture, Look, PriceChart, Span
from chatbot.domain.errors import ChatbotError, Unavailable
from chatbot.domain.ids import PersonId
from chatbot.domain.market import Market, Ticker
from chatbot.domain.preferences import Preferences
from chatbot.ports.charts import Charts
from chatbot.ports.clock import Clock
from chatbot.ports.follow_ups import FollowUps
from chatbot.services.bars import PriceHistory
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.own_marks import MarkReader, OwnMarks

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnMarket:
    """`picture` is a PNG, or None where nothing is known yet.

    `without_orders`: the person's own orders belong into the picture, but could not be read. `latest_orders`: only so
    many of them, the newest, were read for it; None where it shows them all.
    """

    market: Market
    picture: bytes | None
    without_orders: bool = False
    latest_orders: int | None = None


class ChartDesk:
    def __init__(
        self,
        *,
        drawer: Charts,
        history: PriceHistory,
        markets: Markets,
        orders: Orders,
        follow_ups: FollowUps,
        clock: Clock,
    ) -> None:
        self._drawer = drawer
        self._history = history
        self._markets = markets
        self._marks = MarkReader(orders=orders, follow_ups=follow_ups, clock=clock)
        self._clock = clock

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
        since = now - span.length
        own = OwnMarks() if holder is None else await self._marks.of(holder, market.code, venue=venue, since=since)
        chart = PriceChart(
            title=market.pair,
            base=market.base,
            history=history,
            span=span.length,
            until=now,
            decimals=market.counter_decimals,
            look=_look(preferences, venue),
            marks=own.marks if own is not None else (),
        )
        return DrawnMarket(
            market=market,
            picture=await self._drawer.price(chart),
            without_orders=own is None,
            latest_orders=own.latest if own is not None else None,
        )

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
                level=_level(alert, market),
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


def _up_to_date(history: History, ticker: Ticker | None, *, now: datetime) -> History:
    """With the price of this moment as the last one, which nobody may have looked at for some seconds."""
    if ticker is None or not ticker.last:
        return history
    start, last = start_of(now, length=history.length), ticker.last
    bar = Bar(start=start, open=last, high=last, low=last, close=last, volume=ticker.volume)
    bars = folded((*history.bars, bar), length=history.length)
    return History(bars=bars, length=history.length, since=history.since or start)


def _level(alert: Alert, market: Market) -> Decimal | None:
    """What is crossed, if it is a price."""
    return shown_level(alert.rule, decimals=market.counter_decimals) if alert.rule.gauge is Gauge.PRICE else None


def _look(preferences: Preferences, venue: Venue) -> Look:
    return Look(
        theme=preferences.theme,
        numbers=preferences.numbers,
        zone=preferences.zone,
        badge="" if venue.is_live else venue.badge,
    )
