"""Conversions as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.convert_drafts import AmountOf, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.convert_questions import answered, turned
from chatbot.domain.convert_text import parse_conversion
from chatbot.domain.errors import AmbiguousNumber, InputError

_SOLD, _BOUGHT, _SHARE = AmountOf.SOLD, AmountOf.BOUGHT, AmountOf.SHARE


def said(sell: str | None, buy: str | None, amount: str | None = None, of: AmountOf = _SOLD) -> ConvertRequest:
    return ConvertRequest(sell=sell, buy=buy, amount=None if amount is None else Decimal(amount), of=of)


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
        ("BTC USDT 100", said("BTC", "USDT", "100", _BOUGHT)),
        ("BTC 0.5 to USDT", said("BTC", "USDT", "0.5")),
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


def test_an_answer_in_a_third_currency_is_refused() -> None:
    draft = ConvertDraft(request=said("BTC", "USDT"), asking=ConvertQuestion.AMOUNT)
    with pytest.raises(InputError, match="not in ETH"):
        answered(draft, "5 eth")
