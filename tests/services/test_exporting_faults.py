"""What goes wrong while a file is put together: lists without an end, an exchange that is away, a full disk."""

import errno
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.exports import (
    PATIENCE,
    Export,
    ExportKind,
    ExportState,
    Failure,
    Gap,
)
from chatbot.domain.ids import ExportId, MarketCode, OrderNumber
from chatbot.domain.orders import OrderPage
from chatbot.domain.secrets import Session
from chatbot.domain.trades import TradePage
from chatbot.services.exports import clean_up
from chatbot.storage.export_files import PrivateExportFiles
from chatbot.workers.exports import ExportKeeper
from chatbot.workers.supervisor import Supervisor
from tests.fakes.clock import settle
from tests.fakes.instant import trade
from tests.services.exporting import TODAY, begin, exporting, finish, now, put, table
from tests.services.house import BORIS, House


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    return opened


def showing(*pages: TradePage) -> Any:
    """A history of these pages; the last one goes on for ever."""

    async def trades(*_: Any, page: int, **__: Any) -> TradePage:
        return pages[min(page, len(pages)) - 1]

    return trades


async def test_a_history_without_an_end_is_cut_short(
    house: House, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = (TradePage(trades=(trade(house.clock, n),), number=n, has_next=True) for n in (1, 2))
    monkeypatch.setattr(house.instant, "trades", showing(first, last))
    export = await finish(house, await begin(house, first=TODAY))
    assert (export.rows, export.page, export.gaps) == (2, 4, (Gap.CUT_SHORT,))


async def test_orders_without_an_end_are_cut_short(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = await _with_orders(house, account, monkeypatch, has_next=True)
    assert (export.rows, export.page, export.gaps) == (1, 3, (Gap.CUT_SHORT,))


async def test_a_list_of_orders_that_broke_off_is_said_to_have(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = await _with_orders(house, account, monkeypatch, has_next=False, cut_off=True)
    assert (export.rows, export.gaps) == (1, (Gap.CUT_SHORT,))


async def _with_orders(house: House, account: Account, monkeypatch: pytest.MonkeyPatch, **said: Any) -> Export:
    """A file of one order, on a page that is always the same."""
    await house.tap(await house.order_card(account))
    house.clock.pass_(1)
    (order,) = house.exchange.holders[next(iter(house.exchange.holders))].orders.values()

    async def orders(*_: Any, **__: Any) -> OrderPage:
        return OrderPage(orders=(order,), number=1, pages=None, **said)

    monkeypatch.setattr(house.exchange, "orders", orders)
    return await finish(house, await begin(house, ExportKind.ORDERS))


async def test_an_old_order_ends_the_reading_only_where_the_newest_come_first(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.tap(await house.order_card(account))
    house.clock.pass_(1)
    (new,) = house.exchange.holders[next(iter(house.exchange.holders))].orders.values()
    old = replace(new, number=OrderNumber(1), placed_at=new.placed_at - timedelta(days=9))
    older = replace(old, number=OrderNumber(2), placed_at=old.placed_at - timedelta(days=1))
    lists = {True: ((new, old), (older,)), False: ((older, old), (new,))}
    for falls, pages in lists.items():

        async def orders(*_: Any, page: int, pages: tuple[Any, ...] = pages, **__: Any) -> OrderPage:
            return OrderPage(orders=pages[page - 1], number=page, has_next=page < 2, pages=None)

        monkeypatch.setattr(house.exchange, "orders", orders)
        export = await finish(house, await begin(house, ExportKind.ORDERS, first=TODAY))
        assert (export.rows, export.page) == (1, 2 if falls else 3)
        await house.exports.finish(export.id)


async def test_no_more_pages_are_read_than_a_history_may_have(
    house: House, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(house, session, 61)
    monkeypatch.setattr("chatbot.services.exporting._MOST_PAGES", 3)
    export = await finish(house, await begin(house, first=TODAY))
    assert (export.read, export.gaps) == (60, (Gap.CUT_SHORT,))


async def test_an_empty_page_is_the_last_one(house: House, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house.instant, "trades", showing(TradePage(trades=(), number=1, has_next=True)))
    export = await finish(house, await begin(house, first=TODAY))
    assert (export.rows, export.page, export.gaps) == (0, 2, ())


async def test_nobody_gets_a_file_of_somebody_elses_account(house: House, session: Session) -> None:
    begun = await begin(house)
    await house.exporting.advance(replace(begun, person=BORIS))
    assert (await now(house, begun)).failure is Failure.UNLINKED
    assert house.instant.asked == []


async def test_currencies_are_not_guessed_while_the_list_of_markets_cannot_be_read(
    house: House, session: Session
) -> None:
    house.instant.put(session, trade(house.clock, market=MarketCode("USDTUSD")))
    begun = await begin(house)
    house.exchange.fail("markets", Unavailable(Cause.UNREACHABLE))
    for _ in range(2):
        await house.exporting.advance(await now(house, begun))
    waiting = await now(house, begun)
    assert (waiting.state, waiting.failure) == (ExportState.WRITING, Failure.AWAY)
    export = await finish(house, begun)
    (row,) = table(house, export)
    assert (row["Base Currency"], row["Quote Currency (Optional)"]) == ("USDT", "USD") and export.failure is None


class BrokenFiles(PrivateExportFiles):
    """A disk that takes nothing."""

    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(folder)
        self.error = error

    async def append(self, export: ExportId, part: int, content: bytes) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Failure.NO_ROOM),
        (PermissionError(errno.EACCES, "Permission denied"), Failure.FAULT),
        (OverflowError("date value out of range"), Failure.FAULT),
        (Unavailable(Cause.UNREACHABLE), Failure.AWAY),
    ],
)
async def test_what_does_not_work_is_tried_again_ever_more_seldom_and_not_for_ever(
    house: House, account: Account, tmp_path: Path, error: Exception, failure: Failure
) -> None:
    begun, tries, began = await begin(house, ExportKind.HISTORY), 0, house.clock.now()
    working = exporting(house, files=BrokenFiles(tmp_path / "files", error))
    while (export := await now(house, begun)).is_under_way:
        assert export.next_at is not None and (not tries or export.failing_since == began)
        house.clock.at = export.next_at
        await working.advance(export)
        tries += 1
    assert (export.state, export.failure) == (ExportState.FAILED, failure) and tries < 200
    assert PATIENCE[failure] <= house.clock.now() - began <= PATIENCE[failure] + timedelta(minutes=10)


async def test_while_all_requests_are_needed_elsewhere_it_stays_in_line_and_accuses_nobody(
    house: House, session: Session
) -> None:
    put(house, session, 1)
    begun = await begin(house)
    for _ in range(60):
        house.instant.fail("trades", Unavailable(Cause.BUDGET))
        await house.exporting.advance(await now(house, begun))
        waiting = await now(house, begun)
        assert waiting.failure is Failure.BUSY and waiting.next_at == house.clock.now() + timedelta(seconds=30)
        house.clock.pass_(60)
    assert (await finish(house, begun)).rows == 1


async def test_what_could_not_be_handed_over_is_thrown_away_after_a_day(house: House, account: Account) -> None:
    await house.tap(await house.order_card(account))
    house.clock.pass_(1)
    export = await finish(house, await begin(house, ExportKind.HISTORY))
    house.clock.pass_(24 * 3600 - 1)
    assert await house.storage.exports.due(now=house.clock.now(), limit=9) == ()
    house.clock.pass_(1)
    (due,) = await house.storage.exports.due(now=house.clock.now(), limit=9)
    await house.exporting.advance(due)
    await clean_up(house.storage.exports, house.storage.export_files)
    assert await house.storage.exports.get(export.id) is None
    assert await house.storage.export_files.present() == frozenset()


class Erasing(PrivateExportFiles):
    """Has somebody erase everything right before something is written, the so-many-th time."""

    def __init__(self, folder: Path, erase: Callable[[], Awaitable[object]], *, at: int) -> None:
        super().__init__(folder)
        self.erase, self.left = erase, at

    async def append(self, export: ExportId, part: int, content: bytes) -> int:
        self.left -= 1
        if not self.left:
            await self.erase()
        return await super().append(export, part, content)


@pytest.mark.parametrize("at", [1, 2, 3])
async def test_nothing_comes_back_of_a_file_that_was_erased_while_it_was_written(
    house: House, account: Account, at: int
) -> None:
    await house.tap(await house.order_card(account))
    house.clock.pass_(1)
    begun, folder = await begin(house, ExportKind.HISTORY), house.storage.export_files.path(ExportId(1), 1).parent
    erase = partial(house.exports.finish, begun.id)
    with capture_logs() as logs:
        await exporting(house, files=Erasing(folder, erase, at=at)).advance(begun)
    assert not [entry for entry in logs if entry["log_level"] == "error"]
    assert await house.storage.exports.get(begun.id) is None and list(folder.iterdir()) == []


async def test_nothing_is_begun_for_somebody_who_is_gone(house: House, account: Account) -> None:
    begun, files = await begin(house, ExportKind.HISTORY), house.storage.export_files
    await house.storage.exports.drop(begun.id)
    await house.exporting.advance(begun)
    assert await files.present() == frozenset()


async def test_a_worker_leaves_alone_for_a_while_what_could_not_even_say_what_is_wrong(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, tries = await begin(house, ExportKind.HISTORY), []

    async def broken(export: Export) -> None:
        tries.append(export.id)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(house.exporting, "advance", broken)
    supervisor = Supervisor(house.clock)
    keeper = ExportKeeper(
        store=house.storage.exports,
        files=house.storage.export_files,
        exporting=house.exporting,
        clock=house.clock,
        spawn=supervisor.spawn,
    )
    for _ in range(3):
        await keeper.step()
        await settle()
    assert tries == [begun.id]
    await house.clock.advance(30)
    await keeper.step()
    await settle()
    assert tries == [begun.id] * 2
    await supervisor.end(within=timedelta(seconds=1))
