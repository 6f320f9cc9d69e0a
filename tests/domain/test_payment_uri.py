from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.networks import NETWORKS
from chatbot.domain.payment_uri import payment_uri
from chatbot.domain.swaps import Coin

BTC = "175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W"
ETH = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
USDT = "0xdAC17F958D2ee523a2206206994597C13D831ec7"
SOL = "mvines9iiHiQTysrwkJjGf2gb9Ex9jXJX8ns3qwf2kN"
MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
XLM = "GCALNQQBXAPZ2WIRSDDBMSTAKCUH5SG6U76YBFLQLIXJTF7FE5AX7AOO"
XRP = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"


LEGACY, TRON = "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7"
SEGWIT = "qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
CASH = "qpm2qsznhks23z7629mms6s5cwef74vcwvy22gdx6a"
ZEC = "t1VmmGiyjVNeCjxDZzg7vZmd99WyzVby9yC"
TON = "EQDtFpEwcFAEcRe5mLVh2N6C0x-_hJEM7W61_JLnSF74p4q2"
XMR = "4" + "A" * 94
ADA = "addr1" + "q" * 98
ALGO = "A" * 58
OWN = {"BSC": "BNB", "ARB": "ETH", "BASE": "ETH", "OP": "ETH", "AVAXC": "AVAX", "SONIC": "S", "TRON": "TRX"}


def uri(
    network: str, address: str, amount: str, *, contract: str = "", extra_id: str = "", decimals: int | None = 18
) -> str:
    """Of the network's own coin, or of a token."""
    symbol = "USDX" if contract else OWN.get(network, network)
    code = f"{symbol}{network}" if contract or symbol == "ETH" else symbol
    coin = Coin(code=code, symbol=symbol, name=symbol, network=network, contract=contract, decimals=decimals)
    return payment_uri(coin, address=address, amount=Decimal(amount), extra_id=extra_id)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (uri("BTC", BTC, "20.3"), f"bitcoin:{BTC}?amount=20.3"),
        (uri("BTC", BTC, "50.00"), f"bitcoin:{BTC}?amount=50"),
        (uri("BTC", BTC, "0.00000001"), f"bitcoin:{BTC}?amount=0.00000001"),
        (uri("BTC", "bc1" + SEGWIT, "1E+2"), f"bitcoin:bc1{SEGWIT}?amount=100"),
        (uri("BTC", "BC1" + SEGWIT.upper(), "1"), f"bitcoin:BC1{SEGWIT.upper()}?amount=1"),
        (uri("LTC", LEGACY, "1"), f"litecoin:{LEGACY}?amount=1"),
        (uri("BCH", f"bitcoincash:{CASH}", "1"), f"bitcoincash:{CASH}?amount=1"),
        (uri("BCH", CASH, "1"), f"bitcoincash:{CASH}?amount=1"),
        (uri("ZEC", ZEC, "1"), f"zcash:{ZEC}?amount=1"),
        (uri("ETH", ETH, "2.014"), f"ethereum:{ETH}@1?value=2014000000000000000"),
        (uri("ARB", ETH, "1"), f"ethereum:{ETH}@42161?value=1000000000000000000"),
        (uri("BSC", ETH, "0.000000000000000001"), f"ethereum:{ETH}@56?value=1"),
        (
            uri("ETH", ETH, "500.00", contract=USDT, decimals=6),
            f"ethereum:{USDT}@1/transfer?address={ETH}&uint256=500000000",
        ),
        (
            uri("MATIC", ETH, "1", contract=USDT, decimals=6),
            f"ethereum:{USDT}@137/transfer?address={ETH}&uint256=1000000",
        ),
        (uri("SOL", SOL, "1", decimals=9), f"solana:{SOL}?amount=1"),
        (uri("SOL", SOL, "0.01", contract=MINT, decimals=6), f"solana:{SOL}?amount=0.01&spl-token={MINT}"),
        (uri("SOL", SOL, "1", extra_id="a b&c", decimals=9), f"solana:{SOL}?amount=1&memo=a%20b%26c"),
        (
            uri("XLM", XLM, "120.1234567", extra_id="skdjfasf"),
            f"web+stellar:pay?destination={XLM}&amount=120.1234567&memo=skdjfasf&memo_type=MEMO_TEXT",
        ),
        (uri("TON", TON, "0.5", extra_id="12"), f"ton://transfer/{TON}?amount=500000000&text=12"),
        (uri("XMR", XMR, "239.39014"), f"monero:{XMR}?tx_amount=239.39014"),
        (uri("XMR", XMR, "1", extra_id="ab" * 8), f"monero:{XMR}?tx_amount=1&tx_payment_id={'ab' * 8}"),
        (uri("ADA", ADA, "1.5"), f"web+cardano:{ADA}?amount=1.5"),
        (uri("ALGO", ALGO, "150.5"), f"algorand://{ALGO}?amount=150500000"),
    ],
)  # fmt: skip
def test_links_follow_their_standards(made: str, expected: str) -> None:
    assert made == expected


@pytest.mark.parametrize(
    ("made", "address"),
    [
        (uri("XRP", XRP, "1", extra_id="7"), XRP),  # no standard
        (uri("TRON", TRON, "1"), TRON),
        (uri("LINEA", ETH, "1"), ETH),
        (uri("", ETH, "1"), ETH),
        (uri("BTC", BTC, "0.000000001"), BTC),  # a digit too many
        (uri("BTC", BTC, "1", extra_id="memo"), BTC),  # which it cannot say
        (uri("XLM", XLM, "1", extra_id="12345"), XLM),  # a text or a number?
        (uri("XLM", XLM, "1", extra_id="ab" * 32), XLM),
        (uri("XLM", XLM, "1", contract="USDC-G…"), XLM),
        (uri("SOL", SOL, "1", contract="not one!"), SOL),
        (uri("BTC", BTC, "0"), BTC),
        (uri("BTC", BTC, "NaN"), BTC),
    ],
)
def test_what_cannot_be_said_exactly_is_left_to_the_wallet(made: str, address: str) -> None:
    assert made == address


@pytest.mark.parametrize(
    ("network", "address"),
    [("BTC", ETH), ("BTC", TRON), ("ETH", BTC), ("ETH", XLM), ("LTC", ETH), ("TON", SOL), ("XLM", ETH), ("SOL", ETH)],
)
def test_address_of_another_network_is_not_made_part_of_a_link(network: str, address: str) -> None:
    assert uri(network, address, "1") == address


@pytest.mark.parametrize(
    "coin",
    [
        {"symbol": "USDC", "code": "USDC"},  # a token whose contract the list leaves out
        {"symbol": "ETH", "code": "WETH"},
        {"symbol": "WETH", "code": "ETH"},
        {"symbol": "ETH", "code": "ETH", "is_listed": False},
        {"symbol": "ETH", "code": "ETH", "contract": USDT, "decimals": 6},
        {"symbol": "USDC", "code": "USDC", "contract": USDT, "decimals": None},
        {"symbol": "USDC", "code": "USDC", "contract": USDT, "decimals": 6, "is_listed": False},
    ],
)
def test_amount_of_a_coin_that_is_not_surely_known_is_in_no_link(coin: dict[str, Any]) -> None:
    unsure = Coin(**{"name": "", "network": "ETH"} | coin)
    assert payment_uri(unsure, address=ETH, amount=Decimal(500), extra_id="") == ETH


@pytest.mark.parametrize(("network", "address"), [("SOL", SOL), ("TON", TON), ("ADA", ADA), ("ALGO", ALGO)])
def test_nameless_token_is_never_asked_for_in_the_networks_own_coin(network: str, address: str) -> None:
    token = Coin(code=f"USDC{network}", symbol="USDC", name="", network=network, decimals=6)
    assert payment_uri(token, address=address, amount=Decimal(5), extra_id="") == address


@pytest.mark.parametrize("decimals", [None, 1])
def test_a_token_whose_smallest_unit_is_unknown_or_too_large_has_no_link(decimals: int | None) -> None:
    assert uri("ETH", ETH, "0.05", contract=USDT, decimals=decimals) == ETH


@pytest.mark.parametrize("network", [network.code for network in NETWORKS])
def test_practice_addresses_are_never_linked(network: str) -> None:
    assert uri(network, "PRACTICE-BTC-1f3a", "1", decimals=6) == "PRACTICE-BTC-1f3a"


def test_an_address_that_says_more_than_an_address_is_not_made_part_of_a_link() -> None:
    assert uri("BTC", f"{BTC}?amount=9", "1") == f"{BTC}?amount=9"


_IN_UNITS = {"TON": 9, "ALGO": 6}
_ADDRESSES = {"BTC": BTC, "LTC": LEGACY, "BCH": CASH, "ZEC": ZEC, "SOL": SOL, "XLM": XLM, "TON": TON, "XMR": XMR}


@given(
    network=st.sampled_from([*_ADDRESSES, "ADA", "ALGO", "ETH", "BSC", "POL", "BASE"]),
    amount=st.decimals(min_value="0.000001", max_value=10**9, places=6),
)
def test_the_amount_in_a_link_is_the_amount_to_the_last_digit(network: str, amount: Decimal) -> None:
    made = uri(network, {**_ADDRESSES, "ADA": ADA, "ALGO": ALGO}.get(network, ETH), str(amount))
    asked = parse_qs(urlsplit(made).query)
    (said,) = (asked[name][0] for name in ("amount", "value", "tx_amount") if name in asked)
    decimals = 18 if "value" in asked else _IN_UNITS.get(network, 0)
    assert Decimal(said).scaleb(-decimals) == amount
