"""The master key's rotation."""

from typing import Protocol


class Rotation(Protocol):
    async def advance(self) -> bool:
        """Do a batch if there is a new master key; say whether more is left to do."""
        ...
