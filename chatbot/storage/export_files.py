"""Files under way, in a private folder beside the database. They are gone as soon as they were sent."""

import asyncio
import os
from collections.abc import Collection
from pathlib import Path

from chatbot.domain.ids import ExportId

_FILE_MODE, _FOLDER_MODE = 0o600, 0o700


class PrivateExportFiles:
    """`chatbot.ports.exports.ExportFiles`. The folder is made when the first file is. The disk is waited for beside
    everything else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def begin(self, export: ExportId, part: int) -> None:
        await asyncio.to_thread(self._begin, self.path(export, part))

    async def append(self, export: ExportId, part: int, content: bytes) -> int:
        return await asyncio.to_thread(_append, self.path(export, part), content)

    async def has(self, export: ExportId, part: int) -> bool:
        return await asyncio.to_thread(self.path(export, part).exists)

    def path(self, export: ExportId, part: int) -> Path:
        return self._folder / f"{export}-{part}"

    async def present(self) -> frozenset[ExportId]:
        return await asyncio.to_thread(lambda: frozenset(map(_export_of, self._every())))

    async def drop(self, exports: Collection[ExportId]) -> None:
        if exports:
            await asyncio.to_thread(self._drop, frozenset(exports))

    def _begin(self, path: Path) -> None:
        self._folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=_FILE_MODE)

    def _every(self) -> tuple[Path, ...]:
        return tuple(path for path in self._folder.glob("*-*") if path.name.partition("-")[0].isdecimal())

    def _drop(self, exports: frozenset[ExportId]) -> None:
        for path in self._every():
            if _export_of(path) in exports:
                path.unlink(missing_ok=True)


def _export_of(path: Path) -> ExportId:
    return ExportId(int(path.name.partition("-")[0]))


def _append(path: Path, content: bytes) -> int:
    """Only to what is there: what was dropped meanwhile must not come back."""
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(content)
        return file.tell()
