"""Instant Trade: one currency is turned into another at a price that the exchange quotes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What the exchange offers for so much of a currency (api: I1). It does not say for how long.

    The `…_text` are the exchange's own strings, which a confirmed conversion sends back unchanged. `price` is in
    counter units per base unit, whichever of the two is sold (observed). The limits are those of the amount sold, and
    of the amount bought.
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
    """What is sent to convert (api: I2): a quote's own strings. `account_number` names another trading account than
    the session's own; None for that.
    """

    sell: str
    buy: str
    sell_text: str
    buy_text: str
    price_text: str
    account_number: int | None = None
