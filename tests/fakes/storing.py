"""A real storage for a test, copied from one that was made and never used: making one takes longer than most tests."""

import shutil
from pathlib import Path

from chatbot.ports.clock import Clock
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage


async def storage_in(folder: Path, clock: Clock, *, copied_from: Path | None = None) -> Storage:
    """Open the storage of a folder, which is made, or copied, first."""
    if copied_from is not None:
        shutil.copytree(copied_from, folder)
    return await open_storage(
        url=f"sqlite:///{folder}/chatbot.db", master_key=KeyFile(folder / "master.key"), clock=clock
    )
