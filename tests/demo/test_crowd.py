"""What people do and what the bot hears of it."""

import pytest

from chatbot.demo import groups, members
from chatbot.demo.cast import ALICE as ALICE_HERSELF
from chatbot.demo.crowd import Nonsense
from chatbot.demo.refusals import Refusal
from chatbot.demo.standings import Status

from .conftest import ALICE, BOB, CAROL, GROUP, HELPER, Scene

KEYBOARD = {
    "inline_keyboard": [
        [{"text": "✅ Confirm", "callback_data": "yes"}, {"text": "Cancel", "callback_data": "no"}],
        [{"text": "Cancel all", "callback_data": "all"}, {"text": "Site", "url": "https://example.com"}],
    ]
}


def said(scene: Scene) -> list[str]:
    return [message["text"] for message in scene.heard() if "text" in message]


def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(scene: Scene) -> None:
    sent = scene.call("sendMessage", chat_id=GROUP, text="prices?")
    scene.write(BOB, GROUP, "just talking")
    scene.write(BOB, GROUP, "/price BTC")
    scene.write(BOB, GROUP, "/price@andx_practice_bot ETH")
    scene.write(BOB, GROUP, "/price@helper_bot LTC")
    scene.write(CAROL, GROUP, "yes please", reply_to=sent["message_id"])
    assert said(scene) == ["/price BTC", "/price@andx_practice_bot ETH", "yes please"]


def test_a_bare_command_goes_to_the_bot_that_spoke_last(scene: Scene) -> None:
    scene.write(HELPER, GROUP, "I am a bot too")
    scene.write(BOB, GROUP, "/price BTC")
    assert said(scene) == []
    scene.call("sendMessage", chat_id=GROUP, text="here")
    scene.write(BOB, GROUP, "/price ETH")
    assert said(scene) == ["/price ETH"]


def test_other_bots_are_never_heard(scene: Scene) -> None:
    scene.write(HELPER, GROUP, "/price@andx_practice_bot BTC")
    assert said(scene) == []


def test_an_administrator_bot_hears_everything(scene: Scene) -> None:
    members.change(scene.world, scene.world.chats[GROUP], scene.world.bot, Status.ADMINISTRATOR, by=ALICE_HERSELF)
    scene.write(BOB, GROUP, "just talking")
    assert said(scene) == ["just talking"]


def test_an_anonymous_admin_is_nobody(scene: Scene) -> None:
    scene.write(ALICE, GROUP, "/price BTC", anonymous=True)
    (message,) = scene.heard()
    assert message["from"]["id"] == 1087968824
    assert message["sender_chat"]["id"] == GROUP
    with pytest.raises(Nonsense, match="only admins"):
        scene.write(BOB, GROUP, "/price BTC", anonymous=True)


def test_a_message_as_channel_is_nobodys_either(scene: Scene) -> None:
    scene.write(ALICE, GROUP, "/price BTC", as_channel=True)
    (message,) = scene.heard()
    assert (message["from"]["id"], message["sender_chat"]["type"]) == (136817688, "channel")


def test_forwards_and_old_dates_are_marked(scene: Scene) -> None:
    scene.write(ALICE, ALICE, "/buy 1 BTC", forwarded=True, date=1_600_000_000, via_bot=HELPER)
    (message,) = scene.heard()
    assert message["forward_origin"]["type"] == "hidden_user"
    assert message["date"] == 1_600_000_000
    assert message["via_bot"]["id"] == HELPER


def test_edits_are_heard_with_the_same_id_and_an_edit_date(scene: Scene) -> None:
    message = scene.write(ALICE, ALICE, "/buy 1 BTC")
    scene.clock.advance(5)
    scene.crowd.edit(ALICE, ALICE, message.id, "/buy 2 BTC")
    (edited,) = scene.heard("edited_message")
    assert (edited["message_id"], edited["text"]) == (message.id, "/buy 2 BTC")
    assert edited["edit_date"] == edited["date"] + 5


def test_people_edit_only_their_own(scene: Scene) -> None:
    message = scene.write(ALICE, GROUP, "mine")
    with pytest.raises(Nonsense, match="one's own"):
        scene.crowd.edit(BOB, GROUP, message.id, "yours")


def test_tapping_finds_the_button_by_its_text(scene: Scene) -> None:
    sent = scene.call("sendMessage", chat_id=GROUP, text="?", reply_markup=KEYBOARD)
    for label in ("confirm", "Cancel", "all"):
        scene.crowd.tap(BOB, GROUP, sent["message_id"], button=label, data=None)
    queries = scene.heard("callback_query")
    assert [query["data"] for query in queries] == ["yes", "no", "all"]
    assert len({query["id"] for query in queries}) == 3
    assert len({query["chat_instance"] for query in queries}) == 1
    assert {query["message"]["message_id"] for query in queries} == {sent["message_id"]}


@pytest.mark.parametrize("label", ["c", "Sell", "Site", ""])
def test_tapping_what_is_not_one_button_is_nonsense(scene: Scene, label: str) -> None:
    sent = scene.call("sendMessage", chat_id=GROUP, text="?", reply_markup=KEYBOARD)
    with pytest.raises(Nonsense):
        scene.crowd.tap(BOB, GROUP, sent["message_id"], button=label, data=None)


def test_forged_data_arrives_as_it_is(scene: Scene) -> None:
    sent = scene.call("sendMessage", chat_id=GROUP, text="no buttons here")
    scene.crowd.tap(BOB, GROUP, sent["message_id"], button=None, data="forged")
    assert scene.heard("callback_query")[0]["data"] == "forged"


def test_a_tap_on_a_vanished_message_names_an_inaccessible_one(scene: Scene) -> None:
    scene.crowd.tap(BOB, GROUP, 999, button=None, data="late")
    message = scene.heard("callback_query")[0]["message"]
    assert (message["message_id"], message["date"]) == (999, 0)


def test_links_start_the_bot_with_their_payload(scene: Scene) -> None:
    scene.crowd.open_link(BOB, "https://t.me/andx_practice_bot?start=claim_abc")
    assert said(scene) == ["/start claim_abc"]
    with pytest.raises(Nonsense):
        scene.crowd.open_link(BOB, "https://t.me/another_bot?start=x")


def test_blocking_is_told_and_ends_with_the_next_message(scene: Scene) -> None:
    scene.write(BOB, BOB, "/start")
    scene.crowd.block(BOB, blocked=True)
    scene.write(BOB, BOB, "/start")
    statuses = [change["new_chat_member"]["status"] for change in scene.heard("my_chat_member")]
    assert statuses == ["kicked", "member"]
    assert scene.call("sendMessage", chat_id=BOB, text="welcome back")["text"] == "welcome back"


def test_kicking_is_told_and_the_group_is_closed(scene: Scene) -> None:
    members.change(scene.world, scene.world.chats[GROUP], scene.world.bot, Status.KICKED, by=ALICE_HERSELF)
    assert scene.heard("my_chat_member")[0]["new_chat_member"]["status"] == "kicked"
    with pytest.raises(Refusal, match="Forbidden: bot was kicked from the group chat"):
        scene.call("sendMessage", chat_id=GROUP, text="x")


def test_an_upgraded_group_sends_the_bot_to_its_new_id(scene: Scene) -> None:
    new = groups.upgrade(scene.world, scene.world.chats[GROUP], by=ALICE_HERSELF)
    left, arrived = scene.heard()
    assert (left["chat"]["id"], left["migrate_to_chat_id"]) == (GROUP, new.id)
    assert (arrived["chat"]["id"], arrived["migrate_from_chat_id"]) == (new.id, GROUP)
    assert new.id == -1000000004001
    with pytest.raises(Refusal, match="group chat was upgraded to a supergroup chat") as caught:
        scene.call("sendMessage", chat_id=GROUP, text="x")
    assert caught.value.parameters == {"migrate_to_chat_id": new.id}
    assert scene.call("sendMessage", chat_id=new.id, text="x")["message_id"] == 2


def test_history_is_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot.demo.chats.KEPT_MESSAGES", 3)
    for number in range(5):
        scene.write(ALICE, ALICE, f"message {number}")
    chat = scene.world.chats[ALICE]
    assert [message.text for message in chat.changed_since(0)] == ["message 2", "message 3", "message 4"]
