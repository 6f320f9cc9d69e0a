"""Takes locks away whose wait is over, so that it is told and written down when it happens."""

import asyncio
from datetime import timedelta

from chatbot.services.locks import Locks

_EVERY = timedelta(seconds=1)
"""Nearly always it looks at nothing but memory."""


class LockKeeper:
    name = "locks"

    def __init__(self, locks: Locks) -> None:
        self._locks = locks
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        await self._locks.open_due()
        return _EVERY
