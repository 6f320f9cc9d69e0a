"""Takes away what has served its time."""

import asyncio
from datetime import timedelta

from chatbot.domain.drafts import LATE_CODE
from chatbot.ports.alerts import AlertStore
from chatbot.ports.clock import Clock
from chatbot.ports.dialogues import Dialogues
from chatbot.ports.forgetting import Forgetting
from chatbot.ports.messages import Inbox

_EVERY = timedelta(minutes=15)
_INBOX_KEPT = timedelta(days=1)
_ENDED_ALERTS_KEPT = timedelta(days=30)
"""How long what an alert told can be answered by arming it again."""
_ERASING_EVERY = timedelta(seconds=30)


class Housekeeping:
    name = "housekeeping"

    def __init__(self, *, dialogues: Dialogues, inbox: Inbox, alerts: AlertStore, clock: Clock) -> None:
        self._dialogues = dialogues
        self._alerts = alerts
        self._inbox = inbox
        self._clock = clock
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        now = self._clock.now()
        await self._dialogues.prune(now=now - LATE_CODE)
        await self._inbox.prune(before=now - _INBOX_KEPT)
        await self._alerts.prune(before=now - _ENDED_ALERTS_KEPT)
        return _EVERY


class Eraser:
    """Sees to it that what was erased also leaves the disk, where another program that reads there delayed it."""

    name = "erasing"

    def __init__(self, forgetting: Forgetting) -> None:
        self._forgetting = forgetting
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        await self._forgetting.finish()
        return _ERASING_EVERY
