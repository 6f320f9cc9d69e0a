"""Running a handler: patience while it works, and one voice for what goes wrong."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import TelegramError

from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import PersonId
from chatbot.ports.clock import Entropy
from chatbot.ports.spawner import Spawner
from handlers.context import Context
from handlers.sender import NotDelivered, Sender
from handlers.views import door
from handlers.views.screen import Screen

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=2)
"""How long a person waits before being told that something is being prepared."""

_LONGEST_ALERT = 200  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Sentences that belong to the features. `waiting` says why a person has to wait, if there is a reason to name."""

    describe: Callable[[ChatbotError], Screen]
    not_linked: Callable[[], Screen]
    waiting: Callable[[PersonId], Awaitable[Screen | None]]


class Attendant:
    def __init__(
        self, *, sender: Sender, voice: Voice, spawner: Spawner, entropy: Entropy, patience: timedelta = PATIENCE
    ) -> None:
        self._sender = sender
        self._voice = voice
        self._spawner = spawner
        self._entropy = entropy
        self._patience = patience.total_seconds()

    async def attend(self, ctx: Context, work: Awaitable[None]) -> None:
        """Run a handler to its end. Raises nothing but cancellation."""
        reassurance = Reassurance(lambda: self._reassure(ctx), spawner=self._spawner, after=self._patience)
        try:
            await work
        except NotDelivered as fault:
            log.warning("reply not delivered", person=ctx.person.id, reason=str(fault), ambiguous=fault.ambiguous)
        except ChatbotError as error:
            log.info("told about an error", person=ctx.person.id, error=type(error).__name__)
            await self._tell(ctx, self._voice.describe(error))
        except Exception:
            number = self._entropy.token()[:6].upper()
            log.exception("incident", incident=number, person=ctx.person.id)
            await self._tell(ctx, door.incident(number))
        finally:
            reassurance.cancel()
        await ctx.answer()

    async def _tell(self, ctx: Context, screen: Screen) -> None:
        """Say it in the tap's answer if that is still open and it fits, else as a message."""
        words = screen.text.plain
        try:
            if ctx.tap is not None and not ctx.answered and not screen.rows and len(words) <= _LONGEST_ALERT:
                await ctx.answer(words, alert=True)
            else:
                await ctx.reply(screen)
        except (NotDelivered, TelegramError) as fault:
            log.warning("error not told", person=ctx.person.id, reason=type(fault).__name__)

    async def _reassure(self, ctx: Context) -> None:
        await self._sender.typing(ctx.chat)
        screen = await self._voice.waiting(ctx.person.id)
        if screen is not None:
            with contextlib.suppress(NotDelivered):
                await ctx.reply(screen)


class Reassurance:
    """Starts something unless cancelled within so many seconds; cheap, because nearly always it is."""

    def __init__(self, start: Callable[[], Coroutine[Any, Any, None]], *, spawner: Spawner, after: float) -> None:
        self._start = start
        self._spawner = spawner
        self._timer = asyncio.get_running_loop().call_later(after, self._go)
        self._task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _go(self) -> None:
        self._task = self._spawner.spawn(self._start(), name="reassurance")
