"""Messages that show a secret: each goes when it has served, and when its time is over at the latest."""

import asyncio
from datetime import timedelta

import structlog

from chatbot.ports.clock import Clock
from chatbot.ports.factors import Factors
from chatbot.ports.shown_secrets import Shown, ShownSecrets
from handlers.context import Context
from handlers.sender import Sender
from handlers.views.screen import Picture, Screen

log = structlog.get_logger(__name__)

_EVERY = timedelta(seconds=20)
_HOPELESS = timedelta(hours=47)
"""Telegram lets nobody delete a message of more than 48 hours: https://core.telegram.org/bots/api#deletemessage"""


async def show_secret(ctx: Context, shown: Screen | Picture, *, lifetime: timedelta) -> None:
    """Show something that must not stay."""
    delete_at = ctx.clock.now() + lifetime
    message = await ctx.reply(shown)
    await ctx.services.shown_secrets.add(
        Shown(person=ctx.person.id, chat=ctx.chat.id, message=message, delete_at=delete_at)
    )


async def delete_shown(ctx: Context) -> None:
    """Delete what shows the person a secret still. What Telegram keeps is tried again when its time is over."""
    for shown in await ctx.services.shown_secrets.of(ctx.person.id):
        if await ctx.mouth.delete(shown.chat, shown.message):
            await ctx.services.shown_secrets.gone(shown)


class Sweeper:
    """Takes shown secrets out of the chats, and those that nobody confirmed out of the store."""

    name = "shown-secrets"

    def __init__(self, *, shown: ShownSecrets, factors: Factors, sender: Sender, clock: Clock) -> None:
        self._shown = shown
        self._factors = factors
        self._sender = sender
        self._clock = clock
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        now = self._clock.now()
        await self._factors.prune(now=now)
        for shown in await self._shown.due(now=now):
            deleted = await self._sender.delete(shown.chat, shown.message)
            if not deleted and now - shown.delete_at < _HOPELESS:
                continue
            if not deleted:
                log.warning("a shown secret could not be deleted", person=shown.person)
            await self._shown.gone(shown)
        return _EVERY
