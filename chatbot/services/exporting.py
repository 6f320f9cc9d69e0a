"""Puts files together: gathers what they need from the exchange, a page at a time, then writes them.

Pages are asked for after everybody else. Of a file only a few hundred rows are in memory at any moment, however many it
has. Whatever was read is stored with the next page's number, so it goes on after a restart where it was.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

import structlog

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import (
    ChatbotError,
    KeyRejected,
    NoSession,
    NotLinked,
    Refused,
    SessionExpired,
)
from chatbot.domain.export_rows import Row, closing, opening, written
from chatbot.domain.exporting import deal_row, order_row, trade_row
from chatbot.domain.exports import Export, ExportKind, ExportState, Failure, Gap, span_for
from chatbot.domain.ids import PersonId
from chatbot.domain.orders import Order, OrderFilter, OrderPage
from chatbot.domain.trades import Trade
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.exports import ExportFiles, Exports
from chatbot.ports.history import History
from chatbot.ports.trades import KeptTrades
from chatbot.services.exports import clean_up
from chatbot.services.trades import Trades

log = structlog.get_logger(__name__)

FULL: Final = 40 * 1024 * 1024
"""Bytes from which on a file goes on in another one, because the messenger takes 50 MB."""
_A_BATCH = 500
_MOST_PAGES = 10_000
_PAUSE = timedelta(seconds=30)
"""After which the exchange is asked again when it could not be."""


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
        """One page more, or the file as a whole. What goes wrong is stored for its person, or tried again later."""
        if not await self._is_in(export.person):
            await self._store.drop(export.id)
            return
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
            await self._store.save(replace(export, next_at=self._clock.now() + _PAUSE))

    async def _gather(self, export: Export) -> None:
        account = await self._account(export)
        if export.kind is ExportKind.TRADES:
            await self._gather_trades(export, account)
        else:
            await self._gather_orders(export, account)

    async def _gather_trades(self, export: Export, account: Account) -> None:
        span = span_for(export.since, now=export.created_at)
        try:
            read = await self._trades.read(account, span=span, page=export.page, priority=Priority.ALERT)
        except NoSession:
            await self._store.save(self._gathered(export, Gap.NO_SESSION))
            return
        except SessionExpired:
            await self._store.save(self._gathered(export, Gap.SESSION_ENDED))
            return
        is_over = not (read.has_next and read.trades) or _reaches_back(export, read.trades[-1])
        await self._store.save(self._turned(export, len(read.trades), is_over=is_over), trades=read.trades)

    async def _gather_orders(self, export: Export, account: Account) -> None:
        credentials = await self._accounts.credentials(account.id, of=export.person)
        read = await self._exchanges[account.venue].orders(
            credentials,
            account_name=DEFAULT_ACCOUNT_NAME,
            which=OrderFilter.ALL,
            market=None,
            page=export.page,
            priority=Priority.ALERT,
        )
        changed = self._turned(export, len(read.orders), is_over=_is_last(export, read))
        if read.cut_off:
            changed = replace(changed, gaps=_with(changed.gaps, Gap.CUT_SHORT))
        await self._store.save(changed, orders=read.orders)

    def _turned(self, export: Export, rows: int, *, is_over: bool) -> Export:
        """One page further."""
        turned = replace(export, page=export.page + 1, read=export.read + rows, next_at=self._clock.now())
        if is_over:
            return self._gathered(turned)
        return self._gathered(turned, Gap.CUT_SHORT) if export.page >= _MOST_PAGES else turned

    def _gathered(self, export: Export, *gaps: Gap) -> Export:
        return replace(export, state=ExportState.WRITING, gaps=_with(export.gaps, *gaps), next_at=self._clock.now())

    async def _write(self, export: Export) -> None:
        """From the beginning, also where it was begun before: all it takes is here."""
        part, rows = 1, 0
        await self._begin_part(export, part)
        size, is_first = 0, True
        async for batch in self._batches(export):
            if size >= self._full:
                await self._files.append(export.id, part, closing(export.format))
                part, is_first = part + 1, True
                await self._begin_part(export, part)
            size = await self._files.append(export.id, part, written(export.format, batch, first=is_first))
            rows, is_first = rows + len(batch), False
            if not await self._store.save(replace(export, rows=rows)):
                await clean_up(self._store, self._files)  # given up meanwhile
                return
        await self._files.append(export.id, part, closing(export.format))
        await self._store.save(
            replace(export, state=ExportState.READY, rows=rows, parts=part if rows else 0, next_at=None)
        )

    async def _begin_part(self, export: Export, part: int) -> None:
        await self._files.begin(export.id, part)
        await self._files.append(export.id, part, opening(export.format))

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
            pairs = await self._trades.pairs(account.venue, {trade.market for trade in batch})
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

    async def _fail(self, export: Export, failure: Failure) -> None:
        await self._store.save(replace(export, state=ExportState.FAILED, failure=failure, next_at=None))


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
