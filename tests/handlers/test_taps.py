"""Taps: whose they are, what they do, and that each is answered."""

import random

import pytest

from chatbot.demo.crowd import Writing
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import ChatId
from handlers.buttons import pack
from handlers.views import door
from tests.handlers.stage import ALICE, BOB, CAROL, GROUP, Push, Stage, until


async def test_a_tap_reaches_its_handler_and_redraws_the_card(stage: Stage) -> None:
    await stage.write("/card")
    card = stage.last()
    assert await stage.tap("Push", message=card) is None
    assert stage.ran == [f"push 1 by {BOB} in {BOB} on {card}"]
    assert stage.said() == ["pushed"]


async def test_every_tap_is_answered_even_if_redrawing_changes_nothing(stage: Stage) -> None:
    await stage.write("/card")
    for _ in range(3):
        await stage.tap(message=stage.last(), data=pack(Push(number=1)))
    assert stage.said() == ["pushed"]
    assert len(stage.calls("answerCallbackQuery")) == 3


async def test_a_card_that_is_gone_is_sent_anew(stage: Stage) -> None:
    await stage.write("/card")
    card = stage.last()
    world = stage.chat.world
    world.delete(world.chats[BOB], world.chats[BOB].message(card))  # type: ignore[arg-type]
    await stage.tap(message=card, data=pack(Push(number=1)))
    assert stage.said() == ["pushed"]


async def test_an_error_is_told_in_the_answer_while_that_is_open(stage: Stage) -> None:
    await stage.write("/card")
    assert await stage.tap("Talk", message=stage.last()) == "sorry: NotLinked"


async def test_a_fault_of_ours_is_an_apology_with_a_number_and_nothing_else(stage: Stage) -> None:
    stage.error = RuntimeError("the secret detail")
    await stage.write("/fail")
    await stage.write("/card")
    answer = await stage.tap("Talk", message=stage.last())
    for words in (stage.said()[0], answer or ""):
        assert "ABCDEF" in words
        assert "secret detail" not in words


async def test_errors_after_a_command_are_told_in_a_message(stage: Stage) -> None:
    stage.error = NotLinked()
    await stage.write("/fail")
    assert stage.said() == ["sorry: NotLinked"]


async def test_a_button_nobody_handles_any_more_gets_a_kind_answer(stage: Stage) -> None:
    await stage.write("/card")
    assert await stage.tap("Gone", message=stage.last()) == door.DEAD_BUTTON


async def test_forged_payloads_do_nothing(stage: Stage) -> None:
    await stage.write("/card")
    chance = random.Random(3)
    forged = ["", ":", "spush", "spush:x", "spush:1:2", "spush:01", "spush:1 OR 1=1", "stalk:", "x" * 64]
    forged += ["".join(chr(chance.randrange(33, 0x300)) for _ in range(chance.randrange(1, 30))) for _ in range(20)]
    for data in forged:
        assert await stage.tap(message=stage.last(), data=data) == door.DEAD_BUTTON
    assert stage.ran == []


async def test_data_that_no_button_of_the_message_has_do_nothing(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    for chat in (BOB, GROUP):
        await stage.write("/ping", chat=chat)
        words = stage.said(chat)
        forged = await stage.tap(message=stage.last(chat), chat=chat, data=pack(Push(number=1)))
        assert forged == door.OTHER_BUTTONS and stage.said(chat) == words
    assert stage.ran == ["ping", "ping"]


async def test_in_a_group_a_message_that_is_gone_takes_no_tap(stage: Stage) -> None:
    await stage.write("/card", chat=GROUP)
    card, world = stage.last(GROUP), stage.chat.world
    world.delete(world.chats[GROUP], world.chats[GROUP].message(card))  # type: ignore[arg-type]
    assert await stage.tap(message=card, chat=GROUP, data=pack(Push(number=1))) == door.DEAD_BUTTON
    assert stage.ran == []


async def test_a_stranger_taps_in_vain(stage: Stage) -> None:
    await stage.write("/begin", user=CAROL)
    assert await stage.tap(message=stage.last(CAROL), user=CAROL, data=pack(Push(number=1))) == door.STRANGER
    assert stage.ran == ["begin"]


async def test_a_private_button_does_not_work_in_a_group(stage: Stage) -> None:
    await stage.write("/card", user=ALICE, chat=GROUP)
    card = stage.last(GROUP)
    assert await stage.tap("Private", message=card, user=ALICE, chat=GROUP) == door.ONLY_IN_PRIVATE
    assert stage.ran == []


async def test_in_a_group_the_handler_is_told_who_tapped(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    await stage.write("/card", user=ALICE, chat=GROUP)
    card = stage.last(GROUP)
    await stage.tap("Push", message=card, user=CAROL, chat=GROUP)
    assert stage.ran == [f"push 1 by {CAROL} in {GROUP} on {card}"]


async def test_a_tap_too_old_to_be_answered_is_still_carried_out(stage: Stage) -> None:
    await stage.write("/card")
    card = stage.last()
    query = stage.crowd.tap(BOB, BOB, card, button="Push", data=None)
    query.expires_at = 0.0
    await until(lambda: stage.said() == ["pushed"])
    assert not query.answered.is_set()


async def test_who_waits_is_told_why_and_only_then(stage: Stage) -> None:
    await stage.write("/ping")
    stage.crowd.write(BOB, BOB, Writing(text="/slow one"))
    await until(lambda: len(stage.said()) == 2)
    stage.go_on.set()
    await stage.settled()
    assert stage.said() == ["ping for Bob", "you have to wait"]
    assert len(stage.calls("sendChatAction")) == 1


@pytest.mark.parametrize("reading", ["private", "group"])
async def test_replies_quote_only_in_groups(stage: Stage, reading: str) -> None:
    await stage.write("/ping", user=BOB, chat=GROUP if reading == "group" else BOB)
    assert ("reply_parameters" in stage.calls("sendMessage")[0]) is (reading == "group")
