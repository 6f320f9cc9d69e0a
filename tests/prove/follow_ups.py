"""A life of the bot, minute by minute: in each of them something is executed, and every bit is told exactly once.

Orders are placed here and on the exchange's own site, bought and sold in parts, cancelled and rejected, also while
balances are being read; money comes and goes. Meanwhile the bot is killed before and after anything it writes, is down
for minutes and hours, the exchange is away, and its lists are late. In the end cards and outbox together are held
against the exchange's books. One case is one minute.
"""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause
from chatbot.domain.explaining import SURE_AFTER
from chatbot.domain.ids import ChatId, ClientId, MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.orders import Order, OrderStatus, Side
from chatbot.domain.tickets import Lost, Placed, TicketState
from chatbot.services.follow_ups import BALANCES_EVERY, FollowUps
from chatbot.services.key_health import KeyHealth
from chatbot.services.settling import Settling
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from chatbot.workers.account_watch import AccountWatch
from tests.fakes.cards import FakeCards
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.fakes.exchange import Holder
from tests.fakes.execution import execution_services
from tests.prove.moody_exchange import MoodyExchange
from tests.prove.proof import Proof, Run
from tests.prove.told_once import Card, ToldOnce
from tests.storage.examples import BUY, ORDER, ticket

PEOPLE = (PersonId(7_001), PersonId(7_002))
_MINUTE = timedelta(minutes=1)
_APART = 45
"""Minutes in which the bot can look, between two movements of an account's money: they are not told as one."""
_MONEY = {"XRP": (1, 99, 1), "BTC": (3, 30, 1), "USDT": (2, 20, 100_000)}
"""How much of what comes and goes: from, to, times."""


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Life:
    """The bot over its database, and the exchange it looks at."""

    storage: Storage
    clock: FakeClock
    exchange: MoodyExchange
    chance: random.Random
    accounts: list[Account] = field(default_factory=list)
    told: ToldOnce = field(init=False)
    watch: AccountWatch = field(init=False)
    settling: Settling = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_000))
    _writes_left: int = -1
    _runs: bool = False
    _spells: dict[str, int] = field(default_factory=dict)
    _quiet: dict[PersonId, int] = field(default_factory=lambda: dict.fromkeys(PEOPLE, 0))

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
        self.told = ToldOnce(self.storage, self.exchange, PEOPLE)
        await self.start()
        await self._run(5 * _MINUTE)
        self.exchange.meanwhile = self._execute_some

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
        _, self.settling = execution_services(
            store=store.tickets,
            accounts=store.accounts,
            exchanges=exchanges,
            cards=FakeCards(),
            clock=self.clock,
            entropy=FakeEntropy(),
            follow_ups=follow_ups,
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
        part = self.chance.choice((_MINUTE, timedelta(seconds=self.chance.randint(1, 59))))
        for length in (part, _MINUTE - part):
            if "down" in self._spells:
                self.clock.at += length
            else:
                await self._run(length)
                looked = length == part and "away" not in self._spells
                self._quiet = {person: quiet + looked for person, quiet in self._quiet.items()}
            self._execute_some(self.holder(self.chance.choice(self.accounts)))
        self._spells = {name: left - 1 for name, left in self._spells.items() if left > 1}

    async def calm_down(self) -> None:
        """Nothing happens any more, and everything works: what is left to be told is told."""
        self._spells, self._writes_left, self.exchange.meanwhile = {}, -1, None
        self.exchange.away, self.exchange.as_of = False, None
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
                for due in await self.storage.tickets.due(now=self.clock.at, limit=20):
                    await self.settling.look(due)
                await self.storage.life.beat(now=self.clock.at)
            except Killed:
                rest, self._writes_left, self._runs = timedelta(seconds=self.chance.choice((1, 5, 150))), -1, False
                await self.start()
            self._runs = False
            await self.told.look(now=self.clock.at)
            self.clock.at += rest

    async def _happen(self) -> None:
        """Something is executed in every minute; now and then an order is placed, ends, or money comes or goes."""
        account = self.chance.choice(self.accounts)
        holder = self.holder(account)
        open_now = self._open(holder)
        if len(open_now) < 3 or (len(open_now) < 30 and self.chance.random() < 0.5):
            await self._place(account)
        if self.chance.random() < 0.005:
            await self._burst(account)
        self._execute_some(holder)
        if self.chance.random() < 0.2:
            self.exchange.end(holder, self.chance.choice([*holder.orders][-40:]))
        if self._quiet[account.person] >= _APART and not self._spells and self.chance.random() < 0.02:
            self._quiet[account.person] = 0
            self._move_money(holder)

    def _move_money(self, holder: Holder) -> None:
        currency, (least, most, times) = self.chance.choice([*_MONEY.items()])
        sign = 1 if currency not in holder.totals else self.chance.choice((1, -1))
        amount = sign * Decimal(self.chance.randint(least, most) * times)
        if holder.totals.get(currency, 0) + amount > 0:
            self.exchange.move_money(holder, currency, amount)

    def _open(self, holder: Holder) -> list[Order]:
        return [order for order in holder.orders.values() if not order.status.is_final]

    def _execute_some(self, holder: Holder) -> None:
        """A part of an open order, rather of the latest: their cards still tell what happens to them."""
        open_now = self._open(holder)
        if open_now:
            order = open_now[-1] if self.chance.random() < 0.3 else self.chance.choice(open_now)
            part = min(order.remaining, Decimal(self.chance.randint(1, 60)) / 100)
            self.exchange.execute(holder, order.number, part)

    async def _burst(self, account: Account) -> None:
        """More orders than a page holds begin and end at once."""
        for _ in range(self.chance.randint(15, 50)):
            order = await self._place(account)
            self.exchange.execute(self.holder(account), order.number, order.remaining)

    async def _place(self, account: Account) -> Order:
        """On the site, or by a card that was tapped just now or some minutes ago, then perhaps without an answer."""
        number = OrderNumber(next(self._numbers))
        order = replace(
            ORDER,
            number=number,
            client_id=ClientId(0),
            side=self.chance.choice((Side.BUY, Side.SELL)),
            status=OrderStatus.NEW,
            volume=Decimal(1),
            executed=Decimal(0),
            remaining=Decimal(1),
            placed_at=self.clock.at,
        )
        if self.chance.random() < 0.05:
            self.exchange.hidden[number] = self.clock.at + _MINUTE * self.chance.randint(1, 3)
        elif self.chance.random() < 0.5:
            order = replace(order, client_id=ClientId(number))
            await self._add_card(account, order, is_fresh=self.chance.random() < 0.6)
        self.holder(account).orders[number] = order
        return order

    async def _add_card(self, account: Account, order: Order, *, is_fresh: bool) -> None:
        tapped_at = self.clock.at if is_fresh else self.clock.at - 5 * _MINUTE
        lost = not is_fresh and self.chance.random() < 0.3
        card = ticket(
            id=TicketId(f"t{order.number}"),
            person=account.person,
            chat=ChatId(account.person),
            account=account.id,
            message=MessageId(order.number),
            client_id=order.client_id,
            intent=replace(BUY, account=account.id, side=order.side),
            state=TicketState.UNCERTAIN if lost else TicketState.DONE,
            outcome=Lost(cause=Cause.TIMEOUT) if lost else Placed(number=order.number),
            claimed_at=tapped_at,
            next_look_at=tapped_at if is_fresh else None,
        )
        await self.storage.tickets.add(card)
        self.told.add(order.number, Card(ticket=card.id, message=MessageId(order.number), tapped_at=tapped_at))


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
            for fault in await life.told.faults():
                run.fail(run.first, fault)
            life.told.count(run)
        finally:
            await storage.aclose()


PROOF = Proof(
    name="follow-ups",
    claim="a week with a fill every minute, money, kills, downtime, late lists: all on its card or told, exactly once",
    required=7 * 24 * 60,
    sample=20,
    prove=prove,
)
