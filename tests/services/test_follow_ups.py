"""Orders and balances followed over real storage: what is told, what is not, and each thing once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, KeyRejected, OrderNotFound, Unavailable
from chatbot.domain.follow_ups import OrderRecord
from chatbot.domain.ids import OrderNumber
from chatbot.domain.notices import Alarm, Away, OrderMoved
from chatbot.domain.orders import OrderStatus, Side
from chatbot.domain.places import Place
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.follow_ups import BALANCES_EVERY, FollowUps
from tests.services.following import entries, look, on_the_site
from tests.services.house import ANNA, CARD, CHAT, House, placed
from tests.services.losing import lost_order

HALF = Decimal("0.5")


async def moved(house: House) -> list[OrderMoved]:
    return [entry.notice for entry in await entries(house) if isinstance(entry.notice, OrderMoved)]


async def test_what_was_there_at_linking_is_not_told(house: House, account: Account) -> None:
    on_the_site(house, 1, executed="1", status=OrderStatus.FILLED)
    on_the_site(house, 2, executed="0.4", status=OrderStatus.PARTIALLY_FILLED)
    await look(house, account)
    assert await house.told() == []
    filled = on_the_site(house, 2, executed="1", status=OrderStatus.FILLED)
    await look(house, account)
    [told] = await moved(house)
    assert (told.order, told.part, told.account, told.since) == (filled, Decimal("0.6"), "paper-1", None)


async def test_an_order_from_the_site_is_told_part_by_part_and_each_part_once(house: House, account: Account) -> None:
    await look(house, account)
    for executed, status in (
        ("0", OrderStatus.NEW),
        ("0.3", OrderStatus.PARTIALLY_FILLED),
        ("0.3", OrderStatus.PARTIALLY_FILLED),
        ("0.7", OrderStatus.PARTIALLY_FILLED),
        ("0.7", OrderStatus.CANCELLED),
        ("0.7", OrderStatus.CANCELLED),
    ):
        on_the_site(house, 5, executed=executed, status=status)
        await look(house, account)
    told = await moved(house)
    assert [notice.part for notice in told] == [Decimal("0.3"), Decimal("0.4"), Decimal(0)]
    assert told[-1].order.status is OrderStatus.CANCELLED
    waiting = await entries(house)
    assert {(entry.chat, entry.reply_to) for entry in waiting} == {(CHAT, None)}


async def test_what_began_and_ended_between_two_looks_is_told(house: House, account: Account) -> None:
    await look(house, account)
    for number in range(1, 46):  # three pages
        on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
    await look(house, account)
    await look(house, account)
    assert [notice.order.number for notice in await moved(house)] == list(range(1, 46))


async def test_an_order_that_left_the_first_page_is_still_followed(house: House, account: Account) -> None:
    for number in (1, 2, 3):
        on_the_site(house, number)
    for number in range(4, 60):
        on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
    await look(house, account)
    for number in (1, 2, 3):
        on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
    await look(house, account)
    assert [notice.order.number for notice in await moved(house)] == [1, 2, 3]


async def test_a_list_that_is_late_is_never_taken_for_news(house: House, account: Account) -> None:
    await look(house, account)
    on_the_site(house, 5, executed="1", status=OrderStatus.FILLED)
    await look(house, account)
    on_the_site(house, 5)
    await look(house, account)
    on_the_site(house, 5, executed="1", status=OrderStatus.FILLED)
    await look(house, account)
    assert len(await moved(house)) == 1


async def test_old_ends_are_forgotten_without_being_told_again(house: House, account: Account) -> None:
    await look(house, account)
    for number in range(1, 200):
        on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
        if number % 10 == 0:
            await look(house, account, after=400)
    record = await house.storage.follow_ups.of(account.id)
    assert record is not None and len(record.orders) <= 100 and record.floor == 90
    assert len(await moved(house)) == 190


async def test_an_order_the_exchange_does_not_know_any_more_is_let_go_after_a_week(
    house: House, account: Account
) -> None:
    on_the_site(house, 5)
    await look(house, account)
    house.exchange.holders["key-1"].orders.clear()
    await look(house, account)
    assert (await record_of(house, account)).open == (5,)
    await look(house, account, after=timedelta(days=8).total_seconds())
    assert (await record_of(house, account)).open == ()
    assert await house.told() == []


async def record_of(house: House, account: Account) -> OrderRecord:
    record = await house.storage.follow_ups.of(account.id)
    assert record is not None
    return record


async def test_a_list_that_was_cut_moves_nothing_on(house: House, account: Account) -> None:
    await look(house, account)
    before = await record_of(house, account)
    on_the_site(house, 5, executed="1", status=OrderStatus.FILLED)
    house.exchange.fail("orders all", Unavailable(Cause.TIMEOUT))
    with pytest.raises(Unavailable):
        await look(house, account)
    assert await record_of(house, account) == before
    house.exchange.endless_lists = True
    with pytest.raises(Unavailable):
        await look(house, account)
    assert await record_of(house, account) == before
    house.exchange.endless_lists = False
    await look(house, account)
    assert len(await moved(house)) == 1


async def test_an_order_that_comes_up_late_and_far_down_the_list_is_told(house: House, account: Account) -> None:
    await look(house, account)
    orders = house.exchange.holders["key-1"].orders
    on_the_site(house, 1, executed="1", status=OrderStatus.FILLED)
    late = orders.pop(OrderNumber(1))
    for number in range(2, 52):  # more than two pages, half an hour long
        on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
        await look(house, account, after=36)
    orders[OrderNumber(1)] = late
    await look(house, account, after=BALANCES_EVERY.total_seconds())
    assert [notice.order.number for notice in await moved(house)] == [*range(2, 52), 1]


# ---- cards


async def test_what_happens_long_after_the_tap_is_told_under_the_card_and_shown_on_it(
    house: House, account: Account
) -> None:
    await look(house, account)
    ticket = await house.tap(await house.order_card(account))
    await house.look_when_due(ticket)
    house.clock.pass_(300)
    house.exchange.fill(placed(ticket), "0.4")
    await look(house, account)
    [told] = await moved(house)
    assert told.part == Decimal("0.04")
    [entry] = await entries(house)
    assert (entry.chat, entry.reply_to) == (CHAT, CARD)
    shown = await house.read(ticket)
    assert shown.order == house.at_exchange(placed(ticket)) and house.cards.repainted[-1] == ticket.id


async def test_what_happens_in_the_first_minute_is_told_by_the_card_alone(house: House, account: Account) -> None:
    await look(house, account)
    ticket = await house.tap(await house.order_card(account))
    house.exchange.fill(placed(ticket))
    await look(house, account)
    shown = await house.read(ticket)
    assert shown.order is not None and shown.order.status is OrderStatus.FILLED and shown.next_look_at is None
    await look(house, account, after=600)
    assert await house.told() == []


@pytest.mark.parametrize(
    ("status", "executed", "after", "tells"),
    [
        (OrderStatus.REJECTED, "0", 1, True),
        (OrderStatus.CANCELLED, "0.004", 1, True),
        (OrderStatus.CANCELLED, "0.004", 300, True),
        (OrderStatus.PARTIALLY_FILLED, "0.004", 1, False),
        (OrderStatus.FILLED, "0.01", 1, False),
        (OrderStatus.FILLED, "0.01", 300, True),
    ],
)
async def test_a_conversion_that_falls_short_is_told_at_once_any_other_end_only_if_it_came_late(
    house: House, account: Account, *, status: OrderStatus, executed: str, after: float, tells: bool
) -> None:
    await look(house, account)
    await house.sessions.link(ANNA, house.instant.open_session())
    card = await house.conversions.say("0.01 BTC to USDT", person=ANNA, chat=CHAT)
    assert isinstance(card, Ticket)
    await house.tickets.attach(card.id, CARD)
    number = placed(await house.tap(await house.read(card)))
    order = replace(on_the_site(house, number), side=Side.SELL, volume=Decimal("0.01"))
    house.exchange.put(house.exchange.holders["key-1"].credentials, order)
    await house.look_when_due(card)
    house.exchange.put(
        house.exchange.holders["key-1"].credentials, replace(order, status=status, executed=Decimal(executed))
    )
    for _ in range(2):
        await look(house, account, after=after)
    told = await moved(house)
    assert [(notice.order.number, notice.order.status) for notice in told] == ([(number, status)] if tells else [])


async def test_a_cancellation_from_its_own_card_is_told_there_alone(house: House, account: Account) -> None:
    await look(house, account)
    ticket = await house.tap(await house.order_card(account))
    house.clock.pass_(600)
    cancelling = await house.tap(await house.cancel_card(account, placed(ticket)))
    await look(house, account, after=1)
    await house.look_when_due(cancelling)
    await look(house, account, after=600)
    shown = await house.read(ticket)
    assert shown.order is not None and shown.order.status is OrderStatus.CANCELLED
    assert await house.told() == []


async def test_fills_of_an_order_whose_answer_was_lost_go_to_its_card(house: House, account: Account) -> None:
    await look(house, account)
    ticket = await lost_order(house, account, applied=True)
    [number] = house.exchange.holders["key-1"].orders
    house.clock.pass_(120)
    house.exchange.fill(number)
    await look(house, account)
    [entry] = await entries(house)
    assert isinstance(entry.notice, OrderMoved) and entry.reply_to == CARD
    assert (await house.read(ticket)).state is TicketState.UNCERTAIN  # only its own evidence settles it


# ---- while the bot was away


async def test_what_happened_while_the_bot_was_away_is_counted_marked_and_told_once(
    house: House, account: Account
) -> None:
    await look(house, account)
    on_the_site(house, 5)
    await look(house, account)
    began = house.clock.at
    await house.storage.life.begin(now=began)
    house.clock.pass_(720)
    on_the_site(house, 5, executed="1", status=OrderStatus.FILLED)
    house.exchange.holders["key-1"].orders[OrderNumber(5)] = replace(house.at_exchange(5), placed_at=began)
    absence = await house.storage.life.begin(now=house.clock.at)
    assert absence is not None
    back = FollowUps(
        store=house.storage.follow_ups,
        accounts=house.storage.accounts,
        exchanges={Venue.PAPER: house.exchange},
        cards=house.cards,
        clock=house.clock,
        was_away=True,
    )
    await back.look(account)
    on_the_site(house, 6, executed="1", status=OrderStatus.FILLED)
    await back.look(account)
    house.clock.pass_(30)
    away, late, fresh = [entry.notice for entry in await entries(house)]
    assert isinstance(away, Away)
    assert isinstance(late, OrderMoved) and late.since == began
    assert isinstance(fresh, OrderMoved) and fresh.since is None
    missed = await house.storage.life.missed_at(Place(chat=CHAT))
    assert missed is not None and (missed.fills, missed.alerts, missed.armed) == (1, 0, False)
    assert missed.absence.length == timedelta(minutes=12)


async def test_a_key_that_may_not_read_balances_has_its_orders_followed(house: House, account: Account) -> None:
    house.exchange.fail("balances", KeyRejected(status=403), times=50)
    await look(house, account)
    on_the_site(house, 5, executed="1", status=OrderStatus.FILLED)
    await look(house, account, after=BALANCES_EVERY.total_seconds())
    assert len(await moved(house)) == 1
    assert house.exchange.calls.count("balances") == 2  # at linking, and once since


# ---- accounts that go


async def test_nothing_is_kept_or_told_of_an_account_that_was_unlinked(house: House, account: Account) -> None:
    await look(house, account)
    order = on_the_site(house, 5)
    await look(house, account)
    await house.accounts.unlink(ANNA, account.id)
    assert await house.storage.follow_ups.of(account.id) is None
    await house.storage.follow_ups.note(
        account.id, (replace(order, executed=HALF),), seen=OrderNumber(5), markets={}, late=False, now=house.clock.at
    )
    assert [notice for notice in await house.told() if not isinstance(notice, Alarm)] == []


async def test_an_order_that_a_status_does_not_know_is_no_news(house: House, account: Account) -> None:
    on_the_site(house, 5)
    await look(house, account)
    for number in range(6, 40):
        on_the_site(house, number, executed="1", status=OrderStatus.FILLED)
    house.exchange.fail("order", OrderNotFound(code=1201, reason="order_not_found"))
    await look(house, account)
    assert len(await moved(house)) == 34
