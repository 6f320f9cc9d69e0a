"""When the exchange's answer to an order is lost: never sent again, settled by evidence, told."""

from typing import Any

import pytest

from tests.harness import Message, Persona, Stack, eventually
from tests.harness.exchange import ORDERS

APPLIED: dict[str, dict[str, Any]] = {
    "the answer is dropped": {"kind": "drop_answer"},
    "500 after it was applied": {"kind": "status_after", "status": 500},
    "502 with HTML after it was applied": {"kind": "status_after", "status": 502},
    "half a body": {"kind": "half_body"},
    "garbage": {"kind": "garbage"},
    "silence, then nothing": {"kind": "silent", "seconds": 1, "apply": True},
}
NOT_APPLIED: dict[str, dict[str, Any]] = {
    "500": {"kind": "status", "status": 500},
    "502 with HTML": {"kind": "status", "status": 502},
    "429": {"kind": "status", "status": 429},
    "404": {"kind": "status", "status": 404},
    "the request is dropped": {"kind": "drop_request"},
}
LISTS_DOWN: dict[str, Any] = {"kind": "refuse", "path": ORDERS, "method": "GET", "times": None}


@pytest.fixture
def emil(leaping: Stack) -> Persona:
    return leaping.person("Emil", linked=True)


def _place(stack: Stack, person: Persona, **fault: Any) -> Message:
    """Tap an order whose answer meets a fault; its card."""
    card = person.ask("/buy 0.01 BTC")
    stack.exchange.fault(fault.pop("kind"), ORDERS, method="POST", **fault)
    person.tap("Confirm", card)
    return card


@pytest.mark.parametrize("fault", APPLIED.values(), ids=APPLIED.keys())
def test_an_applied_order_without_an_answer_is_found_and_never_sent_again(
    leaping: Stack, emil: Persona, fault: dict[str, Any]
) -> None:
    mark = leaping.exchange.mark
    leaping.exchange.fault(**LISTS_DOWN)
    card = _place(leaping, emil, **fault)
    uncertain = emil.wait_for("Outcome not known yet", message=card)
    assert "not sent again" in uncertain.text and "Confirm" not in uncertain.buttons
    open_ones = emil.ask("/pending")
    assert "1 with an open outcome" in open_ones.text and "Buy 0.01 BTC at the market" in open_ones.text
    leaping.exchange.clear_faults()
    leaping.leap(20)
    emil.wait_for("is filled", message=card)
    leaping.leap(6)
    told = emil.wait_for("Settled:")
    number = leaping.exchange.orders(emil)[0]["order_number"]
    assert f"It was placed: order #{number}" in told.text and told.reply_to == card.id
    assert "Nothing is uncertain" in emil.ask("/pending").text
    assert len(leaping.exchange.placed(since=mark)) == len(leaping.exchange.orders(emil)) == 1


@pytest.mark.parametrize("fault", NOT_APPLIED.values(), ids=NOT_APPLIED.keys())
def test_an_order_that_was_not_applied_is_told_so_only_after_two_reads_half_a_minute_apart(
    leaping: Stack, emil: Persona, fault: dict[str, Any]
) -> None:
    mark = leaping.exchange.mark
    card = _place(leaping, emil, **fault)
    emil.wait_for("Outcome not known yet", message=card)
    leaping.leap(11)
    emil.wait_for("One complete look", message=card)
    first_looks = leaping.exchange.requests(f"{ORDERS}Main/C/", since=mark)
    leaping.leap(25)
    assert "1 with an open outcome" in emil.ask("/pending").text
    leaping.leap(6)
    emil.wait_for("Not placed: 2 complete looks", message=card)
    leaping.leap(6)
    told = emil.wait_for("It was not placed")
    assert told.reply_to == card.id
    assert "Nothing is uncertain" in emil.ask("/pending").text
    last_look = leaping.exchange.requests(f"{ORDERS}Main/C/", since=mark)[-1]
    assert last_look["at"] - first_looks[-1]["at"] >= 30
    assert len(leaping.exchange.placed(since=mark)) == 1 and not leaping.exchange.orders(emil)


def test_failed_reads_are_never_evidence_however_long_they_fail(leaping: Stack, emil: Persona) -> None:
    mark = leaping.exchange.mark
    leaping.exchange.fault(**LISTS_DOWN)
    card = _place(leaping, emil, kind="drop_request")
    emil.wait_for("Outcome not known yet", message=card)

    def has_looked_often() -> bool:
        leaping.leap(130)
        return len(leaping.exchange.requests(ORDERS, method="GET", since=mark)) >= 5

    eventually(has_looked_often, pause=0.1)
    assert "1 with an open outcome" in emil.ask("/pending").text
    assert "Outcome not known yet" in emil.now(card).text


def test_stale_lists_do_not_make_an_order_unplaced(leaping: Stack, emil: Persona) -> None:
    """The lists lag behind for some seconds after the tap: a look in that time counts for nothing."""
    leaping.exchange.fault("stale_lists", None, seconds=9, times=None)
    card = _place(leaping, emil, kind="drop_answer")
    emil.wait_for("Outcome not known yet", message=card)
    leaping.leap(15)
    emil.wait_for("is filled", message=card)
    assert len(leaping.exchange.orders(emil)) == 1


def test_an_uncertain_order_is_settled_after_a_restart(leaping: Stack, emil: Persona) -> None:
    mark = leaping.exchange.mark
    leaping.exchange.fault(**LISTS_DOWN)
    card = _place(leaping, emil, kind="drop_answer")
    emil.wait_for("Outcome not known yet", message=card)
    leaping.bot.restart()
    leaping.exchange.clear_faults()
    leaping.leap(20)
    emil.wait_for("is filled", message=card)
    assert len(leaping.exchange.placed(since=mark)) == 1


def test_a_business_refusal_is_final_and_told_with_the_exchanges_reason(leaping: Stack, emil: Persona) -> None:
    mark = leaping.exchange.mark
    card = _place(leaping, emil, kind="refuse", reason="trading_suspended", status_code=1777)
    refused = emil.wait_for("Refused by the exchange", message=card)
    assert "trading_suspended (1777)" in refused.text
    assert "Nothing is uncertain" in emil.ask("/pending").text
    assert len(leaping.exchange.placed(since=mark)) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_rejected_key_is_final_and_says_where_to_look(leaping: Stack, emil: Persona, status: int) -> None:
    card = _place(leaping, emil, kind="status", status=status)
    refused = emil.wait_for("did not accept the key", message=card)
    assert str(status) in refused.text and not leaping.exchange.orders(emil)


def test_an_account_with_an_open_outcome_cannot_be_unlinked(leaping: Stack, emil: Persona) -> None:
    leaping.exchange.fault(**LISTS_DOWN)
    card = _place(leaping, emil, kind="drop_answer")
    emil.wait_for("Outcome not known yet", message=card)
    emil.tap("Unlink", emil.ask("/unlink"))
    emil.wait_for("still being found out")
    assert "paper-1" in emil.ask("/accounts").text


def test_when_the_exchange_cannot_be_reached_nothing_was_sent(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Stack.running(tmp_path_factory.mktemp("lonely")) as stack:
        person = stack.person("Uma", linked=True)
        card = person.ask(f"/buy 0.01 BTC @ {stack.exchange.ticker('BTCUSDT')['bid']}")
        stack.paper.kill()
        person.tap("Confirm", card)
        told = person.wait_for("could not be reached. Nothing was sent.", message=card)
        assert told.buttons == ("New card",)
        assert "Nothing is uncertain" in person.ask("/pending").text


def test_an_exchange_that_says_nothing_at_all_leaves_the_order_uncertain(leaping: Stack, emil: Persona) -> None:
    """The one journey that waits on the wall: how long a socket is listened to is no matter of the bot's clock."""
    mark = leaping.exchange.mark
    card = _place(leaping, emil, kind="silent", seconds=60, apply=True)
    emil.wait_for("Sending…", message=card)
    leaping.exchange.fault(**LISTS_DOWN)
    uncertain = emil.wait_for("Outcome not known yet", message=card, timeout=25)
    assert "did not answer in time" in uncertain.text
    leaping.exchange.clear_faults()
    leaping.leap(20)
    emil.wait_for("is filled", message=card)
    assert len(leaping.exchange.placed(since=mark)) == 1
