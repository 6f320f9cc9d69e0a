"""Looking back: what was done, page by page or all at once."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from chatbot.domain.audit import Deed, Entry, Event
from chatbot.domain.ids import ChatId, PersonId
from chatbot.ports.audit import AuditTrail, Journal
from chatbot.ports.people import People

A_PAGE: Final = 12
_A_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Entries, newest first. `names` are those of people who have access; `older` is what an older page begins before,
    None if there is none.
    """

    entries: tuple[Entry, ...]
    names: Mapping[PersonId, str]
    older: int | None


class Audit:
    """A person's own entries, or everybody's (`of` is None then: for owners)."""

    def __init__(self, *, trail: AuditTrail, journal: Journal, people: People) -> None:
        self._trail = trail
        self._journal = journal
        self._people = people

    async def page(self, *, of: PersonId | None, before: int | None) -> AuditPage:
        found = await self._trail.page(of=of, before=before, limit=A_PAGE + 1)
        entries = found[:A_PAGE]
        older = entries[-1].seq if len(found) > A_PAGE else None
        return AuditPage(entries=entries, names=await self.names(), older=older)

    async def names(self) -> Mapping[PersonId, str]:
        return {person.id: person.name for person in await self._people.everybody()}

    async def export(self, *, of: PersonId | None, by: PersonId, chat: ChatId) -> AsyncIterator[tuple[Entry, ...]]:
        """Everything, newest first, in batches. That it was asked for is the first entry."""
        subject = "everybody's entries" if of is None else "own entries"
        await self._journal.record(Event(deed=Deed.EXPORTED, person=by, chat=chat, subject=subject))
        before = None
        while batch := await self._trail.page(of=of, before=before, limit=_A_BATCH):
            yield batch
            before = batch[-1].seq
