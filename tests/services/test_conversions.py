"""Conversions: quoted, confirmed with the quote's own strings, followed, and found again where the answer was lost."""

import asyncio
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
    Refused,
    SessionExpired,
    Stopped,
    TicketError,
    TicketProblem,
    Unavailable,
)
from chatbot.domain.intents import MiddleSource
from chatbot.domain.notices import SessionRejected
from chatbot.domain.orders import OrderStatus
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Placed, PriceRefused, Ticket, TicketState, Unsigned
from chatbot.ports.exchange import Priority
from chatbot.services.conversions import AskedConversion
from chatbot.services.quoting import RENEWALS
from tests.services.converting import WHOLE, card, list_, of, order, said
from tests.services.house import ANNA, BORIS, CHAT, House


async def asked(house: House, words: str) -> AskedConversion:
    question = await said(house, words)
    assert isinstance(question, AskedConversion)
    return question


def labels(question: AskedConversion) -> list[str]:
    return [choice.label for choice in question.draft.choices]


async def test_one_line_makes_a_card_with_the_quotes_own_strings(house: House, session: Session) -> None:
    intent, terms = of(await card(house))
    assert (intent.sell_text, intent.buy_text, intent.price_text) == ("0.01000000", "600.00", "60000.00000000")
    assert (terms.base, terms.compared, terms.before.value) == ("BTC", MiddleSource.BOOK, Decimal(1))
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
    assert below.problem == "You asked for 0.00001 BTC; the least is 0.00006579 BTC."
    assert labels(below) == ["Use 0.00006579 BTC"]
    ticket = await house.conversions.choose(below.dialogue.id, 0, person=ANNA, chat=CHAT)
    assert isinstance(ticket, Ticket) and of(ticket)[0].sell_text == "0.00006579"
    above = await asked(house, "9000 BTC to USDT")
    assert above.problem == "You asked for 9,000 BTC; the most is 2,500 BTC."
    assert labels(above) == ["Use 2,500 BTC"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("0.001% BTC to USDT", "0.001% of your BTC is 0.00001 BTC; the least is 0.00006579 BTC."),
        ("BTC to get 0.00001 USDT", "You asked to get 0.00001 USDT; the least is 0.00006579 USDT."),
    ],
)
async def test_what_is_too_little_is_named_beside_the_least(
    house: House, session: Session, words: str, told: str
) -> None:
    assert (await asked(house, words)).problem == told


async def test_more_than_there_is_offers_what_there_is(house: House, session: Session) -> None:
    question = await asked(house, "3 BTC to USDT")
    assert question.problem == "This needs 3 BTC; you have less than that available."
    assert labels(question) == ["Use 1 BTC"]


async def test_every_question_in_turn_and_the_other_way_round(house: House, session: Session) -> None:
    first = await asked(house, "")
    assert first.draft.asking is ConvertQuestion.SELL and labels(first) == ["BTC", "USDT"]
    second = await house.conversions.answer(first.dialogue, "btc")
    assert isinstance(second, AskedConversion) and labels(second) == ["USDT"]
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
    assert question.problem == "Instant Trade converts coins to USDT and back, not BTC to NOSUCH."
    assert question.draft.asking is ConvertQuestion.BUY


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
    assert (moved.state, moved.outcome) == (TicketState.REFUSED, PriceRefused()) and len(house.instant.sent) == 1
    again = await house.conversions.again(moved)
    assert isinstance(again, Ticket) and of(again)[1].previous == Decimal(60_000)
    assert of(again)[0].buy_text == "610.00" and len(house.instant.sent) == 1


async def test_an_expired_session_refuses_and_asks_for_a_fresh_one_once(house: House, session: Session) -> None:
    shown = await card(house)
    house.instant.expire(session)
    refused = await house.tap(shown)
    assert refused.outcome == Unsigned(ended=True)
    with pytest.raises(SessionExpired):
        await said(house, WHOLE)
    assert [type(notice) for notice in await house.told()].count(SessionRejected) == 1


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
