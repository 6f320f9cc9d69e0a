"""How people want to be told things."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from chatbot.domain.audit import Event
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import NoticeKind, NoticeMode


class Preferences(Protocol):
    async def modes(self, person: PersonId) -> Mapping[NoticeKind, NoticeMode]:
        """What was chosen; what is missing comes the usual way."""
        ...

    async def set_mode(
        self, person: PersonId, kind: NoticeKind, mode: NoticeMode, event: Event, *, now: datetime
    ) -> None: ...
