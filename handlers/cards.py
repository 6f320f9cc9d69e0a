"""Cards follow their tickets: whatever a ticket has become is painted into its message, always the newest state."""

import asyncio
from datetime import timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.ids import MessageId, TicketId
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.ports.clock import Clock
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.spawner import Spawner
from chatbot.ports.tickets import Tickets
from handlers.context import ChatKind, Room
from handlers.sender import ChatClosed, NotDelivered, Sender
from handlers.views.format import read_by
from handlers.views.screen import Screen
from handlers.views.tickets import card

log = structlog.get_logger(__name__)

_SWEPT_AT_ONCE = 50
_REST = timedelta(seconds=10)
_HEAD_START = 0.001  # seconds by which whatever changed a ticket goes before its picture
_JUST_TAPPED = timedelta(seconds=20)
"""So long after the tap a card is redrawn at once; later, and for countdowns, it waits its turn."""


class CardPainter:
    """`ports.cards.Cards`, and a worker that paints what could not be painted before."""

    name = "cards"

    def __init__(
        self, *, store: Tickets, preferences: PreferenceStore, sender: Sender, clock: Clock, spawner: Spawner
    ) -> None:
        self._store = store
        self._preferences = preferences
        self._sender = sender
        self._clock = clock
        self._spawner = spawner
        self._dirty: set[TicketId] = set()
        self._painting: set[TicketId] = set()
        self.wake = asyncio.Event()

    def repaint(self, ticket: TicketId) -> None:
        self._dirty.add(ticket)
        if ticket not in self._painting:
            self._painting.add(ticket)
            self._spawner.spawn(self._paint(ticket), name="paint card")

    async def step(self) -> timedelta:
        """Paint what is not shown yet: after a restart, or when Telegram could not be reached."""
        for ticket in await self._store.unshown(limit=_SWEPT_AT_ONCE):
            self.repaint(ticket.id)
        return _REST

    async def _paint(self, ticket_id: TicketId) -> None:
        """One painter per card; states that come while it paints are painted after, the newest only."""
        await self._clock.sleep(_HEAD_START)
        try:
            while ticket_id in self._dirty:
                self._dirty.discard(ticket_id)
                ticket = await self._store.get(ticket_id)
                if ticket is not None and ticket.message is not None:
                    await self._draw(ticket, ticket.message)
        finally:
            self._painting.discard(ticket_id)

    async def _draw(self, ticket: Ticket, message: MessageId) -> None:
        with read_by(self._preferences.of(ticket.chat)):
            screen = card(ticket, now=self._clock.now())
        try:
            if not await self._edit(ticket, message, screen):
                await self._send_anew(ticket, screen)
        except ChatClosed:
            log.info("card not shown, chat closed", ticket=ticket.id)
        except NotDelivered as fault:
            log.warning("card not painted", ticket=ticket.id, reason=str(fault))
            return
        except TelegramError as fault:
            log.error("card refused", ticket=ticket.id, reason=fault.message)
        await self._store.mark_shown(ticket.id, ticket.revision)

    async def _edit(self, ticket: Ticket, message: MessageId, screen: Screen) -> bool:
        tapped = ticket.claimed_at or ticket.closed_at
        if tapped is not None and self._clock.now() - tapped < _JUST_TAPPED:
            return await self._sender.edit(ticket.chat, message, screen)
        return await self._sender.repaint(ticket.chat, message, screen)

    async def _send_anew(self, ticket: Ticket, screen: Screen) -> None:
        """The card was deleted. What it would say now is worth a new message only if something was sent for it."""
        if ticket.state in (TicketState.PENDING, TicketState.DECLINED, TicketState.EXPIRED):
            return
        room = Room(id=ticket.chat, kind=ChatKind.PRIVATE)
        await self._store.attach(ticket.id, await self._sender.send(room, screen))
