"""Which coin is meant: of what people type, and of what orders carry."""

from dataclasses import replace

import pytest

from chatbot.domain.coins import coin_label, home
from chatbot.domain.errors import Cause, Unavailable, UnknownCoin
from chatbot.domain.swaps import Coin, Currency
from chatbot.services.coins import Coins
from tests.fakes.clock import FakeClock
from tests.fakes.swap_service import BTC, COINS, ETH, USDC, USDT_ETH, USDT_TRON, XRP, FakeSwapService

BASE_ETH = Coin(code="ETHBASE", symbol="ETH", name="Ether", network="BASE", contract="0x42", decimals=18)


@pytest.fixture
def service(clock: FakeClock) -> FakeSwapService:
    return FakeSwapService(clock)


@pytest.fixture
def coins(service: FakeSwapService) -> Coins:
    return Coins(service)


@pytest.mark.parametrize(
    ("typed", "network", "found"),
    [
        ("BTC", "", (BTC,)),
        ("bitcoin", "", (BTC,)),
        ("usdterc", "", (USDT_ETH,)),
        ("USDT", "", (USDT_ETH, USDT_TRON)),
        ("tether", "", (USDT_ETH, USDT_TRON)),
        ("USDT", "TRON", (USDT_TRON,)),
        ("usd coin", "ETH", (USDC,)),
        (" xrp ", "XRP", (XRP,)),
    ],
)
async def test_a_coin_is_found_by_code_symbol_or_name(
    coins: Coins, typed: str, network: str, found: tuple[Coin, ...]
) -> None:
    assert await coins.find(typed, network=network) == found


async def test_a_networks_own_coin_comes_before_its_likeness_elsewhere(coins: Coins, service: FakeSwapService) -> None:
    service.listed.insert(0, BASE_ETH)
    assert await coins.find("ETH") == (ETH, BASE_ETH)


@pytest.mark.parametrize(
    ("typed", "network", "named", "nearest"),
    [("BTCC", "", "BTCC", "BTC"), ("litcoin", "", "litcoin", "LTC"), ("USDT", "SOL", "USDT on Solana", "USDTERC")],
)
async def test_what_is_no_coin_comes_with_the_nearest(
    coins: Coins, typed: str, network: str, named: str, nearest: str
) -> None:
    with pytest.raises(UnknownCoin) as caught:
        await coins.find(typed, network=network)
    assert caught.value.typed == named and caught.value.nearest[0] == nearest
    assert all(coin.code in {each.code for each in COINS} for coin in await coins.coded(caught.value.nearest))


@pytest.mark.parametrize(
    ("currency", "coin"),
    [
        (Currency(code="USDTERC"), USDT_ETH),
        (Currency(code="USDT", network="TRON"), USDT_TRON),
        (Currency(code="USDTTRC", network="TRON"), USDT_TRON),
        (Currency(network="ETH"), ETH),
        (Currency(network="ETH", contract=USDC.contract.lower()), USDC),
        (Currency(network="TRON", contract=USDT_TRON.contract), USDT_TRON),
    ],
)
async def test_all_three_forms_of_a_currency_are_resolved(coins: Coins, currency: Currency, coin: Coin) -> None:
    assert await coins.resolve(currency) == coin


@pytest.mark.parametrize(
    "currency",
    [
        Currency(code="NEW", network="MOON"),
        Currency(code="USDT"),
        Currency(network="TRON", contract=USDT_TRON.contract.swapcase()),
    ],
)
async def test_of_a_coin_that_is_not_listed_no_more_is_known_than_the_order_says(
    coins: Coins, currency: Currency
) -> None:
    coin = await coins.resolve(currency)
    assert (coin.network, coin.contract, coin.decimals) == (currency.network, currency.contract, None)
    assert coin.code == (currency.code or currency.contract)


async def test_an_order_can_be_shown_while_the_list_cannot_be_had(coins: Coins, service: FakeSwapService) -> None:
    service.fail("coins", Unavailable(Cause.TIMEOUT))
    assert (await coins.resolve(Currency(code="BTC"))).symbol == "BTC"


async def test_the_usual_coins_are_those_that_are_listed(coins: Coins, service: FakeSwapService) -> None:
    assert await coins.usual() == (BTC, USDT_TRON, ETH, USDT_ETH, USDC, XRP, COINS[-1])
    service.listed = [XRP]
    assert await coins.usual() == (XRP,)


async def test_a_pair_is_told_by_its_direction(coins: Coins, service: FakeSwapService) -> None:
    key = service.open("k")
    service.disabled.add("BTCUSDC")
    service.unswapped.add("USDCBTC")
    forth, back = await coins.pair(USDC, BTC, key=key), await coins.pair(BTC, USDC, key=key)
    assert forth is not None and (forth.name, forth.is_disabled) == ("BTCUSDC", True)
    assert back is None


@pytest.mark.parametrize(
    ("coin", "label", "network"),
    [
        (BTC, "BTC", "BTC"),
        (USDT_TRON, "USDT on Tron", "TRON"),
        (BASE_ETH, "ETH on Base", "BASE"),
        (replace(BTC, network=""), "BTC", "BTC"),
        (replace(USDC, network=""), "USDC", ""),
        (Coin(code="X", symbol="X", name="X", network="MOON"), "X on MOON", "MOON"),
    ],
)
def test_a_coin_is_named_with_the_network_it_lives_on(coin: Coin, label: str, network: str) -> None:
    assert (coin_label(coin), home(coin)) == (label, network)
