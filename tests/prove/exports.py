"""Files of very many trades: put together within the request budget, in little memory, and whole whatever happens.

The exchange is a history behind the real budget. While it is read page by page, the program is killed again and again,
before or after it stored something; new trades push the old ones on; the exchange shows rows at the borders of pages
twice, and is away. A first file is given up on the way.
"""

import asyncio
import csv
import gc
import random
import tempfile
import tracemalloc
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.exports import Export, ExportFormat, ExportKind, ExportRequest, ExportState
from chatbot.domain.ids import PersonId
from chatbot.domain.orders import Side
from chatbot.domain.secrets import Session
from chatbot.domain.trades import Trade, TradePage, TradeSpan
from chatbot.exchange.budget import Budget, BudgetSpent
from chatbot.ports.exchange import Priority
from chatbot.storage.exports import StoredExports
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from tests.fakes.clock import FakeEntropy
from tests.fakes.exchange import FakeExchange
from tests.fakes.instant import FakeInstantTrade, trade
from tests.prove.budget import most_in_a_minute
from tests.prove.place import PatientClock
from tests.prove.proof import Proof, Run
from tests.services.house import ANNA, CHAT, House

_A_FILE = 50_000
"""Trades of one case."""
_A_PAGE = 20
_A_MINUTE = 60
"""Requests the exchange allows."""
_SHARE = 27
"""Of these, what is left to the last in line: 45 of 100."""
_MOST_MEMORY = 6 << 20
"""Bytes that a program may have in use more than at its start, however long the file is."""


class Killed(BaseException):
    """The program ended here: nothing catches that."""


class PacedHistory(FakeInstantTrade):
    """A long history, newest first, behind the request budget. `problems` are people who would have had to wait."""

    def __init__(self, clock: PatientClock, rows: list[Trade], chance: random.Random) -> None:
        super().__init__(clock)
        self.rows, self.chance, self.patient = rows, chance, clock
        self.budget = Budget(limit=_A_MINUTE, clock=clock)
        self.arrivals: list[float] = []
        self.problems = 0

    async def trades(
        self, session: Session, *, span: TradeSpan, page: int, account_name: str, priority: Priority
    ) -> TradePage:
        try:
            slot = await self.budget.take(priority)
        except BudgetSpent:
            raise Unavailable(Cause.BUDGET) from None
        self.arrivals.append(self.patient.monotonic())
        self.budget.give_back(slot)
        self.problems += self.budget.expected_wait(Priority.PERSON) > timedelta(0)
        if self.chance.random() < 0.005:
            raise Unavailable(Cause.BROKEN)
        if self.chance.random() < 0.05:
            self._trade_once_more()
        first, last = (page - 1) * _A_PAGE, page * _A_PAGE
        twice = self.chance.random() < 0.05
        return TradePage(
            trades=tuple(self.rows[max(0, first - twice) : last]), number=page + 1, has_next=last < len(self.rows)
        )

    def _trade_once_more(self) -> None:
        """After the file was asked for, so it does not belong into it."""
        self.rows.insert(0, trade(self.clock, 10_000_000 + len(self.rows), ago=-timedelta(seconds=len(self.rows))))


class KillingStore:
    """Ends the program before or after something is stored, now and then."""

    def __init__(self, store: StoredExports, chance: random.Random) -> None:
        self._store = store
        self._chance = chance

    async def save(self, export: Export, **read: Any) -> bool:
        fate = self._chance.random()
        if fate < 0.02:
            raise Killed
        stored = await self._store.save(export, **read)
        if fate > 0.98:
            raise Killed
        return stored

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def history_of(count: int, clock: PatientClock, chance: random.Random) -> list[Trade]:
    """Newest first; the exchange's numbers do not follow the dates."""
    numbers = chance.sample(range(1, 9_000_000), count)
    return [
        trade(
            clock,
            number,
            ago=timedelta(seconds=1 + at * 40),
            side=chance.choice(tuple(Side)),
            amount=Decimal(chance.randrange(1, 10**12)).scaleb(-8),
            total=Decimal(chance.randrange(1, 10**9)).scaleb(-2),
        )
        for at, number in enumerate(numbers)
    ]


class Life:
    """One case: Anna's file of so many trades."""

    def __init__(self, folder: Path, count: int, chance: random.Random) -> None:
        self.chance, self.folder, self.clock = chance, folder, PatientClock()
        self.wanted = history_of(count, self.clock, chance)
        self.history = PacedHistory(self.clock, list(self.wanted), chance)
        self.exchange = FakeExchange(self.clock)
        self.kills = 0
        self.memory = 0

    async def live(self) -> Path:
        """Returns the file."""
        storage = await self._open()
        account = await self._house(storage).link()
        await storage.accounts.put_session(account, self.history.open_session(), now=self.clock.now())
        await self._give_up_on_the_way(storage)
        await self._begin(storage)
        while (export := await _export(storage)).is_under_way:
            try:
                await self._go_on(storage, export)
            except Killed:
                self.kills += 1
                await storage.aclose()
                storage = await self._open()
        path = storage.export_files.path(export.id, 1)
        await storage.aclose()
        if (export.state, export.parts, export.rows) != (ExportState.READY, 1, len(self.wanted)):
            raise AssertionError(f"it ended as {export}")
        return path

    async def _go_on(self, storage: Storage, export: Export) -> None:
        """As one program, until it is killed or there is nothing more to do."""
        gc.collect()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        try:
            await self._advance(storage, export)
        finally:
            self.memory = max(self.memory, tracemalloc.get_traced_memory()[1] - before)

    async def _advance(self, storage: Storage, export: Export) -> None:
        house = self._house(storage)
        house.exporting._store = KillingStore(storage.exports, self.chance)
        while export.is_under_way:
            await house.exporting.advance(export)
            export = await _export(storage)

    async def _give_up_on_the_way(self, storage: Storage) -> None:
        await self._begin(storage)
        house = self._house(storage)
        for _ in range(self.chance.randrange(1, 9)):
            if (export := await _export(storage)).is_under_way:
                await house.exporting.advance(export)
        if not export.is_under_way:
            return
        asked = len(self.history.arrivals)
        if not await house.exports.cancel(export.id, person=ANNA):
            raise AssertionError("it could not be given up")
        await house.exporting.advance(export)  # which was on its way
        if await storage.exports.of(ANNA) is not None or await storage.export_files.present():
            raise AssertionError("something is left of what was given up")
        if len(self.history.arrivals) > asked + 1:
            raise AssertionError("it went on after it was given up")

    async def _begin(self, storage: Storage) -> None:
        request = ExportRequest(
            kind=ExportKind.TRADES, first=None, last=self.clock.now().date(), format=ExportFormat.CSV
        )
        if await storage.exports.of(ANNA) is None:
            await self._house(storage).exports.begin(request, person=ANNA, chat=CHAT)

    async def _open(self) -> Storage:
        storage = await open_storage(
            url=f"sqlite:///{self.folder}/bot.db", master_key=KeyFile(self.folder / "master.key"), clock=self.clock
        )
        # Nobody pulls the plug here, and this proof writes thousands of pages.
        await storage.database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous = OFF"))
        return storage

    def _house(self, storage: Storage) -> House:
        return House(storage, self.clock, exchange=self.exchange, entropy=FakeEntropy(), instant=self.history)


async def _export(storage: Storage) -> Export:
    found = await storage.exports.of(PersonId(ANNA))
    if found is None:
        raise AssertionError("the file is not under way any more")
    return found


def faults(path: Path, wanted: Sequence[Trade], history: PacedHistory) -> list[str]:
    """What is wrong with a file, or with how it came about."""
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            (row["ID (Optional)"], row["Base Amount"], row["Quote Amount (Optional)"]) for row in csv.DictReader(file)
        ]
    if rows != [(str(each.number), f"{each.amount:f}", f"{each.total:f}") for each in reversed(wanted)]:
        found.append(f"{len(rows)} rows, {len(set(rows))} of them once, for {len(wanted)} trades")
    if (most := most_in_a_minute(history.arrivals)) > _SHARE:
        found.append(f"{most} requests within a minute, {_SHARE} were its share")
    if history.problems:
        found.append(f"people would have waited {history.problems} times")
    return found


def prove(run: Run) -> None:
    length = min(_A_FILE, run.count)
    for case, chance in run.cases(worth=length):
        with tempfile.TemporaryDirectory() as folder:
            life = Life(Path(folder), length, chance)
            tracemalloc.start()
            try:
                path = asyncio.run(life.live())
            finally:
                tracemalloc.stop()
            for fault in faults(path, life.wanted, life.history):
                run.fail(case, fault)
        if life.memory > _MOST_MEMORY:
            run.fail(case, f"{life.memory:,} bytes were in use more than at the start")
        run.remarks["kills"] = run.remarks.get("kills", 0) + life.kills
        run.remarks["requests"] = run.remarks.get("requests", 0) + len(life.history.arrivals)
        run.remarks["KB at once"] = max(run.remarks.get("KB at once", 0), life.memory >> 10)


PROOF = Proof(
    name="exports",
    claim="files of 50,000 trades: every row once, within the budget, memory flat, through kills and giving up",
    required=_A_FILE,
    sample=200,
    prove=prove,
)
