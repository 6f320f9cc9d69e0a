"""What goes out, against a server that says no in all of Telegram's ways."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from telegram.error import BadRequest

from chatbot.demo import groups, members
from chatbot.demo.chats import Chat
from chatbot.demo.crowd import Writing
from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.standings import Standing, Status
from chatbot.demo.world import World
from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import Loss
from chatbot.domain.places import Place
from handlers.context import ChatKind, Room
from handlers.sender import ChatClosed, NotDelivered, NotYet
from handlers.views.html import bold, text
from handlers.views.screen import Attachment, Copy, File, Link, Picture, Press, Screen, Shown
from tests.fakes.pictures import png
from tests.handlers.stage import ALICE, BOB, CAROL, GROUP, Push, Stage, staged

PRIVATE = Room(id=ChatId(BOB), kind=ChatKind.PRIVATE)
PLACE = Place(chat=ChatId(BOB))
GROUP_ROOM = Room(id=ChatId(GROUP), kind=ChatKind.GROUP)
FORUM, TOPIC = -1000000004002, 2
HELLO = Screen(text("hello"))
OTHER = Screen(text("other"))


def break_next(stage: Stage, method: str, kind: FaultKind, *, times: int = 1, seconds: float = 0) -> None:
    stage.chat.faults.add(Fault(method=method.lower(), kind=kind, times=times, seconds=seconds, chat=None))


@pytest.fixture
async def known(stage: Stage) -> Stage:
    """Bob has spoken, so that the bot may write to him."""
    await stage.write("/ping")
    return stage


async def test_a_screen_arrives_with_its_buttons(known: Stage) -> None:
    rows = (
        (Press("Yes", Push(number=1), "danger"), Press("No", Push(number=2))),
        (Link("Site", "https://x.example/"), Copy("Copy", "0.01")),
    )
    await known.sender.send(PRIVATE, Screen(bold("a < b"), rows))
    [message] = known.chat.world.chats[BOB].changed_since(0)[-1:]
    assert message.text == "a < b"
    assert message.inline_keyboard == [
        [
            {"text": "Yes", "callback_data": "spush:1", "style": "danger"},
            {"text": "No", "callback_data": "spush:2"},
        ],
        [{"text": "Site", "url": "https://x.example/"}, {"text": "Copy", "copy_text": {"text": "0.01"}}],
    ]


async def test_redrawing_without_rows_takes_the_buttons_away(known: Stage) -> None:
    sent = await known.sender.send(PRIVATE, Screen(text("a"), ((Press("Yes", Push(number=1)),),)))
    assert await known.sender.edit(PRIVATE.id, sent, HELLO)
    message = known.chat.world.chats[BOB].message(sent)
    assert message is not None
    assert message.inline_keyboard == []


ATTACHMENTS = [
    ("sendPhoto", Picture(content=png(), caption=bold("a < b"), rows=((Press("Yes", Push(number=1)),),))),
    ("sendDocument", File(name="a.csv", content=b"x", caption=bold("a < b"), rows=((Press("Yes", Push(number=1)),),))),
]
either = pytest.mark.parametrize(("method", "attachment"), ATTACHMENTS, ids=["picture", "file"])


@either
async def test_an_attachment_arrives_with_caption_and_buttons(
    known: Stage, method: str, attachment: Attachment
) -> None:
    room = Room(id=ChatId(FORUM), kind=ChatKind.GROUP, thread=TOPIC)
    first = known.crowd.write(ALICE, FORUM, Writing(text="hello", thread=TOPIC)).id
    sent = await known.sender.send(room, attachment, reply_to=MessageId(first))
    message = known.chat.world.chats[FORUM].message(sent)
    assert message is not None and message.media is not None and message.reply_to is not None
    assert known.chat.world.files.content(message.media) == attachment.content
    assert (message.text, message.thread, message.reply_to.id) == ("a < b", TOPIC, first)
    assert message.inline_keyboard == [[{"text": "Yes", "callback_data": "spush:1"}]]
    assert len(known.calls(method)) == 1
    assert not message.protected and not message.silent


@pytest.mark.parametrize(
    "secret",
    [
        Screen(text("x"), protected=True),
        Picture(content=png(), protected=True),
        File(name="codes.txt", content=b"x", protected=True),
    ],
)
async def test_what_is_protected_cannot_be_forwarded(known: Stage, secret: Shown) -> None:
    message = known.chat.world.chats[BOB].message(await known.sender.send(PRIVATE, secret))
    assert message is not None and message.protected


@pytest.mark.parametrize("shown", [HELLO, Picture(content=png()), File(name="a.csv", content=b"x")])
async def test_only_what_is_pushed_silently_makes_no_sound(known: Stage, shown: Shown) -> None:
    for silent in (True, False):
        message = known.chat.world.chats[BOB].message(await known.sender.push(PLACE, shown, silent=silent))
        assert message is not None and message.silent is silent


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>bold?</b> & </a>",
        "\u202eevil\x00\x1b[31m",
        '"\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n1001\r\n--',
        "😀" * 512,
        "/start @alice https://x.example",
    ],
)
@pytest.mark.parametrize("kind", ["picture", "file"])
async def test_a_hostile_caption_is_only_ever_read(known: Stage, kind: str, hostile: str) -> None:
    caption = text(hostile)
    shown = (
        Picture(content=png(), caption=caption) if kind == "picture" else File(name="a", content=b"x", caption=caption)
    )
    message = known.chat.world.chats[BOB].message(await known.sender.send(PRIVATE, shown))
    assert message is not None and message.chat["id"] == BOB
    assert message.text == caption.plain.replace("\r", "").strip()
    assert not {entity["type"] for entity in message.entities} & {"bold", "text_link", "code"}


@either
async def test_a_picture_or_file_cannot_be_redrawn_as_a_text(known: Stage, method: str, attachment: Attachment) -> None:
    sent = await known.sender.send(PRIVATE, attachment)
    assert not await known.sender.edit(PRIVATE.id, sent, OTHER)
    assert known.said()[-1] == "a < b"


@either
async def test_an_attachment_is_deleted_as_a_text_is(known: Stage, method: str, attachment: Attachment) -> None:
    sent = await known.sender.send(PRIVATE, attachment)
    assert await known.sender.delete(PRIVATE.id, sent)
    assert known.chat.world.chats[BOB].message(sent) is None


@either
@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.HTML_502, FaultKind.RESET])
async def test_an_attachment_without_an_answer_is_not_sent_again(
    known: Stage, method: str, attachment: Attachment, kind: FaultKind
) -> None:
    break_next(known, method, kind)
    with pytest.raises(NotDelivered) as caught:
        await known.sender.send(PRIVATE, attachment)
    assert caught.value.ambiguous
    assert len(known.calls(method)) == 1


@either
async def test_an_attachment_waits_out_too_many_requests(known: Stage, method: str, attachment: Attachment) -> None:
    break_next(known, method, FaultKind.TOO_MANY, seconds=7)
    before = known.clock.skipped
    await known.sender.send(PRIVATE, attachment)
    assert known.clock.skipped - before >= 6.9
    assert len(known.calls(method)) == 2


async def test_pictures_keep_the_same_pace_as_texts(known: Stage) -> None:
    known.chat.limits.enabled = True
    before = known.clock.skipped
    for shown in (Picture(content=png()), File(name="a.csv", content=b"x"), HELLO):
        await known.sender.push(PLACE, shown)
    assert 1.5 < known.clock.skipped - before <= 5


async def test_a_picture_telegram_cannot_read_is_refused_and_said_so(known: Stage) -> None:
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await known.sender.send(PRIVATE, Picture(content=b"no picture"))


async def test_redrawing_the_same_is_success(known: Stage) -> None:
    sent = await known.sender.send(PRIVATE, HELLO)
    assert await known.sender.edit(PRIVATE.id, sent, HELLO)


async def test_redrawing_what_is_gone_is_told(known: Stage) -> None:
    assert not await known.sender.edit(PRIVATE.id, MessageId(4711), HELLO)


async def test_quoting_what_is_gone_does_no_harm(known: Stage) -> None:
    await known.sender.send(PRIVATE, HELLO, reply_to=MessageId(4711))
    assert known.said()[-1] == "hello"


async def test_deleting_says_whether_it_is_gone(known: Stage) -> None:
    sent = await known.sender.send(PRIVATE, HELLO)
    assert await known.sender.delete(PRIVATE.id, sent)
    assert await known.sender.delete(PRIVATE.id, sent)
    message = await known.write("/ping", user=BOB, chat=GROUP)
    assert not await known.sender.delete(GROUP_ROOM.id, MessageId(message))


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.HTML_502, FaultKind.RESET])
async def test_a_send_without_an_answer_is_not_repeated(known: Stage, kind: FaultKind) -> None:
    before = len(known.calls("sendMessage"))
    break_next(known, "sendMessage", kind)
    with pytest.raises(NotDelivered) as caught:
        await known.sender.send(PRIVATE, HELLO)
    assert caught.value.ambiguous
    assert len(known.calls("sendMessage")) == before + 1


async def test_an_edit_without_an_answer_is_repeated(known: Stage) -> None:
    sent = await known.sender.send(PRIVATE, HELLO)
    break_next(known, "editMessageText", FaultKind.DROP_AFTER, times=2)
    assert await known.sender.edit(PRIVATE.id, sent, OTHER)
    assert known.said()[-1] == "other"


async def test_an_answer_to_a_tap_is_repeated(known: Stage) -> None:
    await known.write("/card")
    break_next(known, "answerCallbackQuery", FaultKind.DROP_BEFORE)
    await known.tap("Push", message=known.last())


async def test_too_many_requests_are_waited_out(known: Stage) -> None:
    break_next(known, "sendMessage", FaultKind.TOO_MANY, seconds=7)
    before = known.clock.skipped
    await known.sender.send(PRIVATE, HELLO)
    assert known.clock.skipped - before >= 6.9
    assert known.said()[-1] == "hello"


async def test_a_group_that_is_closed_holds_up_nobody_who_asked_there(known: Stage) -> None:
    break_next(known, "sendMessage", FaultKind.TOO_MANY, seconds=50)
    before = known.clock.skipped
    with pytest.raises(NotYet):
        await known.sender.send(Room(id=ChatId(GROUP), kind=ChatKind.GROUP), HELLO)
    assert known.clock.skipped - before < 3


async def test_too_many_requests_in_one_chat_stop_only_that_chat(known: Stage) -> None:
    await known.write("/begin", user=CAROL)
    break_next(known, "sendMessage", FaultKind.TOO_MANY, seconds=50)
    with pytest.raises(NotDelivered):
        await known.sender.push(PLACE, HELLO)
    before = known.clock.skipped
    await known.sender.send(Room(id=ChatId(CAROL), kind=ChatKind.PRIVATE), HELLO)
    assert known.clock.skipped == before
    assert known.sender.closed() == {BOB}
    with pytest.raises(NotYet):
        await known.sender.repaint(PRIVATE.id, MessageId(known.last()), HELLO)
    assert known.clock.skipped == before


async def test_who_blocked_the_bot_is_left_in_peace(known: Stage) -> None:
    known.crowd.block(BOB, blocked=True)
    with pytest.raises(ChatClosed):
        await known.sender.send(PRIVATE, HELLO)
    assert known.chats.paused == {BOB}
    await known.write("/ping")
    assert known.chats.paused == set()


async def test_a_chat_that_never_began_is_closed(stage: Stage) -> None:
    with pytest.raises(ChatClosed):
        await stage.sender.send(PRIVATE, HELLO)


async def test_a_group_that_became_a_supergroup_is_followed() -> None:
    async with staged(started=False) as stage:
        world = stage.chat.world
        new = groups.upgrade(world, world.chats[GROUP], by=world.people[ALICE])
        await stage.sender.send(GROUP_ROOM, HELLO)
        assert stage.said(new.id) == ["hello"]
        assert stage.chats.moves == [(GROUP, new.id)]


async def test_the_service_message_of_a_move_is_heard(stage: Stage) -> None:
    world = stage.chat.world
    new = groups.upgrade(world, world.chats[GROUP], by=world.people[ALICE])
    await stage.settled()
    assert (GROUP, new.id) in stage.chats.moves


async def test_unasked_messages_keep_telegrams_pace(known: Stage) -> None:
    known.chat.limits.enabled = True
    before = known.clock.skipped
    for _ in range(3):
        await known.sender.push(PLACE, HELLO)
    assert 1.5 < known.clock.skipped - before <= 5


async def test_a_picture_is_redrawn_in_place_with_its_words_and_buttons(known: Stage) -> None:
    sent = await known.sender.send(PRIVATE, Picture(content=png(), caption=text("a")))
    later = Picture(content=png(3, 3), caption=bold("b"), rows=((Press("Yes", Push(number=1)),),))
    assert await known.sender.redraw(PRIVATE.id, sent, later)
    message = known.chat.world.chats[BOB].message(sent)
    assert message is not None and message.media is not None
    assert known.chat.world.files.content(message.media) == later.content
    assert message.text == "b"
    assert message.inline_keyboard == [[{"text": "Yes", "callback_data": "spush:1"}]]
    assert not await known.sender.redraw(PRIVATE.id, MessageId(4711), later)


async def test_pinning_works_where_the_bot_may_and_is_no_fault_elsewhere(known: Stage) -> None:
    sent = await known.sender.send(PRIVATE, HELLO)
    assert await known.sender.pin(PRIVATE.id, sent)
    assert known.chat.world.chats[BOB].pins == {sent}
    assert await known.sender.unpin(PRIVATE.id, sent)
    assert known.chat.world.chats[BOB].pins == set()
    assert not await known.sender.pin(PRIVATE.id, MessageId(4711))
    in_group = await known.sender.send(GROUP_ROOM, HELLO)
    assert not await known.sender.pin(GROUP_ROOM.id, in_group)
    assert known.losses.lost == []


def _kick(world: World, chat: Chat) -> None:
    members.change(world, chat, world.bot, Status.KICKED, by=world.people[ALICE])


def _silence(world: World, chat: Chat) -> None:
    chat.permissions = frozenset()
    members.place(world, chat, world.bot, Standing(status=Status.MEMBER), by=world.people[ALICE])


def _take_rights(world: World, chat: Chat) -> None:
    members.appoint(world, chat, world.bot, [], by=world.people[ALICE])


def _delete_topic(world: World, chat: Chat) -> None:
    groups.delete_topic(world, chat, _topic(chat))


def _close_topic(world: World, chat: Chat) -> None:
    groups.close_topic(world, chat, _topic(chat), closed=True, by=world.people[ALICE])


def _topic(chat: Chat) -> int:
    return max(chat.topics)


@pytest.mark.parametrize(
    ("kind", "harm", "why"),
    [
        ("group", _kick, Loss.REMOVED),
        ("supergroup", _kick, Loss.REMOVED),
        ("channel", _kick, Loss.REMOVED),
        ("supergroup", _silence, Loss.SILENCED),
        ("channel", _take_rights, Loss.SILENCED),
        ("supergroup", _delete_topic, Loss.TOPIC_DELETED),
        ("supergroup", _close_topic, Loss.TOPIC_CLOSED),
    ],
)
async def test_a_place_that_cannot_be_written_to_is_lost_for_the_right_reason(
    kind: str, harm: Callable[[World, Chat], None], why: Loss
) -> None:
    async with staged(started=False) as stage:
        chat = next(chat for chat in stage.chat.world.chats.values() if chat.kind == kind)
        place = Place(chat=ChatId(chat.id), thread=_topic(chat) if chat.is_forum else None)
        harm(stage.chat.world, chat)
        with pytest.raises(ChatClosed):
            await stage.sender.push(place, HELLO)
    whole = replace(place, thread=place.thread if why is not Loss.REMOVED else None)
    assert stage.losses.lost == [(whole, why)]


async def test_a_group_that_takes_no_pictures_gets_the_words() -> None:
    async with staged(started=False) as stage:
        world = stage.chat.world
        forum = next(chat for chat in world.chats.values() if chat.is_forum)
        members.place(world, forum, world.bot, Standing(status=Status.MEMBER), by=world.people[ALICE])
        forum.permissions = frozenset({"can_send_messages"})
        await stage.sender.push(Place(chat=ChatId(forum.id)), Picture(content=png(), caption=bold("words")))
        assert stage.said(forum.id) == ["words"]
        assert stage.losses.lost == []


async def test_what_waits_goes_on_with_the_first_message_that_arrives_in_a_group(known: Stage) -> None:
    known.chats.paused.add(GROUP_ROOM.id)
    for _ in range(2):
        await known.sender.send(GROUP_ROOM, HELLO)
    assert known.chats.paused == set()
    assert known.losses.regained == [Place(chat=GROUP_ROOM.id)]


async def test_nothing_raised_leads_back_to_the_token(known: Stage) -> None:
    break_next(known, "sendMessage", FaultKind.RESET)
    with pytest.raises(NotDelivered) as caught:
        await known.sender.send(PRIVATE, HELLO)
    error: BaseException | None = caught.value
    while error is not None:
        assert known.chat.token not in repr(error) + repr(getattr(error, "__dict__", ""))
        error = error.__cause__ or error.__context__
