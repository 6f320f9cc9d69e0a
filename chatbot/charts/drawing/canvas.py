"""The only module that knows matplotlib: a sheet on which shapes and words are put pixel by pixel."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from matplotlib import get_data_path
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform

Point = tuple[float, float]
Across = Literal["left", "center", "right"]

_DPI = 72  # so that a point is a pixel
_FONTS = Path(get_data_path()) / "fonts" / "ttf"
_REGULAR = _FONTS / "DejaVuSans.ttf"
_BOLD = _FONTS / "DejaVuSans-Bold.ttf"
_PIXELS = IdentityTransform()


class Canvas:
    """One figure, used again for every picture."""

    def __init__(self) -> None:
        self._figure = Figure(dpi=_DPI)
        self._agg = FigureCanvasAgg(self._figure)
        self._layer = 0

    def begin(self, *, width: int, height: int, paper: str) -> None:
        self._figure.clear()
        self._figure.set_size_inches(width / _DPI, height / _DPI)
        self._figure.set_facecolor(paper)
        self._layer = 0

    def png(self) -> bytes:
        buffer = io.BytesIO()
        # Fast rather than small: it is sent once. The metadata would tell which program drew it.
        self._agg.print_png(  # type: ignore[no-untyped-call]
            buffer, metadata={"Software": None}, pil_kwargs={"compress_level": 4}
        )
        return buffer.getvalue()

    def lines(
        self, lines: Sequence[Sequence[Point]], *, colour: str, width: float, dashes: Sequence[float] = ()
    ) -> None:
        """Polylines of one kind."""
        style = (0, tuple(dashes)) if dashes else "solid"
        self._put(
            LineCollection(
                lines, colors=[colour], linewidths=[width], linestyles=[style], capstyle="butt", joinstyle="round"
            )
        )

    def areas(self, areas: Iterable[Sequence[Point]], *, colour: str, alpha: float = 1.0, smooth: bool = True) -> None:
        """Filled polygons of one colour."""
        shapes = PolyCollection(list(areas), facecolors=[colour], edgecolors="none", alpha=alpha)
        shapes.set_antialiased(smooth)
        self._put(shapes)

    def rounded(self, left: float, bottom: float, width: float, height: float, *, colour: str) -> None:
        """A box with round corners."""
        corners = f"round,pad=0,rounding_size={min(height, width) * 0.22}"
        shape = FancyBboxPatch((left, bottom), width, height, boxstyle=corners, facecolor=colour, edgecolor="none")
        self._put(shape)

    def dot(self, at: Point, *, radius: float, colour: str) -> None:
        self._put(Circle(at, radius, facecolor=colour, edgecolor="none"))

    def words(
        self, text: str, at: Point, *, size: float, colour: str, bold: bool = False, across: Across = "left"
    ) -> None:
        """A line of text, vertically centred on its digits at `at`."""
        x, y = at
        self._put(
            Text(
                x,
                y - 0.36 * size,  # half of what digits are high: letters below the line do not move it
                text,
                color=colour,
                fontproperties=_font(size, bold=bold),
                horizontalalignment=across,
                verticalalignment="baseline",
                parse_math=False,
            )
        )

    def width_of(self, text: str, *, size: float, bold: bool = False) -> float:
        width, _, _ = self._agg.get_renderer().get_text_width_height_descent(  # type: ignore[no-untyped-call]
            text, _font(size, bold=bold), False
        )
        return float(width)

    def _put(self, artist: Artist) -> None:
        """On top of what is there already."""
        self._layer += 1
        artist.set_zorder(self._layer)
        artist.set_transform(_PIXELS)
        self._figure.add_artist(artist)


def _font(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(fname=_BOLD if bold else _REGULAR, size=size)
