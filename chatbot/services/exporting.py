"""Puts files together: gathers what they need from the exchange, a page at a time, then writes them.

Pages are asked for after everybody else, but for the first one, which somebody waits for. Of a file only a few hundred
rows are in memory at any moment, however many it has. Whatever was read is stored with the next page's number, so it
goes on after a restart where it was.
"""

import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

import structlog

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    KeyRejected,
    NoSession,
    NotLinked,
    Refused,
    SessionExpired,
    Unavailable,
)
from chatbot.domain.export_rows import Row, closing, opening, written
from chatbot.domain.exporting import deal_row, order_row, trade_row
from chatbot.domain.exports import PATIENCE, Export, ExportKind, ExportState, Failure, Gap, span_for
from chatbot.domain.ids import PersonId
from chatbot.domain.orders import Order, OrderFilter, OrderPage
from chatbot.domain.trades import Trade
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.exports import ExportFiles, Exports
from chatbot.ports.history import History
from chatbot.ports.trades import KeptTrades
from chatbot.services.exports import KEPT_FOR, clean_up
from chatbot.services.trades import Trades

log = structlog.get_logger(__name__)

FULL: Final = 40 * 1024 * 1024
"""Bytes from which on a file goes on in another one, because the messenger takes 50 MB."""
_A_BATCH = 500
_MOST_PAGES = 10_000
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
"""After which it is tried again when something stood in the way: the longer it did, the later."""
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


class _GivenUp(Exception):
    """While it was written, nobody waited for it any more."""


class Exporting:
    def __init__(
        self,
        *,
        store: Exports,
        files: ExportFiles,
        exchanges: Mapping[Venue, Exchange],
        accounts: AccountStore,
        trades: Trades,
        kept: KeptTrades,
        history: History,
        is_in: Callable[[PersonId], Awaitable[bool]],
        clock: Clock,
        full: int = FULL,
    ) -> None:
        """`full` is the size in bytes from which on a file goes on in another part."""
        self._store = store
        self._files = files
        self._exchanges = exchanges
        self._accounts = accounts
        self._trades = trades
        self._kept = kept
        self._history = history
        self._is_in = is_in
        self._clock = clock
        self._full = full

    async def advance(self, export: Export) -> None:
        """One page more, or the file as a whole. What goes wrong is stored for its person, or tried again later. What
        was ready, or failed, and could not be told for long is thrown away.
        """
        if not export.is_under_way or not await self._is_in(export.person):
            await self._store.drop(export.id)
            return
        try:
            await self._go_on(export)
        except OSError as error:
            log.exception("export cannot be written", kind=export.kind)
            await self._files.drop({export.id})
            await self._stumble(export, Failure.NO_ROOM if error.errno in _FULL_DISK else Failure.FAULT)
        except Exception:
            log.exception("export failed", kind=export.kind)
            await self._stumble(export, Failure.FAULT)

    async def _go_on(self, export: Export) -> None:
        try:
            await (self._gather(export) if export.state is ExportState.GATHERING else self._write(export))
        except NotLinked:
            await self._fail(export, Failure.UNLINKED)
        except KeyRejected:
            await self._fail(export, Failure.KEY_REJECTED)
        except Refused as error:
            log.warning("export refused", kind=export.kind, code=error.code)
            await self._fail(export, Failure.REFUSED)
        except ChatbotError as error:
            log.info("export waits", kind=export.kind, reason=str(error))
            is_busy = isinstance(error, Unavailable) and error.cause is Cause.BUDGET
            await self._stumble(export, Failure.BUSY if is_busy else Failure.AWAY)

    async def _gather(self, export: Export) -> None:
        account = await self._account(export)
        if export.kind is ExportKind.TRADES:
            await self._gather_trades(export, account)
        else:
            await self._gather_orders(export, account)

    async def _gather_trades(self, export: Export, account: Account) -> None:
        span = span_for(export.since, now=export.created_at)
        try:
            read = await self._trades.read(account, span=span, page=export.page, priority=_priority(export))
        except NoSession:
            await self._store.save(self._gathered(export, Gap.NO_SESSION))
            return
        except SessionExpired:
            await self._store.save(self._gathered(export, Gap.SESSION_ENDED))
            return
        is_over = not (read.has_next and read.trades) or _reaches_back(export, read.trades[-1])
        numbers = tuple(trade.number for trade in read.trades)
        await self._store.save(self._turned(export, numbers, is_over=is_over), trades=read.trades)

    async def _gather_orders(self, export: Export, account: Account) -> None:
        credentials = await self._accounts.credentials(account.id, of=export.person)
        read = await self._exchanges[account.venue].orders(
            credentials,
            account_name=DEFAULT_ACCOUNT_NAME,
            which=OrderFilter.ALL,
            market=None,
            page=export.page,
            priority=_priority(export),
        )
        numbers = tuple(order.number for order in read.orders)
        changed = self._turned(export, numbers, is_over=_is_last(export, read))
        if read.cut_off:
            changed = replace(changed, gaps=_with(changed.gaps, Gap.CUT_SHORT))
        await self._store.save(changed, orders=read.orders)

    def _turned(self, export: Export, numbers: tuple[int, ...], *, is_over: bool) -> Export:
        """One page further, which showed these. A list that shows a page again has no end."""
        turned = replace(
            export,
            page=export.page + 1,
            read=export.read + len(numbers),
            last_page=numbers,
            failure=None,
            failing_since=None,
            next_at=self._clock.now(),
        )
        if is_over:
            return self._gathered(turned)
        is_endless = set(numbers) <= set(export.last_page) or export.page >= _MOST_PAGES
        return self._gathered(turned, Gap.CUT_SHORT) if is_endless else turned

    def _gathered(self, export: Export, *gaps: Gap) -> Export:
        return replace(export, state=ExportState.WRITING, gaps=_with(export.gaps, *gaps), next_at=self._clock.now())

    async def _write(self, export: Export) -> None:
        """From the beginning, also where it was begun before: all it takes is here."""
        try:
            given_up = not await self._store.save(await self._write_parts(export))
        except _GivenUp:
            given_up = True
        if given_up:
            await clean_up(self._store, self._files)

    async def _write_parts(self, export: Export) -> Export:
        """Returns it ready. Raises `_GivenUp`."""
        part, rows = 1, 0
        await self._begin_part(export, part)
        size, is_first = 0, True
        async for batch in self._batches(export):
            if size >= self._full:
                await self._append(export, part, closing(export.format))
                part, is_first = part + 1, True
                await self._begin_part(export, part)
            size = await self._append(export, part, written(export.format, batch, first=is_first))
            rows, is_first = rows + len(batch), False
            if not await self._store.save(replace(export, rows=rows)):
                raise _GivenUp
        await self._append(export, part, closing(export.format))
        over = self._over(export, ExportState.READY, None)
        return replace(over, rows=rows, parts=part if rows else 0)

    async def _begin_part(self, export: Export, part: int) -> None:
        """Whoever gives it up deletes its files afterwards, and nothing is written to a file that is not there: so
        nothing comes back that was erased.
        """
        await self._files.begin(export.id, part)
        if await self._store.get(export.id) is None:
            raise _GivenUp
        await self._append(export, part, opening(export.format))

    async def _append(self, export: Export, part: int, content: bytes) -> int:
        try:
            return await self._files.append(export.id, part, content)
        except FileNotFoundError:
            if await self._store.get(export.id) is None:
                raise _GivenUp from None
            raise

    async def _batches(self, export: Export) -> AsyncIterator[Sequence[Row]]:
        match export.kind:
            case ExportKind.TRADES:
                batches = self._trade_batches(export, await self._account(export))
            case ExportKind.ORDERS:
                batches = self._order_batches(export)
            case ExportKind.HISTORY:
                batches = self._deal_batches(export)
        async for batch in batches:
            yield batch

    async def _trade_batches(self, export: Export, account: Account) -> AsyncIterator[Sequence[Row]]:
        after = None
        while batch := await self._kept.batch(
            account.id, since=export.since, until=export.until, after=after, limit=_A_BATCH
        ):
            markets = {trade.market for trade in batch}
            pairs = await self._trades.pairs(account.venue, markets, priority=Priority.ALERT)
            yield [trade_row(trade, pairs[trade.market], account=export.account_label) for trade in batch]
            after = (batch[-1].at, batch[-1].number)

    async def _order_batches(self, export: Export) -> AsyncIterator[Sequence[Row]]:
        after = None
        while batch := await self._store.orders(export, after=after, limit=_A_BATCH):
            yield [order_row(order, account=export.account_label) for order in batch]
            after = (batch[-1].placed_at, batch[-1].number)

    async def _deal_batches(self, export: Export) -> AsyncIterator[Sequence[Row]]:
        after = None
        while batch := await self._history.batch(
            export.person, since=export.since, until=export.until, after=after, limit=_A_BATCH
        ):
            yield [deal_row(deal) for deal in batch]
            after = (batch[-1].at, batch[-1].ticket.id)

    async def _account(self, export: Export) -> Account:
        """Raises `NotLinked` if it is gone, or its venue is not served here any more."""
        found = None if export.account is None else await self._accounts.get(export.account)
        if found is None or found.person != export.person or found.venue not in self._exchanges:
            raise NotLinked
        return found

    async def _stumble(self, export: Export, failure: Failure) -> None:
        """Try again after a while, and not for ever."""
        now = self._clock.now()
        since = export.failing_since if export.failure is failure else None
        lasted = timedelta(0) if since is None else now - since
        if lasted >= PATIENCE[failure]:
            await self._fail(export, failure)
            return
        # Who waits for others alone has stood in line already, and goes back there soon.
        pause = _PAUSE if failure is Failure.BUSY else max(_PAUSE, min(lasted, _LONGEST_PAUSE))
        await self._store.save(replace(export, failure=failure, failing_since=since or now, next_at=now + pause))

    async def _fail(self, export: Export, failure: Failure) -> None:
        await self._store.save(self._over(export, ExportState.FAILED, failure))

    def _over(self, export: Export, state: ExportState, failure: Failure | None) -> Export:
        gone_at = self._clock.now() + KEPT_FOR
        return replace(export, state=state, failure=failure, failing_since=None, last_page=(), next_at=gone_at)


def _priority(export: Export) -> Priority:
    """The first page tells who has just asked for it that it goes on; the others may take hours."""
    return Priority.PERSON if export.page == 1 else Priority.ALERT


def _reaches_back(export: Export, oldest: Trade) -> bool:
    """Whether the history, newest first, has come to what was before."""
    return export.since is not None and oldest.at < export.since


def _is_last(export: Export, read: OrderPage) -> bool:
    if not read.has_next or not read.orders:
        return True
    return export.since is not None and _falls(read.orders) and read.orders[-1].placed_at < export.since


def _falls(orders: Sequence[Order]) -> bool:
    """Whether a page shows the newest first; the exchange does not promise that."""
    return all(later.placed_at >= earlier.placed_at for later, earlier in pairwise(orders))


def _with(gaps: tuple[Gap, ...], *more: Gap) -> tuple[Gap, ...]:
    return tuple(dict.fromkeys((*gaps, *more)))
