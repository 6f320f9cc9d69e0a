"""The formats of pictures, and what all have on top."""

from dataclasses import dataclass

from chatbot.charts.drawing.canvas import Canvas
from chatbot.charts.drawing.palette import Palette

WORDS = 30.0
"""The size of what stands beside the lines: ten pixels on a phone, which shows a picture at a third."""
SIZE = 26.0
_TITLE = 50.0
_BADGE = 28.0
_UNDER = 32.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """Heights from the bottom: words below at `axis`, the plot from `floor` to `ceiling`, the header above."""

    width: int
    height: int
    margin: float
    axis: float
    floor: float
    ceiling: float
    levels: int
    times: int
    volume: bool = True


BIG = Format(width=1200, height=900, margin=40, axis=40, floor=235, ceiling=745, levels=6, times=6)
SMALL = Format(width=1200, height=600, margin=40, axis=40, floor=76, ceiling=445, levels=4, times=6, volume=False)


def head(
    canvas: Canvas,
    form: Format,
    palette: Palette,
    *,
    title: str,
    badge: str,
    under: str,
    figure: str,
    under_figure: str,
    colour: str,
) -> None:
    """What it is on the left, the figure it is about on the right, each with a line below."""
    first, second, right = form.height - 58, form.height - 116, form.width - form.margin
    wanted = sum(canvas.width_of(words, size=_TITLE, bold=True) for words in (title, figure))
    room = right - form.margin - (240 if badge else 60)
    size = min(_TITLE, _TITLE * room / wanted)
    canvas.words(title, (form.margin, first), size=size, colour=palette.ink, bold=True)
    if badge:
        left = form.margin + canvas.width_of(title, size=size, bold=True) + 24
        width = canvas.width_of(badge, size=_BADGE, bold=True) + 28
        canvas.rounded(left, first - 22, width, 44, colour=palette.level)
        canvas.words(
            badge, (left + width / 2, first), size=_BADGE, colour=palette.on_colour, bold=True, across="center"
        )
    canvas.words(under, (form.margin, second), size=_UNDER, colour=palette.quiet)
    canvas.words(figure, (right, first), size=size, colour=palette.ink, bold=True, across="right")
    canvas.words(under_figure, (right, second), size=_UNDER, colour=colour, bold=True, across="right")
