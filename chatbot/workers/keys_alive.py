"""Reads with every linked key now and then, so that one that stopped working is noticed before it is needed."""

import asyncio
import contextlib
from datetime import timedelta

from chatbot.domain.accounts import Account
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import AccountId
from chatbot.ports.clock import Clock, Entropy
from chatbot.services.key_health import KeyHealth

EVERY = timedelta(hours=6)
"""How often each key is tried; all of them are spread over this time."""
_FIRST_REST = timedelta(minutes=15)
"""After a start people come first."""
_LONGEST_REST = timedelta(minutes=15)
"""How soon newly linked accounts change the pace."""


class KeysAlive:
    """Goes round all accounts, one per step, from anywhere: a bot that is restarted often reaches all of them, too."""

    name = "keys-alive"

    def __init__(self, *, health: KeyHealth, clock: Clock, entropy: Entropy) -> None:
        self._health = health
        self._clock = clock
        self._next_at = clock.now() + _FIRST_REST
        self._begin_at = entropy.jitter()
        self._last: AccountId | None = None
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        accounts = await self._health.everyone()
        now = self._clock.now()
        if not accounts or now < self._next_at:
            return min(_LONGEST_REST, max(self._next_at - now, timedelta(seconds=1)))
        self._next_at = now + EVERY / len(accounts)
        account = self._next(accounts)
        self._last = account.id
        with contextlib.suppress(NotLinked):  # unlinked this very moment
            await self._health.probe(account)
        return min(_LONGEST_REST, self._next_at - now)

    def _next(self, accounts: tuple[Account, ...]) -> Account:
        if self._last is None:
            return accounts[int(self._begin_at * len(accounts))]
        last = self._last
        return next((account for account in accounts if account.id > last), accounts[0])
