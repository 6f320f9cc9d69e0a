"""Files that are put together: what can be had, how far one is, and what is said with it."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from chatbot.domain.exports import Export, ExportFormat, ExportKind, ExportState, Failure, Gap
from chatbot.domain.trade_text import LENGTHS
from chatbot.domain.trades import TradeSpan
from handlers.actions import CancelExport, StartExport
from handlers.views.format import age, moment
from handlers.views.html import Html, Part, bold, code, italic, lines, outside, text
from handlers.views.screen import File, Press, Screen

_TITLES: Final = {
    ExportKind.TRADES: "Trades",
    ExportKind.ORDERS: "Orders",
    ExportKind.HISTORY: "What you did through the bot",
}
_ROWS = {ExportKind.TRADES: "trade", ExportKind.ORDERS: "order", ExportKind.HISTORY: "entry"}
_FAILURES = {
    Failure.UNLINKED: "The account was unlinked meanwhile.",
    Failure.KEY_REJECTED: "The exchange does not accept the account's key (any more). /accounts says more.",
    Failure.REFUSED: "The exchange refused to tell. Please try again later.",
    Failure.NOT_TAKEN: "Telegram did not take it. Please try again, with fewer days.",
    Failure.AWAY: "The exchange could not be read for a day. Please try again later.",
    Failure.BUSY: "For a day all requests that the exchange allows were needed elsewhere. Please ask for fewer days.",
    Failure.NO_ROOM: "This bot's disk is full. Please tell its owner, and try again then.",
    Failure.FAULT: "Something here does not work. Please tell the bot's owner, and try again later.",
}
_TROUBLES = {
    Failure.AWAY: "The exchange cannot be read",
    Failure.BUSY: "All requests that the exchange allows have been needed elsewhere",
    Failure.NO_ROOM: "This bot's disk is full",
    Failure.FAULT: "Something here does not work",
}
_TAXES = "For taxes use the file of trades alone: this one tells of the same deals once more."
_NO_AMOUNTS = "What moved nothing, or not yet, has no amounts."


def menu() -> Screen:
    """What can be exported, and how."""
    return Screen(
        lines(
            bold("Which file?"),
            "A button makes a CSV file of everything there is. For some days write it like",
            code("/export trades 2026-01-01 2026-06-30"),
            text("or ", code("/export trades last month json"), " for JSON. Days are those of UTC."),
            "For taxes take trades alone: orders and history tell of the same deals once more.",
        ),
        tuple((Press(_TITLES[kind], StartExport(kind=kind)),) for kind in ExportKind),
    )


def progress(export: Export, *, now: datetime) -> Screen:
    """How far it is; it can be given up until it is ready."""
    return Screen(
        lines(
            bold("Putting your file together"),
            _about(export),
            _how_far(export),
            _trouble(export, now=now),
            italic(f"Begun {age(export.created_at, now=now)}. People come first, so a long one takes its time."),
        ),
        ((Press("Cancel", CancelExport(export=export.id), style="danger"),),) if export.is_under_way else (),
    )


def cancelled(export: Export | None) -> Screen:
    return Screen(lines(bold("Given up. There is no file."), None if export is None else _about(export)))


def too_late() -> Screen:
    return Screen(text("There is nothing to give up: it is ready, or over already."))


def ended(export: Export) -> Screen:
    """What takes the place of how far it was."""
    if export.failure is not None:
        return Screen(lines(bold("There is no file."), _about(export), _FAILURES[export.failure]))
    if not export.parts:
        return Screen(lines(bold("There is nothing to put into a file."), _about(export), *_gaps(export)))
    return Screen(lines(bold("Your file is below."), _about(export)))


def document(export: Export, *, part: int, content: Path) -> File:
    """A part of it, counted from 1."""
    parts = f" Part {part} of {export.parts}." if export.parts > 1 else ""
    return File(
        name=export.file_name(part),
        content=content,
        caption=lines(
            text(bold(_counted(export)), parts),
            _about(export),
            "Amounts are exact, times are UTC.",
            None if export.kind is ExportKind.TRADES else f"{_NO_AMOUNTS} {_TAXES}",
            *_gaps(export),
        ),
    )


def _about(export: Export) -> Html:
    first = "the beginning" if export.since is None else _day(export.since)
    last = _day(export.until - timedelta(microseconds=1))
    parts: list[Part] = [_TITLES[export.kind], f" from {first} to {last}"]
    if export.account_label:
        parts += [" · ", outside(export.account_label, limit=40)]
    return text(*parts, f" · {'JSON' if export.format is ExportFormat.JSON else 'CSV'}")


def _how_far(export: Export) -> str:
    match export.state:
        case ExportState.GATHERING if export.read:
            pages = "1 page" if export.page == 2 else f"{export.page - 1:,} pages"
            return f"Read so far: {_many(export, export.read)} on {pages}."
        case ExportState.GATHERING:
            return "Asking the exchange…"
        case ExportState.WRITING:
            return f"Writing: {_many(export, export.rows)} so far."
        case _:
            return "Ready, and on its way to you."


def _trouble(export: Export, *, now: datetime) -> Html | None:
    """What keeps it from going on."""
    if not export.is_under_way or export.failure is None or export.failing_since is None:
        return None
    return text(f"⚠️ {_TROUBLES[export.failure]} since {moment(export.failing_since, now=now)}. I try again.")


def _counted(export: Export) -> str:
    return f"{_many(export, export.rows)}, oldest first."


def _many(export: Export, count: int) -> str:
    name = _ROWS[export.kind]
    plural = "entries" if name == "entry" else f"{name}s"
    return f"1 {name}" if count == 1 else f"{count:,} {plural}"


def _gaps(export: Export) -> list[Html]:
    """What could not be had."""
    return [text("⚠️ ", _gap(gap, export)) for gap in export.gaps]


def _gap(gap: Gap, export: Export) -> str:
    match gap:
        case Gap.SHORT_HISTORY:
            day = _day(export.created_at - LENGTHS[TradeSpan.MONTH])
            return f"The exchange tells of a month: of trades before {day} it has those that I had read in time."
        case Gap.NO_SESSION:
            return "No browser session is linked, so it has only trades I had read before. /link instant links one."
        case Gap.SESSION_ENDED:
            return "The browser session ended before all was read, so trades may be missing. /link instant renews it."
        case Gap.CUT_SHORT:
            return "The exchange's list broke off before its end, so some may be missing."


def _day(at: datetime | date) -> str:
    return f"{at.day} {at:%b %Y}"
