import pytest

from chatbot.domain.ids import ChatId
from handlers.pacing import Pacing
from tests.handlers.fakes import StillClock

PERSON, GROUP = ChatId(5), ChatId(-5)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def pacing(clock: StillClock) -> Pacing:
    return Pacing(clock)


def test_a_quiet_chat_need_not_wait(pacing: Pacing) -> None:
    assert pacing.wait(PERSON) == 0


def test_a_chat_gets_one_message_a_second(pacing: Pacing, clock: StillClock) -> None:
    pacing.count(PERSON)
    clock.skipped += 0.25
    assert pacing.wait(PERSON) == pytest.approx(0.75)
    assert pacing.wait(GROUP) == 0


def test_a_group_gets_twenty_a_minute(pacing: Pacing, clock: StillClock) -> None:
    for _ in range(20):
        assert pacing.wait(GROUP) == 0
        pacing.count(GROUP)
        clock.skipped += 1
    assert pacing.wait(GROUP) == pytest.approx(40)
    clock.skipped += 40
    assert pacing.wait(GROUP) == pytest.approx(0, abs=1e-6)


def test_a_person_may_get_more_than_twenty_a_minute(pacing: Pacing, clock: StillClock) -> None:
    for _ in range(25):
        pacing.count(PERSON)
        clock.skipped += 1
    assert pacing.wait(PERSON) == 0


def test_all_chats_together_get_thirty_a_second(pacing: Pacing, clock: StillClock) -> None:
    for chat in range(1, 31):
        assert pacing.wait(ChatId(chat)) == 0
        pacing.count(ChatId(chat))
    assert pacing.wait(ChatId(99)) == pytest.approx(1)
    clock.skipped += 1
    assert pacing.wait(ChatId(99)) == 0


def test_a_closed_chat_opens_again(pacing: Pacing, clock: StillClock) -> None:
    pacing.close(PERSON, seconds=9)
    assert pacing.wait(PERSON) == pacing.closed(PERSON) == 9
    assert pacing.closed(GROUP) == 0
    clock.skipped += 9
    assert pacing.wait(PERSON) == pacing.closed(PERSON) == 0


def test_quiet_chats_are_forgotten(pacing: Pacing, clock: StillClock) -> None:
    for chat in range(1, 10_001):
        pacing.count(ChatId(chat))
    clock.skipped += 61
    pacing.count(PERSON)
    pacing.count(ChatId(20_000))
    assert len(pacing._chats) == 2
