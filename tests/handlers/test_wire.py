import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.wire import Chat, Membership, Unreadable, described, read_batch, read_update

PERSON = {"id": 5, "is_bot": False, "first_name": "Ann", "last_name": "Lee"}
CHAT = {"id": -7, "type": "supergroup", "title": "x"}
LEFT = {"status": "left"}


def answer(*updates: object) -> bytes:
    return json.dumps({"ok": True, "result": updates}).encode()


def test_updates_keep_the_bytes_they_came_as() -> None:
    assert read_batch(b'{"ok":true,"result":[{"update_id":1, "x":  "\xc3\xa4"},{"update_id":2}]}') == [
        (1, b'{"update_id":1, "x":  "\xc3\xa4"}'),
        (2, b'{"update_id":2}'),
    ]


def test_one_without_a_number_is_left_out() -> None:
    assert [number for number, _ in read_batch(answer({"update_id": 1}, 5, {"x": 1}, None, {"update_id": "2"}))] == [1]


def test_half_an_emoji_in_one_update_does_not_hide_the_others() -> None:
    body = rb'{"ok":true,"result":[{"update_id":1,"x":"\ud83d"},{"update_id":2}]}'
    assert [number for number, _ in read_batch(body)] == [1, 2]


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"ok":true}', b'{"result":[{"x":1}]}', b'{"result":[{"upd', b"[]"])
def test_what_is_no_answer_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_batch(body)


@settings(max_examples=50)
@given(st.binary(max_size=60))
def test_no_bytes_do_worse_than_being_unreadable(body: bytes) -> None:
    for read in (read_update, read_batch):
        try:
            read(body)
        except Unreadable:
            continue


def test_an_update_takes_its_persons_turn_or_its_chats() -> None:
    message = {"message_id": 1, "date": 1, "chat": CHAT}
    assert read_update(json.dumps({"update_id": 1, "message": message | {"from": PERSON}}).encode()).lane == (5, -7)
    assert read_update(json.dumps({"update_id": 1, "message": message}).encode()).lane == -7
    tap = {"id": "9", "from": PERSON, "message": message | {"date": 0}, "data": "x"}
    assert read_update(json.dumps({"update_id": 1, "callback_query": tap}).encode()).lane == (5, -7)
    assert read_update(b'{"update_id":1,"poll":{}}').lane == 0


def membership(**member: object) -> Membership:
    return msgspec.json.decode(json.dumps(member), type=Membership)


@pytest.mark.parametrize(
    ("member", "kind", "may_write"),
    [
        ({"status": "member"}, "group", True),
        ({"status": "administrator"}, "supergroup", True),
        ({"status": "restricted", "is_member": True, "can_send_messages": True}, "supergroup", True),
        ({"status": "restricted", "is_member": True, "can_send_messages": False}, "supergroup", False),
        ({"status": "restricted", "is_member": False, "can_send_messages": True}, "supergroup", False),
        ({"status": "left"}, "group", False),
        ({"status": "kicked", "until_date": 0}, "group", False),
        ({"status": "creator"}, "channel", True),
        ({"status": "administrator", "can_post_messages": True}, "channel", True),
        ({"status": "administrator", "can_post_messages": False}, "channel", False),
        ({"status": "member"}, "channel", False),
    ],
)
def test_who_may_write_follows_from_standing_and_kind_of_chat(
    member: dict[str, object], kind: str, may_write: bool
) -> None:
    assert membership(**member).may_write(Chat(id=-7, type=kind)) is may_write


@pytest.mark.parametrize(
    ("fields", "topic"),
    [
        ({"message_thread_id": 12, "is_topic_message": True}, 12),
        ({"message_thread_id": 12}, None),  # a reply outside of forums
        ({"message_thread_id": 1, "is_topic_message": True}, None),  # the general topic
        ({}, None),
    ],
)
def test_only_a_topic_that_can_be_sent_to_counts(fields: dict[str, object], topic: int | None) -> None:
    message = {"message_id": 1, "date": 1, "chat": CHAT, **fields}
    update = read_update(json.dumps({"update_id": 1, "message": message}).encode())
    assert update.message is not None and update.message.topic == topic


@pytest.mark.parametrize("name", ["forward_origin", "forum_topic_closed", "forum_topic_reopened"])
@pytest.mark.parametrize("said", [{}, {"type": "user", "date": 1}])
def test_what_only_has_to_be_there_is_read_whatever_it_holds(name: str, said: dict[str, object]) -> None:
    message = {"message_id": 1, "date": 1, "chat": CHAT, name: said}
    update = read_update(json.dumps({"update_id": 1, "message": message}).encode())
    assert getattr(update.message, name) is not None


@pytest.mark.parametrize("kind", ["private", "sender", "something new"])
def test_only_groups_and_channels_are_described(kind: str) -> None:
    assert described(Chat(id=-7, type=kind)) is None


@pytest.mark.parametrize(
    ("content", "lane"),
    [
        ({"message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "from": PERSON}}, 5),
        ({"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": PERSON}}, (5, -7)),
        ({"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": PERSON, "sender_chat": CHAT}}, -7),
        ({"message": {"message_id": 1, "date": 1, "chat": CHAT}}, -7),
        ({"callback_query": {"id": "1", "from": PERSON}}, 5),
        ({}, 0),
        ({"my_chat_member": {"chat": CHAT, "from": PERSON, "old_chat_member": LEFT, "new_chat_member": LEFT}}, -7),
        ({"chat_member": {"chat": CHAT, "from": PERSON, "old_chat_member": LEFT, "new_chat_member": LEFT}}, -7),
    ],
)
def test_what_one_says_is_handled_in_order_and_so_is_coming_and_going_in_a_chat(
    content: dict[str, object], lane: object
) -> None:
    assert read_update(json.dumps({"update_id": 1, **content}).encode()).lane == lane
