"""A few bytes that outlive the process: when each slot of the request budget was last used."""

import math
import mmap
from array import array
from collections.abc import Sequence
from pathlib import Path

_STAMP = 8
"""Bytes of one stamp, a double: seconds since 1970 by the wall clock; 0 is "never used"."""


class RequestLog:
    """One stamp for each slot, in a file mapped into memory.

    A mapped page belongs to the kernel: what was written stays when the process is killed at any moment, and writing
    costs no system call. A file of another length (the budget was changed) keeps its newest stamps.
    """

    def __init__(self, path: Path, *, slots: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        stamps = _newest(path.read_bytes(), slots=slots)
        with path.open("r+b") as file:
            file.write(stamps)
            file.truncate()
            file.flush()
            self._map = mmap.mmap(file.fileno(), len(stamps))
        self._stamps = memoryview(self._map).cast("d")

    def stamps(self) -> Sequence[float]:
        return self._stamps.tolist()

    def write(self, slot: int, stamp: float) -> None:
        self._stamps[slot] = stamp

    def close(self) -> None:
        self._stamps.release()
        self._map.close()


def _newest(stored: bytes, *, slots: int) -> bytes:
    stamps = array("d", stored[: len(stored) // _STAMP * _STAMP])
    if len(stamps) != slots or not all(math.isfinite(stamp) for stamp in stamps):
        usable = sorted((stamp for stamp in stamps if math.isfinite(stamp)), reverse=True)[:slots]
        stamps = array("d", [*usable, *[0] * (slots - len(usable))])
    return stamps.tobytes()
