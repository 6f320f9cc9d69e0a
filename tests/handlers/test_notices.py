import pytest

from chatbot.domain.ids import ChatId, PersonId, TicketId
from chatbot.domain.notices import (
    NOTICES,
    Alarm,
    AlarmKind,
    Notice,
    NoticeKind,
    NoticeMode,
    OutboxEntry,
    PersonJoined,
    TicketSettled,
)
from handlers.notices import Announcer
from handlers.outgoing import Push
from tests.fakes.clock import START
from tests.services.house import ANNA, CHAT, House

JOINED = PersonJoined(person=PersonId(9), name="Nora")
ALARM = Alarm(kind=AlarmKind.UNLOCKED, at=START)


@pytest.fixture
def announcer(house: House) -> Announcer:
    storage = house.storage
    return Announcer(tickets=storage.tickets, limits=storage.limits, preferences=house.preferences, clock=house.clock)


async def pushed(announcer: Announcer, notice: Notice, *, chat: ChatId = CHAT) -> Push | None:
    entry = OutboxEntry(id=1, chat=chat, notice=notice, reply_to=None, created_at=START, not_before=START, attempts=0)
    return await announcer.render(entry)


async def test_a_notice_comes_as_its_person_chose(house: House, announcer: Announcer) -> None:
    usual = await pushed(announcer, JOINED)
    assert usual is not None and not usual.silent and "Nora" in usual.screen.text.plain
    await house.preferences.choose(ANNA, NoticeKind.PEOPLE, NoticeMode.SILENT, chat=CHAT)
    silent = await pushed(announcer, JOINED)
    assert silent is not None and silent.silent
    await house.preferences.choose(ANNA, NoticeKind.PEOPLE, NoticeMode.OFF, chat=CHAT)
    assert await pushed(announcer, JOINED) is None
    assert await pushed(announcer, JOINED, chat=ChatId(55)) is not None


async def test_an_alarm_comes_with_a_sound_whatever_is_off(house: House, announcer: Announcer) -> None:
    for kind in NoticeKind:
        if kind.can_be_changed:
            await house.preferences.choose(ANNA, kind, NoticeMode.OFF, chat=CHAT)
    push = await pushed(announcer, ALARM)
    assert push is not None and not push.silent


async def test_what_is_gone_says_nothing(announcer: Announcer) -> None:
    assert await pushed(announcer, TicketSettled(ticket=TicketId("gone"))) is None


def test_every_notice_can_be_said_and_belongs_to_a_kind(announcer: Announcer) -> None:
    assert set(announcer.says) == set(NOTICES.values())
    assert all(isinstance(notice.about, NoticeKind) for notice in NOTICES.values())
