from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Secret
from chatbot.storage.faults import SealBroken
from chatbot.storage.keys import DATA_KEYS
from chatbot.storage.master_key import KeyFile
from chatbot.storage.secrets import SECRETS
from tests.storage.examples import ANNA, BORIS
from tests.storage.keeping import Keeping

CANARY = Secret("canary-JBSWY3DP")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chatbot.db"


@pytest.fixture
async def keeping(file: Path) -> AsyncIterator[Keeping]:
    async with Keeping.opened(file, KeyFile(file.with_name("master.key"))) as opened:
        yield opened


async def put(keeping: Keeping, person: PersonId, name: str, secret: Secret = CANARY) -> None:
    await keeping.database.write(lambda connection: keeping.keys.put_secret(connection, person, name, secret))


async def get(keeping: Keeping, person: PersonId, name: str) -> Secret | None:
    return await keeping.database.read(lambda connection: keeping.keys.get_secret(connection, person, name))


async def data_keys(keeping: Keeping) -> int:
    query = sa.select(sa.func.count()).select_from(DATA_KEYS)
    return await keeping.database.read(lambda connection: connection.execute(query).scalar_one())


async def test_secret_is_what_was_put_under_its_name_last(keeping: Keeping) -> None:
    assert await get(keeping, ANNA, "totp") is None
    await put(keeping, ANNA, "totp")
    await put(keeping, ANNA, "other", Secret("другое"))
    await put(keeping, BORIS, "totp", Secret("of Boris"))
    assert await get(keeping, ANNA, "totp") == CANARY
    await put(keeping, ANNA, "totp", Secret("newer"))
    assert await get(keeping, ANNA, "totp") == Secret("newer")
    assert await get(keeping, ANNA, "other") == Secret("другое")
    assert await get(keeping, BORIS, "totp") == Secret("of Boris")
    assert await data_keys(keeping) == 2


async def test_dropped_secret_is_gone_and_the_others_stay(keeping: Keeping) -> None:
    await put(keeping, ANNA, "totp")
    await put(keeping, ANNA, "other")

    def drop(connection: sa.Connection) -> bool:
        return keeping.keys.drop_secret(connection, ANNA, "totp")

    assert await keeping.database.write(drop)
    assert not await keeping.database.write(drop)
    assert await get(keeping, ANNA, "totp") is None
    assert await get(keeping, ANNA, "other") == CANARY


async def test_secret_and_key_share_the_fate_of_the_transaction(keeping: Keeping) -> None:
    def work(connection: sa.Connection) -> None:
        keeping.keys.put_secret(connection, ANNA, "totp", CANARY)
        raise LookupError

    with pytest.raises(LookupError):
        await keeping.database.write(work)
    assert await get(keeping, ANNA, "totp") is None
    assert await data_keys(keeping) == 0


async def test_secret_and_accounts_of_a_person_share_a_key(keeping: Keeping) -> None:
    await keeping.link(ANNA)
    await put(keeping, ANNA, "totp")
    assert await data_keys(keeping) == 1


async def test_erasing_takes_secrets_and_keys_of_one_person(keeping: Keeping) -> None:
    for person in (ANNA, BORIS):
        await put(keeping, person, "totp")
    await keeping.database.write(lambda connection: keeping.keys.erase(connection, ANNA))
    assert await get(keeping, ANNA, "totp") is None
    assert await get(keeping, BORIS, "totp") == CANARY
    assert await data_keys(keeping) == 1


def from_boris(connection: sa.Connection) -> None:
    theirs = sa.select(SECRETS.c.sealed).where(SECRETS.c.person == BORIS).scalar_subquery()
    connection.execute(SECRETS.update().where(SECRETS.c.person == ANNA).values(sealed=theirs))


def from_another_name(connection: sa.Connection) -> None:
    connection.execute(SECRETS.delete().where(SECRETS.c.person == ANNA, SECRETS.c.name == "totp"))
    connection.execute(SECRETS.update().where(SECRETS.c.person == ANNA).values(name="totp"))


def keys_swapped(connection: sa.Connection) -> None:
    theirs = sa.select(DATA_KEYS.c.wrapped).where(DATA_KEYS.c.person == BORIS).scalar_subquery()
    connection.execute(DATA_KEYS.update().where(DATA_KEYS.c.person == ANNA).values(wrapped=theirs))


@pytest.mark.parametrize("move", [from_boris, from_another_name, keys_swapped])
async def test_what_was_moved_does_not_open(keeping: Keeping, move: Callable[[sa.Connection], None]) -> None:
    await put(keeping, ANNA, "totp")
    await put(keeping, ANNA, "other")
    await put(keeping, BORIS, "totp")
    await keeping.database.write(move)
    with pytest.raises(SealBroken):
        await get(keeping, ANNA, "totp")


async def test_secret_stands_in_no_file_in_clear(keeping: Keeping, file: Path) -> None:
    await put(keeping, ANNA, "totp")
    contents = b"".join(each.read_bytes() for each in file.parent.iterdir())
    assert b"totp" in contents and CANARY.reveal().encode() not in contents
