"""Everything that ANDX documents is used, and reached by a command that the README names."""

import ast
import re
from collections.abc import Iterator

from chatbot.exchange.andx import endpoints
from chatbot.exchange.andx.endpoints import Endpoint
from handlers.features import ROUTES
from handlers.routing import Routes
from tests.house.test_rules import ROOT, sources

REACHED = {
    "MARKETS": ("P1", "GET /api/v1/market_info/", "markets"),
    "MARKET": ("P2", "GET /api/v1/market_info/{market}/", "markets"),
    "TICKERS": ("P3", "GET /api/v1/ticker/", "price"),
    "TICKER": ("P4", "GET /api/v1/ticker/{market}/", "markets"),
    "ORDER_BOOK": ("P5", "GET /api/v1/order_book/{market}/", "book"),
    "BALANCES": ("A1", "GET /api/v1/balance/{account}/", "balance"),
    "MARKET_ORDERS": ("A2", "GET /api/v1/orders/{account}/{which}/{market}/{page}/", "orders"),
    "ORDERS": ("A3", "GET /api/v1/orders/{account}/{which}/{page}/", "orders"),
    "ORDER": ("A4", "GET /api/v1/order_status/{number}/", "order"),
    "PLACE_ORDER": ("A5", "POST /api/v1/orders/", "buy"),
    "CANCEL_ORDER": ("A6", "POST /api/v1/cancel_order/{number}/", "cancel"),
    "WITHDRAW": ("A7", "POST /api/v1/withdrawal/request/", "withdraw"),
    "QUOTE": ("I1", "POST /p/v1/order/get_depth_limits_and_amounts/", "convert"),
    "CONVERT": ("I2", "POST /p/v1/order/instant_order/", "convert"),
    "TRADES": ("I3", "POST /p/v1/order/trade_history/", "trades"),
}
"""The exchange's documentation, whole: each endpoint's number, what is asked, and the command that needs its answer."""
_OF_AN_EXCHANGE = re.compile(r"\b_?(?:exchange|instant)s?(?:\[.*\])?$")
"""What a call's object is named where it is an exchange, or its Instant Trade."""


def methods_that_ask() -> Iterator[tuple[str, str]]:
    """Each endpoint with each public method at the exchange that asks for it."""
    for _, tree in sources("chatbot/exchange/andx"):
        for method in ast.walk(tree):
            if isinstance(method, ast.AsyncFunctionDef) and not method.name.startswith("_"):
                for node in ast.walk(method):
                    if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "endpoints":
                        yield node.attr, method.name


def methods_called() -> set[str]:
    """Methods of exchanges that the product's services and workers call."""
    return {
        node.func.attr
        for _, tree in sources("chatbot/services", "chatbot/workers")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _OF_AN_EXCHANGE.search(ast.unparse(node.func.value))
    }


def test_the_table_is_what_the_exchange_documents_and_no_endpoint_is_missing() -> None:
    declared = {name: each for name, each in vars(endpoints).items() if isinstance(each, Endpoint)}
    assert {name: f"{each.method} {each.path}" for name, each in declared.items()} == {
        name: asked for name, (_, asked, _) in REACHED.items()
    }
    numbers = [*(f"P{n}" for n in range(1, 6)), *(f"A{n}" for n in range(1, 8)), *(f"I{n}" for n in range(1, 4))]
    assert [number for number, _, _ in REACHED.values()] == numbers


def test_every_endpoint_is_asked_for_by_something_that_services_call() -> None:
    called = methods_called()
    assert {name for name, method in methods_that_ask() if method in called} == set(REACHED)


def test_every_endpoint_is_reached_by_a_command_of_the_readmes_list() -> None:
    readme = (ROOT / "README.md").read_text()
    listed = set(re.findall(r"`/(\w+)", readme.partition("\n## Commands\n")[2].partition("\n## ")[0]))
    commands = {command for _, _, command in REACHED.values()}
    assert commands <= set(Routes(ROUTES).commands) and commands <= listed
