"""Cards in a chat that follow their ticket."""

from typing import Protocol

from chatbot.domain.ids import TicketId


class Cards(Protocol):
    def repaint(self, ticket: TicketId) -> None:
        """Bring the ticket's card up to date soon, always with its newest state; returns at once."""
        ...
