"""Goes on with the files that are under way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog

from chatbot.domain.exports import Export
from chatbot.domain.ids import ExportId
from chatbot.ports.clock import Clock
from chatbot.ports.exports import ExportFiles, Exports
from chatbot.services.exporting import Exporting
from chatbot.services.exports import clean_up

log = structlog.get_logger(__name__)

_AT_ONCE = 4
"""Beside each other: more would only wait for the request budget in another order."""
_REST = timedelta(seconds=2)
_AFTER_FAULT = 30.0
"""Seconds until one is taken up again that could not even say what went wrong with it, as when the disk is full."""


class ExportKeeper:
    """A round: a page more for whoever waits longest. Files nobody waits for any more go: those of people who were
    forgotten, and of a run that ended too soon.
    """

    name = "exports"

    def __init__(
        self,
        *,
        store: Exports,
        files: ExportFiles,
        exporting: Exporting,
        clock: Clock,
        spawn: Callable[..., asyncio.Task[Any]],
    ) -> None:
        self._store = store
        self._files = files
        self._exporting = exporting
        self._clock = clock
        self._spawn = spawn
        self._advancing: set[ExportId] = set()
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        await clean_up(self._store, self._files)
        for export in await self._store.due(now=self._clock.now(), limit=_AT_ONCE + len(self._advancing)):
            if export.id not in self._advancing and len(self._advancing) < _AT_ONCE:
                self._advancing.add(export.id)
                self._spawn(self._advance(export), name="export")
        return _REST

    async def _advance(self, export: Export) -> None:
        try:
            await self._exporting.advance(export)
            self.wake.set()  # the next page need not wait for the next round
        except Exception:
            log.exception("export not taken further", export=export.id)
            await self._clock.sleep(_AFTER_FAULT)
        finally:
            self._advancing.discard(export.id)
