"""The control panel: how a test or a curious person steers the practice exchange. JSON in, JSON out, no key.

``POST /paper/accounts``                  ``{"name": "carol"}`` (optional) → username, passphrase, api_key, secret_key
``POST /control/faults``                  install a fault, see below; ``DELETE`` removes all
``GET  /control/requests?since=N``        API requests numbered above N: number, at, method, path, signed, status
``GET  /control/orders``                  every user order with its username and client_id, oldest first
``GET  /control/withdrawals``             every withdrawal: username, number, currency, amount, alias, state,
                                          requested_at, oldest first; the state is processing, processed or rejected
``POST /control/withdrawals/process``     ``{"number": 7001}`` now; without a number, all that are being processed
``POST /control/withdrawals/reject``      ``{"number": 7001}``: the amount is available again; as above
``POST /control/withdrawal_delay``        ``{"seconds": 20}`` on average from a request to its processing, give or take
                                          half of it; null leaves those that come to commands
``POST /control/limit``                   ``{"per_minute": 60}``, null for none; forgets what was counted
``POST /control/cancel_delay``            ``{"seconds": 0.25}`` from a cancel request to its effect
``POST /control/price``                   ``{"market": "BTCUSDT", "price": "77000"}`` at once, fills what it reaches
``POST /control/script``                  ``{"market": …, "prices": ["77000", …], "interval": 0.5}``, the first at once
``POST /control/freeze``                  ``{"frozen": true}``: no market moves by itself; prices and scripts still do
``POST /control/accounts/{username}/balances``  ``{"USDT": "12.5"}`` sets totals
``POST /control/accounts/{username}/aliases``   ``{"currency": "XRP", "alias": "savings"}`` saves a withdrawal address;
                                          with ``"saved": false`` removes it; answers those that are saved

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
``stale_lists``   order lists and order status as they stand now, ``seconds`` long or ``times`` often; without a path
                  it concerns both
``silent``        do not answer; close after ``seconds``; applied if ``apply`` is true
"""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chatbot.paper import wire
from chatbot.paper.accounts import Account
from chatbot.paper.exchange import Exchange
from chatbot.paper.faults import Fault, FaultKind, Faults
from chatbot.paper.limits import RateLimit
from chatbot.paper.market import CURRENCIES
from chatbot.paper.record import Record
from chatbot.paper.refusals import Refused
from chatbot.paper.withdrawals import State

Fields = dict[str, Any]

_LIST_PATHS = ("/api/v1/orders/", "/api/v1/order_status/")
_LONGEST_WAIT_SECONDS = 3600
_NOT_IN_USERNAMES = re.compile(r"[^a-z0-9_]+")


def _reply(data: object, *, status: int = 200) -> Response:
    return Response(orjson.dumps(data), status_code=status, media_type="application/json")


class Control:
    """Handlers of the control panel. A request that makes no sense is answered 400 with a sentence."""

    def __init__(self, *, exchange: Exchange, limit: RateLimit, faults: Faults, record: Record) -> None:
        self._exchange = exchange
        self._limit = limit
        self._faults = faults
        self._record = record

    def routes(self) -> list[BaseRoute]:
        posts: dict[str, Callable[[Request, Fields], object]] = {
            "/paper/accounts": self.open_account,
            "/control/faults": self.install_fault,
            "/control/limit": self.set_limit,
            "/control/cancel_delay": self.set_cancel_delay,
            "/control/price": self.set_price,
            "/control/script": self.start_script,
            "/control/freeze": self.freeze,
            "/control/accounts/{username}/balances": self.set_balances,
            "/control/accounts/{username}/aliases": self.set_alias,
            "/control/withdrawals/process": self.process,
            "/control/withdrawals/reject": self.reject,
            "/control/withdrawal_delay": self.set_withdrawal_delay,
        }
        return [
            Route("/control/faults", self.clear_faults, methods=["DELETE"]),
            Route("/control/requests", self.requests),
            Route("/control/orders", self.orders),
            Route("/control/withdrawals", self.withdrawals),
            *(Route(path, _posted(handle), methods=["POST"]) for path, handle in posts.items()),
        ]

    def open_account(self, _: Request, fields: Fields) -> object:
        name = fields.get("name", "guest")
        if not isinstance(name, str):
            raise ValueError("name: text")
        word = _NOT_IN_USERNAMES.sub("-", name.lower()).strip("-")[:32]
        return self._exchange.sign_up(word or "guest").credentials()

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

    async def orders(self, _: Request) -> Response:
        self._exchange.catch_up()
        placed = [
            (order.number, account.username, order)
            for account in self._exchange.accounts
            for order in self._exchange.history(account).values()
        ]
        orders = [{"username": username, **wire.order_status(order)} for _, username, order in sorted(placed)]
        return _reply({"orders": orders})

    async def withdrawals(self, _: Request) -> Response:
        self._exchange.catch_up()
        usernames = {account.number: account.username for account in self._exchange.accounts}
        requested = self._exchange.withdrawals.all()
        withdrawals = [{"username": usernames[each.terms.account], **wire.withdrawal(each)} for each in requested]
        return _reply({"withdrawals": withdrawals})

    def process(self, _: Request, fields: Fields) -> object:
        for number in self._processing(fields):
            self._exchange.withdrawals.process(number)
        return {"ok": True}

    def reject(self, _: Request, fields: Fields) -> object:
        for number in self._processing(fields):
            self._exchange.withdrawals.reject(number)
        return {"ok": True}

    def set_withdrawal_delay(self, _: Request, fields: Fields) -> object:
        never = fields.get("seconds", 0) is None
        self._exchange.withdrawals.delay = None if never else timedelta(seconds=_seconds(fields, "seconds"))
        return {"ok": True}

    def set_alias(self, request: Request, fields: Fields) -> object:
        account, withdrawals = self._account(request), self._exchange.withdrawals
        currency, alias, saved = fields.get("currency"), fields.get("alias"), fields.get("saved", True)
        if not isinstance(currency, str) or currency not in CURRENCIES:
            raise ValueError("currency: a known currency")
        if not isinstance(alias, str) or not alias:
            raise ValueError("alias: text")
        if not isinstance(saved, bool):
            raise ValueError("saved: true or false")
        if saved:
            withdrawals.save_alias(account.number, currency, alias)
        else:
            withdrawals.remove_alias(account.number, currency, alias)
        return {"aliases": sorted(withdrawals.aliases(account.number, currency))}

    def set_limit(self, _: Request, fields: Fields) -> object:
        per_minute = fields.get("per_minute")
        if per_minute is not None and (type(per_minute) is not int or per_minute < 0):
            raise ValueError("per_minute: a whole number or null")
        self._limit.reset(per_minute)
        return {"per_minute": per_minute}

    def set_cancel_delay(self, _: Request, fields: Fields) -> object:
        self._exchange.cancel_delay = timedelta(seconds=_seconds(fields, "seconds"))
        return {"ok": True}

    def set_price(self, _: Request, fields: Fields) -> object:
        code = self._market(fields)
        self._exchange.set_price(code, self._price(code, fields.get("price")))
        return {"ok": True}

    def start_script(self, _: Request, fields: Fields) -> object:
        code, prices = self._market(fields), fields.get("prices")
        if not isinstance(prices, list) or not prices:
            raise ValueError("prices: a list of decimals")
        interval = timedelta(seconds=_seconds(fields, "interval"))
        steps = [self._price(code, price) for price in prices]
        now = self._exchange.clock.monotonic()
        self._exchange.scripts.start(code, steps, interval=interval, now=now)
        return {"ok": True}

    def freeze(self, _: Request, fields: Fields) -> object:
        frozen = fields.get("frozen")
        if not isinstance(frozen, bool):
            raise ValueError("frozen: true or false")
        self._exchange.frozen = frozen
        return {"frozen": frozen}

    def set_balances(self, request: Request, fields: Fields) -> object:
        account = self._account(request)
        amounts = {currency: self._amount(account, currency, fields[currency]) for currency in fields}
        for currency, amount in amounts.items():
            self._exchange.ledger.set_balance(account.number, currency, amount)
        return {"ok": True}

    def _account(self, request: Request) -> Account:
        account = self._exchange.accounts.by_username(request.path_params["username"])
        if account is None:
            raise ValueError("no such account")
        return account

    def _processing(self, fields: Fields) -> list[int]:
        """The numbers a command is about, all of them withdrawals being processed."""
        self._exchange.catch_up()
        every = [each.number for each in self._exchange.withdrawals.all() if each.state is State.PROCESSING]
        if "number" not in fields:
            return every
        if fields["number"] not in every:
            raise ValueError("number: of a withdrawal that is being processed")
        return [fields["number"]]

    def _amount(self, account: Account, currency: str, value: object) -> Decimal:
        amount = _decimal(value, currency)
        if currency not in CURRENCIES or amount >= 10**12 or amount != amount.quantize(Decimal("1E-8")):
            raise ValueError(f"{currency}: a known currency, below 10^12, at most 8 decimals")
        if amount < self._exchange.ledger.purse(account.number, currency).held:
            raise ValueError(f"{currency}: open orders and withdrawals hold more than that")
        return amount

    def _market(self, fields: Fields) -> str:
        code = fields.get("market")
        if not isinstance(code, str) or code not in self._exchange.markets:
            raise ValueError("market: the code of a market with a book")
        return code

    def _price(self, code: str, value: object) -> Decimal:
        price = _decimal(value, "price")
        step = self._exchange.markets[code].market.price_step
        if not step <= price < 10**9:
            raise ValueError(f"price: from {step} to below 10^9")
        return price.quantize(step)


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
    seconds = _seconds(fields, "seconds") if "seconds" in fields else 0
    optional = {name: fields[name] for name in _TYPES if name in fields}
    if stale:
        optional["method"] = "GET"
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


def _seconds(fields: Fields, name: str) -> float:
    value: object = fields.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= _LONGEST_WAIT_SECONDS:
        return value
    raise ValueError(f"{name}: from 0 to {_LONGEST_WAIT_SECONDS}")


def _decimal(value: object, name: str) -> Decimal:
    try:
        return wire.read_number(value)
    except Refused:
        raise ValueError(f"{name}: a decimal as text") from None
