"""Opening the storage: files, lock, schema, master key, repositories."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chatbot.ports.clock import Clock
from chatbot.storage import schema
from chatbot.storage.accounts import StoredAccounts
from chatbot.storage.alerts import StoredAlerts
from chatbot.storage.aliases import StoredAliases
from chatbot.storage.audit import AuditLog
from chatbot.storage.bars import StoredBars
from chatbot.storage.boards import StoredBoards
from chatbot.storage.chats import StoredChats
from chatbot.storage.database import Database
from chatbot.storage.dialogues import StoredDialogues
from chatbot.storage.digests import StoredDigests
from chatbot.storage.export_files import PrivateExportFiles
from chatbot.storage.exports import StoredExports
from chatbot.storage.factors import StoredFactors
from chatbot.storage.faults import (
    DatabaseInUse,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseOlder,
    ForeignDatabase,
    UnsupportedUrl,
)
from chatbot.storage.favourites import StoredFavourites
from chatbot.storage.file_lock import FileLock
from chatbot.storage.follow_ups import StoredFollowUps
from chatbot.storage.forgetting import StoredForgetting
from chatbot.storage.history import StoredHistory
from chatbot.storage.hold_seal import HoldSeal
from chatbot.storage.inbox import StoredInbox
from chatbot.storage.key_health import StoredKeyHealth
from chatbot.storage.keys import open_vault
from chatbot.storage.life import StoredLife
from chatbot.storage.limits import StoredLimits
from chatbot.storage.locks import StoredLocks, Switches
from chatbot.storage.losses import StoredLosses
from chatbot.storage.master_key import KeySource, make_private_directory
from chatbot.storage.outbox import StoredOutbox
from chatbot.storage.people import StoredPeople
from chatbot.storage.precautions import Precautions
from chatbot.storage.preferences import StoredPreferences
from chatbot.storage.presence import StoredPresence
from chatbot.storage.recording import Recorder, StoredJournal
from chatbot.storage.rotation import Rotation
from chatbot.storage.samples import StoredSamples
from chatbot.storage.secrets import PersonalKeys
from chatbot.storage.shown_secrets import StoredShownSecrets
from chatbot.storage.standing import Standings
from chatbot.storage.swaps import StoredSwaps
from chatbot.storage.tickets import StoredTickets
from chatbot.storage.trades import StoredTrades
from chatbot.storage.vault import Vault

BACKUPS_KEPT = 3
ALIAS_HOLD = timedelta(hours=24)
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Everything stored, by noun. Close it when done."""

    people: StoredPeople
    chats: StoredChats
    presence: StoredPresence
    favourites: StoredFavourites
    boards: StoredBoards
    digests: StoredDigests
    alerts: StoredAlerts
    accounts: StoredAccounts
    factors: StoredFactors
    shown_secrets: StoredShownSecrets
    tickets: StoredTickets
    locks: StoredLocks
    limits: StoredLimits
    standings: Standings
    swaps: StoredSwaps
    trades: StoredTrades
    samples: StoredSamples
    history: StoredHistory
    exports: StoredExports
    export_files: PrivateExportFiles
    aliases: StoredAliases
    dialogues: StoredDialogues
    inbox: StoredInbox
    outbox: StoredOutbox
    losses: StoredLosses
    audit: AuditLog
    bars: StoredBars
    recorder: Recorder
    journal: StoredJournal
    forgetting: StoredForgetting
    follow_ups: StoredFollowUps
    life: StoredLife
    preferences: StoredPreferences
    key_health: StoredKeyHealth
    keys: PersonalKeys
    rotation: Rotation
    database: Database
    lock: FileLock

    async def aclose(self) -> None:
        """Finish the work already asked for, close the database and give the lock back."""
        await self.database.aclose()
        self.lock.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Core:
    """What needs one another, and what others are made of."""

    people: StoredPeople
    chats: StoredChats
    accounts: StoredAccounts
    factors: StoredFactors
    tickets: StoredTickets
    locks: StoredLocks
    limits: StoredLimits
    standings: Standings
    aliases: StoredAliases
    inbox: StoredInbox
    audit: AuditLog
    recorder: Recorder
    preferences: StoredPreferences
    keys: PersonalKeys


async def open_storage(
    *, url: str, master_key: KeySource, clock: Clock, exclusive: bool = True, alias_hold: timedelta = ALIAS_HOLD
) -> Storage:
    """Open the database and the vault, making or migrating what has to be.

    A bot is `exclusive`: it keeps a lock, so that no second bot runs on the database. A command-line tool need not
    be; it can work beside a running bot, but not migrate under it. `alias_hold` is how long withdrawals to a new alias
    wait. Raises a `StorageFault` whose message is a sentence for whoever runs the program.
    """
    path = database_path(url).resolve()
    make_private_directory(path.parent)
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        alone = lock.acquire()
        if exclusive and not alone:
            raise DatabaseInUse(path)
        storage = await _open(path, master_key=master_key, clock=clock, lock=lock, alone=alone, hold=alias_hold)
    except BaseException:
        lock.release()
        raise
    if not exclusive:
        lock.release()
    return storage


@asynccontextmanager
async def opened_log(*, url: str, master_key: KeySource) -> AsyncIterator[AuditLog]:
    """The audit log alone, to be read, also beside a running bot; nothing is made or migrated for it.

    Raises a `StorageFault`, also for a database of another revision than this program's.
    """
    path = database_path(url).resolve()
    if not path.exists():
        raise DatabaseMissing(path)
    database = await Database.open(path)
    try:
        revision = await database.read(schema.stored_revision)
        if revision is None:
            raise ForeignDatabase(path)
        if revision > schema.HEAD:
            raise DatabaseNewer(path, revision=revision, head=schema.HEAD)
        if revision < schema.HEAD:
            raise DatabaseOlder(path, revision=revision, head=schema.HEAD)
        yield AuditLog(database, (await open_vault(database, master_key)).audit_key)
    finally:
        await database.aclose()


def database_path(url: str) -> Path:
    """The file a database URL names: `sqlite:///relative` or `sqlite:////absolute`. Raises `UnsupportedUrl`."""
    name = url.removeprefix(_SQLITE)
    if name == url or not name or name.startswith(":") or "?" in name:
        raise UnsupportedUrl
    return Path(name)


async def _open(
    path: Path, *, master_key: KeySource, clock: Clock, lock: FileLock, alone: bool, hold: timedelta
) -> Storage:
    _touch_private(path)
    database = await Database.open(path)
    try:
        await _prepare_schema(database, path, clock=clock, alone=alone)
        if alone:
            await database.finish_erasing(surely=True)  # an earlier run may have ended before it could
        vault = await open_vault(database, master_key)
        core = await _core(database, vault, clock=clock, hold=hold)
        return await _storage(core, database, vault, path=path, clock=clock, lock=lock)
    except BaseException:
        await database.aclose()
        raise


async def _core(database: Database, vault: Vault, *, clock: Clock, hold: timedelta) -> _Core:
    keys, audit = PersonalKeys(vault), AuditLog(database, vault.audit_key)
    recorder = Recorder(audit)
    limits = StoredLimits(database, recorder)
    factors = await StoredFactors.load(database, keys, recorder, limits=limits)
    switches = await Switches.load(database)
    aliases = StoredAliases(database, recorder, switches=switches, hold=hold)
    standings = Standings(database, limits=limits, switches=switches, factors=factors)
    tickets = StoredTickets(
        database,
        clock,
        standings=standings,
        holds=aliases,
        seal=HoldSeal(vault.audit_key),
        recorder=recorder,
    )
    preferences = await StoredPreferences.load(database, recorder)
    chats = await StoredChats.load(database, moved=preferences.moved)
    precautions = Precautions(limits=limits, aliases=aliases)
    return _Core(
        people=await StoredPeople.load(database, recorder, tickets=tickets, chats=chats),
        chats=chats,
        accounts=StoredAccounts(database, keys, recorder),
        factors=factors,
        tickets=tickets,
        locks=StoredLocks(database, switches, tickets=tickets, precautions=precautions, recorder=recorder),
        limits=limits,
        standings=standings,
        aliases=aliases,
        inbox=StoredInbox(database, vault),
        audit=audit,
        recorder=recorder,
        preferences=preferences,
        keys=keys,
    )


async def _storage(
    core: _Core, database: Database, vault: Vault, *, path: Path, clock: Clock, lock: FileLock
) -> Storage:
    return Storage(
        people=core.people,
        chats=core.chats,
        presence=StoredPresence(database, core.chats),
        favourites=StoredFavourites(database),
        boards=StoredBoards(database),
        digests=StoredDigests(database),
        alerts=StoredAlerts(database),
        accounts=core.accounts,
        factors=core.factors,
        shown_secrets=StoredShownSecrets(database),
        tickets=core.tickets,
        locks=core.locks,
        limits=core.limits,
        standings=core.standings,
        swaps=StoredSwaps(database),
        trades=StoredTrades(database),
        samples=StoredSamples(database),
        history=StoredHistory(database),
        exports=StoredExports(database, core.recorder),
        export_files=PrivateExportFiles(path.with_name(f"{path.name}.exports")),
        aliases=core.aliases,
        dialogues=StoredDialogues(database, vault),
        inbox=core.inbox,
        outbox=StoredOutbox(database),
        losses=StoredLosses(database),
        audit=core.audit,
        bars=StoredBars(database),
        recorder=core.recorder,
        journal=StoredJournal(database, core.recorder, clock),
        forgetting=_forgetting(core, database, clock=clock),
        follow_ups=StoredFollowUps(database),
        life=StoredLife(database),
        preferences=core.preferences,
        key_health=await StoredKeyHealth.load(database, recorder=core.recorder),
        keys=core.keys,
        rotation=Rotation(database, vault.keyring),
        database=database,
        lock=lock,
    )


def _forgetting(core: _Core, database: Database, *, clock: Clock) -> StoredForgetting:
    return StoredForgetting(
        database,
        accounts=core.accounts,
        people=core.people,
        factors=core.factors,
        locks=core.locks,
        preferences=core.preferences,
        inbox=core.inbox,
        audit=core.audit,
        clock=clock,
    )


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
