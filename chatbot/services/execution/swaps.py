"""Creating orders at n.exchange, and setting payout addresses: sent once, found again by evidence.

An order carries no mark of ours, so it is known by what was asked for, and by when (`domain.swap_evidence`). It was not
created only after enough complete reads of all orders of the key did not show it; see `clean_reads`.
"""

from datetime import datetime

from chatbot.domain.errors import Cause, OutcomeUnknown, Unavailable
from chatbot.domain.intents import SetPayout, Terms
from chatbot.domain.notices import TicketSettled
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swap_evidence import OTHER_PAYOUT, is_set, may_be
from chatbot.domain.swap_life import is_unpaid
from chatbot.domain.swaps import FollowedSwap, Swap
from chatbot.domain.tickets import NotFound, Outcome, PayoutSet, RefusedBy, SwapCreated, Ticket, TicketState
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.clean_reads import CleanReads
from chatbot.services.execution.executor import Tools, asked_at
from chatbot.services.swap_book import MadeByAnother, creation_of

_PAGE = 100
MOST_PAGES = 200
"""A list longer than this is not read completely, so it never proves that an order is missing."""


class _AtSwapService:
    """What both executors have in common."""

    def __init__(self, tools: Tools) -> None:
        self._accounts = tools.accounts
        self._services = tools.swap_services
        self._book = tools.swap_book
        self._changes = tools.changes
        self._clean_reads = CleanReads(changes=tools.changes, clock=tools.clock)
        self._clock = tools.clock

    async def terms_now(self, ticket: Ticket) -> Terms:
        return ticket.terms

    async def credentials(self, ticket: Ticket) -> SwapKey:
        return await self._accounts.swap_key(ticket.account, of=ticket.person)


class SwapExecutor(_AtSwapService):
    """`Executor` of `CreateSwap`."""

    async def has_moved(self, ticket: Ticket) -> bool:
        """The offer is over: the service would refuse it, or make the order at another rate."""
        _, terms = creation_of(ticket)
        return self._clock.now() >= terms.rate_until

    async def send(self, ticket: Ticket, credentials: SwapKey, permit: Permit) -> tuple[TicketState, Outcome]:
        """The order is followed before its ticket says so: whatever ends in between, the one is found by the other."""
        intent, _ = creation_of(ticket)
        began = self._clock.now()
        swap = await self._services[ticket.venue].create(credentials, new=intent.new, permit=permit)
        await self._book.open(ticket, swap, seen_at=began)
        return TicketState.DONE, SwapCreated(reference=swap.reference)

    async def look(self, ticket: Ticket) -> None:
        late = ticket.outcome if isinstance(ticket.outcome, NotFound) else None
        if ticket.state is not TicketState.UNCERTAIN and late is None:
            await self._changes.record(ticket, next_look_at=None)  # the swap has a card of its own
            return
        began = self._clock.now()
        found = await self._find(ticket, began=began)
        if found is not None:
            await self._found(ticket, found)
        elif late is None:
            await self._clean_reads.count(ticket, began=began)
        else:
            await self._clean_reads.count_late(ticket, late)

    async def _find(self, ticket: Ticket, *, began: datetime) -> FollowedSwap | None:
        """What a ticket made, followed; None if a complete reading does not show it."""
        known = await self._book.made_by(ticket)
        if known is not None:
            return known
        swap = await self._search(ticket)
        if swap is None:
            return None
        try:
            return await self._book.open(ticket, swap, seen_at=began)
        except MadeByAnother:
            raise Unavailable(Cause.UNREADABLE) from None  # found for the other in the same moment

    async def _search(self, ticket: Ticket) -> Swap | None:
        """Read all orders of the key, page after page, to the end or to the ticket's own.

        When an order comes or moves between two pages, another is pushed over a border that was passed already, and
        is not seen. So a list counts as read only if as many orders were seen as it says it has: raises `Unavailable`
        otherwise.
        """
        key = await self._accounts.swap_key(ticket.account)
        service = self._services[ticket.venue]
        seen: set[str] = set()
        for page in range(1, MOST_PAGES + 1):
            read = await service.swaps(key, page=page, size=_PAGE, priority=Priority.RECONCILE)
            seen.update(swap.reference for swap in read.swaps)
            found = await self._ours(ticket, read.swaps)
            if found is not None:
                return found
            if not read.has_next:
                if len(seen) < read.count:
                    break
                return None
        raise Unavailable(Cause.UNREADABLE)

    async def _ours(self, ticket: Ticket, swaps: tuple[Swap, ...]) -> Swap | None:
        """Of those that may be the ticket's, and are no other ticket's, the one that was made nearest to its tap."""
        intent, _ = creation_of(ticket)
        claimed_at = asked_at(ticket)
        alike = [swap for swap in swaps if may_be(swap, intent, claimed_at=claimed_at)]
        if not alike:
            return None
        references = [swap.reference for swap in alike]
        taken = await self._book.taken(ticket, references)
        free = (swap for swap in alike if swap.reference not in taken)
        return min(free, key=lambda swap: abs(swap.created_at - claimed_at), default=None)

    async def _found(self, ticket: Ticket, found: FollowedSwap) -> None:
        await self._changes.record(
            ticket,
            state=TicketState.DONE,
            outcome=SwapCreated(reference=found.swap.reference, unpaid=is_unpaid(found)),
            closed_at=self._clock.now(),
            next_look_at=None,
            notice=TicketSettled(ticket=ticket.id),
        )


class PayoutExecutor(_AtSwapService):
    """`Executor` of `SetPayout`. The order itself tells what became of it."""

    async def has_moved(self, ticket: Ticket) -> bool:
        """An address is what it is. Whether it can still be set, the service says."""
        return False

    async def send(self, ticket: Ticket, credentials: SwapKey, permit: Permit) -> tuple[TicketState, Outcome]:
        intent, began = payout_of(ticket), self._clock.now()
        swap = await self._services[ticket.venue].set_payout(
            credentials,
            reference=intent.reference,
            address=intent.address,
            extra_id=intent.extra_id,
            permit=permit,
        )
        if swap.reference != intent.reference:
            raise OutcomeUnknown(Cause.UNREADABLE)
        await self._note(ticket, swap, began=began)
        return TicketState.DONE, PayoutSet()

    async def look(self, ticket: Ticket) -> None:
        late = ticket.outcome if isinstance(ticket.outcome, NotFound) else None
        if ticket.state is not TicketState.UNCERTAIN and late is None:
            await self._changes.record(ticket, next_look_at=None)
            return
        began = self._clock.now()
        swap = await self._read(ticket)
        await self._note(ticket, swap, began=began)
        if swap.withdraw_address:
            await self._settle(ticket, swap, late=late is not None)
        elif late is None:
            await self._clean_reads.count(ticket, began=began)
        else:
            await self._clean_reads.count_late(ticket, late)

    async def _read(self, ticket: Ticket) -> Swap:
        key = await self._accounts.swap_key(ticket.account)
        reference = payout_of(ticket).reference
        return await self._services[ticket.venue].swap(key, reference=reference, priority=Priority.RECONCILE)

    async def _settle(self, ticket: Ticket, swap: Swap, *, late: bool) -> None:
        """It has an address, once and for all: this one, or another that was set elsewhere."""
        intent = payout_of(ticket)
        ours = is_set(swap, address=intent.address, extra_id=intent.extra_id)
        if late and not ours:
            await self._changes.record(ticket, next_look_at=None)
            return
        await self._changes.record(
            ticket,
            state=TicketState.DONE if ours else TicketState.REFUSED,
            outcome=PayoutSet() if ours else RefusedBy(code=None, reason="it has another payout address already"),
            closed_at=self._clock.now(),
            next_look_at=None,
            notice=TicketSettled(ticket=ticket.id),
        )

    async def _note(self, ticket: Ticket, swap: Swap, *, began: datetime) -> None:
        """Show the order as it is now on its card; with a doubt, if its result goes elsewhere."""
        intent = payout_of(ticket)
        elsewhere = bool(swap.withdraw_address) and not is_set(swap, address=intent.address, extra_id=intent.extra_id)
        followed = await self._book.find(ticket, swap.reference)
        if followed is not None:
            await self._book.note(followed, swap, began=began, doubt=OTHER_PAYOUT if elsewhere else "")


def payout_of(ticket: Ticket) -> SetPayout:
    """Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, SetPayout):
        raise TypeError("not a payout address's ticket")
    return ticket.intent
