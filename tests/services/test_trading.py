from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.drafts import OrderDraft, OrderRequest, QuantityKind, Question
from chatbot.domain.errors import Cause, InputError, NotLinked, Obstacle, Stopped, Unavailable
from chatbot.domain.ids import ChatId, MarketCode, MessageId
from chatbot.domain.intents import OrderTerms
from chatbot.domain.money import Amount
from chatbot.domain.number_text import written_in
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.limits import LimitSet
from chatbot.services.trading import Asked
from tests.fakes.values import BTC, ETH, ticker
from tests.services.house import ANNA, BORIS, CARD, CHAT, House, asked, dialogue, intent

ELSEWHERE = ChatId(-9)


async def say(house: House, line: str, side: Side = Side.BUY) -> Asked | Ticket:
    return await house.trading.say(line, side=side, person=ANNA, chat=CHAT)


async def choose(house: House, question: Asked, label: str) -> Asked | Ticket | None:
    offered = [choice.label for choice in question.draft.choices]
    at = offered.index(label) if label in offered else next(at for at, each in enumerate(offered) if label in each)
    return await house.trading.choose(dialogue(question), at, person=ANNA, chat=CHAT)


async def reply(house: House, text: str) -> Asked | Ticket:
    """A typed answer to whatever is open."""
    opened = await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at)
    assert opened is not None
    return await house.trading.answer(opened, text)


def labels(question: Asked) -> list[str]:
    return [choice.label for choice in question.draft.choices]


# ---- one line


async def test_a_whole_line_becomes_a_card_with_its_terms(house: House, account: Account) -> None:
    card = await say(house, "0.01 BTC @ 50000 post")
    order = intent(card)
    assert isinstance(card, Ticket) and isinstance(card.terms, OrderTerms)
    assert (order.account, order.account_name, order.market) == (account.id, "Main", "BTCUSDT")
    assert (order.side, order.type, order.volume, order.price) == (
        Side.BUY,
        OrderType.LIMIT,
        Decimal("0.01"),
        Decimal(50_000),
    )
    assert order.post_only and card.terms.total == Decimal(500)
    assert (card.state, card.person, card.chat, card.account_label) == (
        TicketState.PENDING,
        ANNA,
        CHAT,
        account.label,
    )
    assert house.exchange.changes == 0


async def test_without_a_price_a_line_is_an_order_at_the_market(house: House, account: Account) -> None:
    order = intent(await say(house, "0.01 BTC"))
    assert (order.type, order.price) == (OrderType.MARKET, None)


async def test_an_amount_of_the_counter_currency_becomes_a_volume(house: House, account: Account) -> None:
    assert intent(await say(house, "601 USDT of BTC")).volume == Decimal("0.01000000")
    assert intent(await say(house, "$500 of BTC @ 50000")).volume == Decimal("0.01000000")
    assert intent(await say(house, "0.02 BTC of BTCUSDT")).volume == Decimal("0.02")


async def test_everything_leaves_room_for_the_fee(house: House, account: Account) -> None:
    order = intent(await say(house, "all BTC @ 50000"))
    assert (
        order.volume * 50_000 * Decimal("1.0025") <= 10_000 < (order.volume + Decimal("0.00000001")) * Decimal(50_125)
    )
    assert intent(await say(house, "25% BTC @ 62500", Side.SELL)).volume == Decimal("0.16")  # no more than 10,000
    assert intent(await say(house, "10% BTC @ 62500", Side.SELL)).volume == Decimal("0.1")


async def test_an_amount_in_a_foreign_currency_is_refused_with_the_right_one(house: House, account: Account) -> None:
    with pytest.raises(InputError, match="priced in USDT, not in EUR"):
        await say(house, "100 EUR of BTC")


async def test_an_unknown_market_is_answered_with_the_nearest(house: House, account: Account) -> None:
    question = asked(await say(house, "0.01 BTX @ 50000"))
    assert question.draft.asking is Question.MARKET
    assert question.problem == "There is no market BTX." and labels(question)[0] == "BTC/USDT"
    order = intent(await choose(house, question, "BTC/USDT"))
    assert (order.volume, order.price) == (Decimal("0.01"), Decimal(50_000))  # nothing was lost


async def test_an_unfit_order_is_offered_with_the_number_that_fits(house: House, account: Account) -> None:
    question = asked(await say(house, "0.18 BTC @ 60000"))
    assert question.draft.asking is None and "end at 10,000 USDT" in question.problem
    assert intent(await choose(house, question, "BTC")).volume < Decimal("0.18")


async def test_too_little_for_anything_offers_nothing(house: House) -> None:
    await house.link(USDT="1")
    question = asked(await say(house, "0.01 BTC"))
    assert question.draft.choices == () and "too little" in question.problem


async def test_nobody_trades_without_an_account(house: House) -> None:
    with pytest.raises(NotLinked):
        await say(house, "0.01 BTC")


async def test_a_market_without_prices_cannot_be_traded(house: House, account: Account) -> None:
    del house.exchange.tickers_now[BTC.code]
    with pytest.raises(InputError, match="no prices"):
        await say(house, "0.01 BTC")


@pytest.mark.parametrize("call", ["markets", "tickers", "balances", "order_book"])
async def test_an_exchange_out_of_reach_is_said_and_no_card_is_made(house: House, account: Account, call: str) -> None:
    house.exchange.fail(call, Unavailable(Cause.UNREACHABLE))
    with pytest.raises(Unavailable):
        await say(house, "0.01 BTC")
    assert await house.storage.tickets.pending() == ()


@pytest.mark.parametrize(
    ("line", "label", "card"),
    [
        ("0.01 BTC @ 60,000", "60000", ("BTCUSDT", "0.01", "60000")),
        ("1,500 USDT of BTC @ 50000", "1500", ("BTCUSDT", "0.03", "50000")),
        ("5,000 USDT of BTC @ 50000", "5", ("BTCUSDT", "0.0001", "50000")),
        ("1,123ETH @ 2400", "1.123", ("ETHUSDT", "1.123", "2400")),
    ],
)
async def test_a_number_with_two_readings_is_offered_as_two_buttons_that_lead_to_their_cards(
    house: House, account: Account, line: str, label: str, card: tuple[str, str, str]
) -> None:
    question = asked(await say(house, line))
    assert len(labels(question)) == 2 and "Please write it one of these two ways." in question.problem
    order = intent(await choose(house, question, label))
    assert (order.market, order.volume, order.price) == (card[0], Decimal(card[1]), Decimal(card[2]))


async def test_the_other_reading_of_a_price_is_checked_like_any_order(house: House, account: Account) -> None:
    question = asked(await say(house, "0.1 BTC @ 60,000", Side.SELL))
    assert labels(question) == ["60 thousand: 60000", "60"]
    with pytest.raises(Stopped) as stopped:
        await choose(house, question, "60")
    assert stopped.value.obstacle is Obstacle.TOO_FAR
    order = intent(await choose(house, question, "60000"))
    assert (order.side, order.volume, order.price) == (Side.SELL, Decimal("0.1"), Decimal(60_000))
    again = asked(await say(house, "0.01 BTC @ 60,000"))
    unfit = asked(await choose(house, again, "60"))
    assert "orders start at 5 USDT; this one is worth 0.60" in unfit.problem
    assert house.exchange.changes == 0


async def test_an_answer_that_can_mean_two_numbers_is_asked_back_with_both(house: House, account: Account) -> None:
    question = asked(await say(house, "BTC", Side.SELL))
    which = asked(await reply(house, "1,000"))
    assert "can mean 1000 or 1" in which.problem and labels(which) == ["1 thousand: 1000", "1"]
    assert which.dialogue.id != question.dialogue.id
    with written_in(NumberStyle.POINT):
        assert labels(asked(await reply(house, "1.000"))) == ["1 thousand: 1000", "1"]


async def test_an_ambiguous_line_can_be_answered_with_a_whole_order_too(house: House, account: Account) -> None:
    await say(house, "0.01 BTX @ 60,000")  # a market that is unknown as well
    kind = asked(await reply(house, "0.5 ETH"))
    order = intent(await choose(house, kind, "At the market"))
    assert (order.market, order.volume, order.price) == ("ETHUSDT", Decimal("0.5"), None)


async def test_nobody_without_an_account_is_asked_what_a_number_means(house: House) -> None:
    with pytest.raises(NotLinked):
        await say(house, "0.01 BTC @ 60,000")


@pytest.mark.parametrize("line", ["bitcoin 0.01 @ 50000", "500 USDT of Bitcoin @ 50000"])
async def test_a_market_is_found_by_the_name_of_its_currency(house: House, account: Account, line: str) -> None:
    order = intent(await say(house, line))
    assert (order.market, order.volume) == ("BTCUSDT", Decimal("0.01"))


# ---- question by question


async def test_every_question_is_asked_once_and_leads_to_the_card(house: House, account: Account) -> None:
    market = asked(await say(house, "", Side.SELL))
    assert market.draft.asking is Question.MARKET
    quantity = asked(await choose(house, market, "BTC/USDT"))
    assert quantity.draft.asking is Question.QUANTITY and quantity.facts is not None
    kind = asked(await choose(house, quantity, "Max"))
    assert (kind.draft.asking, labels(kind)) == (Question.TYPE, ["At the market", "Limit price…"])
    price = asked(await choose(house, kind, "Limit"))
    assert price.draft.asking is Question.PRICE and labels(price)[0] == "ask 60,100.00"
    order = intent(await choose(house, price, "ask"))
    assert (order.side, order.type, order.price) == (Side.SELL, OrderType.LIMIT, Decimal(60_100))
    assert order.volume == Decimal("0.16638935")  # what the maximum of 10,000 allows
    assert await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at) is None


async def test_every_question_takes_a_typed_answer(house: House, account: Account) -> None:
    await say(house, "")
    assert asked(await reply(house, "btc")).draft.asking is Question.QUANTITY
    assert asked(await reply(house, "0.02")).draft.asking is Question.TYPE
    order = intent(await reply(house, "55000"))  # the size is known, so a lone number is the price
    assert (order.volume, order.price) == (Decimal("0.02"), Decimal(55_000))


@pytest.mark.parametrize("price", ["55k", "@ 55000", "at 55000", "$55,000.00"])
async def test_a_price_may_be_typed_in_many_ways(house: House, account: Account, price: str) -> None:
    await say(house, "0.02 BTC limit")
    assert intent(await reply(house, price)).price == Decimal(55_000)


async def test_one_answer_may_say_everything_at_once(house: House, account: Account) -> None:
    await say(house, "")
    assert intent(await reply(house, "0.02 BTC @ 55000 post")).post_only


async def test_an_answer_at_the_market_takes_back_the_price(house: House, account: Account) -> None:
    await say(house, "BTC @ 50000")
    assert intent(await reply(house, "0.01 market")).type is OrderType.MARKET


@pytest.mark.parametrize(
    ("line", "answer"), [("", "0.01"), ("BTC", "ETH"), ("0.01 BTC limit", "soon"), ("0.01 BTC limit", "0")]
)
async def test_an_answer_that_is_none_leaves_the_question_open(
    house: House, account: Account, line: str, answer: str
) -> None:
    question = asked(await say(house, line))
    with pytest.raises(InputError):
        await reply(house, answer)
    opened = await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at)
    assert opened is not None and opened.id == dialogue(question)


@pytest.mark.parametrize(
    ("typed", "volume"),
    [
        ("500 USDT", "0.2"),
        ("$500", "0.2"),
        ("0.5 ETH", "0.5"),
        ("0.5", "0.5"),
        ("0.5 ethusdt", "0.5"),
        ("$500 ETH", "0.2"),
    ],
)
@pytest.mark.parametrize("named", ["ETH", "ETH/USDT", "ethereum"])
async def test_an_amount_with_its_currency_keeps_the_market_that_is_settled(
    house: House, account: Account, named: str, typed: str, volume: str
) -> None:
    await say(house, named)
    order = intent(await reply(house, f"{typed} @ 2500"))
    assert (order.market, order.volume, order.price) == ("ETHUSDT", Decimal(volume), Decimal(2500))


@pytest.mark.parametrize("typed", ["100 EUR", "0.02 BTC", "25% BTC", "$100 BTC", "all DOGE"])
async def test_an_amount_in_a_currency_of_another_market_is_refused_and_the_question_stays(
    house: House, account: Account, typed: str
) -> None:
    question = asked(await say(house, "ETH"))
    with pytest.raises(InputError, match="ETH/USDT is priced in USDT, not in"):
        await reply(house, typed)
    assert asked(await reply(house, "0.5")).draft.asking is Question.TYPE
    assert await choose(house, question, "25%") is None


@pytest.mark.parametrize("typed", ["9" * 18 + " USDT", "$999999999m", "0.00000000000000000001 ETH", "0." + "9" * 38])
async def test_huge_and_tiny_answers_become_no_order(house: House, account: Account, typed: str) -> None:
    await say(house, "ETH")
    try:
        kind = asked(await reply(house, typed))
        end = asked(await choose(house, kind, "At the market"))
    except InputError:
        assert await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at) is not None
    else:
        assert end.draft.asking is None and end.problem
    assert await house.storage.tickets.pending() == () and house.exchange.changes == 0


async def test_an_amount_of_a_counter_currency_alone_asks_for_the_market(house: House, account: Account) -> None:
    house.exchange.listed.pop()  # without USDT/USD, USDT is only what others are priced in
    question = asked(await say(house, "601 USDT"))
    assert question.draft.asking is Question.MARKET and question.draft.request.quantity is not None
    assert question.draft.request.quantity.kind is QuantityKind.TOTAL
    kind = asked(await choose(house, question, "BTC/USDT"))
    assert intent(await choose(house, kind, "At the market")).volume == Decimal("0.01")


async def test_offered_shares_lead_to_cards(house: House, account: Account) -> None:
    for side in Side:
        offered = labels(asked(await say(house, "BTC", side)))
        assert offered[-1].startswith("Max") and len(set(offered)) == len(offered)
        for share in offered:
            quantity = asked(await say(house, "BTC", side))
            kind = asked(await choose(house, quantity, share))
            assert isinstance(await choose(house, kind, "At the market"), Ticket)


async def test_offered_prices_lead_to_cards(house: House, account: Account) -> None:
    for side in Side:
        presets = labels(asked(await say(house, "0.01 BTC limit", side)))
        assert len(presets) == 6
        for label in presets:
            assert isinstance(await choose(house, asked(await say(house, "0.01 BTC limit", side)), label), Ticket)


async def test_somebody_with_too_little_is_offered_no_share(house: House) -> None:
    await house.link(USDT="4")
    assert asked(await say(house, "BTC")).draft.choices == ()


async def test_markets_used_come_first_then_starred_ones_then_lively_ones(house: House, account: Account) -> None:
    await house.storage.favourites.toggle(CHAT, "USDTUSD", now=house.clock.at)
    house.exchange.tickers_now[ETH.code] = replace(house.exchange.tickers_now[ETH.code], volume=Decimal(10**9))
    assert labels(asked(await say(house, ""))) == ["USDT/USD", "ETH/USDT", "BTC/USDT"]
    await house.tap(await house.order_card(account))
    assert labels(asked(await say(house, ""))) == ["BTC/USDT", "USDT/USD", "ETH/USDT"]


# ---- questions that are over, and other people's


async def test_a_choice_is_taken_from_its_owner_in_its_chat_only(house: House, account: Account) -> None:
    question = asked(await say(house, "BTC"))
    number = len(question.draft.choices)
    for at, person, chat in ((0, BORIS, CHAT), (0, ANNA, ELSEWHERE), (number, ANNA, CHAT), (-1, ANNA, CHAT)):
        assert await house.trading.choose(dialogue(question), at, person=person, chat=chat) is None
    assert await house.trading.choose(dialogue(question), 0, person=ANNA, chat=CHAT) is not None


async def test_a_new_question_replaces_the_old_one(house: House, account: Account) -> None:
    old = asked(await say(house, "BTC"))
    await say(house, "ETH")
    assert await choose(house, old, "25%") is None


async def test_a_question_waits_a_quarter_of_an_hour(house: House, account: Account) -> None:
    question = asked(await say(house, "BTC"))
    house.clock.pass_(timedelta(minutes=15).total_seconds())
    assert await choose(house, question, "25%") is None


async def test_a_question_survives_a_restart_word_for_word(house: House, account: Account) -> None:
    question = asked(await say(house, "0.02 BTC limit post"))
    house = house.restarted()
    order = intent(await choose(house, question, "bid"))
    assert (order.volume, order.price, order.post_only) == (Decimal("0.02"), Decimal(60_000), True)


async def test_a_question_knows_its_message(house: House, account: Account) -> None:
    question = asked(await say(house, "BTC"))
    await house.questions.shown(question.dialogue, MessageId(77))
    opened = await house.storage.dialogues.open_in(CHAT, person=ANNA, now=house.clock.at)
    assert opened is not None and opened.message == 77 and isinstance(opened.draft, OrderDraft)


# ---- once more


async def test_an_order_is_repeated_as_it_was_with_todays_terms(house: House, account: Account) -> None:
    card = await say(house, "0.01 BTC")
    assert isinstance(card, Ticket) and isinstance(card.terms, OrderTerms)
    house.exchange.books.clear()
    house.exchange.tickers_now[BTC.code] = replace(house.exchange.tickers_now[BTC.code], ask=Decimal(61_000))
    again = await house.trading.again(card)
    assert isinstance(again, Ticket) and isinstance(again.terms, OrderTerms)
    assert again.id != card.id and again.client_id != card.client_id and intent(again) == intent(card)
    assert again.terms.expected_price == Decimal(61_000)


async def test_a_cancellation_is_not_repeated(house: House, account: Account) -> None:
    with pytest.raises(InputError):
        await house.trading.again(await house.cancel_card(account))


# ---- limits


async def limit(house: House, text: str) -> None:
    assert isinstance(await house.limits.say(text, person=ANNA, chat=CHAT), LimitSet)


async def test_a_card_says_what_the_order_is_worth_and_what_the_day_leaves(house: House, account: Account) -> None:
    first = await say(house, "0.01 BTC @ 50000")
    assert isinstance(first, Ticket) and isinstance(first.terms, OrderTerms)
    assert (first.terms.value, first.terms.left) == (Decimal(500), Amount(Decimal(100_000), "USDT"))
    await house.tickets.attach(first.id, CARD)
    await house.tap(first)
    second = await say(house, "0.01 BTC @ 50000")
    assert isinstance(second, Ticket) and isinstance(second.terms, OrderTerms)
    assert second.terms.left == Amount(Decimal(99_500), "USDT")


async def test_a_sale_below_the_price_is_worth_what_is_given_away(house: House, account: Account) -> None:
    card = await say(house, "0.01 BTC @ 58000", Side.SELL)
    assert isinstance(card, Ticket) and isinstance(card.terms, OrderTerms)
    assert (card.terms.total, card.terms.value) == (Decimal(580), Decimal(601))


@pytest.mark.parametrize(
    ("limited", "order", "obstacle"),
    [
        ("order 499.99", "0.01 BTC @ 50000", Obstacle.ORDER_TOO_LARGE),
        ("orders 499.99", "0.01 BTC @ 50000", Obstacle.ORDERS_USED_UP),
        ("distance 1%", "0.01 BTC @ 60651", Obstacle.TOO_FAR),
    ],
)
async def test_an_order_beyond_a_limit_gets_no_card(
    house: House, account: Account, limited: str, order: str, obstacle: Obstacle
) -> None:
    assert isinstance(await say(house, order), Ticket)
    await limit(house, limited)
    with pytest.raises(Stopped) as stopped:
        await say(house, order)
    assert stopped.value.obstacle is obstacle
    assert house.exchange.changes == 0


async def test_an_order_at_the_limit_to_the_last_digit_gets_its_card(house: House, account: Account) -> None:
    await limit(house, "order 500")
    await limit(house, "orders 500")
    assert isinstance(await say(house, "0.01 BTC @ 50000"), Ticket)


async def test_an_answer_beyond_a_limit_keeps_the_question_open(house: House, account: Account) -> None:
    await limit(house, "order 500")
    await say(house, "BTC @ 50000")
    with pytest.raises(Stopped):
        await reply(house, "0.02")
    assert intent(await reply(house, "0.01")).volume == Decimal("0.01")


async def test_an_order_in_a_currency_nobody_can_value_is_refused(house: House, account: Account) -> None:
    house.exchange.listed.append(replace(ETH, code=MarketCode("ETHEUR"), counter="EUR"))
    house.exchange.tickers_now[MarketCode("ETHEUR")] = ticker(ETH, "2500", "2501", "2500")
    holder = await house.link(EUR="10000")
    with pytest.raises(Stopped) as stopped:
        await say(house, "1 ETHEUR @ 2400")
    assert (stopped.value.obstacle, stopped.value.currency) == (Obstacle.NOT_VALUED, "EUR")
    assert holder.id != account.id


async def test_a_limit_lowered_after_the_card_was_opened_stops_its_tap(house: House, account: Account) -> None:
    card = await say(house, "0.01 BTC @ 50000")
    assert isinstance(card, Ticket)
    await house.tickets.attach(card.id, CARD)
    await limit(house, "order 100")
    with pytest.raises(Stopped):
        await house.tap(card)
    assert house.exchange.changes == 0


# ---- a price that led here


async def test_the_price_that_led_here_is_offered_for_a_limit(house: House, account: Account) -> None:
    request = OrderRequest(side=Side.BUY, symbol="BTCUSDT", at_hand=Decimal(55_000))
    sizes = asked(await house.trading.advance(request, person=ANNA, chat=CHAT, guided=True))
    assert sizes.draft.asking is Question.QUANTITY and labels(sizes)[-1] == "Limit at 55,000"
    limited = asked(await choose(house, sizes, "Limit at"))
    assert limited.draft.request.price == 55_000 and "Limit at 55,000" not in labels(limited)
    order = intent(await choose(house, limited, "25%"))
    assert (order.type, order.price) == (OrderType.LIMIT, Decimal(55_000))


async def test_whoever_chose_a_size_is_offered_it_again(house: House, account: Account) -> None:
    request = OrderRequest(side=Side.SELL, symbol="BTCUSDT", at_hand=Decimal(70_000))
    sizes = asked(await house.trading.advance(request, person=ANNA, chat=CHAT, guided=True))
    kinds = asked(await choose(house, sizes, "Max"))
    assert labels(kinds) == ["At the market", "Limit at 70,000", "Limit price…"]
    assert intent(await choose(house, kinds, "Limit at")).price == 70_000
