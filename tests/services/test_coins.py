"""Which coin is meant: of what people type, and of what orders carry."""

from dataclasses import replace

import pytest

from chatbot.domain.coins import coin_label, home, may_mean, means
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
        (Currency(code="usdterc"), USDT_ETH),
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
        Currency(network="TRON", contract=USDT_TRON.contract.lower()),
        Currency(contract=USDC.contract),
    ],
)
async def test_of_a_coin_that_is_not_listed_no_more_is_known_than_the_order_says(
    coins: Coins, currency: Currency
) -> None:
    coin = await coins.resolve(currency)
    assert (coin.network, coin.contract, coin.decimals) == (currency.network, currency.contract, None)
    assert not coin.is_listed
    assert coin.code == (currency.code or currency.contract)


async def test_an_order_can_be_shown_while_the_list_cannot_be_had(coins: Coins, service: FakeSwapService) -> None:
    service.fail("coins", Unavailable(Cause.TIMEOUT))
    guessed = await coins.resolve(Currency(code="BTC"))
    assert guessed.symbol == "BTC" and not guessed.is_listed
    assert await coins.resolve(Currency(code="BTC")) == BTC


async def test_of_two_coins_that_may_be_meant_only_the_code_decides(coins: Coins, service: FakeSwapService) -> None:
    twin = replace(USDC, code="XUSDC", contract="0x" + "11" * 20)
    service.listed.append(twin)
    assert await coins.resolve(Currency(code="USDC", network="ETH")) == USDC
    assert await coins.resolve(Currency(code="XUSDC", network="ETH")) == twin
    service.listed.append(replace(USDT_ETH, code="USDTX", contract=""))
    assert not (await coins.resolve(Currency(code="USDT", network="ETH"))).is_listed


async def test_a_token_whose_contract_is_left_out_is_not_its_networks_own_coin(
    coins: Coins, service: FakeSwapService
) -> None:
    bare = replace(USDC, contract="")
    service.listed = [bare]
    assert not (await coins.resolve(Currency(network="ETH"))).is_listed
    assert not means(Currency(network="ETH"), bare) and may_mean(Currency(network="ETH"), bare)
    assert may_mean(Currency(code="USDC"), replace(bare, code="USDCARB", network="ARB"))
    assert not may_mean(Currency(code="USDC", network="SOL"), bare) and not may_mean(Currency(), bare)


@pytest.mark.parametrize(
    ("network", "symbol"), [("TRON", "TRX"), ("BSC", "BNB"), ("ARB", "ETH"), ("MATIC", "POL"), ("POL", "MATIC")]
)
def test_a_networks_own_coin_may_be_called_otherwise_than_the_network(network: str, symbol: str) -> None:
    own = Coin(code=f"{symbol}{network}", symbol=symbol, name=symbol, network=network)
    assert means(Currency(network=network), own)
    assert not means(Currency(network=network), replace(own, symbol="WRAPPED"))


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
        (ETH, "ETH on Ethereum", "ETH"),
        (replace(BTC, network=""), "BTC", "BTC"),
        (replace(USDC, network=""), "USDC", ""),
        (Coin(code="X", symbol="X", name="X", network="MOON"), "X on MOON", "MOON"),
    ],
)
def test_a_coin_is_named_with_the_network_it_lives_on(coin: Coin, label: str, network: str) -> None:
    assert (coin_label(coin), home(coin)) == (label, network)
