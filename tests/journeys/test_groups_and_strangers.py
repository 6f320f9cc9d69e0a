"""What must not command, and what groups and strangers get to see."""

import time
from typing import Any

import pytest

from tests.harness import Persona, Stack
from tests.harness.exchange import BALANCE
from tests.harness.stack import GROUP

HELPER_BOT = 2001


@pytest.fixture(scope="module")
def linked() -> list[Persona]:
    """Bob and Dora, once they linked accounts."""
    return []


@pytest.fixture
def both(stack: Stack, linked: list[Persona]) -> list[Persona]:
    """Of them all that the bot says and reads by itself once an account is linked was said and read."""
    if not linked:
        linked += [stack.persona(1002, "Bob"), stack.person("Dora")]
        for persona in linked:
            stack.link(persona)
            persona.wait_for("An account was linked to you here.")
        for persona in linked:  # at linking, and to begin to follow it
            stack.exchange.wait_for_request(BALANCE, since=0, count=2, by=persona)
    return linked


@pytest.fixture
def bob(stack: Stack, both: list[Persona]) -> Persona:
    """An admin of the group, so that he is answered however often he asks, with an account of his own."""
    stack.chat.post("promote", chat=GROUP, user=both[0].id, status="administrator")
    return both[0]


@pytest.fixture
def dora(both: list[Persona]) -> Persona:
    """Somebody with a practice account."""
    return both[1]


@pytest.mark.parametrize(
    "circumstances",
    [{"forwarded": True}, {"via_bot": HELPER_BOT}, {"as_channel": True}],
    ids=lambda given: next(iter(given)),
)
def test_a_message_somebody_else_wrote_commands_nothing(
    stack: Stack, dora: Persona, circumstances: dict[str, Any]
) -> None:
    mark = stack.exchange.mark
    said = dora.say("/buy 0.01 BTC", **circumstances)
    proof = dora.ask("/help")
    assert [reply.id for reply in dora.replies(after=said)] == [proof.id]
    assert not stack.exchange.requests(BALANCE, since=mark, by=dora)


def test_an_edited_message_commands_nothing(dora: Persona) -> None:
    said = dora.say("hello")
    dora.wait_for("only understand commands")
    dora.edit(said, "/buy 0.01 BTC")
    proof = dora.ask("/help")
    assert [reply.id for reply in dora.replies(after=said)][1:] == [proof.id]


def test_an_old_message_is_not_carried_out_but_answered(dora: Persona) -> None:
    dora.say("/buy 0.01 BTC", date=int(time.time()) - 300)
    assert "I was away" in dora.wait_for("repeat").text
    assert not any("Confirm" in reply.buttons for reply in dora.replies())


def test_an_anonymous_admin_commands_nothing(stack: Stack) -> None:
    alice = stack.owner
    said = alice.say("/price BTC", chat=GROUP, anonymous=True)
    proof = alice.ask("/price ETH", chat=GROUP)
    assert [reply.id for reply in alice.replies(chat=GROUP, after=said)] == [proof.id]


@pytest.mark.parametrize("command", ["/price BTC", "/book BTC", "/markets", "/help"])
def test_public_commands_answer_in_the_group(bob: Persona, command: str) -> None:
    said = bob.say(command, chat=GROUP)
    answer = bob.wait_for(lambda message: message.id > said.id, chat=GROUP)
    assert answer.reply_to == said.id and "private" not in answer.text


@pytest.mark.parametrize("command", ["/balance", "/buy 0.01 BTC", "/orders", "/accounts", "/people", "/pending"])
def test_private_commands_in_the_group_answer_with_one_button_and_leak_nothing(
    stack: Stack, bob: Persona, command: str
) -> None:
    mark = stack.exchange.mark
    answer = bob.ask(command, chat=GROUP)
    assert answer.text == "That works only in our private chat."
    assert answer.buttons == ("Open the private chat",) and "t.me" in answer.data("Open")
    assert not stack.exchange.requests(since=mark, by=bob)


def test_secrets_typed_in_the_group_are_deleted_if_the_bot_may(stack: Stack, bob: Persona) -> None:
    stack.chat.post("promote", chat=GROUP, user=stack.chat.bot_id, status="administrator")
    try:
        said = bob.say("/link bob@example.org group-passphrase group-key group-secret", chat=GROUP)
        bob.wait_for("only in our private chat", chat=GROUP)
    finally:
        stack.chat.post("promote", chat=GROUP, user=stack.chat.bot_id, status="member")
    assert said.id in stack.chat.deleted(GROUP)


def test_secrets_typed_in_the_group_that_stay_are_warned_of(bob: Persona) -> None:
    answer = bob.ask("/link bob@example.org group-passphrase group-key group-secret", chat=GROUP)
    assert "could not delete your message" in answer.text and "group-" not in answer.text


def test_words_that_are_no_command_are_left_alone_in_the_group(bob: Persona) -> None:
    said = bob.say("/nosuchthing", chat=GROUP)
    bob.say("hello there", chat=GROUP)
    proof = bob.ask("/price BTC", chat=GROUP)
    assert [reply.id for reply in bob.replies(chat=GROUP, after=said)] == [proof.id]


UNREADABLE: list[dict[str, Any]] = [
    {"message": "nonsense"},
    {"message": {"message_id": "x", "date": None, "chat": 5}},
    {"callback_query": {"id": 7}},
    {"something_new": {"a": [1, 2, {"b": None}]}},
]


def test_updates_that_cannot_be_parsed_hurt_nobody(stack: Stack, dora: Persona) -> None:
    for update in UNREADABLE:
        stack.chat.post("raw_update", **update)
        assert "BTC/USDT" in dora.ask("/price BTC").text
    stack.bot.stop()
    stack.bot.start()
    assert "BTC/USDT" in dora.ask("/price BTC").text
