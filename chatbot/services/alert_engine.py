"""Watches all alerts: finds those a tick concerns, lets them take their turns, and has those told that fire.

Everything that happened to an alert is in its row, written in the same transaction as what is told of it. What stands
in memory (`AlertIndex`) only says where to look; it follows each row right after its commit, and a transaction that
failed leaves it as it was, so that the next tick tries again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice

from chatbot.domain import alert_rules
from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched
from chatbot.domain.alerts import Alert, AlertStatus, Position, Rule
from chatbot.domain.bars import Bar
from chatbot.domain.ids import AlertId, ChatId, MarketCode
from chatbot.domain.market import Ticker
from chatbot.domain.money import ZERO
from chatbot.domain.notices import AlertFired
from chatbot.domain.places import Place
from chatbot.domain.ticks import Tick
from chatbot.ports.alerts import AlertStore, NewAlert, PastPrices
from chatbot.ports.clock import Clock
from chatbot.services.alert_index import AlertIndex, Mark, Spot, spot_of
from chatbot.services.alert_windows import Windows

_ENDED_SHOWN = timedelta(days=7)
_AT_ONCE = 1_000
"""Alerts that take their turns in one transaction, so that taps need not wait long for theirs."""
_NOT_STORED = AlertId(0)


class AlertEngine:
    """`chatbot.ports.alerts.Alerts`, and a listener to ticks; it looks back in the history at what was before a tick.

    The alerts there are already are taken up at the first tick, which waits for that, as nothing else does.
    """

    def __init__(self, *, store: AlertStore, past: PastPrices, clock: Clock) -> None:
        self._store = store
        self._past = past
        self._clock = clock
        self._watches = {
            venue: _Watch(index=AlertIndex(), windows=Windows(venue=venue, past=past))
            for venue in Venue
            if not venue.swaps  # there are no markets
        }

    async def on_tick(self, tick: Tick) -> None:
        watch = self._watches[tick.venue]
        windows, before = watch.windows, None
        if not watch.is_begun:
            before = await self._begin(watch, tick)
        await windows.keep(watch.index.windows(), now=tick.at)
        if before is not None:
            windows.see(before)
        watch.is_begun = True
        windows.see(tick)
        reached = watch.index.reached(tick, lambda market, window: windows.within(market, window, tick=tick))
        for batch in _batches(reached):
            await self._advance(watch, tick, batch)

    async def add(self, alert: NewAlert, *, allowance: int, now: datetime) -> Alert:
        rule = alert_rules.fitted(alert.rule)
        reading = await self._read(alert.venue, alert.market, rule, known=alert.reading, now=now)
        begun = alert_rules.begun(_unstored(replace(alert, rule=rule), now=now), reading, now=now)
        index = self._watches[alert.venue].index
        return await self._store.add(
            begun,
            asked_in=alert.asked_in,
            allowance=allowance,
            then=lambda added: index.follow(None, added),
        )

    async def get(self, alert: AlertId) -> Alert | None:
        return await self._store.get(alert)

    async def in_chat(self, chat: ChatId) -> tuple[Alert, ...]:
        return await self._store.in_chat(chat, ended_after=self._clock.now() - _ENDED_SHOWN)

    async def count(self, chat: ChatId) -> int:
        return await self._store.count(chat)

    async def change(
        self,
        alert: Alert,
        *,
        rule: Rule,
        cooldown: timedelta | None,
        until: datetime | None,
        note: str,
        picture: bool,
        reading: Decimal | None,
        allowance: int,
        now: datetime,
    ) -> Alert | None:
        fitted = alert_rules.fitted(rule)
        value = await self._read(alert.venue, alert.market, fitted, known=reading, now=now)

        def changed(stored: Alert) -> Alert:
            edited = replace(stored, rule=fitted, cooldown=cooldown, until=until, note=note, picture=picture)
            return alert_rules.begun(edited, value, now=now)

        return await self._store.update(alert.id, changed, allowance=allowance, now=now, then=self._follow)

    async def pause(self, alert: AlertId, *, now: datetime) -> Alert | None:
        return await self._store.update(alert, alert_rules.paused, allowance=None, now=now, then=self._follow)

    async def watch(
        self, alert: AlertId, *, reading: Decimal | None, allowance: int, now: datetime, place: Place | None = None
    ) -> Alert | None:
        stored = await self._store.get(alert)
        if stored is None:
            return None
        rule = stored.rule
        value = await self._read(stored.venue, stored.market, rule, known=reading, now=now)

        def watched(stored: Alert) -> Alert:
            is_the_same = (stored.rule.gauge, stored.rule.window) == (rule.gauge, rule.window)
            told = replace(stored, place=place or stored.place)
            return alert_rules.begun(told, value if is_the_same else None, now=now)

        return await self._store.update(alert, watched, allowance=allowance, now=now, then=self._follow)

    async def snooze(self, alert: AlertId, *, until: datetime, allowance: int, now: datetime) -> Alert | None:
        def snoozed(stored: Alert) -> Alert:
            return alert_rules.snoozed(stored, until=until, now=now)

        return await self._store.update(alert, snoozed, allowance=allowance, now=now, then=self._follow)

    async def delete(self, alert: AlertId) -> bool:
        return await self._store.delete(alert, then=lambda gone: self._watches[gone.venue].index.follow(gone, None))

    def reading(self, venue: Venue, market: MarketCode, rule: Rule) -> Decimal | None:
        return self._watches[venue].read(Spot(market, rule.gauge, rule.window))

    async def _begin(self, watch: "_Watch", tick: Tick) -> Tick | None:
        """Take up all alerts there are; what is added or changed meanwhile is followed as ever. Returns what is known
        of the prices before.
        """
        async for page in self._store.pages(tick.venue):
            watch.index.take_up(page)
        bars = await self._past.newest(tick.venue)
        start = next((bar.start for bar in bars.values()), None)
        if start is None or start >= tick.at:
            return None
        tickers = {market: _remembered(market, bar) for market, bar in bars.items()}
        return Tick(venue=tick.venue, at=start, tickers=tickers)

    async def _advance(self, watch: "_Watch", tick: Tick, reached: Mapping[AlertId, Sequence[Mark]]) -> None:
        read = cache(watch.read)  # many alerts ask the same
        values: dict[AlertId, Decimal] = {}

        def take(alert: Watched, closed: bool) -> Turn:
            reading, rested = read(spot_of(alert)), None
            if reading is not None:
                values[alert.id] = reading
            if alert.rests_until is not None and alert_rules.has_rested(alert, tick.at):
                rested = watch.read_at(spot_of(alert), alert.rests_until)
            return alert_rules.take(alert, reading, now=tick.at, rested=rested, muted=closed)

        def tell(alert: Watched) -> AlertFired:
            ticker, value = tick.tickers[alert.market], values[alert.id]
            return AlertFired(
                alert=alert.id,
                at=tick.at,
                value=value,
                price=ticker.last,
                change=ticker.change,
                since=tick.since,
                anchor=alert.rule.anchor,
            )

        marks = [mark for each in reached.values() for mark in each]
        await self._store.advance(
            tuple(reached), take=take, tell=tell, now=tick.at, then=lambda turns: watch.index.settle(marks, turns)
        )

    def _follow(self, before: Alert, after: Alert) -> None:
        self._watches[after.venue].index.follow(before, after)

    async def _read(
        self, venue: Venue, market: MarketCode, rule: Rule, *, known: Decimal | None, now: datetime
    ) -> Decimal | None:
        """What the gauge says, if nobody knows better. Its window is looked at first, so that there is one."""
        watch = self._watches[venue]
        if rule.window is not None and await watch.windows.follow(market, rule.window, now=now):
            watch.index.doubt(market)
        return known if known is not None else self.reading(venue, market, rule)


@dataclass(slots=True, kw_only=True)
class _Watch:
    """What is watched at one venue, and the last ticks there. `is_begun`: what there was before was taken up."""

    index: AlertIndex
    windows: Windows
    is_begun: bool = False

    def read(self, spot: Spot) -> Decimal | None:
        """What the last tick says."""
        return self._read(spot, self.windows.recent[-1]) if self.windows.recent else None

    def read_at(self, spot: Spot, moment: datetime) -> Decimal | None:
        """What was said last at a moment; None if nobody remembers."""
        earlier = (tick for tick in reversed(self.windows.recent) if tick.at <= moment)
        return next((reading for tick in earlier if (reading := self._read(spot, tick)) is not None), None)

    def _read(self, spot: Spot, tick: Tick) -> Decimal | None:
        ticker = tick.tickers.get(spot.market)
        if ticker is None:
            return None
        seen = None if spot.window is None else self.windows.within(spot.market, spot.window, tick=tick)
        return alert_rules.read(spot.gauge, ticker, lowest=seen and seen.low, highest=seen and seen.high)


def _batches(marks: Sequence[Mark]) -> Iterator[dict[AlertId, list[Mark]]]:
    """Marks by alert, so many alerts at a time."""
    by_alert: dict[AlertId, list[Mark]] = {}
    for mark in marks:
        by_alert.setdefault(mark.alert, []).append(mark)
    alerts = iter(by_alert.items())
    while batch := dict(islice(alerts, _AT_ONCE)):
        yield batch


def _remembered(market: MarketCode, bar: Bar) -> Ticker:
    """What a bar knows of a ticker: the prices that were offered and asked for are not among it."""
    return Ticker(
        market=market,
        bid=ZERO,
        ask=ZERO,
        last=bar.close,
        last_size=ZERO,
        volume=bar.volume,
        change=ZERO,
        low=bar.low,
        high=bar.high,
        average=ZERO,
        at=bar.start,
    )


def _unstored(alert: NewAlert, *, now: datetime) -> Alert:
    return Alert(
        id=_NOT_STORED,
        venue=alert.venue,
        market=alert.market,
        base=alert.base,
        counter=alert.counter,
        rule=alert.rule,
        place=alert.place,
        set_by=alert.set_by,
        cooldown=alert.cooldown,
        until=alert.until,
        note=alert.note,
        picture=alert.picture,
        status=AlertStatus.WATCHING,
        position=Position.BETWEEN,
        rests_until=None,
        created_at=now,
        fired_at=None,
        hits=0,
    )
