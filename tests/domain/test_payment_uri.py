from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.networks import NETWORKS
from chatbot.domain.payment_uri import payment_uri

BTC = "175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W"
ETH = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
SOL = "mvines9iiHiQTysrwkJjGf2gb9Ex9jXJX8ns3qwf2kN"
MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
XLM = "GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO"
XRP = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"


def uri(
    network: str, address: str, amount: str, *, contract: str = "", extra_id: str = "", decimals: int | None = None
) -> str:
    return payment_uri(
        network=network,
        contract=contract,
        address=address,
        amount=Decimal(amount),
        extra_id=extra_id,
        decimals=decimals,
    )


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (uri("BTC", BTC, "20.3"), f"bitcoin:{BTC}?amount=20.3"),
        (uri("BTC", BTC, "50.00"), f"bitcoin:{BTC}?amount=50"),
        (uri("BTC", "1x", "0.00000001"), "bitcoin:1x?amount=0.00000001"),
        (uri("BTC", "1x", "1E+2"), "bitcoin:1x?amount=100"),
        (uri("LTC", "ltc1x", "1"), "litecoin:ltc1x?amount=1"),
        (uri("BCH", "bitcoincash:qx", "1"), "bitcoincash:qx?amount=1"),
        (uri("BCH", "qx", "1"), "bitcoincash:qx?amount=1"),
        (uri("ZEC", "t1x", "1"), "zcash:t1x?amount=1"),
        (uri("ETH", ETH, "2.014"), f"ethereum:{ETH}@1?value=2014000000000000000"),
        (uri("BSC", ETH, "0.000000000000000001"), f"ethereum:{ETH}@56?value=1"),
        (
            uri("ETH", ETH, "500.00", contract=USDT, decimals=6),
            f"ethereum:{USDT}@1/transfer?address={ETH}&uint256=500000000",
        ),
        (
            uri("MATIC", ETH, "1", contract=USDT, decimals=6),
            f"ethereum:{USDT}@137/transfer?address={ETH}&uint256=1000000",
        ),
        (uri("SOL", SOL, "1"), f"solana:{SOL}?amount=1"),
        (uri("SOL", SOL, "0.01", contract=MINT, decimals=6), f"solana:{SOL}?amount=0.01&spl-token={MINT}"),
        (uri("SOL", SOL, "1", extra_id="a b&c"), f"solana:{SOL}?amount=1&memo=a%20b%26c"),
        (
            uri("XLM", XLM, "120.1234567", extra_id="skdjfasf"),
            f"web+stellar:pay?destination={XLM}&amount=120.1234567&memo=skdjfasf&memo_type=MEMO_TEXT",
        ),
        (uri("TON", "UQx", "0.5", extra_id="12"), "ton://transfer/UQx?amount=500000000&text=12"),
        (uri("XMR", "4x", "239.39014"), "monero:4x?tx_amount=239.39014"),
        (uri("XMR", "4x", "1", extra_id="ab" * 8), f"monero:4x?tx_amount=1&tx_payment_id={'ab' * 8}"),
        (uri("ADA", "addr1x", "1.5"), "web+cardano:addr1x?amount=1.5"),
        (uri("ALGO", "ALGOX", "150.5"), "algorand://ALGOX?amount=150500000"),
    ],
)  # fmt: skip
def test_links_follow_their_standards(made: str, expected: str) -> None:
    assert made == expected


@pytest.mark.parametrize(
    "made",
    [
        uri("XRP", XRP, "1", extra_id="7"),  # no standard
        uri("TRON", XRP, "1"),
        uri("LINEA", XRP, "1"),
        uri("", XRP, "1"),
        uri("BTC", XRP, "0.000000001"),  # a digit too many
        uri("BTC", XRP, "1", extra_id="memo"),  # which it cannot say
        uri("XLM", XRP, "1", extra_id="12345"),  # a text or a number?
        uri("XLM", XRP, "1", extra_id="ab" * 32),
        uri("XLM", XRP, "1", contract="USDC-G…"),
        uri("SOL", XRP, "1", contract="not one!"),
        uri("BTC", XRP, "0"),
        uri("BTC", XRP, "NaN"),
        uri("ETH", XRP, "1"),  # not an address of it
    ],
)
def test_what_cannot_be_said_exactly_is_left_to_the_wallet(made: str) -> None:
    assert made == XRP


@pytest.mark.parametrize("decimals", [None, 1])
def test_a_token_whose_smallest_unit_is_unknown_or_too_large_has_no_link(decimals: int | None) -> None:
    assert uri("ETH", ETH, "0.05", contract=USDT, decimals=decimals) == ETH


@pytest.mark.parametrize("network", [network.code for network in NETWORKS])
def test_practice_addresses_are_never_linked(network: str) -> None:
    assert uri(network, "PRACTICE-BTC-1f3a", "1", decimals=6) == "PRACTICE-BTC-1f3a"


def test_an_address_that_says_more_than_an_address_is_not_made_part_of_a_link() -> None:
    assert uri("BTC", "1x?amount=9&x=", "1") == "1x?amount=9&x="


_IN_UNITS = {"TON": 9, "ALGO": 6}


@given(
    network=st.sampled_from([network.code for network in NETWORKS]),
    amount=st.decimals(min_value="0.000001", max_value=10**9, places=6),
)
def test_the_amount_in_a_link_is_the_amount_to_the_last_digit(network: str, amount: Decimal) -> None:
    address = ETH if uri(network, ETH, "1").startswith("ethereum:") else "Qx"
    made = uri(network, address, str(amount))
    if made == address:
        return
    asked = parse_qs(urlsplit(made).query)
    (said,) = (asked[name][0] for name in ("amount", "value", "tx_amount") if name in asked)
    decimals = 18 if "value" in asked else _IN_UNITS.get(network, 0)
    assert Decimal(said).scaleb(-decimals) == amount
