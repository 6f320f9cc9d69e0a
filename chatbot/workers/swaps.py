"""Looks at followed swaps when they are due."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chatbot.domain.ids import SwapId
from chatbot.domain.swaps import FollowedSwap
from chatbot.ports.clock import Clock
from chatbot.ports.swaps import Swaps
from chatbot.services.swap_following import SwapFollowing

_AT_ONCE = 4
"""Looks beside each other: more would only wait for the request budget in another order than that of being due."""
_LONGEST_REST = timedelta(seconds=1)
_SHORTEST_REST = timedelta(milliseconds=50)


class SwapKeeper:
    """A round: look at everything that is due, whoever has been due the longest first."""

    name = "swaps"

    def __init__(
        self, *, store: Swaps, following: SwapFollowing, clock: Clock, spawn: Callable[..., asyncio.Task[Any]]
    ) -> None:
        self._store = store
        self._following = following
        self._clock = clock
        self._spawn = spawn
        self._looking: set[SwapId] = set()
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        for followed in await self._store.due(now=self._clock.now(), limit=_AT_ONCE + len(self._looking)):
            if followed.id not in self._looking and len(self._looking) < _AT_ONCE:
                self._looking.add(followed.id)
                self._spawn(self._look(followed), name="look at swap")
        return await self._rest()

    async def _look(self, followed: FollowedSwap) -> None:
        try:
            await self._following.look(followed)
            self.wake.set()
        finally:
            self._looking.discard(followed.id)  # a look that failed is repeated after the usual rest, not at once

    async def _rest(self) -> timedelta:
        """Until the next one is due, but not long, because new ones come."""
        next_due = await self._store.next_due()
        if next_due is None or self._looking:
            return _LONGEST_REST
        return min(max(next_due - self._clock.now(), _SHORTEST_REST), _LONGEST_REST)
