"""Prices that keep themselves up to date."""

from datetime import datetime

from chatbot.domain.accounts import Venue
from chatbot.services.markets import Quote
from handlers.views.format import clock_time
from handlers.views.html import bold, italic, lines, outside, pre, text
from handlers.views.markets import price_rows
from handlers.views.screen import Screen


def board(quotes: tuple[Quote, ...], *, venue: Venue, at: datetime) -> Screen:
    """`at` is when the prices were looked at."""
    shown = pre(price_rows(quotes)) if quotes else text("None of these markets is listed any more.")
    return Screen(lines(bold("Prices"), shown, italic(f"updated {clock_time(at)} · {venue.badge}")))


def over() -> Screen:
    """What a board becomes when it ends."""
    return Screen(text("This board ended. /board sets a new one."))


def set_up(quotes: tuple[Quote, ...], *, title: str | None) -> Screen:
    """It is posted in a moment."""
    names = ", ".join(quote.market.pair for quote in quotes)
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    off = "/board @channel off" if title is not None else "/board off"
    return Screen(lines(text("A board", where, ": ", bold(names)), f"It keeps itself up to date; {off} ends it."))


def ended(*, title: str | None) -> Screen:
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    return Screen(text("The board", where, " ended."))


def vanished(*, title: str | None) -> Screen:
    """Told to whoever set it."""
    where = text(" in ", bold(outside(title, limit=60))) if title is not None else text("")
    return Screen(
        lines(
            text("The board", where, " ended: its message was deleted, or I cannot change it any more."),
            "/board sets a new one.",
        )
    )
