"""Nobody pays for somebody else: slow calls, and the request budget everybody shares."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import Persona, Stack, eventually
from tests.harness.exchange import BALANCE, CANCEL


@pytest.fixture
def rationed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """60 requests a minute, at the exchange and in the bot's settings."""
    with Stack.running(tmp_path_factory.mktemp("rationed"), per_minute=60, leaping=True) as stack:
        yield stack


def _seconds_for(person: Persona, text: str, *, times: int) -> float:
    began = time.monotonic()
    for _ in range(times):
        person.ask(text)
    return time.monotonic() - began


def test_one_persons_slow_call_makes_nobody_else_wait(tmp_path_factory: pytest.TempPathFactory) -> None:
    # A product of its own, because the slow call outlives the test.
    with Stack.running(tmp_path_factory.mktemp("slow")) as stack:
        slow, bystander = stack.person("Slow", linked=True), stack.person("Bystander", linked=True)
        alone = _seconds_for(bystander, "/price BTC", times=20)
        stack.exchange.wait_for_request(BALANCE, since=0, count=4)  # at linking, and when the bot begins to follow them
        mark = stack.exchange.mark
        stack.exchange.fault("delay", BALANCE, seconds=10)
        said = slow.say("/balance")
        stack.exchange.wait_for_request(BALANCE, since=mark)
        beside = _seconds_for(bystander, "/price BTC", times=20)
        assert "Balance" in bystander.ask("/balance").text
        assert not slow.replies(after=said), "the slow call was over too early to prove anything"
        assert beside < 5 * alone + 1


def test_one_persons_messages_are_answered_in_order(stack: Stack, dora: Persona) -> None:
    stack.exchange.fault("delay", BALANCE, times=None, seconds=0.5)
    said = dora.say("/balance")
    dora.ask("/help")
    dora.wait_for("/price –")
    told = [reply.text.splitlines()[0] for reply in dora.replies(after=said)]
    answers = [words for words in told if words != "🔔 An account was linked to you here."]
    assert answers[0].startswith("Balance") and len(answers) == 2


def test_a_storm_never_exceeds_the_exchanges_limit_and_cancels_go_first(rationed: Stack) -> None:
    trader, stormy = rationed.person("Trader", linked=True), rationed.person("Stormy", linked=True)
    placed = trader.ask(f"/buy 1 ETH @ {rationed.exchange.ticker('ETHUSDT')['bid'] * 9 // 10}")
    trader.tap("Confirm", placed)
    trader.wait_for("is open", message=placed)
    card = trader.ask("/cancel all")
    mark = rationed.exchange.mark
    said = [stormy.say("/balance") for _ in range(60)]
    told = stormy.wait_for("Yours is in the queue")
    assert "only so many a minute" in told.text
    # The person's share of the minute is used up; a cancellation still goes out at once.
    trader.tap("Confirm", card)
    rationed.exchange.wait_for_request(CANCEL, since=mark)
    trader.wait_for("✓", message=card)
    assert len(rationed.exchange.requests(BALANCE, since=mark)) < 60
    _let_minutes_pass(rationed, stormy, answers=60)
    entries = rationed.exchange.requests()
    assert 429 not in {entry["status"] for entry in entries}
    assert _most_in_a_minute(entries) <= 60
    assert len([reply for reply in stormy.replies(after=said[0]) if reply.text.startswith("Balance")]) == 60


def _let_minutes_pass(stack: Stack, person: Persona, *, answers: int) -> None:
    def is_over() -> bool:
        stack.leap(10)
        return sum(reply.text.startswith("Balance") for reply in person.replies()) >= answers

    eventually(is_over, timeout=30, pause=0.2)


def _most_in_a_minute(entries: list[dict[str, Any]]) -> int:
    times: list[float] = [entry["at"] for entry in entries]
    return max(sum(began <= at < began + 60 for at in times) for began in times)
