"""Locks, panic and the halt: what is stopped, and how it starts again."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.errors import ChatbotError, KeyRejected, NotLinked, Refused, Unavailable
from chatbot.domain.locks import Halt, Lock
from chatbot.services.locks import StopReport
from chatbot.services.panic import Sweep
from handlers.views.format import moment, span
from handlers.views.html import Html, bold, lines, text
from handlers.views.screen import Screen

_NOT_STORED = text(
    "⚠️ ",
    bold("It could not be written down, so it would end with a restart of the bot."),
    " Send it again in a moment, and tell whoever runs the bot.",
)


def locked(report: StopReport, *, has_factor: bool) -> Screen:
    return Screen(
        lines(
            bold("Locked. Nothing of yours is sent from now on:"),
            "no order, no cancellation, no withdrawal.",
            _closed(report.closed),
            "What was sent before goes on at the exchange. /panic also cancels your open orders.",
            _how_to_unlock(has_factor=has_factor),
            None if report.stored else _NOT_STORED,
        )
    )


def panicking(report: StopReport, *, has_factor: bool) -> Screen:
    return Screen(
        lines(
            bold("Locked. Your open orders are looked for and cancelled now."),
            "Cards that follow show the result per order.",
            _closed(report.closed),
            _how_to_unlock(has_factor=has_factor),
            None if report.stored else _NOT_STORED,
        )
    )


def _swept_in_all(sweeps: Sequence[Sweep], *, failed: bool) -> str:
    if failed:
        return "Not everything could be cancelled."
    if not any(sweep.sent for sweep in sweeps):
        return "There were no open orders to cancel."
    return "Every open order was asked to be cancelled."


def panic_over(sweeps: Sequence[Sweep], *, unknown: int) -> Screen:
    """What came of every account. `unknown` counts the person's orders without a known outcome."""
    failed = any(sweep.error is not None for sweep in sweeps)
    late = "An order has" if unknown == 1 else f"{unknown} orders have"
    return Screen(
        lines(
            bold(_swept_in_all(sweeps, failed=failed)),
            *map(_swept, sweeps),
            "No account is linked." if not sweeps else None,
            f"⚠️ {late} no known outcome yet; see /pending, and /panic again if one turns out to be open."
            if unknown
            else None,
            "Cancel the rest on the exchange's own site, or send /panic again." if failed else None,
        )
    )


def opens(at: datetime, *, now: datetime, has_factor: bool = False) -> Screen:
    """An unlock that was asked for, carried out or waiting; with a factor it waits because that is too young."""
    if at <= now:
        return Screen(lines(bold("Unlocked."), "Orders, cancellations and withdrawals can be sent again."))
    return Screen(
        lines(
            bold(f"It unlocks at {moment(at, now=now)}, in {span(at - now)}."),
            "Your second factor was turned on less than a day before you locked, so it does not open at once."
            if has_factor
            else None,
            "Until then nothing is sent, and you are told when it opens. /lock keeps it locked.",
        )
    )


def not_locked() -> Screen:
    return Screen(text("Nothing is locked. /lock stops everything of yours at once."))


def halted(report: StopReport) -> Screen:
    return Screen(
        lines(
            bold("Halted. Nothing of anybody is sent from now on:"),
            "no order, no cancellation, no withdrawal. Only /panic still cancels orders.",
            "/resume ends it.",
            None if report.stored else _NOT_STORED,
        )
    )


def resumed() -> Screen:
    return Screen(lines(bold("Resumed."), "Everybody who is not locked can send again."))


def not_halted() -> Screen:
    return Screen(text("Nothing is halted. /halt stops everything of everybody at once."))


def standing(lock: Lock | None, halt: Halt | None, *, now: datetime) -> Html | None:
    """One line on what is stopped now; None if nothing is."""
    if halt is not None:
        return text("⛔ ", bold(f"Halted by the owner since {moment(halt.since, now=now)}:"), " nothing is sent.")
    if lock is None:
        return None
    if lock.opens_at is not None:
        return text("⛔ ", bold("Locked:"), f" nothing is sent until it opens at {moment(lock.opens_at, now=now)}.")
    return text("⛔ ", bold(f"Locked since {moment(lock.since, now=now)}:"), " nothing is sent. /unlock opens it.")


def _how_to_unlock(*, has_factor: bool) -> str:
    if has_factor:
        return "/unlock opens it again, with a code of your second factor."
    return "/unlock opens it again, ten minutes after you ask; /2fa makes that a matter of a code."


def _closed(count: int) -> str | None:
    if not count:
        return None
    return "A card that waited was closed." if count == 1 else f"{count} cards that waited were closed."


def _swept(sweep: Sweep) -> Html:
    account = sweep.account
    if sweep.error is not None:
        sent = f"{sweep.sent} sent, then " if sweep.sent else ""
        return text("⚠️ ", bold(account.label), f" · {account.venue.badge}: {sent}{_why(sweep.error)}.")
    done = f"{_cancellations(sweep.sent)} sent" if sweep.sent else "no open orders"
    return text("• ", bold(account.label), f" · {account.venue.badge}: {done}.")


def _cancellations(count: int) -> str:
    return "1 cancellation" if count == 1 else f"{count} cancellations"


def _why(error: ChatbotError) -> str:
    match error:
        case KeyRejected():
            return f"the exchange did not accept the key ({error.status})"
        case NotLinked():
            return "its exchange cannot be reached from here"
        case Unavailable():
            return "the exchange did not answer"
        case Refused():
            return "the exchange refused to show the orders"
        case _:
            return "the cards could not be used"
