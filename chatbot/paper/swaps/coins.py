"""The coins that can be swapped, each on its network, with codes in n.exchange's style."""

from dataclasses import dataclass
from decimal import Decimal

_FINEST_PLACES = 8
_NETWORK_ALIASES = {"MATIC": "POL"}
_MEMO_NETWORKS = frozenset({"XRP", "XLM", "TON", "ATOM"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """A currency on one network. `contract` is None for a network's own coin; `decimals` are the network's.

    `price` is in USDT where no market here tells one. `pocket` is what the demo wallet has of it in the beginning.
    """

    code: str
    symbol: str
    name: str
    network: str
    decimals: int
    withdrawal_fee: Decimal
    pocket: Decimal
    contract: str | None = None
    price: Decimal | None = None

    @property
    def places(self) -> int:
        """Decimals of the amounts that this service works out: never finer than 1E-8, whatever the network can."""
        return min(self.decimals, _FINEST_PLACES)

    @property
    def needs_memo(self) -> bool:
        """Whether deposits on its network are told apart by a memo."""
        return self.network in _MEMO_NETWORKS


def _coin(
    code: str,
    symbol: str,
    name: str,
    network: str,
    *,
    decimals: int,
    fee: str,
    pocket: int,
    contract: str | None = None,
    price: str | None = None,
) -> Coin:
    return Coin(
        code=code,
        symbol=symbol,
        name=name,
        network=network,
        decimals=decimals,
        withdrawal_fee=Decimal(fee),
        pocket=Decimal(pocket),
        contract=contract,
        price=None if price is None else Decimal(price),
    )


def _own(code: str, name: str, *, decimals: int, fee: str, pocket: int, price: str | None = None) -> Coin:
    """A network's own coin, by whose code the network is called."""
    return _coin(code, code, name, code, decimals=decimals, fee=fee, pocket=pocket, price=price)


def _tether(code: str, network: str, *, contract: str, fee: str, decimals: int = 6) -> Coin:
    return _coin(
        code, "USDT", "Tether", network, decimals=decimals, fee=fee, pocket=20_000, contract=contract, price="1"
    )


def _usdc(code: str, network: str, *, contract: str, fee: str) -> Coin:
    return _coin(code, "USDC", "USD Coin", network, decimals=6, fee=fee, pocket=20_000, contract=contract, price="1")


# Contracts are the tokens' real ones: clients name coins by them. XMR, TON and POL have no market here.
COINS = (
    _own("BTC", "Bitcoin", decimals=8, fee="0.00005", pocket=1),
    _own("ETH", "Ethereum", decimals=18, fee="0.0008", pocket=10),
    _tether("USDTERC", "ETH", contract="0xdAC17F958D2ee523a2206206994597C13D831ec7", fee="2.5"),
    _tether("USDTTRC", "TRON", contract="TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", fee="1.5"),
    _tether("USDTBSC", "BSC", contract="0x55d398326f99059fF775485246999027B3197955", fee="0.3", decimals=18),
    _tether("USDTSOL", "SOL", contract="Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB", fee="0.5"),
    _tether("USDTTON", "TON", contract="EQCxE6mUtQJKFnGfaROTKOt1lZbDiiX1kCixRv7Nw2Id_sDs", fee="0.4"),
    _usdc("USDC", "ETH", contract="0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", fee="2.5"),
    _usdc("USDCSOL", "SOL", contract="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", fee="0.5"),
    _usdc("USDCBASE", "BASE", contract="0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", fee="0.2"),
    _usdc("USDCPOL", "POL", contract="0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", fee="0.2"),
    _usdc("USDCARB", "ARB", contract="0xaf88d065e77c8cC2239327C5EDb3A432268e5831", fee="0.2"),
    _own("SOL", "Solana", decimals=9, fee="0.008", pocket=100),
    _own("XRP", "XRP", decimals=6, fee="0.2", pocket=5_000),
    _coin("BNB", "BNB", "BNB", "BSC", decimals=18, fee="0.0005", pocket=20),
    _own("DOGE", "Dogecoin", decimals=8, fee="4", pocket=50_000),
    _own("ADA", "Cardano", decimals=6, fee="1", pocket=20_000),
    _coin("TRX", "TRX", "TRON", "TRON", decimals=6, fee="2", pocket=20_000),
    _own("LTC", "Litecoin", decimals=8, fee="0.002", pocket=100),
    _own("BCH", "Bitcoin Cash", decimals=8, fee="0.0005", pocket=10),
    _own("XLM", "Stellar", decimals=7, fee="0.5", pocket=20_000),
    _own("TON", "Toncoin", decimals=9, fee="0.05", pocket=2_000, price="1.42"),
    _own("ATOM", "Cosmos", decimals=6, fee="0.02", pocket=2_000),
    _own("XMR", "Monero", decimals=12, fee="0.0005", pocket=20, price="338.10"),
    _own("DOT", "Polkadot", decimals=10, fee="0.1", pocket=2_000),
    _coin("AVAX", "AVAX", "Avalanche", "AVAXC", decimals=18, fee="0.02", pocket=500),
    _own("POL", "Polygon", decimals=18, fee="0.5", pocket=20_000, price="0.1123"),
    _coin("ETHARB", "ETH", "Ethereum", "ARB", decimals=18, fee="0.0001", pocket=10),
    _coin("ETHOP", "ETH", "Ethereum", "OP", decimals=18, fee="0.0001", pocket=10),
    _coin("ETHBASE", "ETH", "Ethereum", "BASE", decimals=18, fee="0.0001", pocket=10),
)

BY_CODE = {coin.code: coin for coin in COINS}

DISABLED = frozenset({("XMR", "BTC"), ("DOGE", "ADA")})
"""Pairs that are listed and cannot be swapped, as (received, sent)."""

PAIRS = {
    withdraw.code + deposit.code: (withdraw, deposit) for withdraw in COINS for deposit in COINS if withdraw != deposit
}
"""All pairs by name, as (received, sent)."""


def find(named: object) -> Coin | None:
    """The coin that a request names by its code, by symbol and network, or by contract and network; None if none."""
    match named:
        case str():
            return BY_CODE.get(named)
        case {"code": str(code), "network": str(network)}:
            matching = (coin for coin in on_network(network) if code in (coin.symbol, coin.code))
        case {"network": str(network), **rest}:
            contract = rest.get("contract_address") or None
            matching = (coin for coin in on_network(network) if _same_contract(coin.contract, contract))
        case _:
            return None
    return next(matching, None)


def on_network(network: str) -> tuple[Coin, ...]:
    code = _NETWORK_ALIASES.get(network, network)
    return tuple(coin for coin in COINS if coin.network == code)


def _same_contract(one: str | None, other: object) -> bool:
    """Hexadecimal contracts are written with and without the capitals that make their checksum."""
    if one is None or not isinstance(other, str):
        return one is other
    return one == other or (one.startswith("0x") and one.lower() == other.lower())
