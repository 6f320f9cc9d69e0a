"""The Bot API over real sockets, mostly through python-telegram-bot's own client."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
import telegram
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyParameters,
)
from telegram.constants import ParseMode

from chatbot.demo.server import LocalChat
from tests.fakes.pictures import png

from .conftest import ALICE, BOB, CHANNEL, FORUM, GROUP, ControlClient


async def test_the_library_reads_back_what_it_sent(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "/start")
    buttons = [
        InlineKeyboardButton("Confirm", callback_data="c", api_kwargs={"style": "success"}),
        InlineKeyboardButton("Copy", copy_text=CopyTextButton("0.01")),
    ]
    message = await bot.send_message(
        ALICE,
        "😀 <b>bold</b> <code>1.5</code>",
        parse_mode=ParseMode.HTML,
        reply_markup=InlineKeyboardMarkup([buttons]),
        reply_parameters=ReplyParameters(1),
        protect_content=True,
        disable_notification=True,
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
    )
    assert message.text == "😀 bold 1.5"
    assert list(message.parse_entities().values()) == ["bold", "1.5"]
    assert message.reply_to_message is not None and message.reply_to_message.text == "/start"
    assert message.reply_markup is not None
    assert message.reply_markup.inline_keyboard[0][0].style == "success"
    assert message.has_protected_content
    edited = await bot.edit_message_text("new", ALICE, message.message_id)
    assert isinstance(edited, telegram.Message)
    assert (edited.text, edited.reply_markup, edited.edit_date is not None) == ("new", None, True)
    assert await bot.delete_message(ALICE, message.message_id)


async def test_the_library_parses_every_update(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "/start hello https://example.com", forwarded=True, via_bot=2001)
    await control.post("edit", user=ALICE, chat=ALICE, message=1, text="edited")
    button = InlineKeyboardButton("B", callback_data="d")
    await bot.send_message(GROUP, "x", reply_markup=InlineKeyboardMarkup.from_button(button))
    await control.post("tap", user=BOB, chat=GROUP, message=2, button="B")
    await control.post("tap", user=BOB, chat=GROUP, message=99, data="forged")
    await control.says(ALICE, "/price", chat=GROUP, anonymous=True)
    await control.says(BOB, "/price@andx_practice_bot", chat=GROUP, reply_to=2, as_channel=True)
    await control.post("block", user=ALICE, blocked=True)
    await control.post("promote", chat=GROUP, user=7000000001)
    await control.post("upgrade", chat=GROUP)
    await control.post("kick", chat=-1000000004001)
    await control.post("add", chat=-1000000004001, by=BOB)
    updates = await bot.get_updates(allowed_updates=telegram.Update.ALL_TYPES)
    kinds = [next(name for name in telegram.Update.ALL_TYPES if getattr(update, name)) for update in updates]
    assert kinds == [
        "message",
        "edited_message",
        "callback_query",
        "callback_query",
        "message",
        "message",
        "my_chat_member",
        "my_chat_member",
        "message",
        "message",
        "my_chat_member",
        "my_chat_member",
        "message",
    ]
    assert all(not update.api_kwargs for update in updates)
    first, tap, stale = updates[0].message, updates[2].callback_query, updates[3].callback_query
    assert first is not None and list(first.parse_entities().values()) == ["/start", "https://example.com"]
    assert tap is not None and tap.message is not None and tap.message.is_accessible
    assert stale is not None and stale.message is not None and not stale.message.is_accessible


async def test_the_library_reads_chats_members_and_menus(bot: Bot, control: ControlClient) -> None:
    assert (await bot.get_me()).username == "andx_practice_bot"
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.delete_webhook()
    assert (await bot.get_chat(GROUP)).title == "Trading Corner"
    assert [admin.user.id for admin in await bot.get_chat_administrators(GROUP)] == [ALICE]
    assert (await bot.get_chat_member(GROUP, BOB)).status == "member"
    assert await bot.get_chat_member_count(GROUP) == 5
    scope = BotCommandScopeAllGroupChats()
    assert await bot.set_my_commands([BotCommand("price", "Prices")], scope=scope)
    assert await bot.get_my_commands(scope=scope) == (BotCommand("price", "Prices"),)
    assert (await control.get("world"))["commands"][str(GROUP)][str(BOB)] == [
        {"command": "price", "description": "Prices"}
    ]
    assert await bot.set_my_description("What it does") and await bot.set_my_short_description("Short")
    assert await bot.set_chat_menu_button()
    assert (await bot.get_chat_menu_button()).type == "default"


async def test_the_library_reads_forums_channels_and_rights(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "Good morning", chat=CHANNEL)
    await control.says(BOB, "/price", chat=FORUM, thread=2)
    await control.post("promote", chat=FORUM, user=BOB, rights=["can_pin_messages"])
    await control.post("restrict", chat=FORUM, allowed=["can_send_messages"])
    await control.post("rename", chat=FORUM, title="Market Hall")
    topic = (await control.post("topic", chat=FORUM, name="News"))["topic"]
    await control.post("topic/close", chat=FORUM, topic=topic)
    updates = await bot.get_updates(allowed_updates=telegram.Update.ALL_TYPES)
    assert all(not update.api_kwargs for update in updates)
    kinds = [next(name for name in telegram.Update.ALL_TYPES if getattr(update, name)) for update in updates]
    assert kinds == ["channel_post", "message", "my_chat_member", "message", "message", "message"]
    post, asked = updates[0].channel_post, updates[1].message
    assert post is not None and post.from_user is None
    assert asked is not None and asked.is_topic_message
    assert isinstance(await bot.get_chat_member(FORUM, BOB), telegram.ChatMemberAdministrator)
    assert isinstance(await bot.get_chat_member(FORUM, bot.id), telegram.ChatMemberRestricted)
    sent = await bot.send_photo("@corner_news", png(), caption="x")
    assert await bot.pin_chat_message(CHANNEL, sent.message_id, disable_notification=True)
    pinned = (await bot.get_chat(CHANNEL)).pinned_message
    assert pinned is not None and pinned.caption == "x"
    assert [message["message_id"] for message in (await control.get(f"chat/{CHANNEL}/pins"))["pins"]] == [
        sent.message_id
    ]
    changed = await bot.edit_message_media(InputMediaPhoto(png(60, 40)), CHANNEL, sent.message_id)
    assert isinstance(changed, telegram.Message) and changed.photo[0].width == 60
    assert await bot.unpin_chat_message(CHANNEL)


async def test_refusals_become_the_librarys_errors(bot: Bot, control: ControlClient, chat: LocalChat) -> None:
    with pytest.raises(telegram.error.Forbidden, match="can't initiate"):
        await bot.send_message(BOB, "x")
    with pytest.raises(telegram.error.BadRequest, match="Chat not found"):
        await bot.send_message(4, "x")
    await control.post("upgrade", chat=GROUP)
    with pytest.raises(telegram.error.ChatMigrated) as caught:
        await bot.send_message(GROUP, "x")
    assert caught.value.new_chat_id == -1000000004001


async def online(chat: LocalChat) -> None:
    """Until a poll has arrived."""
    while not chat.world.bot_online:
        await chat.world.journal.wait(chat.world.journal.revision, 5)


async def test_a_long_poll_returns_when_somebody_writes(bot: Bot, control: ControlClient, chat: LocalChat) -> None:
    poll = asyncio.ensure_future(bot.get_updates(timeout=5))
    await online(chat)
    await control.says(ALICE, "/price")
    (update,) = await poll
    assert update.message is not None and update.message.text == "/price"


async def test_a_poll_that_hangs_up_is_forgotten(chat: LocalChat, control: ControlClient) -> None:
    async with httpx.AsyncClient() as other:
        with pytest.raises(httpx.ReadTimeout):
            await other.get(f"{chat.url}/bot{chat.token}/getUpdates?timeout=50", timeout=0.1)
    await control.says(ALICE, "/price")
    answer = await control.http.get(f"/bot{chat.token}/getUpdates?timeout=1")
    assert len(answer.json()["result"]) == 1


async def test_a_second_poller_ends_the_first(chat: LocalChat, http: httpx.AsyncClient, control: ControlClient) -> None:
    older = asyncio.ensure_future(http.get(f"/bot{chat.token}/getUpdates?timeout=5"))
    await online(chat)
    await http.get(f"/bot{chat.token}/getUpdates")
    refused = await older
    assert refused.status_code == 409
    assert refused.json()["description"].startswith("Conflict: terminated by other getUpdates request")


FORMS: list[dict[str, Any]] = [
    {"params": {"chat_id": ALICE, "text": "é <b>x</b>", "parse_mode": "HTML"}},
    {"data": {"chat_id": ALICE, "text": "é <b>x</b>", "parse_mode": "HTML"}},
    {"json": {"chat_id": ALICE, "text": "é <b>x</b>", "parse_mode": "HTML"}},
    {"files": {"chat_id": (None, str(ALICE)), "text": (None, "é <b>x</b>"), "parse_mode": (None, "HTML")}},
]


@pytest.mark.parametrize("form", FORMS, ids=["query", "form", "json", "multipart"])
async def test_every_way_to_bring_parameters_works(
    form: dict[str, Any], chat: LocalChat, http: httpx.AsyncClient, control: ControlClient
) -> None:
    await control.says(ALICE, "/start")
    method = "GET" if "params" in form else "POST"
    answer = (await http.request(method, f"/bot{chat.token}/SENDmessage", **form)).json()
    assert answer["ok"] is True
    assert answer["result"]["text"] == "é x"


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123:wrong/getMe", 401, "Unauthorized"),
        ("/bot{token}/sendTelepathy", 404, "Not Found"),
    ],
)
async def test_unknown_tokens_and_methods_are_refused(
    path: str, status: int, description: str, chat: LocalChat, http: httpx.AsyncClient
) -> None:
    answer = await http.get(path.format(token=chat.token))
    assert answer.status_code == status
    assert answer.json() == {"ok": False, "error_code": status, "description": description}


async def test_a_body_that_is_no_json_is_refused(chat: LocalChat, http: httpx.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    answer = await http.post(f"/bot{chat.token}/sendMessage", content=b"{", headers=headers)
    assert answer.status_code == 400


async def test_forced_replies_reach_the_page(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "/start")
    await bot.send_message(ALICE, "How much?", reply_markup=ForceReply(input_field_placeholder="0.01"))
    shown = (await control.get(f"chat/{ALICE}"))["messages"][-1]
    assert shown["reply_markup"] == {"force_reply": True, "input_field_placeholder": "0.01"}


class TestFaults:
    @pytest.fixture(autouse=True)
    async def started(self, control: ControlClient) -> None:
        await control.says(ALICE, "/start")

    async def texts(self, control: ControlClient) -> list[str]:
        return [message["text"] for message in (await control.get(f"chat/{ALICE}"))["messages"]]

    @pytest.mark.parametrize("kind", ["drop_before", "reset"])
    async def test_dropped_before_nothing_was_done(self, kind: str, bot: Bot, control: ControlClient) -> None:
        await control.post("faults", method="sendMessage", kind=kind, times=1)
        with pytest.raises(telegram.error.NetworkError):
            await bot.send_message(ALICE, "lost")
        await bot.send_message(ALICE, "kept")
        assert await self.texts(control) == ["/start", "kept"]

    async def test_dropped_after_it_was_done(self, bot: Bot, control: ControlClient) -> None:
        await control.post("faults", method="sendMessage", kind="drop_after")
        with pytest.raises(telegram.error.NetworkError):
            await bot.send_message(ALICE, "done")
        assert await self.texts(control) == ["/start", "done"]

    async def test_a_bad_gateway_speaks_html(
        self, chat: LocalChat, http: httpx.AsyncClient, control: ControlClient
    ) -> None:
        await control.post("faults", method="*", kind="html_502")
        answer = await http.get(f"/bot{chat.token}/getMe")
        assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")

    async def test_too_many_requests_say_how_long_to_wait(self, bot: Bot, control: ControlClient) -> None:
        await control.post("faults", method="sendMessage", kind="429", seconds=7, chat=ALICE)
        with pytest.raises(telegram.error.RetryAfter) as caught:
            await bot.send_message(ALICE, "x")
        assert caught.value.retry_after == timedelta(seconds=7)

    async def test_delays_delay_and_cleared_faults_are_gone(self, bot: Bot, control: ControlClient) -> None:
        await control.post("faults", method="sendMessage", kind="delay", seconds=0.1, times=5)
        loop = asyncio.get_running_loop()
        before = loop.time()
        await bot.send_message(ALICE, "x")
        assert loop.time() - before >= 0.1
        await control.http.delete("/control/faults")
        before = loop.time()
        await bot.send_message(ALICE, "y")
        assert loop.time() - before < 0.1

    async def test_limits_on_a_switch(self, bot: Bot, control: ControlClient) -> None:
        await control.post("limits", enabled=True)
        for number in range(3):
            await bot.send_message(ALICE, str(number))
        with pytest.raises(telegram.error.RetryAfter):
            await bot.send_message(ALICE, "one too many")
        await control.post("limits", enabled=False)
        await bot.send_message(ALICE, "again")


async def test_an_unparsable_update_can_be_put_in_the_queue(control: ControlClient, chat: LocalChat) -> None:
    await control.post("raw_update", message={"message_id": "x"})
    answer = await control.http.get(f"/bot{chat.token}/getUpdates")
    assert answer.json()["result"][0]["message"] == {"message_id": "x"}
