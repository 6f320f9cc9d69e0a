"""A picture in a conversation: shown, tapped under, and deleted when it has served."""

from dataclasses import replace

from tests.handlers.stage import BOB, Stage


def media_in(stage: Stage) -> list[int]:
    return [message.id for message in stage.chat.world.chats[BOB].changed_since(0) if message.media is not None]


async def test_a_handler_shows_pictures(stage: Stage) -> None:
    await stage.write("/photo")
    assert len(media_in(stage)) == 2
    assert [call.get("protect_content") for call in stage.calls("sendPhoto")] == ["true", None]


async def test_redrawing_after_a_tap_under_a_picture_sends_a_new_message(stage: Stage) -> None:
    await stage.write("/photo")
    picture = stage.last()
    await stage.tap("Push", message=picture)
    assert stage.said()[-1] == "pushed"
    assert stage.last() != picture
    assert picture in media_in(stage)


async def test_a_handler_deletes_an_earlier_message_of_its_chat(stage: Stage) -> None:
    await stage.write("/photo")
    other = media_in(stage)[-1]
    await stage.tap("Wipe", message=other)
    assert media_in(stage) == [other]
    await stage.tap("Wipe", message=other)
    assert stage.ran == ["wiped True", "wiped True"]


async def test_a_message_that_telegram_keeps_is_said_to_be_still_there(stage: Stage) -> None:
    await stage.write("/photo")
    secret, other = media_in(stage)
    chat = stage.chat.world.chats[BOB]
    old = chat.message(secret)
    assert old is not None
    chat.put(replace(old, date=old.date - 49 * 60 * 60))
    await stage.tap("Wipe", message=other)
    assert stage.ran == ["wiped False"]
    assert media_in(stage) == [secret, other]
