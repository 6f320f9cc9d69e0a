"""Guided questions that wait for an answer."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.drafts import Dialogue
from chatbot.domain.ids import ChatId, DialogueId, PersonId


class Dialogues(Protocol):
    """Drafts are sealed at rest: some hold secrets."""

    async def put(self, dialogue: Dialogue) -> None:
        """Open or replace this person's question in this chat."""
        ...

    async def get(self, dialogue: DialogueId, *, person: PersonId, now: datetime) -> Dialogue | None:
        """None if unknown, over, or somebody else's."""
        ...

    async def open_in(self, chat: ChatId, *, person: PersonId, now: datetime) -> Dialogue | None:
        """The question that is open here, or was at an earlier moment, if it was neither closed nor erased since."""
        ...

    async def close(self, chat: ChatId, *, person: PersonId) -> None: ...

    async def prune(self, *, now: datetime) -> None:
        """Erase those whose time is over."""
        ...
