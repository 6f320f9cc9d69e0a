"""Recording what was found out about a ticket."""

from dataclasses import replace

from chatbot.domain.ids import OrderNumber
from chatbot.domain.notices import Notice
from chatbot.domain.tickets import Ticket
from chatbot.ports.cards import Cards
from chatbot.ports.tickets import Tickets


class _Overtaken(Exception):
    """The ticket is not what it was when the look began, so what was found is not recorded, nor told."""


class Changes:
    def __init__(self, *, store: Tickets, cards: Cards) -> None:
        self._store = store
        self._cards = cards

    async def record(
        self, ticket: Ticket, *, notice: Notice | None = None, origin_of: OrderNumber | None = None, **facts: object
    ) -> None:
        """Record facts and repaint the card, unless the ticket's story went on, or ended, since it was read.

        Raises `OrderTaken` as `Tickets.update` does.
        """

        def change(current: Ticket) -> Ticket:
            if current.state is not ticket.state or current.next_look_at is None:
                raise _Overtaken
            return replace(current, **facts)  # type: ignore[arg-type]

        try:
            changed = await self._store.update(ticket.id, change, notice=notice, origin_of=origin_of)
        except _Overtaken:
            return
        if changed.revision > changed.shown:
            self._cards.repaint(ticket.id)
