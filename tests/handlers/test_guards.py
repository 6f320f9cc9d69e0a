"""Who is heard, and who may: every rule, over a real socket."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import Dialogue, LinkDraft, Question
from chatbot.domain.ids import ChatId, DialogueId, PersonId
from chatbot.domain.people import Access, Role
from handlers import wire
from handlers.guards import ANSWERS_A_GROUP, ANSWERS_A_PERSON, deaf_to
from handlers.views import door
from tests.handlers.stage import ALICE, BOB, CAROL, GROUP, Stage, staged


async def test_a_member_is_heard(stage: Stage) -> None:
    await stage.write("/ping")
    assert stage.said() == ["ping for Bob"]


@pytest.mark.parametrize("how", [{"forwarded": True}, {"via_bot": 2001}, {"as_channel": True}])
async def test_what_a_person_did_not_type_themselves_is_not_heard(stage: Stage, how: dict[str, Any]) -> None:
    await stage.write("/ping one", **how)
    await stage.write("/ping two")
    assert stage.ran == ["ping two"]


async def test_an_anonymous_admin_is_not_heard(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    await stage.write("/ping one", user=ALICE, chat=GROUP, anonymous=True)
    await stage.write("/ping two", user=ALICE, chat=GROUP)
    assert stage.ran == ["ping two"]


async def test_an_edited_message_is_not_heard(stage: Stage) -> None:
    message = await stage.write("good morning")
    stage.crowd.edit(BOB, BOB, message, "/ping one")
    await stage.write("/ping two")
    assert stage.ran == ["ping two"]


def _message(**changes: object) -> wire.Message:
    base: dict[str, object] = {
        "message_id": 1,
        "date": 1,
        "chat": wire.Chat(id=5, type="private"),
        "sender": wire.User(id=5, is_bot=False),
        "text": "/ping",
    }
    return wire.Message(**(base | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"sender": None}, "no sender"),
        ({"sender": wire.User(id=9, is_bot=True)}, "a bot"),
        ({"sender_chat": wire.Chat(id=-7, type="channel")}, "a chat's voice"),
        ({"chat": wire.Chat(id=-7, type="channel")}, "a channel"),
        ({"forward_date": 1}, "forwarded"),
        ({"edit_date": 2}, "edited"),
        ({"via_bot": wire.User(id=7, is_bot=True)}, "via a bot"),
    ],
)
def test_only_a_persons_own_fresh_words_can_command(changes: dict[str, object], reason: str | None) -> None:
    assert deaf_to(_message(**changes)) == reason


async def test_a_command_for_another_bot_is_not_ours(stage: Stage) -> None:
    await stage.write("/ping@other_bot one")
    await stage.write("/PING@Andx_Practice_Bot two")
    assert stage.ran == ["ping two"]


async def test_an_old_command_still_does_what_is_safe_late(stage: Stage) -> None:
    await stage.write("/now", date=int((stage.clock.now() - timedelta(seconds=130)).timestamp()))
    await stage.write("/now")
    assert (stage.ran, stage.said()) == (["late", "now"], [])


async def test_a_stranger_is_not_let_in_by_urgency(stage: Stage) -> None:
    await stage.write("/now", user=CAROL)
    assert stage.ran == []


async def test_old_commands_are_not_carried_out_and_that_is_said_once(stage: Stage) -> None:
    long_ago = int((stage.clock.now() - timedelta(seconds=130)).timestamp())
    await stage.write("/ping one", date=long_ago)
    await stage.write("/ping two", date=long_ago)
    assert stage.ran == []
    assert stage.said() == ["I was away when you wrote. Please repeat your last message."]


async def test_a_stranger_gets_one_sentence_and_no_more(stage: Stage) -> None:
    await stage.write("/ping", user=CAROL)
    await stage.write("hello?", user=CAROL)
    await stage.write("/nonsense", user=CAROL)
    assert stage.said(CAROL) == [door.STRANGER]


async def test_a_stranger_may_use_what_needs_nothing(stage: Stage) -> None:
    await stage.write("/begin inv_x", user=CAROL)
    assert stage.ran == ["begin inv_x"]


async def test_with_open_access_everybody_is_heard_but_owns_nothing() -> None:
    async with staged(access=Access.OPEN) as stage:
        await stage.write("/ping", user=CAROL)
        await stage.write("/own", user=CAROL)
        await stage.write("/ping", user=CAROL, chat=GROUP)
        assert stage.ran == ["ping", "ping"]
        assert stage.said(CAROL)[1:] == [door.OWNER_ONLY]


async def test_with_access_for_owners_members_are_strangers() -> None:
    async with staged(access=Access.OWNERS) as stage:
        await stage.write("/ping", user=BOB)
        await stage.write("/ping", user=ALICE)
        assert stage.said(BOB) == [door.STRANGER]
        assert stage.ran == ["ping"]


async def test_owners_come_from_the_settings_and_from_the_guest_list(stage: Stage) -> None:
    await stage.write("/own", user=BOB)
    assert stage.said(BOB) == [door.OWNER_ONLY]
    stage.people.let_in(BOB, Role.OWNER)
    await stage.write("/own", user=BOB)
    await stage.write("/own", user=ALICE)
    assert stage.ran == ["own", "own"]


async def test_what_needs_an_account_leads_to_linking(stage: Stage) -> None:
    await stage.write("/account")
    stage.linked.add(BOB)
    await stage.write("/account")
    assert stage.said() == ["link first"]
    assert stage.ran == ["account"]


async def test_a_group_nobody_stands_for_hears_nothing(stage: Stage) -> None:
    await stage.write("/ping", user=CAROL, chat=GROUP)
    await stage.write("/keys", user=CAROL, chat=GROUP)
    assert stage.said(GROUP) == []
    assert stage.ran == []


async def test_a_member_speaking_in_a_group_stands_for_it(stage: Stage) -> None:
    await stage.write("/ping", user=BOB, chat=GROUP)
    await stage.write("/ping", user=CAROL, chat=GROUP)
    assert stage.said(GROUP) == ["ping for Bob", "ping for Carol"]


async def test_a_member_who_adds_the_bot_stands_for_the_group(stage: Stage) -> None:
    await add_bot(stage, by=BOB)
    assert stage.chats.vouched == {GROUP}


async def test_a_stranger_who_adds_the_bot_stands_for_nothing(stage: Stage) -> None:
    await add_bot(stage, by=CAROL)
    assert stage.chats.vouched == set()


async def test_who_asks_and_asks_in_a_group_is_answered_no_more_and_told_so_once(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    for _ in range(3):
        await stage.write("/ping", user=CAROL, chat=GROUP)
    await stage.write("/card", user=CAROL, chat=GROUP)
    for _ in range(ANSWERS_A_PERSON - 4):
        await stage.tap("Push", message=stage.last(GROUP), user=CAROL, chat=GROUP)
    stage.ran.clear()
    assert await stage.tap("Push", message=stage.last(GROUP), user=CAROL, chat=GROUP) == door.TOO_MANY
    for _ in range(3):
        await stage.write("/ping", user=CAROL, chat=GROUP)
    assert stage.ran == [] and stage.said(GROUP)[4:] == [door.TOO_MANY]
    await stage.write("/ping", user=BOB, chat=GROUP)
    await stage.write("/ping", user=CAROL)  # a stranger
    stage.clock.skipped += 61
    await stage.write("/ping", user=CAROL, chat=GROUP)
    assert stage.ran == ["ping", "ping"]


async def test_a_crowd_leaves_room_for_what_a_group_is_told_unasked_and_its_admins_manage_it(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    for user in (BOB, CAROL) * ANSWERS_A_PERSON:
        await stage.write("/ping", user=user, chat=GROUP)
    assert len(stage.ran) == ANSWERS_A_GROUP
    for _ in range(ANSWERS_A_PERSON + 1):
        await stage.write("/admin x", user=ALICE, chat=GROUP)
    assert len(stage.ran) == ANSWERS_A_GROUP + ANSWERS_A_PERSON + 1


async def test_a_secret_is_deleted_also_when_nothing_is_answered(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    for _ in range(ANSWERS_A_PERSON + 1):
        await stage.write("/ping", user=CAROL, chat=GROUP)
    await stage.write("/keys abc", user=CAROL, chat=GROUP)
    assert stage.calls("deleteMessage")


async def add_bot(stage: Stage, *, by: int) -> None:
    world = stage.chat.world
    for was, now in (("member", "left"), ("left", "member")):
        world.updates.put(
            "my_chat_member",
            {
                "chat": world.chats[GROUP].json,
                "from": world.people[by].to_json(),
                "date": world.seconds(),
                "old_chat_member": {"user": world.bot.to_json(), "status": was},
                "new_chat_member": {"user": world.bot.to_json(), "status": now},
            },
        )
    await stage.settled()


async def test_private_commands_in_a_group_lead_to_the_private_chat(stage: Stage) -> None:
    await stage.write("/account", user=BOB, chat=GROUP)
    assert stage.ran == []
    [sent] = stage.calls("sendMessage")
    assert "https://t.me/andx_practice_bot?start=account" in str(sent["reply_markup"])
    assert stage.said(GROUP) == [door.ONLY_IN_PRIVATE]


async def test_the_link_out_of_a_group_runs_the_command_in_the_private_chat(stage: Stage) -> None:
    stage.linked.add(BOB)
    await stage.write("/start account")
    await stage.write("/start ping")
    assert stage.ran == ["account", "ping"]


async def test_a_link_with_a_command_passes_the_same_guards_as_the_command(stage: Stage) -> None:
    long_ago = int((stage.clock.now() - timedelta(seconds=130)).timestamp())
    await stage.write("/start ping", user=CAROL)
    await stage.write("/start own", user=BOB)
    await stage.write("/start account", user=BOB)  # without an account
    await stage.write("/start account", user=BOB, chat=GROUP)
    await stage.write("/start ping", user=BOB, date=long_ago)
    await stage.write("/start@other_bot ping", user=BOB)
    assert stage.ran == []
    assert stage.said(CAROL) == [door.STRANGER]
    assert stage.said() == [
        door.OWNER_ONLY,
        "link first",
        "I was away when you wrote. Please repeat your last message.",
    ]
    assert stage.said(GROUP) == [door.ONLY_IN_PRIVATE]


@pytest.mark.parametrize("payload", ["inv_x", "claim_x", "nonsense", "ping now", "/ping", "now", "slow", "keys"])
async def test_a_link_with_anything_else_is_not_a_command(stage: Stage, payload: str) -> None:
    await stage.write(f"/start {payload}", user=BOB)
    assert stage.ran == []


async def test_a_command_that_no_link_may_carry_is_not_offered_as_one(stage: Stage) -> None:
    await stage.write("/now", user=BOB, chat=GROUP)
    [sent] = stage.calls("sendMessage")
    assert "https://t.me/andx_practice_bot" in str(sent["reply_markup"]) and "start=" not in str(sent["reply_markup"])


async def test_without_access_only_what_one_has_here_opens_only_what_is_ones_own(stage: Stage) -> None:
    stage.people.with_rows.add(CAROL)
    stage.linked.add(CAROL)
    for words in ("/erase", "/ping", "/own", "/account", "/now", "/keys"):
        await stage.write(words, user=CAROL)
    await stage.write("/erase", user=ALICE)
    await stage.write("/erase", user=BOB)
    assert stage.ran == ["erase", "erase", "erase"]
    assert stage.said(CAROL) == [door.STRANGER]


async def test_a_stranger_with_nothing_here_stays_one(stage: Stage) -> None:
    await stage.write("/erase", user=CAROL)
    assert stage.ran == [] and stage.said(CAROL) == [door.STRANGER]


async def test_plain_words_and_unknown_commands_in_a_group_are_met_with_silence(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    await stage.write("/nonsense", user=BOB, chat=GROUP)
    await stage.write("/ping", user=BOB, chat=GROUP)
    assert stage.said(GROUP) == ["ping for Bob"]


async def test_a_secret_typed_in_a_group_is_deleted_or_its_being_there_is_said(stage: Stage) -> None:
    stage.chats.vouched.add(ChatId(GROUP))
    message = await stage.write("/keys s3cret", user=BOB, chat=GROUP)
    assert [int(call["message_id"]) for call in stage.calls("deleteMessage")] == [message]
    assert stage.ran == []
    assert "delete it yourself" in stage.said(GROUP)[0]  # a bot without rights cannot delete there


@pytest.mark.parametrize("user", [BOB, CAROL])
async def test_a_secret_that_is_not_carried_out_does_not_stay_in_the_private_chat(stage: Stage, user: int) -> None:
    long_ago = int((stage.clock.now() - timedelta(seconds=130)).timestamp())
    message = await stage.write("/keys s3cret", user=user, date=long_ago)
    assert stage.chat.world.chats[user].message(message) is None
    assert stage.ran == []


async def test_a_mistyped_secret_command_is_deleted_too(stage: Stage) -> None:
    message = await stage.write("/kyes s3cret")
    assert stage.chat.world.chats[BOB].message(message) is None
    assert stage.ran == [] and "/keys" in stage.said()[-1]


async def test_plain_words_answer_the_open_question(stage: Stage) -> None:
    await stage.dialogues.put(_dialogue(BOB))
    await stage.write("my  Passphrase")
    assert stage.ran == ["answer d1 my  Passphrase"]


async def test_plain_words_without_a_question_get_a_hint(stage: Stage) -> None:
    await stage.write("hello")
    assert stage.said() == [
        "I only understand commands, like /buy 0.01 BTC, and a few short forms, like btc? for a price. "
        "/help shows all commands."
    ]


async def test_a_mistyped_command_gets_the_nearest_one(stage: Stage) -> None:
    await stage.write("/pingg")
    assert stage.said() == ["I do not know /pingg.\nDid you mean /ping?"]


async def test_a_question_to_somebody_else_is_not_answered_in_a_group(stage: Stage) -> None:
    await stage.dialogues.put(_dialogue(BOB))
    stage.chats.vouched.add(ChatId(GROUP))
    await stage.write("/card", user=BOB, chat=GROUP)
    await stage.write("my passphrase", user=BOB, chat=GROUP, reply_to=stage.last(GROUP))
    assert stage.ran == []


def _dialogue(person: int) -> Dialogue:
    return Dialogue(
        id=DialogueId("d1"),
        person=PersonId(person),
        chat=ChatId(person),
        message=None,
        draft=LinkDraft(venue=Venue.ANDX, asking=Question.PASSPHRASE),
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
    )
