"""The coins that can be swapped at one venue, and which of them is meant."""

from itertools import product

from rapidfuzz import process

from chatbot.domain.coins import home, meant
from chatbot.domain.errors import Refused, Unavailable, UnknownCoin
from chatbot.domain.networks import NETWORKS, network_of
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import Coin, Currency, Pair
from chatbot.ports.exchange import Priority
from chatbot.ports.swaps import SwapService

_NEAREST = 6
_ALIKE = 62
"""Similarity, of 100, from which a coin is offered as what was perhaps meant."""
_USUAL = (
    ("BTC", "BTC"),
    ("USDT", "TRON"),
    ("ETH", "ETH"),
    ("USDT", "ETH"),
    ("USDC", "ETH"),
    ("SOL", "SOL"),
    ("XRP", "XRP"),
    ("LTC", "LTC"),
    ("TON", "TON"),
    ("DOGE", "DOGE"),
)
"""What people swap most, by symbol and network."""
_BY_USE = {network.code: rank for rank, network in enumerate(NETWORKS)}


class Coins:
    """What one venue says about coins; it is the same for everybody."""

    def __init__(self, service: SwapService) -> None:
        self._service = service

    async def all(self) -> tuple[Coin, ...]:
        """In the service's order. Raises `Unavailable`, `Refused`."""
        return await self._service.coins(priority=Priority.PERSON)

    async def usual(self) -> tuple[Coin, ...]:
        """Those that people swap most. Raises as `all` does."""
        listed = {(coin.symbol, home(coin)): coin for coin in reversed(await self.all())}
        return tuple(listed[key] for key in _USUAL if key in listed)

    async def find(self, typed: str, *, network: str = "") -> tuple[Coin, ...]:
        """The coins that are called so, by code, symbol or name, the one on the most used network first.

        Several are the same currency on several networks; `network` is the code of the one that was named. Raises
        `UnknownCoin`, or as `all` does.
        """
        listed = await self.all()
        called = _called(typed, listed)
        found = [coin for coin in called if not network or home(coin) == network_of(network).code]
        if not found:
            name = f"{typed} on {network_of(network).name}" if network else typed
            nearest = tuple(coin.code for coin in called) or _nearest(typed, listed)
            raise UnknownCoin(typed=name, nearest=nearest[:_NEAREST])
        return tuple(sorted(found, key=_rank))

    async def coded(self, codes: tuple[str, ...]) -> tuple[Coin, ...]:
        """The coins with these codes, in their order. Raises as `all` does."""
        listed = {coin.code: coin for coin in await self.all()}
        return tuple(listed[code] for code in codes if code in listed)

    async def listed(self, *, priority: Priority) -> tuple[Coin, ...]:
        """As `all`, for those who can do without: none while the list cannot be had."""
        try:
            return await self._service.coins(priority=priority)
        except (Unavailable, Refused):
            return ()

    async def resolve(self, currency: Currency) -> Coin:
        """The coin that an order names, in any of its three forms. Always answers: of one that is not listed, or while
        the list cannot be had, no more is known than the order says.
        """
        return meant(currency, await self.listed(priority=Priority.PERSON))

    async def pair(self, deposit: Coin, withdraw: Coin, *, key: SwapKey) -> Pair | None:
        """How one coin is swapped into another; None where it is not. Raises `KeyRejected` besides."""
        for pair in await self._service.pairs(key, priority=Priority.PERSON):
            if (pair.deposit, pair.withdraw) == (deposit.code, withdraw.code):
                return pair
        return None

    async def first_pair(
        self, deposits: tuple[Coin, ...], withdraws: tuple[Coin, ...], *, key: SwapKey
    ) -> tuple[Coin, Coin, Pair] | None:
        """The first of some coins that is swapped now into one of others, with that one. Raises as `pair` does."""
        pairs = await self._service.pairs(key, priority=Priority.PERSON)
        open_now = {(pair.deposit, pair.withdraw): pair for pair in pairs if not pair.is_disabled}
        for deposit, withdraw in product(deposits, withdraws):
            if (deposit.code, withdraw.code) in open_now:
                return deposit, withdraw, open_now[deposit.code, withdraw.code]
        return None


def _called(typed: str, listed: tuple[Coin, ...]) -> tuple[Coin, ...]:
    """By code or symbol; by name, if there is none of these."""
    wanted = typed.strip().upper()
    found = tuple(coin for coin in listed if wanted in (coin.code.upper(), coin.symbol.upper()))
    return found or tuple(coin for coin in listed if coin.name.upper() == wanted)


def _rank(coin: Coin) -> tuple[bool, int]:
    """A network's own coin before its likeness on others; then the most used network."""
    return bool(coin.contract), _BY_USE.get(home(coin), len(_BY_USE))


def _nearest(typed: str, listed: tuple[Coin, ...]) -> tuple[str, ...]:
    """Codes of coins whose code, symbol or name looks like what was typed; best first, each once."""
    spellings = {coin.name.upper(): coin.code for coin in listed}
    spellings |= {coin.symbol.upper(): coin.code for coin in sorted(listed, key=_rank, reverse=True)}
    spellings |= {coin.code.upper(): coin.code for coin in listed}
    found = process.extract(typed.strip().upper(), spellings.keys(), limit=3 * _NEAREST, score_cutoff=_ALIKE)
    return tuple(dict.fromkeys(spellings[spelling] for spelling, _, _ in found))[:_NEAREST]
