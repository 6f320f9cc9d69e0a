"""Which notices a person wants to hear of, and how."""

from collections.abc import Mapping

from chatbot.domain.audit import Deed, Event
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.ports.clock import Clock
from chatbot.ports.preferences import Preferences as PreferenceStore


class Preferences:
    def __init__(self, *, store: PreferenceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of(self, person: PersonId) -> Mapping[NoticeKind, NoticeMode]:
        """How notices of every kind come; alarms always with a sound."""
        chosen = await self._store.modes(person)
        return {kind: chosen.get(kind, NoticeMode.ON) if kind.can_be_changed else NoticeMode.ON for kind in NoticeKind}

    async def choose(self, person: PersonId, kind: NoticeKind, mode: NoticeMode, *, chat: ChatId) -> None:
        """Raises `ValueError` for a kind that cannot be changed; no button offers one."""
        if not kind.can_be_changed:
            raise ValueError(f"{kind} cannot be changed")
        event = Event(deed=Deed.NOTICES_CHANGED, person=person, chat=chat, subject=kind.value, result=mode.value)
        await self._store.set_mode(person, kind, mode, event, now=self._clock.now())
