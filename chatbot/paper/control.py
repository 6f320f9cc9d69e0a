"""The control panel: how a test or a curious person steers the practice exchange. JSON in, JSON out, no key.

``GET  /control``                         this text
``POST /paper/accounts``                  ``{"name": "carol"}`` (optional) → username, passphrase, api_key, secret_key,
                                          session (of a browser: username and token)
``POST /control/faults``                  install a fault, see below; ``DELETE`` removes all
``GET  /control/requests?since=N``        API requests numbered above N: number, at, method, path, signed, by, status
``GET  /control/accounts``                every account's username, the newest last
``GET  /control/orders``                  every user order with its username and client_id, oldest first
``GET  /control/withdrawals``             every withdrawal: username, number, currency, amount, alias, state,
                                          requested_at, oldest first; the state is processing, processed or rejected
``POST /control/withdrawals/process``     ``{"number": 7001}`` now; without a number, all that are being processed
``POST /control/withdrawals/reject``      ``{"number": 7001}``: the amount is available again; as above
``POST /control/withdrawal_delay``        ``{"seconds": 20}`` on average from a request to its processing, give or take
                                          half of it; null leaves those that come to commands
``POST /control/limit``                   ``{"per_minute": 60}``, null for none; forgets what was counted
``POST /control/cancel_delay``            ``{"seconds": 0.25}`` from a cancel request to its effect
``POST /control/accounts/{username}/orders``    as if placed on the exchange's site, with the API's own fields:
                                          ``{"market_code": "BTCUSDT", "buy_sell": "B", "price": "60000",
                                          "volume": "0.01"}`` (``"order_type": "market"`` needs no price) → order_number
``POST /control/accounts/{username}/orders/cancel``  ``{"number": 54264}``, likewise
``POST /control/accounts/{username}/deposit``   ``{"currency": "USDT", "amount": "250"}`` arrives
``POST /control/accounts/{username}/balances``  ``{"USDT": "12.5"}`` sets totals
``POST /control/accounts/{username}/subs``      ``{"name": "Long-term", "balances": {"BTC": "0.5"}}`` opens a
                                          sub-account, unless there is one, and sets totals; everybody has Savings
``POST /control/accounts/{username}/aliases``   ``{"currency": "XRP", "alias": "savings"}`` saves a withdrawal address;
                                          with ``"saved": false`` removes it; answers those that are saved

Prices. A market lives by itself unless it is held or follows a script, and again when its script has ended.

``GET  /control/markets``                 every market with a book: market, base, counter, their decimals, an order's
                                          minimum, price, bid, ask, held, scripted
``POST /control/price``                   ``{"market": "BTCUSDT", "price": "77000"}`` at once, fills what it reaches;
                                          or ``"change": "-5"`` per cent of the last price; ``"hold": true`` keeps it
``POST /control/script``                  ``{"market": …, "prices": ["77000", …], "interval": 0.5}``, the first at once;
                                          or several, ``{"markets": {"BTCUSDT": [...], "ETHUSDT": [...]}, …}``; with
                                          ``"then": "hold"`` the last price stays
``POST /control/hold``                    ``{"market": "BTCUSDT", "held": true}``: it does not move by itself
``POST /control/live``                    ``{"market": "BTCUSDT"}`` ends its script and its hold; without a market all
``POST /control/freeze``                  ``{"frozen": true}``: no market moves by itself; prices and scripts still do
``POST /control/outage``                  ``{"seconds": 30, "kind": "unreachable"}``: who asks for prices is hung up on;
                                          ``"stale"``: they stand still with their old dates, and what scripts had to
                                          say meanwhile comes all at once

A fault: ``{"path": "/api/v1/orders/", "method": "POST", "kind": …, "times": 1}``. The path is a prefix; without a
method it concerns all; ``times`` null lasts until removed. "Apply" means that the request takes its effect.

``delay``         wait ``seconds``, then behave
``refuse``        answer a business error with ``reason`` and ``status_code``; not applied
``drop_request``  close the connection without applying
``drop_answer``   apply, then close the connection without a byte
``status``        answer HTTP ``status`` with an HTML page, and ``retry_after`` seconds if given; not applied
``status_after``  apply, then answer that status
``half_body``     apply, announce the whole answer, send half of it, close
``garbage``       apply, then answer 200 with what is not JSON
``stale_lists``   order lists, single orders and trade histories as they stand now, ``seconds`` long or ``times`` often;
                  without a path it concerns all of them, those of swaps too
``silent``        do not answer; close after ``seconds``; applied if ``apply`` is true
"""

import json
from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chatbot.paper.account_control import AccountControl
from chatbot.paper.exchange import Exchange
from chatbot.paper.faults import TRADE_HISTORY, Fault, FaultKind, Faults
from chatbot.paper.fields import Fields, read_limit, read_seconds
from chatbot.paper.instant import control as instant_control
from chatbot.paper.instant.control import InstantControl
from chatbot.paper.limits import RateLimit
from chatbot.paper.market_control import MarketControl
from chatbot.paper.record import Record
from chatbot.paper.swaps import control as swap_control
from chatbot.paper.swaps.control import SwapControl

_LIST_PATHS = ("/api/v1/orders/", "/api/v1/order_status/", "/en/api/v2/orders/", TRADE_HISTORY)


def _reply(data: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(data), status_code=status, media_type="application/json")


class Control:
    """Handlers of the control panel. A request that makes no sense is answered 400 with a sentence."""

    def __init__(
        self, *, exchange: Exchange, limit: RateLimit, swap_limit: RateLimit, faults: Faults, record: Record
    ) -> None:
        self._exchange = exchange
        self._limit = limit
        self._faults = faults
        self._record = record
        self._markets = MarketControl(exchange=exchange, faults=faults)
        self._accounts = AccountControl(exchange)
        self._instant = InstantControl(exchange)
        self._swaps = SwapControl(exchange.swaps, swap_limit)

    def routes(self) -> list[BaseRoute]:
        markets, accounts = self._markets, self._accounts
        of_account = "/control/accounts/{username}"
        posts: dict[str, Callable[[Request, Fields], object]] = {
            "/paper/accounts": accounts.open_account,
            "/control/faults": self.install_fault,
            "/control/limit": self.set_limit,
            "/control/cancel_delay": accounts.set_cancel_delay,
            "/control/price": markets.set_price,
            "/control/script": markets.start_script,
            "/control/hold": markets.hold,
            "/control/live": markets.live,
            "/control/freeze": markets.freeze,
            "/control/outage": markets.outage,
            f"{of_account}/balances": accounts.set_balances,
            f"{of_account}/deposit": accounts.deposit,
            f"{of_account}/subs": accounts.open_sub,
            f"{of_account}/orders": accounts.place_on_site,
            f"{of_account}/orders/cancel": accounts.cancel_on_site,
            f"{of_account}/aliases": accounts.set_alias,
            "/control/withdrawals/process": accounts.process,
            "/control/withdrawals/reject": accounts.reject,
            "/control/withdrawal_delay": accounts.set_withdrawal_delay,
        }
        gets: dict[str, Callable[[], object]] = {
            "/control/accounts": accounts.accounts,
            "/control/orders": accounts.orders,
            "/control/withdrawals": accounts.withdrawals,
            "/control/markets": markets.markets,
            "/control/instant": self._instant.state,
            "/control/swaps": self._swaps.orders,
        }
        posts |= self._swap_posts() | self._instant_posts()
        return [
            Route("/control/faults", self.clear_faults, methods=["DELETE"]),
            Route("/control", _manual),
            Route("/control/requests", self.requests),
            Route("/control/swaps/wallet", self.swap_wallet),
            *(Route(path, _asked(tell)) for path, tell in gets.items()),
            *(Route(path, _posted(handle), methods=["POST"]) for path, handle in posts.items()),
        ]

    def _swap_posts(self) -> dict[str, Callable[[Request, Fields], object]]:
        swaps, every, one = self._swaps, "/control/swaps", "/control/swaps/{reference}"
        return {
            "/paper/swap_keys": swaps.open_key,
            f"{every}/deposit": swaps.deposit,
            f"{every}/wallet/fill": swaps.fill,
            f"{every}/timetable": swaps.set_timetable,
            f"{every}/flow": swaps.set_flow,
            f"{every}/window": swaps.set_window,
            f"{every}/rate_lifetime": swaps.set_rate_lifetime,
            f"{every}/limit": swaps.set_limit,
            f"{every}/quirks": swaps.set_quirks,
            f"{one}/status": swaps.set_status,
            f"{one}/flow": swaps.set_flow_of_one,
        }

    def _instant_posts(self) -> dict[str, Callable[[Request, Fields], object]]:
        instant, of_account = self._instant, "/control/accounts/{username}"
        return {
            "/paper/accounts/{username}/session": instant.open_session,
            "/control/instant": instant.set_behaviour,
            f"{of_account}/session": instant.change_session,
            f"{of_account}/trades": instant.add_past,
        }

    async def swap_wallet(self, request: Request) -> Response:
        return _reply(self._swaps.wallet(request))

    def install_fault(self, _: Request, fields: Fields) -> object:
        fault = read_fault(fields, now=self._exchange.clock.monotonic())
        if fault.kind is FaultKind.STALE_LISTS:
            fault.snapshot = self._exchange.snapshot()
        self._faults.install(fault)
        return {"ok": True}

    async def clear_faults(self, _: Request) -> Response:
        self._faults.clear()
        return _reply({"ok": True})

    async def requests(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            return _reply({"error": "since: a number"}, status=400)
        return _reply({"requests": [entry.to_json() for entry in self._record.since(int(since))]})

    def set_limit(self, _: Request, fields: Fields) -> object:
        self._limit.reset(read_limit(fields))
        return {"per_minute": self._limit.per_minute}


async def _manual(_: Request) -> Response:
    manual = f"{__doc__}\n{instant_control.__doc__}\n{swap_control.__doc__}"
    return Response(manual.replace("``", ""), media_type="text/plain; charset=utf-8")


def _asked(tell: Callable[[], object]) -> Callable[[Request], Any]:
    """An endpoint that needs to know nothing."""

    async def endpoint(_: Request) -> Response:
        return _reply(tell())

    return endpoint


def _posted(handle: Callable[[Request, Fields], object]) -> Callable[[Request], Any]:
    """An endpoint that reads a JSON object (nothing stands for an empty one)."""

    async def endpoint(request: Request) -> Response:
        try:
            fields = json.loads(await request.body() or b"{}")
            if not isinstance(fields, dict):
                raise ValueError("a JSON object is due")
            return _reply(handle(request, fields))
        except ValueError as error:
            return _reply({"error": str(error)}, status=400)

    return endpoint


def read_fault(fields: Fields, *, now: float) -> Fault:
    """A fault from its JSON. Raises ``ValueError`` with a sentence."""
    kind = FaultKind(str(fields.get("kind")))
    stale = kind is FaultKind.STALE_LISTS
    path, times = fields.get("path"), fields.get("times", None if "seconds" in fields and stale else 1)
    if not (isinstance(path, str) or (stale and path is None)):
        raise ValueError("path: a prefix")
    if times is not None and (type(times) is not int or times < 1):
        raise ValueError("times: a positive number or null")
    seconds = read_seconds(fields, "seconds") if "seconds" in fields else 0
    optional = {name: fields[name] for name in _TYPES if name in fields}
    for name, value in optional.items():
        if type(value) is not _TYPES[name]:
            raise ValueError(f"{name}: {_TYPES[name].__name__}")
    return Fault(
        kind=kind,
        paths=_LIST_PATHS if path is None else (path,),
        left=times,
        until=now + seconds if stale and seconds else None,
        seconds=seconds,
        **optional,
    )


_TYPES: dict[str, type] = {
    "method": str,
    "reason": str,
    "status_code": int,
    "status": int,
    "retry_after": int,
    "apply": bool,
}
