from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest

from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from tests.storage.examples import ManualClock


class Reopen(Protocol):
    async def __call__(self, *, exclusive: bool = True) -> Storage: ...


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chatbot.db"


@pytest.fixture
def key_file(database_file: Path) -> Path:
    return database_file.with_name("master.key")


@pytest.fixture
def reopen(database_file: Path, key_file: Path, clock: ManualClock) -> Reopen:
    """Opens this test's storage; what it opens must be closed."""

    async def open_it(*, exclusive: bool = True) -> Storage:
        url = f"sqlite:///{database_file}"
        return await open_storage(url=url, master_key=KeyFile(key_file), clock=clock, exclusive=exclusive)

    return open_it


@pytest.fixture
async def storage(reopen: Reopen) -> AsyncIterator[Storage]:
    opened = await reopen()
    yield opened
    await opened.aclose()
