"""Instant Trade, ANDX's API under /p/v1/order/, and the history of trades. About 120 coins can be converted to and from
USDT; those without a book have prices of their own, and ``/control/price``, ``script``, ``hold`` and ``live`` take them
too. 60 requests a minute are those of both of ANDX's APIs together.

``GET  /control/instant``                 every market that can be converted: market, base, counter, price, has_book;
                                          and how the next orders go: moved, reject, seconds,
                                          and waiting: how many have not ended yet
``POST /control/instant``                 how they go; what is not named stays. ``{"moved": "1.5"}``: the next order
                                          finds its market's price moved by so many per cent, 1210 above 0.25;
                                          ``{"reject": 2}``: so many orders end as R, with the money back;
                                          ``{"seconds": 5}`` from an order to its end; null for the usual: at once, but
                                          for one in four that takes a second
``POST /control/accounts/{username}/session``   ``{"kind": "rotate"}``: a new session; the token before gets 401;
                                          ``"expire"``: logged out, 401 until the next session; → session: username
                                          and token, or null
``POST /paper/accounts/{username}/session``     → username, token: the account's owner logs in anew
``POST /control/accounts/{username}/trades``    ``{"trades": [{"market_code": "BTCUSDT", "buy_sell": "B",
                                          "price": "60000", "amount": "0.01", "add_date": "2026-05-22 13:00:07+00:00"},
                                          …]}`` writes executions of the past into the history and nowhere else, as many
                                          as wanted; maker_taker ("T"), fee ("0"), fee_currency_code (what was received)
                                          and total_price (price × amount) are optional; all or none; → trades
"""

from datetime import timedelta
from decimal import Decimal

from starlette.requests import Request

from chatbot.paper.exchange import Exchange
from chatbot.paper.executions import Fact
from chatbot.paper.fields import Fields, find_account, read_percent, read_seconds
from chatbot.paper.instant import wire
from chatbot.paper.market import MARKETS
from chatbot.paper.refusals import Refused

_MOST_REJECTED = 1000


class InstantControl:
    """How orders go, sessions, and trades of the past."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def state(self) -> object:
        exchange = self._exchange
        exchange.catch_up()
        return {
            "markets": [
                {
                    "market": market.code,
                    "base": market.base,
                    "counter": market.counter,
                    "price": f"{exchange.fair_price(market):f}",
                    "has_book": not market.instant_only,
                }
                for market in MARKETS
            ],
            **self._behaviour(),
            "waiting": len(exchange.instant.waiting()),
        }

    def _behaviour(self) -> Fields:
        behaviour = self._exchange.instant.behaviour
        return {
            "moved": None if behaviour.moved is None else str(behaviour.moved),
            "reject": behaviour.rejections,
            "seconds": None if behaviour.wait is None else behaviour.wait.total_seconds(),
        }

    def set_behaviour(self, _: Request, fields: Fields) -> object:
        """Nothing is set unless everything can be."""
        behaviour = self._exchange.instant.behaviour
        moved = _read_moved(fields["moved"]) if "moved" in fields else behaviour.moved
        rejections = _read_count(fields["reject"]) if "reject" in fields else behaviour.rejections
        wait = _read_wait(fields) if "seconds" in fields else behaviour.wait
        behaviour.moved, behaviour.rejections, behaviour.wait = moved, rejections, wait
        return self._behaviour()

    def change_session(self, request: Request, fields: Fields) -> object:
        account = find_account(self._exchange, request.path_params["username"])
        match fields.get("kind"):
            case "rotate":
                self._exchange.accounts.sessions.begin(account.number)
            case "expire":
                self._exchange.accounts.sessions.expire(account.number)
            case _:
                raise ValueError("kind: rotate or expire")
        return {"session": self._exchange.accounts.session(account)}

    def open_session(self, request: Request, _: Fields) -> object:
        account = find_account(self._exchange, request.path_params["username"])
        self._exchange.accounts.sessions.begin(account.number)
        return self._exchange.accounts.session(account)

    def add_past(self, request: Request, fields: Fields) -> object:
        account, rows = find_account(self._exchange, request.path_params["username"]), fields.get("trades")
        if not isinstance(rows, list):
            raise ValueError("trades: a list")
        facts = [self._past(row) for row in rows]
        self._exchange.executions.add_past(account.number, facts)
        return {"trades": len(facts)}

    def _past(self, row: object) -> Fact:
        if not isinstance(row, dict):
            raise ValueError("trades: a list of objects")
        try:
            return wire.read_past(row, now=self._exchange.clock.unix())
        except Refused:
            raise ValueError("trades: buy_sell B or S, numbers as text, price and amount above 0") from None


def _read_moved(value: object) -> Decimal | None:
    return None if value is None else read_percent(value, "moved")


def _read_count(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_REJECTED:
        raise ValueError(f"reject: from 0 to {_MOST_REJECTED}")
    return value


def _read_wait(fields: Fields) -> timedelta | None:
    return None if fields["seconds"] is None else timedelta(seconds=read_seconds(fields, "seconds"))
