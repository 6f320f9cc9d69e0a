"""JSON shapes of the documented API: field names, types, number and date formats."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chatbot.paper.swaps.coins import Coin, find
from chatbot.paper.swaps.orders import Order
from chatbot.paper.swaps.quotes import Quote, is_disabled
from chatbot.paper.swaps.refusals import Invalid
from chatbot.paper.swaps.venue import Asked, Changes
from chatbot.paper.swaps.wallet import Arrival, Wallet

Json = dict[str, object]

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,18})?")
_LONGEST_TEXT = 256
_TIME_ZONE = re.compile(r"GMT [+-](?:0[0-9]|1[0-4]):[0-5][0-9] \(([A-Za-z0-9_+/-]+)\)")
# Clients have met addresses of pages that only the service itself can reach.
_INTERNAL = "http://nexchange-web.internal:8000/en/api/v2/orders/"


# requests


def read_order(fields: Mapping[str, object], headers: Mapping[str, str]) -> Asked:
    """The order a request asks for. Raises ``Invalid``."""
    time_zone = _read_time_zone(headers.get("x-user-timezone", ""))
    missing = [name for name in ("deposit_currency", "withdraw_currency") if fields.get(name) is None]
    if missing:
        raise Invalid.missing(*missing)
    deposit, withdraw = _read_coin(fields, "deposit_currency"), _read_coin(fields, "withdraw_currency")
    if deposit == withdraw:
        raise Invalid.order("Deposit and withdraw currency are the same.")
    deposit_amount = _read_amount(fields, "deposit_amount", deposit)
    withdraw_amount = _read_amount(fields, "withdraw_amount", withdraw)
    if deposit_amount is None and withdraw_amount is None:
        raise Invalid.order("Either withdraw_amount or deposit_amount must be present.")
    if deposit_amount is not None and withdraw_amount is not None:
        raise Invalid.order("Only one of withdraw_amount and deposit_amount may be present.")
    return Asked(
        side=_read_side(fields.get("side")),
        deposit=deposit,
        withdraw=withdraw,
        deposit_form=fields["deposit_currency"],
        withdraw_form=fields["withdraw_currency"],
        deposit_amount=deposit_amount,
        withdraw_amount=withdraw_amount,
        withdraw_address=_read_text(fields, "withdraw_address") or "",
        withdraw_extra_id=_read_text(fields, "withdraw_extra_id") or "",
        refund_address=_read_text(fields, "refund_address") or "",
        refund_extra_id=_read_text(fields, "refund_extra_id") or "",
        rate_id=_read_text(fields, "rate_id") or "",
        time_zone=time_zone,
        is_referred=bool(headers.get("x-referral-token")),
    )


def read_changes(fields: Mapping[str, object]) -> Changes:
    """The update a request asks for; fields that cannot be updated are ignored. Raises ``Invalid``."""
    marked = fields.get("marked_as_paid")
    if marked is not None and not isinstance(marked, bool):
        raise Invalid.field("marked_as_paid", "Must be a valid boolean.")
    return Changes(
        withdraw_address=_read_text(fields, "withdraw_address"),
        withdraw_extra_id=_read_text(fields, "withdraw_extra_id"),
        marked_as_paid=marked,
        deposit_transaction=_read_text(fields, "deposit_transaction"),
    )


def read_number(value: object) -> Decimal | None:
    """A decimal from a JSON string, or from a JSON number parsed without loss; None for anything else."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value) if type(value) in (str, int) else ""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def has_decimals(amount: Decimal, places: int) -> bool:
    """Whether an amount can be had with so many decimals."""
    return amount == amount.quantize(Decimal(1).scaleb(-places))


def _read_time_zone(header: str) -> str:
    """The table calls the header required, and clients succeed without it."""
    if header:
        written = _TIME_ZONE.fullmatch(header)
        if written is None or not _is_zone(written[1]):
            raise Invalid.field("X-User-Timezone", "Use the form GMT ±HH:MM (IANA_Timezone).")
    return header


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last for names of folders
        return False
    return True


def _read_coin(fields: Mapping[str, object], name: str) -> Coin:
    coin = find(fields[name])
    if coin is None:
        raise Invalid.field(name, "Currency is not supported.")
    return coin


def _read_amount(fields: Mapping[str, object], name: str, coin: Coin) -> Decimal | None:
    if fields.get(name) is None:
        return None
    amount = read_number(fields[name])
    if amount is None:
        raise Invalid.field(name, "A valid number is required.")
    if not amount:
        raise Invalid.field(name, "Ensure this value is greater than 0.")
    if not has_decimals(amount, coin.decimals):
        raise Invalid.field(name, f"Ensure that there are no more than {coin.decimals} decimal places.")
    return amount


def _read_side(value: object) -> str:
    if value not in (None, "BUY", "SELL"):
        raise Invalid.field("side", f'"{value}" is not a valid choice.')
    return "SELL" if value is None else str(value)


def _read_text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid.field(name, "Not a valid string.")
    if len(value) > _LONGEST_TEXT:
        raise Invalid.field(name, f"Ensure this field has no more than {_LONGEST_TEXT} characters.")
    return value.strip()


# answers


def created(order: Order) -> Json:
    """An order as creating and updating answer it: without its rate."""
    return {**_head(order), **_addresses(order), "refund_extra_id": order.refund_extra_id, **_transactions(order)}


def detailed(order: Order) -> Json:
    """An order as list and details show it: with its rate, and another name for the memo of the refund address."""
    return {
        **_head(order),
        "rate": f"{order.price:f}",
        **_addresses(order),
        "refund_address_extra_id": order.refund_extra_id,
        **_transactions(order),
    }


def _head(order: Order) -> Json:
    return {
        "unique_reference": order.reference,
        "side": order.side,
        "withdraw_amount": amount(order.withdraw_amount, order.withdraw),
        "deposit_amount": amount(order.deposit_amount, order.deposit),
        "deposit_currency": order.deposit_form,
        "withdraw_currency": order.withdraw_form,
        "status": order.status.value,
        "created_on": date(order.created_at),
        "payment_window_minutes": order.window_minutes,
        "fixed_rate_deadline": date(order.deadline_at) if order.is_fixed else None,
    }


def _addresses(order: Order) -> Json:
    return {
        "deposit_address": order.deposit_address,
        "deposit_address_extra_id": order.deposit_extra_id,
        "withdraw_address": order.withdraw_address,
        "withdraw_extra_id": order.withdraw_extra_id,
        "refund_address": order.refund_address,
    }


def _transactions(order: Order) -> Json:
    return {"deposit_transaction": order.deposit_transaction, "withdraw_transaction": order.withdraw_transaction}


def sparse(order: Json) -> Json:
    """An order without what is not set."""
    return {name: value for name, value in order.items() if value not in ("", None)}


def page(orders: list[Json], *, number: int, size: int, pages: int, count: int) -> Json:
    def address(page_number: int) -> str | None:
        query = urlencode({"page": page_number, "page_size": size})
        return f"{_INTERNAL}?{query}" if 1 <= page_number <= pages else None

    return {"count": count, "next": address(number + 1), "previous": address(number - 1), "results": orders}


def quote(made: Quote, *, deposit_amount: Decimal | None = None) -> Json:
    """A rate; with a deposit also what comes out of that."""
    deposit, withdraw, limits = made.deposit, made.withdraw, made.limits
    row: Json = {
        "pair": withdraw.code + deposit.code,
        "from": deposit.code,
        "to": withdraw.code,
        "withdrawal_fee": amount(withdraw.withdrawal_fee, withdraw),
        "rate": f"{made.price:f}",
        "rate_id": made.rate_id,
        "max_withdraw_amount": amount(limits.most_withdraw, withdraw),
        "min_withdraw_amount": amount(limits.least_withdraw, withdraw),
        "max_deposit_amount": amount(limits.most_deposit, deposit),
        "min_deposit_amount": amount(limits.least_deposit, deposit),
        "expiration_time_unix": str(made.expires_at),
    }
    if deposit_amount is not None:
        received = max(made.withdraw_for(deposit_amount, places=withdraw.places), Decimal(0))
        row["withdraw_amount"] = amount(received, withdraw)
    return row


def pair(name: str, *, withdraw: Coin, deposit: Coin) -> Json:
    disabled = is_disabled(withdraw, deposit)
    return {"name": name, "to": withdraw.code, "from": deposit.code, "disabled": disabled}


def currency(coin: Coin) -> Json:
    return {
        "code": coin.code,
        "name": coin.name,
        "is_fiat": False,
        "network": coin.network,
        "contract_address": coin.contract,
        "common_symbol": coin.symbol,
        "decimals": coin.decimals,
        "withdrawal_fee": amount(coin.withdrawal_fee, coin),
    }


FIAT: Json = {
    "code": "EUR",
    "name": "Euro",
    "is_fiat": True,
    "network": None,
    "contract_address": None,
    "common_symbol": "EUR",
    "decimals": 2,
    "withdrawal_fee": "0.00",
}
"""Money of states is listed with the coins, and cannot be swapped."""


# the control panel's


def steered(order: Order) -> Json:
    """An order as the control panel shows it: all there is, and what only the service knows."""
    return {
        **detailed(order),
        "key": order.owner,
        "flow": order.flow.value,
        "passed": [status.value for status in order.passed],
        "marked_as_paid": order.marked_as_paid,
        "received": amount(order.received, order.deposit),
        "time_zone": order.time_zone,
        "referred": order.is_referred,
    }


def pocket(coin: Coin, wallet: Wallet) -> Json:
    """One coin of the demo wallet."""
    return {
        "code": coin.code,
        "symbol": coin.symbol,
        "name": coin.name,
        "network": coin.network,
        "decimals": coin.decimals,
        "address": wallet.address(coin),
        "extra_id": wallet.memo(coin),
        "balance": f"{wallet.balance(coin).normalize():f}",
    }


def arrival(sent: Arrival) -> Json:
    return {
        "at": date(sent.at),
        "kind": sent.kind,
        "reference": sent.reference,
        "code": sent.coin.code,
        "symbol": sent.coin.symbol,
        "network": sent.coin.network,
        "amount": f"{sent.amount.normalize():f}",
        "address": sent.address,
        "extra_id": sent.extra_id,
        "transaction": sent.transaction,
    }


# numbers and dates


def amount(value: Decimal, coin: Coin) -> str:
    """With all the decimals the coin's amounts usually have, and with more where there are more."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return f"{value:.{max(coin.places, -exponent)}f}"


def date(unix: float) -> str:
    return datetime.fromtimestamp(int(unix), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
