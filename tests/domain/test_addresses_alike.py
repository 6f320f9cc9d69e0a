"""Two spellings of an address are one; two addresses are never."""

import pytest

from chatbot.domain.addresses_alike import are_alike

SEGWIT = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"
CASH = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"
EVM = "0x52908400098527886E0F7030069857D2E4169EE7"
TON_RAW = "0:ca6e321c7cce9ecedf0a8ca2492ec8592494aa5fb5ce0387dff96ef6af982a3e"
TON = "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF"
TON_UNBOUNCED = "UQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPuwA"
BASE58 = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SEGWIT, SEGWIT.upper()),
        (CASH, CASH.removeprefix("bitcoincash:")),
        (CASH.upper(), CASH.removeprefix("bitcoincash:")),
        (EVM, EVM.lower()),
        (EVM, "0X" + EVM[2:].upper()),
        (TON_RAW, TON_RAW.upper()),
        (TON_RAW, TON),
        (TON, TON_UNBOUNCED),
        (TON, TON.replace("-", "+").replace("_", "/")),
        ("ab" * 32, "AB" * 32),
        ("", ""),
    ],
)
def test_the_same_address_in_another_spelling(one: str, other: str) -> None:
    assert are_alike(one, other) and are_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SEGWIT, SEGWIT[:-1] + "p"),
        (SEGWIT, SEGWIT[:-1] + SEGWIT[-1].upper()),  # two cases in one are no bech32
        (BASE58, BASE58.lower()),
        (BASE58, BASE58.swapcase()),
        (EVM, EVM[:-1] + "8"),
        (TON, TON[:-1] + "G"),  # its checksum is wrong
        (TON, TON.lower()),
        (TON_RAW, "-1" + TON_RAW[1:]),
        (EVM, ""),
        ("", EVM),
    ],
)
def test_another_address(one: str, other: str) -> None:
    assert not are_alike(one, other)
