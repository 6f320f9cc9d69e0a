"""The audit log as a table for spreadsheets: RFC 4180, in UTF-8 with a mark that makes spreadsheets see that it is."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Final

from chatbot.domain.audit import Entry
from chatbot.domain.ids import PersonId
from handlers.views.audit import WORDS

_EVENT = ("chat", "account", "subject", "result")
COLUMNS: Final = ("number", "time (UTC)", "what", "who", "who (id)", "about (id)", *_EVENT)
FULL: Final = 40 * 1024 * 1024
"""Bytes from which on a table goes on in another file, because the messenger takes 50 MB."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """Rows are added; `content` is the whole file."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)
        self._written = io.BytesIO(_BYTE_ORDER_MARK)
        self._written.seek(0, io.SEEK_END)
        self.entries = 0

    @property
    def is_full(self) -> bool:
        return self._written.tell() >= FULL

    def add(self, entries: Iterable[Entry], names: Mapping[PersonId, str]) -> None:
        for entry in entries:
            self._writer.writerow(map(_cell, _row(entry, names)))
            self.entries += 1
        self._flush()

    def content(self) -> bytes:
        self._flush()
        return self._written.getvalue()

    def _flush(self) -> None:
        self._written.write(self._text.getvalue().encode(errors="replace"))
        self._text.seek(0)
        self._text.truncate()


def _row(entry: Entry, names: Mapping[PersonId, str]) -> tuple[object, ...]:
    event = entry.event
    who = "forgotten" if entry.forgotten else "" if event.person is None else names.get(event.person, "")
    what = WORDS[event.deed] if entry.covers is None else f"{WORDS[event.deed]} ({entry.covers} entries)"
    at = f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return (entry.seq, at, what, who, event.person, event.about, *(getattr(event, name) for name in _EVENT))


def _cell(value: object) -> str:
    """A spreadsheet would take a text that begins like a formula for one, and carry it out."""
    written = "" if value is None else str(value)
    return f"'{written}" if written.startswith(_FORMULA) else written
