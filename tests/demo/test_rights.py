"""Rights, channels, pins, renamed and upgraded groups: who may what, and how it is refused."""

import pytest

from chatbot.demo import groups, members
from chatbot.demo.cast import ALICE as ALICE_HERSELF
from chatbot.demo.cast import BOB as BOB_HIMSELF
from chatbot.demo.chats import Chat
from chatbot.demo.crowd import Nonsense
from chatbot.demo.refusals import Refusal
from chatbot.demo.standings import PERMISSIONS, Status
from tests.fakes.pictures import png

from .conftest import ALICE, BOB, CHANNEL, FORUM, GROUP, Scene, refused, send_photo

NO_PINS = "400 Bad Request: not enough rights to manage pinned messages in the chat"
POSTING = ("can_post_messages", "can_edit_messages")


@pytest.fixture
def group(scene: Scene) -> Chat:
    return scene.world.chats[GROUP]


@pytest.fixture
def forum(scene: Scene) -> Chat:
    return scene.world.chats[FORUM]


@pytest.fixture
def channel(scene: Scene) -> Chat:
    return scene.world.chats[CHANNEL]


def change(scene: Scene, chat: Chat, status: Status) -> None:
    members.change(scene.world, chat, scene.world.bot, status, by=ALICE_HERSELF)


def appoint(scene: Scene, chat: Chat, *rights: str) -> None:
    members.appoint(scene.world, chat, scene.world.bot, rights, by=ALICE_HERSELF)


def heard_changes(scene: Scene, kind: str = "my_chat_member") -> list[tuple[str, str]]:
    """Old and new status of every change told."""
    return [(each["old_chat_member"]["status"], each["new_chat_member"]["status"]) for each in scene.heard(kind)]


# Being inside


@pytest.mark.parametrize(("chat", "kind"), [(GROUP, "group"), (FORUM, "supergroup"), (CHANNEL, "channel")])
def test_a_kicked_bot_is_told_and_refused_until_it_is_back(scene: Scene, chat: int, kind: str) -> None:
    was = scene.world.chats[chat].status(scene.world.bot.id)
    change(scene, scene.world.chats[chat], Status.KICKED)
    refusal = f"403 Forbidden: bot was kicked from the {kind} chat"
    for method, details in (("sendMessage", {"text": "x"}), ("getChat", {}), ("getChatAdministrators", {})):
        assert refused(scene, method, chat_id=chat, **details) == refusal
    change(scene, scene.world.chats[chat], Status.LEFT)
    not_inside = f"403 Forbidden: bot is not a member of the {kind} chat"
    assert refused(scene, "sendMessage", chat_id=chat, text="x") == not_inside
    change(scene, scene.world.chats[chat], Status.MEMBER)
    back = "administrator" if kind == "channel" else "member"
    assert heard_changes(scene) == [(was.value, "kicked"), ("kicked", "left"), ("left", back)]
    assert scene.call("sendMessage", chat_id=chat, text="x")["text"] == "x"


def test_a_bot_dismissed_from_a_channel_is_out_of_it(scene: Scene, channel: Chat) -> None:
    change(scene, channel, Status.MEMBER)
    assert heard_changes(scene) == [("administrator", "left")]


def test_only_an_admin_bot_that_asked_hears_of_others(scene: Scene, group: Chat) -> None:
    scene.world.updates.allow(["chat_member", "my_chat_member"])
    members.appoint(scene.world, group, BOB_HIMSELF, ["can_pin_messages"], by=ALICE_HERSELF)
    assert scene.heard("chat_member") == []
    appoint(scene, group, "can_pin_messages")
    members.change(scene.world, group, BOB_HIMSELF, Status.MEMBER, by=ALICE_HERSELF)
    assert heard_changes(scene, "chat_member") == [("administrator", "member")]


# Rights


def test_an_administrators_rights_are_listed_by_kind_of_chat(scene: Scene, group: Chat, channel: Chat) -> None:
    appoint(scene, group, "can_pin_messages")
    member = scene.call("getChatMember", chat_id=GROUP, user_id=scene.world.bot.id)
    assert (member["status"], member["can_be_edited"], member["is_anonymous"]) == ("administrator", False, False)
    assert (member["can_manage_chat"], member["can_pin_messages"], member["can_delete_messages"]) == (True, True, False)
    assert not {"can_post_messages", "can_manage_topics"} & member.keys()
    in_channel = scene.call("getChatMember", chat_id=CHANNEL, user_id=scene.world.bot.id)
    assert (in_channel["can_post_messages"], in_channel["can_restrict_members"]) == (True, False)
    assert "can_pin_messages" not in in_channel
    with pytest.raises(ValueError, match="not known here: can_post_messages"):
        appoint(scene, group, "can_post_messages")


def test_a_restricted_bot_may_send_only_what_is_left(scene: Scene, forum: Chat) -> None:
    members.restrict(scene.world, forum, scene.world.bot, ["can_send_photos"], by=ALICE_HERSELF)
    no_words = "400 Bad Request: not enough rights to send text messages to the chat"
    assert refused(scene, "sendMessage", chat_id=FORUM, text="x") == no_words
    assert "photo" in send_photo(scene, png(), chat_id=FORUM)
    member = scene.call("getChatMember", chat_id=FORUM, user_id=scene.world.bot.id)
    assert (member["status"], member["is_member"]) == ("restricted", True)
    assert (member["can_send_messages"], member["can_send_photos"]) == (False, True)
    members.restrict(scene.world, forum, scene.world.bot, PERMISSIONS, by=ALICE_HERSELF)
    assert scene.call("sendMessage", chat_id=FORUM, text="x")["text"] == "x"
    assert heard_changes(scene) == [("administrator", "restricted"), ("restricted", "member")]


def test_what_nobody_may_in_a_group_a_bot_may_not_either_unless_it_is_an_admin(scene: Scene, group: Chat) -> None:
    members.permit(scene.world, group, [])
    no_photos = "400 Bad Request: not enough rights to send photos to the chat"
    with pytest.raises(Nonsense, match="Bob may not write here"):
        scene.write(BOB, GROUP, "x")
    assert photo_refused(scene, GROUP) == no_photos
    assert scene.call("getChat", chat_id=GROUP)["permissions"]["can_send_photos"] is False
    appoint(scene, group)
    assert "photo" in send_photo(scene, png(), chat_id=GROUP)


def photo_refused(scene: Scene, chat: int) -> str:
    with pytest.raises(Refusal) as caught:
        send_photo(scene, png(), chat_id=chat)
    return f"{caught.value.status} {caught.value.description}"


# Channels


def test_a_channel_speaks_for_its_admins(scene: Scene, channel: Chat) -> None:
    scene.write(ALICE, CHANNEL, "Good morning")
    (post,) = scene.heard("channel_post")
    assert "from" not in post
    assert (post["sender_chat"]["id"], post["chat"]["type"], post["chat"]["username"]) == (
        CHANNEL,
        "channel",
        "corner_news",
    )
    scene.crowd.edit(ALICE, CHANNEL, post["message_id"], "Good evening")
    assert scene.heard("edited_channel_post")[0]["text"] == "Good evening"
    with pytest.raises(Nonsense, match="Bob may not write here"):
        scene.write(BOB, CHANNEL, "me too")


def test_a_public_channel_is_found_by_its_name(scene: Scene, channel: Chat) -> None:
    assert scene.call("getChat", chat_id="@Corner_News")["id"] == CHANNEL
    sent = scene.call("sendMessage", chat_id="@corner_news", text="x")
    assert (sent["chat"]["id"], "from" in sent) == (CHANNEL, False)
    for unknown in ("@nobody", "@alice", "somewhere"):
        assert refused(scene, "getChat", chat_id=unknown) == "400 Bad Request: chat not found"
    change(scene, channel, Status.LEFT)
    assert scene.call("getChat", chat_id="@corner_news")["title"] == "Corner News"
    not_inside = "403 Forbidden: bot is not a member of the channel chat"
    assert refused(scene, "getChatMember", chat_id="@corner_news", user_id=ALICE) == not_inside


def test_posting_in_a_channel_needs_the_right(scene: Scene, channel: Chat) -> None:
    sent = scene.call("sendMessage", chat_id=CHANNEL, text="x")
    appoint(scene, channel, "can_delete_messages")
    no_right = "400 Bad Request: need administrator rights in the channel chat"
    assert refused(scene, "sendMessage", chat_id=CHANNEL, text="x") == no_right
    assert photo_refused(scene, CHANNEL) == no_right
    edit = {"chat_id": CHANNEL, "message_id": sent["message_id"], "text": "y"}
    assert refused(scene, "editMessageText", **edit) == "400 Bad Request: message can't be edited"
    appoint(scene, channel, *POSTING)
    assert scene.call("editMessageText", **edit)["text"] == "y"


# Pins


def test_pinning_is_told_once_and_the_newest_pin_stands_above(scene: Scene) -> None:
    first, second = (scene.call("sendMessage", chat_id=FORUM, text=text)["message_id"] for text in "ab")
    for message in (second, first, first):
        assert scene.call("pinChatMessage", chat_id=FORUM, message_id=message, disable_notification=True) is True
    told = scene.heard()
    assert [message["pinned_message"]["text"] for message in told] == ["b", "a"]
    assert scene.world.chats[FORUM].message(told[0]["message_id"]).silent  # type: ignore[union-attr]
    assert scene.call("getChat", chat_id=FORUM)["pinned_message"]["text"] == "b"
    assert scene.call("unpinChatMessage", chat_id=FORUM) is True
    assert scene.call("getChat", chat_id=FORUM)["pinned_message"]["text"] == "a"
    assert scene.call("unpinChatMessage", chat_id=FORUM, message_id=first) is True
    assert "pinned_message" not in scene.call("getChat", chat_id=FORUM)
    assert refused(scene, "unpinChatMessage", chat_id=FORUM) == "400 Bad Request: message to unpin not found"
    assert refused(scene, "pinChatMessage", chat_id=FORUM, message_id=99) == "400 Bad Request: message to pin not found"


def test_pinning_needs_the_right_of_the_kind_of_chat(scene: Scene, group: Chat, channel: Chat) -> None:
    in_group = {"chat_id": GROUP, "message_id": scene.call("sendMessage", chat_id=GROUP, text="x")["message_id"]}
    assert refused(scene, "pinChatMessage", **in_group) == NO_PINS
    members.permit(scene.world, group, PERMISSIONS)
    assert refused(scene, "pinChatMessage", **in_group) == NO_PINS
    appoint(scene, group, "can_pin_messages")
    assert scene.call("pinChatMessage", **in_group) is True
    in_channel = {"chat_id": CHANNEL, "message_id": scene.call("sendMessage", chat_id=CHANNEL, text="x")["message_id"]}
    assert scene.call("pinChatMessage", **in_channel) is True
    appoint(scene, channel, "can_post_messages")
    assert refused(scene, "unpinChatMessage", **in_channel) == NO_PINS


def test_a_deleted_message_is_no_longer_pinned(scene: Scene) -> None:
    sent = scene.call("sendMessage", chat_id=FORUM, text="x")
    scene.crowd.pin(ALICE, FORUM, sent["message_id"], pinned=True)
    scene.call("deleteMessage", chat_id=FORUM, message_id=sent["message_id"])
    assert "pinned_message" not in scene.call("getChat", chat_id=FORUM)
    with pytest.raises(Nonsense, match="Bob may not pin"):
        scene.crowd.pin(BOB, FORUM, 1, pinned=True)


# Groups as such


def test_an_upgrade_keeps_people_ranks_and_title(scene: Scene, group: Chat) -> None:
    members.appoint(scene.world, group, BOB_HIMSELF, ["can_pin_messages"], by=ALICE_HERSELF)
    new = groups.upgrade(scene.world, group, by=ALICE_HERSELF)
    admins = scene.call("getChatAdministrators", chat_id=new.id)
    assert [(admin["user"]["id"], admin["status"]) for admin in admins] == [
        (ALICE, "creator"),
        (BOB, "administrator"),
    ]
    assert (admins[1]["can_pin_messages"], admins[1]["can_manage_topics"]) == (True, True)
    assert scene.call("getChat", chat_id=new.id)["title"] == "Trading Corner"
    for chat in (new, scene.world.chats[CHANNEL]):
        with pytest.raises(ValueError, match="only groups"):
            groups.upgrade(scene.world, chat, by=ALICE_HERSELF)


def test_a_new_title_is_told_and_shown_from_then_on(scene: Scene, group: Chat, channel: Chat) -> None:
    old = scene.call("sendMessage", chat_id=GROUP, text="x")
    groups.rename(scene.world, group, " Trading Hall ", by=ALICE_HERSELF)
    groups.rename(scene.world, channel, "Hall News", by=ALICE_HERSELF)
    assert scene.heard()[0]["new_chat_title"] == "Trading Hall"
    assert scene.heard("channel_post")[0]["new_chat_title"] == "Hall News"
    assert old["chat"]["title"] == "Trading Corner"
    assert scene.call("getChat", chat_id=GROUP)["title"] == "Trading Hall"
