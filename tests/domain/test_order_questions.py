"""What a typed answer to a question means, and what a number that can be read in two ways is asked back as."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.drafts import OrderDraft, OrderRequest, Quantity, QuantityKind, Question
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.order_questions import answered, ask_meaning, ask_quantity
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import OrderType, Side
from tests.fakes.values import ETH, TETHER, balance, situation

VOLUME, TOTAL, PERCENT = QuantityKind.VOLUME, QuantityKind.TOTAL, QuantityKind.PERCENT
ETHER = OrderRequest(side=Side.BUY, symbol="ETHUSDT")
HOW_MUCH = OrderDraft(request=ETHER, asking=Question.QUANTITY)


def quantity(kind: QuantityKind, value: str) -> Quantity:
    return Quantity(kind=kind, value=Decimal(value))


# ---- answers to "how much?"


@pytest.mark.parametrize(
    ("typed", "meant", "currency"),
    [
        ("0.5", quantity(VOLUME, "0.5"), None),
        ("0.5 ETH", quantity(VOLUME, "0.5"), None),
        ("0.5eth", quantity(VOLUME, "0.5"), None),
        ("0.5 ETH/USDT", quantity(VOLUME, "0.5"), None),
        ("0.5 ethereum", quantity(VOLUME, "0.5"), None),
        ("100 USDT", quantity(TOTAL, "100"), "USDT"),
        ("100 usdt", quantity(TOTAL, "100"), "USDT"),
        ("$100", quantity(TOTAL, "100"), None),
        ("$100 ETH", quantity(TOTAL, "100"), None),
        ("$100 USDT", quantity(TOTAL, "100"), "USDT"),
        ("25%", quantity(PERCENT, "25"), None),
        ("50 % ETH", quantity(PERCENT, "50"), None),
        ("25% USDT", quantity(PERCENT, "25"), "USDT"),
        ("all ETH", quantity(PERCENT, "100"), None),
        ("0.02 BTC", quantity(TOTAL, "0.02"), "BTC"),
        ("25% BTC", quantity(PERCENT, "25"), "BTC"),
    ],
)
def test_a_currency_beside_an_amount_is_the_amounts_and_never_changes_the_market(
    typed: str, meant: Quantity, currency: str | None
) -> None:
    request = answered(HOW_MUCH, typed, market=ETH)
    assert request == replace(ETHER, quantity=meant, total_currency=currency)


def test_the_counter_currency_counts_as_such_though_it_is_called_like_the_base() -> None:
    confused = replace(ETH, base_name="USDT")
    assert answered(HOW_MUCH, "100 USDT", market=confused).quantity == quantity(TOTAL, "100")
    tether = OrderDraft(request=OrderRequest(side=Side.BUY, symbol="USDTUSD"), asking=Question.QUANTITY)
    assert answered(tether, "100 USDT", market=TETHER).quantity == quantity(VOLUME, "100")
    assert answered(tether, "100 USD", market=TETHER).total_currency == "USD"


def test_a_price_may_follow_the_amount() -> None:
    request = answered(HOW_MUCH, "100 USDT @ 2400 post", market=ETH)
    assert (request.symbol, request.total_currency) == ("ETHUSDT", "USDT")
    assert (request.type, request.price, request.post_only) == (OrderType.LIMIT, Decimal(2400), True)


def test_a_whole_order_in_another_market_is_that_order() -> None:
    request = answered(HOW_MUCH, "100 USDT of BTC", market=ETH)
    assert (request.symbol, request.quantity, request.total_currency) == ("BTC", quantity(TOTAL, "100"), "USDT")


@pytest.mark.parametrize(
    "typed", ["ETH", "USDT", "", "1,500 USDT", "-5 USDT", "1e9 USDT", "9" * 19 + " USDT", "9" * 201]
)
def test_what_names_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        answered(HOW_MUCH, typed, market=ETH)


@given(st.text(max_size=60))
def test_no_answer_to_how_much_changes_the_market_unless_it_is_a_whole_order(typed: str) -> None:
    try:
        request = answered(HOW_MUCH, typed, market=ETH)
    except InputError:
        return
    assert request.symbol == "ETHUSDT" or " of " in f" {typed.lower()} "


# ---- answers where only buttons are asked for


def test_an_order_that_was_unfit_is_replaced_as_a_whole_or_not_at_all() -> None:
    said = parse_order("0.18 BTC @ 60000 post", side=Side.BUY)
    unfit = OrderDraft(request=said, asking=None)
    assert answered(unfit, "0.1 ETH", market=None) == parse_order("0.1 ETH", side=Side.BUY)
    for fragment in ("0.1", "25%", "market", ""):
        with pytest.raises(InputError) as caught:
            answered(unfit, fragment, market=None)
        assert caught.value.sentence == "Please tap a button, or send the whole order again."


# ---- numbers with two readings


def meanings(line: str, side: Side = Side.BUY) -> OrderDraft:
    with pytest.raises(AmbiguousNumber) as caught:
        parse_order(line, side=side)
    return ask_meaning(line, caught.value, side=side)


@pytest.mark.parametrize(
    ("line", "readings"),
    [
        ("0.01 BTC @ 60,000", ("0.01 BTC @ 60000", "0.01 BTC @ 60")),
        ("0.01 BTC @60,000 post", ("0.01 BTC @ 60000 post", "0.01 BTC @ 60 post")),
        ("1,500 USDT of BTC", ("1500 USDT of BTC", "1.500 USDT of BTC")),
        ("$1,500 of BTC", ("$1500 of BTC", "$1.500 of BTC")),
        ("1,500BTC", ("1500 BTC", "1.500 BTC")),
        ("1,500k BTC", ("1500k BTC", "1.500k BTC")),
        ("1,500", ("1500", "1.500")),
        ("60,000 USDT of BTC @ 1,060,000", ("60000 USDT of BTC @ 1060000", "60 USDT of BTC @ 1060000")),
        ("1,060,000 USDT of BTC @ 60,000", ("1060000 USDT of BTC @ 60000", "1060000 USDT of BTC @ 60")),
        ("60,000.5 USDT of BTC @ 60,000", ("60000.5 USDT of BTC @ 60000", "60000.5 USDT of BTC @ 60")),
        ("60,000 USDT of BTC @ 60,000.5", ("60000 USDT of BTC @ 60000.5", "60 USDT of BTC @ 60000.5")),
    ],
)
def test_an_ambiguous_number_is_offered_in_both_readings_and_nothing_else_is_read_anew(
    line: str, readings: tuple[str, str]
) -> None:
    draft = meanings(line)
    assert tuple(choice.request for choice in draft.choices) == tuple(
        parse_order(reading, side=Side.BUY) for reading in readings
    )
    assert draft.asking is None and (draft.request.quantity, draft.request.price) == (None, None)


def test_the_two_readings_are_written_on_the_buttons() -> None:
    assert [choice.label for choice in meanings("0.01 BTC @ 60,000").choices] == ["60 thousand: 60000", "60"]
    assert [choice.label for choice in meanings("1,500 BTC").choices] == ["1 thousand 500: 1500", "1 point 5: 1.5"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("60,000 USDT of BTC @ 160,000", "“160,000” can mean 160000 or 160"),
        ("1,500 BTC @ 1,500", "“1,500” can mean 1500 or 1.500"),
        ("1,500 BTC soon", "but not “soon”"),
        ("1,500% BTC", "at most 100%"),
    ],
)
def test_a_line_with_something_else_wrong_is_complained_about(line: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        meanings(line)


line_words = st.sampled_from(
    ["1,500", "60,000", "$60,000", "160,000", "@", "of", "BTC", "USDT", "50 %", "k", "post", "<b>"]
)


@given(st.lists(st.one_of(line_words, st.text(max_size=4)), max_size=7).map(" ".join))
def test_any_ambiguous_line_is_two_orders_or_an_input_error(line: str) -> None:
    try:
        parse_order(line, side=Side.BUY)
    except AmbiguousNumber as error:
        try:
            draft = ask_meaning(line, error, side=Side.BUY)
        except InputError:
            return
        first, second = (choice.request for choice in draft.choices)
        assert first != second
        assert replace(first, quantity=None, price=None) == replace(second, quantity=None, price=None)
    except InputError:
        return


# ---- shares on buttons


@pytest.mark.parametrize(
    ("available", "labels"),
    [
        ("0.16638935", ["25% · 0.041597 BTC", "50% · 0.083194 BTC", "75% · 0.12479 BTC", "Max · 0.16638 BTC"]),
        ("12.3456789", ["25% · 3.0864 BTC", "50% · 6.1728 BTC", "75% · 9.2592 BTC", "Max · 12.345 BTC"]),
        ("1234567.12345678", ["25% · 308,641 BTC", "50% · 617,283 BTC", "75% · 925,925 BTC", "Max · 1,234,567 BTC"]),
        ("1000", ["25% · 250 BTC", "50% · 500 BTC", "75% · 750 BTC", "Max · 1,000 BTC"]),
    ],
)
def test_share_buttons_show_five_digits_and_never_more_than_there_is(available: str, labels: list[str]) -> None:
    request = OrderRequest(side=Side.SELL, symbol="BTCUSDT", price=Decimal(60_000))
    here = situation(base=balance("BTC", available))
    here = replace(here, market=replace(here.market, maximum=Decimal(10) ** 15))
    draft = ask_quantity(request, here)
    assert [choice.label for choice in draft.choices] == labels
    # The label is short; what is chosen is the whole share.
    assert [choice.request.quantity for choice in draft.choices] == [
        quantity(PERCENT, percent) for percent in ("25", "50", "75", "100")
    ]
