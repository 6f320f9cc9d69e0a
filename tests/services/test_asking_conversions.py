"""Conversions that cannot be had as they were said: rounded, or asked anew with all that can stay."""

from decimal import Decimal

import pytest

from chatbot.domain.convert_drafts import AmountOf, ConvertQuestion, ConvertRequest
from chatbot.domain.errors import InsufficientBalance, Refused
from chatbot.domain.intents import Convert
from chatbot.domain.orders import Balances
from chatbot.domain.secrets import Session
from chatbot.domain.tickets import Ticket
from chatbot.services.conversions import AskedConversion
from chatbot.services.convert_offers import by_worth, to_buy, to_sell
from tests.fakes.clock import START
from tests.fakes.values import BTC, ETH, balance, ticker
from tests.services.converting import card, of, said
from tests.services.house import ANNA, CHAT, House

NO_MARKET = Refused(code=1300, reason="market_not_found")


async def asked(house: House, words: str) -> AskedConversion:
    question = await said(house, words)
    assert isinstance(question, AskedConversion), question
    return question


def labels(question: AskedConversion) -> list[str]:
    return [choice.label for choice in question.draft.choices]


@pytest.mark.parametrize(
    ("words", "sold", "told"),
    [
        ("0.0123456789 BTC to USDT", "0.01234567", "0.0123456789"),
        ("100.005 USDT to BTC", "100.00000000", "100.005"),
        ("100 USDT to BTC", "100.00000000", None),
        ("800.1234567891 DOGE to USDT", "800.12345678", "800.1234567891"),
    ],
)
async def test_an_amount_is_cut_to_what_its_currency_takes_and_the_card_says_so(
    house: House, session: Session, words: str, sold: str, told: str | None
) -> None:
    next(iter(house.exchange.holders.values())).totals["DOGE"] = Decimal(1_000)
    intent, terms = of(await card(house, words))
    assert Decimal(intent.sell_text) == Decimal(sold)
    assert terms.said == (None if told is None else Decimal(told))


@pytest.mark.parametrize("words", ["0.001 USDT to BTC", "0.000000001 BTC to USDT", "0.00001 DOGE to USDT"])
async def test_an_amount_of_which_nothing_is_left_offers_the_least(house: House, session: Session, words: str) -> None:
    question = await asked(house, words)
    sold = question.draft.request.sell
    assert "least" in question.problem and labels(question) == [f"Use 0.00006579 {sold}"]
    assert (question.draft.asking, question.draft.request.buy) == (ConvertQuestion.AMOUNT, words.rpartition(" ")[2])


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refused(code=1106, reason="maximum_order_amount"), "does not take this amount of BTC: too much."),
        (InsufficientBalance(code=1103, reason="balance_insufficient"), "your balance of BTC is not enough"),
    ],
)
async def test_a_refusal_of_the_amount_asks_for_the_amount_and_keeps_the_coins(
    house: House, session: Session, refusal: Refused, words: str
) -> None:
    house.instant.fail("quote", refusal)
    question = await asked(house, "0.01 BTC to USDT")
    assert words in question.problem
    assert question.draft.asking is ConvertQuestion.AMOUNT and "Max" in labels(question)
    assert question.draft.request == ConvertRequest(sell="BTC", buy="USDT")


async def test_of_two_coins_each_is_converted_by_way_of_usdt(house: House, session: Session) -> None:
    house.instant.fail("quote", NO_MARKET)
    question = await asked(house, "0.1 BTC to DOGE")
    assert question.problem.startswith("Instant Trade converts coins to USDT and back, not BTC to DOGE.")
    assert labels(question) == ["BTC to USDT"]
    ticket = await house.conversions.choose(question.dialogue.id, 0, person=ANNA, chat=CHAT)
    assert isinstance(ticket, Ticket) and isinstance(ticket.intent, Convert)
    assert (ticket.intent.sell_text, ticket.intent.buy) == ("0.10000000", "USDT")


async def test_a_coin_that_nobody_knows_is_asked_for_anew_and_the_other_one_stays(
    house: House, session: Session
) -> None:
    house.instant.fail("quote", NO_MARKET, times=2)
    sold = await asked(house, "100 ZZZ to USDT")
    assert "does not convert ZZZ to USDT" in sold.problem and labels(sold) == ["BTC"]
    assert sold.draft.request == ConvertRequest(buy="USDT")
    bought = await asked(house, "100 USDT to ZZZ")
    assert labels(bought) == ["BTC", "ETH"]
    assert bought.draft.request == ConvertRequest(sell="USDT", amount=Decimal(100))


@pytest.mark.parametrize(
    ("words", "problem", "kept"),
    [
        (
            "100 USTD to BTC",
            "I do not know USTD. Close to it: USD, USDT.",
            ConvertRequest(sell="USDT", buy="BTC", amount=Decimal(100)),
        ),
        (
            "100 USTD to USDT",
            "I do not know USTD. Close to it: USD, USDT.",
            ConvertRequest(sell="USD", buy="USDT", amount=Decimal(100)),
        ),
        (
            "100 USDT to BCT",
            "I do not know BCT. Close to it: BTC.",
            ConvertRequest(sell="USDT", buy="BTC", amount=Decimal(100)),
        ),
        (
            "1 BTC to EHT",
            "I do not know EHT. Close to it: ETH.",
            ConvertRequest(sell="BTC", buy="USDT", amount=Decimal(1)),
        ),
    ],
)
async def test_a_slip_of_the_finger_is_told_with_the_codes_close_to_it_and_the_rest_stays(
    house: House, session: Session, words: str, problem: str, kept: ConvertRequest
) -> None:
    house.instant.fail("quote", NO_MARKET, times=2)
    question = await asked(house, words)
    assert question.problem == problem
    assert [choice.request for choice in question.draft.choices] == [kept]


def test_what_is_held_is_offered_by_its_worth_and_usdt_is_always_among_it() -> None:
    held = {"AAA": "5", "BTC": "1", "ETH": "1", "USDT": "0.01"} | dict.fromkeys(("BBB", "CCC", "DDD", "EEE"), "2")
    balances = Balances(by_currency={code: balance(code, amount) for code, amount in held.items()}, at=START)
    tickers = {BTC.code: ticker(), ETH.code: ticker(ETH, last="2500")}
    ordered = by_worth(balances, markets=(ETH, BTC), tickers=tickers)
    assert ordered == ["BTC", "ETH", "USDT", "AAA", "BBB", "CCC", "DDD", "EEE"]
    assert to_sell("BTC", ordered) == ["ETH", "USDT", "AAA", "BBB", "CCC", "DDD"]
    assert to_sell(None, (*"ABCDEFG", "USDT")) == [*"ABCDE", "USDT"]


def test_only_what_instant_trade_gives_is_offered_for_a_coin() -> None:
    assert to_buy("ETH", ["BTC", "USDT", "ETH"]) == ["USDT"]
    assert to_buy("USDT", ["XRP", "USDT"]) == ["BTC", "ETH", "XRP"]


async def test_turned_round_a_card_offers_both_of_its_amounts(house: House, session: Session) -> None:
    ticket = await card(house, "7 USDT to BTC")
    question = await house.conversions.turn_card(ticket.id, person=ANNA, chat=CHAT)
    assert labels(question)[:2] == ["Give 0.00011667 BTC", "Get 7 USDT"]
    given, got = (choice.request for choice in question.draft.choices[:2])
    assert given == ConvertRequest(sell="BTC", buy="USDT", amount=of(ticket)[0].bought.value)
    assert got == ConvertRequest(sell="BTC", buy="USDT", amount=Decimal(7), of=AmountOf.BOUGHT)
