"""Conversions as people write them."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.convert_drafts import AmountOf, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.convert_questions import answered, ask_coin, ask_meaning, ask_which, turned
from chatbot.domain.convert_text import ConversionUnclear, parse_conversion
from chatbot.domain.errors import AmbiguousNumber, InputError

_SOLD, _BOUGHT, _SHARE = AmountOf.SOLD, AmountOf.BOUGHT, AmountOf.SHARE


def said(sell: str | None, buy: str | None, amount: str | None = None, of: AmountOf = _SOLD) -> ConvertRequest:
    return ConvertRequest(sell=sell, buy=buy, amount=None if amount is None else Decimal(amount), of=of)


def labels(draft: ConvertDraft) -> list[str]:
    return [choice.label for choice in draft.choices]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", said(None, None)),
        ("0.00007 BTC to USDT", said("BTC", "USDT", "0.00007")),
        ("0,5 eth usdt", said("ETH", "USDT", "0.5")),
        ("100USDT→BTC", said("USDT", "BTC", "100")),
        ("1.5k doge -> usdt", said("DOGE", "USDT", "1500")),
        ("$100 usdt to btc", said("USDT", "BTC", "100")),
        ("BTC to 100 USDT", said("BTC", "USDT", "100", _BOUGHT)),
        ("BTC to get 100 USDT", said("BTC", "USDT", "100", _BOUGHT)),
        ("to get 100 USDT", said(None, "USDT", "100", _BOUGHT)),
        ("to get 100 USDT from BTC", said("BTC", "USDT", "100", _BOUGHT)),
        ("BTC get USDT 100", said("BTC", "USDT", "100", _BOUGHT)),
        ("BTC USDT $100", said("BTC", "USDT", "100", _BOUGHT)),
        ("BTC 0.5 to USDT", said("BTC", "USDT", "0.5")),
        ("get 0.01 btc for usdt", said("USDT", "BTC", "0.01", _BOUGHT)),
        ("pay 100 usdt get btc", said("USDT", "BTC", "100")),
        ("100 usdt from btc", said("BTC", "USDT", "100", _BOUGHT)),
        ("buy 100 usdt worth of btc", said("USDT", "BTC", "100")),
        ("sell 100 usdt worth of btc", said("BTC", "USDT", "100", _BOUGHT)),
        ("1 000 000 usdt to btc please", said("USDT", "BTC", "1000000")),
        ("half of my btc to eth", said("BTC", "ETH", "50", _SHARE)),
        ("half a btc to eth", said("BTC", "ETH", "0.5")),
        ("25% of my ETH to USDT", said("ETH", "USDT", "25", _SHARE)),
        ("all BTC/USDT", said("BTC", "USDT", "100", _SHARE)),
        ("max 1INCH to usdt", said("1INCH", "USDT", "100", _SHARE)),
        ("5 1INCH to usdt", said("1INCH", "USDT", "5")),
        ("BTC", said("BTC", None)),
    ],
)
def test_a_line_means_what_it_says(typed: str, meant: ConvertRequest) -> None:
    assert parse_conversion(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "0 BTC to USDT",
        "-1 BTC to USDT",
        "1e5 BTC to USDT",
        "NaN BTC to USDT",
        "1 BTC to 2 USDT",
        "1 BTC to BTC",
        "BTC to 25% USDT",
        "1 BTC to USDT now!",
        "1 2 BTC to USDT",
        "BTC USDT ETH",
        "$5 BTC to USDT",
        "x" * 300,
    ],
)
def test_what_is_not_clear_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(InputError):
        parse_conversion(typed)


@pytest.mark.parametrize(
    ("typed", "question", "readings"),
    [
        ("btc to usdt 0.01", "0.01 BTC out, or 0.01 USDT in?", ["Give 0.01 BTC for USDT", "Get 0.01 USDT for BTC"]),
        ("btc usdt 0.01", "0.01 BTC out, or 0.01 USDT in?", ["Give 0.01 BTC for USDT", "Get 0.01 USDT for BTC"]),
        ("btc 0.005 usdt", "0.005 BTC out, or 0.005 USDT in?", ["Give 0.005 BTC for USDT", "Get 0.005 USDT for BTC"]),
        ("usdt→btc 100", "100 USDT out, or 100 BTC in?", ["Give 100 USDT for BTC", "Get 100 BTC for USDT"]),
        ("100 usdt worth of btc", "100 USDT out, or 100 USDT in?", ["Give 100 USDT for BTC", "Get 100 USDT for BTC"]),
        ("half btc to eth", "Half of what you have, or half a coin?", ["Give 50% of BTC", "Give 0.5 BTC for ETH"]),
    ],
)
def test_what_may_be_given_or_got_is_asked_back(typed: str, question: str, readings: list[str]) -> None:
    with pytest.raises(ConversionUnclear, match=re.escape(question)) as asked:
        parse_conversion(typed)
    assert labels(ask_which(asked.value)) == readings


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("5,000 USDT to BTC", ["5 thousand: 5000", "5"]),
        ("1,234 USDT to BTC", ["1 thousand 234: 1234", "1 point 234: 1.234"]),
        (
            "btc usdt 5,000",
            ["BTC out · 5 thousand: 5000", "USDT in · 5 thousand: 5000", "BTC out · 5", "USDT in · 5"],
        ),
    ],
)
def test_no_button_of_a_number_with_two_meanings_has_two_itself(typed: str, readings: list[str]) -> None:
    with pytest.raises(AmbiguousNumber) as asked:
        parse_conversion(typed)
    assert labels(ask_meaning(parse_conversion, typed, asked.value)) == readings


@pytest.mark.parametrize(("typed", "stray"), [("hello 1 btc to usdt", "HELLO"), ("1 btc to usdt now", "NOW")])
def test_a_complaint_names_the_word_that_was_not_understood(typed: str, stray: str) -> None:
    with pytest.raises(InputError, match=f"“{stray}”"):
        parse_conversion(typed, is_known=("BTC", "USDT").__contains__)


def test_an_amount_that_can_be_two_numbers_is_not_guessed() -> None:
    with pytest.raises(AmbiguousNumber):
        parse_conversion("60,000 USDT to BTC")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_or_refused(typed: str) -> None:
    try:
        request = parse_conversion(typed)
    except InputError:
        return
    assert request.amount is None or request.amount > 0


def test_turned_round_an_amount_stays_with_its_currency() -> None:
    assert turned(said("BTC", "USDT", "0.1")) == said("USDT", "BTC", "0.1", _BOUGHT)
    assert turned(said("BTC", "USDT", "100", _BOUGHT)) == said("USDT", "BTC", "100")
    assert turned(said("BTC", "USDT", "25", _SHARE)) == said("USDT", "BTC")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0.1", said("BTC", "USDT", "0.1")),
        ("100 usdt", said("BTC", "USDT", "100", _BOUGHT)),
        ("0.1 btc", said("BTC", "USDT", "0.1")),
        ("50%", said("BTC", "USDT", "50", _SHARE)),
        ("1 eth to usdt", said("ETH", "USDT", "1")),
    ],
)
def test_an_answer_may_name_either_side(typed: str, meant: ConvertRequest) -> None:
    draft = ConvertDraft(request=said("BTC", "USDT"), asking=ConvertQuestion.AMOUNT)
    assert answered(draft, typed) == meant


@pytest.mark.parametrize("typed", ["get 0.01 btc", "receive 0.01 btc", "buy 0.01 btc"])
def test_an_amount_to_be_got_of_what_is_sold_is_asked_back_and_never_turned_round(typed: str) -> None:
    draft = ConvertDraft(request=said("BTC", "USDT"), asking=ConvertQuestion.AMOUNT)
    with pytest.raises(ConversionUnclear) as asked:
        answered(draft, typed)
    assert [(each.label, each.request) for each in ask_which(asked.value).choices] == [
        ("Give 0.01 BTC for USDT", said("BTC", "USDT", "0.01")),
        ("Get 0.01 BTC for USDT", said("USDT", "BTC", "0.01", _BOUGHT)),
    ]


def test_an_amount_to_be_given_of_what_is_bought_is_asked_back() -> None:
    draft = ConvertDraft(request=said("BTC", "USDT"), asking=ConvertQuestion.AMOUNT)
    with pytest.raises(ConversionUnclear) as asked:
        answered(draft, "with 100 usdt")
    assert labels(ask_which(asked.value)) == ["Get 100 USDT for BTC", "Give 100 USDT for BTC"]


@pytest.mark.parametrize(
    ("asking", "known", "typed", "meant"),
    [
        (ConvertQuestion.BUY, said("BTC", None), "100 usdt", said("BTC", "USDT", "100", _BOUGHT)),
        (ConvertQuestion.BUY, said("BTC", None), "0.1 btc", said("BTC", None, "0.1")),
        (ConvertQuestion.BUY, said("BTC", None, "0.1"), "usdt", said("BTC", "USDT", "0.1")),
        (ConvertQuestion.SELL, said(None, "USDT"), "500usdt", said(None, "USDT", "500", _BOUGHT)),
        (ConvertQuestion.SELL, said(None, None), "get 500 usdt", said(None, "USDT", "500", _BOUGHT)),
        (ConvertQuestion.SELL, said(None, "USDT"), "0.1 btc", said("BTC", "USDT", "0.1")),
    ],
)
def test_an_answer_for_a_coin_stays_on_the_side_of_its_currency(
    asking: ConvertQuestion, known: ConvertRequest, typed: str, meant: ConvertRequest
) -> None:
    assert answered(ConvertDraft(request=known, asking=asking), typed) == meant


def test_another_coin_does_not_keep_the_amount_of_the_one_before() -> None:
    assert ask_coin(said("ZZZ", "USDT", "100"), ConvertQuestion.SELL, ["BTC"]).choices[0].request == said("BTC", "USDT")
    assert ask_coin(said("BTC", "ZZZ", "100"), ConvertQuestion.BUY, ["ETH"]).choices[0].request == said(
        "BTC", "ETH", "100"
    )


def test_an_answer_calls_currencies_by_their_names() -> None:
    draft = ConvertDraft(request=said("BTC", "USDT"), asking=ConvertQuestion.AMOUNT)
    code_of = {"BITCOIN": "BTC"}.__getitem__
    assert answered(draft, "0.1 bitcoin", code_of=code_of) == said("BTC", "USDT", "0.1")


def test_an_answer_in_a_third_currency_is_refused() -> None:
    draft = ConvertDraft(request=said("BTC", "USDT"), asking=ConvertQuestion.AMOUNT)
    with pytest.raises(InputError, match="not in ETH"):
        answered(draft, "5 eth")
