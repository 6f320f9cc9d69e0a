"""Which accounts something was claimed for lately: their balances may have left what an older card shows."""

from datetime import datetime, timedelta

from chatbot.domain.ids import AccountId, TicketId
from chatbot.domain.tickets import Ticket
from chatbot.ports.tickets import Tickets

_LONG_AGO = timedelta(minutes=5)
"""No card can be confirmed for so long, so none is older."""


class RecentClaims:
    """Remembers this run's claims; what was before it is looked up."""

    def __init__(self, *, store: Tickets, started_at: datetime) -> None:
        self._store = store
        self._started_at = started_at
        self._claimed: dict[AccountId, dict[TicketId, datetime]] = {}

    def note(self, ticket: Ticket, *, at: datetime) -> None:
        recent = self._claimed.get(ticket.account, {})
        kept = {other: then for other, then in recent.items() if at - then < _LONG_AGO}
        self._claimed[ticket.account] = kept | {ticket.id: at}

    async def any_since(self, ticket: Ticket) -> bool:
        """Whether another ticket of its account was claimed after this one was opened."""
        if ticket.created_at < self._started_at:
            return await self._store.claimed_since(ticket.account, since=ticket.created_at, but=ticket.id)
        claimed = self._claimed.get(ticket.account, {})
        return any(other != ticket.id and at >= ticket.created_at for other, at in claimed.items())
