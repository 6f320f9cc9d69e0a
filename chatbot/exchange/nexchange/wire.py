"""n.exchange's answers and our requests as they are on the wire, field by field.

Unknown fields are ignored, nested lists of transactions among them (api: section 4). Optional fields may be missing,
null or empty, which all means the same; a field that is evidence of what became of money has no default.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import msgspec

from chatbot.exchange.decoding import Number, decode, decoder
from chatbot.exchange.http import Unreadable

T = TypeVar("T")

WORD = re.compile(r"[\x21-\x7e]{0,256}")
_LONGEST_MEMO = 256

_MOST_DECIMALS = 36

_YEAR = 525_600  # minutes


class Plain(Number):
    """An amount or a price: without a sign, but perhaps as `1E-7`, which is how some servers write small decimals."""

    __slots__ = ()

    pattern = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?")


class PlainIfAny:
    """The same, or None for an empty text."""

    __slots__ = ("value",)

    def __init__(self, text: str) -> None:
        self.value: Decimal | None = Plain(text).value if text else None


class Minutes:
    """A number of minutes, as a number or a text; at most a year of them."""

    __slots__ = ("value",)

    def __init__(self, text: str) -> None:
        self.value = int(text) if text.isdecimal() and text.isascii() and len(text) <= len(str(_YEAR)) else -1
        if not 0 <= self.value <= _YEAR:
            raise ValueError("not a number of minutes")


class Decimals:
    """How many decimals a coin has, from a number or a text: clients only saw the name of the field."""

    __slots__ = ("value",)

    def __init__(self, text: str) -> None:
        self.value = int(Plain(text).value)
        if text != str(self.value) or self.value > _MOST_DECIMALS:
            raise ValueError("not a number of decimals")


class Word:
    """An address, a transaction or the like: ASCII without spaces inside, or empty."""

    __slots__ = ("value",)

    def __init__(self, text: str) -> None:
        self.value = text.strip()
        if not WORD.fullmatch(self.value):
            raise ValueError("not a word")


class Memo:
    """A memo, tag or comment, letter by letter but for line breaks around it; nothing in it is invisible."""

    __slots__ = ("value",)

    def __init__(self, text: str) -> None:
        self.value = text.strip("\r\n\t")
        if len(self.value) > _LONGEST_MEMO or not self.value.isprintable():
            raise ValueError("not a memo")


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all answers."""


class CurrencyObject(Wire, frozen=True):
    """A currency that is not just a code (api: 3.1); a null contract is the network's own coin."""

    code: str | None = None
    network: str | None = None
    contract_address: str | None = None


AnyCurrency = str | CurrencyObject


class OrderInfo(Wire, frozen=True):
    """An order in every answer that holds one (api: 3.4), with both spellings of the extra ids (api: 9.5).

    Rate and transactions are told besides, and anybody with the key may have written the latter: whatever they hold, it
    does not make the order unreadable.
    """

    unique_reference: str
    deposit_amount: Plain
    withdraw_amount: Plain
    deposit_currency: AnyCurrency
    withdraw_currency: AnyCurrency
    status: str | int
    created_on: str
    side: str | None = None
    payment_window_minutes: Minutes | None = None
    fixed_rate_deadline: str | None = None
    rate: Any = None
    deposit_address: Word | None = None
    deposit_address_extra_id: Memo | None = None
    withdraw_address: Word | None = None
    withdraw_extra_id: Memo | None = None
    withdraw_address_extra_id: Memo | None = None
    refund_address: Word | None = None
    refund_extra_id: Memo | None = None
    refund_address_extra_id: Memo | None = None
    deposit_transaction: Any = None
    withdraw_transaction: Any = None


class OrdersPage(Wire, frozen=True):
    """A page of orders, each still to be read. `next` may name an internal host; it only says whether there is more."""

    count: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    results: list[msgspec.Raw]
    next: str | None


class RateInfo(Wire, frozen=True):
    """An offer (api: 7.1). Limits and fee may be left out."""

    pair: str
    deposit: str = msgspec.field(name="from")
    withdraw: str = msgspec.field(name="to")
    rate: Plain
    expiration_time_unix: Plain
    rate_id: Word | None = None
    withdrawal_fee: PlainIfAny | None = None
    min_withdraw_amount: PlainIfAny | None = None
    max_withdraw_amount: PlainIfAny | None = None
    min_deposit_amount: PlainIfAny | None = None
    max_deposit_amount: PlainIfAny | None = None


class PairInfo(Wire, frozen=True):
    """A pair (api: 7.2)."""

    name: str
    deposit: str = msgspec.field(name="from")
    withdraw: str = msgspec.field(name="to")
    disabled: bool | None = None


class CurrencyInfo(Wire, frozen=True):
    """A currency (api: 7.3). All but the code has been seen missing or null."""

    code: str
    name: str | None = None
    is_fiat: bool | None = None
    network: str | None = None
    contract_address: str | None = None
    common_symbol: str | None = None
    decimals: Decimals | None = None


class NewOrderBody(Wire, frozen=True, kw_only=True, omit_defaults=True):
    """What creates an order (api: 3.3). Amounts are texts; what is empty is left out."""

    side: str = ""
    withdraw_amount: str = ""
    deposit_amount: str = ""
    deposit_currency: str | dict[str, str | None]
    withdraw_currency: str | dict[str, str | None]
    withdraw_address: str = ""
    withdraw_extra_id: str = ""
    refund_address: str = ""
    refund_extra_id: str = ""
    rate_id: str = ""


class UpdateBody(Wire, frozen=True, omit_defaults=True):
    """The four fields of an update (api: 3.6); what is empty is left out."""

    withdraw_address: str = ""
    withdraw_extra_id: str = ""
    marked_as_paid: bool | None = None
    deposit_transaction: str = ""


class Reader(Generic[T]):
    """Reads the body of a success. Raises `Unreadable`."""

    def __init__(self, kind: Any) -> None:
        self._decoder: msgspec.json.Decoder[T] = decoder(kind)

    def __call__(self, body: bytes | msgspec.Raw) -> T:
        return decode(self._decoder, body)


class Rows(Generic[T]):
    """Reads an array row by row, so that one odd row does not hide the others.

    A client met an array in an array (api: 7.1): it is flattened. A lone object counts as an array of one.
    """

    def __init__(self, row: type[T]) -> None:
        self._row: Reader[T] = Reader(row)

    def __call__(self, body: bytes) -> tuple[T, ...]:
        """Those that can be read. Raises `Unreadable` if there are rows and not one can be."""
        rows = list(_flat(msgspec.Raw(body.strip())))
        readable = tuple(row for raw in rows if (row := self._or_none(raw)) is not None)
        if rows and not readable:
            raise Unreadable("no row")
        return readable

    def _or_none(self, raw: msgspec.Raw) -> T | None:
        try:
            return self._row(raw)
        except Unreadable:
            return None


_ARRAY: Reader[list[msgspec.Raw]] = Reader(list[msgspec.Raw])


def _flat(raw: msgspec.Raw, *, depth: int = 2) -> list[msgspec.Raw]:
    if depth and bytes(raw).startswith(b"["):
        return [row for inner in _ARRAY(raw) for row in _flat(inner, depth=depth - 1)]
    return [raw]


ORDER: Reader[OrderInfo] = Reader(OrderInfo)
ORDERS: Reader[OrdersPage] = Reader(OrdersPage)
RATES = Rows(RateInfo)
PAIRS = Rows(PairInfo)
CURRENCIES = Rows(CurrencyInfo)
