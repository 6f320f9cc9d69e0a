from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.errors import InputError
from chatbot.domain.money import to_text
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import OrderType, Side

VOLUME, TOTAL, PERCENT = QuantityKind.VOLUME, QuantityKind.TOTAL, QuantityKind.PERCENT
LIMIT, MARKET = OrderType.LIMIT, OrderType.MARKET

amounts = st.decimals(min_value="0.00000001", max_value=10**9, places=8)
shares = st.decimals(min_value="0.01", max_value=100, places=2)
symbols = st.sampled_from(["BTC", "btcusdt", "BTC/USDT", "eth-usdt", "ETH_USDT", "1INCH", "1inch/usdt", "ANDX1"])
currencies = st.sampled_from(["USDT", "usd", "EUR"])
prices = st.one_of(st.none(), amounts)


def quantity(kind: QuantityKind, value: str) -> Quantity:
    return Quantity(kind=kind, value=Decimal(value))


def request(side: Side = Side.BUY, **said: Any) -> OrderRequest:
    return OrderRequest(side=side, **said)


BTC_001: dict[str, Any] = {"symbol": "BTC", "quantity": quantity(VOLUME, "0.01")}
AT_60K: dict[str, Any] = {**BTC_001, "price": Decimal(60000), "type": LIMIT}


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("", request()),
        ("BTC", request(symbol="BTC")),
        ("0.01", request(quantity=quantity(VOLUME, "0.01"))),
        ("0.01 BTC", request(**BTC_001)),
        ("0,01 btc", request(**BTC_001)),
        ("0.01BTC", request(**BTC_001)),
        ("0.01 BTC market", request(**BTC_001, type=MARKET)),
        ("0.01 BTC limit", request(**BTC_001, type=LIMIT)),
        ("0.01 BTC @ 60000", request(**AT_60K)),
        ("0.01 BTC @60000", request(**AT_60K)),
        ("0.01 BTC at 60k", request(**AT_60K)),
        ("0.01 BTC at $60k", request(**AT_60K)),
        ("@ 60000 0.01 BTC", request(**AT_60K)),
        ("BTC 0.01 60000", request(**AT_60K)),
        ("BTCUSDT 0.01 60000", request(**{**AT_60K, "symbol": "BTCUSDT"})),
        ("0.01 BTC/USDT 60000 post", request(**{**AT_60K, "symbol": "BTC/USDT"}, post_only=True)),
        ("0.01 BTC @ 60000 post-only", request(**AT_60K, post_only=True)),
        ("0.01 BTC post", request(**BTC_001, type=LIMIT, post_only=True)),
        ("100 USDT of BTC", request(symbol="BTC", quantity=quantity(TOTAL, "100"), total_currency="USDT")),
        ("$100 of BTC", request(symbol="BTC", quantity=quantity(TOTAL, "100"))),
        ("$100 BTC", request(symbol="BTC", quantity=quantity(TOTAL, "100"))),
        ("1INCH/USDT 5", request(symbol="1INCH/USDT", quantity=quantity(VOLUME, "5"))),
        ("25% ETH", request(symbol="ETH", quantity=quantity(PERCENT, "25"))),
        ("50 % BTC", request(symbol="BTC", quantity=quantity(PERCENT, "50"))),
        ("BTC 50  %", request(symbol="BTC", quantity=quantity(PERCENT, "50"))),
        ("12,5 % of ETH", request(symbol="ETH", quantity=quantity(PERCENT, "12.5"))),
        ("max BTC", request(symbol="BTC", quantity=quantity(PERCENT, "100"))),
        ("25% of ETH", request(symbol="ETH", quantity=quantity(PERCENT, "25"))),
        (
            "all ETH @ 2500",
            request(symbol="ETH", quantity=quantity(PERCENT, "100"), price=Decimal(2500), type=LIMIT),
        ),
    ],
)
def test_every_way_of_writing_an_order_is_understood(line: str, meant: OrderRequest) -> None:
    assert parse_order(line, side=Side.BUY) == meant


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("0.01 BTC @ 60000 soon", "I understood “sell 0.01 BTC @ 60000”, but not “soon”."),
        ("0.01 BTC @ now", "I understood “sell 0.01 BTC”, but not “now”."),
        ("0.01 BTC @ 1 @ 2", "I understood “sell 0.01 BTC @ 1”, but not “2”."),
        ("25% all BTC", "I understood “sell 25%”, but not “all”."),
        ("1 2 3 BTC", "but not “3”"),
        ("BTC ETH 1", "I understood “sell BTC”, but not “ETH”."),
        ("25% USDT of BTC", "but not “BTC”"),
        ("0.01 BTC @", "After @ comes the price"),
        ("100 of BTC", "of which currency"),
        ("0.01 BTC @ 60000 market", "A market order has no price"),
        ("0.01 BTC market post", "Post-only goes with a limit price"),
        ("0 BTC", "more than zero"),
        ("60,000 BTC", "can mean 60000 or 60"),
        ("1e5 BTC", "not a number"),
        ("nan BTC", "not a number"),
        ("0% BTC", "above 0%"),
        ("% BTC", "not a number"),
        ("BTC %", "not a number"),
        ("x" * 201, "too long"),
    ],
)
def test_a_complaint_names_what_was_understood_and_what_was_not(line: str, complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_order(line, side=Side.SELL)
    assert complaint in caught.value.sentence


order_words = st.sampled_from(
    [
        "@",
        "at",
        "of",
        "post",
        "market",
        "limit",
        "all",
        "25%",
        "%",
        "BTC",
        "btc/usdt",
        "0.01",
        "$100",
        "60,000",
        "1e5",
        "k",
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(st.one_of(order_words, st.text(max_size=5)), max_size=8).map(" ".join)))
def test_any_text_is_an_order_or_an_input_error(text: str) -> None:
    try:
        said = parse_order(text, side=Side.BUY)
    except InputError as error:
        assert error.sentence
        return
    numbers = [said.price, said.quantity.value if said.quantity else None]
    assert all(number is None or (number.is_finite() and number > 0) for number in numbers)
    assert not (said.post_only and said.type is not LIMIT)
    assert said.price is None or said.type is LIMIT


def written(amount: Decimal) -> str:
    text = to_text(amount)
    return text.rstrip("0").rstrip(".")


@given(amounts, symbols, prices, st.sampled_from(["@ ", "@", "at "]), st.booleans())
def test_a_rendered_volume_order_reads_back(
    amount: Decimal, symbol: str, price: Decimal | None, at: str, post: bool
) -> None:
    side = Side.SELL if post else Side.BUY
    words = [written(amount), symbol] + ([f"{at}{written(price)}"] if price else []) + (["post"] if post else [])
    said = parse_order(" ".join(words), side=side)
    kind = LIMIT if price or post else None
    assert said == request(
        side,
        symbol=symbol.upper(),
        quantity=Quantity(kind=VOLUME, value=amount),
        price=price,
        type=kind,
        post_only=post,
    )


@given(symbols, amounts, amounts)
def test_the_terse_form_reads_back(symbol: str, amount: Decimal, price: Decimal) -> None:
    said = parse_order(f"{symbol} {written(amount)} {written(price)}", side=Side.BUY)
    volume = Quantity(kind=VOLUME, value=amount)
    assert said == request(symbol=symbol.upper(), quantity=volume, price=price, type=LIMIT)


@given(amounts, currencies, symbols, prices)
def test_an_amount_of_the_counter_currency_reads_back(
    amount: Decimal, currency: str, symbol: str, price: Decimal | None
) -> None:
    tail = f" @ {written(price)}" if price else ""
    said = parse_order(f"{written(amount)} {currency} of {symbol}{tail}", side=Side.BUY)
    total = Quantity(kind=TOTAL, value=amount)
    assert said == request(
        symbol=symbol.upper(),
        quantity=total,
        total_currency=currency.upper(),
        price=price,
        type=LIMIT if price else None,
    )


@given(shares, symbols, prices)
def test_a_share_reads_back(share: Decimal, symbol: str, price: Decimal | None) -> None:
    tail = f" @ {written(price)}" if price else ""
    said = parse_order(f"{written(share)}% {symbol}{tail}", side=Side.SELL)
    percent = Quantity(kind=PERCENT, value=share)
    assert said == request(
        Side.SELL, symbol=symbol.upper(), quantity=percent, price=price, type=LIMIT if price else None
    )
