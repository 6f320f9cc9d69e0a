"""What the page and the journeys rely on, over real sockets."""

import asyncio
from typing import Any

import httpx
import orjson
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from chatbot.demo.server import LocalChat

from .conftest import ALICE, BOB, GROUP, ControlClient


async def test_the_world_tells_who_and_what_there_is(control: ControlClient) -> None:
    world = await control.get("world")
    assert world["bot_online"] is False
    assert world["bot"]["username"] == "andx_practice_bot"
    assert [person["username"] for person in world["people"]] == ["alice", "bob", "carol", "helper_bot"]
    titles = [chat["title"] for chat in world["chats"]]
    assert titles == ["Practice Bot"] * 3 + ["Trading Corner", "Market Talk", "Corner News"]
    group, forum, channel = world["chats"][3:]
    assert {"id": ALICE, "status": "creator", "rights": []} in group["members"]
    assert [topic["name"] for topic in forum["topics"]] == ["General", "Alerts", "Charts"]
    assert (channel["type"], channel["username"], channel["topics"]) == ("channel", "corner_news", [])
    assert (group["type"], group["shown"], group["upgraded_to"]) == ("group", True, None)


async def test_a_chat_shows_messages_with_html(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "/start <b>")
    await bot.send_message(ALICE, "<b>hi</b> & bye", parse_mode=None)
    messages = (await control.get(f"chat/{ALICE}"))["messages"]
    assert [message["html"] for message in messages] == [
        '<a class="command" data-command="/start">/start</a> &lt;b&gt;',
        "&lt;b&gt;hi&lt;/b&gt; &amp; bye",
    ]
    newer = await control.get(f"chat/{ALICE}", after=messages[0]["revision"])
    assert [message["message_id"] for message in newer["messages"]] == [2]


async def test_waiting_returns_what_changed(bot: Bot, control: ControlClient) -> None:
    first = await control.says(ALICE, "/start")
    waiting = asyncio.ensure_future(control.get("wait", chat=ALICE, after_revision=first["revision"], timeout=5))
    await control.says(BOB, "elsewhere")
    sent = await bot.send_message(ALICE, "one")
    found = await waiting
    assert [message["text"] for message in found["messages"]] == ["one"]
    await bot.delete_message(ALICE, sent.message_id)
    after = await control.get("wait", chat=ALICE, after_revision=found["revision"], timeout=5)
    assert (after["messages"], after["deleted"]) == ([], [sent.message_id])
    assert (await control.get(f"chat/{ALICE}/deleted")) == {"deleted": [sent.message_id]}


async def test_waiting_for_nothing_ends_empty(control: ControlClient) -> None:
    revision = (await control.get("world"))["revision"]
    found = await control.get("wait", chat=ALICE, after_revision=revision, timeout=0.02)
    assert found == {"revision": revision, "messages": [], "deleted": []}


async def test_a_tap_waits_for_the_bots_answer(bot: Bot, control: ControlClient) -> None:
    button = InlineKeyboardButton("Refresh", callback_data="r")
    sent = await bot.send_message(GROUP, "x", reply_markup=InlineKeyboardMarkup.from_button(button))
    query = (await control.post("tap", user=BOB, chat=GROUP, message=sent.message_id, button="refresh"))["query"]
    assert (await control.get(f"query/{query}"))["answered"] is False
    waiting = asyncio.ensure_future(control.get(f"query/{query}", wait=5))
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    await update.callback_query.answer("Fresh", show_alert=True)
    answer = {"query": query, "answered": True, "text": "Fresh", "show_alert": True, "url": None}
    assert await waiting == answer


async def test_calls_are_logged_in_order(bot: Bot, control: ControlClient) -> None:
    last = (await control.get("calls"))["last"]
    await bot.send_message(GROUP, "one")
    await bot.get_chat(GROUP)
    await bot.send_message(GROUP, "two")
    log = await control.get("calls", since=last, method="sendMessage")
    assert [call["parameters"]["text"] for call in log["calls"]] == ["one", "two"]
    assert [call["sequence"] - last for call in log["calls"]] == [1, 3]
    assert {call["status"] for call in log["calls"]} == {200}


async def test_nonsense_is_answered_with_a_sentence(control: ControlClient) -> None:
    wishes: list[tuple[str, dict[str, Any], str]] = [
        ("send", {"user": 9, "chat": ALICE, "text": "x"}, "no such chat or person"),
        ("send", {"user": BOB, "chat": ALICE, "text": "x"}, "Bob is not in this chat"),
        ("send", {"user": ALICE, "chat": ALICE}, "'text' is missing"),
        ("send", {"user": ALICE, "chat": ALICE, "text": " "}, "Bad Request: text must be non-empty"),
        ("tap", {"user": ALICE, "chat": ALICE, "message": 5, "button": "x"}, "there is no message 5 in this chat"),
        ("faults", {"method": "getMe", "kind": "fire"}, "'fire' is not a valid FaultKind"),
    ]
    for name, body, sentence in wishes:
        response = await control.http.post(f"/control/{name}", json=body)
        assert (response.status_code, response.json()) == (400, {"error": sentence})


async def test_a_new_person_can_come_and_write(control: ControlClient) -> None:
    await control.post("person", id=5001, first_name="Dora", username="dora")
    assert (await control.says(5001, "/start"))["from"]["username"] == "dora"


class Stream:
    """The page's event stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> dict[str, Any]:
        async for line in self._lines:
            if line.startswith("data: "):
                event: dict[str, Any] = orjson.loads(line.removeprefix("data: "))
                return event
        raise AssertionError("the stream ended")


async def test_events_tell_everything_in_order(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "/start")
    after = (await control.get("world"))["revision"]
    async with control.http.stream("GET", "/control/events", params={"after": after}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        stream = Stream(response)
        await bot.send_chat_action(ALICE, "typing")
        button = InlineKeyboardButton("B", callback_data="b")
        sent = await bot.send_message(ALICE, "one", reply_markup=InlineKeyboardMarkup.from_button(button))
        query = (await control.post("tap", user=ALICE, chat=ALICE, message=sent.message_id, button="B"))["query"]
        await bot.answer_callback_query(query, "ok")
        await bot.edit_message_text("two", ALICE, sent.message_id)
        await bot.delete_message(ALICE, sent.message_id)
        events = [await stream.next() for _ in range(5)]
    assert [event["kind"] for event in events] == ["action", "message", "answer", "edit", "delete"]
    assert [event["revision"] for event in events] == list(range(after + 1, after + 6))
    assert {event["chat"] for event in events} == {ALICE}
    assert events[1]["message"]["html"] == "one"
    assert (events[2]["query"], events[2]["user"], events[2]["text"]) == (query, ALICE, "ok")
    assert events[4]["message_id"] == sent.message_id


async def test_a_reconnecting_page_misses_nothing(control: ControlClient) -> None:
    first = await control.says(ALICE, "one")
    await control.says(ALICE, "two")
    headers = {"last-event-id": str(first["revision"])}
    async with control.http.stream("GET", "/control/events", headers=headers) as response:
        event = await Stream(response).next()
    assert event["message"]["text"] == "two"


async def test_a_page_that_was_away_too_long_is_told(control: ControlClient, chat: LocalChat) -> None:
    for _ in range(5001):
        chat.world.journal.record("action", chat=ALICE)
    async with control.http.stream("GET", "/control/events", params={"after": 0}) as response:
        event = await Stream(response).next()
    assert event == {"revision": chat.world.journal.revision, "kind": "world", "missed": True}


async def test_the_page_is_served_fresh(control: ControlClient) -> None:
    index = await control.http.get("/")
    assert (index.status_code, index.headers["cache-control"]) == (200, "no-store")
    assert "text/html" in index.headers["content-type"]
    for path in ("/page/nothing.js", "/page/..%2fserver.py", "/page/%2e%2e/server.py"):
        assert (await control.http.get(path)).status_code == 404
    assert (await control.http.get("/healthz")).text == "ok"


async def test_a_page_from_elsewhere_can_neither_speak_nor_tap(chat: LocalChat, http: httpx.AsyncClient) -> None:
    said = {"user": ALICE, "chat": ALICE, "text": "/start"}
    foreign = await http.post("/control/send", json=said, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await http.post("/control/send", json=said, headers={"Origin": chat.url})).status_code == 200
