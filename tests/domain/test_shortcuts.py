"""What plain texts are taken for. `tests.prove.parsers` puts random ones into the same function, by the thousand."""

import pytest

from chatbot.domain.shortcuts import (
    ALONE,
    AmountUse,
    AskedPrice,
    AskedWay,
    LooseAmount,
    SpokenCommand,
    currency_named,
    understood,
    uses_of,
)
from tests.fakes.values import BTC, TETHER


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("btc?", ("btc",)),
        (" BTC ? ", ("BTC",)),
        ("btc, eth??", ("btc", "eth")),
        ("$btc?", ("btc",)),
        ("btc/usdt?", ("btc/usdt",)),
        ("1inch?", ("1inch",)),
        ("price of btc", ("btc",)),
        ("Prices btc eth", ("btc", "eth")),
        ("eth price", ("eth",)),
    ],
)
def test_a_question_mark_asks_for_prices(text: str, symbols: tuple[str, ...]) -> None:
    assert understood(text) == AskedPrice(symbols=symbols)


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("buy 0.01 btc", "buy", "0.01 btc"),
        ("Sell all ETH @ 2500", "sell", "all ETH @ 2500"),
        ("buy", "buy", ""),
        ("buy 1\u00a0000 usdt of btc", "buy", "1\u00a0000 usdt of btc"),
        ("swap 500 usdc to btc", "swap", "500 usdc to btc"),
        ("Balance", "balance", ""),
        ("trades", "trades", ""),
        ("History", "history", ""),
        ("portfolio", "portfolio", ""),
        ("buy 0.01 btc?", "buy", "0.01 btc"),
        ("convert 0.01 btc to usdt ??", "convert", "0.01 btc to usdt"),
    ],
)
def test_a_command_does_without_its_slash(text: str, name: str, args: str) -> None:
    assert understood(text) == SpokenCommand(name=name, args=args)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("0.5 ETH", "0.5", "ETH"),
        ("500usdt", "500", "usdt"),
        ("eth 0,5", "0,5", "eth"),
        ("1 000 usdt", "1000", "usdt"),
        ("5k usdt", "5k", "usdt"),
    ],
)
def test_an_amount_is_kept_as_it_was_typed_in_one_word(text: str, number: str, unit: str) -> None:
    assert understood(text) == LooseAmount(number=number, unit=unit)


@pytest.mark.parametrize("text", ["0.01 btc to usdt", "0.01 btc → usdt?", "0.01 BTC in USDT"])
def test_an_amount_of_one_to_become_another_asks_for_the_way(text: str) -> None:
    meant = understood(text.lower())
    assert meant == AskedWay(number="0.01", sell="btc", buy="usdt")


@pytest.mark.parametrize(
    "text",
    [
        *("", "?", "hello", "btc", "0.5", "123456", "123 456", "7K4QM-2XTB9", "7K4QM2XTB9"),
        *("0x52908400098527886E07", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "1e5 btc", "\u0663 btc"),
        *("buyer beware", "a\nb", "buy 1 btc\nsell 1 eth", "buy 1 btc\u202e", "balance of my account", "-5 eth"),
        "btc " * 9 + "?",
        "buy " + "x" * 600,
        "averysecretpassphrase?",
    ],
)
def test_what_may_be_anything_else_means_nothing(text: str) -> None:
    assert understood(text) is None


def test_a_currency_is_called_by_code_or_name_and_only_what_is_listed_is_one() -> None:
    listed = (BTC, TETHER)
    assert currency_named("btc", listed) == "BTC"
    assert currency_named(listed[0].base_name.lower(), listed) == "BTC"
    assert currency_named("usd", listed) == "USD"
    assert currency_named("apples", listed) is None


def test_what_things_are_priced_in_can_be_spent_and_what_is_traded_bought_and_sold() -> None:
    listed = (BTC, TETHER)
    assert uses_of("BTC", listed) == (AmountUse.BUY, AmountUse.SELL)
    assert uses_of("USD", listed) == (AmountUse.SPEND,)
    assert uses_of("USDT", listed) == (AmountUse.SPEND, AmountUse.BUY, AmountUse.SELL)


def test_no_word_that_stops_or_unlocks_anything_is_understood_alone() -> None:
    assert not {"lock", "unlock", "panic", "halt", "forget", "withdraw", "stop", "link"} & set(ALONE)
