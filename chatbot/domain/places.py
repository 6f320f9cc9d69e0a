"""Where messages go."""

from dataclasses import dataclass

from chatbot.domain.ids import ChatId


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A chat and, where it is a forum, one of its topics; None is the chat itself, or a forum's general topic."""

    chat: ChatId
    thread: int | None = None

    @property
    def is_private(self) -> bool:
        """Private chats have their person's number; groups and channels have negative ones."""
        return self.chat > 0
