import pytest

from chatbot.domain.errors import InputError
from chatbot.domain.networks import NETWORKS, Network, check_extra_id, needs_extra_id, network_named, network_of

CODES = (
    *("ALGO", "ATOM", "SOL", "BCH", "BTC", "DASH", "DOGE", "DOT", "EOS", "TON", "HBAR", "LTC", "XLM", "XRP", "XTZ"),
    *("ZEC", "TRON", "ADA", "BASE", "POL", "MATIC", "ETH", "AVAXC", "BSC", "ETC", "ARB", "OP", "FTM", "SONIC", "SUI"),
    *("HYPE", "HyperEvm", "FIL", "XMR"),
)
"""Those of the service (api: 3.1)."""
MEMO = {"XRP", "XLM", "TON", "ATOM", "EOS", "HBAR", "XMR"}
"""api: 9.11."""
HASH = "ab" * 32


@pytest.mark.parametrize("code", CODES)
def test_every_network_of_the_service_has_a_name(code: str) -> None:
    found = network_of(code)
    assert found in NETWORKS and found.name
    assert found.needs_extra_id is bool(found.extra_id) is (found.code in MEMO)
    assert network_named(code) == network_named(found.name) == found.code


def test_another_code_of_a_network_gives_the_same_network() -> None:
    assert network_of("MATIC") == network_of("POL") == network_of("pol")
    assert network_of("HyperEvm") == network_of("HYPE")


def test_an_unknown_code_is_its_own_name() -> None:
    assert network_of("LINEA") == Network(code="LINEA", name="LINEA")
    assert network_named("LINEA") is None and network_named("") is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("tron", "TRON"),
        ("TRC20", "TRON"),
        ("trc-20", "TRON"),
        ("ERC-20", "ETH"),
        ("bep20", "BSC"),
        ("BNB smart chain", "BSC"),
        ("polygon", "POL"),
        ("Arbitrum One", "ARB"),
        ("avalanche c-chain", "AVAXC"),
        ("ripple", "XRP"),
        ("the open network", "TON"),
    ],
)
def test_networks_answer_to_what_people_call_them(typed: str, code: str) -> None:
    assert network_named(typed) == code


def test_no_name_belongs_to_two_networks() -> None:
    assert len({network.name for network in NETWORKS}) == len({network.code for network in NETWORKS}) == len(NETWORKS)


@pytest.mark.parametrize(
    ("network", "typed", "sent"),
    [
        ("XRP", "0", "0"),
        ("XRP", " 4294967295 ", "4294967295"),
        ("XRP", "0012", "12"),
        ("XLM", "x" * 28, "x" * 28),
        ("XLM", "18446744073709551615", "18446744073709551615"),
        ("XLM", HASH, HASH),
        ("TON", "c" * 123, "c" * 123),
        ("ATOM", "m" * 256, "m" * 256),
        ("EOS", "order 12", "order 12"),
        ("HBAR", "m" * 100, "m" * 100),
        ("XMR", "0123456789ABCDEF", "0123456789abcdef"),
        ("XMR", HASH, HASH),
        ("XRP", "  ", ""),
        ("BTC", "", ""),
        ("LINEA", "anything in one line", "anything in one line"),
    ],
)
def test_memos_that_fit_pass_as_they_are_sent(network: str, typed: str, sent: str) -> None:
    assert check_extra_id(network, typed) == sent


@pytest.mark.parametrize(
    ("network", "typed", "said"),
    [
        ("XRP", "4294967296", "destination tag: it is a whole number"),
        ("XRP", "-1", "whole number"),
        ("XRP", "1.5", "whole number"),
        ("XRP", "١٢", "whole number"),
        ("XRP", "9" * 5_000, "whole number"),
        ("XLM", "x" * 29, "at most 28 characters"),
        ("TON", "c" * 124, "at most 123 characters"),
        ("ATOM", "m" * 257, "at most 256"),
        ("EOS", "two\nlines", "one line"),
        ("HBAR", "m" * 101, "at most 100"),
        ("HBAR", "мемо", "plain letters"),
        ("XMR", "0123456789abcde", "payment ID: it is 16 or 64"),
        ("XMR", "g" * 16, "16 or 64"),
        ("BTC", "12345", "Bitcoin have no memo"),
        ("LINEA", "x" * 257, "at most 256"),
    ],
)
def test_memos_that_cannot_be_are_refused_with_what_would_fit(network: str, typed: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        check_extra_id(network, typed)
    assert said in caught.value.sentence


def test_only_plain_addresses_of_monero_ask_for_a_payment_id() -> None:
    assert needs_extra_id("XMR", "4" + "A" * 94)
    assert not needs_extra_id("XMR", "8" + "A" * 94)  # a subaddress
    assert not needs_extra_id("XMR", "4" + "A" * 105)  # integrated
    assert needs_extra_id("XRP", "r…") and not needs_extra_id("BTC", "1…") and not needs_extra_id("LINEA", "x")
