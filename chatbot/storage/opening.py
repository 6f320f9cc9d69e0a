"""Opening the storage: files, lock, schema, master key, repositories."""

from dataclasses import dataclass
from pathlib import Path

from chatbot.ports.clock import Clock
from chatbot.storage import schema
from chatbot.storage.accounts import StoredAccounts
from chatbot.storage.chats import StoredChats
from chatbot.storage.database import Database
from chatbot.storage.dialogues import StoredDialogues
from chatbot.storage.faults import DatabaseInUse, DatabaseNewer, ForeignDatabase, UnsupportedUrl
from chatbot.storage.favourites import StoredFavourites
from chatbot.storage.file_lock import FileLock
from chatbot.storage.inbox import StoredInbox
from chatbot.storage.master_key import make_private_directory
from chatbot.storage.outbox import StoredOutbox
from chatbot.storage.people import StoredPeople
from chatbot.storage.sealing import open_vault
from chatbot.storage.tickets import StoredTickets

BACKUPS_KEPT = 3
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Everything stored, by noun. Close it when done."""

    people: StoredPeople
    chats: StoredChats
    favourites: StoredFavourites
    accounts: StoredAccounts
    tickets: StoredTickets
    dialogues: StoredDialogues
    inbox: StoredInbox
    outbox: StoredOutbox
    database: Database
    lock: FileLock

    async def aclose(self) -> None:
        """Finish the work already asked for, close the database and give the lock back."""
        await self.database.aclose()
        self.lock.release()


async def open_storage(*, url: str, master_key_file: Path, clock: Clock, exclusive: bool = True) -> Storage:
    """Open the database and the vault, making or migrating what has to be.

    A bot is `exclusive`: it keeps a lock, so that no second bot runs on the database. A command-line tool need not
    be; it can work beside a running bot, but not migrate under it. Raises a `StorageFault` whose message is a sentence
    for whoever runs the program.
    """
    path = database_path(url).resolve()
    make_private_directory(path.parent)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        alone = lock.acquire()
        if exclusive and not alone:
            raise DatabaseInUse(path)
        storage = await _open(path, master_key_file=master_key_file, clock=clock, lock=lock, alone=alone)
    except BaseException:
        lock.release()
        raise
    if not exclusive:
        lock.release()
    return storage


def database_path(url: str) -> Path:
    """The file a database URL names: `sqlite:///relative` or `sqlite:////absolute`. Raises `UnsupportedUrl`."""
    name = url.removeprefix(_SQLITE)
    if name == url or not name or name.startswith(":") or "?" in name:
        raise UnsupportedUrl
    return Path(name)


async def _open(path: Path, *, master_key_file: Path, clock: Clock, lock: FileLock, alone: bool) -> Storage:
    _touch_private(path)
    database = await Database.open(path)
    try:
        await _prepare_schema(database, path, clock=clock, alone=alone)
        vault = await open_vault(database, master_key_file)
        return Storage(
            people=await StoredPeople.load(database),
            chats=await StoredChats.load(database),
            favourites=StoredFavourites(database),
            accounts=StoredAccounts(database, vault),
            tickets=StoredTickets(database, clock),
            dialogues=StoredDialogues(database, vault),
            inbox=StoredInbox(database, vault),
            outbox=StoredOutbox(database),
            database=database,
            lock=lock,
        )
    except BaseException:
        await database.aclose()
        raise


async def _prepare_schema(database: Database, path: Path, *, clock: Clock, alone: bool) -> None:
    revision = await database.read(schema.stored_revision)
    if revision == schema.HEAD:
        return
    if revision is not None and revision > schema.HEAD:
        raise DatabaseNewer(path, revision=revision, head=schema.HEAD)
    if revision is None and await database.read(schema.has_tables):
        raise ForeignDatabase(path)
    if not alone:
        raise DatabaseInUse(path)
    if revision is None:
        await database.write(schema.create)
    else:
        await _back_up(database, path, revision=revision, clock=clock)
        await database.rebuild(schema.migrate)


async def _back_up(database: Database, path: Path, *, revision: str, clock: Clock) -> None:
    """Copy the database before it is migrated; the latest few copies are kept."""
    copy = path.with_name(f"{path.name}.{revision}-{clock.now():%Y%m%dT%H%M%SZ}.backup")
    _touch_private(copy)
    await database.copy_to(copy)
    for old in sorted(path.parent.glob(f"{path.name}.*.backup"))[:-BACKUPS_KEPT]:
        old.unlink()


def _touch_private(path: Path) -> None:
    """Make sure that a file exists and is its owner's alone. SQLite's own files beside it take over its mode."""
    path.touch(mode=0o600)
    path.chmod(0o600)
