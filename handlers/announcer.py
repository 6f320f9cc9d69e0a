"""What becomes of notices: said now, said without a sound, kept until the quiet hours end, or not said at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chatbot.domain.ids import PersonId
from chatbot.domain.notices import AlertFired, Away, NoticeMode, OutboxEntry, Rank
from chatbot.domain.places import Place
from chatbot.domain.preferences import QuietMode
from chatbot.ports.clock import Clock
from chatbot.services.desk import Services
from handlers.commands import Hearing, Telling
from handlers.views.format import read_by
from handlers.views.screen import Shown

_TOGETHER = 20  # notices that become one message at most; fewer, where they are too long for one
_STALE = timedelta(days=1)
"""An alert that could not be told for so long is worth nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What entries say, in one message; None if they have nothing to say. A `silent` one arrives without a sound."""

    entries: tuple[OutboxEntry, ...]
    shown: Shown | None
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SumUp:
    """Of the alerts of a place that fired before a moment, only the number is worth telling."""

    place: Place
    before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nothing of these entries' rank is said in their chat before a moment: its quiet hours last until then.

    Alarms and outcomes of money never wait for that.
    """

    until: datetime


class Announcer:
    """Finds the telling of a notice's type, and what its chat wants to hear how."""

    def __init__(self, tellings: Iterable[Telling[Any]], *, services: Services, clock: Clock) -> None:
        self._tellings = {telling.notice: telling for telling in tellings}
        self._services = services
        self._clock = clock

    async def announce(self, entries: Sequence[OutboxEntry]) -> Push | Hold | SumUp:
        """What becomes of the first of these, which are a chat's of one rank, and of those told together with it."""
        first, now = entries[0], self._clock.now()
        preferences = self._services.preferences.of_chat(first.chat)
        modes = await self._services.preferences.modes(first.chat)
        unsaid = tuple(entry for entry in entries if modes[entry.notice.about] is NoticeMode.OFF)
        if unsaid or not await self._may_hear(first):
            return Push(entries=unsaid or tuple(entries), shown=None)
        place = Place(chat=first.chat, thread=first.thread)
        if isinstance(first.notice, AlertFired) and now - first.created_at > _STALE:
            return SumUp(place=place, before=now - _STALE)
        kind, quiet = first.notice.about, preferences.quiet
        quiet_until = None if kind.rank <= Rank.OUTCOME else preferences.quiet_until(now)
        if quiet_until is not None and quiet is not None and quiet.mode is QuietMode.HOLD:
            return Hold(until=quiet_until)
        hearing = Hearing(place=place, preferences=preferences, services=self._services, now=now)
        with read_by(preferences):
            told, shown = await self._say(hearing, entries)
        silent = modes[kind] is NoticeMode.SILENT or quiet_until is not None or isinstance(first.notice, Away)
        return Push(entries=told, shown=shown, silent=silent)

    async def _may_hear(self, entry: OutboxEntry) -> bool:
        """Whose access was taken away hears of alarms and of what became of their money, and of nothing else."""
        if entry.chat < 0 or entry.notice.about.rank <= Rank.OUTCOME:
            return True
        return await self._services.people.is_in(PersonId(entry.chat))

    async def _say(
        self, hearing: Hearing, entries: Sequence[OutboxEntry]
    ) -> tuple[tuple[OutboxEntry, ...], Shown | None]:
        """As many as fit into one message; what does not fit raises `ValueError` when a view makes a screen of it."""
        first = entries[0]
        telling = self._tellings[type(first.notice)]
        count = _TOGETHER if telling.together else 1
        told = tuple(entry for entry in entries if _goes_with(entry, first))[:count]
        while True:
            try:
                return told, await telling.say(hearing, tuple(entry.notice for entry in told))
            except ValueError:
                if len(told) == 1:
                    raise
                told = told[: len(told) // 2]


def _goes_with(entry: OutboxEntry, first: OutboxEntry) -> bool:
    """Whether both can be one message: of one type, for one topic, about one card, and told before or not."""
    return (
        type(entry.notice) is type(first.notice)
        and (entry.thread, entry.reply_to) == (first.thread, first.reply_to)
        and entry.unsure == first.unsure
    )
