"""Boards that are kept, also while the program does not run."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.accounts import Venue
from chatbot.domain.boards import Board
from chatbot.domain.ids import BoardId, MarketCode, MessageId, PersonId
from chatbot.domain.places import Place


class BoardStore(Protocol):
    async def open(
        self, place: Place, *, venue: Venue, markets: tuple[MarketCode, ...], set_by: PersonId, now: datetime
    ) -> Board:
        """A place has one board: the one before ends."""
        ...

    async def end(self, place: Place) -> Board | None:
        """End a place's board; None if there is none. One that was posted stays until its message said so."""
        ...

    async def in_place(self, place: Place) -> Board | None: ...

    async def to_paint(self) -> tuple[Board, ...]:
        """Those that run and those that end, in chats that can be written to."""
        ...

    async def posted(self, board: BoardId, message: MessageId) -> bool:
        """False if the board ended meanwhile."""
        ...

    async def over(self, board: BoardId) -> None:
        """Its message says that it ended, or is gone."""
        ...

    async def vanished(self, board: Board, *, now: datetime) -> None:
        """Its message cannot be changed any more: it ends, and who set it is told, in one transaction."""
        ...
