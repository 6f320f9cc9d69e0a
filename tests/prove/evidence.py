"""Random histories of orders whose placing was never answered: what the settling service concludes is so. Every fourth
is of a conversion; see `lost_conversions`.

The exchange is in memory and as unhelpful as one may be: it applies late (up to 8 s), shows orders later still (but
within the rule's time: before the second complete read can begin), fails reads, takes seconds for a page, and changes
its lists while they are being paged through. Its lists run newest first or oldest first; that is not documented.
"""

import asyncio
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, KeyRejected, OrderNotFound, OutcomeUnknown, Unavailable
from chatbot.domain.ids import AccountId, ClientId, OrderNumber, PersonId, TicketId
from chatbot.domain.notices import Notice, TicketSettled
from chatbot.domain.orders import NewOrder, Order, OrderFilter, OrderPage, OrderStatus
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import NotFound, Placed, Ticket, TicketState
from chatbot.ports.accounts import Accounts
from chatbot.ports.exchange import Exchange, Permit, Priority
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.execution.clean_reads import CLEAN_READS, SETTLED_IN, SPACING
from tests.fakes.cards import FakeCards
from tests.fakes.clock import START, FakeClock, FakeEntropy
from tests.fakes.exchange import permitted
from tests.fakes.execution import execution_services
from tests.fakes.values import credentials
from tests.prove import lost_conversions
from tests.prove.proof import Proof, Run
from tests.storage.examples import BUY, ORDER, ticket

_PAGE = 20
_MOST_LOOKS = 300
_LISTS_RIGHT_WITHIN = (SETTLED_IN + SPACING * (CLEAN_READS - 1)).total_seconds()
_CALM_AFTER = 600.0  # seconds: from then on lists keep still and answers come, so that every history has an end
_LATEST = 8.0  # seconds until the exchange has carried out what it received


class Store:
    """A ticket store in memory, for one ticket."""

    def __init__(self, only: Ticket) -> None:
        self.ticket = only
        self.notices: list[Notice] = []

    async def get(self, _: TicketId) -> Ticket | None:
        return self.ticket

    async def update(
        self,
        _: TicketId,
        change: Callable[[Ticket], Ticket],
        *,
        notice: Notice | None = None,
        origin_of: OrderNumber | None = None,
    ) -> Ticket:
        self.ticket = change(self.ticket)
        if notice is not None:
            self.notices.append(notice)
        return self.ticket

    async def recover(self, *, now: datetime) -> tuple[TicketId, ...]:
        if self.ticket.state is not TicketState.CLAIMED:
            return ()
        self.ticket = replace(self.ticket, state=TicketState.UNCERTAIN, next_look_at=now)
        return (self.ticket.id,)

    async def placed(self, venue: Venue, numbers: Collection[OrderNumber]) -> frozenset[OrderNumber]:
        return frozenset()

    async def unsettled_of(self, person: PersonId) -> tuple[Ticket, ...]:
        return (self.ticket,)

    async def claimed_since(self, account: AccountId, *, since: datetime, but: TicketId) -> bool:
        return False


class Keys:
    async def credentials(self, account: AccountId, *, of: PersonId | None = None) -> Credentials:
        return credentials("1")


@dataclass(slots=True)
class Stranger:
    """An order in the books: from when it shows, and from when it is closed."""

    order: Order
    shows_at: float
    closes_at: float


@dataclass
class World:
    """The exchange. Moments are seconds since the tap; the order ends at one of those in `closes`."""

    chance: random.Random
    clock: FakeClock
    placed: bool
    applied_at: float
    shows_at: float
    closes: tuple[float, ...]
    oldest_first: bool
    unrest: float
    fails: float
    latency: float
    sent: list[NewOrder] = field(default_factory=list)
    books: list[Stranger] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(50_000))

    def populate(self, opened: int, closed: int) -> None:
        for _ in range(opened + closed):
            self.add(closes_at=-1.0 if _ < closed else 10**9)

    @property
    def now(self) -> float:
        return (self.clock.at - START).total_seconds()

    def add(self, *, closes_at: float, client: int = 0, shows_at: float = -2.0, number: int | None = None) -> None:
        volume = ORDER.volume if client else ORDER.volume + 1  # else nobody could tell a stranger's from ours
        marked = OrderNumber(number or next(self.numbers))
        order = replace(ORDER, number=marked, client_id=ClientId(client), volume=volume)
        self.books.append(Stranger(order, shows_at, closes_at))

    async def place_order(self, _: Credentials, *, order: NewOrder, permit: Permit) -> OrderNumber:
        permit()
        self.sent.append(order)
        if self.placed:
            self.add(closes_at=self.chance.choice(self.closes), client=order.client_id, shows_at=self.shows_at)
        raise OutcomeUnknown(Cause.TIMEOUT)

    async def orders(
        self, _: Credentials, *, account_name: str, which: OrderFilter, market: str, page: int, priority: Priority
    ) -> OrderPage:
        self._let_time_pass()
        if self.now < _CALM_AFTER and self.chance.random() < self.fails:
            raise self.chance.choice((Unavailable(Cause.SERVER_FAULT), KeyRejected(status=401)))
        now = self.now
        listed = [
            each
            for each in self.books
            if each.shows_at <= now and (each.closes_at <= now) is (which is OrderFilter.CLOSED)
        ]
        listed.sort(key=lambda each: each.order.number, reverse=not self.oldest_first)
        shown = tuple(self._as_it_stands(each) for each in listed[(page - 1) * _PAGE : page * _PAGE])
        return OrderPage(orders=shown, number=page, has_next=page * _PAGE < len(listed), pages=None)

    async def order(self, _: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        self._let_time_pass()
        for each in self.books:
            if each.order.number == number:
                return self._as_it_stands(each)
        raise OrderNotFound(code=1201, reason="order_not_found")

    def _as_it_stands(self, each: Stranger) -> Order:
        closed = each.closes_at <= self.now
        return replace(each.order, status=OrderStatus.FILLED if closed else OrderStatus.NEW)

    def _let_time_pass(self) -> None:
        """A read takes a while, in which other orders of the same person come and go."""
        self.clock.at += timedelta(seconds=self.chance.uniform(0, self.latency))
        if self.now > _CALM_AFTER:
            return
        while self.chance.random() < self.unrest:
            self.add(closes_at=10**9, shows_at=self.now)
        while self.chance.random() < self.unrest:
            still = [each for each in self.books if each.closes_at > self.now and not each.order.client_id]
            if not still:
                break
            self.chance.choice(still).closes_at = self.now


def a_world(chance: random.Random) -> World:
    applied = chance.uniform(0, _LATEST)
    shows = chance.choice((applied, chance.uniform(applied, _LISTS_RIGHT_WITHIN)))
    world = World(
        chance=chance,
        clock=FakeClock(),
        placed=chance.random() < 0.7,
        applied_at=applied,
        shows_at=shows,
        closes=(10**9, shows + chance.uniform(0, 60)),
        oldest_first=chance.random() < 0.3,
        unrest=chance.choice((0.0, 0.0, 0.1, 0.3, 0.5)),
        fails=chance.choice((0.0, 0.0, 0.05, 0.3)),
        latency=chance.choice((0.05, 0.5, 3.0)),
    )
    world.populate(opened=chance.choice((0, 3, 19, 20, 21, 45)), closed=chance.choice((0, 5, 40)))
    return world


async def live(world: World) -> Store:
    """From the claim until nobody looks at the ticket any more; restarts in between."""
    claimed = ticket(
        intent=BUY, state=TicketState.CLAIMED, claimed_at=START, created_at=START, next_look_at=None, message=None
    )
    store = Store(claimed)
    shared: dict[str, Any] = {
        "store": cast(TicketStore, store),
        "accounts": cast(Accounts, Keys()),
        "exchanges": {Venue.PAPER: cast(Exchange, world)},
        "cards": FakeCards(),
        "clock": world.clock,
        "entropy": FakeEntropy(),
    }
    tickets, settling = execution_services(**shared)
    if world.chance.random() < 0.3:  # killed between sending and recording
        try:
            await world.place_order(credentials("1"), order=cast(NewOrder, _Sent(claimed.client_id)), permit=permitted)
        except OutcomeUnknown:
            await settling.recover()
    else:
        await tickets.execute(claimed)
    for _ in range(_MOST_LOOKS):
        due = store.ticket.next_look_at
        if due is None or (store.ticket.state is not TicketState.UNCERTAIN and world.now > 400):
            break
        world.clock.at = max(world.clock.at, due) + timedelta(seconds=world.chance.choice((0, 0, 0.05, 2)))
        await settling.look(store.ticket)
        if world.chance.random() < 0.05:
            _, settling = execution_services(**shared)
            await settling.recover()
    return store


@dataclass(frozen=True, slots=True)
class _Sent:
    client_id: ClientId


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    for case, chance in run.cases():
        if case % 4 == 3:
            await _prove_conversion(run, case, chance)
            continue
        world = a_world(chance)
        store = await live(world)
        problem = _problem(world, store)
        if problem:
            run.fail(case, f"{problem}\n  {_told(world)}\n  {store.ticket.state} {store.ticket.outcome}")
        run.remark(f"{'placed' if world.placed else 'not placed'}, found {store.ticket.state}")


async def _prove_conversion(run: Run, case: int, chance: random.Random) -> None:
    world = lost_conversions.World(chance)
    final = await lost_conversions.live(world, Store(lost_conversions.claimed()))
    problem = lost_conversions.problem(world, final)
    if problem:
        run.fail(case, f"{problem}\n  {lost_conversions.told(world)}\n  {final.state} {final.outcome}")
    run.remark(f"conversion {'placed' if world.placed else 'not placed'}, found {final.state}")


def _problem(world: World, store: Store) -> str:
    final = store.ticket
    if len(world.sent) != 1:
        return f"sent {len(world.sent)} times"
    if final.state is TicketState.UNCERTAIN:
        return "never settled"
    if world.placed and not isinstance(final.outcome, Placed):
        return "placed, and called not placed"
    if not world.placed and not isinstance(final.outcome, NotFound):
        return "not placed, and called placed"
    if store.notices.count(TicketSettled(ticket=final.id)) != 1:
        return f"told {len(store.notices)} times"
    return ""


def _told(world: World) -> str:
    facts = ("placed", "applied_at", "shows_at", "oldest_first", "unrest", "fails", "latency")
    return ", ".join(f"{name}={getattr(world, name)}" for name in facts) + f", {len(world.books)} orders"


PROOF = Proof(
    name="evidence",
    claim="histories of lost answers: never “not placed” for a placed order or conversion, never a second send, always "
    "settled, or where nothing marks it, its person asked",
    required=10_000,
    sample=300,
    prove=prove,
)
