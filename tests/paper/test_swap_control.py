"""The parts of the control panel that are about swaps, and the demo wallet."""

import base64
import re
from decimal import Decimal

import pytest
from bip_utils import (  # type: ignore[import-untyped]
    Base58Alphabets,
    Base58Decoder,
    Base58XmrDecoder,
    BchAddrConverter,
    Bech32Decoder,
    EthAddrDecoder,
    SolAddrDecoder,
    SS58Decoder,
    TrxAddrDecoder,
    XlmAddrDecoder,
    XlmAddrTypes,
)

from chatbot.paper.swaps.coins import COINS
from chatbot.paper.swaps.wallet import ADDRESSES
from tests.paper.swap_setting import Stage


async def test_opening_a_key_gives_one_that_works(stage: Stage) -> None:
    answers = [(await stage.http.post("/paper/swap_keys")).json() for _ in range(2)]
    assert all(list(answer) == ["api_key"] for answer in answers)
    assert answers[0] != answers[1]
    assert (await stage.get("/orders/", key=answers[0]["api_key"])).json()["count"] == 0


async def test_orders_of_everybody_are_listed_oldest_first_with_what_only_the_service_knows(stage: Stage) -> None:
    one, two = await stage.create(), await stage.create(deposit_currency="XRP")
    listed = (await stage.http.get("/control/swaps")).json()["orders"]
    assert [order["unique_reference"] for order in listed] == [one["unique_reference"], two["unique_reference"]]
    assert listed[0].items() >= (await stage.details(one)).items()
    assert (listed[0]["key"], listed[0]["flow"], listed[0]["passed"]) == ("alice", "success", ["INITIAL"])
    assert stage.key not in str(listed)


async def test_requests_are_recorded_with_the_name_of_their_key(stage: Stage) -> None:
    await stage.create()
    await stage.http.get("/en/api/v2/currency/")
    await stage.get("/orders/", key="nx_wrong")
    entries = (await stage.http.get("/control/requests")).json()["requests"]
    assert [(e["method"], e["path"], e["signed"], e["by"], e["status"]) for e in entries] == [
        ("POST", "/en/api/v2/orders/", True, "alice", 201),
        ("GET", "/en/api/v2/currency/", None, None, 200),
        ("GET", "/en/api/v2/orders/", False, None, 401),
    ]
    assert stage.key not in str(entries)


async def test_the_manual_tells_of_swaps(stage: Stage) -> None:
    manual = (await stage.http.get("/control")).text
    written = set(re.findall(r"/(?:control|paper)/swap[\w/{}]*", manual))
    assert written == {
        "/paper/swap_keys",
        "/control/swaps",
        "/control/swaps/deposit",
        "/control/swaps/wallet",
        "/control/swaps/wallet/fill",
        "/control/swaps/timetable",
        "/control/swaps/flow",
        "/control/swaps/{reference}/flow",
        "/control/swaps/{reference}/status",
        "/control/swaps/window",
        "/control/swaps/rate_lifetime",
        "/control/swaps/limit",
        "/control/swaps/quirks",
    }


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("deposit", {}),
        ("deposit", {"currency": "NOPE", "amount": "1", "address": "x"}),
        ("deposit", {"currency": "BTC", "amount": "0", "address": "x"}),
        ("deposit", {"currency": "BTC", "amount": "0.000000001", "address": "x"}),
        ("deposit", {"currency": "BTC", "amount": 0.5, "address": "x"}),
        ("deposit", {"currency": "BTC", "amount": "1", "address": ["x"]}),
        ("wallet/fill", {"currency": "BTC", "amount": "1000001"}),
        ("timetable", {}),
        ("timetable", {"seconds": "3"}),
        ("timetable", {"seconds": -1}),
        ("flow", {"flow": "unpaid"}),
        ("window", {"minutes": 0}),
        ("window", {"minutes": True}),
        ("rate_lifetime", {"seconds": None}),
        ("limit", {"per_minute": -1}),
        ("quirks", {"more_decimals": 1}),
        ("NOSUCH/status", {"status": "PAID"}),
        ("NOSUCH/flow", {"flow": "success"}),
    ],
)
async def test_what_makes_no_sense_is_answered_with_a_sentence(
    stage: Stage, path: str, fields: dict[str, object]
) -> None:
    assert await stage.complaint(f"swaps/{path}", **fields)


async def test_an_unknown_status_is_answered_with_those_there_are(stage: Stage) -> None:
    path = f"swaps/{(await stage.create())['unique_reference']}/status"
    assert "PENDING KYC" in await stage.complaint(path, status="DONE")


class TestWallet:
    async def test_it_has_something_of_every_coin_and_an_address_for_it(self, stage: Stage) -> None:
        coins = (await stage.wallet())["coins"]
        assert [coin["code"] for coin in coins] == [coin.code for coin in COINS]
        assert all(Decimal(coin["balance"]) > 0 for coin in coins)
        assert {coin["network"] for coin in coins if coin["extra_id"]} == {"XRP", "XLM", "TON", "ATOM"}
        assert coins[0] == {
            "code": "BTC",
            "symbol": "BTC",
            "name": "Bitcoin",
            "network": "BTC",
            "decimals": 8,
            "address": "1BitcoinEaterAddressDontSendf59kuE",
            "extra_id": "",
            "balance": "1",
        }

    async def test_the_faucet_fills_it(self, stage: Stage) -> None:
        assert (await stage.control("swaps/wallet/fill", currency="BTC", amount="2.5"))["balance"] == "3.5"

    def test_its_addresses_are_valid_by_their_networks_own_checksums(self) -> None:
        """Made of zeros or of words: nobody has the keys."""
        zeros = bytes(20)
        by = ADDRESSES
        assert len({by[network] for network in ("ARB", "AVAXC", "BASE", "BSC", "ETH", "OP", "POL")}) == 1
        assert EthAddrDecoder().DecodeAddr(by["ETH"]) == zeros[:18] + b"\xde\xad"
        assert TrxAddrDecoder().DecodeAddr(by["TRON"]) == zeros
        assert SolAddrDecoder().DecodeAddr(by["SOL"]) == bytes(32)
        assert XlmAddrDecoder().DecodeAddr(by["XLM"], addr_type=XlmAddrTypes.PUB_KEY) == bytes(32)
        assert SS58Decoder.Decode(by["DOT"]) == (0, bytes(32))
        assert Base58Decoder.CheckDecode(by["BTC"])[:1] == b"\x00"
        assert Base58Decoder.CheckDecode(by["LTC"]) == b"\x30" + zeros
        assert Base58Decoder.CheckDecode(by["DOGE"])[:1] == b"\x1e"
        assert Base58Decoder.CheckDecode(by["XRP"], Base58Alphabets.RIPPLE) == b"\x00" + zeros
        assert Bech32Decoder.Decode("cosmos", by["ATOM"]) == zeros
        assert Bech32Decoder.Decode("addr", by["ADA"]) == b"\x01" + bytes(56)
        assert BchAddrConverter.Convert(by["BCH"], "bitcoincash") == by["BCH"]
        assert Base58XmrDecoder.Decode(by["XMR"])[:65] == b"\x12" + bytes(64)
        assert base64.urlsafe_b64decode(by["TON"])[:34] == b"\x51" + bytes(33)
        assert set(by) == {coin.network for coin in COINS}
