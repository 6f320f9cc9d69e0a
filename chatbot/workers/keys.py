"""Notices a new master key, and brings everything under it while the bot runs."""

import asyncio
from datetime import timedelta

import structlog

from chatbot.ports.keys import Rotation

log = structlog.get_logger(__name__)

_BETWEEN_BATCHES = timedelta(milliseconds=10)
"""Long enough for taps that wait for the database to get in between."""
_EVERY = timedelta(seconds=1)


class KeyKeeper:
    name = "keys"

    def __init__(self, rotation: Rotation) -> None:
        self._rotation = rotation
        self._under_way = False
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        more = await self._rotation.advance()
        if more is not self._under_way:
            log.info("keys are being re-wrapped" if more else "everything hangs on the newest master key")
        self._under_way = more
        return _BETWEEN_BATCHES if more else _EVERY
