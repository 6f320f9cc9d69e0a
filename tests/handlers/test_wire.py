import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.wire import Unreadable, read_batch, read_update

PERSON = {"id": 5, "is_bot": False, "first_name": "Ann", "last_name": "Lee"}
CHAT = {"id": -7, "type": "supergroup", "title": "x"}


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
    assert read_update(json.dumps({"update_id": 1, "message": message | {"from": PERSON}}).encode()).lane == 5
    assert read_update(json.dumps({"update_id": 1, "message": message}).encode()).lane == -7
    tap = {"id": "9", "from": PERSON, "message": message | {"date": 0}, "data": "x"}
    assert read_update(json.dumps({"update_id": 1, "callback_query": tap}).encode()).lane == 5
    assert read_update(b'{"update_id":1,"poll":{}}').lane == 0
