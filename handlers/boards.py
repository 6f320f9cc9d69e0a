"""/board: one message in a chat that keeps prices up to date."""

from collections.abc import Sequence

from chatbot.domain.errors import InputError
from chatbot.domain.notices import BoardEnded
from chatbot.domain.places import Place
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
    await ctx.reply(views.set_up(quotes, title=aim.title, prefix=aim.prefix))


async def _end(ctx: Context, aim: Aim) -> None:
    if not await ctx.services.boards.end(aim.place):
        raise InputError(f"There is no board. Write /board {aim.prefix}BTC ETH to set one.")
    await ctx.reply(views.ended(title=aim.title))


async def _vanished(hearing: Hearing, notices: Sequence[BoardEnded]) -> Screen:
    chat = notices[0].chat
    if Place(chat=chat).is_private:
        return views.vanished(title=None)
    known = hearing.services.chats.get(chat)
    return views.vanished(title="a group") if known is None else views.vanished(title=known.title, handle=known.handle)


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
