"""The day in a few lines."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.digests import Digest
from chatbot.domain.notices import DigestDue
from chatbot.services.digests import Summary
from chatbot.services.markets import Quote
from handlers.views.format import change, local_time, moment
from handlers.views.html import Html, bold, code, italic, lines, outside, pre, text
from handlers.views.markets import price_rows
from handlers.views.screen import Picture, Screen


def digest(summary: Summary, notice: DigestDue, *, picture: bytes | None, now: datetime) -> Picture | Screen:
    """Prices, what rose and fell most, and a chart of the first market where one can be drawn."""
    said = lines(
        bold(f"Daily digest, {local_time(notice.at)}"),
        italic("Late: I was away at the time.") if notice.late else None,
        "Prices, and their change in 24 h:" if summary.quotes else "The exchange reports no prices right now.",
        pre(price_rows(summary.quotes)) if summary.quotes else None,
        _moved("Rose most in 24 h", summary.up),
        _moved("Fell most in 24 h", summary.down),
        italic(f"{moment(now, now=now)} · {notice.venue.badge}"),
    )
    if picture is None:
        return Screen(said)
    try:
        return Picture(content=picture, caption=said)
    except ValueError:  # too long for a caption
        return Screen(said)


def chosen(digest: Digest, *, pairs: Sequence[str], title: str | None, prefix: str = "", now: datetime) -> Screen:
    """What is set. `pairs` are what its markets are called. `prefix` names another chat in front of a line about it."""
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    usual = "your favourites" if digest.place.is_private else "the favourites of its /settings"
    about = " ".join(pairs) or f"{usual}, or else the liveliest markets"
    return Screen(
        lines(
            text(bold(f"Digest every day at {digest.at:%H:%M}"), where, "."),
            text("About: ", code(about) if pairs else about),
            text("Next: ", moment(digest.next_at, now=now)),
            text("Another time: ", code(f"/digest {prefix}09:00")),
            text("None any more: ", code(f"/digest {prefix}off")),
        )
    )


def none_yet(*, title: str | None, prefix: str = "") -> Screen:
    where = text(" in ", outside(title, limit=60)) if title is not None else text(" here")
    line = f"/digest {prefix}09:00"
    return Screen(
        lines(
            text("There is no daily digest", where, "."),
            text("Write ", code(line), " or ", code(f"{line} BTC ETH"), " to get one."),
        )
    )


def gone(*, title: str | None) -> Screen:
    where = text(" in ", outside(title, limit=60)) if title is not None else text("")
    return Screen(text("No daily digest", where, " any more."))


def _moved(title: str, quotes: tuple[Quote, ...]) -> Html | None:
    moves = [f"{quote.market.base} {change(quote.ticker.change)}" for quote in quotes if quote.ticker is not None]
    return text(f"{title}: ", ", ".join(moves)) if moves else None
