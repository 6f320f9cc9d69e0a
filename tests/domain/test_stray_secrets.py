"""Texts that hold a secret, and texts that only look a little like it."""

import pytest

from chatbot.domain.stray_secrets import holds_secret

TOKEN = "f3a9c27d41b84e0e9d5c6a7b8f901234"


@pytest.mark.parametrize(
    "text",
    [
        f"alice {TOKEN}",
        TOKEN,
        f'"{TOKEN}"',
        f"/convert alice {TOKEN}",
        f"/trades {TOKEN}",
        "link instant alice tok-en",
        "Link  Instant alice",
        "/unlink instant alice tok-en",
        "instant alice token-9876",
        "USER_NAME alice\nTOKEN tok_demo",
        "USER_NAME: alice",
        "TOKEN\ttok_demo",
        "token=tok_demo",
    ],
)
def test_what_names_or_looks_like_a_session_or_a_key_is_a_secret(text: str) -> None:
    assert holds_secret(text, addresses=False)


@pytest.mark.parametrize(
    "text",
    [
        *("", "0.01 btc", "/convert 0.00007 BTC to USDT", "/alert BTC > 60000 1h # sell half then", "btc, eth, xrp?"),
        *("link instant", "/link instant trade please", "instant trade please", "what is a TOKEN?", "token price?"),
        *("Donaudampfschifffahrtsgesellschaft", "1234567890123456789012345678", "sell 5 TOKEN @ 25000.00"),
        "https://platform.andx.one/trade/BTCUSDT/2026",
    ],
)
def test_what_people_say_is_none(text: str) -> None:
    assert not holds_secret(text, addresses=False)


def test_where_addresses_are_asked_for_only_what_is_named_is_a_secret() -> None:
    assert not holds_secret("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", addresses=True)
    assert holds_secret(f"USER_NAME alice TOKEN {TOKEN}", addresses=True)
