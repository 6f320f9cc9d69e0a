"""The bot's calls and Telegram's refusals, without a socket."""

from typing import Any

import pytest

from .conftest import ALICE, BOB, GROUP, Scene, refused

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
KEYBOARD = {"inline_keyboard": [[{"text": "Confirm", "callback_data": "c"}]]}


@pytest.fixture
def started(scene: Scene) -> Scene:
    """Alice has written to the bot."""
    scene.write(ALICE, ALICE, "/start")
    return scene


def test_a_message_comes_back_as_telegram_has_it(started: Scene) -> None:
    sent = started.call("sendMessage", chat_id=ALICE, text="<b>Hi</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    assert sent["text"] == "Hi"
    assert sent["entities"] == ({"offset": 0, "length": 2, "type": "bold"},)
    assert sent["reply_markup"] == KEYBOARD
    assert sent["from"]["is_bot"] is True
    assert sent["date"] == started.clock.now()


def test_replies_quote_the_message(started: Scene) -> None:
    sent = started.call("sendMessage", chat_id=ALICE, text="x", reply_parameters='{"message_id": 1}')
    assert sent["reply_to_message"]["text"] == "/start"


def test_reply_to_nothing_is_refused_unless_allowed(started: Scene) -> None:
    missing = {"message_id": 99}
    refusal = refused(started, "sendMessage", chat_id=ALICE, text="x", reply_parameters=missing)
    assert refusal == "400 Bad Request: message to be replied not found"
    lenient = missing | {"allow_sending_without_reply": True}
    sent = started.call("sendMessage", chat_id=ALICE, text="x", reply_parameters=lenient)
    assert "reply_to_message" not in sent


def test_same_content_again_is_not_modified(started: Scene) -> None:
    sent = started.call("sendMessage", chat_id=ALICE, text="x", reply_markup=KEYBOARD)
    place = {"chat_id": ALICE, "message_id": sent["message_id"]}
    assert refused(started, "editMessageText", **place, text="x", reply_markup=KEYBOARD) == f"400 {NOT_MODIFIED}"
    assert refused(started, "editMessageReplyMarkup", **place, reply_markup=KEYBOARD) == f"400 {NOT_MODIFIED}"


def test_editing_text_without_keyboard_removes_it(started: Scene) -> None:
    sent = started.call("sendMessage", chat_id=ALICE, text="x", reply_markup=KEYBOARD)
    edited = started.call("editMessageText", chat_id=ALICE, message_id=sent["message_id"], text="x")
    assert "reply_markup" not in edited
    assert edited["edit_date"] == started.clock.now()


def test_only_own_messages_can_be_edited(started: Scene) -> None:
    assert refused(started, "editMessageText", chat_id=ALICE, message_id=1, text="x") == (
        "400 Bad Request: message can't be edited"
    )
    assert refused(started, "editMessageText", chat_id=ALICE, message_id=99, text="x") == (
        "400 Bad Request: message to edit not found"
    )


def test_messages_of_two_days_stay(started: Scene) -> None:
    started.clock.advance(48 * 60 * 60 + 1)
    assert refused(started, "deleteMessage", chat_id=ALICE, message_id=1) == (
        "400 Bad Request: message can't be deleted for everyone"
    )


def test_the_bot_deletes_a_persons_message_in_a_private_chat(started: Scene) -> None:
    assert started.call("deleteMessage", chat_id=ALICE, message_id=1) is True
    assert started.world.chats[ALICE].message(1) is None
    assert refused(started, "deleteMessage", chat_id=ALICE, message_id=1) == (
        "400 Bad Request: message to delete not found"
    )


def test_in_a_group_it_needs_the_right_to_delete(scene: Scene) -> None:
    message = scene.write(BOB, GROUP, "hello")
    place = {"chat_id": GROUP, "message_id": message.id}
    assert refused(scene, "deleteMessage", **place) == "400 Bad Request: message can't be deleted"
    group = scene.world.chats[GROUP]
    group.members[scene.world.bot.id] = group.standing(ALICE)
    assert scene.call("deleteMessage", **place) is True


def test_deleting_several_skips_those_that_are_gone(started: Scene) -> None:
    sent = started.call("sendMessage", chat_id=ALICE, text="x")
    assert started.call("deleteMessages", chat_id=ALICE, message_ids=[1, sent["message_id"], 77]) is True
    assert list(started.world.chats[ALICE].deleted) == [1, sent["message_id"]]


def test_strangers_and_blockers_cannot_be_written_to(scene: Scene) -> None:
    assert refused(scene, "sendMessage", chat_id=5, text="x") == "400 Bad Request: chat not found"
    assert refused(scene, "sendMessage", text="x") == "400 Bad Request: chat_id is empty"
    assert refused(scene, "sendMessage", chat_id=BOB, text="x") == (
        "403 Forbidden: bot can't initiate conversation with a user"
    )
    scene.write(BOB, BOB, "/start")
    scene.crowd.block(BOB, blocked=True)
    assert refused(scene, "sendMessage", chat_id=BOB, text="x") == "403 Forbidden: bot was blocked by the user"


def test_taps_are_answered_once_and_only_for_150_seconds(started: Scene) -> None:
    sent = started.call("sendMessage", chat_id=ALICE, text="x", reply_markup=KEYBOARD)
    query = started.crowd.tap(ALICE, ALICE, sent["message_id"], button="Confirm", data=None)
    assert started.call("answerCallbackQuery", callback_query_id=query.id, text="Done", show_alert=True) is True
    assert started.call("answerCallbackQuery", callback_query_id=query.id, text="Again") is True
    assert query.answer is not None
    assert (query.answer.text, query.answer.show_alert) == ("Done", True)
    late = started.crowd.tap(ALICE, ALICE, sent["message_id"], button="Confirm", data=None)
    started.clock.advance(150)
    assert refused(started, "answerCallbackQuery", callback_query_id=late.id) == f"400 {TOO_OLD}"
    assert refused(started, "answerCallbackQuery", callback_query_id="7") == f"400 {TOO_OLD}"


def test_an_answer_has_at_most_200_characters(started: Scene) -> None:
    assert refused(started, "answerCallbackQuery", callback_query_id="7", text="x" * 201) == (
        "400 Bad Request: MESSAGE_TOO_LONG"
    )


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        (
            {"text": "x", "callback_data": "d", "style": "pink"},
            "can't parse inline keyboard button: invalid button style specified",
        ),
        ({"text": "x"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "d"}, "can't parse inline keyboard button: Can't find field \"text\""),
    ],
)
def test_bad_buttons_are_refused(started: Scene, button: dict[str, Any], reason: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    refusal = refused(started, "sendMessage", chat_id=ALICE, text="x", reply_markup=markup)
    assert refusal == f"400 Bad Request: {reason}"


def test_every_kind_of_button_comes_back(started: Scene) -> None:
    row = [
        {"text": "a", "callback_data": "x" * 64, "style": "danger"},
        {"text": "b", "url": "https://example.com/"},
        {"text": "c", "copy_text": {"text": "copied"}},
        {"text": "d", "web_app": {"url": "https://example.com/"}},
    ]
    sent = started.call("sendMessage", chat_id=ALICE, text="x", reply_markup={"inline_keyboard": [row]})
    assert sent["reply_markup"] == {"inline_keyboard": [row]}


def test_keyboards_have_an_end(started: Scene) -> None:
    button = {"text": "x", "callback_data": "d"}
    for keyboard in ([[button] * 9], [[button] * 8] * 13):
        refusal = refused(started, "sendMessage", chat_id=ALICE, text="x", reply_markup={"inline_keyboard": keyboard})
        assert refusal == "400 Bad Request: reply markup is too long"


def test_forced_replies_are_kept_but_not_given_back(started: Scene) -> None:
    markup = {"force_reply": True, "input_field_placeholder": "Amount"}
    sent = started.call("sendMessage", chat_id=ALICE, text="How much?", reply_markup=markup)
    assert "reply_markup" not in sent
    kept = started.world.chats[ALICE].message(sent["message_id"])
    assert kept is not None
    assert kept.reply_markup == markup


def test_menus_are_seen_by_the_narrowest_scope(scene: Scene) -> None:
    menus = {
        "default": None,
        "group": {"type": "all_group_chats"},
        "admins": {"type": "all_chat_administrators"},
        "bobs": {"type": "chat_member", "chat_id": GROUP, "user_id": BOB},
    }
    for name, scope in menus.items():
        commands = [{"command": name, "description": "x"}]
        scene.call("setMyCommands", commands=commands, **({"scope": scope} if scope else {}))
    group, private = scene.world.chats[GROUP], scene.world.chats[ALICE]

    def seen(user: int, chat: Any) -> list[str]:
        return [command["command"] for command in scene.world.menus.seen_by(user, chat)]

    assert seen(ALICE, private) == ["default"]
    assert seen(ALICE, group) == ["admins"]
    assert seen(BOB, group) == ["bobs"]
    assert seen(1003, group) == ["group"]
    scene.call("deleteMyCommands", scope=menus["admins"])
    assert seen(ALICE, group) == ["group"]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"command": "Price", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "price", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"command": "price"}, "can't parse BotCommand: Can't find field \"description\""),
    ],
)
def test_bad_commands_are_refused(scene: Scene, command: dict[str, str], reason: str) -> None:
    assert refused(scene, "setMyCommands", commands=[command]) == f"400 Bad Request: {reason}"


def test_people_of_a_group_can_be_asked_for(scene: Scene) -> None:
    member = scene.call("getChatMember", chat_id=GROUP, user_id=ALICE)
    assert (member["status"], member["user"]["id"]) == ("creator", ALICE)
    assert scene.call("getChatMember", chat_id=GROUP, user_id=BOB)["status"] == "member"
    assert [admin["user"]["id"] for admin in scene.call("getChatAdministrators", chat_id=GROUP)] == [ALICE]
    assert scene.call("getChatMemberCount", chat_id=GROUP) == 5


def test_a_bot_that_left_cannot_write(scene: Scene) -> None:
    assert scene.call("leaveChat", chat_id=GROUP) is True
    assert refused(scene, "sendMessage", chat_id=GROUP, text="x") == (
        "403 Forbidden: bot is not a member of the group chat"
    )
