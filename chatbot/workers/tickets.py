"""Looks after tickets that are due: countdowns, uncertain ones, orders on their way."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock
from chatbot.ports.tickets import Tickets
from chatbot.services.settling import Settling
from chatbot.workers.due import DueKeeper


class TicketKeeper(DueKeeper[Ticket]):
    """Before each round it closes what ran out."""

    name = "tickets"
    at_once = 16
    longest_rest = timedelta(milliseconds=250)  # taps bring new work, and cards run out

    def __init__(
        self, *, store: Tickets, settling: Settling, clock: Clock, spawn: Callable[..., asyncio.Task[Any]]
    ) -> None:
        super().__init__(store=store, look=settling.look, clock=clock, spawn=spawn)
        self._settling = settling

    async def step(self) -> timedelta:
        await self._settling.expire()
        return await super().step()
