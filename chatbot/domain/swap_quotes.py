"""What an offer makes of an amount, and whether it takes it.

How price and fee give the other amount is our reading of the API (api: 7.1): the price is in deposit units per
withdraw unit, and the fee is taken from what is received. What counts in the end is what the order says.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal

from chatbot.domain.errors import InputError
from chatbot.domain.money import EXACT, ZERO, grouped, has_decimals, multiply, round_down, round_up, to_text
from chatbot.domain.swaps import Coin, Rate

USUAL_DECIMALS = 8
"""Of a coin whose decimals the service does not say."""
_CUT = Context(prec=EXACT.prec, rounding=ROUND_DOWN)
_SIZES = (Decimal(1), Decimal(2), Decimal(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Both amounts of a swap at an offer; the one that was named is as it was."""

    deposit: Decimal
    withdraw: Decimal


class AmountUnfit(InputError):
    """An offer does not take an amount. `fitting` is the nearest that it takes, None if there is none."""

    def __init__(self, sentence: str, *, fitting: Decimal | None = None) -> None:
        super().__init__(sentence)
        self.fitting = fitting


def quote(amount: Decimal, rate: Rate, *, gets: bool, deposit: Coin, withdraw: Coin) -> Quoted:
    """Both amounts, one of which is named: the one to receive if `gets`. Raises `AmountUnfit`.

    What is received is rounded down and what is sent is rounded up, to the coin's decimals.
    """
    named = withdraw if gets else deposit
    _check_decimals(amount, named)
    _check_limits(amount, named, *limits(rate, gets=gets))
    if gets:
        sent = multiply(EXACT.add(amount, rate.withdrawal_fee), rate.price)
        return Quoted(deposit=round_up(sent, decimals=coin_decimals(deposit)), withdraw=amount)
    received = EXACT.subtract(_CUT.divide(amount, rate.price), rate.withdrawal_fee)
    if received <= ZERO or not (rounded := round_down(received, decimals=coin_decimals(withdraw))):
        fee = f"{grouped(rate.withdrawal_fee)} {withdraw.symbol}"
        raise AmountUnfit(f"Nothing would be left of {grouped(amount)} {deposit.symbol}: the fee is {fee}.")
    return Quoted(deposit=amount, withdraw=rounded)


def limits(rate: Rate, *, gets: bool) -> tuple[Decimal | None, Decimal | None]:
    """The least and the most of the amount that is named (api: 7.1: those of the other one do not count)."""
    return (rate.least_withdraw, rate.most_withdraw) if gets else (rate.least_deposit, rate.most_deposit)


def coin_decimals(coin: Coin) -> int:
    return USUAL_DECIMALS if coin.decimals is None else coin.decimals


def sizes(rate: Rate, *, gets: bool, coin: Coin, count: int) -> tuple[Decimal, ...]:
    """Amounts to begin with: the least that is taken, then round ones above it. None where the offer names no least."""
    least, most = limits(rate, gets=gets)
    if least is None or least <= ZERO:
        return ()
    first = round_up(least, decimals=coin_decimals(coin))
    found, scale = [first], Decimal(1).scaleb(first.adjusted())
    while len(found) < count:
        found += [multiply(size, scale) for size in _SIZES if multiply(size, scale) > found[0]]
        scale = multiply(scale, Decimal(10))
    return tuple(_short(size) for size in found[:count] if most is None or size <= most)


def _short(value: Decimal) -> Decimal:
    """The same value as somebody would write it: `100`, neither `1E+2` nor `100.000000`."""
    return Decimal(to_text(value.normalize(EXACT)))


def _check_decimals(amount: Decimal, coin: Coin) -> None:
    decimals = coin_decimals(coin)
    if has_decimals(amount, at_most=decimals):
        return
    shorter = round_down(amount, decimals=decimals)
    raise AmountUnfit(f"{coin.symbol} has {decimals} decimals here, not more.", fitting=shorter or None)


def _check_limits(amount: Decimal, coin: Coin, least: Decimal | None, most: Decimal | None) -> None:
    said = f"{grouped(amount)} {coin.symbol}"
    if least is not None and amount < least:
        fitting = round_up(least, decimals=coin_decimals(coin))
        raise AmountUnfit(f"The least here is {grouped(least)} {coin.symbol}, not {said}.", fitting=_short(fitting))
    if most is not None and amount > most:
        fitting = round_down(most, decimals=coin_decimals(coin))
        raise AmountUnfit(
            f"The most here is {grouped(most)} {coin.symbol}, not {said}.", fitting=_short(fitting) or None
        )
