"""Whether it was placed: evidence, and only evidence. Looking never changes anything at the exchange."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, KeyRejected, Refused, Unavailable
from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.notices import Alarm, AlarmKind, TicketSettled
from chatbot.domain.orders import OrderFilter, OrderPage, OrderStatus, Side
from chatbot.domain.recognising import is_ours
from chatbot.domain.tickets import Lost, NotFound, Placed, TicketState
from chatbot.services.execution.placed import MOST_PAGES
from tests.fakes.exchange import FakeExchange
from tests.services.house import ANNA, CARD, CHAT, House
from tests.services.losing import lost, lost_order
from tests.storage.examples import BUY, ORDER

pytestmark = pytest.mark.usefixtures("nothing_is_sent_by_looking")

LISTS = ["orders open", "orders closed"]


# ---- evidence that it was placed


@pytest.mark.parametrize("status", [OrderStatus.NEW, OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED])
async def test_an_order_found_by_its_client_id_was_placed(house: House, account: Account, status: OrderStatus) -> None:
    ticket = await lost_order(house, account, applied=True)
    holder = house.exchange.holders["key-1"]
    (number,) = holder.orders
    holder.orders[number] = replace(holder.orders[number], status=status)
    found = await house.look_when_due(ticket)
    assert (found.state, found.outcome) == (TicketState.DONE, Placed(number=number))
    assert found.order is not None and found.order.status is status
    assert (found.next_look_at is None) == status.is_final
    assert await house.told() == [TicketSettled(ticket=ticket.id)]
    assert len(house.exchange.sent) == 1


async def test_an_order_is_found_on_a_later_page(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=True)
    for number in range(60_000, 60_045):
        house.exchange.put(house.exchange.holders["key-1"].credentials, replace(ORDER, number=OrderNumber(number)))
    house.exchange.calls.clear()
    assert (await house.look_when_due(ticket)).state is TicketState.DONE
    assert house.exchange.calls.count("orders open") == 3


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": ClientId(1)},
        {"client_id": ClientId(0)},
        {"side": Side.SELL},
        {"market": MarketCode("ETHUSDT")},
    ],
)
async def test_somebody_elses_order_is_not_taken_for_ours(
    house: House, account: Account, change: dict[str, object]
) -> None:
    ticket = await lost_order(house, account, applied=False)
    like_ours = replace(ORDER, client_id=ticket.client_id, number=OrderNumber(77))
    house.exchange.put(house.exchange.holders["key-1"].credentials, replace(like_ours, **change))  # type: ignore[arg-type]
    assert (await house.look_when_due(ticket)).state is TicketState.UNCERTAIN


@pytest.mark.parametrize(
    ("change", "ours"),
    [
        ({}, True),
        ({"client_id": ClientId(8)}, False),
        ({"market": MarketCode("ETHUSDT"), "base": "ETH"}, False),
        ({"market": MarketCode("BTC-USDT")}, True),
        ({"side": Side.SELL}, False),
        ({"volume": Decimal(9), "price": Decimal(9)}, True),
    ],
)
def test_an_order_is_ours_by_its_mark_market_and_side(change: dict[str, Any], ours: bool) -> None:
    assert is_ours(replace(ORDER, **{"client_id": ClientId(7), **change}), BUY, ClientId(7)) is ours


# ---- evidence that it was not


async def test_two_clean_reads_far_enough_apart_prove_that_it_was_not_placed(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    tapped = house.clock.at
    house.clock.at = tapped + timedelta(seconds=10)
    first = await house.look(ticket)
    assert lost(first) == Lost(cause=Cause.TIMEOUT, clean_reads=1, last_clean_read=house.clock.at)
    house.clock.at = tapped + timedelta(seconds=39.9)
    assert lost(await house.look(ticket)).clean_reads == 1
    house.clock.at = tapped + timedelta(seconds=40)
    second = await house.look(ticket)
    assert (second.state, second.outcome) == (TicketState.REFUSED, NotFound(reads=2))
    assert second.closed_at == house.clock.at and second.next_look_at is not None
    assert await house.told() == [TicketSettled(ticket=ticket.id)]


async def test_an_order_that_turns_up_late_is_told_after_all(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=True)
    holder = next(iter(house.exchange.holders.values()))
    hidden, holder.orders = holder.orders, {}
    for seconds in (10, 40):
        house.clock.pass_(seconds)
        missed = await house.look(ticket)
    assert missed.outcome == NotFound(reads=2)
    holder.orders = hidden
    found = await house.look_when_due(ticket)
    assert found.state is TicketState.DONE and found.order is not None
    assert await house.told() == [TicketSettled(ticket=ticket.id)] * 2


async def test_the_late_looks_end(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    for seconds in (10, 40):
        house.clock.pass_(seconds)
        await house.look(ticket)
    looks = 0
    while (await house.read(ticket)).next_look_at is not None:
        await house.look_when_due(ticket)
        looks += 1
    assert looks == 3 and (await house.read(ticket)).outcome == NotFound(reads=2, late_looks=3)


async def test_an_order_without_a_mark_is_no_evidence_and_is_shown(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=True)
    for holder in house.exchange.holders.values():
        holder.orders = {number: replace(order, client_id=ClientId(0)) for number, order in holder.orders.items()}
    for seconds in (10, 40, 400, 4_000):
        house.clock.pass_(seconds)
        looked = await house.look(ticket)
    assert looked.state is TicketState.UNCERTAIN and lost(looked).clean_reads == 0
    assert lost(looked).twin in house.exchange.holders[next(iter(house.exchange.holders))].orders


@pytest.mark.parametrize("page", [{"cut_off": True}, {"rows": 1}])
async def test_a_list_that_was_not_read_to_its_end_proves_nothing(
    house: House, account: Account, monkeypatch: pytest.MonkeyPatch, page: dict[str, Any]
) -> None:
    async def empty(*_: object, **__: object) -> OrderPage:
        return OrderPage(orders=(), number=1, has_next=False, pages=None, **page)

    ticket = await lost_order(house, account, applied=True)
    monkeypatch.setattr(house.exchange, "orders", empty)
    for seconds in (10, 40, 400):
        house.clock.pass_(seconds)
        looked = await house.look(ticket)
    assert looked.state is TicketState.UNCERTAIN and lost(looked).clean_reads == 0


async def test_reads_soon_after_the_tap_do_not_count(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    for _ in range(3):
        house.clock.pass_(3.3)
        assert lost(await house.look(ticket)).clean_reads == 0


async def test_a_read_counts_by_when_it_began(house: House, account: Account, exchange: FakeExchange) -> None:
    ticket = await lost_order(house, account, applied=False)
    house.clock.pass_(9)
    slow_read = exchange.orders

    async def orders(*args: object, **kwargs: object) -> object:
        house.clock.pass_(5)
        return await slow_read(*args, **kwargs)  # type: ignore[arg-type]

    exchange.orders = orders  # type: ignore[assignment, method-assign]
    assert lost(await house.look(ticket)).clean_reads == 0
    assert lost(await house.look(ticket)).clean_reads == 1
    house.clock.pass_(29)
    assert lost(await house.look(ticket)).clean_reads == 1  # it ended more than 30 s after, but began before


@pytest.mark.parametrize("call", LISTS)
@pytest.mark.parametrize(
    "error", [Unavailable(Cause.TIMEOUT), Refused(code=1, reason=""), KeyRejected(status=401), RuntimeError("a bug")]
)
async def test_a_failed_read_is_never_evidence(house: House, account: Account, call: str, error: Exception) -> None:
    ticket = await lost_order(house, account, applied=False)
    house.exchange.fail(call, error, times=20)
    for _ in range(20):
        looked = await house.look_when_due(ticket)
        assert lost(looked).clean_reads == 0
        assert looked.next_look_at is not None and looked.next_look_at > house.clock.at
    assert house.clock.at - ticket.created_at > timedelta(minutes=1)
    assert (await house.look_when_due(ticket)).state is TicketState.UNCERTAIN
    told = await house.told()
    of_the_key = [notice for notice in told if isinstance(notice, Alarm) and notice.kind is AlarmKind.KEY_REJECTED]
    assert told == of_the_key and bool(told) is isinstance(error, KeyRejected), "of the order nothing is told"


async def test_a_failed_read_between_two_clean_ones_does_not_help(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    house.clock.pass_(10)
    await house.look(ticket)
    house.exchange.fail("orders closed", Unavailable(Cause.BROKEN))
    house.clock.pass_(60)
    assert lost(await house.look(ticket)).clean_reads == 1
    assert (await house.look_when_due(ticket)).outcome == NotFound(reads=2)


async def test_time_alone_is_never_evidence(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    house.clock.pass_(86_400)
    assert lost(await house.look(ticket)).clean_reads == 1


async def test_a_list_without_end_never_proves_absence(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    house.exchange.put(house.exchange.holders["key-1"].credentials, ORDER)
    house.exchange.endless_lists = True
    house.exchange.calls.clear()
    house.clock.pass_(60)
    looked = await house.look(ticket)
    assert lost(looked).clean_reads == 0 and looked.next_look_at is not None
    assert house.exchange.calls.count("orders open") == MOST_PAGES


def put_open(house: House, numbers: range) -> None:
    for number in numbers:
        house.exchange.put(house.exchange.holders["key-1"].credentials, replace(ORDER, number=OrderNumber(number)))


def when_read(exchange: FakeExchange, *, of: OrderFilter, do: Callable[[], object]) -> None:
    """Have something happen at the exchange each time right after a first page was read."""
    read = exchange.orders

    async def orders(*args: Any, **asked: Any) -> OrderPage:
        page = await read(*args, **asked)
        if asked["which"] is of and asked["page"] == 1:
            do()
        return page

    exchange.orders = orders  # type: ignore[method-assign]


async def test_an_order_that_slips_to_a_page_already_read_is_found_nevertheless(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=True)
    put_open(house, range(60_001, 60_021))  # newer ones, so that ours is alone on the second page
    orders = house.exchange.holders["key-1"].orders
    when_read(house.exchange, of=OrderFilter.OPEN, do=lambda: orders.pop(OrderNumber(60_010), None))
    assert (await house.look_when_due(ticket)).state is TicketState.DONE


async def test_a_list_that_never_stands_still_proves_nothing(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    put_open(house, range(60_000, 60_100))
    orders = house.exchange.holders["key-1"].orders
    ending = iter(range(60_099, 60_000, -1))
    when_read(house.exchange, of=OrderFilter.OPEN, do=lambda: orders.pop(OrderNumber(next(ending)), None))
    house.clock.pass_(60)
    looked = await house.look(ticket)
    assert lost(looked).clean_reads == 0 and looked.next_look_at is not None


async def test_a_long_list_that_stands_still_is_evidence(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    put_open(house, range(60_000, 60_045))
    house.clock.pass_(10)
    assert lost(await house.look(ticket)).clean_reads == 1
    assert (await house.look_when_due(ticket)).outcome == NotFound(reads=2)


async def test_an_order_that_turns_up_after_one_clean_read_was_placed(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    house.clock.pass_(10)
    await house.look(ticket)
    late = replace(ORDER, client_id=ticket.client_id, number=OrderNumber(88), executed=Decimal(0))
    house.exchange.put(house.exchange.holders["key-1"].credentials, late)
    assert (await house.look_when_due(ticket)).outcome == Placed(number=OrderNumber(88))


async def test_left_to_itself_an_uncertain_order_is_settled_within_a_minute(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=False)
    tapped, looks = house.clock.at, 0
    while (await house.read(ticket)).state is TicketState.UNCERTAIN:
        await house.look_when_due(ticket)
        looks += 1
    assert house.clock.at - tapped <= timedelta(seconds=60)
    assert looks <= 20


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("looks_before", range(4))
async def test_a_crash_at_any_point_leads_to_the_same_end(
    house: House, account: Account, applied: bool, looks_before: int
) -> None:
    card = await house.order_card(account)
    claimed = await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    if applied:
        house.exchange.fail("place_order", asyncio.CancelledError(), applied=True)  # type: ignore[arg-type]
        with pytest.raises(asyncio.CancelledError):
            await house.tickets.execute(claimed)
    await house.settling.recover()
    for at in range(12):
        ticket = await house.read(card)
        if ticket.state is not TicketState.UNCERTAIN:
            break
        if at == looks_before:
            house = house.restarted()
            await house.settling.recover()
        await house.look_when_due(card)
    settled = await house.read(card)
    assert settled.state is (TicketState.DONE if applied else TicketState.REFUSED)
    assert await house.told() == [TicketSettled(ticket=card.id)]
    assert len(house.exchange.sent) == applied


async def test_a_look_that_is_overtaken_records_and_tells_nothing(house: House, account: Account) -> None:
    ticket = await lost_order(house, account, applied=True)
    stale = await house.read(ticket)
    await house.settling.look(stale)
    await house.settling.look(stale)
    assert await house.told() == [TicketSettled(ticket=ticket.id)]
