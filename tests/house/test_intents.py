"""No way of moving money goes around the gate: every intent passes it, and only executors speak to the exchange."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, Obstacle, Stopped
from chatbot.domain.gate import Standing, check
from chatbot.domain.ids import AccountId, OrderNumber
from chatbot.domain.intents import (
    INTENTS,
    TERMS,
    CancelOrders,
    CancelTerms,
    Convert,
    CreateSwap,
    Intent,
    PlaceOrder,
    SetPayout,
    Terms,
    Withdraw,
    WithdrawTerms,
)
from chatbot.domain.money import Amount
from chatbot.domain.policies import POLICIES
from chatbot.domain.protected import ConfirmSwap
from chatbot.domain.tickets import (
    OUTCOMES,
    Blocked,
    Disowned,
    Lost,
    Missed,
    Outcome,
    PaidElsewhere,
    PayoutSet,
    Requested,
    SwapCreated,
    Ticket,
    TicketState,
    Unsigned,
    WrongCodes,
)
from chatbot.services.execution.executors import build_execution
from chatbot.services.execution.withdrawals import WithdrawalExecutor
from chatbot.storage.codec import TaggedCodec
from handlers.commands import Protected as ProtectedRoute
from handlers.features import ROUTES
from handlers.views.errors import describe
from handlers.views.ticket_parts import headline
from handlers.views.tickets import CARDS, card
from tests.fakes.cards import FakeCards
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange
from tests.fakes.instant import FakeInstantTrade
from tests.fakes.swap_service import FakeSwapService
from tests.handlers.views.examples import BUY, BUY_TERMS, NOW, line, order_ticket
from tests.handlers.views.examples import OUTCOMES as OF_ORDERS
from tests.house.test_rules import calls, sources
from tests.storage.examples import CONVERT, CONVERT_TERMS, PAYOUT_TERMS, SET_PAYOUT, SWAP, SWAP_TERMS

WITHDRAW = Withdraw(account=AccountId(1), currency="XRP", amount=Decimal("100.25"), alias="savings")
EXAMPLES: dict[type[Intent], tuple[Intent, Terms]] = {
    PlaceOrder: (BUY, replace(BUY_TERMS, value=Decimal(600))),
    CancelOrders: (
        CancelOrders(account=AccountId(1), account_name="Main", orders=(OrderNumber(54_259),)),
        CancelTerms(orders=(line(),)),
    ),
    Withdraw: (
        WITHDRAW,
        WithdrawTerms(
            before=Amount(Decimal(500), "XRP"),
            after=Amount(Decimal("399.75"), "XRP"),
            uses=0,
            hold=timedelta(hours=24),
            held_until=None,
            value=Decimal(60),
            left=Amount(Decimal(1000), "USDT"),
        ),
    ),
    CreateSwap: (SWAP, SWAP_TERMS),
    SetPayout: (SET_PAYOUT, PAYOUT_TERMS),
    Convert: (CONVERT, CONVERT_TERMS),
}
"""An intent of each kind with the terms its card shows: what follows holds for every kind there is."""

OF_WITHDRAWALS: tuple[Outcome, ...] = (
    *(Requested(confirmed=confirmed) for confirmed in (False, True)),
    *(Blocked(obstacle=obstacle) for obstacle in Obstacle),
    Disowned(),
    Missed(),
    WrongCodes(),
)
OF_SWAPS: tuple[Outcome, ...] = (
    *(SwapCreated(reference="ABCDEF", unpaid=unpaid) for unpaid in (False, True)),
    PayoutSet(),
    PaidElsewhere(),
)
OF_CONVERSIONS: tuple[Outcome, ...] = (
    Unsigned(ended=True),
    Unsigned(ended=False),
    Lost(cause=Cause.BROKEN, needs_session=True),
    Lost(cause=Cause.BROKEN, out_of_reach=True),
)
EVERY_OUTCOME: tuple[Outcome | None, ...] = (*OF_ORDERS, *OF_WITHDRAWALS, *OF_SWAPS, *OF_CONVERSIONS)
STOPS = [Standing(halted=True), Standing(locked=True), Standing(factor_missing=True)]
EVERY_INTENT = pytest.mark.parametrize("kind", INTENTS.values(), ids=lambda kind: str(kind.tag))


def ticket_of(kind: type[Intent], **changes: Any) -> Ticket:
    intent, terms = EXAMPLES[kind]
    return order_ticket(intent=intent, terms=terms, **changes)


def test_there_is_an_example_of_every_intent_and_of_all_terms() -> None:
    assert EXAMPLES.keys() == set(INTENTS.values())
    assert {type(terms) for _, terms in EXAMPLES.values()} == set(TERMS.values())


@EVERY_INTENT
def test_the_gate_lets_every_intent_pass_where_nothing_stands_in_its_way(kind: type[Intent]) -> None:
    check(*EXAMPLES[kind], Standing())


@EVERY_INTENT
@pytest.mark.parametrize("standing", STOPS, ids=["halted", "locked", "factor missing"])
def test_the_gate_stops_every_intent_and_says_why(kind: type[Intent], standing: Standing) -> None:
    with pytest.raises(Stopped) as stopped:
        check(*EXAMPLES[kind], standing)
    assert describe(stopped.value) is not None


@pytest.mark.parametrize("standing", STOPS, ids=["halted", "locked", "factor missing"])
def test_only_a_panics_cancellation_passes_where_all_is_stopped(standing: Standing) -> None:
    urgent = [kind for kind in INTENTS.values() if hasattr(EXAMPLES[kind][0], "urgent")]
    assert urgent == [CancelOrders]
    intent, terms = EXAMPLES[CancelOrders]
    assert isinstance(intent, CancelOrders)
    check(replace(intent, urgent=True), terms, standing)


@EVERY_INTENT
def test_the_gate_refuses_every_intent_the_terms_of_another(kind: type[Intent]) -> None:
    if kind is CancelOrders:
        return  # it is held against no number of its terms
    foreign = next(terms for other, (_, terms) in EXAMPLES.items() if other is not kind)
    with pytest.raises(TypeError, match="another intent's terms"):
        check(EXAMPLES[kind][0], foreign, Standing())


@EVERY_INTENT
def test_every_intent_has_a_policy(kind: type[Intent]) -> None:
    assert timedelta(0) < POLICIES[kind].lifetime <= timedelta(minutes=2)
    assert POLICIES.keys() == set(INTENTS.values())


def test_what_leaves_the_exchange_takes_two_steps() -> None:
    assert {kind for kind, policy in POLICIES.items() if policy.two_steps} == {Withdraw}


def test_what_says_where_a_swaps_coins_go_takes_the_second_factor() -> None:
    assert {kind for kind, policy in POLICIES.items() if policy.with_factor} == {CreateSwap, SetPayout}
    assert not any(policy.two_steps and policy.with_factor for policy in POLICIES.values())


def test_every_intent_has_an_executor_of_its_own() -> None:
    clock = FakeClock()
    nothing: Any = None
    exchanges = {Venue.PAPER: FakeExchange(clock)}
    execution = build_execution(
        store=nothing,
        accounts=nothing,
        sessions=nothing,
        exchanges=exchanges,
        instants={Venue.PAPER: FakeInstantTrade(clock)},
        swap_services={Venue.PAPER_SWAPS: FakeSwapService(clock)},
        swap_book=nothing,
        follow_ups=nothing,
        cards=FakeCards(),
        clock=clock,
    )
    assert execution.executors.keys() == set(INTENTS.values())
    assert len({type(executor) for executor in execution.executors.values()}) == len(INTENTS)
    assert isinstance(execution.executors[Withdraw], WithdrawalExecutor)


@EVERY_INTENT
@pytest.mark.parametrize("state", TicketState)
def test_every_intent_has_a_card_in_every_state_whatever_came_of_it(kind: type[Intent], state: TicketState) -> None:
    assert CARDS.keys() == set(INTENTS.values())
    for outcome, send_at in product(EVERY_OUTCOME, (None, NOW + timedelta(hours=3))):
        ticket = ticket_of(kind, state=state, outcome=outcome, send_at=send_at, number="4711")
        said = card(ticket, now=NOW).text.plain
        assert headline(ticket).plain in said
        assert state not in (TicketState.UNCERTAIN, TicketState.DONE) or "Nothing was sent" not in said


def test_no_outcome_is_left_out_of_these_cards() -> None:
    assert {type(outcome) for outcome in EVERY_OUTCOME if outcome is not None} == set(OUTCOMES.values())


@EVERY_INTENT
def test_every_intent_and_its_terms_can_be_stored(kind: type[Intent]) -> None:
    intent, terms = EXAMPLES[kind]
    intents, shown = TaggedCodec[Intent](INTENTS), TaggedCodec[Terms](TERMS)
    assert intents.decode(intents.encode(intent)) == intent
    assert shown.decode(shown.encode(terms)) == terms


@EVERY_INTENT
def test_the_audit_log_has_a_subject_for_every_intent_and_no_amount_in_it(kind: type[Intent]) -> None:
    subject = EXAMPLES[kind][0].subject
    assert subject and len(subject) <= 100
    amounts = [str(value) for value in vars_of(EXAMPLES[kind][0]) if isinstance(value, Decimal)]
    assert not any(amount in subject for amount in amounts)


def vars_of(value: object) -> list[object]:
    return [getattr(value, name) for name in getattr(value, "__slots__", ())]


EXECUTORS = {
    "place_order": "chatbot/services/execution/orders.py",
    "cancel_order": "chatbot/services/execution/cancellations.py",
    "withdraw": "chatbot/services/execution/withdrawals.py",
    "convert": "chatbot/services/execution/conversions.py",
}
"""What changes something at an exchange, and the only file that asks for it."""


def speaking(method: str) -> set[str]:
    """The files that call this method of something that is not themselves or one of the desks of its name."""
    desks = ("self", "ctx.services.withdrawals", "services.withdrawals")
    return {
        name
        for name, tree in sources("chatbot", "handlers")
        if not name.startswith(("chatbot/demo/", "chatbot/paper/"))
        for called, _ in calls(tree)
        if called.rpartition(".")[2] == method and called.rpartition(".")[0] not in ("", *desks)
    }


@pytest.mark.parametrize("method", EXECUTORS)
def test_only_executors_change_anything_at_an_exchange(method: str) -> None:
    # The exchange's own adapters may hand a call on to each other: they stand behind the port.
    assert {name for name in speaking(method) if not name.startswith("chatbot/exchange/")} == {EXECUTORS[method]}


CHANGES = {
    *EXECUTORS.items(),
    ("create", "chatbot/services/execution/swaps.py"),
    ("set_payout", "chatbot/services/execution/swaps.py"),
    ("mark", "chatbot/services/swap_following.py"),  # says that a deposit was sent; moves nothing, and is no ticket
}
"""Every call that changes something at an exchange or a service, and the only file that makes it."""


def test_every_call_that_takes_a_permit_is_an_executors_but_for_the_mark_of_a_swap() -> None:
    # The ports ask a permit of whatever changes something, so this finds all of them, whatever they are called.
    assert {(method, name) for method, name, _ in saying("permit")} == CHANGES


def test_only_the_second_factors_own_way_claims_with_it() -> None:
    """`with_factor=True` is said where the code was right, or none is asked: in the protected action's handler."""
    where = {(method, name): line for method, name, line in saying("with_factor") if method == "claim"}
    (handler,) = (route.handle for route in ROUTES if isinstance(route, ProtectedRoute) and route.action is ConfirmSwap)
    lines, first = inspect.getsourcelines(handler)
    file = handler.__module__.replace(".", "/") + ".py"
    assert where.keys() == {("claim", file), ("claim", "chatbot/services/tickets.py")}  # which hands it on
    assert first < where["claim", file] < first + len(lines)


def saying(keyword: str) -> Iterator[tuple[str, str, int]]:
    """The methods that are called with this keyword, with file and line; but not by the exchanges' own adapters."""
    for name, tree in sources("chatbot", "handlers"):
        if name.startswith(("chatbot/demo/", "chatbot/paper/", "chatbot/exchange/")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and any(given.arg == keyword for given in node.keywords):
                yield ast.unparse(node.func).rpartition(".")[2], name, node.lineno


def test_nobody_gets_at_the_changing_calls_by_their_names_as_texts() -> None:
    named = [
        f"{name}:{node.lineno}"
        for name, tree in sources("chatbot", "handlers")
        if not name.startswith(("chatbot/demo/", "chatbot/paper/", "chatbot/exchange/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "methodcaller", "attrgetter")
        for argument in node.args
        if isinstance(argument, ast.Constant) and argument.value in {method for method, _ in CHANGES}
    ]
    assert named == []


def test_only_the_ticket_desk_has_an_executor_send() -> None:
    """`Executor.send` is called where the claim was won, and nowhere else."""
    senders = {
        name
        for name, tree in sources("chatbot", "handlers")
        for called, _ in calls(tree)
        if called.endswith(".send") and "_executors" in called
    }
    assert senders == {"chatbot/services/tickets.py"}


def test_every_claim_passes_the_gate_in_its_own_transaction() -> None:
    """Whatever turns a ticket into a claimed one stands beside the check, in the file of the tickets' table."""
    claimers = {
        name
        for name, tree in sources("chatbot", "handlers")
        if not name.startswith(("chatbot/demo/", "chatbot/paper/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword | ast.Dict) and _makes_claimed(node)
    }
    assert claimers == {"chatbot/storage/tickets.py"}


def _makes_claimed(node: ast.keyword | ast.Dict) -> bool:
    """`state=TicketState.CLAIMED`, or the same in a dict."""
    if isinstance(node, ast.keyword):
        return node.arg == "state" and ast.unparse(node.value) == "TicketState.CLAIMED"
    return any(
        isinstance(key, ast.Constant) and key.value == "state" and ast.unparse(value) == "TicketState.CLAIMED"
        for key, value in zip(node.keys, node.values, strict=True)
    )
