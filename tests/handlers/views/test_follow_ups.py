from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.absences import Absence, Missed
from chatbot.domain.accounts import Venue
from chatbot.domain.ids import OrderNumber, TicketId
from chatbot.domain.intents import Withdraw
from chatbot.domain.notices import BalanceChange, BalanceMoved, OrderMoved
from chatbot.domain.orders import Order, OrderStatus
from chatbot.domain.tickets import Ticket, TicketState
from handlers.views import follow_ups as views
from tests.handlers.views.examples import NOW
from tests.storage.examples import ORDER, ticket

HALF = replace(
    ORDER,
    status=OrderStatus.PARTIALLY_FILLED,
    price=Decimal(60_000),
    volume=Decimal(1),
    executed=Decimal("0.5"),
    remaining=Decimal("0.5"),
    average_price=Decimal(59_900),
    total=Decimal(29_950),
    fee=None,
)
WHOLE = replace(HALF, status=OrderStatus.FILLED, executed=Decimal(1), remaining=Decimal(0), total=Decimal(59_900))


def moved(order: Order, part: str, **more: object) -> OrderMoved:
    said = {"account": "andx-1", "venue": Venue.ANDX, "at": NOW, **more}
    return OrderMoved(order=order, part=Decimal(part), **said)  # type: ignore[arg-type]


def test_a_partial_fill_says_how_much_at_which_average_and_what_is_left() -> None:
    said = views.orders_moved((moved(HALF, "0.2"),), now=NOW).text.plain.splitlines()
    assert said == [
        f"Order #{ORDER.number} is partly filled.",
        "Buy 1 BTC at 60,000 USDT",
        "Now 0.2 BTC bought, 0.5 BTC left.",
        "▰▰▰▰▰▱▱▱▱▱  50% · 0.5 of 1 BTC",
        "Average 59,900 USDT",
        "Total 29,950 USDT",
        "andx-1 · LIVE · 12:00 UTC, just now",
    ]


def test_several_parts_of_an_order_are_told_as_one() -> None:
    said = views.orders_moved((moved(HALF, "0.2"), moved(WHOLE, "0.5")), now=NOW).text.plain
    assert said.count("Order #") == 1 and "is filled." in said and "Now 0.7 BTC bought." in said


def test_several_orders_in_one_message_are_each_told_once() -> None:
    other = replace(WHOLE, number=OrderNumber(7))
    said = views.orders_moved((moved(HALF, "0.5"), moved(other, "1"), moved(WHOLE, "0.5")), now=NOW).text.plain
    assert said.count("is filled.") == said.count("Order #") == 2 and "partly" not in said


def test_what_happened_while_the_bot_was_away_says_so() -> None:
    notice = moved(WHOLE, "1", since=NOW - timedelta(minutes=12))
    assert "It happened while I was away, after 11:48 UTC." in views.orders_moved((notice,), now=NOW).text.plain


def balance(change: str, *, worth: str | None = None, of: Ticket | None = None, about: bool = False) -> BalanceMoved:
    told = BalanceChange(
        currency="BTC",
        by=Decimal(change),
        total=Decimal("1.5"),
        worth=None if worth is None else Decimal(worth),
        ticket=None if of is None else of.id,
        about=about,
    )
    return BalanceMoved(account="andx-1", venue=Venue.ANDX, changes=(told,), at=NOW)


@pytest.mark.parametrize(
    ("by", "about", "first"),
    [
        ("0.5", False, "+0.5 BTC: no order explains it – a deposit?"),
        ("-0.5", False, "−0.5 BTC: no order explains it – a withdrawal?"),
        ("0.5", True, "About +0.5 BTC: no order explains it – a deposit?"),
    ],
)
def test_an_unexplained_change_says_what_it_looks_like(by: str, about: bool, first: str) -> None:
    said = views.balance_moved(balance(by, about=about), {}, dust=Decimal(1), now=NOW)
    assert said is not None
    assert said.text.plain.splitlines() == [first, "New total 1.5 BTC.", "andx-1 · LIVE · 12:00 UTC, just now"]


def test_dust_is_not_told() -> None:
    assert views.balance_moved(balance("0.5", worth="0.99"), {}, dust=Decimal(1), now=NOW) is None
    assert views.balance_moved(balance("0.5", worth="1"), {}, dust=Decimal(1), now=NOW) is not None


@pytest.mark.parametrize(
    ("state", "by", "about", "words"),
    [
        (TicketState.DONE, "-0.5", False, "Your withdrawal of 0.5 BTC to “<b>safe” has left the account."),
        (
            TicketState.DONE,
            "-0.502",
            False,
            "Your withdrawal of 0.5 BTC to “<b>safe” (and 0.002 BTC more: a fee?) has left the account.",
        ),
        (
            TicketState.DONE,
            "-0.502",
            True,
            "Your withdrawal of 0.5 BTC to “<b>safe” (and about 0.002 BTC more: a fee?) has left the account.",
        ),
        (
            TicketState.UNCERTAIN,
            "-0.5",
            False,
            "0.5 BTC left the account: just what your withdrawal to “<b>safe” asked for.",
        ),
        (
            TicketState.UNCERTAIN,
            "-0.502",
            False,
            "0.502 BTC left the account: what your withdrawal to “<b>safe” asked for, and 0.002 BTC more: a fee?",
        ),
    ],
)
def test_a_withdrawal_that_left_is_told_by_its_name(state: TicketState, by: str, about: bool, words: str) -> None:
    intent = Withdraw(account=ticket().account, currency="BTC", amount=Decimal("0.5"), alias="<b>safe")
    sent = ticket(intent=intent, state=state)
    said = views.balance_moved(balance(by, of=sent, about=about), {sent.id: sent}, dust=Decimal(0), now=NOW)
    assert said is not None and said.text.plain.splitlines()[0] == words and "&lt;b&gt;safe" in str(said.text)


def test_a_withdrawal_whose_card_is_gone_is_an_unexplained_change() -> None:
    gone = ticket(id=TicketId("gone"))
    said = views.balance_moved(balance("-0.5", of=gone), {}, dust=Decimal(0), now=NOW)
    assert said is not None and "a withdrawal?" in said.text.plain


@pytest.mark.parametrize(
    ("fills", "alerts", "armed", "said"),
    [
        (2, 1, False, "Back after 12 min: 2 fills, 1 alert meanwhile."),
        (1, 0, False, "Back after 12 min: 1 fill meanwhile."),
        (0, 3, True, "Back after 12 min: 3 alerts meanwhile.\nCrossings that came and went meanwhile were not seen."),
        (0, 0, True, "Back after 12 min.\nCrossings that came and went meanwhile were not seen."),
        (0, 0, False, None),
    ],
)
def test_one_line_says_what_happened_meanwhile(fills: int, alerts: int, armed: bool, said: str | None) -> None:
    absence = Absence(since=NOW - timedelta(minutes=12), until=NOW)
    screen = views.away(Missed(absence=absence, fills=fills, alerts=alerts, armed=armed))
    assert (None if screen is None else screen.text.plain) == said


def test_changes_of_swaps_are_counted_with_the_rest() -> None:
    absence = Absence(since=NOW - timedelta(minutes=12), until=NOW)
    counted = ((1, 1), (0, 2))
    said = [
        views.away(Missed(absence=absence, fills=fills, alerts=0, armed=False, swaps=swaps)) for fills, swaps in counted
    ]
    assert [None if each is None else each.text.plain for each in said] == [
        "Back after 12 min: 1 fill, 1 change of a swap meanwhile.",
        "Back after 12 min: 2 changes of swaps meanwhile.",
    ]
