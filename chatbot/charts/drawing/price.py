"""Prices over time: candles, or a line where there are only a few bars, over the 24 h volume."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import fmean

from chatbot.charts.drawing.canvas import Canvas, Point
from chatbot.charts.drawing.header import BIG, SIZE, SMALL, WORDS, Format, head
from chatbot.charts.drawing.palette import PALETTES
from chatbot.charts.drawing.scales import Scale, TimeScale, apart, around, day_name, number, short
from chatbot.domain.bars import Bar, start_of
from chatbot.domain.charts import Mark, PriceChart
from chatbot.domain.money import EXACT, ZERO, round_half_up
from chatbot.domain.orders import Side
from chatbot.domain.zones import zone_label, zone_named

_FEWEST_CANDLES = 8
_SHORTEST = timedelta(seconds=15)
"""How long the shortest chart is: that of the first moments."""
_TAG = 42.0
_MOST_TAGS = 5
"""How many groups of open orders are named, those nearest to the last price."""
_HIGHEST_GROUP = 2 * _TAG
_MOST_LINES = 3
"""A group of more open orders is drawn as a band."""
_TINT = 0.14
_BAND = 0.22


def draw(canvas: Canvas, chart: PriceChart) -> bytes:
    """A PNG."""
    return _PricePicture(canvas, chart).draw()


class _PricePicture:
    def __init__(self, canvas: Canvas, chart: PriceChart) -> None:
        self.canvas = canvas
        self.chart = chart
        self.format: Format = SMALL if chart.small else BIG
        self.palette = PALETTES[chart.look.theme]
        self.zone = zone_named(chart.look.zone)
        self.bars = chart.history.bars
        self.is_line = len(self.bars) < _FEWEST_CANDLES
        self.last = self.bars[-1].close

    def draw(self) -> bytes:
        self.canvas.begin(width=self.format.width, height=self.format.height, paper=self.palette.paper)
        self._head()
        self._grid()
        if self.format.volume:
            self._volume()
        if self.is_line:
            self._line()
        else:
            self._candles()
        self._order_lines()
        self._level_lines()
        self._fills()
        self._order_tags()
        self._level_tags()
        return self.canvas.png()

    @cached_property
    def scale(self) -> Scale:
        low, high = around(self._seen(), decimals=self.chart.decimals)
        return Scale(low=low, high=high, start=self.format.floor, end=self.format.ceiling)

    @cached_property
    def times(self) -> TimeScale:
        length, until = self.chart.history.length, self.chart.until
        begin = max(until - self.chart.span, self.chart.history.since or self.bars[0].start)
        if self.is_line:
            until = max(until, begin + _SHORTEST)
        else:
            begin, until = start_of(begin, length=length), start_of(until, length=length) + length
        return TimeScale(begin=begin, until=until, start=self.format.margin, end=self._right)

    @cached_property
    def _right(self) -> float:
        """Where the plot ends and the prices beside it begin."""
        values, decimals = self._levels
        written = [self._price(price) for price in (self.last, self.chart.level) if price is not None]
        written += [self._written(value, decimals) for value in values]
        return self.format.width - self.format.margin - max(self._width(text) for text in written) - 24

    @cached_property
    def _levels(self) -> tuple[tuple[Decimal, ...], int]:
        return self.scale.ticks(most=self.format.levels, decimals=self.chart.decimals)

    def _seen(self) -> list[Decimal]:
        """All prices that the picture has to hold. Orders far away do not press the rest flat."""
        seen = [price for bar in self.bars for price in (bar.high, bar.low)]
        low, high = min(seen), max(seen)
        reach = max(high - low, EXACT.multiply(high, Decimal("0.004")))
        near = [mark.price for mark in self.chart.marks if low - reach <= mark.price <= high + reach]
        return seen + near + ([] if self.chart.level is None else [self.chart.level])

    def _head(self) -> None:
        first = self.bars[0].open
        change = EXACT.divide(EXACT.subtract(self.last, first), first) * 100 if first else ZERO
        moved = round_half_up(change, decimals=2)
        arrow, colour = ("▲ +", self.palette.up) if moved > 0 else ("▼ −", self.palette.down)
        if not moved:
            arrow, colour = "", self.palette.quiet
        head(
            self.canvas,
            self.format,
            self.palette,
            title=self.chart.title,
            badge=self.chart.look.badge,
            under=self._span(),
            figure=self._price(self.last),
            under_figure=f"{arrow}{self._written(abs(moved), 2)}%",
            colour=colour,
        )

    def _span(self) -> str:
        """How long the picture reaches back, or since when anything is known."""
        begin, since = self.chart.until - self.chart.span, self.chart.history.since
        if since is None or since <= begin + self.chart.history.length:
            return _length(self.chart.span)
        local, today = (at.astimezone(self.zone) for at in (since, self.chart.until))
        day = "" if local.date() == today.date() else f"{day_name(local.date())} "
        return f"known since {day}{local:%H:%M}"

    def _grid(self) -> None:
        values, decimals = self._levels
        for value in values:
            y = self.scale.at(value)
            self.canvas.lines([[(self.times.start, y), (self._right, y)]], colour=self.palette.grid, width=2)
            if all(abs(y - tag) >= _TAG for _, _, tag in self._beside_plot):
                self._beside(self._written(value, decimals), y)
        bottom = self.format.axis
        for moment, text in self.times.ticks(most=self.format.times, zone=self.chart.look.zone):
            x, half = self.times.at(moment), self._width(text) / 2
            self.canvas.lines([[(x, bottom + 34), (x, self.format.ceiling)]], colour=self.palette.grid, width=2)
            if x - half >= self.times.start - self.format.margin / 2 and x + half <= self._right - 6:
                self.canvas.words(text, (x, bottom), size=WORDS, colour=self.palette.quiet, across="center")
        self._beside(zone_label(self.chart.until.astimezone(self.zone)), bottom)

    def _volume(self) -> None:
        """The volume of the last 24 hours at each moment: what a minute traded the exchange does not say."""
        top = max(bar.volume for bar in self.bars)
        scale = Scale(
            low=ZERO,
            high=EXACT.multiply(top, Decimal("1.1")) or Decimal(1),
            start=self.format.axis + 34,
            end=self.format.floor - 60,
        )
        for run in self._runs():
            line = [(self._end(bar), scale.at(bar.volume)) for bar in run]
            line.insert(0, (self._start(run[0]), line[0][1]))
            self.canvas.areas([self._down_to(line, scale.start)], colour=self.palette.line, alpha=_TINT)
            self.canvas.lines([line], colour=self.palette.line, width=3)
        words = f"24 h volume  {short(self.bars[-1].volume, style=self.chart.look.numbers)} {self.chart.base}"
        self.canvas.words(words, (self.times.start, self.format.floor - 34), size=SIZE, colour=self.palette.quiet)

    def _candles(self) -> None:
        room = self.times.at(self.bars[0].start + self.chart.history.length) - self.times.at(self.bars[0].start)
        half = max(1.0, room * 0.34)
        for colour, rising in ((self.palette.up, True), (self.palette.down, False)):
            bars = [bar for bar in self.bars if (bar.close >= bar.open) is rising]
            middles = [round(self.times.at(bar.start) + room / 2) for bar in bars]
            wicks = [
                [(x, self.scale.at(bar.low)), (x, self.scale.at(bar.high))]
                for x, bar in zip(middles, bars, strict=True)
            ]
            bodies = [self._body(bar, x, half) for x, bar in zip(middles, bars, strict=True)]
            self.canvas.lines(wicks, colour=colour, width=2)
            self.canvas.areas(bodies, colour=colour, smooth=False)

    def _body(self, bar: Bar, x: float, half: float) -> list[Point]:
        low, high = sorted((self.scale.at(bar.open), self.scale.at(bar.close)))
        high = max(high, low + 3)
        return [(x - half, low), (x + half, low), (x + half, high), (x - half, high)]

    def _line(self) -> None:
        for run in self._runs():
            line = [(self._start(run[0]), self.scale.at(run[0].open))]
            line += [(self._end(bar), self.scale.at(bar.close)) for bar in run]
            self.canvas.areas([self._down_to(line, self.format.floor)], colour=self.palette.line, alpha=_TINT)
            self.canvas.lines([line], colour=self.palette.line, width=5)
        self.canvas.dot(line[-1], radius=10, colour=self.palette.line)

    @cached_property
    def _orders(self) -> list[Sequence[Mark]]:
        """Open orders that stand too near to each other to be told apart, together; in each the one nearest to the last
        price comes first, and so do the nearest groups.
        """
        orders = [mark for mark in self.chart.marks if mark.at is None]
        orders.sort(key=lambda mark: (mark.side, self._zone(mark.price), mark.price))
        groups: list[list[Mark]] = []
        for mark in orders:
            if groups and self._belongs_to(groups[-1], mark):
                groups[-1].append(mark)
            else:
                groups.append([mark])
        nearest = [sorted(group, key=self._away) for group in groups]
        return sorted(nearest, key=lambda group: self._away(group[0]))

    def _belongs_to(self, group: Sequence[Mark], mark: Mark) -> bool:
        """Whether an order that lies above a group is near enough to it."""
        lowest, highest, y = group[0], group[-1], self._height(mark)
        if (mark.side, self._zone(mark.price)) != (lowest.side, self._zone(lowest.price)):
            return False
        return y - self._height(highest) < _TAG and y - self._height(lowest) < _HIGHEST_GROUP

    def _away(self, mark: Mark) -> Decimal:
        return abs(mark.price - self.last)

    def _zone(self, price: Decimal) -> str:
        """Where a price lies that is not in the picture."""
        return "↑ " if price > self.scale.high else "↓ " if price < self.scale.low else ""

    def _height(self, mark: Mark) -> float:
        return self.scale.at(self._within(mark.price))

    def _order_lines(self) -> None:
        """A line for each open order; a band where they would run into each other."""
        for group in self._orders:
            if self._zone(group[0].price):
                continue
            heights = sorted(self._height(mark) for mark in group)
            colour, (left, right) = self.palette.of(group[0].side), (self.times.start, self._right)
            if len(heights) > _MOST_LINES:
                heights = [heights[0], heights[-1]]
                band = [(left, heights[0]), (right, heights[0]), (right, heights[1]), (left, heights[1])]
                self.canvas.areas([band], colour=colour, alpha=_BAND)
            lines = [[(left, y), (right, y)] for y in heights]
            self.canvas.lines(lines, colour=colour, width=2.5, dashes=(5, 4))

    def _order_tags(self) -> None:
        named = self._orders[:_MOST_TAGS]
        wanted = [fmean(self._height(mark) for mark in group) for group in named]
        low, high = self.format.floor + _TAG / 2, self.format.ceiling - _TAG / 2
        for group, y in zip(named, apart(wanted, by=_TAG + 2, low=low, high=high), strict=True):
            self._tag(self._named(group), y, colour=self.palette.of(group[0].side), left=self.times.start)

    def _named(self, group: Sequence[Mark]) -> str:
        """`Buy 76,500.00`, or `3 buys from 76,500.00` with the price nearest to the last one."""
        nearest = group[0]
        words = {Side.BUY: "Buy", Side.SELL: "Sell"}[nearest.side]
        if len(group) > 1:
            all_there = all(mark.price == nearest.price for mark in group)
            words = f"{len(group)} {words.lower()}s{'' if all_there else ' from'}"
        return f"{self._zone(nearest.price)}{words} {self._price(nearest.price)}"

    def _within(self, price: Decimal) -> Decimal:
        return min(max(price, self.scale.low), self.scale.high)

    def _fills(self) -> None:
        """A triangle for each fill, pointing at its price: a buy from below, a sell from above."""
        for mark in self.chart.marks:
            if mark.at is None or not self.times.begin <= mark.at <= self.times.until:
                continue
            x, y = self.times.at(mark.at), self.scale.at(self._within(mark.price))
            down = -1 if mark.side is Side.BUY else 1
            for size, colour in ((22, self.palette.paper), (16, self.palette.of(mark.side))):
                tip, base = y + down * (20 - size) * 0.6, y + down * (10 + size * 1.4)
                self.canvas.areas([[(x, tip), (x - size, base), (x + size, base)]], colour=colour)

    @cached_property
    def _beside_plot(self) -> list[tuple[Decimal, str, float]]:
        """The last price and the level with their colours, and where their boxes stand."""
        tags = [] if self.last == self.chart.level else [(self.last, self.palette.ink)]
        if self.chart.level is not None:
            tags.append((self.chart.level, self.palette.level))
        exact = [self.scale.at(price) for price, _ in tags]
        heights = apart(exact, by=_TAG + 4, low=self.format.floor, high=self.format.ceiling)
        return [(price, colour, y) for (price, colour), y in zip(tags, heights, strict=True)]

    def _level_lines(self) -> None:
        for price, colour, _ in self._beside_plot:
            y = self.scale.at(price)
            dashes, width = ((), 3.0) if price == self.chart.level else ((1, 3), 2.5)
            line = [(self.times.start, y), (self._right, y)]
            self.canvas.lines([line], colour=colour, width=width, dashes=dashes)

    def _level_tags(self) -> None:
        for price, colour, y in self._beside_plot:
            self._tag(self._price(price), y, colour=colour, left=self._right + 4)

    def _tag(self, text: str, y: float, *, colour: str, left: float) -> None:
        width = self._width(text) + 20
        self.canvas.rounded(left, y - _TAG / 2, width, _TAG, colour=colour)
        ink = self.palette.paper if colour == self.palette.ink else self.palette.on_colour
        self.canvas.words(text, (left + width / 2, y), size=WORDS, colour=ink, across="center")

    def _beside(self, text: str, y: float) -> None:
        self.canvas.words(text, (self._right + 14, y), size=WORDS, colour=self.palette.quiet)

    def _runs(self) -> list[list[Bar]]:
        """The bars, cut where nobody looked."""
        runs: list[list[Bar]] = []
        for bar in self.bars:
            if runs and bar.start == runs[-1][-1].start + self.chart.history.length:
                runs[-1].append(bar)
            else:
                runs.append([bar])
        return runs

    def _start(self, bar: Bar) -> float:
        return self._clipped(bar.start)

    def _end(self, bar: Bar) -> float:
        return self._clipped(min(bar.start + self.chart.history.length, self.chart.until))

    def _clipped(self, moment: datetime) -> float:
        return self.times.at(max(moment, self.times.begin))

    @staticmethod
    def _down_to(line: Sequence[Point], y: float) -> list[Point]:
        return [(line[0][0], y), *line, (line[-1][0], y)]

    def _price(self, price: Decimal) -> str:
        return self._written(price, self.chart.decimals)

    def _written(self, value: Decimal, decimals: int) -> str:
        return number(value, decimals=decimals, style=self.chart.look.numbers)

    def _width(self, text: str) -> float:
        return self.canvas.width_of(text, size=WORDS)


def _length(span: timedelta) -> str:
    hours = span // timedelta(hours=1)
    return f"{hours // 24} days" if hours > 24 else f"{hours} hours" if hours > 1 else "1 hour"
