"""Orders on their way, and cards that wait for a tap. Looking never changes anything at the exchange."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, KeyRejected, OutcomeUnknown, Unavailable
from chatbot.domain.notices import OrderMoved
from chatbot.domain.orders import OrderStatus, OrderType
from chatbot.domain.tickets import TicketState
from tests.services.house import ANNA, CARD, CHAT, House, placed

pytestmark = pytest.mark.usefixtures("nothing_is_sent_by_looking")

# ---- following a placed order


async def test_an_order_is_followed_closely_in_its_first_minute_and_then_with_its_account(
    house: House, account: Account
) -> None:
    ticket = await house.tap(await house.order_card(account))
    tapped, looks = house.clock.at, [0.0]
    while (await house.read(ticket)).next_look_at is not None:
        await house.look_when_due(ticket)
        looks.append((house.clock.at - tapped).total_seconds())
    pauses = [later - earlier for earlier, later in pairwise(looks)]
    assert looks[1] <= 0.3 and 60 <= looks[-1] <= 66
    for age, longest in ((5, 1), (60, 6)):
        assert max(pause for look, pause in zip(looks, pauses, strict=False) if look < age) <= longest + 0.001
    assert all(later > earlier - 0.01 for earlier, later in pairwise(pauses))
    assert sum(look <= 60 for look in looks) <= 20  # one order must leave most of a minute's 60 requests to others
    assert house.follow_ups.stirred({account.id}) == {account.id}
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
    assert [type(notice) for notice in await house.told()] == ([OrderMoved] if tells else [])


async def test_an_end_is_told_once_however_often_it_is_seen(house: House, account: Account) -> None:
    await house.follow_ups.look(account)
    ticket = await house.tap(await house.order_card(account))
    house.exchange.fill(placed(ticket))
    house.clock.pass_(600)
    resting = await house.read(ticket)
    await asyncio.gather(*(house.settling.look(resting) for _ in range(3)), house.follow_ups.look(account))
    [told] = await house.told()
    assert isinstance(told, OrderMoved) and (told.order.number, told.part) == (placed(ticket), Decimal("0.1"))


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
    card = await (house.order_card(account) if kind == "order" else house.cancel_card(account, number))
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


async def test_a_market_order_is_read_back_once(house: House, account: Account) -> None:
    ticket = await house.tap(await house.order_card(account, type=OrderType.MARKET, volume=Decimal("0.01")))
    done = await house.look_when_due(ticket)
    assert done.order is not None and done.order.executed == Decimal("0.01")
    assert done.next_look_at is None


async def test_an_answer_that_was_late_takes_nothing_back_from_a_card(house: House, account: Account) -> None:
    await house.follow_ups.look(account)
    ticket = await house.tap(await house.order_card(account))
    resting = house.at_exchange(placed(ticket))
    house.exchange.fill(placed(ticket), "0.4")
    await house.follow_ups.look(account)
    house.exchange.put(house.exchange.holders["key-1"].credentials, resting)
    looked = await house.look_when_due(ticket)
    assert looked.order is not None and looked.order.executed == Decimal("0.04")
