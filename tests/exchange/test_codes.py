"""A code that cannot be shown, typed and told from others never gets past the adapter."""

import pytest

from chatbot.exchange.andx.words import is_code


@pytest.mark.parametrize("code", ["BTC", "BTCUSDT", "1INCH", "btc-usdt", "A_B", "X" * 20])
def test_usual_codes_are_taken(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize(
    "code", ["", "B C", "BTC.USDT", "BTC:1", "evil.com", "ВТС", "<b>", "X" * 21, "BTC\n", "\u202eBTC"]
)
def test_what_could_deceive_is_not(code: str) -> None:
    assert not is_code(code)
