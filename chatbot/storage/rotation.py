"""Rotation: everything that hangs on an older master key is re-wrapped under the newest.

Only the few bytes of a wrapped key change; what people's keys seal stays as it is. Each batch is a transaction, so a
rotation that was killed goes on from where it was. The older keys leave the key file last, once it is on the disk that
nothing hangs on them.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from chatbot.storage.database import Database
from chatbot.storage.keys import DATA_KEYS, PROGRAM_KEYS, program_key_place
from chatbot.storage.vault import Keyring, WrappedKey, data_key_place

_BATCH = 200  # a few milliseconds, which is how long a tap may have to wait for one


class Rotation:
    """For the one process that has the database to itself, a bot's or the command line's."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self.keyring = keyring
        self._database = database
        self._done_for: tuple[str, ...] = ()

    async def advance(self) -> bool:
        """Look whether there is a new master key; re-wrap a batch; say whether there is more to do.

        Raises `MasterKeyWrong` if something hangs on a master key that is not at hand, `SealBroken` if a wrapped key
        is damaged, and what reading the keys' source raises.
        """
        self.keyring.renew()
        if self._done_for == self.keyring.fingerprints:
            return False
        newest = self.keyring.newest  # one and the same to the end, whoever reads the source in between
        if await self._database.write(lambda connection: _rewrap(connection, self.keyring, newest.fingerprint)):
            return True
        # Nothing was left to do in that transaction, so all of it is on the disk.
        await self._database.write(lambda _: self.keyring.retire_older(newest), erase=True)
        self._done_for = self.keyring.fingerprints
        return False

    async def count(self) -> Mapping[str, int]:
        """How many keys hang on which master key, by fingerprint."""
        return await self._database.read(_count)


def _rewrap(connection: sa.Connection, keyring: Keyring, newest: str) -> bool:
    """The program's keys come first: from then on, new keys are wrapped with the newest."""
    return _rewrap_program_keys(connection, keyring, newest) or _rewrap_data_keys(connection, keyring, newest)


def _rewrap_program_keys(connection: sa.Connection, keyring: Keyring, newest: str) -> bool:
    rows = connection.execute(sa.select(PROGRAM_KEYS).where(PROGRAM_KEYS.c.master != newest)).all()
    for row in rows:
        key = WrappedKey(master=row.master, wrapped=row.wrapped)
        wrapped = keyring.rewrap(key, place=program_key_place(row.name), master=newest).wrapped
        changed = PROGRAM_KEYS.update().where(PROGRAM_KEYS.c.name == row.name)
        connection.execute(changed.values(master=newest, wrapped=wrapped))
    return bool(rows)


def _rewrap_data_keys(connection: sa.Connection, keyring: Keyring, newest: str) -> bool:
    rows = connection.execute(sa.select(DATA_KEYS).where(DATA_KEYS.c.master != newest).limit(_BATCH)).all()
    changes = [
        {"of_person": row.person, "of_version": row.version, "rewrapped": _rewrapped(row, keyring, newest)}
        for row in rows
    ]
    if changes:
        this = (DATA_KEYS.c.person == sa.bindparam("of_person"), DATA_KEYS.c.version == sa.bindparam("of_version"))
        change = DATA_KEYS.update().where(*this).values(master=newest, wrapped=sa.bindparam("rewrapped"))
        connection.execute(change, changes)
    return bool(changes)


def _rewrapped(row: sa.Row[Any], keyring: Keyring, newest: str) -> bytes:
    key = WrappedKey(master=row.master, wrapped=row.wrapped)
    return keyring.rewrap(key, place=data_key_place(row.person, row.version), master=newest).wrapped


def _count(connection: sa.Connection) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in (PROGRAM_KEYS, DATA_KEYS):
        query = sa.select(table.c.master, sa.func.count()).group_by(table.c.master)
        for master, number in connection.execute(query):
            counts[master] = counts.get(master, 0) + number
    return counts
