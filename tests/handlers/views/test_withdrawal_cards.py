"""Cards of withdrawals: every state, every outcome, to the last digit, whatever the names are."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.aliases import LONGEST, read_alias
from chatbot.domain.drafts import (
    Dialogue,
    Quantity,
    QuantityKind,
    Question,
    WithdrawalChoice,
    WithdrawalDraft,
    WithdrawalRequest,
)
from chatbot.domain.errors import Cause, InputError, Obstacle
from chatbot.domain.ids import ChatId, DialogueId, TicketId
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    Lost,
    Missed,
    Moved,
    Outcome,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
    WrongCodes,
)
from chatbot.services.withdrawals import AskedWithdrawal
from handlers.buttons import pack
from handlers.views.notices import held_ended
from handlers.views.notices import withdrawal as alarm_of_withdrawal
from handlers.views.screen import Press, Screen
from handlers.views.ticket_parts import CAUSES
from handlers.views.tickets import card, pending
from handlers.views.withdrawals import question
from tests.handlers.views.examples import MAIN, NOW
from tests.handlers.views.markup import read
from tests.handlers.views.test_hostile import ATTACKS
from tests.storage.examples import ticket as stored

S = TicketState
LATER = NOW + timedelta(hours=23, minutes=59, seconds=30)
amounts = st.decimals(min_value="0.00000001", max_value=10**12, places=8)


def _readable(name: str) -> bool:
    try:
        return read_alias(name) == name
    except InputError:
        return False


aliases = st.text(min_size=1, max_size=LONGEST).filter(_readable)


def withdrawal(
    state: TicketState = S.PENDING, outcome: Outcome | None = None, *, alias: str = "savings", **changes: Any
) -> Ticket:
    """100.25 of 1,000 XRP."""
    amount, before = changes.pop("amount", Decimal("100.25")), changes.pop("before", Decimal(1000))
    terms = {
        "before": Amount(before, "XRP"),
        "after": Amount(before - amount, "XRP"),
        "uses": 2,
        "hold": timedelta(0),
        "held_until": None,
        "value": Decimal("50.125"),
        "left": Amount(Decimal("9949.875"), "USDT"),
        **changes.pop("terms", {}),
    }
    values = {
        "created_at": NOW,
        "expires_at": NOW + timedelta(seconds=90),
        "number": "4711" if state is S.CONTINUED else "",
        "send_at": LATER if state is S.HELD else None,
        "closed_at": None if state.is_waiting or state.is_open else NOW,
        **changes,
    }
    intent = Withdraw(account=MAIN.id, currency="XRP", amount=amount, alias=alias)
    return stored(
        id=TicketId("x" * 22), intent=intent, terms=WithdrawTerms(**terms), state=state, outcome=outcome, **values
    )


def shown(ticket: Ticket) -> Screen:
    screen = card(ticket, now=NOW)
    assert 1 <= len(read(str(screen.text))) <= 4096
    for key in keys(screen):
        assert len(pack(key.action).encode()) <= 64
    return screen


def keys(screen: Screen) -> list[Press]:
    return [key for row in screen.rows for key in row if isinstance(key, Press)]


def labels(screen: Screen) -> list[str]:
    return [key.label for key in keys(screen)]


def table(screen: Screen) -> dict[str, str]:
    return {line[:7].strip(): line[7:].strip() for line in screen.text.plain.splitlines()}


# The first card


def test_the_first_card_says_everything_before_anything_is_asked() -> None:
    screen = shown(withdrawal())
    assert screen.text.plain.splitlines()[0] == "Withdraw 100.25 XRP to “savings”"
    assert {
        "Amount": "100.25 XRP",
        "Worth": "≈ 50.13 USDT",
        "To": "savings",
        "": "used 2 times before",
        "Before": "1,000 XRP available",
        "After": "899.75 XRP",
        "Limit": "9,949.87 USDT left today",
    }.items() <= table(screen).items()
    assert "no fee, no number and no status" in screen.text.plain
    assert screen.text.plain.splitlines()[-1] == "paper-1 · PAPER · 90 s left"
    assert labels(screen) == ["Continue", "Cancel"]


@pytest.mark.parametrize(("uses", "words"), [(0, "first use"), (1, "used 1 time before"), (37, "used 37 times before")])
def test_it_says_how_often_the_alias_was_used(uses: int, words: str) -> None:
    assert words in shown(withdrawal(terms={"uses": uses})).text.plain


@pytest.mark.parametrize("state", [S.PENDING, S.CONTINUED])
def test_a_wait_is_told_before_it_begins_and_no_other(state: TicketState) -> None:
    added = shown(withdrawal(state, terms={"held_until": NOW + timedelta(hours=3), "uses": 0})).text.plain
    assert "waits until 15:00" in added and "can be cancelled up to then" in added
    unknown = shown(withdrawal(state, terms={"hold": timedelta(hours=24)})).text.plain
    assert "waits 24 h before it is sent" in unknown
    for nothing in ({"uses": 0}, {"held_until": NOW}, {"held_until": NOW - timedelta(seconds=1)}):
        assert "wait" not in shown(withdrawal(state, terms=nothing)).text.plain


def test_an_unknown_worth_and_a_currencys_own_limit_are_said_as_such() -> None:
    screen = shown(withdrawal(terms={"value": None, "left": Amount(Decimal("12.123456789"), "XRP")}))
    assert table(screen)["Worth"] == "not known" and table(screen)["Limit"] == "12.12345678 XRP left today"


# The second step


def test_the_second_step_is_another_gesture() -> None:
    typed, coded = shown(withdrawal(S.CONTINUED)), shown(withdrawal(S.CONTINUED, number=""))
    assert "write this number here: 4711" in typed.text.plain
    assert "six digits" in coded.text.plain and "4711" not in coded.text.plain
    for screen in (typed, coded):
        assert labels(screen) == ["Cancel"] and "90 s left" in screen.text.plain
        assert table(screen)["Amount"] == "100.25 XRP"


# Waiting


def test_what_is_held_has_one_big_cancel() -> None:
    screen = shown(withdrawal(S.HELD))
    assert "it is sent in 23 h 59 min" in screen.text.plain and "Cancel really cancels" in screen.text.plain
    assert labels(screen) == ["✕ Cancel this withdrawal"] and keys(screen)[0].style == "danger"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=24), "in 24 h,"),
        (timedelta(minutes=61), "in 1 h 1 min,"),
        (timedelta(minutes=4, seconds=30), "in 4 min 30 s,"),
        (timedelta(minutes=2), "in 2 min,"),
        (timedelta(seconds=12), "in 12 s,"),
        (timedelta(0), "its time has come"),
        (timedelta(seconds=-5), "its time has come"),
    ],
)
def test_the_countdown_is_rounded_down_to_two_units(left: timedelta, words: str) -> None:
    assert words in shown(withdrawal(S.HELD, send_at=NOW + left)).text.plain


# What became of it

OUTCOMES: list[tuple[TicketState, Outcome | None, str, list[str]]] = [
    (S.CLAIMED, None, "It can no longer be cancelled here.", []),
    (S.DECLINED, None, "Cancelled by you. Nothing was sent.", []),
    (S.EXPIRED, None, "Expired. Nothing was sent.", ["New card"]),
    (S.DONE, Requested(), "ANDX took the request.", []),
    (S.DONE, Requested(confirmed=True), "you said that it was sent", []),
    (S.REFUSED, Moved(), "no longer covers it. Nothing was sent.", ["New card"]),
    *((S.REFUSED, Unsent(cause=cause), f"{CAUSES[cause]}. Nothing was sent.", ["New card"]) for cause in Cause),
    (S.REFUSED, Disowned(), "you said that it was not sent", ["New card"]),
    (S.REFUSED, Missed(), "I was away when its time came", ["New card"]),
    (S.REFUSED, WrongCodes(), "three wrong answers. Nothing was sent.", []),
    *((S.REFUSED, Blocked(obstacle=obstacle), "Not sent.", []) for obstacle in Obstacle),
    (S.REFUSED, RefusedBy(code=1103, reason="no"), "Refused by the exchange: no (1103)", ["New card"]),
    (S.REFUSED, RefusedBy(code=1319, reason="no"), "Save the address on ANDX's site", ["New card"]),
    (S.REFUSED, RefusedBy(code=None, reason=""), "no reason given", ["New card"]),
    (S.REFUSED, RefusedBy(code=403, reason="x", key_rejected=True), "did not accept the key (403)", ["New card"]),
    *((S.UNCERTAIN, Lost(cause=cause), CAUSES[cause], ["It was sent", "It was not sent"]) for cause in Cause),
]


@pytest.mark.parametrize(("state", "outcome", "words", "buttons"), OUTCOMES)
def test_every_end_is_said_with_what_can_be_done(
    state: TicketState, outcome: Outcome | None, words: str, buttons: list[str]
) -> None:
    screen = shown(withdrawal(state, outcome))
    assert words in screen.text.plain and labels(screen) == buttons
    assert screen.text.plain.splitlines()[0] == "Withdraw 100.25 XRP to “savings”"
    assert "paper-1 · PAPER" in screen.text.plain


def test_all_states_and_all_outcomes_of_withdrawals_are_tried_here() -> None:
    assert {state for state, *_ in OUTCOMES} | {S.PENDING, S.CONTINUED, S.HELD} == set(S)
    tried = {type(outcome) for _, outcome, *_ in OUTCOMES if outcome is not None}
    assert {kind.__name__ for kind in get_args(Outcome)} - {kind.__name__ for kind in tried} == {
        "Placed",
        "Cancelled",
        "NotFound",
        "SwapCreated",
        "PayoutSet",
        "PaidElsewhere",
        "Unsigned",
        "PriceRefused",
    }


@pytest.mark.parametrize("obstacle", [*Obstacle])
def test_whatever_can_block_a_withdrawal_is_named(obstacle: Obstacle) -> None:
    blocked = shown(withdrawal(S.REFUSED, Blocked(obstacle=obstacle))).text.plain
    of_orders = (Obstacle.ORDER_TOO_LARGE, Obstacle.ORDERS_USED_UP, Obstacle.TOO_FAR)
    of_swaps = (Obstacle.SWAP_TOO_LARGE, Obstacle.SWAPS_USED_UP, Obstacle.PAYOUT_UNSETTLED)
    assert ("Something stood in its way" in blocked) == (obstacle in of_orders + of_swaps)


@pytest.mark.parametrize("state", [state for state in S if not state.is_waiting])
def test_nothing_can_be_confirmed_or_cancelled_any_more(state: TicketState) -> None:
    outcome = Lost(cause=Cause.TIMEOUT) if state is S.UNCERTAIN else None
    assert not {"Continue", "Cancel", "✕ Cancel this withdrawal"} & set(labels(shown(withdrawal(state, outcome))))


def test_an_unknown_outcome_shows_balances_and_pretends_nothing() -> None:
    lost = Lost(cause=Cause.TIMEOUT)
    reading = shown(withdrawal(S.UNCERTAIN, lost))
    assert table(reading)["Now"] == "being read…"
    screen = shown(withdrawal(S.UNCERTAIN, replace(lost, available=Amount(Decimal("899.75"), "XRP"))))
    assert table(screen)["Before"] == "1,000 XRP available" and table(screen)["After"] == "899.75 XRP if it was sent"
    assert table(screen)["Now"] == "899.75 XRP available"
    assert "may or may not have been sent" in screen.text.plain and "not sent again" in screen.text.plain
    assert "Withdrawals of XRP are stopped" in screen.text.plain


# Exact, and whatever the names are


@given(amount=amounts, rest=st.decimals(min_value=0, max_value=10**12, places=10))
def test_amounts_are_shown_to_the_last_digit(amount: Decimal, rest: Decimal) -> None:
    ticket = withdrawal(amount=amount, before=amount + rest)
    for state in (S.PENDING, S.CONTINUED):
        said = table(shown(replace(ticket, state=state)))
        assert _number(said["Amount"]) == amount
        assert _number(said["Before"]) == amount + rest and _number(said["After"]) == rest
    for state in S:
        first = shown(replace(ticket, state=state, outcome=None)).text.plain.splitlines()[0]
        assert _number(first.removeprefix("Withdraw ")) == amount


def _number(words: str) -> Decimal:
    return Decimal(words.split(maxsplit=1)[0].replace(",", ""))


@given(aliases)
def test_an_alias_that_can_be_sent_is_shown_whole(alias: str) -> None:
    for state in (S.PENDING, S.CONTINUED):
        lines = shown(withdrawal(state, alias=alias)).text.plain.split("\n")
        assert lines[0] == f"Withdraw 100.25 XRP to “{alias}”"
        assert f"To     {alias}" in lines


@pytest.mark.parametrize("alias", ATTACKS)
@pytest.mark.parametrize("state", S)
def test_an_alias_never_becomes_markup_nor_a_line_of_its_own(state: TicketState, alias: str) -> None:
    """Even one that no input lets through: it may have been stored before the rules were as they are."""
    hostile, plain = shown(withdrawal(state, alias=alias)), shown(withdrawal(state))
    assert len(hostile.text.plain.splitlines()) == len(plain.text.plain.splitlines())
    assert labels(hostile) == labels(plain)


@pytest.mark.parametrize("said", ATTACKS)
def test_the_exchanges_reason_stays_words(said: str) -> None:
    shown(withdrawal(S.REFUSED, RefusedBy(code=1, reason=said)))


# /pending


def test_pending_opens_the_cards_a_person_can_act_on() -> None:
    held, lost = withdrawal(S.HELD), withdrawal(S.UNCERTAIN, Lost(cause=Cause.TIMEOUT), claimed_at=NOW)
    sending = withdrawal(S.CLAIMED, claimed_at=NOW)
    screen = pending((held, lost, sending), now=NOW)
    assert "waits, is sent at" in screen.text.plain and "say on its card how it stands" in screen.text.plain
    assert labels(screen) == ["Withdraw 100.25 XRP to “savings”"] * 2 + ["↻ Refresh"]


@pytest.mark.parametrize("alias", ATTACKS)
@pytest.mark.parametrize("state", [S.HELD, S.UNCERTAIN])
def test_pending_survives_hostile_names(state: TicketState, alias: str) -> None:
    much = Decimal("123456789012.12345678")
    screen = pending((withdrawal(state, alias=alias, amount=much, account_label="andx-1000"),) * 200, now=NOW)
    assert len(read(str(screen.text))) <= 4096
    assert all(0 < len(label) <= 40 and "\n" not in label for label in labels(screen))


# Questions


def asked(asking: Question | None, request: WithdrawalRequest, *choices: str, problem: str = "") -> Screen:
    draft = WithdrawalDraft(
        request=request,
        asking=asking,
        choices=tuple(WithdrawalChoice(label=label, request=request) for label in choices),
    )
    dialogue = Dialogue(
        id=DialogueId("d" * 22), person=MAIN.person, chat=ChatId(1), message=None, draft=draft, expires_at=NOW
    )
    available = Amount(Decimal(1000), "XRP") if request.currency else None
    return question(AskedWithdrawal(dialogue=dialogue, draft=draft, account=MAIN, problem=problem, available=available))


@pytest.mark.parametrize(
    ("asking", "request_", "first"),
    [
        (Question.CURRENCY, WithdrawalRequest(), "Withdraw"),
        (Question.QUANTITY, WithdrawalRequest(currency="XRP"), "Withdraw XRP"),
        (
            Question.ALIAS,
            WithdrawalRequest(currency="XRP", quantity=Quantity(kind=QuantityKind.VOLUME, value=Decimal("100.25"))),
            "Withdraw 100.25 XRP",
        ),
        (
            Question.ALIAS,
            WithdrawalRequest(currency="XRP", quantity=Quantity(kind=QuantityKind.PERCENT, value=Decimal(100))),
            "Withdraw all XRP",
        ),
        (
            None,
            WithdrawalRequest(
                currency="XRP", quantity=Quantity(kind=QuantityKind.PERCENT, value=Decimal(25)), alias="savings"
            ),
            "Withdraw 25% of your XRP to “savings”",
        ),
    ],
)
def test_every_question_echoes_what_was_understood(
    asking: Question | None, request_: WithdrawalRequest, first: str
) -> None:
    screen = asked(asking, request_, "one", "two", problem="what was wrong")
    lines = screen.text.plain.splitlines()
    assert lines[0] == first and lines[1] == "what was wrong" and lines[-1] == "paper-1 · PAPER"
    assert labels(screen) == ["one", "two", "Never mind"]
    assert ("Available 1,000 XRP" in lines) == (request_.currency is not None)


@pytest.mark.parametrize("alias", ATTACKS)
def test_questions_survive_hostile_names(alias: str) -> None:
    quantity = Quantity(kind=QuantityKind.VOLUME, value=Decimal(1))
    for asking in (Question.ALIAS, None):
        request = WithdrawalRequest(currency="XRP", quantity=quantity, alias=alias)
        screen = asked(asking, request, alias, "savings")
        assert len(read(str(screen.text))) <= 4096
        assert all(len(label) <= 40 and "\n" not in label for label in labels(screen))


@pytest.mark.parametrize(
    ("state", "begins"),
    [
        (TicketState.DONE, "🔔 Sent: "),
        (TicketState.REFUSED, "🔔 Not sent: "),
        (TicketState.UNCERTAIN, "🔔 Outcome not known: "),
        (TicketState.CLAIMED, "🔔 Outcome not known: "),
    ],
)
def test_what_was_held_is_told_as_it_is(state: TicketState, begins: str) -> None:
    said = held_ended(withdrawal(state)).text.plain
    assert said.startswith(begins)
    assert ("may or may not" in said) == (state in (TicketState.UNCERTAIN, TicketState.CLAIMED))


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (S.HELD, "was confirmed, and is sent at"),
        (S.CLAIMED, "was confirmed and sent."),
        (S.DONE, "was confirmed and sent."),
        (S.UNCERTAIN, "was confirmed and sent."),
        (S.DECLINED, "was confirmed, but was not sent."),
        (S.REFUSED, "was confirmed, but was not sent."),
    ],
)
def test_the_alarm_of_a_withdrawal_tells_how_it_stands_when_it_is_told(state: TicketState, says: str) -> None:
    ticket = withdrawal(state)
    said = alarm_of_withdrawal(ticket, Alarm(kind=AlarmKind.WITHDRAWAL, at=NOW, ticket=ticket.id), now=NOW).text.plain
    assert said.startswith("🔔 Withdraw 100.25 XRP to “savings” ") and says in said and "/lock" in said
