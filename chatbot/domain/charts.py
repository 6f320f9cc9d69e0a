"""What is drawn, before it is drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.bars import History
from chatbot.domain.market import OrderBook
from chatbot.domain.orders import Side
from chatbot.domain.preferences import ChartTheme, NumberStyle


class Span(StrEnum):
    """How far back a chart reaches."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def length(self) -> timedelta:
        return _LENGTHS[self]


_LENGTHS = {
    Span.HOUR: timedelta(hours=1),
    Span.DAY: timedelta(hours=24),
    Span.WEEK: timedelta(days=7),
    Span.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A person's own order or fill: a price, at a moment for a fill, from now on for an open order."""

    side: Side
    price: Decimal
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a picture looks and reads. `zone` is an IANA name; `badge` is said where an account is not a live one."""

    theme: ChartTheme
    numbers: NumberStyle
    zone: str
    badge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChart:
    """Prices of a market over `span`, up to `until`. `level` is a line of its own, such as an alert's.

    `base` is the currency of the volumes, `decimals` those of prices. A chart needs at least one bar.
    """

    title: str
    base: str
    history: History
    span: timedelta
    until: datetime
    decimals: int
    look: Look
    level: Decimal | None = None
    marks: tuple[Mark, ...] = ()
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPicture:
    """An order book to be drawn as depth around its middle. At least one side has levels."""

    title: str
    base: str
    book: OrderBook
    decimals: int
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So much of the value is in one currency."""

    name: str
    worth: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioPicture:
    """What an account is worth in `currency`: over time as a `line`, oldest first, and by its `shares`, the largest
    first, at least one. `percent` is the change of the last day, None where it is not known.
    """

    title: str
    currency: str
    line: tuple[tuple[datetime, Decimal], ...]
    shares: tuple[Share, ...]
    percent: Decimal | None
    look: Look
