"""The documented endpoints: orders, rates, pairs, currencies."""

import json
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chatbot.paper.api import read_object
from chatbot.paper.exchange import Snapshot
from chatbot.paper.swaps import wire
from chatbot.paper.swaps.coins import COINS, PAIRS, Coin, find
from chatbot.paper.swaps.keys import Client
from chatbot.paper.swaps.orders import Order
from chatbot.paper.swaps.refusals import Invalid
from chatbot.paper.swaps.venue import SwapVenue

_PAGE_SIZE, _LARGEST_PAGE = 20, 100
_MOST_TRADED = "BTCUSDTERC"
_DETAILS = {
    400: "JSON parse error",
    401: "Authentication credentials were not provided",
    404: "Not found",
    405: "Method not allowed.",
}

Endpoint = Callable[[Request], Awaitable[Response]]


def _reply(data: object, *, status: int = 200) -> Response:
    """Written with the spaces of the documented bodies."""
    return Response(json.dumps(data, ensure_ascii=False), status_code=status, media_type="application/json")


def _private(handle: Callable[[Request, Client], Response]) -> Endpoint:
    """An endpoint for who holds a key; 401 without one."""

    async def endpoint(request: Request) -> Response:
        caller: Client | None = request.state.caller
        if caller is None:
            raise HTTPException(401)
        return handle(request, caller)

    return endpoint


class SwapApi:
    """Handlers of the API, each for the client whose key was shown; currencies are for everybody."""

    def __init__(self, venue: SwapVenue) -> None:
        self._venue = venue

    def app(self) -> Starlette:
        """An application of its own, since its errors are JSON."""
        order = "/orders/{reference}/"
        app = Starlette(
            routes=[
                Route("/orders/", _private(self.orders)),
                Route("/orders/", _private(self.create), methods=["POST"]),
                Route(order, _private(self.order)),
                Route(order, _private(self.update), methods=["PATCH"]),
                Route("/rate/", _private(self.rates)),
                Route("/pair/", _private(self.pairs)),
                Route("/pair/{name}/", _private(self.pair)),
                Route("/currency/", self.currencies),
            ],
            exception_handlers={HTTPException: _http_error, Invalid: _invalid},
        )
        app.router.redirect_slashes = False
        return app

    # orders

    def orders(self, request: Request, client: Client) -> Response:
        """The newest first. A page that does not exist is a 404; a size out of bounds means the nearest."""
        seen = [order for order in reversed(self._seen(request).values()) if order.owner == client.name]
        size = _read_whole(request, "page_size", default=_PAGE_SIZE) or _PAGE_SIZE
        size = min(size, _LARGEST_PAGE)
        pages = max(1, -(-len(seen) // size))
        number = _read_whole(request, "page", default=1)
        if number is None or number > pages:
            return _reply({"detail": "Invalid page."}, status=404)
        shown = [self._shown(wire.detailed(order)) for order in seen[(number - 1) * size : number * size]]
        return _reply(wire.page(shown, number=number, size=size, pages=pages, count=len(seen)))

    def create(self, request: Request, client: Client) -> Response:
        asked = wire.read_order(read_object(request.state.body), request.headers)
        return _reply(self._shown(wire.created(self._venue.create(asked, client))), status=201)

    def order(self, request: Request, client: Client) -> Response:
        return _reply(self._shown(wire.detailed(self._own(request, client))))

    def update(self, request: Request, client: Client) -> Response:
        order = self._own(request, client)
        self._venue.update(order, wire.read_changes(read_object(request.state.body)))
        return _reply(self._shown(wire.created(order)))

    def _own(self, request: Request, client: Client) -> Order:
        order = self._seen(request).get(request.path_params["reference"])
        if order is None or order.owner != client.name:
            raise HTTPException(404)
        return order

    def _seen(self, request: Request) -> dict[str, Order]:
        """All orders, or as they were when a ``stale_lists`` fault was installed."""
        stale: Snapshot | None = getattr(request.state, "stale", None)
        return self._venue.by_reference() if stale is None else stale.swaps

    def _shown(self, order: wire.Json) -> wire.Json:
        return wire.sparse(order) if self._venue.quirks.sparse_orders else order

    # rates, pairs, currencies

    def rates(self, request: Request, _: Client) -> Response:
        """Nothing for pairs that are unknown or disabled: that is how clients learn of it."""
        asked = request.query_params
        deposit = wire.read_number(asked.get("deposit_amount"))
        wanted = [] if asked.get("fiat_only", "").lower() in ("true", "1") else _wanted(request)
        rows: list[object] = [wire.quote(each, deposit_amount=deposit) for each in self._venue.quotes.promise(wanted)]
        return _reply([rows] if self._venue.quirks.nested_rates else rows)

    def pairs(self, _: Request, __: Client) -> Response:
        named = PAIRS.items()
        return _reply([wire.pair(name, withdraw=withdraw, deposit=deposit) for name, (withdraw, deposit) in named])

    def pair(self, request: Request, _: Client) -> Response:
        name = request.path_params["name"]
        match name:
            case "random":
                name = self._venue.dice.choice(list(PAIRS))
            case "most_traded":
                name = _MOST_TRADED
        if name not in PAIRS:
            raise HTTPException(404)
        withdraw, deposit = PAIRS[name]
        return _reply(wire.pair(name, withdraw=withdraw, deposit=deposit))

    async def currencies(self, _: Request) -> Response:
        return _reply([*(wire.currency(coin) for coin in COINS), wire.FIAT])


def _wanted(request: Request) -> list[tuple[Coin, Coin]]:
    """The pairs that rates are asked for, in any of the three ways; all if none is used."""
    asked = request.query_params
    if "pairs" in asked:
        return [PAIRS[name] for name in asked["pairs"].split(",") if name in PAIRS]
    if "from_network" in asked or "to_network" in asked:
        deposit, withdraw = (_coin_at(request, side) for side in ("from", "to"))
    elif "from" in asked or "to" in asked:
        deposit, withdraw = find(asked.get("from")), find(asked.get("to"))
    else:
        return list(PAIRS.values())
    return [(withdraw, deposit)] if deposit and withdraw and deposit != withdraw else []


def _coin_at(request: Request, side: str) -> Coin | None:
    """A coin by contract and network; an empty contract is the network's own coin."""
    asked = request.query_params
    contract, network = asked.get(f"{side}_contract_address"), asked.get(f"{side}_network", "")
    return find({"contract_address": contract, "network": network})


def _read_whole(request: Request, name: str, *, default: int) -> int | None:
    """A whole number above 0 from the query; None for what is not one."""
    text = request.query_params.get(name, str(default))
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) else None


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _reply({"detail": _DETAILS.get(error.status_code, error.detail)}, status=error.status_code)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, Invalid)
    return _reply(error.body, status=400)
