"""What a ticket takes out of its account's limits."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.errors import Cause
from chatbot.domain.intents import INTENTS, WithdrawTerms
from chatbot.domain.limits import Spend, SpendKind
from chatbot.domain.orders import OrderStatus
from chatbot.domain.spending import spend_of
from chatbot.domain.tickets import Lost, Outcome, SwapCreated, Ticket, TicketState
from tests.domain.test_gate import EXAMPLES
from tests.storage.examples import BUY, BUY_TERMS, ORDER, ticket


def test_every_kind_of_intent_has_an_answer() -> None:
    spends = {tag: spend_of(ticket(intent=intent, terms=terms)) for tag, (intent, terms) in EXAMPLES.items()}
    assert spends.keys() == INTENTS.keys()
    assert {tag: spend and spend.kind for tag, spend in spends.items()} == {
        "place_order": SpendKind.ORDER,
        "cancel_orders": None,
        "withdraw": SpendKind.WITHDRAWAL,
        "create_swap": SpendKind.SWAP,
        "convert": SpendKind.ORDER,
        "set_payout": None,
    }


@pytest.mark.parametrize("state", TicketState)
@pytest.mark.parametrize("outcome", [None, SwapCreated(reference="ABCDEF"), Lost(cause=Cause.TIMEOUT)])
def test_a_swap_counts_by_what_is_sent_until_it_ended_unpaid(state: TicketState, outcome: Outcome | None) -> None:
    intent, terms = EXAMPLES["create_swap"]
    made = ticket(intent=intent, terms=terms, state=state, outcome=outcome)
    assert spend_of(made) == Spend(
        kind=SpendKind.SWAP, currency="USDT", amount=Decimal("500.10"), value=Decimal("500.10")
    )
    assert spend_of(replace(made, outcome=SwapCreated(reference="ABCDEF", unpaid=True))) is None


@pytest.mark.parametrize("state", TicketState)
def test_a_withdrawal_counts_whole_whatever_became_of_it(state: TicketState) -> None:
    intent, terms = EXAMPLES["withdraw"]
    assert spend_of(ticket(intent=intent, terms=terms, state=state)) == Spend(
        kind=SpendKind.WITHDRAWAL, currency="XRP", amount=Decimal(100), value=Decimal(50)
    )


def order(status: OrderStatus | None, executed: str = "0") -> Ticket:
    terms = replace(BUY_TERMS, total=Decimal(600), value=Decimal(590))
    of = None if status is None else replace(ORDER, status=status, volume=Decimal(4), executed=Decimal(executed))
    return ticket(intent=BUY, terms=terms, order=of)


@pytest.mark.parametrize(
    ("status", "executed", "amount", "value"),
    [
        (None, "0", "600", "590"),
        (OrderStatus.NEW, "0", "600", "590"),
        (OrderStatus.PARTIALLY_FILLED, "1", "600", "590"),
        (OrderStatus.FILLED, "4", "600", "590"),
        (OrderStatus.CANCELLED, "1", "150", "147.5"),
        (OrderStatus.CANCELLED, "0", "0", "0"),
        (OrderStatus.REJECTED, "0", "0", "0"),
        (OrderStatus.CANCELLED, "-5", "0", "0"),
        (OrderStatus.CANCELLED, "5", "600", "590"),
    ],
)
def test_an_order_counts_whole_until_it_ended_and_then_by_what_was_executed(
    status: OrderStatus | None, executed: str, amount: str, value: str
) -> None:
    spend = spend_of(order(status, executed))
    assert spend is not None
    assert (spend.currency, spend.amount, spend.value) == ("USDT", Decimal(amount), Decimal(value))


def test_without_a_known_worth_there_is_none_to_count() -> None:
    intent, terms = EXAMPLES["withdraw"]
    assert isinstance(terms, WithdrawTerms)
    spend = spend_of(ticket(intent=intent, terms=replace(terms, value=None)))
    assert spend is not None and spend.value is None and spend.amount == 100
