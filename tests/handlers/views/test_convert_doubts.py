"""What a card says of a conversion nobody knows the outcome of, and what can be done about it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.errors import Cause
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.orders import Side
from chatbot.domain.tickets import Lost, NotFound, Outcome, Ticket, TicketState, Traded, Unsigned
from handlers.actions import BeginSession
from handlers.views.screen import Press
from handlers.views.tickets import card, pending
from tests.handlers.views.examples import NOW, order_ticket
from tests.storage.examples import CONVERT, CONVERT_TERMS

ASKS = ["It was sent", "It was not sent", "What is open?"]
TRADED = Traded(market=MarketCode("BTCUSDT"), side=Side.SELL, amount=Decimal("0.01"), at=NOW - timedelta(hours=1))


def conversion(outcome: Outcome, state: TicketState = TicketState.UNCERTAIN) -> Ticket:
    return order_ticket(state, outcome, intent=CONVERT, terms=CONVERT_TERMS)


@pytest.mark.parametrize(
    ("lost", "said", "buttons"),
    [
        (Lost(cause=Cause.BROKEN), "I am looking for it in your orders and trades", ["What is open?"]),
        (Lost(cause=Cause.BROKEN, clean_reads=1), "One complete look at your orders and trades", ["What is open?"]),
        (
            Lost(cause=Cause.BROKEN, needs_session=True),
            "I need a fresh session to find out. It is not sent again",
            ["Paste a fresh one", "What is open?"],
        ),
        (
            Lost(cause=Cause.BROKEN, needs_session=True, by_word=True),
            "I need a fresh session to find out. It is not sent again. Look at the exchange's site",
            [*ASKS[:2], "Paste a fresh one", "What is open?"],
        ),
        (Lost(cause=Cause.BROKEN, by_word=True), "For long your orders and trades could not be read", ASKS),
        (Lost(cause=Cause.BROKEN, twin=OrderNumber(5)), "Order #5 may be it", ASKS),
        (
            Lost(cause=Cause.BROKEN, traded=TRADED),
            "A sale of 0.01 in BTCUSDT (11:00 UTC) is in your trades, but the orders I can see do not explain it.",
            ASKS,
        ),
        (Lost(cause=Cause.BROKEN, out_of_reach=True), "your trades cannot be read so far back", ASKS),
    ],
)
def test_an_open_outcome_says_what_is_known_and_who_can_tell(lost: Lost, said: str, buttons: list[str]) -> None:
    shown = card(conversion(lost), now=NOW)
    assert said in shown.text.plain
    assert [key.label for row in shown.rows for key in row] == buttons


@pytest.mark.parametrize(
    ("outcome", "said", "button"),
    [
        (Unsigned(ended=True), "ANDX does not accept your browser session any more.", "Paste a fresh one"),
        (Unsigned(ended=False), "No browser session is linked any more.", "Link Instant Trade"),
    ],
)
def test_for_want_of_a_session_the_card_says_which_and_takes_one(outcome: Unsigned, said: str, button: str) -> None:
    ticket = conversion(outcome, TicketState.REFUSED)
    shown = card(ticket, now=NOW)
    assert f"{said} Nothing was converted." in shown.text.plain
    assert shown.rows == ((Press(button, BeginSession(account=ticket.account)),),)


def test_what_was_not_found_was_looked_for_in_both_lists() -> None:
    shown = card(conversion(NotFound(reads=2), TicketState.REFUSED), now=NOW).text.plain
    assert "Not converted: 2 complete looks at your orders and trades" in shown


def test_what_showed_late_and_may_be_it_is_named_in_place_of_not_converted() -> None:
    late = NotFound(reads=2, twin=OrderNumber(7))
    shown = card(conversion(late, TicketState.REFUSED), now=NOW).text.plain
    assert "Order #7 showed late and may be it" in shown and "Not converted" not in shown


def test_what_is_open_says_that_a_session_is_needed_with_one_button_for_an_account() -> None:
    waiting = conversion(Lost(cause=Cause.BROKEN, needs_session=True))
    shown = pending((waiting, waiting, conversion(Lost(cause=Cause.BROKEN))), now=NOW)
    assert shown.text.plain.count("I need a fresh session to find out") == 2
    button = Press("Paste a fresh one", BeginSession(account=waiting.account))
    assert [row for row in shown.rows if button in row] == [(button,)]
