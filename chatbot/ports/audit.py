"""The audit log, for services: writing into it, and reading it."""

from typing import Protocol

from chatbot.domain.audit import Entry, Event
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import Alarm


class Journal(Protocol):
    """For deeds that have no row of their own; others are written down in the transaction of their row."""

    async def record(self, event: Event, *, alarm: Alarm | None = None) -> None:
        """Write a deed down, durable when this returns; an alarm goes to the event's person with it."""
        ...


class AuditTrail(Protocol):
    async def page(self, *, of: PersonId | None, before: int | None, limit: int) -> tuple[Entry, ...]:
        """The newest entries of a person (None: of everybody), newest first; with `before`, those with lower numbers.

        What was forgotten appears in everybody's, without what was personal in it.
        """
        ...
