"""One bot per database: an advisory lock on a file beside it."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """A lock that ends with the process that holds it, however that process ends."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))

    def acquire(self) -> bool:
        """Take the lock if it is free; says whether we have it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give the lock back, if we have it."""
        self._file.close()
