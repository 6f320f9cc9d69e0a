"""Where a coin lives, how it is named so that nobody takes it for the same one elsewhere, and which one is meant."""

from collections.abc import Iterable

from chatbot.domain.addresses_alike import are_alike
from chatbot.domain.networks import network_of
from chatbot.domain.swaps import Coin, Currency

_OWN_COINS = {
    "ARB": "ETH",
    "AVAXC": "AVAX",
    "BASE": "ETH",
    "BSC": "BNB",
    "OP": "ETH",
    "SONIC": "S",
    "TRON": "TRX",
}
"""What networks' own coins are called; those of all others have the network's code."""


def home(coin: Coin) -> str:
    """The code of the network a coin lives on; one with neither network nor contract is its own network's."""
    known = coin.network or ("" if coin.contract else coin.symbol)
    return network_of(known).code


def coin_label(coin: Coin) -> str:
    """`BTC`, `USDT on Tron`, `ETH on Ethereum`: with the network, unless the coin is its network's own, both are called
    the same, and no other network's own coin is.
    """
    code = home(coin)
    if not code or (code == coin.symbol and not coin.contract and code not in _OWN_COINS.values()):
        return coin.symbol
    return f"{coin.symbol} on {network_of(code).name}"


def means(currency: Currency, coin: Coin) -> bool:
    """Whether a currency, in any of its three forms (api: 3.1), is surely this coin.

    Codes and symbols may be of either case. Contracts are addresses: only hex ones may be.
    """
    if currency.network and network_of(currency.network).code != home(coin):
        return False
    if currency.code:
        names = (coin.code, coin.symbol) if currency.network else (coin.code,)
        return currency.code.upper() in (name.upper() for name in names)
    if not currency.network:
        return False
    return are_alike(currency.contract, coin.contract) if currency.contract else _is_own(coin)


def may_mean(currency: Currency, coin: Coin) -> bool:
    """Whether a currency is perhaps this coin: a symbol alone may mean the coin on any network, and a network alone
    any coin there of which no contract is known.
    """
    if currency.contract or means(currency, coin):
        return means(currency, coin)
    if currency.code:
        return not currency.network and currency.code.upper() == coin.symbol.upper()
    return bool(currency.network) and not coin.contract and network_of(currency.network).code == home(coin)


def meant(currency: Currency, listed: Iterable[Coin]) -> Coin:
    """The coin that a currency is. Of one that none or several of those listed may be, no more is known than the
    currency says; it is not `is_listed` then.
    """
    found = [coin for coin in listed if means(currency, coin)]
    certain = [coin for coin in found if coin.code == currency.code] or found
    return certain[0] if len(certain) == 1 else _unlisted(currency)


def own_symbol(network: str) -> str:
    """What the own coin of a network, by its code here, is called."""
    return _OWN_COINS.get(network, network)


def _is_own(coin: Coin) -> bool:
    """Whether a coin is its network's own. A token whose contract the service leaves out is not."""
    own = own_symbol(home(coin))
    return not coin.contract and network_of(coin.symbol.upper()).code == network_of(own).code


def _unlisted(currency: Currency) -> Coin:
    code = currency.code or currency.contract or currency.network
    return Coin(
        code=code, symbol=code, name=code, network=currency.network, contract=currency.contract, is_listed=False
    )
