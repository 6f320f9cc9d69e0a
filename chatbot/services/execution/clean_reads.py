"""When something that was sent without an answer is known not to have arrived.

It did not arrive only after at least two complete, successful reads, at least 30 seconds apart, did not show it. A
failed read is never evidence, and neither is time alone.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.domain.errors import Cause
from chatbot.domain.ids import OrderNumber
from chatbot.domain.notices import TicketSettled
from chatbot.domain.tickets import LikeSwap, Lost, NotFound, Ticket, TicketState
from chatbot.ports.clock import Clock
from chatbot.services.execution.changes import Changes
from chatbot.services.execution.executor import ASK_AGAIN, ASK_OLD, asked_at, pause_after

SPACING = timedelta(seconds=30)
"""How far apart two reads must be to count as two."""
SETTLED_IN = timedelta(seconds=10)
"""How long after the tap an answer may still be on its way into the exchange's lists."""
CLEAN_READS = 2
_LATE_LOOKS = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""When what was not found is looked for again, each after the one before."""


class CleanReads:
    """Told of every complete read that did not show what a ticket sent."""

    def __init__(self, *, changes: Changes, clock: Clock) -> None:
        self._changes = changes
        self._clock = clock

    async def count(self, ticket: Ticket, *, began: datetime, like: LikeSwap | None = None) -> None:
        """Count a read of an uncertain ticket; after enough of them it was not carried out, unless what they showed is
        `like` it. Then its person is asked.
        """
        now = self._clock.now()
        lost = _counted(ticket, began=began, now=now)
        if lost.clean_reads >= CLEAN_READS and like is not None:
            asked = isinstance(ticket.outcome, Lost) and ticket.outcome.like == like
            outcome = ticket.outcome if asked else replace(lost, like=like)
            await self._changes.record(ticket, outcome=outcome, next_look_at=now + ASK_OLD)
        elif lost.clean_reads >= CLEAN_READS:
            await self._changes.record(
                ticket,
                state=TicketState.REFUSED,
                outcome=NotFound(reads=lost.clean_reads),
                closed_at=now,
                next_look_at=now + _LATE_LOOKS[0],
                notice=TicketSettled(ticket=ticket.id),
            )
        else:
            wait = max(pause_after(ticket, ASK_AGAIN, ASK_OLD, now=now), _until_counting(ticket, lost, now=now))
            await self._changes.record(ticket, outcome=lost, next_look_at=now + wait)

    async def count_late(self, ticket: Ticket, outcome: NotFound, *, twin: OrderNumber | None = None) -> None:
        """Count a further read: the exchange's lists may have been late, so there are a few of them. The first order
        that may be it after all, the `twin`, is told.
        """
        looks = outcome.late_looks + 1
        again = self._clock.now() + _LATE_LOOKS[looks] if looks < len(_LATE_LOOKS) else None
        counted = replace(outcome, late_looks=looks, twin=outcome.twin or twin)
        notice = TicketSettled(ticket=ticket.id) if counted.twin != outcome.twin else None
        await self._changes.record(ticket, outcome=counted, next_look_at=again, notice=notice)


def _counted(ticket: Ticket, *, began: datetime, now: datetime) -> Lost:
    """A read counts if it began far enough from the tap and from the end of the last one."""
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else Lost(cause=Cause.SHUTDOWN)
    since = lost.last_clean_read
    counts = began - asked_at(ticket) >= SETTLED_IN if since is None else began - since >= SPACING
    return replace(lost, clean_reads=lost.clean_reads + 1, last_clean_read=now) if counts else lost


def _until_counting(ticket: Ticket, lost: Lost, *, now: datetime) -> timedelta:
    """How long until a read can count again."""
    if lost.last_clean_read is not None:
        return lost.last_clean_read + SPACING - now
    return min(asked_at(ticket) + SETTLED_IN - now, timedelta(seconds=2))
