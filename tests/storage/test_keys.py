from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.storage import schema
from chatbot.storage.database import Database
from chatbot.storage.faults import MasterKeyMissing, MasterKeyWrong, SealBroken
from chatbot.storage.keys import PROGRAM_KEYS, current_master, open_vault
from chatbot.storage.master_key import KEY_BYTES, KeyFile
from chatbot.storage.vault import MasterKey, Place, Seal, data_key_place
from tests.storage.examples import ANNA
from tests.storage.keeping import Keeping

INBOX_PLACE = Place(table="inbox", field="body", row=7, key_version=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chatbot.db"


@pytest.fixture
def source(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "master.key")


async def make_older_database(file: Path, key: bytes) -> bytes:
    """A database as the program left it before there were keyrings; returns the sealed body of an update."""
    master = MasterKey(key)
    store = Seal(master.derived_store_key())
    word = store.close(b"open", place=Place(table="key_check", field="sealed", key_version=1))
    wrapped = master.wrapping.close(b"d" * KEY_BYTES, place=data_key_place(ANNA, 1))

    def fill(connection: sa.Connection) -> None:
        schema.migrate(connection, to="0005")
        connection.execute(sa.text("INSERT INTO key_check VALUES (1, :word)"), {"word": word})
        key_row = {"person": ANNA, "wrapped": wrapped}
        connection.execute(sa.text("INSERT INTO data_keys VALUES (:person, 1, :wrapped)"), key_row)

    database = await Database.open(file)
    await database.write(fill)
    await database.rebuild(schema.migrate)
    await database.aclose()
    return store.close(b"update", place=INBOX_PLACE)


async def test_store_and_audit_key_are_random_and_stay(file: Path, source: KeyFile, tmp_path: Path) -> None:
    async with Keeping.opened(file, source) as first:
        sealed = first.vault.store.close(b"canary", place=INBOX_PLACE)
        audit_key = first.vault.audit_key
        assert len(audit_key) == KEY_BYTES
    async with Keeping.opened(file, source) as again:
        assert again.vault.store.open(sealed, place=INBOX_PLACE) == b"canary"
        assert again.vault.audit_key == audit_key
    async with Keeping.opened(tmp_path / "other.db", source) as other:
        assert other.vault.audit_key != audit_key
        with pytest.raises(SealBroken):
            other.vault.store.open(sealed, place=INBOX_PLACE)


async def test_older_database_opens_and_nothing_is_sealed_anew(file: Path, source: KeyFile) -> None:
    source.make_first()
    sealed = await make_older_database(file, source.read()[0])
    for _ in range(2):
        async with Keeping.opened(file, source) as opened:
            assert opened.vault.store.open(sealed, place=INBOX_PLACE) == b"update"
            (master,) = opened.vault.keyring.fingerprints
            assert await opened.rotation.count() == {master: 3}
            seal, version = await opened.database.write(lambda connection: opened.keys.seal_of(connection, ANNA))
            assert version == 1
            assert Seal(b"d" * KEY_BYTES).open(seal.close(b"x", place=INBOX_PLACE), place=INBOX_PLACE) == b"x"


async def test_older_database_is_told_its_master_key_even_behind_a_newer_one(file: Path, source: KeyFile) -> None:
    source.make_first()
    sealed = await make_older_database(file, source.read()[0])
    source.add_newest()
    async with Keeping.opened(file, source) as opened:
        newest, first = opened.vault.keyring.fingerprints
        assert await opened.rotation.count() == {first: 3}
        await opened.finish()
        assert await opened.rotation.count() == {newest: 3}
    async with Keeping.opened(file, source) as opened:
        assert opened.vault.store.open(sealed, place=INBOX_PLACE) == b"update"


async def test_older_database_with_another_key_is_refused_and_left_as_it_was(file: Path, source: KeyFile) -> None:
    source.make_first()
    await make_older_database(file, b"o" * KEY_BYTES)
    database = await Database.open(file)
    with pytest.raises(MasterKeyWrong):
        await open_vault(database, source)
    assert await database.read(current_master) == ""
    await database.aclose()


async def test_sealed_database_without_or_with_another_key_is_refused_and_no_key_is_made(
    file: Path, source: KeyFile
) -> None:
    async with Keeping.opened(file, source):
        pass
    source.path.unlink()
    with pytest.raises(MasterKeyMissing):
        async with Keeping.opened(file, source):
            pass
    assert not source.path.exists()
    source.make_first()
    with pytest.raises(MasterKeyWrong, match=str(source.path)):
        async with Keeping.opened(file, source):
            pass


async def test_swapped_program_keys_do_not_open(file: Path, source: KeyFile) -> None:
    def swap(connection: sa.Connection) -> None:
        rows = {row.name: row.wrapped for row in connection.execute(sa.select(PROGRAM_KEYS))}
        for name, other in (("store", "audit"), ("audit", "store")):
            change = PROGRAM_KEYS.update().where(PROGRAM_KEYS.c.name == name)
            connection.execute(change.values(wrapped=rows[other]))

    async with Keeping.opened(file, source) as opened:
        await opened.database.write(swap)
    with pytest.raises(SealBroken):
        async with Keeping.opened(file, source):
            pass


@pytest.mark.parametrize("taken", ["name = 'audit'", "name = 'store'", "TRUE"])
async def test_a_key_that_was_taken_out_is_not_made_anew(file: Path, source: KeyFile, taken: str) -> None:
    async with Keeping.opened(file, source) as opened:
        await opened.link(ANNA)
        await opened.database.write(
            lambda connection: connection.exec_driver_sql(f"DELETE FROM program_keys WHERE {taken}")
        )
    with pytest.raises(SealBroken):
        async with Keeping.opened(file, source):
            pass


async def test_current_master_key_is_the_newest_of_the_first_opening(file: Path, source: KeyFile) -> None:
    source.make_first()
    source.add_newest()
    async with Keeping.opened(file, source) as opened:
        current = await opened.database.read(current_master)
        assert current == opened.vault.keyring.newest.fingerprint
