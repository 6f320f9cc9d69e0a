"""Files of every kind, with everything that works on them: the worker, what hands them over, and people who give up.

A case is one file: of trades, orders or history, as CSV or JSON, of some days, in parts of a few rows. The exchange
shows rows at the borders of pages twice, orders out of order, and is away now and then; new rows come in meanwhile. The
program is killed before and after whatever it stores, writes and sends, also in the middle of a write.
"""

import asyncio
import csv
import io
import json
import random
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.exports import Export, ExportFormat, ExportKind, ExportRequest
from chatbot.domain.ids import ExportId, MessageId, OrderNumber, TicketId
from chatbot.domain.orders import Order, OrderPage
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Placed, Requested, TicketState
from chatbot.domain.trades import TradePage
from chatbot.services import exporting
from chatbot.storage.export_files import PrivateExportFiles
from chatbot.storage.opening import Storage
from chatbot.workers.exports import ExportKeeper
from handlers.export_painter import ExportPainter
from handlers.sender import NotDelivered, Sender
from handlers.views.screen import File
from tests.fakes.clock import FakeEntropy
from tests.fakes.exchange import FakeExchange
from tests.fakes.instant import FakeInstantTrade, trade
from tests.fakes.storing import storage_in
from tests.prove.exports import Killed
from tests.prove.place import PatientClock
from tests.prove.proof import Proof, Run
from tests.services.house import ANNA, CHAT, House
from tests.storage.examples import ORDER, ticket

_A_BATCH = 7
_A_PART = 1_500
"""Bytes from which on a part is full: some rows."""
_MOST_ROWS = 40
_MOST_ROUNDS = 2_000
_A_MONTH = 29 * 24 * 60
"""In minutes."""


@dataclass
class Fate:
    """Kills, wherever it is asked."""

    chance: random.Random
    kills: int = 0

    def strike(self) -> None:
        if self.chance.random() < 0.06:
            self.kills += 1
            raise Killed


class FatedFiles(PrivateExportFiles):
    def __init__(self, folder: Path, fate: Fate) -> None:
        super().__init__(folder)
        self._fate = fate

    async def append(self, export: ExportId, part: int, content: bytes) -> int:
        try:
            self._fate.strike()
        except Killed:
            await super().append(export, part, content[: self._fate.chance.randrange(len(content) + 1)])
            raise
        return await super().append(export, part, content)


class FatedStore:
    def __init__(self, store: Any, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    async def save(self, export: Export, **read: Any) -> bool:
        self._fate.strike()
        saved = await self._store.save(export, **read)
        self._fate.strike()
        return cast(bool, saved)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@dataclass
class FatedSender:
    """`files` are those that came, by name; `changed` the names of those that came again as something else."""

    fate: Fate
    files: dict[str, bytes] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)

    async def send(self, room: object, shown: object) -> MessageId:
        self.fate.strike()
        if self.fate.chance.random() < 0.05:
            raise NotDelivered("away")
        if isinstance(shown, File):
            assert isinstance(shown.content, Path)
            content = shown.content.read_bytes()
            if self.files.setdefault(shown.name, content) != content:
                self.changed.append(shown.name)
        self.fate.strike()
        return MessageId(1)

    async def repaint(self, chat: object, message: object, screen: object, *, yielding: bool) -> bool:
        self.fate.strike()
        return True


class Errands:
    """Background work, done when it is waited for. Those of a program that was killed never happen."""

    def __init__(self) -> None:
        self._begun: list[Coroutine[Any, Any, Any]] = []

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> Any:
        self._begun.append(work)

    async def run(self) -> None:
        while self._begun:
            work = self._begun.pop(0)
            try:
                await work
            except Killed:
                for never in self._begun:
                    never.close()
                self._begun.clear()
                raise


class QuirkyTrades(FakeInstantTrade):
    def __init__(self, clock: PatientClock, chance: random.Random) -> None:
        super().__init__(clock)
        self.chance, self.page_size = chance, 6

    async def trades(self, session: Session, *, page: int, **said: Any) -> TradePage:
        if self.chance.random() < 0.05:
            raise Unavailable(Cause.BROKEN)
        read = await super().trades(session, page=page, **said)
        before = (await super().trades(session, page=page - 1, **said)).trades[-1:] if page > 1 else ()
        return replace(read, trades=(*before, *read.trades), number=page + 1)


class QuirkyOrders(FakeExchange):
    """Its list is by number, which says nothing about when an order was placed."""

    chance: random.Random | None = None

    async def orders(self, *args: Any, **said: Any) -> OrderPage:
        if self.chance is not None and self.chance.random() < 0.05:
            raise Unavailable(Cause.TIMEOUT)
        return await super().orders(*args, **said)


class Life:
    """One file of Anna's, from `/export` to its end."""

    def __init__(self, storage: Storage, clock: PatientClock, chance: random.Random) -> None:
        self.storage, self.clock, self.chance = storage, clock, chance
        self.exchange, self.instant = QuirkyOrders(clock), QuirkyTrades(clock, chance)
        self.fate = Fate(chance)
        self.sender = FatedSender(self.fate)
        self.numbers = count(1_000)
        self.rows: list[tuple[datetime, str]] = []
        self.given_up = False

    async def live(self) -> list[str]:
        """Returns what is wrong."""
        house = self._house()
        account = await house.link()
        self.exchange.chance = self.chance
        session = self.instant.open_session()
        await self.storage.accounts.put_session(account, session, now=self.clock.now())
        kind, form = self.chance.choice(tuple(ExportKind)), self.chance.choice(tuple(ExportFormat))
        for _ in range(self.chance.randrange(_MOST_ROWS)):
            await self._happen(kind, account, session, ago=self.chance.randrange(1, _A_MONTH))
        export = await house.exports.begin(self._request(kind, form), person=ANNA, chat=CHAT)
        await house.exports.attach(export.id, MessageId(1))
        give_up_at = self.chance.choice((None, self.chance.randrange(12)))
        for number in range(_MOST_ROUNDS):
            if await self.storage.exports.get(export.id) is None:
                break
            if number == give_up_at:
                self.given_up = await self._house().exports.cancel(export.id, person=ANNA)
            if self.chance.random() < 0.2:
                await self._happen(kind, account, session, ago=0)
            await self._run_program(rounds=self.chance.randrange(1, 6))
        return self._faults(export) + await self._traces(export)

    def _request(self, kind: ExportKind, form: ExportFormat) -> ExportRequest:
        today = self.clock.now().date()
        first = today - timedelta(days=self.chance.randrange(29))
        last = first + timedelta(days=self.chance.randrange((today - first).days + 1))
        return ExportRequest(kind=kind, first=self.chance.choice((None, first)), last=last, format=form)

    async def _happen(self, kind: ExportKind, account: Account, session: Session, *, ago: int) -> None:
        number, at = next(self.numbers), self.clock.now() - timedelta(minutes=ago, seconds=-1 if not ago else 0)
        match kind:
            case ExportKind.TRADES:
                shuffled = number * 7_919 % 100_003
                self.instant.put(session, trade(self.clock, shuffled, at=at))
                self.rows.append((at, str(shuffled)))
            case ExportKind.ORDERS:
                (holder,) = self.exchange.holders.values()
                holder.orders[OrderNumber(number)] = _order(number, at, self.chance)
                self.rows.append((at, str(number)))
            case ExportKind.HISTORY:
                placed = self.chance.random() < 0.5
                outcome = Placed(number=OrderNumber(number)) if placed else Requested()
                made = ticket(
                    id=TicketId(f"t{number}"),
                    person=ANNA,
                    account=account.id,
                    state=TicketState.DONE,
                    outcome=outcome,
                    claimed_at=at,
                    order=_order(number, at, self.chance) if placed else None,
                )
                await self.storage.tickets.add(made)
                self.rows.append((at, str(number) if placed else made.id))

    async def _run_program(self, *, rounds: int) -> None:
        """From a start to its end, which may come before."""
        house, errands = self._house(), Errands()
        files = FatedFiles(self.storage.export_files.path(ExportId(1), 1).parent, self.fate)
        for service in (house.exporting, house.exports):
            service._store = cast(Any, FatedStore(self.storage.exports, self.fate))
            service._files = files
        house.exporting._full = _A_PART
        keeper = ExportKeeper(
            store=self.storage.exports,
            files=self.storage.export_files,
            exporting=house.exporting,
            clock=self.clock,
            spawn=errands.spawn,
        )
        painter = ExportPainter(
            exports=house.exports,
            preferences=self.storage.preferences,
            sender=cast(Sender, self.sender),
            clock=self.clock,
            spawner=errands,
        )
        try:
            for _ in range(rounds):
                await self.chance.choice((keeper, painter)).step()
                await errands.run()
                self.clock.pass_(self.chance.choice((1, 1, 40)))
        except Killed:
            return

    def _house(self) -> House:
        return House(self.storage, self.clock, exchange=self.exchange, entropy=FakeEntropy(), instant=self.instant)

    def _faults(self, export: Export) -> list[str]:
        """Every part is whole, and each row of those days is in them once, oldest first."""
        if self.given_up:
            return [f"{name} came after it was given up" for name in self.sender.files]
        parts = [_ids(content, export.format) for _, content in sorted(self.sender.files.items(), key=_part)]
        found = [each for part in parts for each in part]
        number = {each: int(each) if each.isdigit() else each for _, each in self.rows}
        ordered = sorted(self.rows, key=lambda row: (row[0], str(number[row[1]]).zfill(20)))
        wanted = [each for at, each in ordered if export.covers(at)]
        if export.kind is ExportKind.HISTORY:  # of the same moment, by tickets, whose names are not in the file
            found, wanted = sorted(found), sorted(wanted)
        faults = [f"{name} came again, and was another" for name in self.sender.changed]
        return faults if found == wanted else [*faults, f"{export.kind} {export.format}: {found} for {wanted}"]

    async def _traces(self, export: Export) -> list[str]:
        await self._house().exports.finish(ExportId(0))  # as the next round would
        if await self.storage.exports.get(export.id) is not None:
            return ["it does not come to an end"]
        return ["files are left"] if await self.storage.export_files.present() else []


def _order(number: int, at: datetime, chance: random.Random) -> Order:
    executed = Decimal(chance.randrange(3))
    return replace(ORDER, number=OrderNumber(number), placed_at=at, executed=executed, volume=Decimal(2))


def _ids(content: bytes, form: ExportFormat) -> list[str]:
    if form is ExportFormat.JSON:
        return [row["id"] for row in json.loads(content)]
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [row["ID (Optional)"] for row in rows]


def _part(named: tuple[str, bytes]) -> int:
    """`trades-2026-01-01-2026-06-30-2.csv` is the second; without a number it is the only one."""
    last = named[0].partition(".")[0].split("-")[-1]
    return int(last)


async def _live(folder: Path, run: Run, case: int, chance: random.Random) -> None:
    clock = PatientClock()
    clock.at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    storage = await storage_in(folder, clock)
    life = Life(storage, clock, chance)
    try:
        for fault in await life.live():
            run.fail(case, fault)
    finally:
        await storage.aclose()
    run.remarks["kills"] = run.remarks.get("kills", 0) + life.fate.kills
    run.remarks["rows"] = run.remarks.get("rows", 0) + len(life.rows)
    run.remark("given up" if life.given_up else f"in {min(len(life.sender.files), 4)} parts")


def prove(run: Run) -> None:
    with patch.object(exporting, "_A_BATCH", _A_BATCH):
        for case, chance in run.cases():
            with tempfile.TemporaryDirectory() as folder:
                asyncio.run(_live(Path(folder), run, case, chance))


PROOF = Proof(
    name="export_lives",
    claim="files of every kind come whole, every row once, through kills anywhere; given up, nothing comes or stays",
    required=1_000,
    sample=2,
    prove=prove,
)
