"""Unasked messages: delivered at least once, paced, and never stuck."""

import json
from datetime import timedelta

import pytest

from chatbot.demo.faults import Fault, FaultKind
from chatbot.domain.ids import ChatId, MessageId, PersonId, TicketId
from chatbot.domain.notices import Alarm, AlarmKind, Notice, OutboxEntry, PersonJoined, TicketSettled
from handlers.outgoing import Delivery, Push
from handlers.views.html import text
from handlers.views.screen import Screen
from tests.handlers.fakes import FakeOutbox
from tests.handlers.stage import ALICE, BOB, Stage


def joined(name: str) -> PersonJoined:
    return PersonJoined(person=PersonId(7), name=name)


class Desk:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.outbox = FakeOutbox()
        self.delivery = Delivery(outbox=self.outbox, sender=stage.sender, render=self._render, clock=stage.clock)

    async def put(self, notice: Notice, *, chat: int = BOB, reply_to: int | None = None) -> None:
        quoted = None if reply_to is None else MessageId(reply_to)
        await self.outbox.add(notice, chat=ChatId(chat), reply_to=quoted, now=self.stage.clock.now())

    async def _render(self, entry: OutboxEntry) -> Push | None:
        match entry.notice:
            case PersonJoined(name="broken"):
                raise RuntimeError("a fault of ours")
            case PersonJoined() as notice:
                return Push(screen=Screen(text(notice.name)), silent=notice.name == "quiet")
            case Alarm():
                return Push(screen=Screen(text("alarm")))
            case _:
                return None


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    """Bob and Alice have spoken, so that the bot may write to them."""
    await stage.write("/ping", user=BOB)
    await stage.write("/ping", user=ALICE)
    stage.clock.skipped += 60
    return Desk(stage)


def fail_next(desk: Desk, kind: FaultKind, *, seconds: float = 0) -> None:
    desk.stage.chat.faults.add(Fault(method="sendmessage", kind=kind, times=1, seconds=seconds, chat=None))


async def test_a_notice_is_sent_once_quoting_its_card(desk: Desk) -> None:
    card = desk.stage.last()
    await desk.put(joined("one"), reply_to=card)
    await desk.delivery.step()
    await desk.delivery.step()
    assert desk.stage.said()[1:] == ["one"]
    assert json.loads(desk.stage.calls("sendMessage")[-1]["reply_parameters"])["message_id"] == card
    assert not desk.outbox.entries


async def test_a_silent_notice_makes_no_sound_and_others_do(desk: Desk) -> None:
    for name in ("quiet", "loud"):
        await desk.put(joined(name))
        desk.stage.clock.skipped += 2
        await desk.delivery.step()
    assert [call.get("disable_notification") for call in desk.stage.calls("sendMessage")[-2:]] == ["true", None]


async def test_one_chats_queue_does_not_hold_up_another(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        await desk.put(joined(name))
    await desk.put(joined("hi"), chat=ALICE)
    rest = await desk.delivery.step()
    assert desk.stage.said()[1:] == ["one"]
    assert desk.stage.said(ALICE)[1:] == ["hi"]
    assert timedelta(0) < rest <= timedelta(seconds=1)


async def test_an_alarm_waits_for_no_turn_and_goes_before_other_notices(desk: Desk) -> None:
    await desk.put(joined("one"))
    await desk.put(joined("two"))
    await desk.delivery.step()
    await desk.put(Alarm(kind=AlarmKind.LINKED, at=desk.stage.clock.now()))
    await desk.delivery.step()
    assert desk.stage.said()[1:] == ["one", "alarm"]


async def test_a_lost_answer_leads_to_a_marked_repeat(desk: Desk) -> None:
    fail_next(desk, FaultKind.DROP_AFTER)
    await desk.put(joined("one"))
    await desk.delivery.step()
    desk.stage.clock.skipped += 10
    await desk.delivery.step()
    assert desk.stage.said()[1:] == ["one", "one\nYou may have seen this message already."]
    assert not desk.outbox.entries


async def test_a_429_keeps_the_notice_without_counting_an_attempt(desk: Desk) -> None:
    fail_next(desk, FaultKind.TOO_MANY, seconds=30)
    await desk.put(joined("one"))
    await desk.delivery.step()
    assert desk.outbox.entries[1].attempts == 0
    desk.stage.clock.skipped += 31
    await desk.delivery.step()
    assert desk.stage.said()[1:] == ["one"]


async def test_a_blocked_bot_keeps_the_notice_for_later(desk: Desk) -> None:
    desk.stage.crowd.block(BOB, blocked=True)
    await desk.put(joined("one"))
    await desk.delivery.step()
    assert desk.stage.chats.paused == {BOB}
    assert len(desk.outbox.entries) == 1


async def test_what_has_nothing_to_say_any_more_is_dropped(desk: Desk) -> None:
    await desk.put(TicketSettled(ticket=TicketId("t")))
    await desk.delivery.step()
    assert not desk.outbox.entries
    assert len(desk.stage.said()) == 1


async def test_a_notice_that_cannot_be_drawn_is_tried_again_and_given_up_in_the_end(desk: Desk) -> None:
    await desk.put(joined("broken"))
    rounds = 0
    while desk.outbox.entries:
        await desk.delivery.step()
        desk.stage.clock.skipped += 601
        rounds += 1
    assert rounds == 12
