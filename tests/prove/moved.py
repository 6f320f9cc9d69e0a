"""Sealed and wrapped bytes moved to where they do not belong, in the real database: nothing opens there.

The one who moves them can write to every table, but has no master key. Bytes go to other people, fields, rows, tables
and key versions; rows are handed over to somebody else, with the wrapped data key and without; data keys are said to
hang on another master key. Each case is one move, tried through the repository that reads there, and undone.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import Dialogue, LinkDraft, Question
from chatbot.domain.ids import AccountId, ChatId, DialogueId, PersonId
from chatbot.domain.secrets import Secret
from chatbot.storage.accounts import ACCOUNT_SECRETS, ACCOUNTS
from chatbot.storage.dialogues import DIALOGUES, StoredDialogues
from chatbot.storage.faults import MasterKeyWrong, SealBroken
from chatbot.storage.inbox import INBOX, StoredInbox
from chatbot.storage.keys import DATA_KEYS, PROGRAM_KEYS, open_vault
from chatbot.storage.master_key import KeyFile
from chatbot.storage.secrets import SECRETS
from chatbot.storage.vault import WrappedKey, data_key_place
from tests.prove.proof import Proof, Run
from tests.storage.examples import NOW
from tests.storage.keeping import Keeping

_PEOPLE = tuple(PersonId(number) for number in range(1, 13))
_VERSIONS = (1, 2)
_FIELDS = ("username", "passphrase", "api_key", "secret_key")
_NAMES = ("totp", "other")

Values = Mapping[str, Any]
Open = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Change:
    """Other values in the one row that a condition names."""

    table: sa.Table
    row: Values
    values: Values

    def make(self, connection: sa.Connection) -> "Change":
        """Returns the change that undoes this one."""
        here = _where(self.table, self.row)
        before = connection.execute(sa.select(self.table).where(here)).mappings().one()
        connection.execute(self.table.update().where(here).values(**self.values))
        row = {name: self.values.get(name, value) for name, value in self.row.items()}
        return Change(self.table, row, {name: before[name] for name in self.values})


@dataclass(frozen=True, slots=True)
class Cell:
    """A place that holds sealed or wrapped bytes, and how the program opens them."""

    table: sa.Table
    row: Values
    column: str
    open: Open

    def read(self, connection: sa.Connection) -> bytes:
        query = sa.select(self.table.c[self.column]).where(_where(self.table, self.row))
        return bytes(connection.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class Move:
    """What is changed, and what must not open then."""

    name: str
    changes: tuple[Change, ...]
    open: Open


class House:
    """People with two accounts each, each sealed under another version of their data key, and two master keys."""

    def __init__(self, keeping: Keeping, source: KeyFile) -> None:
        self.keeping, self.source = keeping, source
        self.accounts: dict[tuple[PersonId, int], AccountId] = {}
        self.cells: dict[str, list[Cell]] = {}

    async def furnish(self) -> None:
        await self.keeping.database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous = OFF"))
        for person in _PEOPLE:
            await self._settle_in(person)
        for number in (1, 2, 3):
            await self._inbox().store([(number, b"update %d" % number)], received_at=NOW)
        for cell in self._cells():
            self.cells.setdefault(cell.table.name, []).append(cell)

    async def _settle_in(self, person: PersonId) -> None:
        keeping, database = self.keeping, self.keeping.database
        self.accounts[person, 1] = await keeping.link(person, "-1")
        await database.write(lambda connection: self._put_secret(connection, person, _NAMES[0]))
        newest, older = keeping.vault.keyring.fingerprints
        master = older if person % 2 else newest
        key = keeping.vault.new_data_key(person=person, version=2, master=master)
        row = {"person": person, "version": 2, "master": master, "wrapped": key.wrapped}
        await database.write(lambda connection: connection.execute(DATA_KEYS.insert(), row))
        self.accounts[person, 2] = await keeping.link(person, "-2")
        await database.write(lambda connection: self._put_secret(connection, person, _NAMES[1]))
        dialogue = Dialogue(
            id=DialogueId(f"dialogue-{person}"),
            person=person,
            chat=ChatId(person),
            message=None,
            draft=LinkDraft(venue=Venue.ANDX, asking=Question.API_KEY, passphrase=Secret("canary")),
            expires_at=NOW.replace(year=2099),
        )
        await self._dialogues().put(dialogue)

    def _put_secret(self, connection: sa.Connection, person: PersonId, name: str) -> None:
        self.keeping.keys.put_secret(connection, person, name, Secret(f"canary {name}"))

    def _cells(self) -> Iterator[Cell]:
        for (person, version), account in self.accounts.items():
            opens = self.open_account(account)
            for field in _FIELDS:
                yield Cell(ACCOUNT_SECRETS, {"account": account, "field": field}, "sealed", opens)
            yield Cell(DATA_KEYS, {"person": person, "version": version}, "wrapped", opens)
        for person in _PEOPLE:
            for name in _NAMES:
                yield Cell(SECRETS, {"person": person, "name": name}, "sealed", self.open_secret(person, name))
            yield Cell(DIALOGUES, {"id": f"dialogue-{person}"}, "draft", self.open_dialogue(person, of=person))
        for number in (1, 2, 3):
            yield Cell(INBOX, {"update_id": number}, "body", self.open_inbox)
        for name in ("store", "audit"):
            yield Cell(PROGRAM_KEYS, {"name": name}, "wrapped", self.open_program_keys)

    # How the program opens what lies somewhere. Each returns None where it finds nothing to open.

    def open_account(self, account: AccountId) -> Open:
        return lambda: self.keeping.accounts_anew().credentials(account)

    def open_secret(self, person: PersonId, name: str) -> Open:
        keys, database = self.keeping.keys, self.keeping.database
        return lambda: database.read(lambda connection: keys.get_secret(connection, person, name))

    def open_dialogue(self, person: PersonId, *, of: PersonId) -> Open:
        return lambda: self._dialogues().get(DialogueId(f"dialogue-{of}"), person=person, now=NOW)

    async def open_inbox(self) -> object:
        return await self._inbox().unfinished() or None

    async def open_program_keys(self) -> object:
        return await open_vault(self.keeping.database, self.source)

    def _inbox(self) -> StoredInbox:
        return StoredInbox(self.keeping.database, self.keeping.vault)

    def _dialogues(self) -> StoredDialogues:
        return StoredDialogues(self.keeping.database, self.keeping.vault)


class Thief:
    """Chooses moves. Reads and writes the database as it is."""

    def __init__(self, house: House, connection: sa.Connection, chance: random.Random) -> None:
        self._house, self._connection, self._chance = house, connection, chance

    def choose(self) -> Move:
        ways = (self._bytes, self._bytes, self._bytes, self._version, self._account, self._master, self._row)
        return self._chance.choice(ways)()

    def _bytes(self) -> Move:
        """Bytes of one cell into another one."""
        tables = self._house.cells
        target = self._chance.choice(tables[self._chance.choice(list(tables))])
        source = target
        while source is target:
            source = self._chance.choice(tables[self._chance.choice(list(tables))])
        change = Change(target.table, target.row, {target.column: source.read(self._connection)})
        return Move(f"bytes: {source.table.name} to {target.table.name}", (change,), target.open)

    def _version(self) -> Move:
        """An account or a named secret is said to be sealed under the other version of its owner's key."""
        person, version = self._chance.choice(_PEOPLE), self._chance.choice(_VERSIONS)
        other = {"key_version": 3 - version}
        if self._chance.random() < 0.5:
            account = self._house.accounts[person, version]
            return Move("version", (Change(ACCOUNTS, {"id": account}, other),), self._house.open_account(account))
        name = _NAMES[version - 1]
        change = Change(SECRETS, {"person": person, "name": name}, other)
        return Move("version", (change,), self._house.open_secret(person, name))

    def _account(self) -> Move:
        """A whole account becomes somebody else's; perhaps the data key goes with it, in place of that person's own."""
        (person, version), account = self._chance.choice(list(self._house.accounts.items()))
        thief = self._chance.choice([other for other in _PEOPLE if other != person])
        changes = [Change(ACCOUNTS, {"id": account}, {"person": thief, "label": "mine"})]
        if with_key := self._chance.random() < 0.5:
            query = sa.select(DATA_KEYS.c.master, DATA_KEYS.c.wrapped)
            key = self._connection.execute(
                query.where(_where(DATA_KEYS, {"person": person, "version": version}))
            ).mappings()
            changes.append(Change(DATA_KEYS, {"person": thief, "version": version}, dict(key.one())))
        name = "account with its data key" if with_key else "account"
        return Move(f"{name} to another person", tuple(changes), self._house.open_account(account))

    def _master(self) -> Move:
        """A data key under a master key that did not wrap it: another one is named, or another one has wrapped it."""
        (person, version), account = self._chance.choice(list(self._house.accounts.items()))
        row = {"person": person, "version": version}
        stored = self._connection.execute(sa.select(DATA_KEYS).where(_where(DATA_KEYS, row))).one()
        keyring = self._house.keeping.vault.keyring
        other = next(name for name in keyring.fingerprints if name != stored.master)
        values: dict[str, object] = {"master": self._chance.choice((other, "0123456789abcdef"))}
        if self._chance.random() < 0.5:
            key = WrappedKey(master=stored.master, wrapped=stored.wrapped)
            values = {"wrapped": keyring.rewrap(key, place=data_key_place(person, version), master=other).wrapped}
        return Move("master key", (Change(DATA_KEYS, row, values),), self._house.open_account(account))

    def _row(self) -> Move:
        """A row sealed by the program's own key gets another number or another owner."""
        if self._chance.random() < 0.5:
            change = Change(INBOX, {"update_id": self._chance.choice((1, 2, 3))}, {"update_id": 4})
            return Move("update renumbered", (change,), self._house.open_inbox)
        person = self._chance.choice(_PEOPLE)
        thief = PersonId(person + len(_PEOPLE))
        change = Change(DIALOGUES, {"id": f"dialogue-{person}"}, {"person": thief})
        return Move("dialogue to another person", (change,), self._house.open_dialogue(thief, of=person))


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = KeyFile(Path(folder) / "master.key")
        source.make_first()
        source.add_newest()
        async with Keeping.opened(Path(folder) / "moved.db", source) as keeping:
            house = House(keeping, source)
            await house.furnish()
            await _all_opens(house)
            for case, chance in run.cases():
                await _try(run, case, chance, house)
            await _all_opens(house)


async def _try(run: Run, case: int, chance: random.Random, house: House) -> None:
    database = house.keeping.database

    def make(connection: sa.Connection) -> tuple[Move, list[Change]]:
        move = Thief(house, connection, chance).choose()
        return move, [change.make(connection) for change in move.changes]

    def undo(connection: sa.Connection) -> None:
        for change in undoing:
            change.make(connection)

    move, undoing = await database.write(make)
    try:
        found = await move.open()
        run.fail(case, f"{move.name}: {'opened' if found is not None else 'there was nothing to open'}")
    except (SealBroken, MasterKeyWrong):
        run.remark(move.name)
    await database.write(undo)


async def _all_opens(house: House) -> None:
    """In its own place everything opens: what refuses a move is not something broken."""
    for cells in house.cells.values():
        for cell in cells:
            assert await cell.open() is not None, cell.row


def _where(table: sa.Table, row: Values) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[name] == value for name, value in row.items()))


PROOF = Proof(
    name="moved",
    claim="ciphertext moved between people, fields, rows, tables, versions, master keys: nothing opens",
    required=100_000,
    sample=300,
    prove=prove,
    shares=2,
)
