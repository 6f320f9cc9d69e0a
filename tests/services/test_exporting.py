"""Files are put together page by page, behind everybody else, and go on wherever they stopped."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, InputError, KeyRejected, Refused, Unavailable
from chatbot.domain.exports import (
    ExportFormat,
    ExportKind,
    ExportState,
    Failure,
    Gap,
)
from chatbot.domain.ids import ExportId, MarketCode
from chatbot.domain.orders import OrderPage
from chatbot.domain.secrets import Session
from chatbot.domain.trades import TradePage, TradeSpan
from chatbot.ports.exchange import Priority
from chatbot.services.exports import clean_up
from chatbot.workers.exports import ExportKeeper
from chatbot.workers.supervisor import Supervisor
from tests.fakes.clock import settle
from tests.fakes.instant import trade
from tests.services.exporting import TODAY, begin, exporting, finish, now, put, table
from tests.services.house import ANNA, BORIS, House


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.storage.accounts.put_session(account, opened, now=house.clock.now())
    return opened


async def test_every_trade_is_in_the_file_once_oldest_first(house: House, session: Session) -> None:
    put(house, session, 45)
    export = await finish(house, await begin(house))
    assert (export.state, export.rows, export.parts, export.read) == (ExportState.READY, 45, 1, 45)
    rows = table(house, export)
    assert [row["ID (Optional)"] for row in rows] == [str(number) for number in range(45, 0, -1)]
    assert rows[0]["Base Amount"] == "0.00007" and rows[0]["From (Optional)"] == "paper-1"


async def test_it_goes_on_after_a_restart_at_any_moment(house: House, session: Session) -> None:
    put(house, session, 45)
    export = await finish(house, await begin(house), restarting=True)
    assert len({row["ID (Optional)"] for row in table(house, export)}) == export.rows == 45
    assert [page for _, page in house.instant.asked] == [1, 2, 3]


async def test_trades_that_come_meanwhile_push_no_other_out(house: House, session: Session) -> None:
    put(house, session, 45)
    begun = await begin(house)
    await house.exporting.advance(begun)
    house.instant.put(session, *(trade(house.clock, 900 + number, ago=-timedelta(seconds=1)) for number in range(7)))
    house.clock.pass_(2)
    export = await finish(house, begun)
    assert [row["ID (Optional)"] for row in table(house, export)] == [str(number) for number in range(45, 0, -1)]


async def test_days_are_whole_days_of_utc_and_the_shortest_history_is_read(house: House, session: Session) -> None:
    put(house, session, 150, apart=timedelta(hours=1))
    export = await finish(house, await begin(house, first=date(2026, 11, 18), last=date(2026, 11, 19)))
    moments = [row["Timestamp (UTC)"] for row in table(house, export)]
    assert (moments[0], moments[-1]) == ("2026-11-18 00:00:00", "2026-11-19 23:00:00") and len(moments) == 48
    assert {span for span, _ in house.instant.asked} == {TradeSpan.WEEK} and export.gaps == ()
    assert house.instant.asked[-1] == (TradeSpan.WEEK, 4)  # of 8 pages: it reaches back


async def test_what_is_older_than_the_history_comes_from_what_was_kept(
    house: House, account: Account, session: Session
) -> None:
    old = trade(house.clock, 1, ago=timedelta(days=90))
    await house.storage.trades.keep(account.id, [old])
    export = await finish(house, await begin(house, first=date(2026, 8, 1), last=date(2026, 8, 31)))
    assert house.instant.asked == [] and export.rows == 1 and export.gaps == (Gap.SHORT_HISTORY,)


async def test_without_a_session_there_is_what_was_kept(house: House, account: Account) -> None:
    await house.storage.trades.keep(account.id, [trade(house.clock)])
    export = await finish(house, await begin(house, first=TODAY))
    assert export.rows == 1 and export.gaps == (Gap.NO_SESSION,)


async def test_a_session_that_ends_meanwhile_ends_the_reading_not_the_file(house: House, session: Session) -> None:
    put(house, session, 45)
    begun = await begin(house, first=TODAY)
    await house.exporting.advance(begun)
    house.instant.expire(session)
    export = await finish(house, begun)
    assert export.rows == 20 and export.gaps == (Gap.SESSION_ENDED,)


async def test_an_exchange_that_is_away_is_asked_again_later(house: House, session: Session) -> None:
    put(house, session, 3)
    house.instant.fail("trades", Unavailable(Cause.UNREACHABLE))
    begun = await begin(house)
    await house.exporting.advance(begun)
    assert (await now(house, begun)).page == 1
    assert await house.storage.exports.due(now=house.clock.now(), limit=9) == ()
    house.clock.pass_(30)
    assert await house.storage.exports.due(now=house.clock.now(), limit=9) != ()
    assert (await finish(house, begun)).rows == 3


async def test_orders_are_read_page_by_page_to_the_last(house: House, account: Account) -> None:
    for _ in range(25):
        await house.tap(await house.order_card(account, volume=Decimal("0.0001")))
    house.clock.pass_(1)
    export = await finish(house, await begin(house, ExportKind.ORDERS), restarting=True)
    assert export.rows == 25 and len({row["ID (Optional)"] for row in table(house, export)}) == 25
    assert house.exchange.calls.count("orders all") == 2


async def test_history_needs_no_exchange(house: House, account: Account) -> None:
    await house.tap(await house.order_card(account))
    before = list(house.exchange.calls)
    house.clock.pass_(1)
    export = await finish(house, await begin(house, ExportKind.HISTORY, form=ExportFormat.JSON))
    (row,) = json.loads(house.storage.export_files.path(export.id, 1).read_bytes())
    assert row["type"] == "buy" and row["from"] == "paper-1" and house.exchange.calls == before


async def test_a_large_file_comes_in_parts_that_are_whole_each(house: House, session: Session) -> None:
    put(house, session, 700)
    house.exporting = exporting(house, full=50_000)
    export = await finish(house, await begin(house))
    assert export.parts == 2
    parts = [table(house, export, part) for part in (1, 2)]
    assert [len(part) for part in parts] == [500, 200]
    assert len({row["ID (Optional)"] for part in parts for row in part}) == 700
    await house.exports.finish(export.id)
    export = await finish(house, await begin(house, form=ExportFormat.JSON))
    paths = [house.storage.export_files.path(export.id, part) for part in range(1, export.parts + 1)]
    assert [len(json.loads(path.read_bytes())) for path in paths] == [500, 200]


async def test_nothing_found_is_no_file(house: House, session: Session) -> None:
    export = await finish(house, await begin(house))
    assert (export.state, export.rows, export.parts) == (ExportState.READY, 0, 0)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (KeyRejected(status=401), Failure.KEY_REJECTED),
        (Refused(code=1101, reason="account_owner_different"), Failure.REFUSED),
    ],
)
async def test_what_the_exchange_denies_ends_it(
    house: House, account: Account, error: Exception, failure: Failure
) -> None:
    house.exchange.fail("orders all", error)
    export = await finish(house, await begin(house, ExportKind.ORDERS))
    assert (export.state, export.failure) == (ExportState.FAILED, failure)


async def test_an_account_that_is_unlinked_ends_it(house: House, account: Account) -> None:
    begun = await begin(house, ExportKind.ORDERS)
    await house.accounts.unlink(ANNA, account.id)
    assert (await finish(house, begun)).failure is Failure.UNLINKED


async def test_whoever_lost_access_gets_no_file(house: House, account: Account) -> None:
    begun = await begin(house, ExportKind.ORDERS)
    await house.restarted(let_in=()).exporting.advance(begun)
    assert await house.storage.exports.get(begun.id) is None and house.exchange.calls.count("orders all") == 0


async def test_one_file_at_a_time_and_another_sentence_otherwise(house: House, session: Session) -> None:
    begun = await begin(house)
    with pytest.raises(InputError, match="Another file"):
        await begin(house, ExportKind.HISTORY)
    assert not await house.exports.cancel(begun.id, person=BORIS)
    assert not await house.exports.cancel(ExportId(99), person=ANNA)
    assert await house.exports.cancel(begun.id, person=ANNA)
    assert (await begin(house, ExportKind.HISTORY)).id != begun.id


async def test_giving_up_ends_it_between_any_two_pages_and_leaves_nothing(house: House, session: Session) -> None:
    put(house, session, 45)
    begun = await begin(house)
    while (export := await now(house, begun)).state is ExportState.GATHERING:
        await house.exporting.advance(export)
    await house.storage.export_files.begin(begun.id, 1)
    assert await house.exports.cancel(begun.id, person=ANNA)
    await house.exporting.advance(export)  # which had begun to write it
    assert await house.storage.exports.get(begun.id) is None
    assert await house.storage.export_files.present() == frozenset()


async def test_files_of_an_earlier_run_are_swept_and_those_under_way_are_not(house: House, session: Session) -> None:
    begun, lost = await begin(house), ExportId(77)
    for number in (begun.id, lost):
        await house.storage.export_files.begin(number, 1)
    await clean_up(house.storage.exports, house.storage.export_files)
    assert await house.storage.export_files.present() == {begun.id}


async def test_a_worker_carries_it_out(house: House, session: Session) -> None:
    put(house, session, 45)
    begun = await begin(house)
    supervisor = Supervisor(house.clock)
    keeper = ExportKeeper(
        store=house.storage.exports,
        files=house.storage.export_files,
        exporting=house.exporting,
        clock=house.clock,
        spawn=supervisor.spawn,
    )
    for _ in range(200):
        await keeper.step()
        await settle()
        if (await now(house, begun)).state is ExportState.READY:
            break
    assert (await now(house, begun)).rows == 45
    await supervisor.end(within=timedelta(seconds=1))


async def test_behind_the_first_page_which_its_person_waits_for_pages_are_asked_for_after_everybody_else(
    house: House, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, trades, orders = [], house.instant.trades, house.exchange.orders

    async def noting_trades(*args: Any, **said: Any) -> TradePage:
        asked.append(said["priority"])
        return await trades(*args, **said)

    async def noting_orders(*args: Any, **said: Any) -> OrderPage:
        asked.append(said["priority"])
        return await orders(*args, **said)

    put(house, session, 45)
    monkeypatch.setattr(house.instant, "trades", noting_trades)
    monkeypatch.setattr(house.exchange, "orders", noting_orders)
    for kind in (ExportKind.TRADES, ExportKind.ORDERS):
        await house.exports.finish((await finish(house, await begin(house, kind))).id)
    assert asked == [Priority.PERSON, Priority.ALERT, Priority.ALERT, Priority.PERSON]


async def test_instant_trades_name_their_currencies(house: House, session: Session) -> None:
    house.instant.put(session, trade(house.clock, market=MarketCode("SOLUSDT")))
    export = await finish(house, await begin(house))
    (row,) = table(house, export)
    assert (row["Base Currency"], row["Quote Currency (Optional)"]) == ("SOL", "USDT")
