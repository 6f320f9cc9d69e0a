"""How a chat wants to be spoken to, and which notices it wants to hear of. A person's are those of the private chat."""

from collections.abc import Callable, Mapping

from chatbot.domain import preferences as domain
from chatbot.domain.audit import Deed, Event
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.ports.clock import Clock
from chatbot.ports.preferences import PreferenceStore


class Preferences:
    def __init__(self, *, store: PreferenceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def of_chat(self, chat: ChatId) -> domain.Preferences:
        """Out of memory: it is asked for with everything that is said."""
        return self._store.of(chat)

    async def change(self, chat: ChatId, how: Callable[[domain.Preferences], domain.Preferences]) -> domain.Preferences:
        """Change them by a function of what they are; what they are then."""
        return await self._store.change(chat, how)

    async def modes(self, chat: ChatId) -> Mapping[NoticeKind, NoticeMode]:
        """How notices of every kind come; alarms always with a sound."""
        chosen = await self._store.modes(chat)
        return {kind: chosen.get(kind, NoticeMode.ON) if kind.can_be_changed else NoticeMode.ON for kind in NoticeKind}

    async def choose(self, chat: ChatId, kind: NoticeKind, mode: NoticeMode, *, by: PersonId) -> None:
        """Raises `ValueError` for a kind that cannot be changed; no button offers one."""
        if not kind.can_be_changed:
            raise ValueError(f"{kind} cannot be changed")
        event = Event(deed=Deed.NOTICES_CHANGED, person=by, chat=chat, subject=kind.value, result=mode.value)
        await self._store.set_mode(chat, kind, mode, event, now=self._clock.now())
