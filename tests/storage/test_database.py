import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.storage.database import Database, Prepared

COUNTERS = sa.Table("counters", sa.MetaData(), sa.Column("name", sa.Text, primary_key=True), sa.Column("n", sa.Integer))
STEP = COUNTERS.update().where(COUNTERS.c.name == sa.bindparam("which")).values(n=COUNTERS.c.n + 1)


def get(connection: sa.Connection) -> int:
    n: int = connection.execute(sa.select(COUNTERS.c.n).where(COUNTERS.c.name == "a")).scalar_one()
    return n


def put(connection: sa.Connection, n: int) -> None:
    connection.execute(COUNTERS.update().where(COUNTERS.c.name == "a").values(n=n))


def increment(connection: sa.Connection) -> None:
    put(connection, get(connection) + 1)


def set_up(connection: sa.Connection) -> None:
    COUNTERS.create(connection)
    connection.execute(COUNTERS.insert(), [{"name": "a", "n": 0}, {"name": "b", "n": 0}])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "counters.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    opened = await Database.open(file)
    await opened.write(set_up)
    yield opened
    await opened.aclose()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
async def test_commits_are_durable_and_deletions_real(database: Database, pragma: str, value: str | int) -> None:
    query = f"PRAGMA {pragma}"
    assert await database.read(lambda connection: connection.exec_driver_sql(query).scalar_one()) == value


async def test_400_concurrent_increments_lose_none(database: Database) -> None:
    await asyncio.gather(*(database.write(increment) for _ in range(400)))
    assert await database.read(get) == 400


async def test_increments_through_two_connections_lose_none(database: Database, file: Path) -> None:
    other = await Database.open(file)
    try:
        await asyncio.gather(*(each.write(increment) for _ in range(50) for each in (database, other)))
    finally:
        await other.aclose()
    assert await database.read(get) == 100


async def test_failed_work_leaves_nothing_behind(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        put(connection, 7)
        raise LookupError

    told: list[None] = []
    with pytest.raises(LookupError):
        await database.write(work, then=told.append)
    assert await database.read(get) == 0
    assert told == []
    await database.write(increment)
    assert await database.read(get) == 1


async def test_cancelled_task_neither_tears_its_transaction_nor_blocks_the_next(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(connection: sa.Connection) -> None:
        put(connection, 10)
        begun.set()
        go_on.wait(timeout=5)
        increment(connection)

    told: list[None] = []
    task = asyncio.create_task(database.write(work, then=told.append))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    waiting = asyncio.create_task(database.write(increment))
    go_on.set()
    await waiting
    assert await database.read(get) == 12
    assert told == [None]


async def test_work_cancelled_before_its_turn_is_done_whole_all_the_same(database: Database) -> None:
    go_on = threading.Event()
    blocking = asyncio.create_task(database.read(lambda _: go_on.wait(timeout=5)))
    await asyncio.sleep(0)
    task = asyncio.create_task(database.write(increment))
    await asyncio.sleep(0)
    task.cancel()
    go_on.set()
    await asyncio.gather(blocking, task, return_exceptions=True)
    assert await database.read(get) == 1


async def test_prepared_statement_takes_part_in_the_same_queue(database: Database) -> None:
    step = Prepared(STEP)
    regular = (database.write(increment) for _ in range(50))
    straight = (database.run(step, {"which": "a"}) for _ in range(50))
    await asyncio.gather(*(work for pair in zip(regular, straight, strict=True) for work in pair))
    assert await database.read(get) == 100


async def test_a_prepared_statement_runs_many_times_within_a_transaction(database: Database) -> None:
    step = Prepared(STEP)
    await database.write(lambda connection: step.run_many(connection, ({"which": "a"} for _ in range(3))))
    assert await database.read(get) == 3


async def test_prepared_statements_run_together_are_all_done_or_none(database: Database) -> None:
    insert = COUNTERS.insert().values(name=sa.bindparam("which", type_=sa.Text()), n=1)
    with pytest.raises(Exception, match="UNIQUE"):
        await database.run(Prepared(insert), {"which": "c"}, {"which": "a"})
    names = await database.read(lambda connection: connection.execute(sa.select(COUNTERS.c.name)).scalars().all())
    assert set(names) == {"a", "b"}


async def test_errors_do_not_quote_what_was_to_be_stored(database: Database) -> None:
    row = {"name": "a", "n": "canary"}
    with pytest.raises(sa.exc.IntegrityError) as caught:
        await database.write(lambda connection: connection.execute(COUNTERS.insert(), row))
    assert "canary" not in str(caught.value)


async def test_erased_rows_are_in_no_file(database: Database, file: Path) -> None:
    def contents() -> bytes:
        return b"".join(each.read_bytes() for each in file.parent.iterdir())

    await database.write(lambda connection: connection.execute(COUNTERS.insert(), {"name": "canary" * 40, "n": 1}))
    assert b"canarycanary" in contents()
    gone = COUNTERS.delete().where(COUNTERS.c.name.like("canary%"))
    await database.write(lambda connection: connection.execute(gone), erase=True)
    assert b"canarycanary" not in contents()


async def test_a_rebuilt_table_keeps_what_refers_to_it(database: Database) -> None:
    def set_up(connection: sa.Connection) -> None:
        for statement in (
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
            "CREATE TABLE children (parent INTEGER REFERENCES parents ON DELETE CASCADE)",
            "INSERT INTO parents VALUES (1)",
            "INSERT INTO children VALUES (1)",
        ):
            connection.exec_driver_sql(statement)

    def recreate(connection: sa.Connection) -> None:
        for statement in (
            "CREATE TABLE fresh (id INTEGER PRIMARY KEY)",
            "INSERT INTO fresh SELECT id FROM parents",
            "DROP TABLE parents",
            "ALTER TABLE fresh RENAME TO parents",
        ):
            connection.exec_driver_sql(statement)

    def count(connection: sa.Connection) -> int:
        return int(connection.exec_driver_sql("SELECT count(*) FROM children").scalar_one())

    await database.write(set_up)
    await database.rebuild(recreate)
    assert await database.read(count) == 1
    with pytest.raises(sqlite3.IntegrityError):
        await database.rebuild(lambda connection: connection.exec_driver_sql("DELETE FROM parents"))
    assert await database.read(count) == 1
    await database.write(lambda connection: connection.exec_driver_sql("DELETE FROM parents"))
    assert await database.read(count) == 0
