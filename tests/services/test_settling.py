"""What became of it. The first rule holds in every test here: looking never changes anything at the exchange."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, KeyRejected, OutcomeUnknown, Refused, Unavailable
from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.notices import OrderFinished, TicketSettled
from chatbot.domain.orders import OrderFilter, OrderPage, OrderStatus, OrderType, Side
from chatbot.domain.tickets import CancelState, Lost, NotFound, Placed, Ticket, TicketState
from chatbot.services.settling import MOST_PAGES, is_ours
from tests.fakes.exchange import FakeExchange
from tests.services.house import ANNA, CARD, CHAT, House, placed, results
from tests.services.test_tickets import cancel_card
from tests.storage.examples import BUY, ORDER

LISTS = ["orders open", "orders closed"]


@pytest.fixture(autouse=True)
async def nothing_is_sent_by_looking(house: House) -> AsyncIterator[None]:
    """Counts what reaches the exchange during every single look."""
    look, sent_by_looks = house.settling.look, []

    async def watched(ticket: Ticket) -> None:
        before = house.exchange.changes
        await look(ticket)
        sent_by_looks.append(house.exchange.changes - before)

    house.settling.look = watched  # type: ignore[method-assign]
    yield
    assert sum(sent_by_looks) == 0


async def lost_order(house: House, account: Account, *, applied: bool) -> Ticket:
    """An order whose answer never came."""
    card = await house.order_card(account)
    house.exchange.fail("place_order", OutcomeUnknown(Cause.TIMEOUT), applied=applied)
    lost = await house.tap(card)
    assert lost.state is TicketState.UNCERTAIN
    return lost


def lost(ticket: Ticket) -> Lost:
    assert isinstance(ticket.outcome, Lost)
    return ticket.outcome


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
        ({"market": MarketCode("ETHUSDT")}, False),
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
    assert second.closed_at == house.clock.at and second.next_look_at is None
    assert await house.told() == [TicketSettled(ticket=ticket.id)]


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
    assert await house.told() == []


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


# ---- following a placed order


async def test_an_order_is_followed_closely_first_and_rarely_later(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    tapped, looks = house.clock.at, [0.0]
    while house.clock.at - tapped < timedelta(days=2):
        await house.look_when_due(ticket)
        looks.append((house.clock.at - tapped).total_seconds())
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert looks[1] <= 0.3
    for age, longest in ((5, 1), (60, 6), (600, 20), (3600, 60), (86_400, 300)):
        assert max(pause for look, pause in zip(looks, pauses, strict=False) if look < age) <= longest + 0.001
    assert all(later > earlier - 0.01 for earlier, later in pairwise(pauses))
    assert sum(look <= 60 for look in looks) <= 20  # one order must leave most of a minute's 60 requests to others
    assert sum(3600 < look <= 86_400 for look in looks) <= 288
    assert await house.told() == []


async def test_what_happens_to_an_order_reaches_its_card(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    number = placed(ticket)
    house.exchange.fill(number, "0.4")
    followed = await house.look_when_due(ticket)
    assert followed.order == house.at_exchange(number)
    assert followed.revision > followed.shown and house.cards.repainted[-1] == ticket.id
    before = len(house.cards.repainted)
    await house.storage.tickets.mark_shown(ticket.id, followed.revision)
    await house.look_when_due(ticket)
    assert len(house.cards.repainted) == before  # nothing new, nothing painted
    house.exchange.fill(number)
    ended = await house.look_when_due(ticket)
    assert ended.order is not None and ended.order.status is OrderStatus.FILLED
    assert ended.next_look_at is None


@pytest.mark.parametrize(("seconds", "tells"), [(60, False), (61, True)])
async def test_an_end_is_told_only_if_it_came_late(house: House, account: Account, seconds: float, tells: bool) -> None:
    ticket = await house.tap(await house.order_card(account))
    house.exchange.fill(placed(ticket))
    house.clock.pass_(seconds)
    await house.look(ticket)
    assert await house.told() == ([OrderFinished(ticket=ticket.id)] if tells else [])


async def test_an_end_is_told_once_however_often_it_is_seen(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    house.exchange.fill(placed(ticket))
    house.clock.pass_(600)
    resting = await house.read(ticket)
    await asyncio.gather(*(house.settling.look(resting) for _ in range(3)))
    assert await house.told() == [OrderFinished(ticket=ticket.id)]


async def test_an_unknown_state_is_never_taken_for_the_end(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    holder, number = house.exchange.holders["key-1"], placed(ticket)
    holder.orders[number] = replace(holder.orders[number], status=OrderStatus.UNKNOWN)
    assert (await house.look_when_due(ticket)).next_look_at is not None


async def test_a_failed_look_is_tried_again_and_a_rejected_key_slowly(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    house.exchange.fail("order", Unavailable(Cause.TIMEOUT))
    assert (await house.look_when_due(ticket)).next_look_at == house.clock.at + timedelta(seconds=5)
    house.exchange.fail("order", KeyRejected(status=401))
    assert (await house.look_when_due(ticket)).next_look_at == house.clock.at + timedelta(minutes=2)


async def test_an_order_of_an_erased_account_is_not_followed_for_ever(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    await house.accounts.unlink(ANNA, account.id)
    assert (await house.look_when_due(ticket)).next_look_at is None


async def test_refresh_has_an_order_read_at_once(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account))
    house.clock.pass_(700)
    await house.look(ticket)
    await house.tickets.look_now(ticket.id, person=ANNA)
    assert (await house.read(ticket)).next_look_at == house.clock.at


# ---- cards that wait


async def test_a_waiting_card_is_redrawn_every_quarter_minute_until_it_runs_out(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    drawn = []
    while (await house.read(ticket)).next_look_at is not None:
        await house.look_when_due(ticket)
        drawn.append((house.clock.at - ticket.created_at).total_seconds())
    assert drawn == [15, 30, 45] and house.cards.repainted == [ticket.id] * 3
    house.clock.pass_(15)
    await house.settling.expire()
    await house.settling.expire()
    assert (await house.read(ticket)).state is TicketState.EXPIRED
    assert house.cards.repainted == [ticket.id] * 4


@pytest.mark.parametrize("applied", [True, False])
async def test_a_countdown_that_meets_a_tap_does_not_lose_the_order(
    house: House, account: Account, applied: bool
) -> None:
    card = await house.order_card(account)
    stale = await house.read(card)
    house.clock.pass_(50)
    house.exchange.fail("place_order", OutcomeUnknown(Cause.TIMEOUT), applied=applied)
    sent = await house.tap(card)
    await house.settling.look(stale)
    assert (await house.read(card)).next_look_at == sent.next_look_at is not None


@pytest.mark.parametrize("kind", ["order", "cancel"])
async def test_a_ticket_that_is_just_being_sent_is_left_alone(house: House, account: Account, kind: str) -> None:
    number = placed(await house.tap(await house.order_card(account, volume=Decimal("0.01"))))
    card = await (house.order_card(account) if kind == "order" else cancel_card(house, account, number))
    await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    claimed = await house.read(card)
    house.clock.pass_(15)
    house.exchange.calls.clear()
    looked = await house.look(card)
    assert house.exchange.calls == []
    assert (looked.state, looked.outcome) == (TicketState.CLAIMED, None)
    sent = await house.tickets.execute(looked)
    await house.settling.look(claimed)
    assert (await house.read(card)).next_look_at == sent.next_look_at is not None


# ---- cancellations are read back


async def test_a_cancellation_is_told_per_order_as_the_exchange_says(house: House, account: Account) -> None:
    small = {"volume": Decimal("0.01")}
    cancelled, filled, rejected, stays = [
        placed(await house.tap(await house.order_card(account, **small))) for _ in range(4)
    ]
    house.exchange.fill(filled)
    house.exchange.cancels_at_once = False
    card = await house.tap(await cancel_card(house, account, cancelled, filled, rejected, stays))
    orders = house.exchange.holders["key-1"].orders
    orders[cancelled] = replace(orders[cancelled], status=OrderStatus.CANCELLED)
    orders[rejected] = replace(orders[rejected], status=OrderStatus.REJECTED)
    card = await house.look_when_due(card)
    assert [result.state for result in results(card)] == [
        CancelState.CANCELLED,
        CancelState.FILLED,
        CancelState.REJECTED,
        CancelState.REQUESTED,
    ]
    asked = house.exchange.calls.count("order")
    first_seen = house.clock.at
    while card.next_look_at is not None:
        card = await house.look_when_due(card)
    assert results(card)[3].state is CancelState.STILL_OPEN
    assert timedelta(seconds=30) <= house.clock.at - first_seen <= timedelta(seconds=35)
    assert house.exchange.calls.count("order") - asked <= 20  # and only for the one that was not settled
    assert await house.told() == []


@pytest.mark.parametrize("applied", [True, False])
async def test_a_cancellation_without_an_answer_is_settled_by_reading_it_back(
    house: House, account: Account, applied: bool
) -> None:
    number = placed(await house.tap(await house.order_card(account)))
    house.exchange.fail("cancel_order", OutcomeUnknown(Cause.TIMEOUT), applied=applied)
    card = await house.tap(await cancel_card(house, account, number))
    while card.next_look_at is not None:
        card = await house.look_when_due(card)
    state = CancelState.CANCELLED if applied else CancelState.STILL_OPEN
    assert [result.state for result in results(card)] == [state]
    assert card.state is TicketState.DONE and card.closed_at == house.clock.at
    assert await house.told() == [TicketSettled(ticket=card.id)]
    assert house.exchange.cancels == [number]


async def test_a_cancellation_cut_off_by_a_crash_is_read_back_whole(house: House, account: Account) -> None:
    numbers = [placed(await house.tap(await house.order_card(account, volume=Decimal("0.01")))) for _ in range(2)]
    card = await cancel_card(house, account, *numbers)
    await house.tickets.claim(card.id, person=ANNA, chat=CHAT, message=CARD)
    await house.settling.recover()
    card = await house.look_when_due(card)
    assert [(result.number, result.state) for result in results(card)] == [(n, CancelState.LOST) for n in numbers]
    while card.next_look_at is not None:
        card = await house.look_when_due(card)
    assert [result.state for result in results(card)] == [CancelState.STILL_OPEN] * 2
    assert house.exchange.cancels == []


@pytest.mark.parametrize(
    ("ended", "state"), [(False, CancelState.REFUSED), (True, CancelState.FILLED)], ids=["open", "filled"]
)
async def test_a_refused_cancellation_is_told_by_what_the_order_became(
    house: House, account: Account, ended: bool, state: CancelState
) -> None:
    number = placed(await house.tap(await house.order_card(account)))
    if ended:
        house.exchange.fill(number)
    house.exchange.fail("cancel_order", Refused(code=9, reason="no_cancel_now"))
    card = await house.look_when_due(await house.tap(await cancel_card(house, account, number)))
    assert [(result.state, result.reason) for result in results(card)] == [(state, "no_cancel_now")]
    assert card.next_look_at is None


async def test_an_order_the_exchange_does_not_know_is_told_so(house: House, account: Account) -> None:
    card = await house.tap(await cancel_card(house, account, OrderNumber(1)))
    card = await house.look_when_due(card)
    assert [(result.state, result.reason) for result in results(card)] == [(CancelState.REFUSED, "order_not_found")]
    assert card.next_look_at is None


async def test_a_cancellation_reaches_the_card_that_placed_the_order(house: House, account: Account) -> None:
    ordered = await house.tap(await house.order_card(account))
    house.clock.pass_(120)
    card = await house.tap(await cancel_card(house, account, placed(ordered)))
    await house.look_when_due(card)
    shown = await house.read(ordered)
    assert shown.order is not None and shown.order.status is OrderStatus.CANCELLED
    assert shown.next_look_at is None
    assert await house.told() == []


async def test_a_market_order_is_read_back_once(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account, type=OrderType.MARKET, volume=Decimal("0.01")))
    done = await house.look_when_due(ticket)
    assert done.order is not None and done.order.executed == Decimal("0.01")
    assert done.next_look_at is None
