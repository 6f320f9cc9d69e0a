"""The documented endpoints: P1-P5 public, A1-A7 with an API key."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import NoReturn

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chatbot.paper import wire
from chatbot.paper.accounts import MAIN, Account
from chatbot.paper.exchange import Exchange, History, Snapshot
from chatbot.paper.market import CURRENCIES, MARKETS
from chatbot.paper.orders import Order
from chatbot.paper.refusals import Refusal, Refused

_LAST_PAGE = 1_000_000

Endpoint = Callable[[Request], Awaitable[Response]]


def succeed(data: object) -> Response:
    return Response(orjson.dumps(wire.success(data)), media_type="application/json")


def private(handle: Callable[[Request, Account], Response]) -> Endpoint:
    """An endpoint for the account that signed the request; 401 without a valid signature."""

    async def endpoint(request: Request) -> Response:
        caller: Account | None = request.state.caller
        if caller is None:
            raise HTTPException(401)
        try:
            return handle(request, caller)
        except Refused as refused:
            body = wire.error(refused.refusal.reason, refused.refusal.status_code)
            return Response(orjson.dumps(body), media_type="application/json")

    return endpoint


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in a body, fractions as Decimal. 400 for anything else."""
    try:
        fields = json.loads(body, parse_float=Decimal, parse_constant=_reject)
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(fields, dict):
        raise HTTPException(400)
    return fields


def _reject(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


class PublicApi:
    """Market data."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._infos = {market.code: wire.market_info(market) for market in MARKETS}

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/v1/market_info/", self.market_infos),
            Route("/api/v1/market_info/{code}/", self.market_info),
            Route("/api/v1/ticker/", self.tickers),
            Route("/api/v1/ticker/{code}/", self.ticker),
            Route("/api/v1/order_book/{code}/", self.order_book),
        ]

    async def market_infos(self, _: Request) -> Response:
        """Those that Instant Trade alone deals in are not listed."""
        return succeed({"markets": [self._infos[code] for code in self._exchange.markets]})

    async def market_info(self, request: Request) -> Response:
        info = self._infos.get(request.path_params["code"])
        if info is None:
            return Response(status_code=500, media_type="text/html")
        return succeed({"markets": info})

    async def tickers(self, _: Request) -> Response:
        now = self._exchange.clock.unix()
        markets = self._exchange.markets.items()
        return succeed({"ticker": {code: wire.ticker(trading, now=now) for code, trading in markets}})

    async def ticker(self, request: Request) -> Response:
        trading = self._exchange.markets.get(request.path_params["code"])
        now = self._exchange.clock.unix()
        return succeed({"ticker": trading and wire.ticker(trading, now=now)})

    async def order_book(self, request: Request) -> Response:
        trading = self._exchange.markets.get(request.path_params["code"])
        now = self._exchange.clock.unix()
        return succeed(trading and wire.order_book(trading, now=now))


class PrivateApi:
    """Balances, orders and withdrawals of the account that signed."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[BaseRoute]:
        orders = "/api/v1/orders/{name}/{status}/"
        return [
            Route("/api/v1/orders/", private(self.place), methods=["POST"]),
            Route("/api/v1/balance/", private(self.balances)),
            Route("/api/v1/balance/{name}/", private(self.balances)),
            Route(orders, private(self.orders)),
            Route(orders + "{page:int}/", private(self.orders)),
            Route(orders + "{code}/", private(self.orders)),
            Route(orders + "{code}/{page:int}/", private(self.orders)),
            Route("/api/v1/order_status/{number:int}/", private(self.order_status)),
            Route("/api/v1/cancel_order/{number:int}/", private(self.cancel), methods=["POST"]),
            Route("/api/v1/withdrawal/request/", private(self.withdraw), methods=["POST"]),
        ]

    def balances(self, request: Request, account: Account) -> Response:
        number = self._number(request, account)
        self._exchange.catch_up()
        balances = {}
        for currency in CURRENCIES:
            purse = self._exchange.ledger.purse(number, currency)
            balances[currency] = wire.balance(currency, total=purse.total, available=purse.available)
        return succeed({"balances": balances})

    def orders(self, request: Request, account: Account) -> Response:
        """Orders are placed in the main account only: the lists of sub-accounts are empty."""
        is_main = self._number(request, account) == account.number
        params = request.path_params
        if params["status"] not in ("O", "C", "A"):
            raise HTTPException(404)
        code = params.get("code")
        listed = [
            order
            for order in reversed(self._history(request, account).values())
            if is_main and code in (None, order.terms.market.code) and wire.is_listed(order, params["status"])
        ]
        return succeed(wire.order_page(listed, min(max(1, params.get("page", 1)), _LAST_PAGE)))

    def order_status(self, request: Request, account: Account) -> Response:
        order: Order | None = self._history(request, account).get(request.path_params["number"])
        if order is None:
            raise Refused(Refusal.ORDER_NOT_FOUND)
        return succeed({"order": wire.order_status(order)})

    def place(self, request: Request, account: Account) -> Response:
        terms = wire.read_terms(read_object(request.state.body), account)
        return succeed({"order_number": self._exchange.place(terms).number})

    def cancel(self, request: Request, account: Account) -> Response:
        """The number in the path decides; a body, if any, only has to be JSON."""
        if request.state.body:
            read_object(request.state.body)
        self._exchange.request_cancel(account, request.path_params["number"])
        return succeed({"message": "order_cancel_request_submitted"})

    def withdraw(self, request: Request, account: Account) -> Response:
        self._exchange.catch_up()
        self._exchange.withdrawals.request(wire.read_withdrawal(read_object(request.state.body), account))
        return succeed({"message": "Your withdraw request is processing."})

    def _history(self, request: Request, account: Account) -> History:
        """The account's orders, or as they were when a ``stale_lists`` fault was installed."""
        self._exchange.catch_up()
        stale: Snapshot | None = getattr(request.state, "stale", None)
        return self._exchange.history(account) if stale is None else stale.orders.get(account.number, {})

    def _number(self, request: Request, account: Account) -> int:
        return self._exchange.accounts.number(account, request.path_params.get("name", MAIN))
