"""A program that can be killed anywhere, and an exchange that asks at every withdrawal whether it may be there."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

from chatbot.domain.errors import NotSent
from chatbot.domain.secrets import Credentials
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import FakeExchange

Judge = Callable[..., list[str]]
"""What speaks against a request of this currency, amount and alias that is leaving now."""


class Killed(Exception):
    """The program ended in the midst of something."""


class RestlessClock(FakeClock):
    """A moment's sleep takes no time, so that nothing waits for a test to move on."""

    async def sleep(self, seconds: float) -> None:
        await (asyncio.sleep(0) if seconds < 0.01 else super().sleep(seconds))


class Mortal:
    """Awaits something as long as it takes at most so many turns; then it is dropped where it stands, as by `kill -9`.

    What the database was asked for is done, and what had left for the exchange has left.
    """

    def __init__(self, work: Coroutine[Any, Any, None], *, turns: int) -> None:
        self._work, self._turns = work, turns

    def __await__(self) -> Generator[Any, None, None]:
        running, fault = self._work.__await__(), None
        for _ in range(self._turns):
            try:
                waiting = running.send(None) if fault is None else running.throw(fault)
            except StopIteration:
                return
            try:
                yield waiting
            except Exception as raised:
                fault = raised
            else:
                fault = None
        self._work.close()
        raise Killed


class Witness(FakeExchange):
    """The exchange, which asks at every withdrawal whether it may be there. What is wrong is kept in `complaints`.

    `in_line` happens while a request waits for its turn in the budget.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.judge: Judge | None = None
        self.in_line: Callable[[], Awaitable[None]] | None = None
        self.complaints: list[str] = []

    async def withdraw(self, credentials: Credentials, **said: Any) -> None:
        await asyncio.sleep(0)
        if self.in_line is not None:
            await self.in_line()
        permit = said.pop("permit")

        def seen() -> None:
            permit()
            if self.judge is not None and not isinstance(self._awaits(), NotSent):
                self.complaints += self.judge(**said)

        try:
            await super().withdraw(credentials, **said, permit=seen)
        finally:
            await asyncio.sleep(0)  # the answer is on its way

    def _awaits(self) -> Exception | None:
        """What the next request will end in."""
        waiting = self._faults.get("withdraw")
        return waiting[0].error if waiting else None
