"""The practice n.exchange as a test sees it, and the demo wallet that pays it (`chatbot.paper.control`)."""

from decimal import Decimal
from typing import Any

import httpx

Json = dict[str, Any]
ORDERS = "/en/api/v2/orders/"
"""Creating is a POST here; the list is a GET; details and changes are below it."""


class PracticeSwaps:
    """What the service really has, and a hand on its orders. `http` is a client of the practice exchange."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def open_key(self) -> str:
        """An API key that is linked to nobody yet."""
        return str(self._post("/paper/swap_keys")["api_key"])

    def orders(self) -> list[Json]:
        """All orders there are, of every key, oldest first."""
        orders: list[Json] = _read(self._http.get("/control/swaps"))["orders"]
        return orders

    def orders_of(self, key: str) -> list[Json]:
        """What somebody with this key sees, newest first."""
        answer = _read(self._http.get(ORDERS, headers={"authorization": f"ApiKey {key}"}))
        orders: list[Json] = answer["results"]
        return orders

    def create(self, key: str, **fields: str) -> Json:
        """Create an order as another program would, with the API's own fields."""
        headers = {"authorization": f"ApiKey {key}", "x-user-timezone": "GMT +00:00 (UTC)"}
        return _read(self._http.post(ORDERS, headers=headers, json=fields))

    def set_status(self, reference: str, status: str) -> None:
        """Have an order take the next step, one the service documents."""
        self._post(f"/control/swaps/{reference}/status", status=status)

    def timetable(self, seconds: float | None) -> None:
        """So long lasts a status once the deposit was seen; None leaves all to `set_status`, deadlines too."""
        self._post("/control/swaps/timetable", seconds=seconds)

    def limit(self, per_minute: int | None) -> None:
        self._post("/control/swaps/limit", per_minute=per_minute)

    def wallet(self, code: str) -> Json:
        """What the demo wallet has of a coin: `balance`, its own `address`, `extra_id`."""
        coins = _read(self._http.get("/control/swaps/wallet"))["coins"]
        return next(coin for coin in coins if coin["code"] == code)

    def pay(self, code: str, address: str, amount: Decimal | str, *, extra_id: str = "") -> Json:
        """Send from the demo wallet; returns what the service made of it: `taken`, `message`, `status`."""
        return self._post(
            "/control/swaps/deposit", currency=code, address=address, amount=str(amount), extra_id=extra_id
        )

    def _post(self, path: str, /, **body: Any) -> Json:
        return _read(self._http.post(path, json=body))


def _read(response: httpx.Response) -> Json:
    if response.status_code not in (200, 201):
        raise ValueError(f"{response.request.url.path}: {response.status_code} {response.text}")
    content: Json = response.json()
    return content
