"""Messages that show a secret once, and must not stay."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import ChatId, MessageId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message that shows a secret to a person. It is deleted at a moment at the latest."""

    person: PersonId
    chat: ChatId
    message: MessageId
    delete_at: datetime


class ShownSecrets(Protocol):
    async def add(self, shown: Shown) -> None: ...

    async def of(self, person: PersonId) -> tuple[Shown, ...]: ...

    async def due(self, *, now: datetime) -> tuple[Shown, ...]: ...

    async def gone(self, shown: Shown) -> None:
        """It was deleted, or cannot be any more."""
        ...
