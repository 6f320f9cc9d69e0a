"""Boards: messages that keep prices up to date by changing themselves."""

from dataclasses import dataclass
from enum import StrEnum

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import BoardId, MarketCode, MessageId, PersonId
from chatbot.domain.places import Place

MOST_MARKETS = 12
"""On one board."""


class BoardStatus(StrEnum):
    """`ENDING` is a board whose message still has to say that it ended."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One message in a place; None before it is posted. `set_by` is who wants to know when it ends by itself."""

    id: BoardId
    place: Place
    venue: Venue
    markets: tuple[MarketCode, ...]
    set_by: PersonId | None
    message: MessageId | None = None
    status: BoardStatus = BoardStatus.RUNNING
