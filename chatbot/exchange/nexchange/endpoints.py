"""n.exchange's endpoints (api: section 1): each a value that knows its method, its path and what its statuses mean."""

from dataclasses import dataclass
from typing import Literal

from chatbot.exchange.http import Statuses
from chatbot.exchange.nexchange.errors import KEYED, OF_ORDER, OF_PAGE, OF_PAIR, PUBLIC
from chatbot.exchange.paths import filled


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One way to ask the service. `{names}` in the path are filled by `at`; every path ends with a slash."""

    name: str
    method: Literal["GET", "POST", "PATCH"] = "GET"
    path: str
    statuses: Statuses = KEYED

    def at(self, **segments: str | int) -> str:
        """The path, percent-encoded. Raises `InputError` for a segment that would vanish from it."""
        return filled(self.path, **segments)


CURRENCIES = Endpoint(name="swap_currencies", path="/currency/", statuses=PUBLIC)
PAIRS = Endpoint(name="swap_pairs", path="/pair/")
PAIR = Endpoint(name="swap_pair", path="/pair/{pair}/", statuses=OF_PAIR)
RATE = Endpoint(name="swap_rate", path="/rate/?pairs={pair}", statuses=OF_PAIR)
LIST = Endpoint(name="swaps", path="/orders/?page={page}&page_size={size}", statuses=OF_PAGE)
CREATE = Endpoint(name="create_swap", method="POST", path="/orders/")
DETAILS = Endpoint(name="swap", path="/orders/{reference}/", statuses=OF_ORDER)
UPDATE = Endpoint(name="update_swap", method="PATCH", path="/orders/{reference}/", statuses=OF_ORDER)
