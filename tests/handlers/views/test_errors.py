from typing import Any

import pytest

from chatbot.domain.errors import Cause, ChatbotError, NotSent, OutcomeUnknown, TicketProblem, Unavailable
from handlers.views.errors import describe
from handlers.views.screen import Screen
from tests.fakes.exchange import every_error
from tests.handlers.views.markup import read

FACTS: tuple[dict[str, Any], ...] = (
    *({"cause": cause} for cause in Cause),
    *({"problem": problem} for problem in TicketProblem),
    {"status": 401, "reason": "busy.", "code": None, "symbol": "X", "nearest": ()},
    {"status": 403, "reason": "", "code": 1103, "symbol": "X", "nearest": ("BTCUSDT",)},
)
FULL: dict[str, Any] = {
    "cause": Cause.TIMEOUT,
    "problem": TicketProblem.EXPIRED,
    "status": 401,
    "reason": "no",
    "code": 1,
    "symbol": "X",
    "nearest": (),
}
UNSPOKEN = {"ChatbotError", "AccessError"}  # never raised themselves


def told(kind: type[ChatbotError], **facts: Any) -> Screen | None:
    error = kind.__new__(kind, "A sentence.")
    for name, value in {**FULL, **facts}.items():
        setattr(error, name, value)
    return describe(error)


@pytest.mark.parametrize("kind", [kind for kind in every_error() if kind.__name__ not in UNSPOKEN])
def test_every_error_is_told_in_sentences_whatever_its_facts(kind: type[ChatbotError]) -> None:
    for facts in FACTS:
        screen = told(kind, **facts)
        assert screen is not None
        shown = read(str(screen.text))
        assert shown.rstrip()[-1] in ".?)", shown
        assert kind.__name__ not in shown and "Error" not in shown


@pytest.mark.parametrize("error", [ValueError("secret"), KeyError("x"), ChatbotError("x")])
def test_a_fault_of_ours_has_no_sentence(error: Exception) -> None:
    assert describe(error) is None


def test_nothing_was_changed_is_said_where_it_is_so() -> None:
    for cause in Cause:
        assert "Nothing was changed." in describe(Unavailable(cause)).text.plain  # type: ignore[union-attr]
        assert "Nothing was sent." in describe(NotSent(cause)).text.plain  # type: ignore[union-attr]
        assert "Nothing" not in describe(OutcomeUnknown(cause)).text.plain  # type: ignore[union-attr]
