"""Rates: what a swap costs right now, promised for a while."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal

from chatbot.paper.clock import Clock
from chatbot.paper.swaps.coins import DISABLED, Coin

_SPREAD = Decimal("0.004")
_PRICE = Context(prec=10, rounding=ROUND_UP)
_LEAST_USDT, _MOST_USDT = Decimal(20), Decimal(100_000)
_LEAST = Context(prec=3, rounding=ROUND_UP)
_MOST = Context(prec=3, rounding=ROUND_DOWN)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def is_disabled(withdraw: Coin, deposit: Coin) -> bool:
    return (withdraw.code, deposit.code) in DISABLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The least and the most of both amounts."""

    least_deposit: Decimal
    most_deposit: Decimal
    least_withdraw: Decimal
    most_withdraw: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A promise for one pair. `price` is in deposit units per withdraw unit, `expires_at` in whole Unix seconds.

    The fee is taken from what is received, in its coin.
    """

    rate_id: str
    deposit: Coin
    withdraw: Coin
    price: Decimal
    limits: Limits
    expires_at: int

    def withdraw_for(self, deposit_amount: Decimal, *, places: int) -> Decimal:
        """What comes out for a deposit, rounded down; zero or less where the fee eats it all."""
        received = deposit_amount / self.price - self.withdraw.withdrawal_fee
        return received.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)

    def deposit_for(self, withdraw_amount: Decimal, *, places: int) -> Decimal:
        """What has to be sent to receive this much, rounded up."""
        sent = (withdraw_amount + self.withdraw.withdrawal_fee) * self.price
        return sent.quantize(Decimal(1).scaleb(-places), ROUND_UP)


class Quotes:
    """Makes rates from the prices of the markets, and remembers those it promised.

    `prices` tells a symbol's last price in USDT; `lifetime` is that of rates to come.
    """

    def __init__(self, *, prices: Callable[[str], Decimal], clock: Clock, seed: int) -> None:
        self.lifetime = timedelta(seconds=60)
        self._prices = prices
        self._clock = clock
        self._dice = random.Random(f"{seed}:rates")  # noqa: S311 - repeatable, not secret
        self._promised: dict[str, Quote] = {}

    def now(self, *, withdraw: Coin, deposit: Coin, rate_id: str = "") -> Quote:
        """The rate of this moment, not promised to anybody."""
        received, sent = self._worth(withdraw), self._worth(deposit)
        return Quote(
            rate_id=rate_id,
            deposit=deposit,
            withdraw=withdraw,
            price=_PRICE.divide(received * (1 + _SPREAD), sent),
            limits=Limits(
                least_deposit=_LEAST.divide(_LEAST_USDT, sent),
                most_deposit=_MOST.divide(_MOST_USDT, sent),
                least_withdraw=_LEAST.divide(_LEAST_USDT, received),
                most_withdraw=_MOST.divide(_MOST_USDT, received),
            ),
            expires_at=int(self._clock.unix() + self.lifetime.total_seconds()),
        )

    def promise(self, pairs: Iterable[tuple[Coin, Coin]]) -> list[Quote]:
        """Rates for these pairs, given as (received, sent), that orders can refer to; disabled ones have none."""
        self._forget_expired()
        batch = "".join(self._dice.choices(_ALPHABET, k=27))
        quotes = [
            self.now(withdraw=withdraw, deposit=deposit, rate_id=f"{batch}-{number:06X}")
            for number, (withdraw, deposit) in enumerate(pairs)
            if not is_disabled(withdraw, deposit)
        ]
        self._promised.update((quote.rate_id, quote) for quote in quotes)
        return quotes

    def get(self, rate_id: str) -> Quote | None:
        """A rate that still holds."""
        self._forget_expired()
        return self._promised.get(rate_id)

    def _forget_expired(self) -> None:
        now = self._clock.unix()
        self._promised = {name: quote for name, quote in self._promised.items() if now < quote.expires_at}

    def _worth(self, coin: Coin) -> Decimal:
        """Of one unit, in USDT."""
        return self._prices(coin.symbol) if coin.price is None else coin.price
