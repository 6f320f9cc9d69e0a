"""Looking after things that become due one by one."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from chatbot.ports.clock import Clock

_SHORTEST_REST = timedelta(milliseconds=50)


class Thing(Protocol):
    @property
    def id(self) -> Hashable: ...


T = TypeVar("T", bound=Thing)
T_co = TypeVar("T_co", bound=Thing, covariant=True)


class Store(Protocol[T_co]):
    """Where things say when they are due."""

    async def due(self, *, now: datetime, limit: int) -> tuple[T_co, ...]:
        """Whoever has been due the longest first."""
        ...

    async def next_due(self) -> datetime | None: ...


class DueKeeper(Generic[T]):
    """A round: look at everything that is due.

    Looks run beside each other, because one may wait long for an exchange or the request budget; `at_once` of them,
    since more would only wait there in another order than that of being due.
    """

    name: str
    at_once: int
    longest_rest: timedelta

    def __init__(
        self,
        *,
        store: Store[T],
        look: Callable[[T], Awaitable[None]],
        clock: Clock,
        spawn: Callable[..., asyncio.Task[Any]],
    ) -> None:
        self._store = store
        self._look = look
        self._clock = clock
        self._spawn = spawn
        self._looking: set[Hashable] = set()
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        for thing in await self._store.due(now=self._clock.now(), limit=self.at_once + len(self._looking)):
            if thing.id not in self._looking and len(self._looking) < self.at_once:
                self._looking.add(thing.id)
                self._spawn(self._look_at(thing), name=f"look at {self.name}")
        return await self._rest()

    async def _look_at(self, thing: T) -> None:
        try:
            await self._look(thing)
            self.wake.set()
        finally:
            self._looking.discard(thing.id)  # a look that failed is repeated after the usual rest, not at once

    async def _rest(self) -> timedelta:
        """Until the next one is due, but not long, because new ones come."""
        next_due = await self._store.next_due()
        if next_due is None or self._looking:
            return self.longest_rest
        return min(max(next_due - self._clock.now(), _SHORTEST_REST), self.longest_rest)
