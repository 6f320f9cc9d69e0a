"""Property tests: a small sample, the same each time; `--hypothesis-profile=prove` draws many and always others."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.fakes.clock import FakeClock
from tests.fakes.storing import storage_in

calm = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("sample", calm, derandomize=True, max_examples=60)
settings.register_profile("prove", calm, max_examples=3000)
settings.load_profile("sample")


@pytest.fixture(scope="session")
def empty_storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a storage that was made and never used, to be copied."""
    folder = tmp_path_factory.mktemp("empty") / "data"

    async def make() -> None:
        await (await storage_in(folder, FakeClock())).aclose()

    asyncio.run(make())
    return folder
