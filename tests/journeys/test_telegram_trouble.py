"""Bad days at Telegram: no tap is lost, and nothing is shown twice that need not be."""

import pytest

from tests.harness import Persona, Stack


def test_a_card_whose_sending_was_not_confirmed_is_not_sent_twice_and_works(stack: Stack, dora: Persona) -> None:
    stack.chat.fault("sendMessage", "drop_after", chat=dora.id)
    card = dora.ask("/buy 0.01 BTC")
    dora.tap("Confirm", card)
    dora.wait_for("is filled", message=card)
    assert len([reply for reply in dora.replies() if "Buy 0.01 BTC" in reply.text]) == 1
    assert len(stack.exchange.orders(dora)) == 1


def test_a_flooded_reply_comes_once_when_telegram_allows(stack: Stack, dora: Persona) -> None:
    stack.chat.fault("sendMessage", "429", seconds=1, chat=dora.id)
    said = dora.say("/price BTC")
    dora.wait_for("BTC/USDT")
    dora.ask("/help")
    assert len([reply for reply in dora.replies(after=said) if "BTC/USDT" in reply.text]) == 1


@pytest.mark.parametrize("kind", ["429", "html_502", "drop_before", "drop_after", "reset"])
def test_the_card_ends_right_whatever_befalls_its_edits(stack: Stack, dora: Persona, kind: str) -> None:
    card = dora.ask("/buy 0.01 BTC")
    stack.chat.fault("editMessageText", kind, times=2, seconds=1, chat=dora.id)
    dora.tap("Confirm", card)
    filled = dora.wait_for("is filled", message=card)
    assert not filled.buttons and len(stack.exchange.orders(dora)) == 1


@pytest.mark.parametrize("kind", ["html_502", "drop_before", "drop_after"])
def test_an_answer_to_a_tap_that_meets_trouble_costs_no_order(stack: Stack, dora: Persona, kind: str) -> None:
    card = dora.ask("/buy 0.01 BTC")
    stack.chat.fault("answerCallbackQuery", kind)
    assert dora.tap("Confirm", card).toast().text == "Sending…"
    dora.wait_for("is filled", message=card)
    assert len(stack.exchange.orders(dora)) == 1


@pytest.mark.parametrize("kind", ["reset", "drop_before", "drop_after", "html_502", "429"])
def test_polls_that_fail_lose_no_tap_and_repeat_none(stack: Stack, dora: Persona, kind: str) -> None:
    mark = stack.exchange.mark
    card = dora.ask("/buy 0.01 BTC")
    stack.chat.fault("getUpdates", kind, seconds=1)
    # Any message ends the poll that hangs now; the next one meets the fault, with the tap in its answer.
    stack.person("Bystander").say("/help")
    tap = dora.tap("Confirm", card)
    assert tap.toast().text == "Sending…"
    dora.wait_for("is filled", message=card)
    assert len(stack.exchange.placed(since=mark)) == 1


def test_a_command_is_carried_out_once_when_the_answer_to_a_poll_is_lost(stack: Stack, dora: Persona) -> None:
    stack.chat.fault("getUpdates", "drop_after", times=2)
    stack.person("Bystander").say("/help")
    said = dora.say("/price BTC")
    dora.wait_for("BTC/USDT")
    dora.ask("/help")
    assert len([reply for reply in dora.replies(after=said) if "BTC/USDT" in reply.text]) == 1


def test_a_deleted_card_is_sent_anew_when_its_order_was_placed(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 0.01 BTC")
    stack.exchange.fault("delay", method="POST", seconds=0.5)
    dora.tap("Confirm", card)
    dora.wait_for("Sending…", message=card)
    stack.chat.post("delete", user=dora.id, chat=dora.id, message=card.id)
    again = dora.wait_for("is filled")
    assert again.id != card.id and len(stack.exchange.orders(dora)) == 1


def test_a_person_who_blocked_the_bot_still_gets_their_order_settled(stack: Stack, dora: Persona) -> None:
    card = dora.ask("/buy 0.01 BTC")
    stack.exchange.fault("delay", method="POST", seconds=0.3)
    dora.tap("Confirm", card)
    stack.chat.post("block", user=dora.id, blocked=True)
    stack.person("Bystander").ask("/help")
    dora.say("/orders closed")  # writing unblocks
    dora.wait_for("Closed orders")
    [order] = stack.exchange.orders(dora)
    assert f"#{order['order_number']}" in dora.ask("/orders closed").text
    assert "Nothing is uncertain" in dora.ask("/pending").text
