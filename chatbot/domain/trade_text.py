"""What is typed behind `/trades`: a market, and how far back."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from chatbot.domain.errors import InputError
from chatbot.domain.trades import TradeSpan


class TradeWindow(StrEnum):
    """How far back trades are shown: as far as the exchange is asked, or everything that was ever read here."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ALL = "all"

    @property
    def span(self) -> TradeSpan | None:
        """What the exchange is asked for; None where only what was kept can tell."""
        return None if self is TradeWindow.ALL else TradeSpan(self.value)

    @property
    def length(self) -> timedelta | None:
        return None if self is TradeWindow.ALL else LENGTHS[TradeSpan(self.value)]


LENGTHS = {
    TradeSpan.DAY: timedelta(days=1),
    TradeSpan.WEEK: timedelta(days=7),
    TradeSpan.MONTH: timedelta(days=30),
}
"""How long the spans of the exchange's history are. It does not say of a month; this is what it has at least."""

_ALIKE = {"1d": TradeWindow.DAY, "24h": TradeWindow.DAY, "7d": TradeWindow.WEEK, "30d": TradeWindow.MONTH}
_WINDOWS = {window.value: window for window in TradeWindow} | _ALIKE


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeQuery:
    """`symbol` is what was typed for a market, empty for all markets."""

    symbol: str = ""
    window: TradeWindow = TradeWindow.WEEK


def read_query(text: str) -> TradeQuery:
    """`BTC`, `month`, `BTC day` in any order, or nothing. Raises `InputError`."""
    words = text.split()
    windows = [window for word in words if (window := _WINDOWS.get(word.lower())) is not None]
    symbols = [word for word in words if word.lower() not in _WINDOWS]
    if len(windows) > 1 or len(symbols) > 1:
        raise InputError("Write it like /trades, /trades BTC or /trades BTC month; also day, week and all.")
    return TradeQuery(symbol="".join(symbols), window=windows[0] if windows else TradeWindow.WEEK)
