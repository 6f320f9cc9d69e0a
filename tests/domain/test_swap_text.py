"""How people write swaps, and what is understood of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.drafts import SwapRequest
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.number_text import written_in
from chatbot.domain.preferences import NumberStyle
from chatbot.domain.swap_text import (
    coin_and_network,
    is_reference,
    parse_amount,
    parse_swap,
    spell_out_network,
    unknown_network,
)
from tests.fakes.swap_service import USDT_ETH, USDT_TRON

FORTH = SwapRequest(deposit_text="USDC", withdraw_text="BTC", amount=Decimal(500))
BACK = SwapRequest(deposit_text="USDC", withdraw_text="BTC", amount=Decimal("0.01"), gets=True)


@pytest.mark.parametrize(
    "typed",
    [
        "500 USDC to BTC",
        "500 usdc btc",
        "  500   USDC   into BTC ",
        "swap 500 USDC for BTC",
        "send 500usdc to btc",
        "500 USDC -> BTC",
        "500 USDC → BTC",
        "from 500 USDC to BTC",
        "USDC 500 to BTC",
        "$500 USDC to BTC",
        "0.5k USDC to BTC",
        "500,00 USDC to BTC",
        "get BTC from 500 USDC",
    ],
)
def test_an_amount_to_send(typed: str) -> None:
    assert parse_swap(typed) == FORTH


@pytest.mark.parametrize(
    "typed",
    [
        "USDC to 0.01 BTC",
        "USDC 0.01 BTC",
        "USDC to get 0.01 BTC",
        "0.01 BTC from USDC",
        "0,01 btc with usdc",
        "to get 0.01 BTC from USDC",
        "to 0.01 BTC from USDC",
        "get 0.01BTC using USDC",
        "buy .01 btc for usdc",
    ],
)
def test_an_amount_to_receive(typed: str) -> None:
    assert parse_swap(typed) == BACK


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("", SwapRequest()),
        ("USDC", SwapRequest(deposit_text="USDC")),
        ("500", SwapRequest(amount=Decimal(500))),
        ("500 to BTC", SwapRequest(withdraw_text="BTC", amount=Decimal(500))),
        ("to BTC", SwapRequest(withdraw_text="BTC")),
        ("get 0.01 btc", SwapRequest(withdraw_text="BTC", amount=Decimal("0.01"), gets=True)),
        ("usdt to usdt on tron", SwapRequest(deposit_text="USDT", withdraw_text="USDT@tron")),
        ("5 1INCH to BTC", SwapRequest(deposit_text="1INCH", withdraw_text="BTC", amount=Decimal(5))),
        ("1.5ksm to btc", SwapRequest(deposit_text="KSM", withdraw_text="BTC", amount=Decimal("1.5"))),
        ("usd coin to bitcoin cash", SwapRequest(deposit_text="USD COIN", withdraw_text="BITCOIN CASH")),
    ],
)
def test_as_complete_as_the_line_was(typed: str, request_: SwapRequest) -> None:
    assert parse_swap(typed) == request_


@pytest.mark.parametrize(
    ("typed", "name", "network"),
    [
        ("usdt on tron", "USDT", "TRON"),
        ("USDT (TRC20)", "USDT", "TRON"),
        ("USDT(on Tron)", "USDT", "TRON"),
        ("usdt@tron", "USDT", "TRON"),
        ("usdt @ TRC20", "USDT", "TRON"),
        ("USDT-TRC20", "USDT", "TRON"),
        ("usdt erc-20", "USDT", "ETH"),
        ("USDC on the Arbitrum network", "USDC", "ARB"),
        ("usdt on binance smart chain", "USDT", "BSC"),
        ("USDTERC", "USDTERC", ""),
    ],
)
def test_a_network_can_be_named_in_many_ways(typed: str, name: str, network: str) -> None:
    for line in (f"500 {typed} to btc", f"500 {typed} btc", f"btc to {typed}"):
        request = parse_swap(line)
        said = request.deposit_text if line.endswith("btc") else request.withdraw_text
        assert coin_and_network(said or "") == (name, network)
        assert "BTC" in (request.deposit_text, request.withdraw_text)


def test_a_network_that_is_not_known_is_said_so() -> None:
    request = parse_swap("500 usdt on foonet to btc")
    assert coin_and_network(request.deposit_text or "") == ("USDT", None)
    said = unknown_network(request.deposit_text or "", (USDT_ETH, USDT_TRON))
    assert said == "I know no network called “foonet”. USDT is swapped on Ethereum, Tron."


@pytest.mark.parametrize(
    ("behind", "receiver", "refund"),
    [
        (" rN7n7Otq 12345", "rN7n7Otq 12345", None),
        ("\nrN7n7Otq\ndestination tag 12345", "rN7n7Otq\ndestination tag 12345", None),
        (" UQb1 comment: a (b) on c @ 1 > 234", "UQb1 comment: a (b) on c @ 1 > 234", None),
        (" 0.0.12345", "0.0.12345", None),
        (" rN7n 1001 refund T9yD 7", "rN7n 1001", "T9yD 7"),
        (" rN7n, refund address: T9yD", "rN7n,", "T9yD"),
        (" rN7n no refund", "rN7n no", None),
    ],
)
def test_what_stands_behind_the_coins_is_kept_to_the_last_character(
    behind: str, receiver: str, refund: str | None
) -> None:
    for line in ("500 USDC to XRP", "500 usdc xrp"):
        request = parse_swap(line + behind)
        assert (request.receiver_text, request.refund_text) == (receiver, refund)


@pytest.mark.parametrize("typed", ["500 usdc->btc", "500 usdc/btc", "usdc 500=>btc", "500 usdc > btc"])
def test_arrows_and_slashes_stand_between_coins(typed: str) -> None:
    assert parse_swap(typed) == FORTH


@pytest.mark.parametrize("typed", ["i want 0.01 btc for usdc", "I'd like to get 0.01 BTC from USDC"])
def test_a_wish_is_for_what_is_got(typed: str) -> None:
    assert parse_swap(typed) == BACK


def test_a_standard_may_stand_before_its_coin() -> None:
    request = parse_swap("500 trc20 usdt to btc")
    assert (request.deposit_text, request.withdraw_text) == ("USDT@trc20", "BTC")


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ABCDEF", True),
        ("123456", True),
        ("500K", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("a b", False),
        ("", False),
    ],
)
def test_references_have_one_form(text: str, fits: bool) -> None:
    assert is_reference(text) is fits


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("500 USDC to 0.01 BTC", "Say one amount"),
        ("all BTC to USDC", "holds no balance"),
        ("50% BTC to USDC", "holds no balance"),
        ("-5 BTC to USDC", "“-5” is not a number"),
        ("1e5 BTC to USDC", "“1e5” is not a number"),
        ("0 BTC to USDC", "more than zero"),
        ("$100 BTC to USDC", "Dollars go with a coin"),
        ("$100 to BTC", "Dollars go with a coin"),
        ("500 ??? BTC", "I understood “500”, but not “\\?\\?\\? BTC”"),
        ("get 0.01 BTC from ???", "I understood “get 0.01 BTC from”, but not"),
        ("<b>", "I did not understand"),
        ("x" * 601, "too long"),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        parse_swap(typed)


@pytest.mark.parametrize(
    ("style", "typed", "meanings"),
    [
        (NumberStyle.COMMA, "1,234 usdc to btc", ("1234", "1.234")),
        (NumberStyle.POINT, "1.234 usdc to btc", ("1234", "1.2340")),
    ],
)
def test_an_amount_that_can_mean_two_numbers_is_not_guessed(
    style: NumberStyle, typed: str, meanings: tuple[str, ...]
) -> None:
    with written_in(style), pytest.raises(AmbiguousNumber) as caught:
        parse_swap(typed)
    assert caught.value.meanings == meanings


def test_thousands_may_be_set_apart_by_whoever_does_that() -> None:
    assert parse_swap("1 234.5 usdc to btc").amount == Decimal("1234.5")
    with written_in(NumberStyle.SPACE):
        assert parse_swap("1 234.5 usdc to btc").amount == Decimal("1234.5")


@pytest.mark.parametrize(
    ("typed", "amount", "coin", "gets"),
    [
        ("500", "500", None, False),
        ("500 usdc", "500", "USDC", False),
        ("get 0.01", "0.01", None, True),
        ("0.01BTC", "0.01", "BTC", False),
    ],
)
def test_an_amount_as_an_answer(typed: str, amount: str, coin: str | None, gets: bool) -> None:
    part, said_gets = parse_amount(typed)
    assert (part.amount, part.coin, said_gets) == (Decimal(amount), coin, gets)


@pytest.mark.parametrize("typed", ["", "usdc", "500 usdc to btc", "five"])
def test_what_is_no_amount_is_asked_for_again(typed: str) -> None:
    with pytest.raises(InputError, match="How much"):
        parse_amount(typed)


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [("usdt tron", "usdt on tron"), ("500 eth", "500 eth"), ("to btc", "to btc"), ("btc usdc", "btc usdc")],
)
def test_where_one_coin_is_asked_for_a_networks_name_behind_it_is_no_coin(typed: str, spelled: str) -> None:
    assert spell_out_network(typed) == spelled


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_request_or_a_sentence(text: str) -> None:
    try:
        request = parse_swap(text)
    except InputError as error:
        assert error.sentence
    else:
        assert request.amount is None or request.amount > 0


@given(
    st.decimals(min_value="0.000001", max_value=10**9, places=6),
    st.sampled_from(["USDC", "USDT on tron", "eth"]),
    st.sampled_from(["BTC", "XRP", "usdt (erc20)"]),
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=22, max_size=90),
    st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=30),
)
def test_all_parts_of_a_whole_line_are_found(
    amount: Decimal, deposit: str, withdraw: str, address: str, memo: str
) -> None:
    request = parse_swap(f"{amount:f} {deposit} to {withdraw} {address} memo {memo}")
    assert (request.amount, request.gets) == (amount, False)
    assert request.receiver_text == f"{address} memo {memo}".strip()
    assert (request.deposit_text or "").startswith(deposit.split(maxsplit=1)[0].upper())
    assert (request.withdraw_text or "").startswith(withdraw.split(maxsplit=1)[0].upper())
