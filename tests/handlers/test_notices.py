"""What becomes of notices: which are said, how, and which wait."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatbot.domain.ids import AlertId, ChatId, PersonId, TicketId
from chatbot.domain.money import to_text
from chatbot.domain.notices import (
    NOTICES,
    Alarm,
    AlarmKind,
    AlertFired,
    AlertsMissed,
    Loss,
    Notice,
    NoticeKind,
    NoticeMode,
    OutboxEntry,
    PersonJoined,
    PlaceLost,
    TicketSettled,
)
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences, QuietHours, QuietMode
from chatbot.services.desk import Services
from handlers.announcer import Announcer, Hold, Push, SumUp
from handlers.commands import Hearing, Telling
from handlers.features import TELLINGS
from handlers.views.html import lines
from handlers.views.screen import Screen
from tests.fakes.clock import START
from tests.services.house import ANNA, BORIS, CHAT, House

JOINED = PersonJoined(person=PersonId(9), name="Nora")
ALARM = Alarm(kind=AlarmKind.UNLOCKED, at=START)
FIRED = AlertFired(
    alert=AlertId(1), at=START, value=Decimal(50_000), price=Decimal(50_000), change=Decimal(1), since=None
)
SETTLED = TicketSettled(ticket=TicketId("gone"))
LOST = PlaceLost(why=Loss.REMOVED, title="Traders <b>", waiting=3, at=START)
NIGHT = QuietHours(start=time(22), end=time(7))


async def _fired(hearing: Hearing, notices: tuple[AlertFired, ...]) -> Screen:
    return Screen(lines(*(f"{notice.alert} {to_text(notice.price)}" for notice in notices)))


@pytest.fixture
def announcer(house: House) -> Announcer:
    services = SimpleNamespace(
        preferences=house.preferences, tickets=house.tickets, limits=house.limits, people=house.people(ANNA, BORIS)
    )
    tellings: list[Telling[Any]] = [each for each in TELLINGS if each.notice is not AlertFired]
    fired = Telling(AlertFired, say=_fired, together=True)  # type: ignore[arg-type]  # a tuple is what it gets
    return Announcer([*tellings, fired], services=cast(Services, services), clock=house.clock)


def entry(notice: Notice, number: int = 1, *, chat: ChatId = CHAT, **others: Any) -> OutboxEntry:
    times = {"created_at": START, "not_before": START, "attempts": 0, "reply_to": None}
    return OutboxEntry(id=number, chat=chat, notice=notice, **{**times, **others})


def fired(number: int) -> AlertFired:
    return replace(FIRED, alert=AlertId(number))


def words(said: Push | Hold | SumUp) -> str:
    assert isinstance(said, Push) and isinstance(said.shown, Screen)
    return said.shown.text.plain


async def quiet(house: House, mode: QuietMode = QuietMode.HOLD) -> None:
    """It is night in Anna's chat, one hour before midnight."""
    house.clock.at = datetime(2026, 11, 20, 23, tzinfo=UTC)
    await house.preferences.change(CHAT, lambda _: Preferences(quiet=replace(NIGHT, mode=mode)))


async def test_a_notice_comes_as_its_person_chose(house: House, announcer: Announcer) -> None:
    usual = await announcer.announce([entry(JOINED)])
    assert "Nora" in words(usual) and isinstance(usual, Push) and not usual.silent
    await house.preferences.choose(CHAT, NoticeKind.PEOPLE, NoticeMode.SILENT, by=ANNA)
    silent = await announcer.announce([entry(JOINED)])
    assert isinstance(silent, Push) and silent.silent
    await house.preferences.choose(CHAT, NoticeKind.PEOPLE, NoticeMode.OFF, by=ANNA)
    assert await announcer.announce([entry(JOINED)]) == Push(entries=(entry(JOINED),), shown=None)
    elsewhere = await announcer.announce([entry(JOINED, chat=ChatId(BORIS))])
    assert "Nora" in words(elsewhere)


async def test_an_alarm_comes_with_a_sound_whatever_is_off(house: House, announcer: Announcer) -> None:
    for kind in NoticeKind:
        if kind.can_be_changed:
            await house.preferences.choose(CHAT, kind, NoticeMode.OFF, by=ANNA)
    said = await announcer.announce([entry(ALARM)])
    assert isinstance(said, Push) and said.shown is not None and not said.silent


async def test_somebody_without_access_hears_of_alarms_and_of_nothing_else(announcer: Announcer) -> None:
    stranger = ChatId(7_003)
    for notice in (JOINED, FIRED):
        unheard = entry(notice, chat=stranger)
        assert await announcer.announce([unheard]) == Push(entries=(unheard,), shown=None)
    said = await announcer.announce([entry(ALARM, chat=stranger)])
    assert isinstance(said, Push) and said.shown is not None


async def test_of_old_alerts_their_number_is_told(announcer: Announcer) -> None:
    said = words(await announcer.announce([entry(AlertsMissed(count=12)), entry(AlertsMissed(count=1), 2)]))
    assert said == "13 alerts fired more than a day ago, when I could not say so here."


async def test_what_is_gone_says_nothing(announcer: Announcer) -> None:
    assert await announcer.announce([entry(SETTLED)]) == Push(entries=(entry(SETTLED),), shown=None)


async def test_quiet_hours_keep_notices_until_their_end(house: House, announcer: Announcer) -> None:
    await quiet(house)
    late = replace(entry(fired(1)), created_at=house.clock.at)
    assert await announcer.announce([late]) == Hold(until=datetime(2026, 11, 21, 7, tzinfo=UTC))
    assert isinstance(await announcer.announce([replace(late, chat=ChatId(BORIS))]), Push)
    house.clock.pass_(8 * 3600)
    assert isinstance(await announcer.announce([late]), Push)


async def test_quiet_hours_may_take_the_sound_only(house: House, announcer: Announcer) -> None:
    await quiet(house, QuietMode.SILENT)
    said = await announcer.announce([entry(JOINED)])
    assert isinstance(said, Push) and said.silent


@pytest.mark.parametrize("notice", [ALARM, SETTLED])
async def test_alarms_and_outcomes_of_money_never_wait_for_the_morning(
    house: House, announcer: Announcer, notice: Notice
) -> None:
    await quiet(house)
    said = await announcer.announce([entry(notice)])
    assert isinstance(said, Push) and not said.silent


async def test_hits_at_once_are_told_together_oldest_first(announcer: Announcer) -> None:
    entries = [entry(fired(number), number) for number in range(1, 4)]
    said = await announcer.announce(entries)
    assert isinstance(said, Push) and said.entries == tuple(entries)
    assert words(said) == "1 50000\n2 50000\n3 50000"


@pytest.mark.parametrize("other", [{"thread": 7}, {"reply_to": 4}, {"unsure": True}])
async def test_what_belongs_elsewhere_is_another_message(announcer: Announcer, other: dict[str, Any]) -> None:
    said = await announcer.announce([entry(fired(1)), entry(fired(2), 2, **other)])
    assert isinstance(said, Push) and [each.id for each in said.entries] == [1]


async def test_a_message_tells_at_most_twenty(announcer: Announcer) -> None:
    said = await announcer.announce([entry(fired(number), number) for number in range(25)])
    assert isinstance(said, Push) and len(said.entries) == 20


async def test_of_alerts_of_more_than_a_day_ago_only_the_number_is_told(house: House, announcer: Announcer) -> None:
    house.clock.pass_(timedelta(days=1, seconds=1).total_seconds())
    old, fresh = entry(fired(1)), replace(entry(fired(2), 2), created_at=house.clock.at)
    before = house.clock.at - timedelta(days=1)
    assert await announcer.announce([old, fresh]) == SumUp(place=Place(chat=CHAT), before=before)
    assert words(await announcer.announce([fresh])) == "2 50000"
    assert "Nora" in words(await announcer.announce([entry(JOINED)]))


@pytest.mark.parametrize("why", Loss)
async def test_a_lost_place_is_told_by_its_name_with_what_to_do(announcer: Announcer, why: Loss) -> None:
    said = words(await announcer.announce([entry(replace(LOST, why=why, topic="Alerts" if why.is_of_topic else ""))]))
    assert "Traders <b>" in said and "3 messages were not delivered" in said
    assert ("Alerts" in said) is why.is_of_topic
    assert len(said.splitlines()) == 4


def test_every_notice_has_exactly_one_telling() -> None:
    assert sorted(telling.notice.tag for telling in TELLINGS) == sorted(NOTICES)
