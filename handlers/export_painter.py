"""Says how far a file is, in a message that edits itself; then sends it.

If the program ends between sending a file and writing that down, it is sent again: better two files than none.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.exports import Export
from chatbot.domain.ids import ChatId, ExportId
from chatbot.ports.clock import Clock
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.spawner import Spawner
from chatbot.services.exports import Exports
from handlers.context import ChatKind, Room
from handlers.sender import ChatClosed, NotDelivered, NotYet, Sender
from handlers.views import exports as views
from handlers.views.format import read_by
from handlers.views.screen import Screen

log = structlog.get_logger(__name__)

_REST = timedelta(seconds=3)
_NOTHING_NEW = timedelta(minutes=1)
"""After which the message says again how long it takes, though nothing came."""


class ExportPainter:
    """A worker. It yields to everything else that goes out."""

    name = "export messages"

    def __init__(
        self,
        *,
        exports: Exports,
        preferences: PreferenceStore,
        sender: Sender,
        clock: Clock,
        spawner: Spawner,
    ) -> None:
        self._exports = exports
        self._preferences = preferences
        self._sender = sender
        self._clock = clock
        self._spawner = spawner
        self._busy: set[ExportId] = set()
        self._painted: dict[ExportId, tuple[object, int]] = {}
        """What was shown last of each: how far it was, and in which minute."""
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        every = await self._exports.every()
        self._painted = {each.id: self._painted[each.id] for each in every if each.id in self._painted}
        for export in every:
            if export.id not in self._busy:
                self._busy.add(export.id)
                self._spawner.spawn(self._tell(export), name="tell export")
        return _REST

    async def _tell(self, export: Export) -> None:
        try:
            await (self._paint(export) if export.is_under_way else self._hand_over(export))
        except ChatClosed:
            log.info("export given up, chat closed", export=export.id)
            await self._exports.finish(export.id)
        except NotDelivered as fault:
            log.info("export not told", export=export.id, reason=str(fault))
        except TelegramError as fault:
            log.error("export refused", export=export.id, reason=fault.message)
            await self._exports.refused(export)
        finally:
            self._busy.discard(export.id)

    async def _paint(self, export: Export) -> None:
        now = self._clock.now()
        state = (export.state, export.read, export.rows, export.failure)
        shown = (state, (now - export.created_at) // _NOTHING_NEW)
        if export.message is None or self._painted.get(export.id) == shown:
            return
        try:
            await self._show(export, lambda: views.progress(export, now=now), yielding=True)
        except NotYet:
            return  # with the next round
        self._painted[export.id] = shown
        if not await self._exports.is_there(export.id):  # it was given up while this was on its way
            await self._show(export, lambda: views.cancelled(export), yielding=False)

    async def _hand_over(self, export: Export) -> None:
        """Send what is there, and say that it is over."""
        if await self._exports.is_wanted(export) and await self._send_parts(export):
            await self._show(export, lambda: views.ended(export), yielding=False)
            await self._exports.finish(export.id)

    async def _send_parts(self, export: Export) -> bool:
        """Whether none is left to be sent."""
        while export.sent < export.parts:
            content = await self._exports.next_part(export)
            if content is None:
                return False
            with read_by(self._preferences.of(ChatId(export.person))):
                document = views.document(export, part=export.sent + 1, content=content)
            await self._sender.send(_room(export), document)
            export = await self._exports.sent(export)
        return True

    async def _show(self, export: Export, draw: Callable[[], Screen], *, yielding: bool) -> None:
        """In its message; that there is no file is said anew where that is gone."""
        chat = ChatId(export.person)
        with read_by(self._preferences.of(chat)):
            screen = draw()
        shown = export.message is not None and await self._sender.repaint(
            chat, export.message, screen, yielding=yielding
        )
        if not shown and not export.is_under_way and not export.parts:
            await self._sender.send(_room(export), screen)


def _room(export: Export) -> Room:
    return Room(id=ChatId(export.person), kind=ChatKind.PRIVATE)
