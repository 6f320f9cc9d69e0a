"""Creating orders at n.exchange, and setting payout addresses: sent once, found again by evidence.

An order carries no mark of ours, so it is known by what was asked for, and by when (`domain.swap_evidence`). It was not
created only after enough complete reads of all orders of the key did not show it; see `clean_reads`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chatbot.domain.errors import Cause, OutcomeUnknown, SwapNotFound, Unavailable
from chatbot.domain.intents import SetPayout, Terms
from chatbot.domain.notices import TicketSettled
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swap_evidence import is_alike, is_made_since, is_set
from chatbot.domain.swap_life import is_unpaid
from chatbot.domain.swaps import Doubt, FollowedSwap, Swap
from chatbot.domain.tickets import (
    LikeSwap,
    NotFound,
    Outcome,
    PaidElsewhere,
    PayoutSet,
    Requested,
    SwapCreated,
    Ticket,
    TicketState,
)
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.clean_reads import CleanReads
from chatbot.services.execution.executor import Tools, asked_at
from chatbot.services.swap_book import MadeByAnother, creation_of

_PAGE = 100
MOST_PAGES = 200
"""A list longer than this is not read completely, so it never proves that an order is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What all orders of a key say of a ticket: which is its own, and whether more are equal to it and nobody's.

    If none is, `like` is the latest that is what was asked for, and was made before it was.
    """

    own: Swap | None = None
    among_others: bool = False
    like: Swap | None = None


class _AtSwapService:
    """What both executors have in common."""

    def __init__(self, tools: Tools) -> None:
        self._accounts = tools.accounts
        self._tickets = tools.tickets
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
            await self._follow(ticket)
            return
        began = self._clock.now()
        known = await self._book.made_by(ticket)
        if known is not None:
            await self._found(ticket, known)
            return
        search = await self._search(ticket)
        own = search.own or (search.like if late is not None else None)  # complete readings before did not show it
        if own is not None:
            await self._found(ticket, await self._open(ticket, own, began), among_others=search.among_others)
        elif late is not None:
            await self._clean_reads.count_late(ticket, late)
        else:
            await self._clean_reads.count(ticket, began=began, like=_named(search.like))

    async def _follow(self, ticket: Ticket) -> None:
        """What was created has a card of its own: at the latest now, if that was its person's word."""
        outcome, began = ticket.outcome, self._clock.now()
        if isinstance(outcome, SwapCreated) and await self._book.made_by(ticket) is None:
            key, service = await self._accounts.swap_key(ticket.account), self._services[ticket.venue]
            try:
                swap = await service.swap(key, reference=outcome.reference, priority=Priority.RECONCILE)
                followed = await self._book.open(ticket, swap, seen_at=began)
                outcome = replace(outcome, unpaid=is_unpaid(followed))
            except (MadeByAnother, SwapNotFound):
                outcome = Requested(confirmed=True)
        await self._changes.record(ticket, outcome=outcome, next_look_at=None)

    async def _open(self, ticket: Ticket, swap: Swap, began: datetime) -> FollowedSwap:
        try:
            return await self._book.open(ticket, swap, seen_at=began)
        except MadeByAnother:
            raise Unavailable(Cause.UNREADABLE) from None  # found for the other in the same moment

    async def _search(self, ticket: Ticket) -> _Search:
        """Read all orders of the key, page after page.

        When an order comes or moves between two pages, another is pushed over a border that was passed already, and
        is not seen. So a list counts as read only if as many orders were seen as it says it has; unless it shows the
        ticket's own, `Unavailable` is raised otherwise.
        """
        key = await self._accounts.swap_key(ticket.account)
        service = self._services[ticket.venue]
        intent, _ = creation_of(ticket)
        seen: set[str] = set()
        alike: dict[str, Swap] = {}
        is_whole = False
        for page in range(1, MOST_PAGES + 1):
            read = await service.swaps(key, page=page, size=_PAGE, priority=Priority.RECONCILE)
            seen.update(swap.reference for swap in read.swaps)
            alike |= {swap.reference: swap for swap in read.swaps if is_alike(swap, intent)}
            if not read.has_next:
                is_whole = len(seen) >= read.count
                break
        search = await self._told_apart(ticket, alike)
        if search.own is None and not is_whole:
            raise Unavailable(Cause.UNREADABLE)
        return search

    async def _told_apart(self, ticket: Ticket, alike: Mapping[str, Swap]) -> _Search:
        """Of orders that are no other ticket's, the one made nearest to the tap is the ticket's."""
        claimed_at = asked_at(ticket)
        taken = await self._book.taken(ticket, [*alike]) if alike else frozenset()
        free = [swap for swap in alike.values() if swap.reference not in taken]
        new = [swap for swap in free if is_made_since(swap, claimed_at)]
        if new:
            own = min(new, key=lambda swap: abs(swap.created_at - claimed_at))
            return _Search(own=own, among_others=len(new) > 1)
        return _Search(like=max(free, key=lambda swap: swap.created_at, default=None))

    async def _found(self, ticket: Ticket, found: FollowedSwap, *, among_others: bool = False) -> None:
        created = SwapCreated(reference=found.swap.reference, unpaid=is_unpaid(found), among_others=among_others)
        await self._changes.record(
            ticket,
            state=TicketState.DONE,
            outcome=created,
            closed_at=self._clock.now(),
            next_look_at=None,
            notice=TicketSettled(ticket=ticket.id),
        )


def _named(like: Swap | None) -> LikeSwap | None:
    return None if like is None else LikeSwap(reference=like.reference, made_at=like.created_at)


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
        if not swap.withdraw_address:
            raise OutcomeUnknown(Cause.UNREADABLE)
        await self._note(ticket, swap, began=began)
        return _result(intent, swap)

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
        """It has an address, once and for all: this one, or another. Of a ticket that was closed as not set, the other
        is no news.
        """
        state, outcome = _result(payout_of(ticket), swap)
        if late and state is not TicketState.DONE:
            await self._changes.record(ticket, next_look_at=None)
            return
        await self._changes.record(
            ticket,
            state=state,
            outcome=outcome,
            closed_at=self._clock.now(),
            next_look_at=None,
            notice=TicketSettled(ticket=ticket.id),
        )

    async def _note(self, ticket: Ticket, swap: Swap, *, began: datetime) -> None:
        """Show the order as it is now on its card; with a doubt, if its result goes to where no ticket sends it."""
        followed = await self._book.find(ticket, swap.reference)
        if followed is not None:
            astray = bool(swap.withdraw_address) and not await self._is_asked_for(ticket, swap)
            await self._book.note(followed, swap, began=began, doubt=Doubt.OTHER_PAYOUT if astray else None)

    async def _is_asked_for(self, ticket: Ticket, swap: Swap) -> bool:
        """Whether its result goes to where this, or another ticket of its person, sends it."""
        sent = await self._tickets.payouts_of(ticket.person, swap.reference)
        return any(_goes_to(payout_of(each), swap) for each in (ticket, *sent))


def _result(intent: SetPayout, swap: Swap) -> tuple[TicketState, Outcome]:
    """What became of an address, by an order that has one."""
    return (TicketState.DONE, PayoutSet()) if _goes_to(intent, swap) else (TicketState.REFUSED, PaidElsewhere())


def _goes_to(intent: SetPayout, swap: Swap) -> bool:
    return is_set(swap, address=intent.address, extra_id=intent.extra_id)


def payout_of(ticket: Ticket) -> SetPayout:
    """Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, SetPayout):
        raise TypeError("not a payout address's ticket")
    return ticket.intent
