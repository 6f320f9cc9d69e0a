"""A sealed word by which a database knows the master key it was sealed with."""

from pathlib import Path

import sqlalchemy as sa

from chatbot.storage.database import Database
from chatbot.storage.faults import MasterKeyWrong, SealBroken
from chatbot.storage.master_key import create_master_key, read_master_key
from chatbot.storage.tables import METADATA
from chatbot.storage.vault import Place, Vault

KEY_CHECK = sa.Table(
    "key_check",
    METADATA,
    sa.Column("key_version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

_KEY_VERSION = 1
_PLACE = Place(table="key_check", field="sealed", key_version=_KEY_VERSION)
_WORD = b"open"


async def open_vault(database: Database, key_file: Path) -> Vault:
    """Read the master key and check that it is this database's; make one for a database that has none yet.

    Raises `MasterKeyMissing`, `MasterKeyWrong`, `MasterKeyExposed` or `MasterKeyMalformed`.
    """
    query = sa.select(KEY_CHECK.c.sealed).where(KEY_CHECK.c.key_version == _KEY_VERSION)
    sealed = await database.read(lambda connection: connection.execute(query).scalar_one_or_none())
    if sealed is None:
        create_master_key(key_file)
    vault = Vault(read_master_key(key_file))
    if sealed is None:
        check = {"key_version": _KEY_VERSION, "sealed": vault.store.close(_WORD, place=_PLACE)}
        await database.write(lambda connection: connection.execute(KEY_CHECK.insert(), check))
    else:
        _check(vault, sealed, key_file)
    return vault


def _check(vault: Vault, sealed: bytes, key_file: Path) -> None:
    try:
        vault.store.open(sealed, place=_PLACE)
    except SealBroken:
        raise MasterKeyWrong(key_file) from None
