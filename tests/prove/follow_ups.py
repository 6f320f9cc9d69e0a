"""A life of the bot, minute by minute: in each of them something is executed, and every bit is told exactly once.

Orders are placed here and on the exchange's own site, executed in parts, cancelled and rejected. Meanwhile the bot is
killed before and after anything it writes, is down for minutes and hours, the exchange is away, and its lists are late.
In the end the outbox is held against the exchange's books. One case is one minute.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.follow_ups import SURE_AFTER
from chatbot.domain.ids import ChatId, ClientId, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.notices import BalanceMoved, OrderMoved
from chatbot.domain.orders import Order, OrderPage, OrderStatus
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import Lost, Placed, TicketState
from chatbot.ports.exchange import Priority
from chatbot.services.follow_ups import BALANCES_EVERY, FollowUps
from chatbot.services.key_health import KeyHealth
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from chatbot.storage.outbox import OUTBOX
from chatbot.workers.account_watch import AccountWatch
from tests.fakes.cards import FakeCards
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.fakes.exchange import FakeExchange, Holder
from tests.prove.proof import Proof, Run
from tests.storage.examples import BUY, ORDER, ticket

T = TypeVar("T")

PEOPLE = (PersonId(7_001), PersonId(7_002))
_MINUTE = timedelta(minutes=1)
_DEPOSITED = "XRP"
_FEE = Decimal("0.0015")


class Killed(BaseException):
    """The process is gone."""


class MoodyExchange(FakeExchange):
    """May be `away`; may now and then show orders `as_of` an earlier moment; some come up late, `hidden` until then."""

    def __init__(self, clock: FakeClock, chance: random.Random) -> None:
        super().__init__(clock)
        self.chance = chance
        self.away = False
        self.as_of: Mapping[str, Mapping[OrderNumber, Order]] | None = None
        self.hidden: dict[OrderNumber, datetime] = {}

    def freeze(self) -> None:
        self.as_of = {key: dict(holder.orders) for key, holder in self.holders.items()}

    async def orders(self, credentials: Credentials, **asked: Any) -> OrderPage:
        return await self._shown(credentials, super().orders(credentials, **asked))

    async def order(self, credentials: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        return await self._shown(credentials, super().order(credentials, number=number, priority=priority))

    def _called(self, name: str) -> None:
        if self.away:
            raise Unavailable(Cause.TIMEOUT)
        super()._called(name)

    async def _shown(self, credentials: Credentials, reading: Awaitable[T]) -> T:
        key = credentials.api_key.reveal()
        holder, now = self.holders[key], self.holders[key].orders
        shown = self.as_of[key] if self.as_of is not None and self.chance.random() < 0.5 else now
        hidden = {number for number, until in self.hidden.items() if self.clock.now() < until}
        holder.orders = {number: order for number, order in shown.items() if number not in hidden}
        try:
            return await reading
        finally:
            holder.orders = now


@dataclass
class Life:
    """The bot over its database, and the exchange it looks at."""

    storage: Storage
    clock: FakeClock
    exchange: MoodyExchange
    chance: random.Random
    accounts: list[Account] = field(default_factory=list)
    cards: dict[OrderNumber, MessageId] = field(default_factory=dict)
    deposited: Decimal = Decimal(0)
    down_until: timedelta = timedelta(0)
    watch: AccountWatch = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_000))
    _writes_left: int = -1
    _runs: bool = False
    _spells: dict[str, int] = field(default_factory=dict)

    async def begin(self) -> None:
        write = self.storage.database.write

        async def mortal(*work: Any, **options: Any) -> Any:
            self._writes_left -= self._runs
            if self._runs and self._writes_left == 1:
                raise Killed
            done = await write(*work, **options)
            if self._runs and self._writes_left == 0:
                raise Killed
            return done

        self.storage.database.write = mortal  # type: ignore[method-assign]
        for person in PEOPLE:
            opened = self.exchange.open_account(funds={"BTC": "1000", "USDT": "1000000000"})
            self.accounts.append(
                await self.storage.accounts.add(person, venue=Venue.PAPER, credentials=opened, now=self.clock.at)
            )
        await self.start()
        await self._run(5 * _MINUTE)

    async def start(self) -> None:
        """A new process: it knows what the database says."""
        absence = await self.storage.life.begin(now=self.clock.at)
        exchanges, store = {Venue.PAPER: self.exchange}, self.storage
        follow_ups = FollowUps(
            store=store.follow_ups,
            accounts=store.accounts,
            exchanges=exchanges,
            cards=FakeCards(),
            clock=self.clock,
            was_away=absence is not None,
        )
        keys = KeyHealth(store=store.key_health, accounts=store.accounts, exchanges=exchanges, clock=self.clock)

        async def is_in(person: PersonId) -> bool:
            return True

        self.watch = AccountWatch(
            venue=Venue.PAPER,
            exchange=self.exchange,
            follow_ups=follow_ups,
            keys=keys,
            is_in=is_in,
            per_minute=8,
            clock=self.clock,
            entropy=FakeEntropy(),
        )

    async def minute(self) -> None:
        self._trouble()
        await self._happen()
        if "down" in self._spells:
            self.clock.at += _MINUTE
        else:
            await self._run(_MINUTE)
        self._spells = {name: left - 1 for name, left in self._spells.items() if left > 1}

    async def calm_down(self) -> None:
        """Nothing happens any more, and everything works: what is left to be told is told."""
        self._spells, self._writes_left = {}, -1
        self._trouble()
        await self.start()
        await self._run(2 * BALANCES_EVERY + 2 * SURE_AFTER)

    def holder(self, account: Account) -> Holder:
        return list(self.exchange.holders.values())[self.accounts.index(account)]

    def _trouble(self) -> None:
        chance, spells = self.chance, self._spells
        if spells.get("down") is None and chance.random() < 0.01:
            spells["down"] = chance.choice((1, 3, 20, 240))
        if spells.get("away") is None and chance.random() < 0.02:
            spells["away"] = chance.choice((1, 5, 30))
        if spells.get("late") is None and chance.random() < 0.03:
            spells["late"] = 2
            self.exchange.freeze()
        if self._writes_left < 0 and chance.random() < 0.2:
            self._writes_left = chance.randint(2, 8)
        self.exchange.away = "away" in spells
        if "late" not in spells:
            self.exchange.as_of = None

    async def _run(self, length: timedelta) -> None:
        until = self.clock.at + length
        while self.clock.at < until:
            self._runs = True
            try:
                rest = await self.watch.step()
                await self.storage.life.beat(now=self.clock.at)
            except Killed:
                rest, self._writes_left, self._runs = timedelta(seconds=self.chance.choice((1, 5, 150))), -1, False
                await self.start()
            self._runs = False
            self.clock.at += rest

    async def _happen(self) -> None:
        """Something is executed in every minute; now and then an order is placed, ends, or money comes in."""
        account = self.chance.choice(self.accounts)
        holder = self.holder(account)
        open_now = [order for order in holder.orders.values() if not order.status.is_final]
        if len(open_now) < 3 or (len(open_now) < 30 and self.chance.random() < 0.5):
            open_now.append(await self._place(account))
        if self.chance.random() < 0.005:
            await self._burst(account)
        order = self.chance.choice(open_now)
        part = min(order.remaining, Decimal(self.chance.randint(1, 60)) / 100)
        self._execute(holder, order, part)
        if self.chance.random() < 0.2:
            self._end(holder, self.chance.choice(open_now).number)
        if self.chance.random() < 0.005:
            amount = Decimal(self.chance.randint(1, 99))
            holder.totals[_DEPOSITED] = holder.totals.get(_DEPOSITED, Decimal(0)) + amount
            self.deposited += amount

    async def _burst(self, account: Account) -> None:
        """More orders than a page holds begin and end at once."""
        for _ in range(self.chance.randint(15, 50)):
            order = await self._place(account)
            self._execute(self.holder(account), order, order.remaining)

    async def _place(self, account: Account) -> Order:
        """On the site, or by a card that was tapped some minutes ago, perhaps without an answer."""
        number = OrderNumber(next(self._numbers))
        tapped = self.clock.at - 5 * _MINUTE
        order = replace(
            ORDER,
            number=number,
            client_id=ClientId(0),
            status=OrderStatus.NEW,
            volume=Decimal(1),
            executed=Decimal(0),
            remaining=Decimal(1),
            placed_at=self.clock.at,
        )
        if self.chance.random() < 0.05:
            self.exchange.hidden[number] = self.clock.at + _MINUTE * self.chance.randint(1, 3)
        elif self.chance.random() < 0.4:
            order = replace(order, client_id=ClientId(number))
            lost = self.chance.random() < 0.3
            card = ticket(
                id=TicketId(f"t{number}"),
                person=account.person,
                chat=ChatId(account.person),
                account=account.id,
                message=MessageId(number),
                client_id=ClientId(number),
                intent=replace(BUY, account=account.id),
                state=TicketState.UNCERTAIN if lost else TicketState.DONE,
                outcome=Lost(cause=Cause.TIMEOUT) if lost else Placed(number=number),
                claimed_at=tapped,
            )
            await self.storage.tickets.add(card)
            self.cards[number] = MessageId(number)
        self.holder(account).orders[number] = order
        return order

    def _execute(self, holder: Holder, order: Order, part: Decimal) -> None:
        executed = order.executed + part
        status = OrderStatus.FILLED if executed == order.volume else OrderStatus.PARTIALLY_FILLED
        holder.orders[order.number] = replace(
            order, status=status, executed=executed, remaining=order.volume - executed, average_price=order.price
        )
        holder.totals[order.base] += part * (1 - _FEE)
        holder.totals[order.counter] -= part * order.price

    def _end(self, holder: Holder, number: OrderNumber) -> None:
        order = holder.orders[number]
        if not order.status.is_final:
            status = OrderStatus.REJECTED if not order.executed else OrderStatus.CANCELLED
            holder.orders[number] = replace(order, status=status)

    # What was told

    async def faults(self) -> list[str]:
        """What the outbox says that the books do not, and the other way round."""
        query = sa.select(OUTBOX).order_by(OUTBOX.c.id)
        rows = await self.storage.database.read(lambda connection: connection.execute(query).all())
        told: dict[int, list[Any]] = {}
        balances: list[BalanceMoved] = []
        for row in rows:
            if isinstance(row.notice, OrderMoved):
                told.setdefault(row.notice.order.number, []).append(row)
            elif isinstance(row.notice, BalanceMoved):
                balances.append(row.notice)
        orders = [order for holder in self.exchange.holders.values() for order in holder.orders.values()]
        faults = [fault for order in orders if (fault := self._fault(order, told.pop(order.number, [])))]
        deposits = sum(
            (change.by for notice in balances for change in notice.changes if change.currency == _DEPOSITED),
            Decimal(0),
        )
        others = {change.currency for notice in balances for change in notice.changes} - {_DEPOSITED}
        if deposits != self.deposited or others:
            faults.append(f"{deposits} of {self.deposited} deposited were told, and changes of {others}")
        return faults + [f"#{number} was told and is not there" for number in told]

    def _fault(self, order: Order, rows: list[Any]) -> str | None:
        parts = sum((row.notice.part for row in rows), Decimal(0))
        ends = [row.notice.order.status for row in rows if row.notice.order.status.is_final]
        if parts != order.executed:
            return f"{parts} of #{order.number} were told, and {order.executed} executed"
        if ends != ([order.status] if order.status.is_final else []):
            return f"#{order.number} is {order.status}, and its end was told as {ends}"
        if {row.reply_to for row in rows} - {self.cards.get(order.number)}:
            return f"#{order.number} was not told under its card"
        return None


def prove(run: Run) -> None:
    asyncio.run(_live(run))


async def _live(run: Run) -> None:
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as folder:
        storage = await open_storage(
            url=f"sqlite:///{folder}/bot.db", master_key=KeyFile(Path(folder) / "master.key"), clock=clock
        )
        # Nobody pulls the plug here, and a week is long.
        await storage.database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous = OFF"))
        try:
            chance = run.chance(run.first)
            life = Life(storage, clock, MoodyExchange(clock, chance), chance)
            await life.begin()
            for _ in run.cases():
                await life.minute()
            await life.calm_down()
            for fault in await life.faults():
                run.fail(run.first, fault)
        finally:
            await storage.aclose()


PROOF = Proof(
    name="follow-ups",
    claim="a week with a fill every minute, kills, downtime, outages and late lists: every fill told exactly once",
    required=7 * 24 * 60,
    sample=30,
    prove=prove,
)
