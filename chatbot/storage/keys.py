"""The wrapped keys: one per person, and the program's own. Each row names the master key that wrapped it.

The store key's row thereby names the database's current master key. A new key is wrapped by that one, in the
transaction that reads its name: so a rotation begins for every writer at once, in whichever process, with the commit
that re-wraps the program's keys.
"""

import os

import sqlalchemy as sa

from chatbot.storage.audit import begin_log
from chatbot.storage.database import Database
from chatbot.storage.faults import MasterKeyWrong, SealBroken
from chatbot.storage.master_key import KEY_BYTES, KeySource
from chatbot.storage.tables import METADATA
from chatbot.storage.vault import Keyring, MasterKey, Place, Seal, Vault, WrappedKey

DATA_KEYS = sa.Table(
    "data_keys",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("master", sa.Text, nullable=False, server_default=""),  # empty only until the first opening
)

PROGRAM_KEYS = sa.Table(
    "program_keys",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("master", sa.Text, nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

_STORE, _AUDIT = "store", "audit"
_NAMES = (_STORE, _AUDIT)

_CHECK = Place(table="key_check", field="sealed", key_version=1)
"""What a database from before has in its store key's row: a word sealed here, with the store key of that time."""


async def open_vault(database: Database, source: KeySource) -> Vault:
    """Open the program's keys; make what is missing: the master key of a new database, a key older programs had not.

    Raises `MasterKeyMissing`, `MasterKeyWrong`, `MasterKeyExposed` or `MasterKeyMalformed`, and `SealBroken` where
    somebody took out a key: with a new one, a log that was taken out with it would not be missed.
    """
    stored = await database.read(_program_keys)
    if not stored:
        source.make_first()
    keyring = Keyring(source)
    if stored.keys() != set(_NAMES) or not stored[_STORE].master:
        stored = await database.write(lambda connection: _complete(connection, keyring))
    opened = {name: keyring.unwrap(stored[name], place=program_key_place(name)) for name in _NAMES}
    return Vault(keyring, store_key=opened[_STORE], audit_key=opened[_AUDIT])


def current_master(connection: sa.Connection) -> str:
    """The fingerprint of the master key that new keys are wrapped with."""
    query = sa.select(PROGRAM_KEYS.c.master).where(PROGRAM_KEYS.c.name == _STORE)
    return str(connection.execute(query).scalar_one())


def program_key_place(name: str) -> Place:
    return Place(table="program_keys", field="wrapped", row=name, key_version=1)


def _program_keys(connection: sa.Connection) -> dict[str, WrappedKey]:
    rows = connection.execute(sa.select(PROGRAM_KEYS))
    return {row.name: WrappedKey(master=row.master, wrapped=row.wrapped) for row in rows}


def _complete(connection: sa.Connection, keyring: Keyring) -> dict[str, WrappedKey]:
    stored = _program_keys(connection)
    if _STORE in stored and not stored[_STORE].master:
        _adopt(connection, keyring, word=stored[_STORE].wrapped)
    elif not stored and connection.execute(sa.select(DATA_KEYS).limit(1)).first() is None:
        _insert(connection, keyring, _STORE, master=keyring.newest.fingerprint)
    elif stored.keys() != set(_NAMES):  # all that had a master's name ever had both keys
        raise SealBroken(table=PROGRAM_KEYS.name, field=PROGRAM_KEYS.c.wrapped.name)
    if _AUDIT not in stored:
        begin_log(connection, _insert(connection, keyring, _AUDIT, master=current_master(connection)))
    return _program_keys(connection)


def _insert(connection: sa.Connection, keyring: Keyring, name: str, *, master: str) -> bytes:
    key = os.urandom(KEY_BYTES)
    wrapped = keyring.wrap(key, place=program_key_place(name), master=master).wrapped
    connection.execute(PROGRAM_KEYS.insert(), {"name": name, "master": master, "wrapped": wrapped})
    return key


def _adopt(connection: sa.Connection, keyring: Keyring, *, word: bytes) -> None:
    """Take over a database from when there was one master key and the store key was derived from it.

    The store key stays what it is, so that nothing has to be sealed anew.
    """
    first = next((key for key in keyring.keys if _opens(key, word)), None)
    if first is None:
        raise MasterKeyWrong(keyring.source.where)
    place, master = program_key_place(_STORE), first.fingerprint
    store_key = keyring.wrap(first.derived_store_key(), place=place, master=master)
    store = PROGRAM_KEYS.update().where(PROGRAM_KEYS.c.name == _STORE)
    connection.execute(store.values(master=master, wrapped=store_key.wrapped))
    connection.execute(DATA_KEYS.update().where(DATA_KEYS.c.master == "").values(master=master))


def _opens(key: MasterKey, word: bytes) -> bool:
    try:
        Seal(key.derived_store_key()).open(word, place=_CHECK)
    except SealBroken:
        return False
    return True
