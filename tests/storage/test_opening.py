# ruff: noqa: ASYNC240 - nobody waits for these few small files
import asyncio
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from stat import S_IMODE

import pytest

from chatbot.domain.accounts import Venue
from chatbot.storage import schema
from chatbot.storage.database import Database
from chatbot.storage.faults import (
    DatabaseInUse,
    DatabaseNewer,
    ForeignDatabase,
    MasterKeyExposed,
    MasterKeyMissing,
    MasterKeyWrong,
    UnsupportedUrl,
)
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import BACKUPS_KEPT, database_path
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, NOW, ManualClock, credentials


async def make_database(file: Path, *, revision: str) -> None:
    """A database as an older program left it."""
    file.parent.mkdir(exist_ok=True)
    database = await Database.open(file)
    await database.write(lambda connection: schema.migrate(connection, to=revision))
    await database.aclose()


def set_revision(file: Path, revision: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/chatbot.db", "data/chatbot.db"),
        ("sqlite:////var/lib/chatbot.db", "/var/lib/chatbot.db"),
    ],
)
def test_url_names_a_file(url: str, path: str) -> None:
    assert database_path(url) == Path(path)


@pytest.mark.parametrize(
    "url",
    ["", "chatbot.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "postgresql://h/d"],
)
def test_other_urls_are_refused_with_an_example(url: str) -> None:
    with pytest.raises(UnsupportedUrl, match="sqlite:///data"):
        database_path(url)


async def test_files_are_their_owners_alone(reopen: Reopen, database_file: Path) -> None:
    storage = await reopen()
    await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    files = list(database_file.parent.iterdir())
    assert {file.name for file in files} >= {"chatbot.db", "chatbot.db-wal", "chatbot.db.lock", "master.key"}
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert S_IMODE(database_file.parent.stat().st_mode) == 0o700
    await storage.aclose()


async def test_second_bot_on_the_same_database_is_refused(reopen: Reopen, database_file: Path) -> None:
    storage = await reopen()
    with pytest.raises(DatabaseInUse, match=str(database_file)):
        await reopen()
    await storage.aclose()
    await (await reopen()).aclose()


async def test_tool_can_work_beside_a_running_bot(reopen: Reopen) -> None:
    bot = await reopen()
    tool = await reopen(exclusive=False)
    account = await tool.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    await tool.aclose()
    assert await bot.accounts.active(ANNA) == account
    assert await bot.accounts.credentials(account.id) == credentials()
    with pytest.raises(DatabaseInUse):
        await reopen()
    await bot.aclose()


async def test_tool_keeps_no_lock(reopen: Reopen) -> None:
    tool = await reopen(exclusive=False)
    await (await reopen()).aclose()
    await tool.aclose()


async def test_failed_opening_gives_the_lock_back(reopen: Reopen, key_file: Path) -> None:
    await (await reopen()).aclose()
    key_file.chmod(0o644)
    with pytest.raises(MasterKeyExposed):
        await reopen()
    key_file.chmod(0o600)
    await (await reopen()).aclose()


async def test_sealed_database_without_its_key_is_refused_and_no_key_is_made(reopen: Reopen, key_file: Path) -> None:
    await (await reopen()).aclose()
    key_file.unlink()
    with pytest.raises(MasterKeyMissing):
        await reopen()
    assert not key_file.exists()


async def test_sealed_database_with_another_key_is_refused(reopen: Reopen, key_file: Path) -> None:
    await (await reopen()).aclose()
    key_file.unlink()
    KeyFile(key_file).make_first()
    with pytest.raises(MasterKeyWrong):
        await reopen()


async def test_newer_database_is_refused_and_left_as_it_was(reopen: Reopen, database_file: Path) -> None:
    await (await reopen()).aclose()
    set_revision(database_file, "9999")
    before = database_file.read_bytes()
    with pytest.raises(DatabaseNewer, match="9999"):
        await reopen()
    assert database_file.read_bytes() == before
    assert not list(database_file.parent.glob("*.backup"))


async def test_foreign_database_is_refused_and_left_as_it_was(reopen: Reopen, database_file: Path) -> None:
    database_file.parent.mkdir()
    connection = sqlite3.connect(database_file)
    connection.execute("CREATE TABLE notes (text)")
    connection.close()
    with pytest.raises(ForeignDatabase):
        await reopen()
    connection = sqlite3.connect(database_file)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("notes",)]
    connection.close()


async def test_file_that_is_no_database_is_refused_and_left_as_it_was(reopen: Reopen, database_file: Path) -> None:
    database_file.parent.mkdir()
    database_file.write_bytes(b"shopping list\n" * 100)
    with pytest.raises(ForeignDatabase):
        await reopen()
    assert database_file.read_bytes() == b"shopping list\n" * 100


async def test_older_database_is_migrated_after_a_backup(reopen: Reopen, database_file: Path) -> None:
    await make_database(database_file, revision="0002")
    storage = await reopen()
    assert await storage.database.read(schema.stored_revision) == schema.HEAD
    await storage.aclose()
    (backup,) = database_file.parent.glob("*.backup")
    assert backup.name == "chatbot.db.0002-20261120T120000Z.backup"
    assert S_IMODE(backup.stat().st_mode) == 0o600
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0002",)]
    connection.close()


async def test_only_the_latest_backups_are_kept(reopen: Reopen, database_file: Path, clock: ManualClock) -> None:
    for _ in range(BACKUPS_KEPT + 2):
        database_file.unlink(missing_ok=True)
        database_file.with_name("master.key").unlink(missing_ok=True)
        await make_database(database_file, revision="0001")
        clock.at += timedelta(hours=1)
        await (await reopen()).aclose()
    names = sorted(file.name for file in database_file.parent.glob("*.backup"))
    assert names == [f"chatbot.db.0001-20261120T{hour}0000Z.backup" for hour in (15, 16, 17)]


async def test_tool_does_not_migrate_under_a_running_bot(reopen: Reopen, database_file: Path) -> None:
    bot = await reopen()
    set_revision(database_file, "0001")
    with pytest.raises(DatabaseInUse):
        await reopen(exclusive=False)
    await bot.aclose()


OPEN_TWICE = """
import asyncio, sys
from pathlib import Path
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import open_storage
from tests.storage.examples import ManualClock

async def main(database, key):
    for _ in range(2):
        url = f"sqlite:///{database}"
        await (await open_storage(url=url, master_key=KeyFile(Path(key)), clock=ManualClock())).aclose()
    print("alembic" in sys.modules)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_new_and_current_databases_open_without_importing_alembic(database_file: Path, key_file: Path) -> None:
    arguments = ("-c", OPEN_TWICE, str(database_file), str(key_file))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert output == b"False\n"
