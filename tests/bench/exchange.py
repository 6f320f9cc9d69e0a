"""An exchange that always says the same, at once, and counts what it is asked; with a stopwatch on its doorstep."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import time
from typing import Any

import orjson

from tests.bench.serving import Request, Respond

_MARKET = {"market_code": "BTCUSDT", "base_currency_code": "BTC", "counter_currency_code": "USDT"}
_RULES = {
    "market_code": "BTCUSDT",
    "url_symbol": "btcusdt",
    "base_currency": "BTC",
    "counter_currency": "USDT",
    "minimum_order_amount": "5.00",
    "maximum_order_amount": "10000.00",
    "base_currency_decimal": 8,
    "counter_currency_decimal": 2,
    "presentation_decimal": 2,
    "resell_market": False,
    "min_multiplier": "0.60",
    "max_multiplier": "3.00",
    "maker_fee_ratio": "0.00150000",
    "taker_fee_ratio": "0.00250000",
    "list_date": 0,
    "base_currency_name": "Bitcoin",
    "counter_currency_name": "Tether",
    "risk_group": 0,
    "trigger_order": {"L": True, "M": True},
}
_ORDER = {
    "account_number": 109,
    "order_type": "market",
    "market_code": "BTCUSDT",
    "base_currency": "BTC",
    "counter_currency": "USDT",
    "channel_code": "W",
    "price": "0",
    "volume": "0.01000000",
    "volume_executed": "0.01000000",
    "volume_remaining": "0.00000000",
    "buy_sell": "B",
    "status": "F",
    "add_date": "2026-05-10 11:23:22.710724+00:00",
    "update_date": "2026-05-10 11:23:23.710724+00:00",
    "total": "765.26",
    "avg_price": "76526.46",
    "client_id": 0,
    "post_only": False,
    "cancelable": False,
    "fee_amount": "1.91",
}
_BALANCES = {
    code: {"currency_code": code, "balance": "100000", "available_balance": "100000"} for code in ("BTC", "USDT")
}
_OPEN = {
    **_ORDER,
    "order_type": "limit",
    "volume_executed": "0.00000000",
    "volume_remaining": "0.01000000",
    "status": "N",
    "avg_price": "0",
    "cancelable": True,
}
_NO_ORDERS = {"orders": [], "page_number": 1, "total_page_count": 1, "total_row_count": 0, "has_next": False}


class StubExchange:
    def __init__(self) -> None:
        self._numbers = count(50_000)
        self._order: asyncio.Future[float] | None = None
        self.calls: Counter[str] = Counter()
        self.slow: Callable[[Request], float] = lambda _: 0.0
        """How many seconds an answer is held back."""
        self._fixed = {
            "market_info": _success(markets=[_RULES]),
            "balance": _success(balances=_BALANCES),
            "orders": _success(**_NO_ORDERS),
        }

    def handle(self, request: Request, respond: Respond) -> None:
        """`/api/v1/NOUN/…`."""
        noun = "new_order" if request.method == "POST" else request.path.split("/")[3]
        self.calls[noun] += 1
        if noun == "new_order" and self._order is not None:
            self._order.set_result(request.began)
            self._order = None
        wait, body = self.slow(request), self._body(noun, request)
        if wait:
            asyncio.get_running_loop().call_later(wait, respond, body)
        else:
            respond(body)

    def next_order(self) -> "asyncio.Future[float]":
        """When the first byte of the next order arrives."""
        self._order = asyncio.get_running_loop().create_future()
        return self._order

    def _body(self, noun: str, request: Request) -> bytes:
        match noun:
            case "new_order":
                return b'{"status":"success","data":{"order_number":%d}}' % next(self._numbers)
            case "order_status":
                return _success(order={**_ORDER, "order_number": int(request.path.split("/")[4])})
            case "ticker":
                return _success(ticker={"BTCUSDT": _ticker()})
            case "orders" if "/BTCUSDT/" in request.path:
                return _success(**_own_orders(still_open="/O/" in request.path))
            case "order_book":
                return _success(**_book())
            case _:
                return self._fixed[noun]


def _own_orders(*, still_open: bool) -> dict[str, Any]:
    """Ten open orders around the price, or twenty that were filled in the last day; which lists of one market show."""
    if still_open:
        orders = [{**_OPEN, "order_number": 40_000 - at, "price": str(76_000 + 100 * at)} for at in range(10)]
    else:
        filled = [f"{datetime.now(UTC) - timedelta(hours=ago):%Y-%m-%d %H:%M:%S.%f}+00:00" for ago in range(1, 21)]
        orders = [
            {**_ORDER, "order_number": 30_000 - at, "add_date": moment, "update_date": moment}
            for at, moment in enumerate(filled)
        ]
    return {**_NO_ORDERS, "orders": orders, "total_row_count": len(orders)}


def _success(**data: Any) -> bytes:
    return orjson.dumps({"status": "success", "data": data})


def _ticker() -> dict[str, Any]:
    return {
        "market": _MARKET,
        "bid": "76426.55",
        "ask": "76526.46",
        "last_price": "76519.57",
        "last_size": "0.00010000",
        "volume_24h": "1.50",
        "change_24h": "0.40",
        "low_24h": "75519.57",
        "high_24h": "77519.57",
        "avg_24h": "76519.57",
        "timestamp": f"{time():.6f}",
    }


def _book() -> dict[str, Any]:
    return {
        "market_code": "BTCUSDT",
        "ticker": _ticker(),
        "buyers": [{"orders_total_amount": "5.0", "orders_price": "76426.55"}],
        "sellers": [{"orders_total_amount": "5.0", "orders_price": "76526.46"}],
        "last_transactions": [],
        "timestamp": f"{time():.6f}",
    }
