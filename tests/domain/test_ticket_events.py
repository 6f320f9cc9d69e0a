"""How a ticket's changes of state read in the audit log, and which of them ring."""

from dataclasses import replace
from typing import get_args

import pytest

from chatbot.domain.audit import Deed
from chatbot.domain.errors import Cause, Obstacle
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.ticket_events import alarm_of, deed_of, result_of
from chatbot.domain.tickets import (
    OUTCOMES,
    Blocked,
    Lost,
    Missed,
    Outcome,
    PaidElsewhere,
    PayoutSet,
    RefusedBy,
    Requested,
    SwapCreated,
    Ticket,
    TicketState,
    WrongCodes,
)
from tests.domain.test_gate import EXAMPLES
from tests.storage.examples import NOW, ticket

S = TicketState
_INTENT, _TERMS = EXAMPLES["withdraw"]
WITHDRAWAL = ticket(intent=_INTENT, terms=_TERMS)


def at(state: TicketState, card: Ticket = WITHDRAWAL, **more: object) -> Ticket:
    return replace(card, state=state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "deed"),
    [
        (S.PENDING, S.CONTINUED, Deed.CONTINUED),
        (S.PENDING, S.CLAIMED, Deed.CONFIRMED),
        (S.PENDING, S.DECLINED, Deed.DECLINED),
        (S.PENDING, S.EXPIRED, Deed.EXPIRED),
        (S.PENDING, S.REFUSED, Deed.STOPPED),
        (S.CONTINUED, S.CLAIMED, Deed.CONFIRMED),
        (S.CONTINUED, S.HELD, Deed.CONFIRMED),
        (S.CONTINUED, S.DECLINED, Deed.DECLINED),
        (S.CONTINUED, S.EXPIRED, Deed.EXPIRED),
        (S.CONTINUED, S.REFUSED, Deed.STOPPED),
        (S.HELD, S.CLAIMED, Deed.RELEASED),
        (S.HELD, S.DECLINED, Deed.DECLINED),
        (S.HELD, S.REFUSED, Deed.STOPPED),
        (S.CLAIMED, S.DONE, Deed.SENT),
        (S.CLAIMED, S.REFUSED, Deed.SENT),
        (S.CLAIMED, S.UNCERTAIN, Deed.SENT),
        (S.UNCERTAIN, S.DONE, Deed.SETTLED),
        (S.UNCERTAIN, S.REFUSED, Deed.SETTLED),
    ],
)
def test_every_change_of_state_has_a_name(before: TicketState, after: TicketState, deed: Deed) -> None:
    assert deed_of(at(before), at(after)) is deed


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (None, ""),
        (Requested(), "requested"),
        (RefusedBy(code=1319, reason="<b>5.25 XRP to rN7</b>"), "refused 1319"),
        (RefusedBy(code=None, reason="no"), "refused"),
        (Blocked(obstacle=Obstacle.FROZEN), "frozen"),
        (Missed(), "missed"),
        (WrongCodes(), "wrong codes"),
        (Lost(cause=Cause.TIMEOUT), "outcome unknown"),
        (SwapCreated(reference="ABCDEF"), "created as ABCDEF"),
        (PayoutSet(), "payout set"),
        (PaidElsewhere(), "paid elsewhere"),
    ],
)
def test_a_result_is_a_word_or_two_and_never_the_exchanges_own(outcome: Outcome | None, words: str) -> None:
    assert result_of(at(S.REFUSED, outcome=outcome)) == words


def test_every_outcome_has_words() -> None:
    assert set(OUTCOMES.values()) == set(get_args(Outcome))
    assert result_of(at(S.HELD)) == "held"


def test_neither_subject_nor_result_tells_an_amount() -> None:
    assert _INTENT.subject == "withdraw XRP to savings"


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_a_withdrawal_rings_once_when_it_was_confirmed(before: TicketState, after: TicketState) -> None:
    ticket = at(after, send_at=NOW)
    alarm = alarm_of(at(before), ticket, now=NOW)
    if before is S.CONTINUED and after in (S.HELD, S.CLAIMED):
        assert alarm == Alarm(kind=AlarmKind.WITHDRAWAL, at=NOW, account="paper-1", ticket=ticket.id)
    else:
        assert alarm is None


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_a_payout_address_rings_once_when_it_was_sent(before: TicketState, after: TicketState) -> None:
    card = ticket(intent=EXAMPLES["set_payout"][0], terms=EXAMPLES["set_payout"][1])
    alarm = alarm_of(at(before, card), at(after, card), now=NOW)
    if before is S.CLAIMED and after in (S.DONE, S.UNCERTAIN):
        subject = "payout address of swap ABCDEF123456"
        assert alarm == Alarm(kind=AlarmKind.PAYOUT, at=NOW, account="paper-1", subject=subject)
    else:
        assert alarm is None


def test_nothing_else_rings() -> None:
    for tag in EXAMPLES.keys() - {"withdraw", "set_payout"}:
        card = ticket(intent=EXAMPLES[tag][0], terms=EXAMPLES[tag][1])
        assert alarm_of(at(S.CONTINUED, card), at(S.CLAIMED, card), now=NOW) is None
        assert alarm_of(at(S.CLAIMED, card), at(S.DONE, card), now=NOW) is None
