import pytest

from chatbot.demo.chats import Chat
from chatbot.demo.limits import Limits
from chatbot.demo.refusals import Refusal

from .manual_clock import ManualClock


@pytest.fixture
def limits(clock: ManualClock) -> Limits:
    switched_on = Limits(clock)
    switched_on.enabled = True
    return switched_on


def accepted(limits: Limits, chat: Chat, *, method: str = "sendmessage", tries: int) -> int:
    """How many of so many calls at once pass."""
    passed = 0
    for _ in range(tries):
        try:
            limits.check(method, chat)
        except Refusal as refusal:
            assert refusal.status == 429
            assert refusal.parameters == {"retry_after": int(refusal.description.rpartition(" ")[2])}
        else:
            passed += 1
    return passed


def test_off_means_no_limit(clock: ManualClock) -> None:
    assert accepted(Limits(clock), Chat(1, kind="private", title=""), tries=100) == 100


def test_a_chat_takes_one_a_second_after_a_small_burst(limits: Limits, clock: ManualClock) -> None:
    chat = Chat(1, kind="private", title="")
    assert accepted(limits, chat, tries=10) == 3
    clock.advance(2)
    assert accepted(limits, chat, tries=10) == 0
    clock.advance(1)
    assert accepted(limits, chat, tries=10) == 3


def test_a_group_takes_twenty_a_minute_edits_included(limits: Limits, clock: ManualClock) -> None:
    group = Chat(-1, kind="group", title="")
    passed = 0
    for _ in range(29):
        passed += accepted(limits, group, method="editmessagetext", tries=1)
        clock.advance(2)
    assert passed == 20
    clock.advance(2)
    assert accepted(limits, group, tries=1) == 1


def test_the_bot_sends_thirty_a_second_to_all(limits: Limits, clock: ManualClock) -> None:
    people = [Chat(number, kind="private", title="") for number in range(1, 41)]
    assert sum(accepted(limits, person, tries=1) for person in people) == 30
    clock.advance(1)
    assert accepted(limits, people[-1], tries=1) == 1


@pytest.mark.parametrize("method", ["sendphoto", "senddocument"])
def test_photos_and_documents_count_as_messages(limits: Limits, method: str) -> None:
    chat = Chat(1, kind="private", title="")
    assert accepted(limits, chat, tries=2) == 2
    assert accepted(limits, chat, method=method, tries=2) == 1


def test_private_edits_and_other_methods_are_free(limits: Limits) -> None:
    chat = Chat(1, kind="private", title="")
    assert accepted(limits, chat, method="editmessagetext", tries=40) == 40
    assert accepted(limits, chat, method="answercallbackquery", tries=40) == 40
