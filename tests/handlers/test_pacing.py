import random

import pytest

from chatbot.demo.chats import Chat
from chatbot.demo.limits import Limits
from chatbot.domain.ids import ChatId
from handlers.pacing import Pacing
from tests.handlers.fakes import StillClock

PERSON, GROUP = ChatId(5), ChatId(-5)


class Theirs:
    """The same time, as the local chat reads it."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()

    def monotonic(self) -> float:
        return self._clock.monotonic()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def pacing(clock: StillClock) -> Pacing:
    return Pacing(clock)


def test_a_quiet_chat_need_not_wait(pacing: Pacing) -> None:
    assert pacing.wait(PERSON) == 0
    assert pacing.resting() == set()


def test_a_chat_gets_one_message_a_second(pacing: Pacing, clock: StillClock) -> None:
    pacing.count(PERSON)
    clock.skipped += 0.25
    assert pacing.wait(PERSON) == pytest.approx(0.75)
    assert pacing.wait(GROUP) == 0
    assert pacing.resting() == {PERSON}


def test_of_three_that_pass_in_a_burst_one_is_left_for_a_reply(pacing: Pacing, clock: StillClock) -> None:
    pacing.count(PERSON)
    clock.skipped += 1
    pacing.count(PERSON)
    clock.skipped += 1
    assert pacing.wait(PERSON) == pytest.approx(1)


def test_a_group_gets_fifteen_of_its_twenty_a_minute(pacing: Pacing, clock: StillClock) -> None:
    for _ in range(15):
        assert pacing.wait(GROUP) == pytest.approx(0, abs=1e-6)
        pacing.count(GROUP)
        clock.skipped += 2
    assert pacing.wait(GROUP) == pytest.approx(61 - 30)
    clock.skipped += 31
    assert pacing.wait(GROUP) == pytest.approx(0, abs=1e-6)


def test_a_person_may_get_more_than_a_group(pacing: Pacing, clock: StillClock) -> None:
    for _ in range(25):
        pacing.count(PERSON)
        clock.skipped += 2
    assert pacing.wait(PERSON) == 0


def test_all_chats_together_get_twenty_of_thirty_a_second(pacing: Pacing, clock: StillClock) -> None:
    for chat in range(1, 21):
        assert pacing.wait(ChatId(chat)) == 0
        assert pacing.room() == 21 - chat
        pacing.count(ChatId(chat))
    assert pacing.wait(ChatId(99)) == pytest.approx(1)
    assert pacing.room() == 0
    clock.skipped += 1
    assert pacing.wait(ChatId(99)) == 0
    assert pacing.room() == 20


def test_a_closed_chat_opens_again(pacing: Pacing, clock: StillClock) -> None:
    pacing.close(PERSON, seconds=9)
    assert pacing.wait(PERSON) == pacing.closed(PERSON) == 9
    assert pacing.closed(GROUP) == 0
    assert pacing.closed_ones() == pacing.resting() == {PERSON}
    clock.skipped += 9
    assert pacing.wait(PERSON) == pacing.closed(PERSON) == 0
    assert pacing.closed_ones() == set()


def test_quiet_chats_are_forgotten(pacing: Pacing, clock: StillClock) -> None:
    for chat in range(1, 1_001):
        pacing.count(ChatId(chat))
    clock.skipped += 62
    pacing.count(PERSON)
    pacing.count(ChatId(20_000))
    assert len(pacing._chats) == 2


@pytest.mark.parametrize("seed", range(3))
def test_pushes_and_the_replies_they_leave_room_for_never_meet_a_limit(
    seed: int, pacing: Pacing, clock: StillClock
) -> None:
    """A minute of pushing to sixty chats as soon as each may, while people are answered ten times a second."""
    chance, limits = random.Random(seed), Limits(Theirs(clock))
    limits.enabled = True
    chats = [Chat(number, kind="private", title="") for number in range(1, 41)]
    chats += [Chat(-number, kind="group", title="") for number in range(1, 21)]
    answered = {chat.id: -60.0 for chat in chats}
    pushed = 0
    for _ in range(600):
        chat = chance.choice(chats)
        if clock.skipped - answered[chat.id] > (3 if chat.is_private else 15):
            answered[chat.id] = clock.skipped
            limits.check("sendmessage", chat)
            pacing.count(ChatId(chat.id))
        for chat in chance.sample(chats, len(chats)):
            if pacing.wait(ChatId(chat.id)) == 0:
                limits.check("sendmessage", chat)
                pacing.count(ChatId(chat.id))
                pushed += 1
        clock.skipped += 0.1
    assert pushed > 500
