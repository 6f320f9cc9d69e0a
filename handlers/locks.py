"""/lock, /panic, /unlock, /halt, /resume. What stops asks nothing, and waits for nothing."""

import asyncio
import contextlib

from telegram.error import TelegramError

from chatbot.domain.accounts import Account
from chatbot.domain.ids import MessageId
from chatbot.domain.intents import Convert, PlaceOrder
from chatbot.domain.protected import Resume, Unlock
from chatbot.domain.tickets import Ticket
from chatbot.services.locks import StopReport
from chatbot.services.panic import Sweep
from handlers.commands import Command, Needs, Protected, Route
from handlers.context import Context
from handlers.protection import protect
from handlers.sender import NotDelivered
from handlers.views import locks as views
from handlers.views import tickets as cards
from handlers.views.html import Html
from handlers.views.screen import Screen

_PATIENCE = 5.0
"""Seconds a panic waits for Telegram to take a card. The orders do not wait any longer."""
_UNTOLD = (NotDelivered, TelegramError, TimeoutError)


async def lock(ctx: Context) -> None:
    await ctx.reply(views.locked(await _lock(ctx), has_factor=_has_factor(ctx)))


async def panic(ctx: Context) -> None:
    """Lock, then cancel every open order of every account. What cannot be said in the chat is done all the same."""
    report = await _lock(ctx, panic=True)
    linked, _ = await ctx.services.accounts.of(ctx.person.id)
    accounts = [account for account in linked if not account.venue.swaps]  # there is nothing to cancel where one swaps
    await _announce(ctx, views.panicking(report, has_factor=_has_factor(ctx)))
    sweeps = await asyncio.gather(*(_sweep(ctx, account) for account in accounts))
    open_ended = await ctx.services.tickets.unsettled_of(ctx.person.id)
    unknown = sum(isinstance(ticket.intent, PlaceOrder | Convert) for ticket in open_ended)
    await ctx.reply(views.panic_over(sweeps, unknown=unknown))


async def unlock(ctx: Context) -> None:
    if ctx.services.locks.of(ctx.person.id) is None:
        await ctx.reply(views.not_locked())
    else:
        await protect(ctx, Unlock())


async def unlock_now(ctx: Context, _: Unlock) -> None:
    factor = await ctx.services.factors.get(ctx.person.id)
    opens_at = await ctx.services.locks.unlock(
        ctx.person.id, chat=ctx.chat.id, message=ctx.message, factor_since=None if factor is None else factor.since
    )
    now = ctx.clock.now()
    await ctx.reply(
        views.not_locked() if opens_at is None else views.opens(opens_at, now=now, has_factor=factor is not None)
    )


async def halt(ctx: Context) -> None:
    await ctx.reply(views.halted(await ctx.services.locks.halt(ctx.person.id, chat=ctx.chat.id)))


async def resume(ctx: Context) -> None:
    if ctx.services.locks.halted is None:
        await ctx.reply(views.not_halted())
    else:
        await protect(ctx, Resume())


async def resume_now(ctx: Context, _: Resume) -> None:
    ended = await ctx.services.locks.resume(ctx.person.id, chat=ctx.chat.id)
    await ctx.reply(views.resumed() if ended else views.not_halted())


def standing(ctx: Context) -> Html | None:
    """A line on what is locked or halted, for screens that show how somebody stands."""
    locks = ctx.services.locks
    return views.standing(locks.of(ctx.person.id), locks.halted, now=ctx.clock.now())


async def _lock(ctx: Context, *, panic: bool = False) -> StopReport:
    return await ctx.services.locks.lock(ctx.person.id, chat=ctx.chat.id, message=ctx.message, panic=panic)


def _has_factor(ctx: Context) -> bool:
    return ctx.services.factors.has(ctx.person.id)


async def _announce(ctx: Context, screen: Screen) -> None:
    with contextlib.suppress(*_UNTOLD):
        async with asyncio.timeout(_PATIENCE):
            await ctx.reply(screen)


async def _sweep(ctx: Context, account: Account) -> Sweep:
    async def show(ticket: Ticket) -> MessageId:
        """A card that Telegram does not take is put down as on the command's own message, which cannot be redrawn: so
        the painter sends it anew, in its newest state."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await ctx.reply(cards.card(ticket, now=ctx.clock.now()))
        except _UNTOLD:
            return ctx.message

    return await ctx.services.panic.sweep(account, person=ctx.person.id, chat=ctx.chat.id, show=show)


ROUTES: tuple[Route, ...] = (
    Command(
        "lock",
        "Stop everything of yours at once",
        handle=lock,
        usage=("/lock",),
        subject="Safety",
        needs=Needs.ROWS,
        urgent=True,
        late=lock,
    ),
    Command(
        "panic",
        "Lock, and cancel all your open orders",
        handle=panic,
        usage=("/panic",),
        subject="Safety",
        needs=Needs.ROWS,
        urgent=True,
        late=lock,
    ),
    Command("unlock", "End your lock", handle=unlock, usage=("/unlock",), subject="Safety"),
    Command(
        "halt",
        "Stop everything of everybody",
        handle=halt,
        usage=("/halt",),
        subject="Safety",
        needs=Needs.OWNER,
        urgent=True,
        late=halt,
    ),
    Command("resume", "End the halt", handle=resume, usage=("/resume",), subject="Safety", needs=Needs.OWNER),
    Protected(Unlock, handle=unlock_now),
    Protected(Resume, handle=resume_now, needs=Needs.OWNER),
)
