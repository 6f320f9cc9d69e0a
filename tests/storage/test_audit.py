"""The audit log holds together, and shows whatever is done to it behind the program's back."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from chatbot.domain.audit import Break, Damage, Deed, Event, Finding
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.storage.audit import AUDIT
from chatbot.storage.audit_chain import Chain
from chatbot.storage.audit_verifying import verify
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, GROUP, NOW

Tamper = Callable[[sqlite3.Connection], Any]

_COLUMNS = [column.name for column in AUDIT.c]
_COUNT = 9


def event(deed: Deed = Deed.CONFIRMED, *, person: PersonId | None = ANNA, subject: str = "XRP to savings") -> Event:
    return Event(deed=deed, person=person, chat=ANNAS_CHAT, account="andx-1", subject=subject, result="held")


async def write(storage: Storage, *events: Event) -> None:
    for number, each in enumerate(events):
        await storage.database.write(partial(storage.audit.append, event=each, now=NOW + timedelta(seconds=number)))


class Sample:
    """A log of nine: Boris' entries (3 and 6) were forgotten, which is entry 7. Every attempt at it is undone."""

    def __init__(self, file: Path, chain: Chain) -> None:
        self._chain = chain
        self._copy = sqlite3.connect(":memory:", isolation_level=None)
        with closing(sqlite3.connect(file)) as original:
            original.backup(self._copy)
        self._engine = sa.create_engine("sqlite://", creator=lambda: self._copy, poolclass=StaticPool)
        self._engine.connect().close()  # the first one of an engine undoes what was begun before it

    @contextmanager
    def copy(self) -> Iterator[sqlite3.Connection]:
        self._copy.execute("BEGIN")
        try:
            yield self._copy
        finally:
            self._copy.rollback()

    def after(self, tamper: Tamper) -> Finding:
        with self.copy() as copy:
            tamper(copy)
            return self.look()

    def look(self, chain: Chain | None = None) -> Finding:
        """What is found in the copy, with another key's chain if one is given; the attempt is then undone."""
        with self._engine.connect() as connection:
            return verify(connection, chain or self._chain)

    def close(self) -> None:
        self._copy.close()

    def sql(self, *statements: str) -> Finding:
        return self.after(lambda copy: [copy.execute(statement) for statement in statements])


@pytest.fixture
async def sample(storage: Storage, database_file: Path, tmp_path: Path) -> AsyncIterator[Sample]:
    boris = event(Deed.LOCKED, person=BORIS)
    await write(storage, event(), event(Deed.LINKED), boris, event(), event(), boris)
    await storage.forgetting.begin(BORIS)
    await storage.forgetting.erase(BORIS)
    await write(storage, event(Deed.SENT), event(Deed.SETTLED))
    await storage.database.copy_to(tmp_path / "sample.db")
    with closing(Sample(tmp_path / "sample.db", storage.audit.chain)) as nine:
        yield nine


async def test_an_untouched_log_is_whole(sample: Sample, storage: Storage) -> None:
    assert sample.sql() == await storage.audit.verify() == Finding(whole=_COUNT)


async def test_an_empty_log_is_whole(storage: Storage) -> None:
    assert await storage.audit.verify() == Finding(whole=0)


async def test_every_change_of_every_column_of_every_row_is_found(sample: Sample) -> None:
    with sample.copy() as copy:
        rows = copy.execute("SELECT * FROM audit ORDER BY seq").fetchall()
    tried = 0
    for row in rows:
        for name, value in zip(_COLUMNS, row, strict=True):
            for other in _others(value):
                with sample.copy() as copy:
                    try:
                        copy.execute(f"UPDATE audit SET {name} = ? WHERE seq = ?", (other, row[0]))
                    except sqlite3.IntegrityError:
                        continue  # the table itself refuses it
                    assert sample.look().broken is not None, (row[0], name, other)
                tried += 1
    assert tried > 300


def _others(value: Any) -> list[Any]:
    """What else could stand in a cell: of the same type, of another, and nothing."""
    near: list[Any] = []
    if isinstance(value, int):
        near = [value + 1, -1]
    elif isinstance(value, str):
        near = [f"{value} ", "x"]
    elif isinstance(value, bytes):
        near = [bytes([value[0] ^ 1]) + value[1:], value[:-1], value.hex()]
    return [each for each in (*near, None, 0, "text", b"bytes") if each != value or type(each) is not type(value)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_removed_swapped_copied_or_cut_is_found(sample: Sample, data: st.DataObject) -> None:
    seqs = st.integers(1, _COUNT)
    kind = data.draw(st.sampled_from(["remove", "close", "swap", "swap cells", "copy", "cut"]))
    one, other = data.draw(seqs), data.draw(seqs)
    if one == other and kind.startswith("swap"):
        return
    tamper = {
        "remove": lambda copy: copy.execute("DELETE FROM audit WHERE seq = ?", (one,)),
        "close": lambda copy: _close(copy, one),
        "swap": lambda copy: _swap(copy, one, other),
        "swap cells": lambda copy: _swap_cells(copy, one, other, data.draw(st.sampled_from(["digest", "chain"]))),
        "copy": lambda copy: _insert(copy, one, like=other),
        "cut": lambda copy: copy.execute("DELETE FROM audit WHERE seq >= ?", (one,)),
    }[kind]
    assert sample.after(tamper).broken is not None


def _close(copy: sqlite3.Connection, seq: int) -> None:
    """Remove a row, and number those after it anew."""
    copy.execute("DELETE FROM audit WHERE seq = ?", (seq,))
    for later in range(seq + 1, _COUNT + 1):
        copy.execute("UPDATE audit SET seq = seq - 1 WHERE seq = ?", (later,))


def _swap(copy: sqlite3.Connection, one: int, other: int) -> None:
    for new, old in ((-1, one), (one, other), (other, -1)):
        copy.execute("UPDATE audit SET seq = ? WHERE seq = ?", (new, old))


def _swap_cells(copy: sqlite3.Connection, one: int, other: int, name: str) -> None:
    cells = dict(copy.execute(f"SELECT seq, {name} FROM audit"))
    for seq, cell in ((one, cells[other]), (other, cells[one])):
        copy.execute(f"UPDATE audit SET {name} = ? WHERE seq = ?", (cell, seq))


def _insert(copy: sqlite3.Connection, at: int, *, like: int) -> None:
    """Put a copy of a row somewhere, and make room for it by numbering those after it anew."""
    row = list(copy.execute("SELECT * FROM audit WHERE seq = ?", (like,)).fetchone())
    for later in range(_COUNT, at - 1, -1):
        copy.execute("UPDATE audit SET seq = seq + 1 WHERE seq = ?", (later,))
    copy.execute(f"INSERT INTO audit VALUES ({', '.join('?' * len(row))})", (at, *row[1:]))


async def test_the_first_break_is_told_with_its_place_and_kind(sample: Sample) -> None:
    def told(damage: Damage, seq: int) -> Finding:
        return Finding(whole=seq - 1, broken=Break(damage=damage, seq=seq))

    assert sample.sql("UPDATE audit SET result = 'sent' WHERE seq = 4") == told(Damage.CHANGED, 4)
    assert sample.sql("UPDATE audit SET deed = 'nothing' WHERE seq = 4") == told(Damage.CHANGED, 4)
    assert sample.sql("UPDATE audit SET subject = CAST(x'ff' AS TEXT) WHERE seq = 4") == told(Damage.CHANGED, 4)
    assert sample.sql("DELETE FROM audit WHERE seq = 5") == told(Damage.REMOVED, 5)
    assert sample.sql("DELETE FROM audit WHERE seq < 3") == told(Damage.REMOVED, 1)
    assert sample.after(lambda copy: _close(copy, 2)) == told(Damage.REMOVED, 2)
    assert sample.after(lambda copy: _insert(copy, 4, like=1)) == told(Damage.INSERTED, 4)
    assert sample.after(lambda copy: _swap(copy, 2, 5)) == told(Damage.REORDERED, 2)
    assert sample.sql("DELETE FROM audit WHERE seq >= 8") == told(Damage.CUT, 8)
    assert sample.sql("DELETE FROM audit") == told(Damage.CUT, 1)
    assert sample.sql("UPDATE audit_head SET count = 8") == told(Damage.HEAD, 10)
    assert sample.sql("DELETE FROM audit_head") == told(Damage.HEAD, 10)
    assert sample.sql("DELETE FROM audit WHERE seq = 9", "UPDATE audit_head SET count = 8") == told(Damage.HEAD, 9)


async def test_nobody_forgets_single_rows_without_the_key(sample: Sample) -> None:
    blank = "person = NULL, about = NULL, chat = NULL, account = NULL, subject = NULL, result = NULL, blind = NULL"
    mark = "(SELECT mark FROM audit WHERE seq = 3)"
    assert sample.sql(f"UPDATE audit SET {blank}, forgotten_by = 7, mark = {mark} WHERE seq = 4").broken
    assert sample.sql(f"UPDATE audit SET {blank} WHERE seq = 4").broken


async def test_what_was_forgotten_cannot_be_brought_back_unnoticed(storage: Storage, tmp_path: Path) -> None:
    await write(storage, event(), event(Deed.LOCKED, person=BORIS))
    await storage.database.copy_to(tmp_path / "before.db")
    await storage.forgetting.begin(BORIS)
    await storage.forgetting.erase(BORIS)
    await storage.database.copy_to(tmp_path / "after.db")
    with sqlite3.connect(tmp_path / "before.db") as before:
        row = before.execute("SELECT * FROM audit WHERE seq = 2").fetchone()

    def restore(copy: sqlite3.Connection) -> None:
        copy.execute("DELETE FROM audit WHERE seq = 2")
        copy.execute(f"INSERT INTO audit VALUES ({', '.join('?' * len(row))})", row)

    sample = Sample(tmp_path / "after.db", storage.audit.chain)
    assert sample.sql() == Finding(whole=3)
    assert sample.after(restore).broken == Break(damage=Damage.CHANGED, seq=3)


@pytest.mark.parametrize(
    "forged",
    [
        ("DELETE FROM audit WHERE seq > 7", "UPDATE audit_head SET count = 7"),
        ("DELETE FROM audit_head",),
        ("DELETE FROM audit WHERE seq > 7", "DELETE FROM audit_head"),
        ("DELETE FROM audit", "DELETE FROM audit_head"),
    ],
)
async def test_going_on_writing_does_not_cover_up_a_cut(
    sample: Sample, storage: Storage, forged: tuple[str, ...]
) -> None:
    def tamper(connection: sa.Connection) -> None:
        for statement in forged:
            connection.exec_driver_sql(statement)

    await storage.database.write(tamper)
    await write(storage, event(), event())
    broken = (await storage.audit.verify()).broken
    assert broken is not None and broken.damage is Damage.CUT


async def test_a_log_that_was_taken_out_whole_is_no_empty_log(sample: Sample) -> None:
    gone = sample.sql("DELETE FROM audit", "DELETE FROM audit_head")
    assert gone == Finding(whole=0, broken=Break(damage=Damage.HEAD, seq=1))


@pytest.mark.parametrize(
    "nonsense",
    [
        "count = 'many'",
        "count = 'many', seal = 'x'",
        "count = 1.5",
        "chain = CAST(x'ff' AS TEXT)",
        "seal = 7",
        "count = 1",
    ],
)
async def test_a_head_of_nonsense_shows_and_stops_no_deed(sample: Sample, storage: Storage, nonsense: str) -> None:
    await storage.database.write(lambda connection: connection.exec_driver_sql(f"UPDATE audit_head SET {nonsense}"))
    broken = (await storage.audit.verify()).broken
    assert broken is not None and broken.damage is Damage.HEAD
    await write(storage, event(), event())
    assert await storage.audit.verify() == Finding(whole=_COUNT, broken=Break(damage=Damage.CUT, seq=_COUNT + 1))
    assert len(await storage.audit.page(of=None, before=None, limit=99)) == _COUNT + 2


async def test_an_undone_transaction_leaves_no_gap(storage: Storage) -> None:
    def undone(connection: sa.Connection) -> None:
        storage.audit.append(connection, event(), now=NOW)
        raise ZeroDivisionError

    await write(storage, event())
    with pytest.raises(ZeroDivisionError):
        await storage.database.write(undone)
    await write(storage, event())
    assert await storage.audit.verify() == Finding(whole=2)


async def test_another_key_finds_the_log_broken(sample: Sample) -> None:
    assert sample.look(Chain(b"another key" * 3)).broken is not None


async def test_it_is_whole_after_a_restart(reopen: Reopen) -> None:
    for _ in range(2):
        storage = await reopen()
        await write(storage, event())
        found = await storage.audit.verify()
        await storage.aclose()
    assert found == Finding(whole=2)


async def test_pages_are_read_newest_first_and_by_person(storage: Storage) -> None:
    await write(storage, event(), event(Deed.LOCKED, person=BORIS), event(Deed.SENT), event(Deed.SETTLED))
    newest = await storage.audit.page(of=ANNA, before=None, limit=2)
    assert [(entry.seq, entry.event.deed) for entry in newest] == [(4, Deed.SETTLED), (3, Deed.SENT)]
    assert [entry.seq for entry in await storage.audit.page(of=ANNA, before=3, limit=2)] == [1]
    assert [entry.seq for entry in await storage.audit.page(of=None, before=None, limit=9)] == [4, 3, 2, 1]
    assert newest[0].event == event(Deed.SETTLED) and newest[0].at == NOW + timedelta(seconds=3)


async def test_long_texts_are_cut(storage: Storage) -> None:
    await write(storage, event(subject="x" * 5_000))
    assert [len(entry.event.subject) for entry in await storage.audit.page(of=ANNA, before=None, limit=1)] == [200]
    assert await storage.audit.verify() == Finding(whole=1)


async def test_an_alarm_goes_along_with_its_deed(storage: Storage) -> None:
    alarm = Alarm(kind=AlarmKind.LINKED, at=NOW, account="andx-1")
    await storage.journal.record(event(Deed.LINKED), alarm=alarm)
    (waiting,) = await storage.outbox.due(now=NOW, limit=9)
    assert waiting.notice == alarm and waiting.chat == ANNAS_CHAT
    with pytest.raises(ValueError, match="somebody to tell"):
        await storage.journal.record(event(person=None), alarm=alarm)
    assert await storage.audit.verify() == Finding(whole=1)  # the deed that could not be told was not written either


async def test_a_group_that_becomes_a_supergroup_leaves_the_log_as_it_was(storage: Storage) -> None:
    await write(storage, Event(deed=Deed.TURNED_AWAY, person=BORIS, chat=GROUP))
    await storage.chats.move(GROUP, type(GROUP)(-100_5))
    assert await storage.audit.verify() == Finding(whole=1)
