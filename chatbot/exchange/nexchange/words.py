"""n.exchange's words and ours: from what is on the wire to domain values, and back."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from chatbot.domain.errors import InputError
from chatbot.domain.money import to_text
from chatbot.domain.swap_text import is_reference
from chatbot.domain.swaps import Coin, Currency, NewSwap, Pair, Rate, Swap, SwapPage, SwapStatus
from chatbot.exchange.decoding import clean
from chatbot.exchange.http import Unreadable
from chatbot.exchange.nexchange import wire

_CODE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_CONTRACT = re.compile(r"[\x21-\x7e]{1,200}")
_LONGEST_STATUS = 40
_LONGEST_NAME = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = range(2000, 2200)
_SIDES = ("BUY", "SELL")
_CODES = {
    "0": SwapStatus.CANCELED,
    "11": SwapStatus.INITIAL,
    "12": SwapStatus.UNCONFIRMED_PAYMENT,
    "13": SwapStatus.PAID,
    "14": SwapStatus.PRE_RELEASE,
    "15": SwapStatus.RELEASED,
    "16": SwapStatus.COMPLETED,
    "6": SwapStatus.INITIATED_REFUND,
    "8": SwapStatus.REFUNDED,
    "7": SwapStatus.REFUND_FAILED,
    "9": SwapStatus.PENDING_KYC,
}
_STATUSES = {status.value: status for status in SwapStatus} | _CODES


def checked_reference(text: str) -> str:
    """Raises `InputError` for what cannot be an order's reference."""
    if not is_reference(text):
        raise InputError("That cannot be the reference of a swap: it has letters, digits, - and _ only.")
    return text


def swap(info: wire.OrderInfo) -> Swap:
    """Raises `Unreadable` for a reference, a currency or a date that cannot be one."""
    if not is_reference(info.unique_reference):
        raise Unreadable("unique_reference")
    status, status_name = _status(str(info.status))
    return Swap(
        reference=info.unique_reference,
        side=info.side if info.side in _SIDES else "",
        deposit=currency(info.deposit_currency),
        withdraw=currency(info.withdraw_currency),
        deposit_amount=info.deposit_amount.value,
        withdraw_amount=info.withdraw_amount.value,
        status=status,
        status_name=status_name,
        created_at=_date(info.created_on),
        payment_window=_minutes(info.payment_window_minutes),
        fixed_until=_date(info.fixed_rate_deadline) if info.fixed_rate_deadline else None,
        price=_price(info.rate),
        deposit_address=_text(info.deposit_address),
        deposit_extra_id=_text(info.deposit_address_extra_id),
        withdraw_address=_text(info.withdraw_address),
        withdraw_extra_id=_text(info.withdraw_extra_id) or _text(info.withdraw_address_extra_id),
        refund_address=_text(info.refund_address),
        refund_extra_id=_text(info.refund_extra_id) or _text(info.refund_address_extra_id),
        deposit_transaction=_transaction(info.deposit_transaction),
        withdraw_transaction=_transaction(info.withdraw_transaction),
    )


def swap_page(data: wire.OrdersPage, *, number: int) -> SwapPage:
    """`number` is the page asked for; an empty page is the last one, whatever it says.

    An order that cannot be read does not hide the others; it is counted, because the list is then no evidence that
    something is not in it.
    """
    swaps = tuple(read for raw in data.results if (read := _order_or_none(raw)) is not None)
    return SwapPage(
        swaps=swaps,
        number=number,
        count=data.count,
        has_next=bool(data.next) and bool(data.results),
        unreadable=len(data.results) - len(swaps),
    )


def _order_or_none(raw: msgspec.Raw) -> Swap | None:
    try:
        return swap(wire.ORDER(raw))
    except Unreadable:
        return None


def rate(info: wire.RateInfo) -> Rate:
    """Raises `Unreadable` for an offer without a price."""
    if info.rate.value <= 0:
        raise Unreadable("rate")
    return Rate(
        pair=_code(info.pair),
        deposit=_code(info.deposit),
        withdraw=_code(info.withdraw),
        price=info.rate.value,
        withdrawal_fee=_if_any(info.withdrawal_fee) or Decimal(0),
        rate_id=_text(info.rate_id),
        least_deposit=_if_any(info.min_deposit_amount),
        most_deposit=_if_any(info.max_deposit_amount),
        least_withdraw=_if_any(info.min_withdraw_amount),
        most_withdraw=_if_any(info.max_withdraw_amount),
        expires_at=_moment(info.expiration_time_unix.value),
    )


def pair(info: wire.PairInfo) -> Pair:
    """Raises `Unreadable` for codes that cannot be any."""
    return Pair(
        name=_code(info.name),
        deposit=_code(info.deposit),
        withdraw=_code(info.withdraw),
        is_disabled=bool(info.disabled),
    )


def coin(info: wire.CurrencyInfo) -> Coin:
    """Raises `Unreadable` for codes that cannot be any."""
    code = _code(info.code)
    symbol = clean(info.common_symbol or "")
    return Coin(
        code=code,
        symbol=symbol if _CODE.fullmatch(symbol) else code,
        name=clean(info.name or "")[:_LONGEST_NAME] or code,
        network=_code_if_any(info.network),
        contract=_contract(info.contract_address),
        decimals=None if info.decimals is None else info.decimals.value,
    )


def currency(written: wire.AnyCurrency) -> Currency:
    """All three spellings of the API (api: 3.1). Raises `Unreadable` for what is none of them."""
    if isinstance(written, str):
        return Currency(code=_code(written))
    read = Currency(
        code=_code_if_any(written.code),
        network=_code_if_any(written.network),
        contract=_contract(written.contract_address),
    )
    if not (read.code or read.network):
        raise Unreadable("currency")
    return read


def new_order_body(new: NewSwap, *, side: str) -> wire.NewOrderBody:
    """What creates an order. Amounts in plain notation, as they are; `side` is left out where it is empty.

    Raises `ValueError` unless exactly one amount is given, and is above zero.
    """
    given = [amount for amount in (new.deposit_amount, new.withdraw_amount) if amount is not None]
    if len(given) != 1 or not given[0].is_finite() or given[0] <= 0:
        raise ValueError("exactly one amount, above zero, makes a swap")
    return wire.NewOrderBody(
        side=side,
        withdraw_amount="" if new.withdraw_amount is None else to_text(new.withdraw_amount),
        deposit_amount="" if new.deposit_amount is None else to_text(new.deposit_amount),
        deposit_currency=_written(new.deposit),
        withdraw_currency=_written(new.withdraw),
        withdraw_address=new.withdraw_address,
        withdraw_extra_id=new.withdraw_extra_id,
        refund_address=new.refund_address,
        refund_extra_id=new.refund_extra_id,
        rate_id=new.rate_id,
    )


def payout_body(*, address: str, extra_id: str) -> wire.UpdateBody:
    """What sets the payout address. Raises `ValueError` for an empty one."""
    if not address:
        raise ValueError("a payout goes to an address")
    return wire.UpdateBody(withdraw_address=address, withdraw_extra_id=extra_id)


def mark_body(*, paid: bool, transaction: str) -> wire.UpdateBody:
    """What marks an order as paid, or takes the mark back; only the former says a transaction."""
    return wire.UpdateBody(marked_as_paid=paid, deposit_transaction=transaction if paid else "")


def _written(currency: Currency) -> str | dict[str, str | None]:
    """The code alone unless a network is named (api: 9.4). Raises `ValueError` for no currency at all."""
    if currency.code and not currency.network:
        return currency.code
    if not currency.network:
        raise ValueError("a currency has a code or a network")
    if currency.code:
        return {"code": currency.code, "network": currency.network}
    return {"contract_address": currency.contract or None, "network": currency.network}


def _status(name: str) -> tuple[SwapStatus, str]:
    """The status, and its name as the service says it: by name, or by its code as in v1 (api: section 4)."""
    shown = clean(name)[:_LONGEST_STATUS]
    return _STATUSES.get(shown.upper(), SwapStatus.UNKNOWN), shown


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise Unreadable("a code")
    return text


def _code_if_any(text: str | None) -> str:
    return _code(text) if text else ""


def _contract(text: str | None) -> str:
    if text and not _CONTRACT.fullmatch(text):
        raise Unreadable("contract_address")
    return text or ""


def _text(written: wire.Word | wire.Memo | None) -> str:
    return "" if written is None else written.value


def _if_any(number: wire.PlainIfAny | None) -> Decimal | None:
    return None if number is None else number.value


def _price(written: object) -> Decimal | None:
    """None where there is none that can be read."""
    text = str(written)
    return wire.Plain(text).value if wire.Plain.pattern.fullmatch(text) else None


def _transaction(written: object) -> str:
    """Empty where there is none that can be one."""
    return written if isinstance(written, str) and wire.WORD.fullmatch(written) else ""


def _minutes(minutes: wire.Minutes | None) -> timedelta | None:
    return None if minutes is None else timedelta(minutes=minutes.value)


def _moment(seconds: Decimal) -> datetime:
    """Unix seconds, perhaps with a fraction."""
    try:
        return _plausible(_EPOCH + timedelta(microseconds=int(seconds * 1_000_000)))
    except OverflowError:
        raise Unreadable("time") from None


def _date(text: str) -> datetime:
    """ISO 8601, in UTC where it names no offset: `2023-10-15T10:30:00Z`."""
    try:
        date = datetime.fromisoformat(text)
        return _plausible(date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC))
    except (ValueError, OverflowError):
        raise Unreadable("date") from None


def _plausible(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise Unreadable("date")
    return moment
