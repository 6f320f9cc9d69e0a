"""Where a coin lives, and how it is named so that nobody takes it for the same one elsewhere."""

from chatbot.domain.networks import network_of
from chatbot.domain.swaps import Coin


def home(coin: Coin) -> str:
    """The code of the network a coin lives on; one with neither network nor contract is its own network's."""
    known = coin.network or ("" if coin.contract else coin.symbol)
    return network_of(known).code


def coin_label(coin: Coin) -> str:
    """`BTC`, `USDT on Tron`: with the network, unless the coin is its network's own and both are called the same."""
    code = home(coin)
    if not code or (code == coin.symbol and not coin.contract):
        return coin.symbol
    return f"{coin.symbol} on {network_of(code).name}"
