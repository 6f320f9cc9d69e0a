from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    KeyRejected,
    NotSent,
    Obstacle,
    OutcomeUnknown,
    Refused,
    Stopped,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.ids import AccountId
from chatbot.domain.money import Amount
from handlers.views.errors import describe
from handlers.views.screen import Screen
from tests.fakes.clock import START
from tests.fakes.exchange import every_error
from tests.handlers.views.markup import read

FACTS: tuple[dict[str, Any], ...] = (
    *({"cause": cause} for cause in Cause),
    *({"problem": problem} for problem in TicketProblem),
    {"status": 401, "reason": "busy.", "code": None, "symbol": "X", "nearest": ()},
    {"status": 403, "reason": "", "code": 1103, "symbol": "X", "nearest": ("BTCUSDT",)},
    {"practice": False},
    {"live": False},
    {"account": None},
)
FULL: dict[str, Any] = {
    "cause": Cause.TIMEOUT,
    "problem": TicketProblem.EXPIRED,
    "status": 401,
    "reason": "no",
    "code": 1,
    "symbol": "X",
    "typed": "X",
    "nearest": (),
    "practice": True,
    "live": True,
    "account": AccountId(1),
    "practises": True,
    "left": 2,
    "until": START,
}
OWN: dict[type[ChatbotError], dict[str, Any]] = {
    Stopped: {"obstacle": Obstacle.TOO_FAR, "limit": None, "left": None, "share": None, "currency": "", "ease_at": None}
}
UNSPOKEN = {"ChatbotError", "AccessError"}  # never raised themselves


def told(kind: type[ChatbotError], **facts: Any) -> Screen | None:
    error = kind.__new__(kind, "A sentence.")
    for name, value in {**FULL, **facts, **OWN.get(kind, {})}.items():
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


def of_swaps(error: ChatbotError) -> str:
    """What is said of it if it came from n.exchange."""
    error.service = "n.exchange"
    screen = describe(error)
    assert screen is not None
    return screen.text.plain


@pytest.mark.parametrize("kind", [Unavailable, NotSent])
@pytest.mark.parametrize("cause", Cause)
def test_what_went_wrong_at_another_service_is_not_said_of_the_exchange(kind: type[Unavailable], cause: Cause) -> None:
    assert "the exchange" not in of_swaps(kind(cause)).lower()
    assert of_swaps(kind(Cause.SERVER_FAULT)).startswith("n.exchange has a fault right now.")


def test_key_of_another_service_that_was_rejected_is_linked_anew_there() -> None:
    said = of_swaps(KeyRejected(status=401))
    assert said.startswith("n.exchange did not accept your key (401).") and "/link nexchange" in said
    assert "e-mail" not in said and "ANDX" not in said
    assert of_swaps(Refused(code=400, reason="no")).startswith("n.exchange refused.")


LIMIT, LEFT = Amount(Decimal(100_000), "USDT"), Amount(Decimal("99.999"), "USDT")


@pytest.mark.parametrize("obstacle", list(Obstacle))
@pytest.mark.parametrize(
    "facts", [{}, {"limit": LIMIT, "left": LEFT, "share": Decimal("0.1"), "currency": "XRP", "ease_at": START}]
)
def test_every_obstacle_is_told_with_what_to_do_and_fits_the_answer_to_a_tap(
    obstacle: Obstacle, facts: dict[str, Any]
) -> None:
    screen = describe(Stopped(obstacle, **facts))
    assert screen is not None and not screen.rows
    said = read(str(screen.text))
    assert len(said) < 200 and "/" in said


def test_a_used_up_limit_says_what_is_left_and_when_there_is_more() -> None:
    error = Stopped(Obstacle.ORDERS_USED_UP, limit=LIMIT, left=LEFT, ease_at=START)
    assert describe(error).text.plain == (  # type: ignore[union-attr]
        "That is beyond your limit for orders of 100,000 USDT a day. Left: 99.99 USDT. "
        "More is free from 20 Nov 12:00 UTC on.\nSee /limits."
    )


def test_none_at_all_is_said_as_such() -> None:
    error = Stopped(Obstacle.WITHDRAWAL_TOO_LARGE, limit=Amount(Decimal(0), "USDT"))
    assert describe(error).text.plain.startswith("Your limit lets nothing be withdrawn.")  # type: ignore[union-attr]
