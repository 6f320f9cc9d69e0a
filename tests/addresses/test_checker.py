import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.addresses.checker import NetworkAddresses
from chatbot.domain.networks import NETWORKS
from chatbot.paper.swaps import wallet
from chatbot.ports.addresses import AddressCheck, Verdict
from tests.addresses.vectors import LIKELY, SURE, WRONG

ADDRESSES = NetworkAddresses()
LIKE_ETHEREUM = ("BSC", "POL", "ARB", "OP", "BASE", "AVAXC", "ETC", "FTM", "SONIC", "HYPE")


def check(address: str, network: str) -> AddressCheck:
    return ADDRESSES.check(address, network=network)


@pytest.mark.parametrize(("network", "address"), [(code, each) for code, all_ in SURE.items() for each in all_])
def test_published_addresses_are_sure(network: str, address: str) -> None:
    found = check(address, network)
    assert (found.verdict, found.reason) == (Verdict.SURE, "")


@pytest.mark.parametrize(("network", "address"), [(code, each) for code, all_ in LIKELY.items() for each in all_])
def test_what_carries_no_checksum_is_likely_and_says_so(network: str, address: str) -> None:
    found = check(address, network)
    assert found.verdict is Verdict.LIKELY and found.reason.endswith(".")


@pytest.mark.parametrize(("network", "address", "said"), WRONG)
def test_what_cannot_be_paid_is_wrong_and_says_why(network: str, address: str, said: str) -> None:
    found = check(address, network)
    assert found.verdict is Verdict.WRONG and said in found.reason


def test_every_network_of_the_service_is_known() -> None:
    for network in NETWORKS:
        assert check("?", network.code).verdict is Verdict.WRONG
        assert network.code in (*SURE, *LIKELY, *LIKE_ETHEREUM), "a network without an example"


@pytest.mark.parametrize("network", LIKE_ETHEREUM)
def test_networks_like_ethereum_share_its_addresses_and_that_is_said(network: str) -> None:
    found = check(SURE["ETH"][0], network)
    assert found.verdict is Verdict.SURE and "ETH" in found.networks and network not in found.networks


def test_two_codes_of_one_network_are_judged_alike() -> None:
    assert check(SURE["ETH"][0], "MATIC") == check(SURE["ETH"][0], "POL")


@pytest.mark.parametrize(
    ("address", "network", "others"),
    [
        (SURE["BTC"][0], "LTC", ("BTC",)),
        (SURE["TRON"][0], "ETH", ("TRON",)),
        (SURE["XRP"][0], "XLM", ("XRP",)),
        (SURE["ETH"][0], "TRON", ("ETH", *LIKE_ETHEREUM)),
        (SURE["LTC"][2], "BTC", ("LTC",)),
    ],
)
def test_an_address_of_another_network_is_wrong_and_the_other_named(
    address: str, network: str, others: tuple[str, ...]
) -> None:
    found = check(address, network)
    assert found.verdict is Verdict.WRONG and set(found.networks) == set(others)
    assert found.reason.startswith("This is not an address on ")


def test_a_network_nobody_knows_is_unknown_but_nonsense_is_still_wrong() -> None:
    found = check(SURE["BTC"][0], "NEWCHAIN")
    assert (found.verdict, found.networks) == (Verdict.UNKNOWN, ("BTC",)) and "NEWCHAIN" in found.reason
    assert check("two words", "NEWCHAIN").verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "no address"),
        ("1" * 5_000_000, "too long"),
        (SURE["BTC"][0] + "\n", "one word"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7 DivfNa", "one word"),
        (SURE["BTC"][0] + "\u200b", "only looks like"),
        (SURE["ETH"][0].replace("A", "А"), "only looks like"),
        (SURE["BTC"][0] + "\x00", "one word"),
        ("3QJmnh", "not an address"),  # nothing at all, with its checksum
    ],
)
def test_hostile_texts_are_wrong_at_once(address: str, said: str) -> None:
    found = check(address, "BTC")
    assert found.verdict is Verdict.WRONG and said in found.reason


_SHAPES = st.one_of(
    st.text(max_size=120),
    st.from_regex(re.compile(r"[0-9A-Za-z:._+/-]{1,120}"), fullmatch=True),
    st.sampled_from([each for all_ in (*SURE.values(), *LIKELY.values()) for each in all_]).map(lambda text: text[:-1]),
)


@settings(max_examples=60, deadline=None)
@given(text=_SHAPES, network=st.sampled_from([*(each.code for each in NETWORKS), "", "OTHER"]))
def test_nothing_raises_and_all_but_the_sure_is_explained(text: str, network: str) -> None:
    found = check(text, network)
    assert (found.verdict is Verdict.SURE) is (not found.reason)


@pytest.mark.parametrize(("network", "address"), wallet.ADDRESSES.items())
def test_the_demo_wallets_own_addresses_pass(network: str, address: str) -> None:
    assert check(address, network).verdict in (Verdict.SURE, Verdict.LIKELY)


async def test_what_is_slow_to_load_can_be_loaded_beforehand() -> None:
    await ADDRESSES.warm()
    assert check(SURE["BTC"][0], "BTC").verdict is Verdict.SURE
