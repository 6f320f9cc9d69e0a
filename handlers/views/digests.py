"""The day in a few lines."""

from datetime import datetime

from chatbot.domain.digests import Digest
from chatbot.domain.notices import DigestDue
from chatbot.services.digests import Summary
from chatbot.services.markets import Quote
from handlers.views.format import change, local_time, moment, when
from handlers.views.html import Html, bold, code, italic, lines, outside, pre, text
from handlers.views.markets import price_rows
from handlers.views.screen import Picture, Screen


def digest(summary: Summary, notice: DigestDue, *, picture: bytes | None, now: datetime) -> Picture | Screen:
    """Prices, what rose and fell most, and a chart of the first market where one can be drawn."""
    said = lines(
        bold(f"Daily digest, {local_time(notice.at)}"),
        italic("Late: I was away at the time.") if notice.late else None,
        pre(price_rows(summary.quotes)) if summary.quotes else text("The exchange reports no prices right now."),
        _moved("Rose most", summary.up),
        _moved("Fell most", summary.down),
        italic(f"{when(now, now=now)} · changes of 24 h · {notice.venue.badge}"),
    )
    if picture is None:
        return Screen(said)
    try:
        return Picture(content=picture, caption=said)
    except ValueError:  # too long for a caption
        return Screen(said)


def chosen(digest: Digest, *, title: str | None, now: datetime) -> Screen:
    """What is set."""
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    about = " ".join(digest.markets) or "your favourites, or the liveliest markets"
    if not digest.place.is_private and not digest.markets:
        about = "the liveliest markets"
    return Screen(
        lines(
            text(bold(f"Digest every day at {digest.at:%H:%M}"), where, "."),
            text("About: ", code(about) if digest.markets else about),
            text("Next: ", moment(digest.next_at, now=now)),
            text("Another time: ", code("/digest 09:00"), ". None any more: ", code("/digest off")),
        )
    )


def none_yet(*, title: str | None) -> Screen:
    where = text(" in ", outside(title, limit=60)) if title is not None else text(" here")
    return Screen(
        lines(
            text("There is no daily digest", where, "."),
            text("Write ", code("/digest 09:00"), " or ", code("/digest 09:00 BTC ETH"), " to get one."),
        )
    )


def gone(*, title: str | None) -> Screen:
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    return Screen(text("No daily digest", where, " any more."))


def _moved(title: str, quotes: tuple[Quote, ...]) -> Html | None:
    moves = [f"{quote.market.base} {change(quote.ticker.change)}" for quote in quotes if quote.ticker is not None]
    return text(f"{title}: ", ", ".join(moves)) if moves else None
