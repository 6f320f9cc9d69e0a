"""What admins do to chats through the control endpoint, and as a journey does it."""

import asyncio

from chatbot.demo.server import LocalChat
from tests.harness.chat import Chat

from .conftest import ALICE, BOB, CAROL, CHANNEL, FORUM, GROUP, ControlClient

BOT = 7000000001


async def test_only_admins_manage_a_chat_and_members_add_people(control: ControlClient) -> None:
    complaints = [
        ("kick", {"chat": GROUP, "by": BOB}, "Bob is not an admin of this chat"),
        ("rename", {"chat": GROUP, "by": BOB, "title": "x"}, "Bob is not an admin of this chat"),
        ("rename", {"chat": GROUP, "title": " "}, "a chat needs a title"),
        ("promote", {"chat": GROUP, "user": BOB, "status": "creator"}, "people are promoted to administrator, or back"),
        ("promote", {"chat": GROUP, "user": BOB, "rights": ["fly"]}, "not known here: fly"),
        ("restrict", {"chat": GROUP, "allowed": []}, "single members are restricted in supergroups only"),
        ("forum", {"chat": GROUP, "enabled": True}, "only supergroups have topics"),
        ("topic", {"chat": GROUP, "name": "x"}, "this chat has no topics"),
        ("topic/delete", {"chat": FORUM, "topic": 1}, "the general topic stays"),
        ("topic/close", {"chat": FORUM, "topic": 99}, "there is no topic 99 in this chat"),
        ("upgrade", {"chat": CHANNEL}, "only groups become supergroups"),
        ("add", {"chat": CHANNEL, "by": BOB}, "Bob may not add people here"),
        ("pin", {"user": BOB, "chat": FORUM, "message": 1}, "Bob may not pin messages here"),
        ("rename", {"chat": ALICE, "title": "x"}, f"{ALICE} is not a group that people use"),
    ]
    for act, body, complaint in complaints:
        response = await control.http.post(f"/control/{act}", json=body)
        assert response.status_code == 400, act
        assert response.json()["error"].startswith(complaint), act
    await control.post("leave", chat=GROUP, user=CAROL)
    await control.post("add", chat=GROUP, user=CAROL, by=BOB)
    assert [message["html"] for message in (await control.get(f"chat/{GROUP}"))["messages"]] == [
        "Carol left",
        "Bob added Carol",
    ]


async def test_a_journey_manages_chats(chat: LocalChat) -> None:
    hands = Chat(chat.url, token=chat.token)
    await asyncio.to_thread(_manage, hands)
    hands.close()


def _manage(chat: Chat) -> None:
    topic = chat.topic(FORUM, "News")
    said = chat.say(BOB, "hello", chat=FORUM, thread=topic)
    assert (said.thread, said.sender, said.is_service) == (topic, BOB, False)
    chat.pin(ALICE, said)
    assert [pinned.id for pinned in chat.pins(FORUM)] == [said.id]
    chat.rename_topic(FORUM, topic, "Old news")
    chat.close_topic(FORUM, topic)
    lines = [message.raw["html"] for message in chat.messages(FORUM) if message.is_service]
    assert lines[-3:] == ["Alice pinned “hello”", "Alice renamed the topic to “Old news”", "Alice closed the topic"]
    chat.delete_topic(FORUM, topic)
    assert chat.pins(FORUM) == []

    post = chat.say(ALICE, "from above", chat=CHANNEL)
    assert (post.sender, "from" in post.raw) == (ALICE, False)
    chat.demote(CHANNEL)
    assert _standing(chat, CHANNEL, BOT)["status"] == "left"
    chat.add(CHANNEL)
    chat.promote(CHANNEL, rights=["can_edit_messages"])
    assert _standing(chat, CHANNEL, BOT)["rights"] == ["can_edit_messages", "can_manage_chat"]

    chat.permit(GROUP, allowed=["can_send_messages"])
    chat.rename(GROUP, "Corner")
    new = chat.upgrade(GROUP)
    chat.set_forum(new)
    chat.restrict(new, allowed=["can_send_photos"])
    chat.kick(new, BOB, by=ALICE)
    chat.kick(new)
    assert [_standing(chat, new, user)["status"] for user in (BOB, BOT)] == ["kicked", "kicked"]


def _standing(chat: Chat, where: int, user: int) -> dict[str, object]:
    chats = {each["id"]: each for each in chat.get("world")["chats"]}
    members: list[dict[str, object]] = chats[where]["members"]
    return next(member for member in members if member["id"] == user)
