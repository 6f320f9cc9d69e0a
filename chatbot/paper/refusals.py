"""Business refusals: HTTP 200 with ``status: error``, a reason and a numeric code.

1101, 1103, 1201, 1210 and 1319 are the exchange's known codes. It publishes no full list; the others are this venue's
own, and clients are expected to treat any code they do not know as a refusal.
"""

from enum import Enum


class Refusal(Enum):
    """A reason (a machine word, or a sentence) with its code."""

    ACCOUNT_OWNER_DIFFERENT = ("account_owner_different", 1101)
    MARKET_NOT_FOUND = ("market_not_found", 1102)
    BALANCE_INSUFFICIENT = ("balance_insufficient", 1103)
    PARAMETER_INVALID = ("parameter_invalid", 1104)
    AMOUNT_BELOW_MINIMUM = ("minimum_order_amount", 1105)
    AMOUNT_ABOVE_MAXIMUM = ("maximum_order_amount", 1106)
    VOLUME_DECIMALS = ("volume_decimal_exceeded", 1107)
    PRICE_DECIMALS = ("price_decimal_exceeded", 1108)
    PRICE_OUT_OF_BAND = ("price_out_of_range", 1109)
    POST_ONLY_WOULD_TRADE = ("post_only_would_execute", 1110)
    AMOUNT_DECIMALS = ("amount_decimal_exceeded", 1111)
    ORDER_NOT_FOUND = ("order_not_found", 1201)
    ORDER_NOT_CANCELABLE = ("order_not_cancelable", 1202)
    PRICE_CHANGED = ("Price has changed too much", 1210)
    ADDRESS_NOT_FOUND = ("Withdraw address not found", 1319)

    def __init__(self, reason: str, status_code: int) -> None:
        self.reason = reason
        self.status_code = status_code


class Refused(Exception):
    """The exchange says no; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
