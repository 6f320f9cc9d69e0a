"""The practice exchange as a test sees it: a client of its control panel (`chatbot.paper.control`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from tests.harness.programs import eventually
from tests.harness.swaps import PracticeSwaps

Json = dict[str, Any]
ORDERS = "/api/v1/orders/"
"""Placing is a POST here; the lists are GETs below it."""
CANCEL = "/api/v1/cancel_order/"
WITHDRAWAL = "/api/v1/withdrawal/request/"
BALANCE = "/api/v1/balance/"
ORDER_STATUS = "/api/v1/order_status/"

_THIN = 10
"""A book with fewer levels than this on a side was eaten into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    username: str
    passphrase: str
    api_key: str
    secret_key: str

    @classmethod
    def told(cls, account: Json) -> "Credentials":
        """The API key's part of what an account's owner is told at its opening."""
        return cls(**{name: account[name] for name in cls.__slots__})

    @property
    def line(self) -> str:
        """As one types them behind `/link`."""
        return f"{self.username} {self.passphrase} {self.api_key} {self.secret_key}"


class PracticeExchange:
    """What the exchange really has and received, and trouble on demand. `swaps` is the service beside it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, timeout=30, verify=False, trust_env=False)
        self._mark = 0
        self.swaps = PracticeSwaps(self._http)

    def close(self) -> None:
        self._http.close()

    def post(self, path: str, /, **body: Any) -> Json:
        return _read(self._http.post(path, json=body))

    def open_account(self, name: str = "guest") -> Credentials:
        return Credentials.told(self.post("/paper/accounts", name=name))

    def orders(self, owner: "str | Any" = None) -> list[Json]:
        """All orders there are, oldest first; of one username, or of a persona with an account."""
        username = getattr(owner, "username", owner)
        orders: list[Json] = _read(self._http.get("/control/orders"))["orders"]
        return [order for order in orders if username in (None, order["username"])]

    def withdrawals(self, owner: "str | Any" = None) -> list[Json]:
        """All withdrawals the exchange took, oldest first; of one username, or of a persona with an account."""
        username = getattr(owner, "username", owner)
        withdrawals: list[Json] = _read(self._http.get("/control/withdrawals"))["withdrawals"]
        return [withdrawal for withdrawal in withdrawals if username in (None, withdrawal["username"])]

    def requests(
        self, path: str = "", *, method: str | None = None, since: int = 0, by: "str | Any" = None
    ) -> list[Json]:
        """API requests received after number `since`, by path prefix, method and who signed: a username, or a persona
        with an account.
        """
        username = getattr(by, "username", by)
        entries: list[Json] = _read(self._http.get("/control/requests", params={"since": since}))["requests"]
        return [
            entry
            for entry in entries
            if entry["path"].startswith(path) and method in (None, entry["method"]) and username in (None, entry["by"])
        ]

    @property
    def mark(self) -> int:
        """The number of the last request received."""
        for entry in self.requests(since=self._mark):
            self._mark = int(entry["number"])
        return self._mark

    def placed(self, *, since: int = 0) -> list[Json]:
        """Every attempt to place an order that reached the exchange."""
        return self.requests(ORDERS, method="POST", since=since)

    def asked_to_withdraw(self, *, since: int = 0) -> list[Json]:
        """Every attempt to withdraw that reached the exchange."""
        return self.requests(WITHDRAWAL, method="POST", since=since)

    def wait_for_request(
        self, path: str, *, method: str | None = None, since: int, count: int = 1, by: "str | Any" = None
    ) -> list[Json]:
        """Wait until so many such requests came in."""

        def enough() -> list[Json]:
            found = self.requests(path, method=method, since=since, by=by)
            return found if len(found) >= count else []

        return eventually(enough)

    def fault(self, kind: str, path: str | None = ORDERS, *, times: int | None = 1, **details: Any) -> None:
        """See `POST /control/faults` of the practice exchange: `fault("drop_answer", method="POST")`."""
        where = {} if path is None else {"path": path}
        self.post("/control/faults", kind=kind, times=times, **where, **details)

    def clear_faults(self) -> None:
        _read(self._http.delete("/control/faults"))

    def price(self, market: str, price: Decimal | str) -> None:
        self.post("/control/price", market=market, price=str(price))

    def move(self, market: str, percent: Decimal | str) -> Decimal:
        """Change the last price by so many per cent, at once; returns the new one."""
        return Decimal(self.post("/control/price", market=market, change=str(percent))["price"])

    def script(self, prices: Mapping[str, Sequence[Decimal | str]], *, interval: float, hold: bool = True) -> None:
        """Have markets follow prices, one every `interval` seconds; with `hold` the last one stays."""
        paths = {market: [str(price) for price in path] for market, path in prices.items()}
        self.post("/control/script", markets=paths, interval=interval, then="hold" if hold else "live")

    def live(self) -> None:
        """End scripts and holds; every market moves by itself."""
        self.post("/control/live")

    def outage(self, seconds: float, *, stale: bool = False) -> None:
        """Prices out of reach, or standing still, for so long."""
        self.post("/control/outage", seconds=seconds, kind="stale" if stale else "unreachable")

    def deposit(self, owner: "str | Any", currency: str, amount: Decimal | str) -> None:
        """Money arrives that no order explains."""
        username = getattr(owner, "username", owner)
        self.post(f"/control/accounts/{username}/deposit", currency=currency, amount=str(amount))

    def place_on_site(
        self, owner: "str | Any", market: str, side: str, volume: str, *, price: Decimal | str | None = None
    ) -> int:
        """Place an order as one does on the exchange's site, `side` "B" or "S", at market without a price; returns its
        number."""
        username = getattr(owner, "username", owner)
        terms = {"order_type": "market"} if price is None else {"order_type": "limit", "price": str(price)}
        order = {"market_code": market, "buy_sell": side, "volume": volume, **terms}
        return int(self.post(f"/control/accounts/{username}/orders", **order)["order_number"])

    def cancel_on_site(self, owner: "str | Any", number: int) -> None:
        username = getattr(owner, "username", owner)
        self.post(f"/control/accounts/{username}/orders/cancel", number=number)

    def freeze(self, frozen: bool = True) -> None:
        self.post("/control/freeze", frozen=frozen)

    def reset(self) -> None:
        """No faults, the usual delays, full books of the traded markets (frozen ones do not refill)."""
        self.clear_faults()
        self.cancel_delay(0.25)
        self.withdrawal_delay(20)
        self.swaps.timetable(3)
        self.instant(seconds=None, moved=None, reject=0)
        for market in {order["market_code"] for order in self.orders()}:
            book = self.book(market)  # none of a coin of Instant Trade alone
            if book and min(len(book["buyers"]), len(book["sellers"])) < _THIN:
                self.price(market, self.ticker(market)["last"])

    def limit(self, per_minute: int | None) -> None:
        self.post("/control/limit", per_minute=per_minute)

    def cancel_delay(self, seconds: float) -> None:
        self.post("/control/cancel_delay", seconds=seconds)

    def instant(self, **how: object) -> None:
        """How the next conversions go: see `POST /control/instant` of the practice exchange."""
        self.post("/control/instant", **how)

    def log_in(self, owner: "str | Any") -> tuple[str, str]:
        """A new session on the exchange's site: username and token. The one before is worth nothing from now on."""
        username = getattr(owner, "username", owner)
        session = self.post(f"/paper/accounts/{username}/session")
        return session["username"], session["token"]

    def log_out(self, owner: "str | Any") -> None:
        """End the session: its token gets 401."""
        username = getattr(owner, "username", owner)
        self.post(f"/control/accounts/{username}/session", kind="expire")

    def set_balances(self, owner: "str | Any", **amounts: Decimal | str) -> None:
        """`set_balances(alice, USDT="12.5")`."""
        username = getattr(owner, "username", owner)
        self.post(f"/control/accounts/{username}/balances", **{name: str(amount) for name, amount in amounts.items()})

    def withdrawal_delay(self, seconds: float | None) -> None:
        """On average, from a request to its processing; None leaves them to `process_withdrawals`."""
        self.post("/control/withdrawal_delay", seconds=seconds)

    def process_withdrawals(self, *numbers: int) -> None:
        """Have these withdrawals, or all there are, sent off now."""
        self._close_withdrawals("process", numbers)

    def _close_withdrawals(self, how: str, numbers: tuple[int, ...]) -> None:
        for one in [{"number": number} for number in numbers] or [{}]:
            self.post(f"/control/withdrawals/{how}", **one)

    def save_alias(self, owner: "str | Any", currency: str, alias: str) -> None:
        """Save a withdrawal address, as one does on the exchange's site: `save_alias(alice, "XRP", "my ledger")`."""
        self._alias(owner, currency, alias, saved=True)

    def remove_alias(self, owner: "str | Any", currency: str, alias: str) -> None:
        self._alias(owner, currency, alias, saved=False)

    def _alias(self, owner: "str | Any", currency: str, alias: str, *, saved: bool) -> None:
        username = getattr(owner, "username", owner)
        self.post(f"/control/accounts/{username}/aliases", currency=currency, alias=alias, saved=saved)

    def ticker(self, market: str) -> dict[str, Decimal]:
        """`bid`, `ask` and `last` of a market now."""
        said = _read(self._http.get(f"/api/v1/ticker/{market}/"))["data"]["ticker"]
        return {"bid": Decimal(said["bid"]), "ask": Decimal(said["ask"]), "last": Decimal(said["last_price"])}

    def book(self, market: str) -> Json:
        book: Json = _read(self._http.get(f"/api/v1/order_book/{market}/"))["data"]
        return book


def _read(response: httpx.Response) -> Json:
    if response.status_code != 200:
        raise ValueError(f"{response.request.url.path}: {response.status_code} {response.text}")
    content: Json = response.json()
    return content
