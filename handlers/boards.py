"""/board: one message in a chat that keeps prices up to date."""

from collections.abc import Sequence

from chatbot.domain.errors import InputError
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import BoardEnded
from chatbot.services.desk import Services
from handlers.aims import Aim, aimed
from handlers.commands import Command, Hearing, Needs, Route, Telling, Where
from handlers.context import Context
from handlers.views import boards as views
from handlers.views.screen import Screen

_OFF = ("off", "stop", "end")


async def board(ctx: Context) -> None:
    """`/board BTC ETH` sets one, `/board` the usual one, or the present one anew; `/board off` ends it."""
    aim = await aimed(ctx)
    symbols = tuple(aim.args.replace(",", " ").split())
    if len(symbols) == 1 and symbols[0].lower() in _OFF:
        await _end(ctx, aim)
        return
    present = None if symbols else await ctx.services.boards.in_place(aim.place)
    wanted = symbols if present is None else present.markets
    quotes = await ctx.services.boards.set(aim.place, wanted, by=ctx.person.id)
    await ctx.reply(views.set_up(quotes, title=aim.title))


async def _end(ctx: Context, aim: Aim) -> None:
    if not await ctx.services.boards.end(aim.place):
        raise InputError("There is no board. Write /board BTC ETH to set one.")
    await ctx.reply(views.ended(title=aim.title))


async def _vanished(hearing: Hearing, notices: Sequence[BoardEnded]) -> Screen:
    return views.vanished(title=title_of(hearing.services, notices[0].chat))


def title_of(services: Services, chat: ChatId) -> str | None:
    """A group's or channel's; None for a private chat."""
    if chat > 0:
        return None
    known = services.chats.get(chat)
    return "a group" if known is None else known.title


ROUTES: tuple[Route, ...] = (
    Command(
        "board",
        "Prices in one message that keeps itself up to date",
        handle=board,
        usage=("/board", "/board MARKET …", "/board off"),
        examples=("/board BTC ETH SOL", "/board @channel BTC"),
        subject="Look",
        where=Where.ANYWHERE,
        needs=Needs.ADMIN,
    ),
)

TELLINGS = (Telling(BoardEnded, say=_vanished),)
