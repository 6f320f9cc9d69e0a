"""Files that are put together for people: how far they are, and where they are kept meanwhile."""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from chatbot.domain.audit import Event
from chatbot.domain.exports import Export
from chatbot.domain.ids import ExportId, MessageId, OrderNumber, PersonId
from chatbot.domain.orders import Order
from chatbot.domain.trades import Trade

OrderMark = tuple[datetime, OrderNumber]
"""When an order was placed, and its number: where to go on."""


class Exports(Protocol):
    async def begin(self, new: Export, event: Event) -> Export | None:
        """Give it a number and write down that it was asked for; None while the person has another one."""
        ...

    async def get(self, export: ExportId) -> Export | None: ...

    async def of(self, person: PersonId) -> Export | None: ...

    async def every(self) -> tuple[Export, ...]: ...

    async def due(self, *, now: datetime, limit: int) -> tuple[Export, ...]:
        """Those to go on with, whoever waits longest first."""
        ...

    async def attach(self, export: ExportId, message: MessageId) -> None: ...

    async def save(self, export: Export, *, trades: Sequence[Trade] = (), orders: Sequence[Order] = ()) -> bool:
        """Store how far it is and, in the same transaction, what was read for it: trades are kept for good, orders
        until the file is made; each once, however often it is read. False if the export is gone. `message` is
        `attach`'s alone.
        """
        ...

    async def orders(self, export: Export, *, after: OrderMark | None, limit: int) -> tuple[Order, ...]:
        """What was read for it and belongs into it, oldest first, behind `after`."""
        ...

    async def drop(self, export: ExportId, *, only_under_way: bool = False) -> bool:
        """Forget it, and the orders that were read for it. With `only_under_way`, not if it is ready: then False."""
        ...


class ExportFiles(Protocol):
    """Private files, each of an export and a part of it, counted from 1."""

    async def begin(self, export: ExportId, part: int) -> None:
        """An empty one; what was there is gone."""
        ...

    async def append(self, export: ExportId, part: int, content: bytes) -> int:
        """Its length in bytes from now on. Raises `FileNotFoundError` if it was dropped."""
        ...

    async def has(self, export: ExportId, part: int) -> bool: ...

    def path(self, export: ExportId, part: int) -> Path: ...

    async def present(self) -> frozenset[ExportId]:
        """Of which exports there are any."""
        ...

    async def drop(self, exports: Collection[ExportId]) -> None:
        """Delete all files of these."""
        ...
