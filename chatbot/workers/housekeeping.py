"""Takes away what has served its time."""

import asyncio
from datetime import timedelta

from chatbot.ports.clock import Clock
from chatbot.ports.dialogues import Dialogues
from chatbot.ports.messages import Inbox

_EVERY = timedelta(minutes=15)
_INBOX_KEPT = timedelta(days=1)


class Housekeeping:
    name = "housekeeping"

    def __init__(self, *, dialogues: Dialogues, inbox: Inbox, clock: Clock) -> None:
        self._dialogues = dialogues
        self._inbox = inbox
        self._clock = clock
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        now = self._clock.now()
        await self._dialogues.prune(now=now)
        await self._inbox.prune(before=now - _INBOX_KEPT)
        return _EVERY
