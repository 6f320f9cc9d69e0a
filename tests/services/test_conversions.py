"""Conversions: quoted, confirmed with the quote's own strings, followed, and found again where the answer was lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.convert_drafts import AmountOf, ConvertQuestion
from chatbot.domain.errors import (
    Cause,
    NoSession,
    Obstacle,
    OutcomeUnknown,
    Refused,
    SessionExpired,
    Stopped,
    TicketError,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.ids import ClientId, OrderNumber
from chatbot.domain.intents import Compared, Convert, ConvertTerms
from chatbot.domain.notices import SessionRejected, TicketSettled
from chatbot.domain.orders import Order, OrderStatus, Side
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Lost, Moved, NotFound, Placed, RefusedBy, Ticket, TicketState
from chatbot.ports.exchange import Priority
from chatbot.services.accounts import Unsettled
from chatbot.services.conversions import AskedConversion
from chatbot.services.quoting import RENEWALS
from tests.fakes.instant import trade
from tests.services.house import ANNA, BORIS, CARD, CHAT, House
from tests.storage.examples import ORDER

WHOLE = "0.01 BTC to USDT"


@pytest.fixture
async def session(house: House, account: Account) -> Session:
    opened = house.instant.open_session()
    await house.sessions.link(ANNA, opened)
    return opened


async def said(house: House, words: str) -> AskedConversion | Ticket:
    return await house.conversions.say(words, person=ANNA, chat=CHAT)


async def card(house: House, words: str = WHOLE) -> Ticket:
    """A card that was sent to the chat."""
    ticket = await said(house, words)
    assert isinstance(ticket, Ticket), ticket
    await house.tickets.attach(ticket.id, CARD)
    return await house.read(ticket)


async def asked(house: House, words: str) -> AskedConversion:
    question = await said(house, words)
    assert isinstance(question, AskedConversion)
    return question


def of(ticket: Ticket) -> tuple[Convert, ConvertTerms]:
    assert isinstance(ticket.intent, Convert) and isinstance(ticket.terms, ConvertTerms)
    return ticket.intent, ticket.terms


def labels(question: AskedConversion) -> list[str]:
    return [choice.label for choice in question.draft.choices]


def order(house: House, number: int = 12_345_700, **changes: Any) -> Order:
    """What the exchange's lists say of a conversion of 0.01 BTC: it has no mark."""
    values: dict[str, Any] = {
        "number": OrderNumber(number),
        "side": Side.SELL,
        "status": OrderStatus.FILLED,
        "volume": Decimal("0.01"),
        "executed": Decimal("0.01"),
        "average_price": Decimal(60_000),
        "client_id": ClientId(0),
        "placed_at": house.clock.now(),
    }
    return replace(ORDER, **(values | changes))


def list_(house: House, *orders: Order) -> None:
    holder = next(iter(house.exchange.holders.values()))
    holder.orders.update({each.number: each for each in orders})


async def lost(house: House) -> Ticket:
    """A conversion whose answer never came."""
    house.instant.fail("convert", OutcomeUnknown(Cause.BROKEN))
    ticket = await house.tap(await card(house))
    assert ticket.state is TicketState.UNCERTAIN
    return ticket


async def rediscovered(house: House, ticket: Ticket) -> Ticket:
    for _ in range(12):
        if (await house.read(ticket)).state is TicketState.UNCERTAIN:
            await house.look_when_due(ticket)
    return await house.read(ticket)


async def test_one_line_makes_a_card_with_the_quotes_own_strings(house: House, session: Session) -> None:
    intent, terms = of(await card(house))
    assert (intent.sell_text, intent.buy_text, intent.price_text) == ("0.01000000", "600.00", "60000.00000000")
    assert (terms.base, terms.compared, terms.before.value) == ("BTC", Compared.BOOK, Decimal(1))
    assert terms.value is not None and terms.value >= 600 and house.instant.sent == []


async def test_the_tap_sends_what_the_card_showed_and_the_account_key_follows_it(
    house: House, session: Session
) -> None:
    shown = await card(house)
    done = await house.tap(shown)
    intent, _ = of(shown)
    (sent,) = house.instant.sent
    assert (sent.sell_text, sent.buy_text, sent.price_text) == (intent.sell_text, intent.buy_text, intent.price_text)
    assert isinstance(done.outcome, Placed)
    list_(house, order(house, done.outcome.number))
    followed = await house.look_when_due(done)
    assert followed.order is not None and followed.order.status is OrderStatus.FILLED
    assert followed.next_look_at is None


async def test_a_second_tap_converts_nothing(house: House, session: Session) -> None:
    shown = await card(house)
    await house.tap(shown)
    with pytest.raises(TicketError):
        await house.tap(shown)
    assert len(house.instant.sent) == 1


async def test_without_a_session_it_says_how_to_get_one_and_asks_nothing_of_the_exchange(
    house: House, account: Account
) -> None:
    with pytest.raises(NoSession):
        await said(house, WHOLE)
    assert house.instant.calls == []


async def test_a_coin_without_a_book_is_compared_with_nothing(house: House, session: Session) -> None:
    next(iter(house.exchange.holders.values())).totals["DOGE"] = Decimal(1_000)
    _, terms = of(await card(house, "800 DOGE to USDT"))
    assert (terms.compared, terms.difference, terms.cost, terms.market) == (None, None, None, None)
    assert terms.value == 100 and terms.base == "DOGE"


@pytest.mark.parametrize(
    ("words", "sold", "bought"),
    [
        ("BTC to get 100 USDT", "0.00166659", "100.00"),
        ("25% BTC to USDT", "0.02500000", "1500.00"),
        ("to get 0.001 BTC from USDT", "59.99970000", "0.00100000"),
    ],
)
async def test_what_is_to_be_got_or_shared_is_found_with_few_quotes(
    house: House, session: Session, words: str, sold: str, bought: str
) -> None:
    next(iter(house.exchange.holders.values())).totals["BTC"] = Decimal("0.1")
    house.instant.calls.clear()
    intent, terms = of(await card(house, words))
    assert (intent.sell_text, intent.buy_text) == (sold, bought)
    assert house.instant.calls.count("quote") <= 4
    assert terms.wanted is None or terms.wanted <= intent.bought.value


async def test_below_and_above_the_limits_the_number_that_works_is_a_button(house: House, session: Session) -> None:
    below = await asked(house, "0.00001 BTC to USDT")
    assert "least" in below.problem and labels(below) == ["Use 0.00006579 BTC"]
    ticket = await house.conversions.choose(below.dialogue.id, 0, person=ANNA, chat=CHAT)
    assert isinstance(ticket, Ticket) and of(ticket)[0].sell_text == "0.00006579"
    above = await asked(house, "9000 BTC to USDT")
    assert "most" in above.problem and labels(above) == ["Use 2,500 BTC"]


async def test_more_than_there_is_offers_what_there_is(house: House, session: Session) -> None:
    question = await asked(house, "3 BTC to USDT")
    assert "available" in question.problem and labels(question) == ["Use 1 BTC"]


async def test_every_question_in_turn_and_the_other_way_round(house: House, session: Session) -> None:
    first = await asked(house, "")
    assert first.draft.asking is ConvertQuestion.SELL and labels(first) == ["BTC", "USDT"]
    second = await house.conversions.answer(first.dialogue, "btc")
    assert isinstance(second, AskedConversion) and labels(second) == ["USDT", "ETH"]
    third = await house.conversions.choose(second.dialogue.id, 0, person=ANNA, chat=CHAT)
    assert isinstance(third, AskedConversion) and labels(third) == ["25%", "50%", "75%", "Max"]
    turned = await house.conversions.turn(third.dialogue.id, person=ANNA, chat=CHAT)
    assert isinstance(turned, AskedConversion) and turned.draft.request.sell == "USDT"
    ticket = await house.conversions.answer(turned.dialogue, "600")
    assert isinstance(ticket, Ticket) and of(ticket)[0].buy_text == "0.01000000"
    assert await house.conversions.choose(third.dialogue.id, 0, person=BORIS, chat=CHAT) is None


async def test_what_the_exchange_does_not_quote_is_asked_again(house: House, session: Session) -> None:
    house.instant.fail("quote", Refused(code=1300, reason="market_not_found"))
    question = await asked(house, "1 BTC to NOSUCH")
    assert "market_not_found" in question.problem and question.draft.asking is ConvertQuestion.BUY


async def test_it_counts_as_an_order_for_the_limits(house: House, session: Session) -> None:
    await house.limits.say("order 500", person=ANNA, chat=CHAT)
    with pytest.raises(Stopped) as stopped:
        await said(house, WHOLE)
    assert stopped.value.obstacle is Obstacle.ORDER_TOO_LARGE


async def test_a_card_gets_itself_a_few_new_quotes_and_a_tap_on_an_older_one_sends_nothing(
    house: House, session: Session
) -> None:
    first = await card(house)
    house.instant.prices["BTC"] = Decimal(59_000)
    await house.clock.advance(10)
    await house.settling.look(first)
    assert await house.storage.tickets.get(first.id) is None
    (second,) = await house.storage.tickets.pending()
    assert (second.message, second.expires_at) == (first.message, first.expires_at)
    assert of(second)[0].buy_text == "590.00" and of(second)[1].refreshed == 1
    with pytest.raises(TicketError) as problem:
        await house.tap(first)
    assert problem.value.problem is TicketProblem.RENEWED and house.instant.sent == []
    await house.tap(second)
    assert [sent.buy_text for sent in house.instant.sent] == ["590.00"]


async def test_after_a_few_quotes_it_is_left_to_run_out(house: House, session: Session) -> None:
    await card(house)
    for _ in range(RENEWALS + 2):
        await house.clock.advance(10)
        (pending,) = await house.storage.tickets.pending()
        await house.settling.look(pending)
    assert house.instant.calls.count("quote") == 1 + RENEWALS
    await house.clock.advance(20)
    await house.settling.expire()
    assert await house.storage.tickets.pending() == ()


async def test_a_new_quote_yields_where_the_budget_is_short_or_the_exchange_does_not_answer(
    house: House, session: Session
) -> None:
    shown = await card(house)
    house.exchange.wait = timedelta(seconds=2)
    assert not await house.renewals.renew(shown)
    house.exchange.wait = timedelta(0)
    house.instant.fail("quote", Unavailable(Cause.TIMEOUT))
    assert not await house.renewals.renew(shown)
    assert await house.read(shown) == shown


async def test_what_was_tapped_meanwhile_is_not_put_anew(house: House, session: Session) -> None:
    shown = await card(house)
    await house.tap(shown)
    assert not await house.renewals.renew(shown)
    assert (await house.read(shown)).state is TicketState.DONE


async def test_a_price_that_moved_executed_nothing_and_the_next_card_says_by_how_much(
    house: House, session: Session
) -> None:
    shown = await card(house)
    house.instant.prices["BTC"] = Decimal(61_000)
    moved = await house.tap(shown)
    assert (moved.state, moved.outcome) == (TicketState.REFUSED, Moved()) and len(house.instant.sent) == 1
    again = await house.conversions.again(moved)
    assert isinstance(again, Ticket) and of(again)[1].previous == Decimal(60_000)
    assert of(again)[0].buy_text == "610.00" and len(house.instant.sent) == 1


async def test_an_expired_session_refuses_and_asks_for_a_fresh_one_once(house: House, session: Session) -> None:
    shown = await card(house)
    house.instant.expire(session)
    refused = await house.tap(shown)
    assert isinstance(refused.outcome, RefusedBy) and refused.outcome.key_rejected
    with pytest.raises(SessionExpired):
        await said(house, WHOLE)
    assert [type(notice) for notice in await house.told()].count(SessionRejected) == 1


async def test_a_lost_answer_is_found_by_its_unmarked_order(house: House, session: Session) -> None:
    ticket = await lost(house)
    list_(house, order(house))
    found = await house.look_when_due(ticket)
    assert found.state is TicketState.DONE and found.outcome == Placed(number=OrderNumber(12_345_700))
    assert any(isinstance(notice, TicketSettled) for notice in await house.told())
    assert house.instant.calls.count("convert") == 1


async def test_what_two_complete_reads_do_not_show_was_not_converted(house: House, session: Session) -> None:
    ticket = await lost(house)
    began = house.clock.now()
    settled = await rediscovered(house, ticket)
    assert settled.state is TicketState.REFUSED and isinstance(settled.outcome, NotFound)
    assert house.clock.now() - began >= timedelta(seconds=30)
    assert house.instant.calls.count("convert") == 1 and house.instant.calls.count("trades") >= 3


async def test_an_order_of_another_card_is_not_taken_for_it(house: House, session: Session) -> None:
    first = await house.tap(await card(house))
    assert isinstance(first.outcome, Placed)
    list_(house, order(house, first.outcome.number))
    settled = await rediscovered(house, await lost(house))
    assert isinstance(settled.outcome, NotFound)


@pytest.mark.parametrize("second", [{}, {"volume": Decimal("0.02")}])
async def test_where_several_or_only_a_near_one_may_be_it_its_person_is_asked(
    house: House, session: Session, second: dict[str, Any]
) -> None:
    ticket = await lost(house)
    list_(house, order(house, 12_345_701, **second), *([] if second else [order(house)]))
    unclear = await house.look_when_due(ticket)
    assert unclear.state is TicketState.UNCERTAIN
    assert isinstance(unclear.outcome, Lost) and unclear.outcome.twin is not None
    closed = await house.tickets.settle_by_word(ticket.id, person=ANNA, was_sent=True)
    assert closed.state is TicketState.DONE


async def test_a_trade_that_no_order_explains_or_a_history_that_cannot_be_read_proves_nothing(
    house: House, session: Session
) -> None:
    ticket = await lost(house)
    house.instant.put(session, trade(house.clock, ago=timedelta(0), amount=Decimal("0.01")))
    later = await rediscovered(house, ticket)
    assert later.state is TicketState.UNCERTAIN
    assert isinstance(later.outcome, Lost) and later.outcome.clean_reads == 0
    house.instant.expire(session)
    assert (await house.look_when_due(ticket)).state is TicketState.UNCERTAIN


async def test_a_session_stays_while_a_conversion_has_no_known_outcome(house: House, session: Session) -> None:
    ticket = await lost(house)
    with pytest.raises(Unsettled):
        await house.sessions.unlink(ANNA)
    await rediscovered(house, ticket)
    await house.sessions.unlink(ANNA)


async def test_the_card_turned_round_is_closed_first(house: House, session: Session) -> None:
    shown = await card(house)
    question = await house.conversions.turn_card(shown.id, person=ANNA, chat=CHAT)
    assert isinstance(question, AskedConversion)
    assert (question.draft.request.sell, question.draft.request.of) == ("USDT", AmountOf.SOLD)
    assert (await house.read(shown)).state is TicketState.DECLINED
    with pytest.raises(TicketError):
        await house.conversions.turn_card(shown.id, person=BORIS, chat=CHAT)


async def test_quotes_of_people_go_before_those_that_cards_get_themselves(house: House, session: Session) -> None:
    asked_with: list[Priority] = []
    quote = house.instant.quote

    async def noted(*args: Any, priority: Priority, **named: Any) -> Any:
        asked_with.append(priority)
        return await quote(*args, priority=priority, **named)

    house.instant.quote = noted  # type: ignore[method-assign]
    await house.renewals.renew(await card(house))
    assert asked_with == [Priority.PERSON, Priority.WATCHER]


async def test_of_a_tap_and_a_new_quote_at_once_one_wins_and_nothing_else_than_the_shown_quote_is_sent(
    house: House, session: Session
) -> None:
    for price in range(60_001, 60_009):
        shown = await card(house)
        house.instant.prices["BTC"] = Decimal(price)
        house.instant.sent.clear()
        tapped, renewed = await asyncio.gather(house.tap(shown), house.renewals.renew(shown), return_exceptions=True)
        assert isinstance(tapped, TicketError) is (renewed is True)
        assert {sent.price_text for sent in house.instant.sent} <= {of(shown)[0].price_text}
        assert renewed is not True or house.instant.sent == []
