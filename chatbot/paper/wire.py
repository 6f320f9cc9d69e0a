"""JSON shapes of the documented API: field names, types and number formats."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal

from chatbot.paper.accounts import MAIN, Account
from chatbot.paper.market import CURRENCIES, MARKETS_BY_CODE, Market
from chatbot.paper.orders import Kind, Order, Side, Terms
from chatbot.paper.refusals import Refusal, Refused
from chatbot.paper.tape import Trade
from chatbot.paper.trading import Trading
from chatbot.paper.withdrawals import Withdrawal, WithdrawalTerms

Json = dict[str, object]

PAGE_SIZE = 20
BOOK_DEPTH = 50

_FEE_QUANTUM = Decimal("1E-16")
# Clients of this family format with str(), so 1e-05 is a number too.
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?")


def success(data: object) -> Json:
    return {"status": "success", "data": data}


def error(reason: str, status_code: int) -> Json:
    return {"status": "error", "reason": reason, "status_code": status_code, "data": {}}


# requests


def read_terms(fields: Mapping[str, object], account: Account) -> Terms:
    """The order a request asks for. Raises ``Refused`` for a missing, mistyped or unknown value."""
    if fields.get("account_name") != MAIN:
        raise Refused(Refusal.ACCOUNT_OWNER_DIFFERENT)
    market = MARKETS_BY_CODE.get(str(fields.get("market_code")))
    if market is None:
        raise Refused(Refusal.MARKET_NOT_FOUND)
    client_id, post_only = fields.get("client_id", 0), fields.get("post_only", False)
    if type(client_id) is not int or abs(client_id) >= 2**63 or not isinstance(post_only, bool):
        raise Refused(Refusal.PARAMETER_INVALID)
    kind = _read_kind(fields.get("order_type"))
    return Terms(
        account=account.number,
        market=market,
        kind=kind,
        side=read_side(fields.get("buy_sell")),
        price=Decimal(0) if kind is Kind.MARKET else read_number(fields.get("price")),
        volume=read_number(fields.get("volume")),
        client_id=client_id,
        post_only=post_only,
    )


def read_withdrawal(fields: Mapping[str, object], account: Account) -> WithdrawalTerms:
    """The withdrawal a request asks for. Raises ``Refused`` for a missing or mistyped value or an unknown currency."""
    currency, alias = fields.get("currency_code"), fields.get("alias")
    if not isinstance(currency, str) or currency not in CURRENCIES or not isinstance(alias, str):
        raise Refused(Refusal.PARAMETER_INVALID)
    amount = read_number(fields.get("amount"))
    return WithdrawalTerms(account=account.number, currency=currency, amount=amount, alias=alias)


def read_number(value: object) -> Decimal:
    """A decimal from a JSON string, or from a JSON number parsed without loss."""
    text = str(value) if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
    if not _NUMBER.fullmatch(text):
        raise Refused(Refusal.PARAMETER_INVALID)
    number = Decimal(text)
    if number.adjusted() > 14 or number.adjusted() < -16:
        raise Refused(Refusal.PARAMETER_INVALID)
    return number


def _read_kind(value: object) -> Kind:
    try:
        return Kind(str(value))
    except ValueError:
        raise Refused(Refusal.PARAMETER_INVALID) from None


def read_side(value: object) -> Side:
    try:
        return Side(str(value))
    except ValueError:
        raise Refused(Refusal.PARAMETER_INVALID) from None


# answers


def market_info(market: Market) -> Json:
    return {
        "market_code": market.code,
        "url_symbol": market.code.lower(),
        "base_currency": market.base,
        "counter_currency": market.counter,
        "minimum_order_amount": str(market.minimum),
        "maximum_order_amount": str(market.maximum),
        "base_currency_decimal": market.base_decimals,
        "counter_currency_decimal": market.counter_decimals,
        "presentation_decimal": market.counter_decimals,
        "resell_market": market.instant_only,
        "min_multiplier": str(market.lowest_multiplier),
        "max_multiplier": str(market.highest_multiplier),
        "maker_fee_ratio": str(market.maker_fee),
        "taker_fee_ratio": str(market.taker_fee),
        "list_date": 0,
        "base_currency_name": market.base_name,
        "counter_currency_name": market.counter_name,
        "risk_group": 0,
        "trigger_order": {"L": True, "M": True},
    }


def ticker(trading: Trading, *, now: float) -> Json:
    """A side without orders shows the price ``0``."""
    market, tape, day = trading.market, trading.tape, trading.tape.day(now=now)
    bid, ask = (trading.book.half(side).best_price() or Decimal(0) for side in Side)
    return {
        "market": {
            "market_code": market.code,
            "base_currency_code": market.base,
            "counter_currency_code": market.counter,
        },
        "bid": _price(market, bid),
        "ask": _price(market, ask),
        "last_price": _price(market, tape.last.price),
        "last_size": _volume(market, tape.last.volume),
        "volume_24h": f"{day.volume:.2f}",
        "change_24h": f"{day.change:.2f}",
        "low_24h": _price(market, day.low),
        "high_24h": _price(market, day.high),
        "avg_24h": _price(market, day.average),
        "timestamp": str(max(trading.quoted_at, tape.last.at)),
    }


def order_book(trading: Trading, *, now: float) -> Json:
    market = trading.market
    return {
        "market_code": market.code,
        "ticker": ticker(trading, now=now),
        "buyers": _levels(trading, Side.BUY),
        "sellers": _levels(trading, Side.SELL),
        "last_transactions": [_transaction(market, trade) for trade in reversed(trading.tape.trades)],
        "timestamp": str(trading.quoted_at),
    }


def _levels(trading: Trading, side: Side) -> list[Json]:
    market = trading.market
    levels = zip(range(BOOK_DEPTH), trading.book.half(side).levels(), strict=False)
    return [
        {"orders_total_amount": _volume(market, volume), "orders_price": _price(market, price)}
        for _, (price, volume) in levels
    ]


def _transaction(market: Market, trade: Trade) -> Json:
    return {
        "amount": _volume(market, trade.volume),
        "price": _price(market, trade.price),
        "time": str(trade.at),
        "type": trade.side.value,
    }


def balance(currency: str, *, total: Decimal, available: Decimal) -> Json:
    return {
        "currency_code": currency,
        "balance": _plain(total),
        "available_balance": _plain(available),
    }


def listed_order(order: Order) -> Json:
    """An order as A2 and A3 show it. ``total`` is what was exchanged so far."""
    terms, market = order.terms, order.terms.market
    average = order.total / order.executed if order.executed else Decimal(0)
    return {
        "order_number": order.number,
        "account_number": terms.account,
        "order_type": terms.kind.value,
        "market_code": market.code,
        "base_currency": market.base,
        "counter_currency": market.counter,
        "channel_code": "W",
        "price": _price(market, terms.price),
        "volume": _volume(market, terms.volume),
        "volume_executed": _volume(market, order.executed),
        "volume_remaining": _volume(market, order.remaining),
        "buy_sell": terms.side.value,
        "status": order.state.value,
        "add_date": date(order.added_at),
        "total": str(order.total.quantize(market.price_step, ROUND_DOWN)),
        "avg_price": _price(market, average),
        "client_id": terms.client_id,
        "post_only": terms.post_only,
        "cancelable": order.is_cancelable,
    }


def order_status(order: Order) -> Json:
    """An order as A4 shows it. The fee keeps sixteen decimals, so that no fee reads ``0E-16``."""
    return {
        **listed_order(order),
        "update_date": date(order.updated_at),
        "fee_amount": str(order.fee.quantize(_FEE_QUANTUM)),
    }


def is_listed(order: Order, status_filter: str) -> bool:
    """Whether the list filter ``O`` open, ``C`` closed or ``A`` all shows an order."""
    match status_filter:
        case "O":
            return order.is_open
        case "C":
            return not order.is_open
        case _:
            return True


def order_page(orders: list[Order], page: int) -> Json:
    """One page of ``orders``, which come newest first. Pages count from 1; one past the end is empty."""
    start = (page - 1) * PAGE_SIZE
    pages = max(1, -(-len(orders) // PAGE_SIZE))
    return {
        "orders": [listed_order(order) for order in orders[start : start + PAGE_SIZE]],
        "page_number": page,
        "total_page_count": pages,
        "total_row_count": None,
        "has_next": page < pages,
    }


def withdrawal(requested: Withdrawal) -> Json:
    """A withdrawal as the control panel shows it; the API shows none."""
    terms = requested.terms
    return {
        "number": requested.number,
        "currency": terms.currency,
        "amount": _plain(terms.amount),
        "alias": terms.alias,
        "state": requested.state.value,
        "requested_at": date(requested.requested_at),
    }


# numbers and dates


def _price(market: Market, price: Decimal) -> str:
    return f"{price:.{market.counter_decimals}f}"


def _volume(market: Market, volume: Decimal) -> str:
    return f"{volume:.{market.base_decimals}f}"


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}" if amount else "0"


def date(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat(sep=" ", timespec="microseconds")
