"""Alerts with what is read of their markets now: how far each is from its level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_fitting import distance
from chatbot.domain.alert_rules import read
from chatbot.domain.alerts import Alert, AlertStatus, Gauge, Rule
from chatbot.domain.errors import InputError, Unavailable, UnknownMarket
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import Market, Ticker
from chatbot.domain.places import Place
from chatbot.ports.alerts import Alerts
from chatbot.services.markets import Markets


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAlert:
    """An alert with what is read at this moment, as far as it is known.

    `price` is the market's last one, `reading` the gauge's value, `distance` how far that is from the level: percent
    of the reading, or percentage points where it is a percentage. `decimals` are those of the market's prices.
    """

    alert: Alert
    price: Decimal | None
    reading: Decimal | None
    decimals: int | None = None

    @property
    def distance(self) -> Decimal | None:
        return distance(self.alert, self.reading)

    @property
    def is_measured_in_percent(self) -> bool:
        """Whether the distance is a share of the reading: such distances can be compared."""
        return self.alert.rule.gauge in (Gauge.PRICE, Gauge.VOLUME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A market that has prices, with them."""

    market: Market
    ticker: Ticker


class AlertReader:
    def __init__(self, *, alerts: Alerts, markets: Markets) -> None:
        self._alerts = alerts
        self._markets = markets

    async def quote(self, market: str, venue: Venue) -> Quoted:
        """A market with its prices. Raises `InputError` where there are none: nothing can be watched then."""
        found = await self._markets.find(market, venue=venue)
        ticker = await self._markets.ticker(found.code, venue=venue)
        if ticker is None or ticker.last <= 0:
            raise InputError(f"{found.pair} has no prices right now, so nothing can be watched there.")
        return Quoted(market=found, ticker=ticker)

    async def see(self, alert: Alert) -> SeenAlert:
        ticker = (await self._tickers(alert.venue)).get(alert.market)
        return self.seen(alert, ticker, decimals=await self._decimals(alert))

    async def see_all(self, place: Place) -> tuple[SeenAlert, ...]:
        """All of the place's chat: the nearest market first, in it the nearest alert; what has ended comes last."""
        alerts = await self._alerts.in_chat(place.chat)
        tickers = {venue: await self._tickers(venue) for venue in {alert.venue for alert in alerts}}
        return _by_market([self.seen(alert, tickers[alert.venue].get(alert.market)) for alert in alerts])

    def seen(self, alert: Alert, ticker: Ticker | None, *, decimals: int | None = None) -> SeenAlert:
        reading = self.reading(alert.rule, alert.market, alert.venue, ticker)
        price = None if ticker is None else ticker.last
        return SeenAlert(alert=alert, price=price, reading=reading, decimals=decimals)

    def reading(self, rule: Rule, market: MarketCode, venue: Venue, ticker: Ticker | None) -> Decimal | None:
        """What the ticker says; of a window, which no single ticker knows, what the last tick said."""
        if ticker is not None and rule.window is None:
            return read(rule.gauge, ticker)
        return self._alerts.reading(venue, market, rule)

    async def _decimals(self, alert: Alert) -> int | None:
        """None if the market is gone, or the exchange cannot be asked."""
        try:
            return (await self._markets.find(alert.market, venue=alert.venue)).counter_decimals
        except (UnknownMarket, Unavailable):
            return None

    async def _tickers(self, venue: Venue) -> Mapping[MarketCode, Ticker]:
        """Prices now; none if the exchange cannot be asked: a list without distances is better than none."""
        try:
            return await self._markets.tickers(venue=venue)
        except Unavailable:
            return {}


def _by_market(seen: Iterable[SeenAlert]) -> tuple[SeenAlert, ...]:
    ordered = sorted(seen, key=_nearness)
    rank: dict[MarketCode, int] = {}
    for each in ordered:
        rank.setdefault(each.alert.market, len(rank))
    return tuple(sorted(ordered, key=lambda each: (_has_ended(each), rank[each.alert.market])))


def _nearness(seen: SeenAlert) -> tuple[bool, bool, Decimal, int]:
    """What has ended comes last, and before it what has no distance that can be compared with the others."""
    near = seen.distance if seen.is_measured_in_percent else None
    return _has_ended(seen), near is None, near or Decimal(0), seen.alert.id


def _has_ended(seen: SeenAlert) -> bool:
    return seen.alert.status is AlertStatus.ENDED
