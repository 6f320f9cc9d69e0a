"""Every state of every card, word for word."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause
from chatbot.domain.ids import OrderNumber
from chatbot.domain.orders import OrderStatus, Side
from chatbot.domain.tickets import (
    CancelState,
    Disowned,
    Lost,
    Moved,
    NotFound,
    Outcome,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
)
from handlers.actions import CancelOrder, ConfirmTicket, DeclineTicket, RefreshTicket
from handlers.views.screen import Press, Screen, Style
from handlers.views.tickets import card, pending
from tests.handlers.views.examples import (
    BUY,
    BUY_TERMS,
    NOW,
    NUMBER,
    OUTCOMES,
    SELL,
    SELL_TERMS,
    cancel_ticket,
    done,
    line,
    order,
    order_ticket,
    told,
)

HEAD = "<b>Buy 0.01 BTC at 60,000 USDT</b>"
FOOT = "<i>paper-1 · PAPER</i>"
UNCERTAIN, REFUSED, DONE = TicketState.UNCERTAIN, TicketState.REFUSED, TicketState.DONE
LATER = timedelta(minutes=2)
TWO = (
    line(),
    line(54_260, side=Side.SELL, volume=Decimal("0.02"), remaining=Decimal("0.015"), price=Decimal("70000.5")),
)


def drawn(ticket: Ticket) -> str:
    return str(card(ticket, now=NOW).text)


def keys(screen: Screen) -> list[list[str]]:
    return [[key.label for key in row] for row in screen.rows]


def test_a_card_shows_what_will_be_sent_and_what_will_be_left() -> None:
    assert drawn(order_ticket()) == (
        f"{HEAD}\n"
        "<pre>Market BTC/USDT\n"
        "Type   limit\n"
        "Volume 0.01 BTC\n"
        "Price  60,000.00 USDT\n"
        "Total  600 USDT\n"
        "Fee    ≈ 0.000015 BTC\n"
        "       0.15% as maker\n"
        "Last   61,000.00\n"
        "       your price is 1.64% below\n"
        "After  ≈ 0.509985 BTC\n"
        "       ≈ 400 USDT</pre>\n"
        f"{FOOT}<i> · 60 s left</i>"
    )


def test_a_card_at_the_market_says_what_is_only_about() -> None:
    assert drawn(order_ticket(intent=SELL, terms=SELL_TERMS)) == (
        "<b>Sell 0.01 BTC at the market</b>\n"
        "<pre>Market BTC/USDT\n"
        "Type   market\n"
        "Volume 0.01 BTC\n"
        "Price  ≈ 59,990.01 USDT\n"
        "Total  ≈ 599.9 USDT\n"
        "Fee    ≈ 1.5 USDT\n"
        "       0.25% as taker\n"
        "Last   61,000.00\n"
        "       the average is 1.64% below\n"
        "After  ≈ 0.49 BTC\n"
        "       ≈ 1,598.4 USDT</pre>\n"
        "<i>If the price gets more than 1% worse before your tap, I ask again.</i>\n"
        f"{FOOT}<i> · 60 s left</i>"
    )


def test_warnings_stand_on_the_card() -> None:
    terms = replace(BUY_TERMS, warnings=("Is <it> meant?", "Post-only would take."))
    shown = drawn(order_ticket(intent=replace(BUY, post_only=True), terms=terms))
    assert "Type   limit, post-only\n" in shown
    assert "</pre>\n⚠️ Is &lt;it&gt; meant?\n⚠️ Post-only would take.\n<i>" in shown


@pytest.mark.parametrize(("passed", "left"), [(0, "60 s"), (0.5, "60 s"), (17.5, "43 s"), (59.5, "1 s"), (61, "0 s")])
def test_seconds_left_are_counted_down(passed: float, left: str) -> None:
    screen = card(order_ticket(), now=NOW + timedelta(seconds=passed))
    assert str(screen.text).endswith(f" · {left} left</i>")


@pytest.mark.parametrize(
    ("ticket", "style", "no"), [(order_ticket(), "success", "Cancel"), (cancel_ticket(), "danger", "Keep")]
)
def test_confirm_and_its_opposite_stand_apart_and_know_only_the_ticket(ticket: Ticket, style: Style, no: str) -> None:
    assert card(ticket, now=NOW).rows == (
        (Press("Confirm", ConfirmTicket(ticket=ticket.id), style=style),),
        (Press(no, DeclineTicket(ticket=ticket.id)),),
    )


@pytest.mark.parametrize(
    ("state", "outcome", "said", "buttons"),
    [
        (TicketState.CLAIMED, None, "Sending…", []),
        (TicketState.DECLINED, None, "Cancelled by you. Nothing was sent.", []),
        (TicketState.EXPIRED, None, "Expired. Nothing was sent.", [["New card"]]),
        (
            UNCERTAIN,
            Lost(cause=Cause.TIMEOUT),
            "<b>Outcome not known yet. </b>The exchange did not answer in time. "
            "The order may or may not have been placed.\n"
            "I am looking for it in your orders at the exchange. It is not sent again. "
            "Please do not repeat it by hand before this is settled.",
            [["What is open?"]],
        ),
        (
            UNCERTAIN,
            Lost(cause=Cause.SHUTDOWN, clean_reads=1),
            "<b>Outcome not known yet. </b>The bot was restarted at that moment. "
            "The order may or may not have been placed.\n"
            "One complete look at your orders did not show it; a second one follows. It is not sent again. "
            "Please do not repeat it by hand before this is settled.",
            [["What is open?"]],
        ),
        (
            UNCERTAIN,
            Lost(cause=Cause.TIMEOUT, twin=OrderNumber(7)),
            "<b>Outcome not known yet. </b>The exchange did not answer in time. "
            "The order may or may not have been placed.\n"
            "Order #7 looks like it but carries no mark of mine. It is not sent again. "
            "Look at your orders on the exchange's site, then say how it stands.\n"
            "<b>It was sent</b>: it is there. I close this card, do not follow the order, and count it as sent.\n"
            "<b>It was not sent</b>: it is not there. I close this card and count nothing.",
            [["It was sent"], ["It was not sent"], ["What is open?"]],
        ),
        (
            UNCERTAIN,
            Lost(cause=Cause.TIMEOUT, by_word=True),
            "<b>Outcome not known yet. </b>The exchange did not answer in time. "
            "The order may or may not have been placed.\n"
            "For long your orders could not be read, with this key or at all. It is not sent again. "
            "Look at your orders on the exchange's site, then say how it stands.\n"
            "<b>It was sent</b>: it is there. I close this card, do not follow the order, and count it as sent.\n"
            "<b>It was not sent</b>: it is not there. I close this card and count nothing.",
            [["It was sent"], ["It was not sent"], ["What is open?"]],
        ),
        (
            DONE,
            Requested(confirmed=True),
            "<b>Closed: you said that it was sent.</b>\n"
            "I do not follow the order: the exchange's site shows how it goes.",
            [],
        ),
        (REFUSED, Disowned(), "Closed: you said that it was not sent.", [["New card"]]),
        (REFUSED, Moved(), "Price or balance moved beyond what this card showed. Nothing was sent.", [["New card"]]),
        (
            REFUSED,
            Unsent(cause=Cause.BUDGET),
            "The request allowance of this minute was used up. Nothing was sent.",
            [["New card"]],
        ),
        (
            REFUSED,
            NotFound(reads=2),
            "Not placed: 2 complete looks at your orders, far enough apart, did not show it.",
            [["Open orders"]],
        ),
        (
            REFUSED,
            RefusedBy(code=401, reason="x", key_rejected=True),
            "ANDX did not accept the key (401). Nothing was placed. Check it with /accounts.",
            [],
        ),
        (
            REFUSED,
            RefusedBy(code=1103, reason="insufficient_balance"),
            "<b>Refused by the exchange: </b>insufficient_balance (1103)",
            [["New card"]],
        ),
        (REFUSED, RefusedBy(code=None, reason=""), "<b>Refused by the exchange: </b>no reason given", [["New card"]]),
    ],
)
def test_what_became_of_a_tap(state: TicketState, outcome: Outcome | None, said: str, buttons: list[list[str]]) -> None:
    screen = card(order_ticket(state, outcome), now=NOW)
    assert str(screen.text) == f"{HEAD}\n{said}\n{FOOT}"
    assert keys(screen) == buttons


LIVE = [["↻ Refresh"], ["Cancel order"]]


@pytest.mark.parametrize(
    ("status", "executed", "said", "buttons"),
    [
        (OrderStatus.NEW, "0", "is open</b>\n▱▱▱▱▱▱▱▱▱▱  0% · 0 of 0.01 BTC", LIVE),
        (
            OrderStatus.PARTIALLY_FILLED,
            "0.0025",
            "is partly filled</b>\n▰▰▱▱▱▱▱▱▱▱  25% · 0.0025 of 0.01 BTC\n"
            "Average <code>59,999.5</code> USDT\nTotal <code>149.99875</code> USDT",
            LIVE,
        ),
        (
            OrderStatus.FILLED,
            "0.01",
            "is filled</b>\n▰▰▰▰▰▰▰▰▰▰  100% · 0.01 of 0.01 BTC\n"
            "Average <code>59,999.5</code> USDT\nTotal <code>599.995</code> USDT",
            [],
        ),
        (OrderStatus.CANCELLED, "0", "is cancelled</b>\n▱▱▱▱▱▱▱▱▱▱  0% · 0 of 0.01 BTC", []),
        (
            OrderStatus.CANCELLED,
            "0.004",
            "is cancelled</b>\n▰▰▰▰▱▱▱▱▱▱  40% · 0.004 of 0.01 BTC\n"
            "Average <code>59,999.5</code> USDT\nTotal <code>239.998</code> USDT\n"
            "⚠️ 0.006 BTC of it was not executed.",
            [],
        ),
        (OrderStatus.REJECTED, "0", "was rejected by the exchange</b>\n▱▱▱▱▱▱▱▱▱▱  0% · 0 of 0.01 BTC", []),
        (OrderStatus.UNKNOWN, "0", "has a state I do not know</b>\n▱▱▱▱▱▱▱▱▱▱  0% · 0 of 0.01 BTC", LIVE),
    ],
)
def test_an_order_lives_on_in_its_card(status: OrderStatus, executed: str, said: str, buttons: list[list[str]]) -> None:
    screen = card(done(order(status, executed)), now=NOW)
    ends = "" if status.is_final else "<i>I tell you when it ends.</i>\n"
    assert str(screen.text) == f"{HEAD}\n<b>Order #54259 {said}\n{ends}{FOOT}"
    assert keys(screen) == buttons


def test_an_accepted_order_that_was_not_read_back_yet_says_so() -> None:
    screen = card(done(), now=NOW)
    assert str(screen.text) == f"{HEAD}\n<b>Order #54259 was accepted.</b> Reading it back…\n{FOOT}"
    assert screen.rows == (
        (Press("↻ Refresh", RefreshTicket(ticket=done().id)),),
        (Press("Cancel order", CancelOrder(account=order_ticket().account, number=NUMBER), style="danger"),),
    )


@pytest.mark.parametrize(
    ("executed", "average", "remark"),
    [
        ("0.01", "62999", None),
        ("0.01", "63001", "The card showed a total of 600 USDT; please compare."),
        ("0.01", "56999", "The card showed a total of 600 USDT; please compare."),
        ("0.0101", "60000", "More was executed than the card showed (0.01 BTC)."),
        ("600", "60000", "The card showed a total of 600 USDT; please compare."),
    ],
)
def test_a_surprise_is_remarked_upon(executed: str, average: str, remark: str | None) -> None:
    shown = drawn(done(order(OrderStatus.FILLED, executed, average_price=Decimal(average))))
    assert shown.count("⚠️") == (remark is not None)
    assert remark is None or f"\n⚠️ {remark}\n" in shown


def test_a_cancel_card_names_what_it_cancels() -> None:
    assert drawn(cancel_ticket(lines=TWO)) == (
        "<b>Cancel 2 orders</b>?\n"
        "#54259  buy <code>0.01</code> BTC at 60,000 USDT\n"
        "#54260  sell <code>0.015 of 0.02</code> BTC at 70,000.5 USDT\n"
        f"{FOOT}<i> · 60 s left</i>"
    )


@pytest.mark.parametrize(
    ("state", "outcome", "said"),
    [
        (TicketState.CLAIMED, None, "Sending…"),
        (TicketState.DECLINED, None, "Kept. Nothing was sent."),
        (TicketState.EXPIRED, None, "Expired. Nothing was sent."),
        (
            UNCERTAIN,
            Lost(cause=Cause.SHUTDOWN),
            "No answer came. Reading the orders back; nothing is sent again.",
        ),
        (
            REFUSED,
            Unsent(cause=Cause.UNREACHABLE),
            "The exchange could not be reached. Nothing was sent; the orders are unchanged.",
        ),
        (REFUSED, RefusedBy(code=None, reason="gone"), "<b>Refused: </b>gone"),
    ],
)
def test_what_became_of_a_cancellation(state: TicketState, outcome: Outcome | None, said: str) -> None:
    assert drawn(cancel_ticket(state, outcome)) == f"<b>Cancel order #54259</b>\n{said}\n{FOOT}"


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (CancelState.REQUESTED, "", "… #54259 BTC/USDT: cancel requested, waiting for the exchange…"),
        (CancelState.LOST, "", "… #54259 BTC/USDT: no answer came; reading it back…"),
        (CancelState.NOT_SENT, "", "• #54259 BTC/USDT: not sent, still open"),
        (CancelState.REFUSED, "order_not_found", "• #54259 BTC/USDT: refused (order_not_found)"),
        (CancelState.CANCELLED, "", "✓ #54259 BTC/USDT: cancelled"),
        (CancelState.FILLED, "", "• #54259 BTC/USDT: was filled before it could be cancelled"),
        (CancelState.REJECTED, "", "• #54259 BTC/USDT: had been rejected"),
        (CancelState.STILL_OPEN, "", "• #54259 BTC/USDT: is still open"),
    ],
)
def test_a_cancellation_is_told_per_order(state: CancelState, reason: str, said: str) -> None:
    screen = card(cancel_ticket(DONE, told((state, reason))), now=NOW)
    assert str(screen.text) == f"<b>Cancel order #54259</b>\n{said}\n{FOOT}"
    assert keys(screen) == [["Open orders"]]


def test_every_state_of_a_cancelled_order_has_words() -> None:
    assert all(drawn(cancel_ticket(DONE, told((state, "")))) for state in CancelState)


def test_what_was_executed_before_the_cancellation_is_said() -> None:
    outcome = told((CancelState.CANCELLED, ""))
    read_back = replace(outcome.results[0], order=order(OrderStatus.CANCELLED, "0.004"))
    shown = drawn(cancel_ticket(DONE, replace(outcome, results=(read_back,))))
    assert "✓ #54259 BTC/USDT: cancelled, 0.004 BTC had been executed" in shown


@pytest.mark.parametrize("state", CancelState)
def test_fifty_orders_fit_on_a_card_whatever_became_of_them(state: CancelState) -> None:
    lines = tuple(line(54_259 + at) for at in range(50))
    results = told(*((state, "a very long reason " * 20) for _ in lines))
    assert drawn(cancel_ticket(lines=lines)).count("\n") == 51
    assert drawn(cancel_ticket(DONE, results, lines=lines)).count("\n") == 51


@pytest.mark.parametrize("make", [order_ticket, cancel_ticket])
def test_every_state_with_every_outcome_can_be_drawn(make: type[Ticket]) -> None:
    for state, outcome in product(TicketState, OUTCOMES):
        assert FOOT in str(card(make(state, outcome), now=NOW).text)  # type: ignore[call-arg, arg-type]


def test_a_live_account_is_called_live() -> None:
    assert "<i>andx-1 · LIVE</i>" in drawn(order_ticket(account_label="andx-1", venue=Venue.ANDX))


def test_an_intent_with_anothers_terms_is_a_bug() -> None:
    with pytest.raises(TypeError):
        card(order_ticket(terms=cancel_ticket().terms), now=NOW)


def test_what_is_left_to_its_persons_word_has_its_card_behind_a_button() -> None:
    screen = pending((order_ticket(UNCERTAIN, Lost(cause=Cause.TIMEOUT, by_word=True)),), now=NOW)
    assert "I cannot tell what became of it: say on its card how it stands" in screen.text.plain
    assert keys(screen) == [[HEAD.removeprefix("<b>").removesuffix("</b>")], ["↻ Refresh"]]


def test_what_is_open_is_listed_with_its_age_and_what_is_done() -> None:
    claimed_at = NOW - LATER
    open_ones = (
        order_ticket(UNCERTAIN, Lost(cause=Cause.TIMEOUT), claimed_at=claimed_at),
        order_ticket(UNCERTAIN, Lost(cause=Cause.TIMEOUT, clean_reads=1), claimed_at=claimed_at),
        cancel_ticket(TicketState.CLAIMED),
    )
    screen = pending(open_ones, now=NOW)
    assert str(screen.text) == (
        "<b>3 with an open outcome</b>\n"
        f"• {HEAD}\n"
        f"   2 min ago · looking for it at the exchange · {FOOT}\n"
        f"• {HEAD}\n"
        f"   2 min ago · not seen in one complete look; a second one decides · {FOOT}\n"
        "• <b>Cancel order #54259</b>\n"
        f"   0 s ago · being sent · {FOOT}\n"
        "\n"
        "What was sent is never sent a second time."
    )
    assert keys(screen) == [["↻ Refresh"]]


def test_nothing_uncertain_is_said() -> None:
    screen = pending((), now=NOW)
    assert screen.text.plain == "Nothing is uncertain.\nEverything that was sent has a known outcome."


def test_a_hundred_open_outcomes_still_fit_a_message() -> None:
    many = tuple(order_ticket(UNCERTAIN, Lost(cause=Cause.TIMEOUT)) for _ in range(100))
    assert "…and 80 more." in pending(many, now=NOW).text.plain
