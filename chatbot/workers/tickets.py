"""Looks after tickets that are due: countdowns, uncertain ones, orders on their way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chatbot.domain.ids import TicketId
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock
from chatbot.ports.tickets import Tickets
from chatbot.services.settling import Settling

_AT_ONCE = 16
_LONGEST_REST = timedelta(milliseconds=250)
_SHORTEST_REST = timedelta(milliseconds=50)


class TicketKeeper:
    """A round: close what ran out, then look at everything that is due.

    Looks run beside each other, because one may wait long for the exchange or the request budget.
    """

    name = "tickets"

    def __init__(
        self, *, store: Tickets, settling: Settling, clock: Clock, spawn: Callable[..., asyncio.Task[Any]]
    ) -> None:
        self._store = store
        self._settling = settling
        self._clock = clock
        self._spawn = spawn
        self._looking: set[TicketId] = set()
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        await self._settling.expire()
        due = await self._store.due(now=self._clock.now(), limit=_AT_ONCE + len(self._looking))
        for ticket in due:
            if ticket.id not in self._looking and len(self._looking) < _AT_ONCE:
                self._looking.add(ticket.id)
                self._spawn(self._look(ticket), name="look at ticket")
        return await self._rest()

    async def _look(self, ticket: Ticket) -> None:
        try:
            await self._settling.look(ticket)
            self.wake.set()
        finally:
            self._looking.discard(ticket.id)  # a look that failed is repeated after the usual rest, not at once

    async def _rest(self) -> timedelta:
        """Until the next ticket is due, but not long, because taps bring new work and cards run out."""
        next_due = await self._store.next_due()
        if next_due is None or self._looking:
            return _LONGEST_REST
        return min(max(next_due - self._clock.now(), _SHORTEST_REST), _LONGEST_REST)
