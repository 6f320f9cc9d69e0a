"""The record of requests received, for tests that count. Never holds a header, a body or a secret."""

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import dropwhile

_KEPT = 50_000


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request; ``at`` in monotonic seconds, ``signed`` None when no key was presented, ``by`` the username of who
    signed it, ``status`` None when the connection was cut or is still open."""

    number: int
    at: float
    method: str
    path: str
    signed: bool | None
    by: str | None = None
    status: int | None = None

    def to_json(self) -> dict[str, object]:
        return asdict(self)


class Record:
    """The latest requests, numbered from 1."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=_KEPT)
        self._count = 0

    def open(self, *, at: float, method: str, path: str, signed: bool | None, by: str | None = None) -> Entry:
        self._count += 1
        entry = Entry(number=self._count, at=at, method=method, path=path, signed=signed, by=by)
        self._entries.append(entry)
        return entry

    def since(self, number: int) -> Iterator[Entry]:
        """Entries numbered above ``number``, oldest first."""
        return dropwhile(lambda entry: entry.number <= number, self._entries)
