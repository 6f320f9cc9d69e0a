"""Property tests: a small sample, the same each time; `--hypothesis-profile=prove` draws many and always others."""

import asyncio
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.fakes.clock import FakeClock
from tests.fakes.storing import storage_in

calm = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("sample", calm, derandomize=True, max_examples=60)
settings.register_profile("prove", calm, max_examples=3000)
settings.load_profile("sample")

_WAITING = ("bench", "journeys", "prove")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files whose tests mostly wait among the others, so that no worker is left with all of them."""
    files = [(file, list(tests)) for file, tests in groupby(items, key=lambda item: item.path)]
    waiting = [(file, tests) for file, tests in files if file.parent.name in _WAITING]
    others = [(file, tests) for file, tests in files if file.parent.name not in _WAITING]
    placed = [(at / len(each), tests) for each in (waiting, others) for at, (_, tests) in enumerate(each)]
    items[:] = [test for _, tests in sorted(placed, key=itemgetter(0)) for test in tests]


@pytest.fixture(scope="session")
def empty_storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a storage that was made and never used, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "data"

    async def make() -> None:
        await (await storage_in(folder, FakeClock())).aclose()

    asyncio.run(make())
    return folder
