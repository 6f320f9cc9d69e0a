"""Cards that are only counted."""

from dataclasses import dataclass, field

from chatbot.domain.ids import ChatId, MessageId, SwapId, TicketId


@dataclass
class FakeCards:
    repainted: list[TicketId] = field(default_factory=list)

    def repaint(self, ticket: TicketId) -> None:
        self.repainted.append(ticket)


@dataclass
class FakeSwapCards:
    repainted: list[SwapId] = field(default_factory=list)
    retired: list[MessageId] = field(default_factory=list)

    def repaint(self, swap: SwapId) -> None:
        self.repainted.append(swap)

    def retire(self, chat: ChatId, *messages: MessageId) -> None:
        self.retired.extend(messages)
