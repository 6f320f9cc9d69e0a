"""Random walks through n.exchange's status table: every change that was seen is told once, and none that was not.

Each walk goes some way the table allows, now and then by a status that is not in it or back to an older one, and stays
anywhere from seconds to days. It is looked at when the program wants to, or later; its person refreshes and marks it.
Reads fail, answers belong to other orders, keys are rejected, and the program ends before and after anything it writes.
"""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import sqlalchemy as sa

import chatbot.storage.schema  # noqa: F401 - fills METADATA
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Event
from chatbot.domain.errors import Cause, ChatbotError, KeyRejected, OutcomeUnknown, Refused, SwapNotFound, Unavailable
from chatbot.domain.ids import AccountId, ChatId, MessageId, PersonId, SwapId
from chatbot.domain.notices import Alarm, SwapMoved
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import FollowedSwap, Marking, Swap, SwapStatus
from chatbot.ports.exchange import Permit, Priority
from chatbot.ports.tickets import Tickets
from chatbot.services.swap_book import SwapBook
from chatbot.services.swap_following import SwapFollowing
from chatbot.storage.database import Database
from chatbot.storage.life import StoredLife
from chatbot.storage.outbox import OUTBOX
from chatbot.storage.swaps import StoredSwaps
from chatbot.storage.tables import METADATA
from tests.fakes.cards import FakeSwapCards
from tests.fakes.clock import START, FakeClock
from tests.fakes.execution import AllPermitted, UnwatchedKeys
from tests.fakes.swap_service import BTC, USDC, swap
from tests.prove.proof import Proof, Run

T = TypeVar("T")
S = SwapStatus

ANNA = PersonId(7_001)
ACCOUNT = Account(
    id=AccountId(1), person=ANNA, venue=Venue.PAPER_SWAPS, label="paper-swaps-1", key_tail="0001", linked_at=START
)
NEXT: dict[SwapStatus, tuple[SwapStatus, ...]] = {
    S.INITIAL: (S.UNCONFIRMED_PAYMENT, S.UNCONFIRMED_PAYMENT, S.CANCELED),
    S.UNCONFIRMED_PAYMENT: (S.PAID, S.PENDING_KYC),
    S.PENDING_KYC: (S.PAID, S.INITIATED_REFUND),
    S.PAID: (S.PRE_RELEASE,),
    S.PRE_RELEASE: (S.RELEASED,),
    S.RELEASED: (S.COMPLETED,),
    S.INITIATED_REFUND: (S.REFUNDED, S.REFUND_FAILED),
    S.REFUND_FAILED: (S.INITIATED_REFUND,),
}
"""The flows of the API's section 4."""
STAYS = (3, 10, 20, 30, 45, 60, 90)
LONG_STAYS = (600, 5_000, 100_000)
"""Seconds a status lasts, about; some long."""
_FAILURES: tuple[Callable[[], Exception], ...] = (
    lambda: Unavailable(Cause.SERVER_FAULT),
    lambda: Unavailable(Cause.TIMEOUT),
    lambda: KeyRejected(status=401, reason=""),
    lambda: SwapNotFound(code=404, reason="Not found"),
    lambda: Refused(code=400, reason="no"),
    ZeroDivisionError,
)
_STOPS_WITHIN = timedelta(hours=2)
_MOST_LOOKS = 2_000
_FAR = START + timedelta(days=99_999)
_TOGETHER = 10


class Killed(BaseException):
    """The process is gone."""


class Inline:
    """The database in memory, in this thread: what a hundred thousand walks have time for. Dies when it is told to."""

    def __init__(self) -> None:
        self._engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        METADATA.create_all(self._engine)
        self.dies = ""

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        dies, self.dies = self.dies, ""
        if dies == "before":
            raise Killed
        with self._engine.begin() as connection:
            done = work(connection)
        if dies == "after":
            raise Killed
        return done

    def ask(self, query: str) -> Sequence[Any]:
        """The first column of what a query finds, past everything that takes time."""
        with self._engine.connect() as connection:
            return [row[0] for row in connection.connection.driver_connection.execute(query)]  # type: ignore[union-attr]

    def empty(self) -> None:
        with self._engine.begin() as connection:
            for table in reversed(METADATA.sorted_tables):
                connection.execute(table.delete())


@dataclass
class Service:
    """Where the swap is. Each status lasts until a moment; `read` is what it said, in order."""

    clock: FakeClock
    chance: random.Random
    stages: list[tuple[datetime, Swap]]
    fails: float
    reads: int = 0

    @property
    def standing(self) -> Swap:
        return next((swap for until, swap in self.stages if self.clock.at < until), self.stages[-1][1])

    async def swap(self, _: SwapKey, *, reference: str, priority: Priority) -> Swap:
        self.reads += 1
        if self.chance.random() < self.fails:
            raise self.chance.choice(_FAILURES)()
        if self.chance.random() < self.fails / 5:
            return replace(self.standing, reference="ANOTHER", status=S.COMPLETED, status_name="COMPLETED")
        return self.standing

    async def mark(self, _: SwapKey, *, reference: str, paid: bool, transaction: str, permit: Permit) -> Swap:
        permit()
        if self.chance.random() < 2 * self.fails:
            raise self.chance.choice((OutcomeUnknown(Cause.BROKEN), Refused(code=400, reason="no")))
        return self.standing


class Keys:
    async def get(self, account: AccountId) -> Account | None:
        return ACCOUNT

    async def swap_key(self, account: AccountId, *, of: PersonId | None = None) -> SwapKey:
        return SwapKey(api_key=Secret("a-key"))


class Paper:
    async def record(self, event: Event, *, alarm: Alarm | None = None) -> None: ...


@dataclass
class Walk:
    """One swap, from its order to its end."""

    number: int
    chance: random.Random
    database: Inline
    clock: FakeClock = field(default_factory=FakeClock)
    seen: list[str] = field(default_factory=list)
    service: Service = field(init=False)
    store: StoredSwaps = field(init=False)
    following: SwapFollowing = field(init=False)
    id: SwapId = field(init=False)

    def __post_init__(self) -> None:
        fails = self.chance.choice((0, 0, 0.1, 0.4))
        first = swap(reference=f"WALK{self.number}")
        self.service = Service(self.clock, self.chance, list(stages(first, self.chance)), fails)

    async def begin(self) -> None:
        await self.start()
        followed = FollowedSwap(
            id=SwapId(0),
            account=ACCOUNT.id,
            account_label=ACCOUNT.label,
            is_live=False,
            person=ANNA,
            chat=ChatId(ANNA),
            message=MessageId(800),
            picture=None,
            ticket=None,
            swap=self.service.standing,
            deposit=USDC,
            withdraw=BTC,
            marking=Marking.UNMARKED,
            doubts=(),
            seen_at=self.clock.at,
            next_look_at=self.clock.at + timedelta(seconds=30),
        )
        self.id = (await self.store.follow(followed)).id
        self.seen.append(followed.swap.status_name)

    async def start(self) -> None:
        """A new process: it knows what the database says."""
        database = cast(Database, self.database)
        self.store = StoredSwaps(database)
        cards: Any = FakeSwapCards()
        tickets = cast(Tickets, None)  # the swap was made elsewhere
        self.following = SwapFollowing(
            store=self.store,
            book=SwapBook(store=self.store, tickets=tickets, cards=cards, clock=self.clock),
            swap_services={Venue.PAPER_SWAPS: cast(Any, self.service)},
            coins={},
            accounts=cast(Any, None),
            keys=cast(Any, Keys()),
            key_watch=UnwatchedKeys(),
            permits=AllPermitted(),
            is_in=self._is_in,
            cards=cards,
            journal=Paper(),
            clock=self.clock,
        )

    async def to_the_end(self) -> str:
        """Walk until nothing is due any more; what went wrong, if anything did."""
        for _ in range(_MOST_LOOKS):
            due = await self.store.due(now=_FAR, limit=1)
            if not due or due[0].next_look_at is None:
                return await self._fault()
            late = timedelta(seconds=self.chance.choice((0, 0, 1, 40)))
            self.clock.at = max(self.clock.at, due[0].next_look_at) + late
            await self._trouble()
            await self._look(due[0])
        return f"it was looked at {_MOST_LOOKS} times and not at its end"

    async def _look(self, followed: FollowedSwap) -> None:
        self.database.dies = self.chance.choice(("before", "after")) if self.chance.random() < 0.05 else ""
        try:
            await self._act(followed)
        except Killed:
            self.clock.at += timedelta(seconds=self.chance.choice((1, 200, 4_000)))
            await self.start()
        self.database.dies = ""
        (stored,) = self.database.ask(f"SELECT json_extract(swap, '$.status_name') FROM swaps WHERE id = {self.id}")
        if stored != self.seen[-1]:
            self.seen.append(stored)

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
        if self.chance.random() < 0.02:
            life = StoredLife(cast(Database, self.database))
            await life.beat(now=self.clock.at)
            self.clock.at += timedelta(seconds=self.chance.choice(STAYS + LONG_STAYS))
            await life.begin(now=self.clock.at)
            await self.start()

    async def _fault(self) -> str:
        """Hold what was told against what was seen, and that against the way it went."""
        last, told = await self.store.get(self.id), await self._told()
        assert last is not None
        path = [stage.status_name for _, stage in self.service.stages]
        ended_at = self.service.stages[-2][0]
        if told != self.seen[1:]:
            return f"seen {self.seen}, told {told}"
        if not is_part_of(self.seen, path):
            return f"went {path}, seen {self.seen}"
        if last.swap != self.service.stages[-1][1] or last.next_look_at is not None:
            return f"it ended as {path[-1]}, and is shown as {last.swap.status_name}"
        if self.service.fails == 0 and self.clock.at - ended_at > _STOPS_WITHIN + timedelta(seconds=max(LONG_STAYS)):
            return f"its end was noticed after {self.clock.at - ended_at}"
        return ""

    async def _told(self) -> list[str]:
        query = sa.select(OUTBOX.c.notice).order_by(OUTBOX.c.id)
        notices = await self.database.read(lambda connection: connection.execute(query).scalars().all())
        moves = [each.followed for each in notices if isinstance(each, SwapMoved)]
        return [each.swap.status_name for each in moves if each.id == self.id]

    async def _is_in(self, person: PersonId) -> bool:
        return True


def stages(first: Swap, chance: random.Random) -> Iterator[tuple[datetime, Swap]]:
    """A way through the table, each status with the moment it ends at."""
    at, standing, before = START, first, first
    while not standing.status.is_final:
        at += timedelta(seconds=chance.choice(LONG_STAYS if chance.random() < 0.01 else STAYS))
        yield at, standing
        if chance.random() < 0.03:
            strange = replace(standing, status=S.UNKNOWN, status_name=chance.choice(("ON HOLD", "IN REVIEW")))
            at += timedelta(seconds=chance.choice(STAYS))
            yield at, strange
        if chance.random() < 0.02:
            at += timedelta(seconds=chance.choice(STAYS))
            yield at, before
        before, standing = standing, _next(standing, chance)
    yield at + timedelta(days=9_999), standing


def _next(standing: Swap, chance: random.Random) -> Swap:
    status = chance.choice(NEXT[standing.status])
    paid = "a1b2c3" if status is S.UNCONFIRMED_PAYMENT else standing.deposit_transaction
    return replace(standing, status=status, status_name=status.value, deposit_transaction=paid)


def is_part_of(some: list[str], whole: list[str]) -> bool:
    """Whether the one comes in the other, in this order."""
    rest = iter(whole)
    return all(each in rest for each in some)


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    database = Inline()
    for case, chance in run.cases():
        if case % _TOGETHER == 0:
            database.empty()
        walk = Walk(case, chance, database)
        await walk.begin()
        fault = await walk.to_the_end()
        if fault:
            run.fail(case, fault)
        run.remark(f"ended as {walk.service.stages[-1][1].status_name}")
        run.remark(f"{min(len(walk.seen), 9)} statuses seen")


PROOF = Proof(
    name="swap_walks",
    claim="random walks through the status table, polled at any moment, with failures and restarts: told once, ended",
    required=100_000,
    sample=60,
    prove=prove,
    shares=4,
)
