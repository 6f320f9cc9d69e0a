"""Texts that hold a secret, and texts that only look a little like it."""

import pytest

from chatbot.domain.convert_text import parse_conversion
from chatbot.domain.errors import InputError
from chatbot.domain.stray_secrets import holds_secret, may_hold_secret, said_back

TOKEN = "f3a9c27d41b84e0e9d5c6a7b8f901234"
TRANSACTION = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
SOLANA = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
PUBLIC = [
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    "rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH",
    SOLANA,
    TRANSACTION,
    f"0x{TRANSACTION}",
]


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
        "TOKEN\ttok_demo_1234",
        *("alice abc%2Fdef0123456789012345678901%3D", "alice 12|abcdef0123456789012345678901"),
        *(f"alice f3a9c27d:41b84e0e:9d5c6a7b!{TOKEN}", f"{{'token':'{TRANSACTION}'}}", f"TOKEN {TRANSACTION}"),
        *(f"/balance {TRANSACTION}", f"/convert alice {TRANSACTION}"),
        "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn",
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
        *("https://platform.andx.one/trade/BTCUSDT/2026", "https://x.io/tx/abc?token=deadbeef1"),
        *("/history 2026-11-21T23:55:40+00:00", "buy 5 TOKEN market", "/price TOKEN BTC/USDT"),
        *("convert eth to get 5 TOKEN instant", "instant eth 0.01234567", "instant BTC 100.00000USDT"),
        *PUBLIC,
        f"move to {PUBLIC[0]}",
    ],
)
def test_what_people_say_is_none(text: str) -> None:
    assert not holds_secret(text, addresses=False)


def test_where_addresses_are_asked_for_only_what_is_named_is_a_secret() -> None:
    assert not holds_secret(f"solana:{SOLANA}?amount=1&spl-token={SOLANA}", addresses=True)
    assert not holds_secret(TOKEN, addresses=True)
    assert holds_secret(f"USER_NAME alice TOKEN {TOKEN}", addresses=True)


def test_of_an_address_and_of_a_key_alike_it_is_known_that_they_may_be_one() -> None:
    assert may_hold_secret(TRANSACTION) and may_hold_secret(TOKEN) and not may_hold_secret("good morning")


def test_a_word_that_may_be_a_secret_is_not_said_back() -> None:
    assert said_back("abcdefghijkl#012345678901") == "the long word" and said_back("please") == "“please”"
    with pytest.raises(InputError, match="I did not understand the long word"):
        parse_conversion("alice abcdefghijkl#012345678901")
