"""Keeps prices fresh while a card waits that a tap is held against."""

import asyncio
from datetime import timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import MarketCode
from chatbot.domain.intents import PlaceOrder
from chatbot.domain.orders import OrderType
from chatbot.domain.tickets import Ticket
from chatbot.ports.exchange import Priority, PublicData
from chatbot.ports.tickets import Tickets

_FRESH = timedelta(seconds=5)
"""Young enough for a tap; see `services.execution.orders.FRESH_ENOUGH`."""
_WHILE_PENDING = timedelta(seconds=2.5)


class PriceKeeper:
    """One per venue."""

    def __init__(self, *, venue: Venue, exchange: PublicData, store: Tickets) -> None:
        self.name = f"prices-{venue}"
        self.wake = asyncio.Event()
        self._venue = venue
        self._exchange = exchange
        self._store = store

    async def step(self) -> timedelta:
        waiting = {market for ticket in await self._store.pending() if (market := self._waits_for(ticket))}
        for market in waiting:
            await self._exchange.order_book(market, priority=Priority.WATCHER, within=_FRESH)
        return _WHILE_PENDING

    def _waits_for(self, ticket: Ticket) -> MarketCode | None:
        """The market whose price a tap on this card will be held against, if it is one of this venue's."""
        intent = ticket.intent
        if ticket.venue is self._venue and isinstance(intent, PlaceOrder) and intent.type is OrderType.MARKET:
            return intent.market
        return None
