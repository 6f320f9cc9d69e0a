"""Prices that keep themselves up to date."""

from datetime import datetime

from chatbot.domain.accounts import Venue
from chatbot.services.markets import Quote
from handlers.views.format import clock_time
from handlers.views.html import bold, code, italic, lines, outside, pre, text
from handlers.views.markets import price_rows
from handlers.views.screen import Screen


def board(quotes: tuple[Quote, ...], *, venue: Venue, at: datetime) -> Screen:
    """`at` is when the prices were looked at."""
    shown = pre(price_rows(quotes)) if quotes else text("None of these markets is listed any more.")
    return Screen(lines(bold("Prices"), shown, italic(f"updated {clock_time(at)} · {venue.badge}")))


def over() -> Screen:
    """What a board becomes when it ends."""
    return Screen(text("This board ended. /board sets a new one."))


def set_up(quotes: tuple[Quote, ...], *, title: str | None, prefix: str = "") -> Screen:
    """It is posted in a moment. `prefix` names another chat in front of a line about it."""
    names = ", ".join(quote.market.pair for quote in quotes)
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    off = code(f"/board {prefix}off")
    return Screen(
        lines(text("A board", where, ": ", bold(names)), text("It keeps itself up to date; ", off, " ends it."))
    )


def ended(*, title: str | None) -> Screen:
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    return Screen(text("The board", where, " ended."))


def vanished(*, title: str | None, handle: str = "") -> Screen:
    """Told to whoever set it. `handle` names the chat it was in, where that is another one."""
    where = text(" in ", bold(outside(title, limit=60))) if title is not None else text("")
    return Screen(
        lines(
            text("The board", where, " ended: its message was deleted, or I cannot change it any more."),
            text(code(f"/board {handle}".strip()), " sets a new one."),
        )
    )
