"""Conversions whose answer was lost: found by evidence, left to their person where that is not enough."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.notices import SessionRejected, TicketSettled
from chatbot.domain.orders import OrderFilter, OrderPage, OrderStatus, Side
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.tickets import (
    Lost,
    NotFound,
    Placed,
    Requested,
    Ticket,
    TicketState,
    Unsigned,
    may_be_settled_by_word,
)
from chatbot.domain.trades import Trade, TradePage, TradeSpan
from chatbot.ports.tickets import OrderTaken
from chatbot.services.accounts import Unsettled
from tests.fakes.instant import trade
from tests.services.converting import WHOLE, card, list_, lost, order, rediscovered
from tests.services.house import ANNA, House

NUMBER = OrderNumber(12_345_700)


def sale(house: House, **changes: Any) -> Trade:
    """The whole of a lost conversion, executed this moment."""
    return trade(house.clock, ago=timedelta(0), **{"amount": Decimal("0.01"), **changes})


def said(ticket: Ticket) -> Lost:
    assert isinstance(ticket.outcome, Lost)
    return ticket.outcome


async def test_a_lost_answer_is_found_by_its_unmarked_order(house: House, session: Session) -> None:
    ticket = await lost(house)
    list_(house, order(house))
    found = await house.look_when_due(ticket)
    assert found.state is TicketState.DONE and found.outcome == Placed(number=NUMBER)
    assert any(isinstance(notice, TicketSettled) for notice in await house.told())
    assert house.instant.calls.count("convert") == 1


async def test_a_purchase_is_found_by_what_it_bought(house: House, session: Session) -> None:
    ticket = await lost(house, "600 USDT to BTC")
    list_(house, order(house, side=Side.BUY))
    assert (await house.look_when_due(ticket)).outcome == Placed(number=NUMBER)


async def test_what_two_complete_reads_do_not_show_was_not_converted(house: House, session: Session) -> None:
    ticket = await lost(house)
    began = house.clock.now()
    settled = await rediscovered(house, ticket)
    assert settled.state is TicketState.REFUSED and isinstance(settled.outcome, NotFound)
    assert house.clock.now() - began >= timedelta(seconds=30)
    assert house.instant.calls.count("convert") == 1 and house.instant.calls.count("trades") >= 3


async def test_an_order_that_turns_up_late_is_told_all_the_same(house: House, session: Session) -> None:
    ticket = await rediscovered(house, await lost(house))
    list_(house, order(house, placed_at=ticket.claimed_at))
    found = await house.look_when_due(ticket)
    assert (found.state, found.outcome) == (TicketState.DONE, Placed(number=NUMBER))


@pytest.mark.parametrize(("words", "earlier"), [(WHOLE, timedelta(seconds=1)), ("0.01 BTC to DOGE", timedelta(0))])
async def test_an_order_that_turns_up_late_and_only_may_be_it_is_told_once(
    house: House, session: Session, words: str, earlier: timedelta
) -> None:
    ticket = await rediscovered(house, await lost(house, words))
    assert isinstance(ticket.outcome, NotFound) and ticket.claimed_at is not None
    told_before = len(await house.told())
    list_(house, order(house, placed_at=ticket.claimed_at - earlier))
    while ticket.next_look_at is not None:
        ticket = await house.look_when_due(ticket)
        assert isinstance(ticket.outcome, NotFound) and ticket.outcome.twin == NUMBER
    assert [type(each) for each in (await house.told())[told_before:]] == [TicketSettled]


# One order, one origin


async def test_an_order_of_another_card_is_not_taken_for_it(house: House, session: Session) -> None:
    first = await house.tap(await card(house))
    assert isinstance(first.outcome, Placed)
    list_(house, order(house, first.outcome.number))
    settled = await rediscovered(house, await lost(house))
    assert isinstance(settled.outcome, NotFound)


async def test_of_two_lost_ones_looked_at_at_once_one_order_settles_one(house: House, session: Session) -> None:
    first, second = await lost(house), await lost(house)
    list_(house, order(house))
    house.clock.pass_(5)
    looked = await asyncio.gather(house.look(first), house.look(second))
    assert sorted(each.state for each in looked) == [TicketState.DONE, TicketState.UNCERTAIN]
    ends = [(await rediscovered(house, each)).outcome for each in (first, second)]
    assert sorted(type(each).__name__ for each in ends) == ["NotFound", "Placed"]


async def test_the_storage_gives_an_order_one_origin_and_leaves_the_other_as_it_was(
    house: House, session: Session
) -> None:
    first, second = await lost(house), await lost(house)
    placed = replace(first, state=TicketState.DONE, outcome=Placed(number=NUMBER))
    await house.storage.tickets.update(first.id, lambda _: placed, origin_of=NUMBER)
    with pytest.raises(OrderTaken):
        await house.storage.tickets.update(second.id, lambda _: replace(placed, id=second.id), origin_of=NUMBER)
    assert await house.read(second) == second


async def test_while_another_answer_is_on_its_way_no_order_is_taken(house: House, session: Session) -> None:
    ticket = await lost(house)
    being_sent = await card(house)
    await house.tickets.claim(being_sent.id, person=ANNA, chat=being_sent.chat, message=being_sent.message)  # type: ignore[arg-type]
    list_(house, order(house))
    assert (await house.look_when_due(ticket)).state is TicketState.UNCERTAIN
    await house.tickets.execute(await house.read(being_sent))
    assert (await house.look_when_due(ticket)).outcome == Placed(number=NUMBER)


async def test_an_order_sent_with_another_key_of_the_same_user_is_not_taken_for_it(
    house: House, session: Session
) -> None:
    ticket = await lost(house)
    holder = next(iter(house.exchange.holders.values()))
    key = replace(holder.credentials, api_key=Secret("key-2"))
    house.exchange.holders["key-2"] = replace(holder, credentials=key)  # with the same orders
    linked = (await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=key)).account
    assert linked is not None
    await house.sessions.link(ANNA, session, account=linked.id)
    being_sent = await card(house)
    assert being_sent.account == linked.id != ticket.account
    await house.tickets.claim(being_sent.id, person=ANNA, chat=being_sent.chat, message=being_sent.message)  # type: ignore[arg-type]
    list_(house, order(house))
    assert (await house.look_when_due(ticket)).state is TicketState.UNCERTAIN  # until the answer is there
    answered = await house.tickets.execute(await house.read(being_sent))
    holder.orders.clear()
    assert isinstance(answered.outcome, Placed)
    list_(house, order(house, answered.outcome.number))
    assert isinstance((await rediscovered(house, ticket)).outcome, NotFound)
    with pytest.raises(OrderTaken):
        await house.storage.tickets.update(ticket.id, lambda found: found, origin_of=answered.outcome.number)


async def test_an_order_that_its_person_said_was_a_cards_is_not_taken_for_the_next_ones(
    house: House, session: Session
) -> None:
    first, second = await lost(house), await lost(house)
    list_(house, order(house, placed_at=house.clock.now() - timedelta(seconds=1)))
    asked = [await house.look_when_due(each) for each in (first, second)]
    assert [said(each).twin for each in asked] == [NUMBER, NUMBER]
    ends = [await house.tickets.settle_by_word(each.id, person=ANNA, was_sent=True) for each in (first, second)]
    assert [each.outcome for each in ends] == [Requested(confirmed=True, number=NUMBER), Requested(confirmed=True)]
    assert isinstance((await rediscovered(house, await lost(house))).outcome, NotFound)


# Where its person is asked


@pytest.mark.parametrize("second", [{}, {"volume": Decimal("0.02")}])
async def test_where_several_or_only_a_near_one_may_be_it_its_person_is_asked(
    house: House, session: Session, second: dict[str, Any]
) -> None:
    ticket = await lost(house)
    list_(house, order(house, 12_345_701, **second), *([] if second else [order(house)]))
    unclear = await house.look_when_due(ticket)
    assert unclear.state is TicketState.UNCERTAIN and said(unclear).twin is not None
    closed = await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=True)
    assert closed.state is TicketState.DONE


async def test_an_order_that_may_be_it_is_not_forgotten_unless_it_is_another_cards(
    house: House, session: Session
) -> None:
    ticket = await lost(house)
    list_(house, order(house, volume=Decimal("0.02")))
    await house.look_when_due(ticket)
    next(iter(house.exchange.holders.values())).orders.clear()
    assert said(await rediscovered(house, ticket)).twin == NUMBER
    other = await house.tap(await card(house))
    known = replace(other, outcome=Placed(number=NUMBER))
    await house.storage.tickets.update(other.id, lambda _: known)
    assert isinstance((await rediscovered(house, ticket)).outcome, NotFound)


async def test_an_order_dated_shortly_before_the_tap_is_asked_about_and_an_older_one_is_not(
    house: House, session: Session
) -> None:
    list_(house, order(house, 5, placed_at=house.clock.now() - timedelta(seconds=70)))
    older = await rediscovered(house, await lost(house))
    list_(house, order(house, placed_at=house.clock.now() - timedelta(seconds=50)))
    unclear = await house.look_when_due(await lost(house))
    assert isinstance(older.outcome, NotFound) and said(unclear).twin == NUMBER


async def test_a_trade_that_no_order_explains_is_asked_about_and_never_forgotten(
    house: House, session: Session
) -> None:
    ticket = await lost(house)
    house.instant.put(session, sale(house))
    asked = await house.look_when_due(ticket)
    traded = said(asked).traded
    assert traded is not None and (traded.market, traded.amount) == ("BTCUSDT", Decimal("0.01"))
    assert may_be_settled_by_word(asked)
    house.instant.forget()
    later = await rediscovered(house, ticket)
    assert said(later).traded == traded and said(later).clean_reads == 0
    list_(house, order(house, placed_at=ticket.claimed_at))
    assert (await house.look_when_due(ticket)).outcome == Placed(number=NUMBER)


async def test_trades_of_another_cards_order_do_not_keep_it_open(house: House, session: Session) -> None:
    ticket = await lost(house)
    other = await house.tap(await card(house))
    assert isinstance(other.outcome, Placed)
    house.instant.put(session, sale(house))
    assert said(await house.look_when_due(ticket)).traded is not None  # its order is not listed yet
    list_(house, order(house, other.outcome.number))
    assert isinstance((await rediscovered(house, ticket)).outcome, NotFound)


@pytest.mark.parametrize(
    ("days", "span", "is_shown"),
    [(0, TradeSpan.DAY, True), (1.05, TradeSpan.WEEK, True), (6.8, TradeSpan.MONTH, True), (28, None, False)],
)
async def test_a_bot_that_was_away_asks_for_the_trades_of_as_long_a_time(
    house: House, session: Session, days: float, span: TradeSpan | None, is_shown: bool
) -> None:
    ticket = await lost(house)
    house.instant.put(session, sale(house))
    house.clock.pass_(timedelta(days=days).total_seconds())
    house.instant.asked.clear()
    asked = await house.look_when_due(ticket)
    assert {each for each, _ in house.instant.asked} == ({span} if span else set())
    assert (said(asked).traded is not None, said(asked).out_of_reach) == (is_shown, not is_shown)
    assert may_be_settled_by_word(await rediscovered(house, ticket))


async def test_two_coins_without_a_market_may_have_been_traded_in_two_halves(house: House, session: Session) -> None:
    next(iter(house.exchange.holders.values())).totals["DOGE"] = Decimal(1_000)
    ticket = await lost(house, "800 DOGE to ETH")
    bought = sale(house, market=MarketCode("ETHUSDT"), side=Side.BUY, amount=Decimal("0.04"))
    house.instant.put(session, sale(house, number=7, market=MarketCode("BTCUSDT")), bought)
    traded = said(await house.look_when_due(ticket)).traded
    assert traded is not None and traded.market == "ETHUSDT"
    list_(house, order(house, base="DOGE", volume=Decimal(800)))
    assert said(await house.look_when_due(ticket)).twin == NUMBER


# What is not read completely


async def test_what_stands_on_a_later_page_is_read(house: House, session: Session) -> None:
    ticket = await lost(house)
    house.clock.pass_(1)
    list_(house, order(house, 1), *(order(house, 100 + n, base="ETH") for n in range(25)))
    assert (await house.look_when_due(ticket)).outcome == Placed(number=OrderNumber(1))
    house.clock.pass_(120)
    other = await lost(house)
    house.instant.put(session, sale(house))
    house.clock.pass_(1)
    house.instant.put(session, *(sale(house, number=n, market=MarketCode("ETHUSDT")) for n in range(25)))
    assert said(await house.look_when_due(other)).traded is not None


async def test_a_list_that_ends_too_early_proves_nothing(house: House, session: Session) -> None:
    async def cut_short(*_: Any, page: int, which: OrderFilter, **__: Any) -> OrderPage:
        return OrderPage(orders=(), number=page, has_next=False, pages=None, rows=3)

    house.exchange.orders = cut_short  # type: ignore[method-assign]
    settled = await rediscovered(house, await lost(house))
    assert settled.state is TicketState.UNCERTAIN and said(settled).clean_reads == 0


async def test_a_history_that_repeats_itself_for_ever_proves_nothing_and_is_not_read_for_ever(
    house: House, session: Session
) -> None:
    ticket = await lost(house)
    same = sale(house, market=MarketCode("ETHUSDT"))

    async def endless(*_: Any, page: int, **__: Any) -> TradePage:
        house.instant.calls.append("trades")
        return TradePage(trades=(same,), number=page, has_next=True)

    house.instant.trades = endless  # type: ignore[method-assign]
    house.instant.calls.clear()
    assert said(await house.look_when_due(ticket)).clean_reads == 0
    assert house.instant.calls == ["trades"] * 2


# Following, and the balance


async def test_a_followed_card_never_goes_back_and_takes_no_other_order_for_its_own(
    house: House, session: Session
) -> None:
    done = await house.tap(await card(house))
    assert isinstance(done.outcome, Placed)
    part = order(house, done.outcome.number, status=OrderStatus.PARTIALLY_FILLED, executed=Decimal("0.008"))
    for listed in (part, replace(part, executed=Decimal(0)), replace(part, base="ETH", executed=Decimal("0.009"))):
        list_(house, listed)
        done = await house.look_when_due(done)
        assert done.order == part


async def test_a_balance_that_something_else_took_sends_nothing(house: House, session: Session) -> None:
    shown, other = await card(house), await card(house)
    await house.tap(other)
    next(iter(house.exchange.holders.values())).totals["BTC"] = Decimal("0.009")
    assert (await house.tap(shown)).state is TicketState.REFUSED and len(house.instant.sent) == 1


# Its session


async def test_a_session_stays_while_a_conversion_has_no_known_outcome(house: House, session: Session) -> None:
    ticket = await lost(house)
    with pytest.raises(Unsettled):
        await house.sessions.unlink(ANNA)
    await rediscovered(house, ticket)
    await house.sessions.unlink(ANNA)


async def test_without_its_session_the_card_asks_for_one_and_finds_out_with_it_at_once(
    house: House, session: Session
) -> None:
    ticket = await lost(house)
    house.instant.expire(session)
    waiting = await house.look_when_due(ticket)
    assert said(waiting).needs_session and said(waiting).clean_reads == 0
    assert [type(notice) for notice in await house.told()].count(SessionRejected) == 1
    assert await house.sessions.open_conversions(ticket.account) == (waiting,)
    await house.sessions.unlink(ANNA)  # what has ended finds nothing out
    assert said(await house.look_when_due(ticket)).needs_session
    await house.sessions.link(ANNA, house.instant.open_session())
    assert (await house.read(ticket)).next_look_at == house.clock.now()
    assert not said(await house.look(ticket)).needs_session


async def test_an_order_tells_also_without_a_session(house: House, session: Session) -> None:
    ticket = await lost(house)
    house.instant.expire(session)
    list_(house, order(house))
    assert (await house.look_when_due(ticket)).outcome == Placed(number=NUMBER)


@pytest.mark.parametrize("unlinked", [False, True])
async def test_a_tap_without_a_session_says_whether_it_ended_or_was_unlinked(
    house: House, session: Session, unlinked: bool
) -> None:
    shown = await card(house)
    if unlinked:
        await house.sessions.unlink(ANNA)
    else:
        house.instant.expire(session)
    assert (await house.tap(shown)).outcome == Unsigned(ended=not unlinked)
    requests = [notice for notice in await house.told() if isinstance(notice, SessionRejected)]
    assert len(requests) == (0 if unlinked else 1)


async def test_a_fault_on_the_way_says_nothing_about_the_session(house: House, session: Session) -> None:
    ticket = await lost(house)
    house.instant.fail("trades", Unavailable(Cause.FORBIDDEN))
    assert not said(await house.look_when_due(ticket)).needs_session
    assert not await house.sessions.has_ended(ticket.account)
