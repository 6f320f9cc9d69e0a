"""Topics: where messages land, and what is refused."""

import pytest

from chatbot.demo import groups
from chatbot.demo.cast import ALICE as ALICE_HERSELF
from chatbot.demo.chats import Chat
from chatbot.demo.crowd import Nonsense
from tests.fakes.pictures import png

from .conftest import ALICE, BOB, FORUM, GROUP, Scene, refused, send_photo

ALERTS, CHARTS = 2, 3
NOT_FOUND = "400 Bad Request: message thread not found"


@pytest.fixture
def forum(scene: Scene) -> Chat:
    return scene.world.chats[FORUM]


def test_a_topics_messages_say_so_and_answer_its_beginning(scene: Scene) -> None:
    sent = scene.call("sendMessage", chat_id=FORUM, text="x", message_thread_id=ALERTS)
    assert (sent["message_thread_id"], sent["is_topic_message"], sent["chat"]["is_forum"]) == (ALERTS, True, True)
    assert sent["reply_to_message"]["forum_topic_created"]["name"] == "Alerts"
    photo = send_photo(scene, png(), chat_id=FORUM, message_thread_id=CHARTS)
    assert photo["message_thread_id"] == CHARTS


def test_the_general_topic_has_no_number(scene: Scene) -> None:
    sent = scene.call("sendMessage", chat_id=FORUM, text="x")
    assert not {"message_thread_id", "is_topic_message", "reply_to_message"} & sent.keys()
    assert refused(scene, "sendMessage", chat_id=FORUM, text="x", message_thread_id=1) == NOT_FOUND


def test_an_answer_lands_in_the_topic_of_what_it_answers(scene: Scene) -> None:
    asked = scene.write(BOB, FORUM, "/price BTC", thread=CHARTS)
    sent = scene.call("sendMessage", chat_id=FORUM, text="x", reply_parameters={"message_id": asked.id})
    assert (sent["message_thread_id"], sent["reply_to_message"]["message_id"]) == (CHARTS, asked.id)
    assert "reply_to_message" not in sent["reply_to_message"]


def test_people_write_in_topics(scene: Scene) -> None:
    scene.write(BOB, FORUM, "in one", thread=ALERTS)
    scene.write(BOB, FORUM, "in none")
    one, none = scene.heard()
    assert (one["message_thread_id"], one["is_topic_message"]) == (ALERTS, True)
    assert "message_thread_id" not in none
    with pytest.raises(ValueError, match="there is no topic 99"):
        scene.write(BOB, FORUM, "nowhere", thread=99)
    with pytest.raises(Nonsense, match="no topics in this chat"):
        scene.write(BOB, GROUP, "nowhere", thread=ALERTS)


def test_a_deleted_topic_is_gone_with_its_messages_and_the_bot_is_not_told(scene: Scene, forum: Chat) -> None:
    sent = scene.call("sendMessage", chat_id=FORUM, text="x", message_thread_id=ALERTS)
    groups.delete_topic(scene.world, forum, ALERTS)
    assert refused(scene, "sendMessage", chat_id=FORUM, text="x", message_thread_id=ALERTS) == NOT_FOUND
    edit = {"chat_id": FORUM, "message_id": sent["message_id"], "text": "y"}
    assert refused(scene, "editMessageText", **edit) == "400 Bad Request: message to edit not found"
    assert scene.updates() == []


def test_a_closed_topic_takes_nothing_but_from_its_keepers(scene: Scene, forum: Chat) -> None:
    groups.close_topic(scene.world, forum, ALERTS, closed=True, by=ALICE_HERSELF)
    closed = "400 Bad Request: TOPIC_CLOSED"
    assert refused(scene, "sendMessage", chat_id=FORUM, text="x", message_thread_id=ALERTS) == closed
    with pytest.raises(Nonsense, match="closed"):
        scene.write(BOB, FORUM, "x", thread=ALERTS)
    scene.write(ALICE, FORUM, "I may", thread=ALERTS)
    groups.close_topic(scene.world, forum, ALERTS, closed=False, by=ALICE_HERSELF)
    assert scene.call("sendMessage", chat_id=FORUM, text="x", message_thread_id=ALERTS)["text"] == "x"


def test_the_bot_hears_what_becomes_of_topics(scene: Scene, forum: Chat) -> None:
    topic = groups.create_topic(scene.world, forum, "News", by=ALICE_HERSELF)
    groups.rename_topic(scene.world, forum, topic.id, "Old news", by=ALICE_HERSELF)
    groups.close_topic(scene.world, forum, topic.id, closed=True, by=ALICE_HERSELF)
    groups.close_topic(scene.world, forum, topic.id, closed=False, by=ALICE_HERSELF)
    created, edited, closed, reopened = scene.heard()
    assert (created["message_id"], created["message_thread_id"]) == (topic.id, topic.id)
    assert created["forum_topic_created"] == {"name": "News", "icon_color": topic.icon_colour}
    assert edited["forum_topic_edited"] == {"name": "Old news"}
    assert (closed["forum_topic_closed"], reopened["forum_topic_reopened"]) == ({}, {})


def test_a_chat_without_topics_ignores_the_thread(scene: Scene) -> None:
    new = groups.upgrade(scene.world, scene.world.chats[GROUP], by=ALICE_HERSELF)
    assert "message_thread_id" not in scene.call("sendMessage", chat_id=new.id, text="x", message_thread_id=7)
    scene.write(ALICE, ALICE, "/start")
    assert refused(scene, "sendMessage", chat_id=ALICE, text="x", message_thread_id=7) == NOT_FOUND


def test_a_chain_of_replies_is_a_thread_but_no_topic(scene: Scene) -> None:
    new = groups.upgrade(scene.world, scene.world.chats[GROUP], by=ALICE_HERSELF)
    sent = scene.call("sendMessage", chat_id=new.id, text="x")
    first = scene.write(BOB, new.id, "yes", reply_to=sent["message_id"])
    scene.write(BOB, new.id, "/price", reply_to=first.id)
    heard = scene.heard()[-1]
    assert heard["message_thread_id"] == sent["message_id"]
    assert "is_topic_message" not in heard


def test_a_supergroup_gets_and_loses_topics(scene: Scene) -> None:
    with pytest.raises(ValueError, match="only supergroups"):
        groups.set_forum(scene.world, scene.world.chats[GROUP], enabled=True)
    new = groups.upgrade(scene.world, scene.world.chats[GROUP], by=ALICE_HERSELF)
    groups.set_forum(scene.world, new, enabled=True)
    topic = groups.create_topic(scene.world, new, "News", by=ALICE_HERSELF)
    assert scene.call("getChat", chat_id=new.id)["is_forum"] is True
    assert scene.call("sendMessage", chat_id=new.id, text="x", message_thread_id=topic.id)["is_topic_message"] is True
    groups.set_forum(scene.world, new, enabled=False)
    assert "is_forum" not in scene.call("getChat", chat_id=new.id)
