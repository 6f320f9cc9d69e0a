from datetime import timedelta

import pytest

from chatbot.domain.errors import Cause, ChatbotError, KeyRejected, NotLinked, Refused, Unavailable
from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.domain.locks import Halt, Lock
from chatbot.services.locks import StopReport
from chatbot.services.panic import Sweep
from handlers.views import locks
from handlers.views.screen import Screen
from tests.handlers.views.examples import MAIN, NOW

LOCK = Lock(person=PersonId(7), since=NOW, chat=ChatId(7), message=MessageId(1))
HALT = Halt(since=NOW, by=PersonId(1))


def read(screen: Screen) -> str:
    return screen.text.plain


def test_a_lock_says_at_once_what_is_stopped_and_how_it_ends() -> None:
    said = read(locks.locked(StopReport(closed=2), has_factor=True))
    assert said.splitlines()[0] == "Locked. Nothing of yours is sent from now on:"
    assert "2 cards that waited were closed." in said and "/unlock" in said and "code of your second factor" in said
    assert "ten minutes" in read(locks.locked(StopReport(), has_factor=False))


@pytest.mark.parametrize(
    "screen",
    [
        locks.locked(StopReport(stored=False), has_factor=True),
        locks.panicking(StopReport(stored=False), has_factor=True),
        locks.halted(StopReport(stored=False)),
    ],
)
def test_a_stop_that_would_end_with_a_restart_says_so(screen: Screen) -> None:
    assert "could not be written down" in read(screen)


def test_a_panic_names_what_came_of_every_account() -> None:
    sweeps = (Sweep(account=MAIN, sent=3), Sweep(account=MAIN, sent=1), Sweep(account=MAIN, sent=0))
    assert read(locks.panic_over(sweeps, unknown=0)).splitlines() == [
        "Every open order was asked to be cancelled.",
        "• paper-1 · PAPER: 3 cancellations sent.",
        "• paper-1 · PAPER: 1 cancellation sent.",
        "• paper-1 · PAPER: no open orders.",
    ]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (KeyRejected(status=401), "did not accept the key (401)"),
        (NotLinked(), "cannot be reached from here"),
        (Unavailable(Cause.TIMEOUT), "did not answer"),
        (Refused(code=1101, reason="<b>x"), "refused to show the orders"),
        (ChatbotError(), "cards could not be used"),
    ],
)
def test_a_panic_names_the_account_it_could_not_clear_and_why(error: ChatbotError, reason: str) -> None:
    said = read(locks.panic_over((Sweep(account=MAIN, sent=2, error=error),), unknown=1))
    assert said.startswith("Not everything could be cancelled.\n⚠️ paper-1 · PAPER: 2 sent, then ")
    assert reason in said and "An order has no known outcome yet" in said and "/panic again" in said


def test_an_unlock_says_when_it_opens() -> None:
    assert read(locks.opens(NOW, now=NOW)).startswith("Unlocked.")
    waiting = read(locks.opens(NOW + timedelta(minutes=10), now=NOW))
    assert waiting.startswith("It unlocks at 12:10 UTC, in 10 min.") and "/lock" in waiting


@pytest.mark.parametrize(
    ("lock", "halt", "line"),
    [
        (None, None, None),
        (LOCK, None, "⛔ Locked since 12:00 UTC: nothing is sent. /unlock opens it."),
        (None, HALT, "⛔ Halted by the owner since 12:00 UTC: nothing is sent."),
        (LOCK, HALT, "⛔ Halted by the owner since 12:00 UTC: nothing is sent."),
    ],
)
def test_one_line_says_what_is_stopped(lock: Lock | None, halt: Halt | None, line: str | None) -> None:
    said = locks.standing(lock, halt, now=NOW)
    assert (None if said is None else said.plain) == line
