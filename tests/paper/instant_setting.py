"""Instant Trade to test against: asking for quotes, taking them, and reading what came of it."""

from typing import Any

import httpx

from tests.paper.setting import Client
from tests.paper.test_api import data

QUOTE = "get_depth_limits_and_amounts"
SALE = {"buy_currency_code": "USDT", "sell_currency_code": "BTC", "sell_currency_amount": "0.001"}
_ORDINARY = {"depth_order": True, "with_bonus": False, "with_stake": False}


def quoted(client: Client, **changes: object) -> dict[str, Any]:
    quote: dict[str, Any] = data(client.instant(QUOTE, **{**SALE, **changes}))
    return quote


def convert(client: Client, quote: dict[str, Any], **changes: object) -> httpx.Response:
    """Order what was quoted, with the quote's own strings."""
    order = {
        "buy_currency_code": quote["buy_currency_code"],
        "sell_currency_code": quote["sell_currency_code"],
        "sell_amount": quote["sell_currency_amount"],
        "buy_amount": quote["buy_currency_amount"],
        "visible_price": quote["visible_price"],
    }
    return client.instant("instant_order", **{**order, **_ORDINARY, **changes})


def history(client: Client, **options: object) -> Any:
    asked = {"date_range": "DAY", "page_number": 1, "account_name": "Main"}
    return data(client.instant("trade_history", filter_options={**asked, **options}))


def order_of(client: Client, number: int) -> dict[str, Any]:
    order: dict[str, Any] = data(client.get(f"/api/v1/order_status/{number}/"))["order"]
    return order
