"""Rows of alerts in memory."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched, watched
from chatbot.domain.alerts import Alert, AlertStatus
from chatbot.domain.ids import AlertId, ChatId
from chatbot.domain.notices import AlertFired
from chatbot.ports.alerts import Asked

_CHANGING = ("rule", "status", "position", "rests_until", "fired_at", "hits")


class MemoryStore:
    """`AlertStore` without a database. What nobody asked for here is not there."""

    def __init__(self) -> None:
        self.alerts: dict[AlertId, Alert] = {}
        self.told: list[AlertFired] = []
        self.closed: set[ChatId] = set()
        self.fails = False

    async def add(
        self, alert: Alert, *, asked_in: Asked | None, allowance: int, then: Callable[[Alert], None]
    ) -> Alert:
        stored = replace(alert, id=AlertId(len(self.alerts) + 1))
        self.alerts[stored.id] = stored
        then(stored)
        return stored

    async def get(self, alert: AlertId) -> Alert | None:
        return self.alerts.get(alert)

    async def in_chat(self, chat: ChatId, *, ended_after: datetime) -> tuple[Alert, ...]:
        raise NotImplementedError

    async def count(self, chat: ChatId) -> int:
        raise NotImplementedError

    async def update(
        self,
        alert: AlertId,
        change: Callable[[Alert], Alert],
        *,
        allowance: int | None,
        now: datetime,
        then: Callable[[Alert, Alert], None],
    ) -> Alert | None:
        before = self.alerts[alert]
        after = self.alerts[alert] = change(before)
        then(before, after)
        return after

    async def delete(self, alert: AlertId, *, then: Callable[[Alert], None]) -> bool:
        raise NotImplementedError

    async def advance(
        self,
        alerts: Sequence[AlertId],
        *,
        take: Callable[[Watched, bool], Turn],
        tell: Callable[[Watched], AlertFired],
        now: datetime,
        then: Callable[[Sequence[Turn]], None],
    ) -> None:
        """What was told is remembered; where the store `fails`, nothing happens."""
        if self.fails:
            raise OSError("disk full")
        found = [self.alerts[alert] for alert in alerts if alert in self.alerts]
        turns = [take(watched(alert), alert.place.chat in self.closed) for alert in found]
        for alert, turn in zip(found, turns, strict=True):
            if turn.after is turn.before:
                continue
            changed: dict[str, Any] = {name: getattr(turn.after, name) for name in _CHANGING}
            self.alerts[alert.id] = replace(alert, **changed)
        self.told += [tell(turn.before) for turn in turns if turn.fires]
        then(turns)

    async def prune(self, *, before: datetime) -> None:
        raise NotImplementedError

    async def pages(self, venue: Venue) -> AsyncIterator[Sequence[Watched]]:
        there = [alert for alert in self.alerts.values() if alert.venue is venue]
        yield [watched(alert) for alert in there if alert.status is not AlertStatus.ENDED]
