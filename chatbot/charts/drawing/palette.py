"""The colours, dark and light."""

from dataclasses import dataclass

from chatbot.domain.orders import Side
from chatbot.domain.preferences import ChartTheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """`ink` is for what is read first, `quiet` for what is read second, `grid` for what is only felt."""

    paper: str
    ink: str
    quiet: str
    grid: str
    up: str
    down: str
    line: str
    level: str
    on_colour: str

    def of(self, side: Side) -> str:
        return self.up if side is Side.BUY else self.down


PALETTES = {
    ChartTheme.DARK: Palette(
        paper="#12161d",
        ink="#eef1f6",
        quiet="#93a0b4",
        grid="#232a35",
        up="#2fbe8f",
        down="#f2606c",
        line="#6ea8fe",
        level="#f4b740",
        on_colour="#0d1117",
    ),
    ChartTheme.LIGHT: Palette(
        paper="#ffffff",
        ink="#161b22",
        quiet="#647084",
        grid="#e8ecf1",
        up="#0f9f6e",
        down="#dc3d4d",
        line="#2f6fde",
        level="#c77f00",
        on_colour="#ffffff",
    ),
}
