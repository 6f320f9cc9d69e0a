"""Random walks through n.exchange's status table: every change it answers is told once and shown, and nothing else is.

Each walk goes some way the table allows, now and then by a status that is not in it or back to an older one, with an
address or an amount that changes for a while, or on after its end, and stays for seconds or for days. It is looked at
when the program wants to, or later; its person refreshes and marks it. Reads fail, answers belong to other orders,
keys are rejected, and the program ends before and after anything it writes.
"""

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, cast

import sqlalchemy as sa

from chatbot.addresses.checker import NetworkAddresses
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Event
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import AccountId, ChatId, ClientId, MessageId, PersonId, SwapId, TicketId
from chatbot.domain.intents import CreateSwap
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, SwapMoved
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import Coin, FollowedSwap, Marking, Swap
from chatbot.domain.tickets import SwapCreated, Ticket, TicketState
from chatbot.ports.exchange import Priority
from chatbot.services.swap_book import SwapBook
from chatbot.services.swap_following import SwapFollowing
from chatbot.storage.database import Database
from chatbot.storage.life import StoredLife
from chatbot.storage.outbox import OUTBOX
from chatbot.storage.swaps import StoredSwaps
from chatbot.storage.ticket_table import TICKETS, find, values_of
from tests.fakes.cards import FakeSwapCards
from tests.fakes.clock import START, FakeClock
from tests.fakes.execution import AllPermitted, UnwatchedKeys
from tests.fakes.swap_service import BTC, USDC, new_swap, swap
from tests.prove.inline_database import InlineDatabase, Killed
from tests.prove.proof import Proof, Run
from tests.prove.walked_service import LONG_STAYS, STAYS, S, Service, essence, stages
from tests.storage.examples import SWAP_TERMS, ticket

ANNA = PersonId(7_001)
ACCOUNT = Account(
    id=AccountId(1), person=ANNA, venue=Venue.PAPER_SWAPS, label="paper-swaps-1", key_tail="0001", linked_at=START
)
_LATE = (0, 0, 1, 40)
"""Seconds by which a look comes late."""
_MOST_LOOKS = 2_000
_ADDRESSES = NetworkAddresses()
_FAR = START + timedelta(days=99_999)
_TOGETHER = 10


def longest_unlooked(swap: Swap, now: datetime) -> timedelta:
    """How long a swap that was read so may at most go without another look, if nothing goes wrong."""
    prompt = {S.INITIAL: 60, S.PENDING_KYC: 300, S.REFUND_FAILED: 600}.get(swap.status, 20)
    age = now - swap.created_at
    if age < timedelta(hours=1):
        return timedelta(seconds=prompt)
    return timedelta(minutes=10) if age < timedelta(days=1) else timedelta(hours=1)


class Keys:
    async def get(self, account: AccountId) -> Account | None:
        return ACCOUNT

    async def swap_key(self, account: AccountId, *, of: PersonId | None = None) -> SwapKey:
        return SwapKey(api_key=Secret("a-key"))


class Coins:
    async def listed(self, *, priority: Priority) -> tuple[Coin, ...]:
        return ()


@dataclass
class Tickets:
    """The one that made the swap, if any did: as it was opened, for what it asks for never changes."""

    ticket: Ticket | None = None

    async def get(self, ticket: TicketId) -> Ticket | None:
        return self.ticket


class Paper:
    async def record(self, event: Event, *, alarm: Alarm | None = None) -> None: ...


@dataclass
class Walk:
    """One swap, from its order to its end. `calm`: nothing fails, and the program never ends nor is away."""

    number: int
    chance: random.Random
    database: InlineDatabase
    clock: FakeClock = field(default_factory=FakeClock)
    cards: FakeSwapCards = field(default_factory=FakeSwapCards)
    painted: str = ""
    calm: bool = field(init=False)
    service: Service = field(init=False)
    store: StoredSwaps = field(init=False)
    book: SwapBook = field(init=False)
    following: SwapFollowing = field(init=False)
    tickets: Tickets = field(default_factory=Tickets)
    id: SwapId = field(init=False)

    def __post_init__(self) -> None:
        self.calm = self.chance.random() < 0.4
        fails = 0 if self.calm else self.chance.choice((0, 0.1, 0.4))
        first = swap(reference=f"WALK{self.number}")
        self.service = Service(self.clock, self.chance, list(stages(first, self.chance)), fails)

    async def begin(self) -> None:
        """It is followed because its ticket made it, or because somebody looked at it."""
        await self.start()
        order = self.service._answer()
        if self.chance.random() < 0.5:
            made_by = self.tickets.ticket = _ticket(self.number, order)
            values = values_of(made_by)
            await self.database.write(lambda connection: connection.execute(TICKETS.insert(), values))
            followed = await self.book.open(made_by, order, seen_at=self.clock.at)
        else:
            followed = await self.book.take_over(_followed(order), listed=())
        self.id = followed.id
        await self.store.attach(self.id, message=MessageId(800))
        self._paint()

    async def start(self) -> None:
        """A new process: it knows what the database says."""
        database = cast(Database, self.database)
        self.cards.repainted.clear()
        self.store = StoredSwaps(database)
        self.book = SwapBook(
            store=self.store,
            tickets=cast(Any, self.tickets),
            cards=cast(Any, self.cards),
            addresses=_ADDRESSES,
            clock=self.clock,
        )
        self.following = SwapFollowing(
            store=self.store,
            book=self.book,
            swap_services={Venue.PAPER_SWAPS: cast(Any, self.service)},
            coins={Venue.PAPER_SWAPS: cast(Any, Coins())},
            accounts=cast(Any, None),
            keys=cast(Any, Keys()),
            key_watch=UnwatchedKeys(),
            permits=AllPermitted(),
            is_in=self._is_in,
            cards=cast(Any, self.cards),
            journal=Paper(),
            clock=self.clock,
        )

    async def to_the_end(self) -> str:
        """Walk until nothing is due any more; what went wrong, if anything did."""
        for _ in range(_MOST_LOOKS):
            due = await self.store.due(now=_FAR, limit=1)
            if not due or due[0].next_look_at is None:
                return await self._fault()
            late = timedelta(seconds=self.chance.choice(_LATE))
            self.clock.at = max(self.clock.at, due[0].next_look_at) + late
            await self._trouble()
            await self._look(due[0])
            if self.painted != self.service.answers[-1][1].status_name:
                return f"its card shows {self.painted}, and {self._heard[-1].status_name} was read"
        return f"it was looked at {_MOST_LOOKS} times and not at its end"

    async def _look(self, followed: FollowedSwap) -> None:
        """What was answered and then lost, because the program ended before it could write it down, was not heard."""
        before = len(self.service.answers)
        may_end = not self.calm and self.chance.random() < 0.05
        dies = self.database.dies = self.chance.choice(("before", "after")) if may_end else ""
        try:
            await self._act(followed)
        except Killed:
            if dies == "before":
                del self.service.answers[before:]
            self.clock.at += timedelta(seconds=self.chance.choice((1, 200, 4_000)))
            await self.start()
            await self._paint_all()
        self.database.dies = ""
        if self.id in self.cards.repainted:
            self._paint()

    async def _act(self, followed: FollowedSwap) -> None:
        """Mostly the program looks; now and then its person does, or marks it as paid or not."""
        act = self.chance.random()
        try:
            if act < 0.05:
                await self.following.refresh(self.id, person=ANNA)
            elif act < 0.10:
                paid = self.chance.random() < 0.7
                await self.following.mark(self.id, person=ANNA, chat=ChatId(ANNA), paid=paid)
        except (ChatbotError, ZeroDivisionError):
            pass
        await self.following.look(followed)

    async def _trouble(self) -> None:
        """Sometimes the program was away, for long."""
        if not self.calm and self.chance.random() < 0.02:
            life = StoredLife(cast(Database, self.database))
            await life.beat(now=self.clock.at)
            self.clock.at += timedelta(seconds=self.chance.choice(STAYS + LONG_STAYS))
            await life.begin(now=self.clock.at)
            await self.start()

    async def _paint_all(self) -> None:
        """The painter begins with all cards that are not shown as they are."""
        if any(each.id == self.id for each in await self.store.unshown(limit=2 * _TOGETHER)):
            self._paint()

    def _paint(self) -> None:
        ((self.painted,),) = self.database.ask(
            f"UPDATE swaps SET shown = revision WHERE id = {self.id} RETURNING json_extract(swap, '$.status_name')"
        )
        self.cards.repainted.clear()

    @property
    def _heard(self) -> list[Swap]:
        return [swap for _, swap in self.service.answers]

    async def _fault(self) -> str:
        """Hold what was told, shown, doubted and counted against what the service answered."""
        last = await self.store.get(self.id)
        assert last is not None
        heard, told = [name for name, _ in groupby(each.status_name for each in self._heard)], await self._told()
        if told != heard[1:]:
            return f"heard {heard}, told {told}"
        end = self.service.stages[-1][1]
        if last.next_look_at is not None or (last.swap != end and not self._came_back):
            return f"it ended as {end.status_name}, and is shown as {last.swap.status_name}"
        if bool(last.doubts) != any(essence(each) != essence(self._heard[0]) for each in self._heard):
            return f"doubts {last.doubts} of {self._heard}"
        return self._unlooked() or await self._miscounted(last)

    @property
    def _came_back(self) -> bool:
        """It went on after its end, perhaps when nobody looked any more: that is not done for ever."""
        went_on = any(stage.status.is_final for _, stage in self.service.stages[:-1])
        return went_on and (not self.calm or self.clock.at - START > timedelta(days=1))

    def _unlooked(self) -> str:
        """Whether it went without a look for too long, while nothing was in the way of one."""
        for (at, before), (then, _) in pairwise(self.service.answers if self.calm else ()):
            longest = longest_unlooked(before, then) + timedelta(seconds=max(_LATE))
            if then - at > longest and not before.status.is_final:
                return f"{before.status_name}: not looked at for {then - at}"
        return ""

    async def _miscounted(self, last: FollowedSwap) -> str:
        """Whether limits count what was never sent, or do not count what may have been."""
        made_by = self.tickets.ticket
        ticket = made_by and await self.database.read(lambda connection: find(connection, made_by.id))
        if ticket is None or not isinstance(ticket.outcome, SwapCreated):
            return ""
        if last.swap.status is not S.CANCELED or last.marking is not Marking.UNMARKED:
            return "it counts for nothing" if ticket.outcome.unpaid else ""
        straight = [each.status for each in self._heard if each.status is not S.CANCELED][-1] is S.INITIAL
        return "it counts, and was never paid" if straight and not ticket.outcome.unpaid else ""

    async def _told(self) -> list[str]:
        query = sa.select(OUTBOX.c.notice).order_by(OUTBOX.c.id)
        notices = await self.database.read(lambda connection: connection.execute(query).scalars().all())
        moves = [each.followed for each in notices if isinstance(each, SwapMoved)]
        return [each.swap.status_name for each in moves if each.id == self.id]

    async def _is_in(self, person: PersonId) -> bool:
        return True


def _ticket(number: int, order: Swap) -> Ticket:
    """The ticket that made the swap."""
    terms = replace(SWAP_TERMS, deposit=Amount(order.deposit_amount, "USDC"))
    return ticket(
        id=TicketId(f"walk-{number}"),
        client_id=ClientId(number),
        person=ANNA,
        chat=ChatId(ANNA),
        account=ACCOUNT.id,
        venue=Venue.PAPER_SWAPS,
        intent=CreateSwap(account=ACCOUNT.id, new=new_swap(), deposit=USDC, withdraw=BTC),
        terms=replace(terms, withdraw=Amount(order.withdraw_amount, "BTC")),
        state=TicketState.DONE,
        claimed_at=START,
        outcome=SwapCreated(reference=order.reference),
    )


def _followed(order: Swap) -> FollowedSwap:
    return FollowedSwap(
        id=SwapId(0),
        account=ACCOUNT.id,
        account_label=ACCOUNT.label,
        is_live=False,
        person=ANNA,
        chat=ChatId(ANNA),
        message=None,
        picture=None,
        ticket=None,
        swap=order,
        deposit=USDC,
        withdraw=BTC,
        marking=Marking.UNMARKED,
        doubts=(),
        seen_at=START,
        next_look_at=None,
    )


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    database = InlineDatabase()
    for case, chance in run.cases():
        if case % _TOGETHER == 0:
            database.empty()
        walk = Walk(case, chance, database)
        await walk.begin()
        fault = await walk.to_the_end()
        if fault:
            run.fail(case, fault)
        run.remark(f"ended as {walk.service.stages[-1][1].status_name}")
        run.remark(f"{min(len({each.status_name for each in walk._heard}), 9)} statuses heard")
        run.remark(
            f"{'calm' if walk.calm else 'troubled'}, {'elsewhere' if walk.tickets.ticket is None else 'of a ticket'}"
        )


PROOF = Proof(
    name="swap_walks",
    claim="random walks through the status table, polled at any moment, with failures and restarts: told once, ended",
    required=100_000,
    sample=60,
    prove=prove,
    shares=4,
)
