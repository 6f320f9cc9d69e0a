"""An order book as depth: how much rests up to each price, around the middle."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from chatbot.charts.drawing.canvas import Across, Canvas, Point
from chatbot.charts.drawing.header import BIG, WORDS, head
from chatbot.charts.drawing.palette import PALETTES
from chatbot.charts.drawing.scales import Scale, number, short
from chatbot.domain.charts import BookPicture
from chatbot.domain.market import Level
from chatbot.domain.money import EXACT, ZERO, round_half_up

_FLOOR = 96.0
_CEILING = 690.0
_UNEQUAL = 3
"""How many times as far as the shorter side the picture reaches at most."""
_AIR = Decimal("1.06")
"""So that the farthest levels are seen as steps."""
_FINEST_SHARE = Decimal("0.001")
_TINT = 0.16

Depth = list[tuple[Decimal, Decimal]]


def draw(canvas: Canvas, picture: BookPicture) -> bytes:
    """A PNG."""
    return _DepthPicture(canvas, picture).draw()


class _DepthPicture:
    def __init__(self, canvas: Canvas, picture: BookPicture) -> None:
        self.canvas = canvas
        self.picture = picture
        self.palette = PALETTES[picture.look.theme]
        bids, asks = picture.book.bids, picture.book.asks
        best = [levels[0].price for levels in (bids, asks) if levels]
        self.middle = EXACT.divide(sum(best, ZERO), Decimal(len(best)))
        self.spread = asks[0].price - bids[0].price if bids and asks else None
        self.bids, self.asks = (self._within(levels) for levels in (bids, asks))

    def draw(self) -> bytes:
        self.canvas.begin(width=BIG.width, height=BIG.height, paper=self.palette.paper)
        self._head()
        self._grid()
        self._side(self.bids, self.palette.up, edge=self.prices.start)
        self._side(self.asks, self.palette.down, edge=self.prices.end)
        x = self.prices.at(self.middle)
        self.canvas.lines([[(x, _FLOOR), (x, _CEILING)]], colour=self.palette.quiet, width=2.5, dashes=(1, 3))
        name = "middle" if self.spread is not None else "best"
        self.canvas.words(name, (x, _CEILING + 30), size=WORDS, colour=self.palette.quiet, across="center")
        self._sums()
        return self.canvas.png()

    @cached_property
    def reach(self) -> Decimal:
        """How far from the middle the picture goes, on both sides alike."""
        book = self.picture.book
        far = sorted(abs(levels[-1].price - self.middle) for levels in (book.bids, book.asks) if levels)
        step = Decimal(1).scaleb(-self.picture.decimals)
        return EXACT.multiply(_AIR, max(min(far[-1], far[0] * _UNEQUAL), step))

    @cached_property
    def prices(self) -> Scale:
        return Scale(low=self.middle - self.reach, high=self.middle + self.reach, start=BIG.margin, end=self._right)

    @cached_property
    def sums(self) -> Scale:
        top = max(depth[-1][1] for depth in (self.bids, self.asks) if depth)
        return Scale(low=ZERO, high=EXACT.multiply(top, Decimal("1.08")), start=_FLOOR, end=_CEILING)

    @cached_property
    def _right(self) -> float:
        values, _ = self.sums.ticks(most=5, decimals=12)
        return BIG.width - BIG.margin - max(self._width(self._short(value)) for value in values) - 18

    def _within(self, levels: Iterable[Level]) -> Depth:
        """Each price with all that rests up to it."""
        depth: Depth = []
        for level in levels:
            if abs(level.price - self.middle) <= self.reach:
                depth.append((level.price, (depth[-1][1] if depth else ZERO) + level.volume))
        return depth

    def _head(self) -> None:
        spread = "one side is empty"
        if self.spread is not None:
            spread = f"spread {self._price(self.spread)}  ({self._share(self.spread)})"
        head(
            self.canvas,
            BIG,
            self.palette,
            title=self.picture.title,
            badge=self.picture.look.badge,
            under="order book",
            figure=self._price(self.middle),
            under_figure=spread,
            colour=self.palette.quiet,
        )

    def _grid(self) -> None:
        for value in self.sums.ticks(most=5, decimals=12)[0]:
            y = self.sums.at(value)
            self.canvas.lines([[(BIG.margin, y), (self._right, y)]], colour=self.palette.grid, width=2)
            self.canvas.words(self._short(value), (self._right + 12, y), size=WORDS, colour=self.palette.quiet)
        room = self._width(self._price(self.middle)) * 1.2
        values, decimals = self.prices.ticks(
            most=max(2, int((self._right - BIG.margin) / room)), decimals=self.picture.decimals
        )
        for value in values:
            text, x = self._written(value, decimals), self.prices.at(value)
            if x - self._width(text) / 2 >= BIG.margin / 2 and x + self._width(text) / 2 <= self._right + 40:
                self.canvas.words(text, (x, BIG.axis), size=WORDS, colour=self.palette.quiet, across="center")

    def _side(self, depth: Depth, colour: str, *, edge: float) -> None:
        """Steps up from the middle outwards."""
        if not depth:
            return
        line: list[Point] = [(self.prices.at(depth[0][0]), _FLOOR)]
        for price, total in depth:
            x = self.prices.at(price)
            line += [(x, line[-1][1]), (x, self.sums.at(total))]
        line.append((edge, line[-1][1]))
        self.canvas.areas([[*line, (edge, _FLOOR)]], colour=colour, alpha=_TINT)
        self.canvas.lines([line], colour=colour, width=4)

    def _sums(self) -> None:
        """What rests on each side in the picture."""
        for depth, words, x, colour in (
            (self.bids, "Bids", BIG.margin, self.palette.up),
            (self.asks, "Asks", self._right, self.palette.down),
        ):
            total = f"{self._short(depth[-1][1])} {self.picture.base}" if depth else "none"
            across: Across = "left" if words == "Bids" else "right"
            at = (x, _CEILING + 30)
            self.canvas.words(f"{words} {total}", at, size=WORDS, colour=colour, bold=True, across=across)

    def _share(self, spread: Decimal) -> str:
        """Of the middle."""
        share = round_half_up(EXACT.divide(spread, self.middle) * 100, decimals=3)
        below = "below " if spread and share < _FINEST_SHARE else ""
        return f"{below}{self._written(max(share, _FINEST_SHARE) if spread else share, 3)}%"

    def _price(self, price: Decimal) -> str:
        return self._written(price, self.picture.decimals)

    def _written(self, value: Decimal, decimals: int) -> str:
        return number(value, decimals=decimals, style=self.picture.look.numbers)

    def _short(self, value: Decimal) -> str:
        return short(value, style=self.picture.look.numbers)

    def _width(self, text: str) -> float:
        return self.canvas.width_of(text, size=WORDS)
