"""Instant Trade: one currency is turned into another at a price that the exchange quotes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chatbot.domain.money import ZERO, decimals_of

_MOST_DECIMALS = 18
"""No currency is counted in finer units."""
_TOO_LARGE = Decimal(10) ** 18
"""Beyond any amount or price there is; products and quotients of such numbers still fit `EXACT`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the exchange offers for so much of a currency (api: I1). It does not say for how long.

    The `…_text` are the exchange's own strings, which a confirmed conversion sends back unchanged. `price` is in
    counter units per base unit, whichever of the two is sold (observed). The limits are those of the amount sold, and
    of the amount bought; one of zero is none. For less than the least, the offer may be nothing. Raises `ValueError`
    for numbers that no offer can have.
    """

    sell: str
    buy: str
    sell_text: str
    buy_text: str
    price_text: str
    least_sell: Decimal
    most_sell: Decimal
    least_buy: Decimal
    most_buy: Decimal
    at: datetime

    def __post_init__(self) -> None:
        offered = (self.sell_amount, self.buy_amount, self.price)
        bounds = ((self.least_sell, self.most_sell), (self.least_buy, self.most_buy))
        limits = tuple(limit for bound in bounds for limit in bound)
        if min(self.sell_amount, self.price) <= ZERO or min(self.buy_amount, *limits) < ZERO:
            raise ValueError("nothing, or less than that")
        if not self.buy_amount and self.sell_amount >= self.least_sell:
            raise ValueError("nothing for something")
        if max(offered) >= _TOO_LARGE:
            raise ValueError("more than there is")
        if max(map(decimals_of, (*offered, *limits))) > _MOST_DECIMALS:
            raise ValueError("finer than any currency")
        if any(ZERO < most < least for least, most in bounds):
            raise ValueError("limits that nothing can be within")

    @property
    def sell_amount(self) -> Decimal:
        return Decimal(self.sell_text)

    @property
    def buy_amount(self) -> Decimal:
        return Decimal(self.buy_text)

    @property
    def price(self) -> Decimal:
        return Decimal(self.price_text)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConversion:
    """What is sent to convert (api: I2): a quote's own strings."""

    sell: str
    buy: str
    sell_text: str
    buy_text: str
    price_text: str
