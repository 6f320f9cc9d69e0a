"""The keys that open the API. A key is all there is of a client: n.exchange keeps no balances."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who holds a key."""

    name: str
    api_key: str = field(repr=False)

    def credentials(self) -> dict[str, str]:
        """What the client has to be told."""
        return {"api_key": self.api_key}


class Keys:
    """All keys that were given out."""

    def __init__(self) -> None:
        self._by_key: dict[str, Client] = {}

    def __iter__(self) -> Iterator[Client]:
        return iter(self._by_key.values())

    def by_key(self, api_key: str) -> Client | None:
        return self._by_key.get(api_key)

    def open_ready(self, name: str, *, seed: int) -> Client:
        """A key that follows from the seed, so that it is the same at every start."""
        return self._open(name, sha256(f"practice:{seed}:{name}:swaps".encode()).hexdigest())

    def open_fresh(self) -> Client:
        """A random key: nobody inherits the orders of an earlier run."""
        return self._open(f"guest-{secrets.token_hex(4)}", secrets.token_hex(32))

    def _open(self, name: str, token: str) -> Client:
        client = Client(name=name, api_key=f"nx_{token[:40]}")
        self._by_key[client.api_key] = client
        return client
