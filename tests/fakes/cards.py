"""Cards that are only counted."""

from dataclasses import dataclass, field

from chatbot.domain.ids import TicketId


@dataclass
class FakeCards:
    repainted: list[TicketId] = field(default_factory=list)

    def repaint(self, ticket: TicketId) -> None:
        self.repainted.append(ticket)
