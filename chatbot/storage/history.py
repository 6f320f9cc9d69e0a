"""What was done through the bot, read from the tickets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.history import Deal
from chatbot.domain.ids import PersonId, TicketId
from chatbot.domain.intents import CancelOrders, SetPayout
from chatbot.domain.swaps import FollowedSwap
from chatbot.ports.history import DealMark
from chatbot.storage.database import Database
from chatbot.storage.keysets import within
from chatbot.storage.swaps import swaps_of
from chatbot.storage.ticket_table import TICKETS, ticket_of

_t = TICKETS.c
_NO_DEALS = (CancelOrders, SetPayout)
"""What moves nothing by itself."""


class StoredHistory:
    """`chatbot.ports.history.History`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, person: PersonId, *, skip: int, limit: int) -> tuple[Deal, ...]:
        query = sa.select(TICKETS).where(*_deals(person)).order_by(_t.claimed_at.desc(), _t.id.desc())
        return await self._list(query.offset(skip).limit(limit))

    async def batch(
        self, person: PersonId, *, since: datetime | None, until: datetime, after: DealMark | None, limit: int
    ) -> tuple[Deal, ...]:
        wanted = (*_deals(person), *within(_t.claimed_at, _t.id, since=since, until=until, after=after))
        return await self._list(sa.select(TICKETS).where(*wanted).order_by(_t.claimed_at, _t.id).limit(limit))

    async def _list(self, query: sa.Select[Any]) -> tuple[Deal, ...]:
        def work(connection: sa.Connection) -> tuple[Deal, ...]:
            rows = connection.execute(query).mappings().all()
            swaps = swaps_of(connection, [row["id"] for row in rows])
            return tuple(_deal(row, swaps) for row in rows)

        return await self._database.read(work)


def _deals(person: PersonId) -> Sequence[sa.ColumnElement[bool]]:
    """A kind is told by its tag, with which every stored intent begins."""
    stored = sa.type_coerce(_t.intent, sa.Text)
    return (
        _t.person == person,
        _t.claimed_at.is_not(None),
        *(stored.not_like(f'{{"tag":"{kind.tag}"%') for kind in _NO_DEALS),
    )


def _deal(row: Mapping[Any, Any], swaps: Mapping[TicketId, FollowedSwap]) -> Deal:
    ticket = ticket_of(row)
    assert ticket.claimed_at is not None
    return Deal(ticket=ticket, at=ticket.claimed_at, swap=swaps.get(ticket.id))
