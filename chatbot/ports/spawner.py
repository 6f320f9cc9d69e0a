"""Background work, handed in: one nursery starts all tasks and ends them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol


class Spawner(Protocol):
    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Run something in the background; if it dies, that is logged."""
        ...
