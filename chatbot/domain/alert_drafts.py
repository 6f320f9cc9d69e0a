"""An alert being put together: what was said of it so far, and what is asked next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from chatbot.domain.alerts import Crossing
from chatbot.domain.ids import AlertId
from chatbot.domain.places import Place


class AlertKind(StrEnum):
    """What an alert is about: a price, a move of it in percent, the spread in percent, or the 24 h volume."""

    PRICE = "price"
    MOVE = "move"
    SPREAD = "spread"
    VOLUME = "volume"


class AlertQuestion(StrEnum):
    """`WINDOW`: within which time a move is meant. `CHECK`: whether what was understood is what was meant."""

    MARKET = "market"
    KIND = "kind"
    LEVEL = "level"
    WAY = "way"
    WINDOW = "window"
    REPEAT = "repeat"
    UNTIL = "until"
    NOTE = "note"
    PICTURE = "picture"
    CHECK = "check"


ONCE = timedelta(0)
"""The cool-down, as it is said, of an alert that does not repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRequest:
    """An alert as far as it has been said. None means: not said yet.

    `symbol` and `unit` (the currency behind the level) are as typed. `level` is a price, percents or a volume, by
    `kind`, and never negative: for a move, `crossing` says which way. A move without a `window` is one from now.
    `to_ask` are parts to be asked about although the rest may do without: they were not understood, or shall be said.
    """

    symbol: str | None = None
    kind: AlertKind | None = None
    crossing: Crossing | None = None
    level: Decimal | None = None
    unit: str = ""
    window: timedelta | None = None
    cooldown: timedelta | None = None
    until: datetime | None = None
    note: str = ""
    picture: bool = False
    to_ask: tuple[AlertQuestion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChoice:
    """One offered answer: its label, and the request it leads to. `with_level`: the label stands behind its level."""

    label: str
    request: AlertRequest
    with_level: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """An alert being put together for a place; or, with `alert`, one being changed."""

    tag: ClassVar[str] = "alert"

    place: Place
    request: AlertRequest
    asking: AlertQuestion
    choices: tuple[AlertChoice, ...] = ()
    alert: AlertId | None = None
