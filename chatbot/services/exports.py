"""Files of a person's trades, orders or history: asked for, looked at, given up, handed over."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import InputError
from chatbot.domain.exports import (
    Export,
    ExportKind,
    ExportRequest,
    ExportState,
    Failure,
    Gap,
    is_beyond_history,
)
from chatbot.domain.ids import AccountId, ChatId, ExportId, MessageId, PersonId
from chatbot.ports.clock import Clock
from chatbot.ports.exports import ExportFiles
from chatbot.ports.exports import Exports as Store
from chatbot.services.accounts import Accounts

KEPT_FOR: Final = timedelta(days=1)
"""How long a file that is ready is kept for somebody whom it does not reach."""


class Exports:
    """One file at a time for each person."""

    def __init__(
        self,
        *,
        store: Store,
        files: ExportFiles,
        accounts: Accounts,
        is_in: Callable[[PersonId], Awaitable[bool]],
        clock: Clock,
    ) -> None:
        """`is_in` says whether somebody may still use the bot."""
        self._store = store
        self._files = files
        self._accounts = accounts
        self._is_in = is_in
        self._clock = clock

    @property
    def today(self) -> date:
        """By UTC, as days of files are."""
        return self._clock.now().astimezone(UTC).date()

    async def begin(self, request: ExportRequest, *, person: PersonId, chat: ChatId) -> Export:
        """Of the active account; a history is of all of them. Raises `NotLinked`, and `InputError` while another file
        of the person's is under way.
        """
        new = await self._new(request, person=person)
        days = f"{request.first or 'start'} to {request.last}"
        event = Event(
            deed=Deed.FILE_ASKED,
            person=person,
            chat=chat,
            account=new.account_label,
            subject=f"{request.kind} {days}",
        )
        begun = await self._store.begin(new, event)
        if begun is None:
            raise InputError("Another file is being put together for you. /export shows how far it is.")
        return begun

    async def attach(self, export: ExportId, message: MessageId) -> None:
        """Remember which message says how far it is."""
        await self._store.attach(export, message)

    async def of(self, person: PersonId) -> Export | None:
        """The file that is under way for a person, or waits to be sent."""
        return await self._store.of(person)

    async def every(self) -> tuple[Export, ...]:
        """Those that are under way, or wait to be handed over."""
        return await self._store.every()

    async def is_there(self, export: ExportId) -> bool:
        """Whether it was not given up."""
        return await self._store.get(export) is not None

    async def cancel(self, export: ExportId, *, person: PersonId) -> bool:
        """Give it up, if it is the person's and not ready yet."""
        found = await self._store.of(person)
        if found is None or found.id != export or not await self._store.drop(export, only_under_way=True):
            return False
        await clean_up(self._store, self._files)
        return True

    async def is_wanted(self, export: Export) -> bool:
        """Whether its person may have it. Of whoever lost access nothing stays."""
        if await self._is_in(export.person):
            return True
        await self.finish(export.id)
        return False

    async def next_part(self, export: Export) -> Path | None:
        """The file to be sent next. None if it is gone, which nobody should have done: all is written again."""
        part = export.sent + 1
        if await self._files.has(export.id, part):
            return self._files.path(export.id, part)
        await self._store.save(
            replace(export, state=ExportState.WRITING, parts=0, sent=0, rows=0, next_at=self._clock.now())
        )
        return None

    async def sent(self, export: Export) -> Export:
        """Remember that one part more was sent."""
        further = replace(export, sent=export.sent + 1)
        await self._store.save(further)
        return further

    async def refused(self, export: Export) -> None:
        """The messenger did not take it: its person is told so, unless that is what was not taken."""
        if export.state is not ExportState.READY:
            await self.finish(export.id)
            return
        gone_at = self._clock.now() + KEPT_FOR
        await self._store.save(
            replace(export, state=ExportState.FAILED, failure=Failure.NOT_TAKEN, parts=0, next_at=gone_at)
        )

    async def finish(self, export: ExportId) -> None:
        """It was sent, or its person told why not: nothing of it stays."""
        await self._store.drop(export)
        await clean_up(self._store, self._files)

    async def _new(self, request: ExportRequest, *, person: PersonId) -> Export:
        now = self._clock.now()
        since = None if request.first is None else _midnight(request.first)
        until = min(_midnight(request.last + timedelta(days=1)), now)
        account, label = await self._account(request.kind, person)
        is_short = request.kind is ExportKind.TRADES and is_beyond_history(since, now=now)
        nothing_to_gather = request.kind is ExportKind.HISTORY or (is_short and is_beyond_history(until, now=now))
        return Export(
            id=ExportId(0),
            person=person,
            account=account,
            account_label=label,
            kind=request.kind,
            format=request.format,
            since=since,
            until=until,
            created_at=now,
            state=ExportState.WRITING if nothing_to_gather else ExportState.GATHERING,
            gaps=(Gap.SHORT_HISTORY,) if is_short else (),
            next_at=now,
        )

    async def _account(self, kind: ExportKind, person: PersonId) -> tuple[AccountId | None, str]:
        if kind is ExportKind.HISTORY:
            return None, ""
        active = await self._accounts.active(person)
        return active.id, active.label


async def clean_up(store: Store, files: ExportFiles) -> None:
    """Delete the files of what is under way no more. The files are looked at first: what comes later is another's."""
    there = await files.present()
    if there:
        await files.drop(there - {export.id for export in await store.every()})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
