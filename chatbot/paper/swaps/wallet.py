"""The demo wallet: what people pay swaps from and receive them with, until they use wallets of their own.

Its addresses are valid and nobody's: known places to burn coins, or made from a key of zeros. So a bot that checks
addresses takes them, and nobody mistakes them for an own one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chatbot.paper.swaps.coins import COINS, Coin
from chatbot.paper.swaps.funds import Funds, written

_DEAD = "0x000000000000000000000000000000000000dEaD"
_OWN_MEMO = "1001"

ADDRESSES = {
    "ADA": "addr1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqv2t5am",
    "ARB": _DEAD,
    "ATOM": "cosmos1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnrql8a",
    "AVAXC": _DEAD,
    "BASE": _DEAD,
    "BCH": "bitcoincash:qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqfnhks603",
    "BSC": _DEAD,
    "BTC": "1BitcoinEaterAddressDontSendf59kuE",
    "DOGE": "DDogepartyxxxxxxxxxxxxxxxxxxw1dfzr",
    "DOT": "111111111111111111111111111111111HC1",
    "ETH": _DEAD,
    "LTC": "LKDxGDJq5fF4FohAB8zJH24mDDNHDNtqsE",
    "OP": _DEAD,
    "POL": _DEAD,
    "SOL": "11111111111111111111111111111111",
    "TON": "UQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJKZ",
    "TRON": "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
    "XLM": "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF",
    "XMR": "41d7FXjswpK1111111111111111111111111111111111111111111111111111111111111111111111111111112KhNi4",
    "XRP": "rrrrrrrrrrrrrrrrrrrrrhoLvTp",
}
"""The wallet's address on each network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Coins the service sent somewhere: a payout or a refund. `at` is in Unix seconds."""

    at: float
    kind: str
    reference: str
    coin: Coin
    amount: Decimal
    address: str
    extra_id: str
    transaction: str


def arrived(sent: Iterable[Arrival], *addresses: str) -> list[Arrival]:
    """Those of what was sent that came to one of these addresses."""
    places = {written(address) for address in addresses}
    return [arrival for arrival in sent if written(arrival.address) in places]


class Wallet:
    """The demo wallet, which has a little of everything from the faucet."""

    def __init__(self, funds: Funds) -> None:
        self._funds = funds
        for coin in COINS:
            self.fill(coin, coin.pocket)

    def address(self, coin: Coin) -> str:
        return ADDRESSES[coin.network]

    def memo(self, coin: Coin) -> str:
        """What goes with the address; empty where networks have no such thing."""
        return _OWN_MEMO if coin.needs_memo else ""

    def balance(self, coin: Coin) -> Decimal:
        return self._funds.balance(self.address(coin), coin.code)

    def fill(self, coin: Coin, amount: Decimal) -> None:
        """From the faucet."""
        self._funds.mint(self.address(coin), coin.code, amount)
