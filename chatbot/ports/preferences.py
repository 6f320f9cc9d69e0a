"""How chats want to be spoken to, and told things."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from chatbot.domain.audit import Event
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.preferences import Preferences


class PreferenceStore(Protocol):
    def of(self, chat: ChatId) -> Preferences:
        """Out of memory, because everything that is said asks for it; the usual ones where nothing was chosen."""
        ...

    async def change(self, chat: ChatId, how: Callable[[Preferences], Preferences]) -> Preferences:
        """Change them in one transaction; what came of it. What quiet hours held is due again: it may be held anew."""
        ...

    async def modes(self, chat: ChatId) -> Mapping[NoticeKind, NoticeMode]:
        """What was chosen; what is missing comes the usual way."""
        ...

    async def set_mode(
        self, chat: ChatId, kind: NoticeKind, mode: NoticeMode, event: Event, *, now: datetime
    ) -> None: ...
