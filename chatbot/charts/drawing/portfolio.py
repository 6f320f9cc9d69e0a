"""An account's value: over time above, and below what it consists of, as bars."""

from decimal import Decimal
from functools import cached_property

from chatbot.charts.drawing.canvas import Canvas
from chatbot.charts.drawing.header import BIG, WORDS, head
from chatbot.charts.drawing.palette import PALETTES
from chatbot.charts.drawing.scales import Scale, TimeScale, around, number, short, told_apart
from chatbot.domain.charts import PortfolioPicture, Share
from chatbot.domain.money import EXACT, ZERO, round_half_up, sum_exactly

_LINE_FLOOR, _LINE_CEILING = 470.0, 735.0
_BARS_CEILING = 370.0
_BARS_CEILING_ALONE = 690.0
_BARS_FLOOR = 40.0
_MOST_BARS = 6
_BAR = 34.0
_ROW = 58.0
_LONGEST_NAME = 10
_TINT = 0.16
_HUNDRED = Decimal(100)
_FINEST = Decimal("0.1")
_SMALL = Decimal(10)
_FEWEST = 5
"""Of fewer values no line is drawn: it would show a course where there are but two moments."""
_LEAST_HEIGHT = Decimal("0.005")
"""Of the value, up and down: what moves less looks as still as it is."""


def draw(canvas: Canvas, picture: PortfolioPicture) -> bytes:
    """A PNG."""
    return _Portfolio(canvas, picture).draw()


class _Portfolio:
    def __init__(self, canvas: Canvas, picture: PortfolioPicture) -> None:
        self.canvas = canvas
        self.picture = picture
        self.palette = PALETTES[picture.look.theme]
        self.total = sum_exactly(share.worth for share in picture.shares)
        line = picture.line
        self.has_line = len(line) >= _FEWEST and line[-1][0] > line[0][0]

    def draw(self) -> bytes:
        self.canvas.begin(width=BIG.width, height=BIG.height, paper=self.palette.paper)
        self._head()
        if self.has_line:
            self._grid()
            self._line()
        self._bars()
        return self.canvas.png()

    def _head(self) -> None:
        percent = self.picture.percent
        rising = percent is not None and percent >= 0
        change = "" if percent is None else f"{'+' if rising else ''}{self._written(percent, 2)}% by prices, 24 h"
        head(
            self.canvas,
            BIG,
            self.palette,
            title=self.picture.title,
            badge=self.picture.look.badge,
            under="value and shares",
            figure=f"{self._written(self.total, self._decimals)} {self.picture.currency}",
            under_figure=change,
            colour=self.palette.up if rising else self.palette.down,
        )

    @cached_property
    def _decimals(self) -> int:
        """Of values: cents, but of bitcoin and the like more."""
        return 2 if self.total >= _SMALL else 6

    @cached_property
    def _values(self) -> Scale:
        values = [value for _, value in self.picture.line]
        low, high = around(values, decimals=self._decimals, least=_LEAST_HEIGHT)
        return Scale(low=low, high=high, start=_LINE_FLOOR, end=_LINE_CEILING)

    @cached_property
    def _marks(self) -> tuple[tuple[Decimal, str], ...]:
        """What stands beside the line, and how it is written."""
        values, _ = self._values.ticks(most=5, decimals=8)
        return tuple(zip(values, told_apart(values, style=self.picture.look.numbers), strict=True))

    @cached_property
    def _right(self) -> float:
        return BIG.width - BIG.margin - max(self._width(said) for _, said in self._marks) - 18

    @cached_property
    def _times(self) -> TimeScale:
        (begin, _), (until, _) = self.picture.line[0], self.picture.line[-1]
        return TimeScale(begin=begin, until=until, start=BIG.margin, end=self._right)

    def _grid(self) -> None:
        for value, said in self._marks:
            y = self._values.at(value)
            self.canvas.lines([[(BIG.margin, y), (self._right, y)]], colour=self.palette.grid, width=2)
            self.canvas.words(said, (self._right + 12, y), size=WORDS, colour=self.palette.quiet)
        for moment, text in self._times.ticks(most=6, zone=self.picture.look.zone):
            x, half = self._times.at(moment), self._width(text) / 2
            if BIG.margin / 2 <= x - half and x + half <= self._right + 40:
                at = (x, _LINE_FLOOR - 36)
                self.canvas.words(text, at, size=WORDS, colour=self.palette.quiet, across="center")

    def _line(self) -> None:
        points = [(self._times.at(at), self._values.at(value)) for at, value in self.picture.line]
        area = [*points, (points[-1][0], _LINE_FLOOR), (points[0][0], _LINE_FLOOR)]
        self.canvas.areas([area], colour=self.palette.line, alpha=_TINT)
        self.canvas.lines([points], colour=self.palette.line, width=4)
        self.canvas.dot(points[-1], radius=8, colour=self.palette.line)

    def _bars(self) -> None:
        """As long as the largest share is the whole width."""
        shown = self._shown()
        ceiling = _BARS_CEILING if self.has_line else _BARS_CEILING_ALONE
        row = min(_ROW if self.has_line else _ROW * 1.6, (ceiling - _BARS_FLOOR) / len(shown))
        names = max(self._width(share.name) for share in shown) + 24
        texts = [self._text(share) for share in shown]
        room = BIG.width - 2 * BIG.margin - names - max(map(self._width, texts)) - 24
        largest = max(share.worth for share in shown)
        for index, (share, text) in enumerate(zip(shown, texts, strict=True)):
            y = ceiling - (index + 0.5) * row
            length = max(room * float(EXACT.divide(share.worth, largest)), 6.0)
            left = BIG.margin + names
            self.canvas.words(share.name, (BIG.margin, y), size=WORDS, colour=self.palette.ink, bold=True)
            self.canvas.rounded(left, y - _BAR / 2, length, _BAR, colour=self.palette.line)
            self.canvas.words(text, (left + length + 16, y), size=WORDS, colour=self.palette.quiet)

    def _shown(self) -> tuple[Share, ...]:
        """The largest, and all others as one."""
        shares = tuple(Share(name=_short_name(share.name), worth=share.worth) for share in self.picture.shares)
        if len(shares) <= _MOST_BARS:
            return shares
        rest = shares[_MOST_BARS - 1 :]
        others = Share(name=f"{len(rest)} others", worth=sum_exactly(share.worth for share in rest))
        return (*shares[: _MOST_BARS - 1], others)

    def _text(self, share: Share) -> str:
        percent = EXACT.multiply(EXACT.divide(share.worth, self.total), _HUNDRED) if self.total else ZERO
        rounded = round_half_up(percent, decimals=1)
        said = f"{self._written(rounded, 1)}%" if rounded >= _FINEST else f"below {self._written(_FINEST, 1)}%"
        return f"{said}  {self._short(share.worth)}"

    def _written(self, value: Decimal, decimals: int) -> str:
        return number(value, decimals=decimals, style=self.picture.look.numbers)

    def _short(self, value: Decimal) -> str:
        return short(value, style=self.picture.look.numbers)

    def _width(self, text: str) -> float:
        return self.canvas.width_of(text, size=WORDS, bold=True)


def _short_name(name: str) -> str:
    """A currency's code is a few letters; what is longer is not from a list of them."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
