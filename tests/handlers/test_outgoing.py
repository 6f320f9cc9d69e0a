"""Unasked messages: delivered at least once, paced, and never stuck."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatbot.demo import groups
from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.topics import GENERAL
from chatbot.domain.ids import ChatId, MessageId, PersonId, TicketId
from chatbot.domain.notices import (
    Alarm,
    AlarmKind,
    AlertFired,
    AlertsMissed,
    Loss,
    Notice,
    NoticeKind,
    NoticeMode,
    PersonJoined,
    PlaceLost,
    TicketSettled,
    Undelivered,
)
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.services.desk import Services
from chatbot.storage import schema
from chatbot.storage.alerts import ALERTS, StoredAlerts
from chatbot.storage.database import Database
from chatbot.storage.losses import StoredLosses
from chatbot.storage.outbox import StoredOutbox, insert_notice
from handlers import notices
from handlers.announcer import Announcer
from handlers.commands import Hearing, Telling
from handlers.outgoing import Delivery
from handlers.sender import Sender
from handlers.views.html import lines, text
from handlers.views.screen import Link, Picture, Screen, Shown
from tests.fakes.pictures import png
from tests.handlers.stage import ALICE, BOB, GROUP, Stage, until
from tests.storage.examples import FIRED, alert_row


def joined(name: str) -> PersonJoined:
    return PersonJoined(person=PersonId(7), name=name)


async def _names(hearing: Hearing, joined: Sequence[PersonJoined]) -> Shown:
    names = [notice.name for notice in joined]
    if "broken" in names:
        raise RuntimeError("a fault of ours")
    if names == ["picture"]:
        return Picture(content=png(), caption=text("seen"))
    return Screen(lines(*names))


async def _alarm(hearing: Hearing, alarms: Sequence[Alarm]) -> Screen:
    return Screen(text("alarm"))


async def _nothing(hearing: Hearing, settled: Sequence[TicketSettled]) -> None:
    return None


async def _fired(hearing: Hearing, hits: Sequence[AlertFired]) -> Screen:
    keys = () if hits[0].price else ((Link("nowhere", "no address"),),)  # which Telegram refuses
    return Screen(text("fired"), keys)


TELLINGS: tuple[Telling[Any], ...] = (
    *(telling for telling in notices.TELLINGS if telling.notice in (AlertsMissed, PlaceLost, Undelivered)),
    Telling(AlertFired, say=_fired),
    Telling(PersonJoined, say=_names, together=True),
    Telling(Alarm, say=_alarm),
    Telling(TicketSettled, say=_nothing),
)


class Usual:
    """Nobody chose anything but, perhaps, silence."""

    def __init__(self) -> None:
        self.mode = NoticeMode.ON

    def of_chat(self, chat: ChatId) -> Preferences:
        return Preferences()

    async def modes(self, chat: ChatId) -> dict[NoticeKind, NoticeMode]:
        return dict.fromkeys(NoticeKind, self.mode)

    async def is_in(self, person: PersonId) -> bool:
        return True


class Desk:
    def __init__(self, stage: Stage, database: Database) -> None:
        self.stage, self.database = stage, database
        self.outbox = StoredOutbox(database)
        self.preferences = Usual()
        self.delivery = self.restarted()

    def restarted(self) -> Delivery:
        usual, alerts = self.preferences, StoredAlerts(self.database)
        services = SimpleNamespace(preferences=usual, people=usual, alerts=alerts)
        announcer = Announcer(TELLINGS, services=cast(Services, services), clock=self.stage.clock)
        return Delivery(
            outbox=self.outbox,
            losses=StoredLosses(self.database),
            sender=self.stage.sender,
            announce=announcer.announce,
            clock=self.stage.clock,
            spawner=self.stage.supervisor,
        )

    async def put(
        self, notice: Notice, *, chat: int = BOB, reply_to: int | None = None, thread: int | None = None
    ) -> None:
        quoted = None if reply_to is None else MessageId(reply_to)
        now = self.stage.clock.now()
        await self.database.write(
            lambda connection: insert_notice(
                connection, notice, chat=ChatId(chat), reply_to=quoted, now=now, thread=thread
            )
        )

    async def step(self) -> timedelta:
        """One step, and the end of what it began."""
        rest = await self.delivery.step()
        await until(lambda: not self.delivery._under_way)
        return rest

    async def waiting(self) -> int:
        """How many wait, those postponed too."""
        later = self.stage.clock.now() + timedelta(days=1)
        return len(await self.outbox.due(now=later, limit=999))


@pytest.fixture
async def desk(stage: Stage, tmp_path: Path) -> AsyncIterator[Desk]:
    """Bob and Alice have spoken, so that the bot may write to them."""
    await stage.write("/ping", user=BOB)
    await stage.write("/ping", user=ALICE)
    stage.clock.skipped += 60
    database = await Database.open(tmp_path / "outbox.db")
    await database.write(schema.create)
    yield Desk(stage, database)
    await stage.supervisor.end(within=timedelta(seconds=2))
    await database.aclose()


def fail_next(desk: Desk, kind: FaultKind, *, seconds: float = 0, chat: int | None = None) -> None:
    desk.stage.chat.faults.add(Fault(method="sendmessage", kind=kind, times=1, seconds=seconds, chat=chat))


async def test_a_notice_is_sent_once_quoting_its_card(desk: Desk) -> None:
    card = desk.stage.last()
    await desk.put(joined("one"), reply_to=card)
    await desk.step()
    await desk.step()
    assert desk.stage.said()[1:] == ["one"]
    assert json.loads(desk.stage.calls("sendMessage")[-1]["reply_parameters"])["message_id"] == card
    assert not await desk.waiting()


async def test_a_notice_whose_card_is_gone_comes_all_the_same(desk: Desk) -> None:
    await desk.put(joined("one"), reply_to=4711)
    await desk.step()
    assert desk.stage.said()[1:] == ["one"]


async def test_a_silent_notice_makes_no_sound_and_others_do(desk: Desk) -> None:
    for mode in (NoticeMode.SILENT, NoticeMode.ON):
        desk.preferences.mode = mode
        await desk.put(joined("one"))
        desk.stage.clock.skipped += 2
        await desk.step()
    assert [call.get("disable_notification") for call in desk.stage.calls("sendMessage")[-2:]] == ["true", None]


async def test_what_nobody_wants_to_hear_is_dropped(desk: Desk) -> None:
    desk.preferences.mode = NoticeMode.OFF
    await desk.put(joined("one"))
    await desk.step()
    assert desk.stage.said()[1:] == []
    assert not await desk.waiting()


async def test_several_at_once_become_one_message(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        await desk.put(joined(name))
    await desk.step()
    assert desk.stage.said()[1:] == ["one\ntwo\nthree"]
    assert not await desk.waiting()


async def test_what_does_not_fit_one_message_comes_in_the_next(desk: Desk) -> None:
    for name in ("a" * 3000, "b" * 3000):
        await desk.put(joined(name))
    for _ in range(2):
        await desk.step()
        desk.stage.clock.skipped += 3
    assert desk.stage.said()[1:] == ["a" * 3000, "b" * 3000]


async def test_one_chats_queue_does_not_hold_up_another(desk: Desk) -> None:
    card = desk.stage.last()
    await desk.put(joined("one"))
    await desk.put(joined("two"), reply_to=card)  # belongs to something else: not one message with the first
    await desk.put(joined("hi"), chat=ALICE)
    rest = await desk.step()
    assert desk.stage.said()[1:] == ["one"]
    assert desk.stage.said(ALICE)[1:] == ["hi"]
    assert timedelta(0) < rest <= timedelta(seconds=1)


async def test_an_alarm_waits_for_no_turn_and_goes_before_other_notices(desk: Desk) -> None:
    await desk.put(joined("one"))
    await desk.step()
    await desk.put(joined("two"))
    await desk.put(Alarm(kind=AlarmKind.LINKED, at=desk.stage.clock.now()))
    await desk.step()
    assert desk.stage.said()[1:] == ["one", "alarm"]


async def test_a_lost_answer_leads_to_a_marked_repeat(desk: Desk) -> None:
    fail_next(desk, FaultKind.DROP_AFTER)
    await desk.put(joined("one"))
    await desk.step()
    desk.stage.clock.skipped += 10
    await desk.step()
    assert desk.stage.said()[1:] == ["one", "one\nYou may have seen this message already."]
    assert not await desk.waiting()


async def test_what_was_being_sent_when_the_program_died_is_repeated_and_marked(desk: Desk) -> None:
    desk.stage.chat.faults.add(
        Fault(method="sendmessage", kind=FaultKind.DELAY, times=1, seconds=2, chat=None),
    )
    await desk.put(joined("one"))
    await desk.put(joined("later"), chat=ALICE)
    await desk.delivery.step()
    await until(lambda: len(desk.delivery._under_way) == 1)  # the other one has arrived and is ticked off
    for task in desk.delivery._under_way.values():
        task.cancel()
    desk.delivery = desk.restarted()
    desk.stage.clock.skipped += 3
    await desk.step()
    assert not await desk.waiting()
    told = [desk.stage.said()[-1], desk.stage.said(ALICE)[-1]]
    assert sum("You may have seen this message already." in words for words in told) == 1


async def test_what_was_sent_but_could_not_be_ticked_off_is_repeated_and_marked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*entries: int) -> None:
        raise OSError("the disk is full")

    await desk.put(joined("one"))
    with monkeypatch.context() as patch:
        patch.setattr(desk.outbox, "sent", fail)
        await desk.step()
    desk.stage.clock.skipped += 10
    await desk.step()
    assert desk.stage.said()[1:] == ["one", "one\nYou may have seen this message already."]


async def test_a_picture_repeated_is_marked_in_its_caption(desk: Desk) -> None:
    desk.stage.chat.faults.add(
        Fault(method="sendphoto", kind=FaultKind.DROP_AFTER, times=1, seconds=0, chat=None),
    )
    await desk.put(joined("picture"))
    await desk.step()
    desk.stage.clock.skipped += 10
    await desk.step()
    assert desk.stage.said()[1:] == ["seen", "seen\nYou may have seen this message already."]


async def test_a_429_stops_only_its_chat_and_loses_and_counts_nothing(desk: Desk) -> None:
    fail_next(desk, FaultKind.TOO_MANY, seconds=300, chat=BOB)
    await desk.put(joined("one"))
    await desk.step()
    for number in range(3):
        await desk.put(joined(f"hi {number}"), chat=ALICE)
        desk.stage.clock.skipped += 3
        await desk.step()
    assert desk.stage.said(ALICE)[1:] == ["hi 0", "hi 1", "hi 2"]
    (entry,) = await desk.outbox.due(now=desk.stage.clock.now(), limit=9)
    assert (entry.attempts, entry.unsure) == (0, False)
    assert len(desk.stage.calls("sendMessage")) == 2 + 1 + 3  # two greetings; nobody asked again in between
    desk.stage.clock.skipped += 300
    await desk.step()
    assert desk.stage.said()[1:] == ["one"]


async def test_a_blocked_bot_keeps_the_notice_for_later(desk: Desk) -> None:
    desk.stage.crowd.block(BOB, blocked=True)
    await desk.put(joined("one"))
    await desk.step()
    assert desk.stage.losses.lost == [(Place(chat=ChatId(BOB)), Loss.REMOVED)]
    (entry,) = await desk.outbox.due(now=desk.stage.clock.now(), limit=9)
    assert (entry.attempts, entry.unsure) == (0, False)


async def test_a_notice_goes_to_its_topic(desk: Desk) -> None:
    forum = next(chat for chat in desk.stage.chat.world.chats.values() if chat.is_forum)
    topic = next(number for number in forum.topics if number != GENERAL)
    for name, thread in (("here", topic), ("there", None)):
        await desk.put(joined(name), chat=forum.id, thread=thread)
        await desk.step()
        desk.stage.clock.skipped += 3
        assert desk.stage.calls("sendMessage")[-1].get("message_thread_id") == (str(topic) if thread else None)
    assert not await desk.waiting()


async def test_who_set_an_alert_in_a_topic_that_was_deleted_is_told_once_in_private(desk: Desk) -> None:
    world, stage = desk.stage.chat.world, desk.stage
    forum = next(chat for chat in world.chats.values() if chat.is_forum)
    place = Place(chat=ChatId(forum.id), thread=max(forum.topics))
    row = alert_row(place, PersonId(ALICE))
    await desk.database.write(lambda connection: connection.execute(ALERTS.insert(), row))
    groups.delete_topic(world, forum, max(forum.topics))
    losses = StoredLosses(desk.database)
    stage.sender = Sender(api=stage.line.api, chats=stage.chats, losses=losses, clock=stage.clock)
    desk.delivery = desk.restarted()
    for _ in range(2):
        await desk.put(FIRED, chat=place.chat, thread=place.thread)
        for _ in range(2):
            desk.stage.clock.skipped += 3
            await desk.step()
    [_, *told] = desk.stage.said(ALICE)
    assert [words.splitlines()[0] for words in told] == ["A topic in a chat of yours was deleted.", "fired", "fired"]
    assert not await desk.waiting()


async def test_what_has_nothing_to_say_any_more_is_dropped(desk: Desk) -> None:
    await desk.put(TicketSettled(ticket=TicketId("t")))
    await desk.step()
    assert not await desk.waiting()
    assert len(desk.stage.said()) == 1


async def test_a_notice_that_cannot_be_drawn_is_kept_and_holds_up_no_other(desk: Desk) -> None:
    await desk.put(joined("broken"))
    await desk.step()
    await desk.put(joined("one"))
    await desk.step()
    assert desk.stage.said()[1:] == ["one"]
    assert await desk.waiting() == 1


async def test_what_telegram_never_takes_is_given_up_in_the_end(desk: Desk) -> None:
    desk.stage.chat.faults.add(Fault(method="sendmessage", kind=FaultKind.HTML_502, times=99, seconds=0, chat=BOB))
    await desk.put(joined("one"))
    rounds = 0
    while await desk.waiting():
        await desk.step()
        desk.stage.clock.skipped += 601
        rounds += 1
    assert rounds == 12


async def test_who_set_an_alert_whose_hit_is_refused_in_a_group_is_told_that(desk: Desk) -> None:
    row = alert_row(Place(chat=ChatId(GROUP)), PersonId(ALICE))
    await desk.database.write(lambda connection: connection.execute(ALERTS.insert(), row))
    await desk.put(replace(FIRED, price=Decimal(0)), chat=GROUP)
    for _ in range(2):
        await desk.step()
        desk.stage.clock.skipped += 3
    assert desk.stage.said(ALICE)[-1].splitlines()[0] == "A message could not be delivered."
    assert not await desk.waiting()


async def test_alerts_nobody_could_be_told_for_a_day_become_one_line(desk: Desk) -> None:
    for _ in range(30):
        await desk.put(FIRED)
    desk.stage.clock.skipped += 25 * 3600
    for _ in range(3):
        await desk.step()
        desk.stage.clock.skipped += 3
    assert desk.stage.said()[1:] == ["30 alerts fired more than a day ago, when I could not say so here."]
    assert not await desk.waiting()


async def test_the_end_waits_for_what_is_under_way_and_begins_nothing(desk: Desk) -> None:
    await desk.put(joined("one"))
    await desk.delivery.step()
    await desk.delivery.settle()
    assert desk.stage.said()[1:] == ["one"]
    await desk.put(joined("two"), chat=ALICE)
    await desk.step()
    assert await desk.waiting() == 1
