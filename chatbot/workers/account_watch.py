"""Looks at linked accounts in turn, with a bounded share of the requests the exchange allows."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, ChatbotError, KeyRejected, NotLinked, Unavailable
from chatbot.domain.follow_ups import FRESH
from chatbot.domain.ids import AccountId, PersonId
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Priority, PublicData
from chatbot.services.follow_ups import FollowUps, Looked

log = structlog.get_logger(__name__)

SHARE = 4
"""The watch makes at most one request in so many that the exchange allows. Together with the prices for everybody it
stays below what is kept for people; see `exchange.budget`.
"""
_SOON = timedelta(seconds=10)
"""When an account in which something began is looked at."""
_ROSTER = timedelta(seconds=2)
"""How soon accounts that were linked or taken away are noticed."""
_REST = timedelta(seconds=1)
_FIRST_BACKOFF, _LONGEST_BACKOFF = timedelta(seconds=30), timedelta(hours=1)
_FIRST_OUTAGE, _LONGEST_OUTAGE = timedelta(seconds=5), timedelta(minutes=2)
_OF_A_FAILURE = 3
"""Requests a look that failed may have cost."""
_DOUBLINGS = 10


class Keys(Protocol):
    async def everyone(self) -> tuple[Account, ...]:
        """All linked accounts, in a lasting order."""
        ...

    async def probe(self, account: Account) -> None:
        """Find out whether a key still works, and tell if it does not."""
        ...


class Schedule:
    """When each account is due. Every second turn belongs to those where something goes on, every other one to whoever
    has been due the longest: many accounts neither slow a fresh order down much, nor does one starve.
    """

    def __init__(self) -> None:
        self._due: dict[AccountId, datetime] = {}
        self._fresh: set[AccountId] = set()
        self._fresh_next = True

    def keep(self, accounts: Iterable[AccountId], *, now: datetime) -> None:
        """These there are now. New ones are due at once, in the order given."""
        self._due = {account: self._due.get(account, now) for account in accounts}
        self._fresh &= self._due.keys()

    def put(self, account: AccountId, at: datetime, *, fresh: bool) -> None:
        self._due[account] = at
        (self._fresh.add if fresh else self._fresh.discard)(account)

    def hasten(self, account: AccountId, at: datetime) -> None:
        """Something began there."""
        if account in self._due:
            self.put(account, min(at, self._due[account]), fresh=True)

    def next(self, *, now: datetime) -> AccountId | None:
        """Whose turn it is; None while nobody is due."""
        due = [account for account, at in self._due.items() if at <= now]
        fresh = [account for account in due if account in self._fresh] if self._fresh_next else []
        self._fresh_next = not self._fresh_next
        return min(fresh or due, key=self._due.__getitem__, default=None)


class AccountWatch:
    """One per venue, so that one that is down does not keep the other waiting. `per_minute` is what the exchange
    allows; `is_in` says whether somebody may still use the bot.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        exchange: PublicData,
        follow_ups: FollowUps,
        keys: Keys,
        is_in: Callable[[PersonId], Awaitable[bool]],
        per_minute: int,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self.name = f"accounts-{venue}"
        self.wake = asyncio.Event()
        self._venue = venue
        self._exchange = exchange
        self._follow_ups = follow_ups
        self._keys = keys
        self._is_in = is_in
        self._per_request = timedelta(minutes=1) * SHARE / per_minute
        self._clock = clock
        self._begin_at = entropy.jitter()
        self._schedule = Schedule()
        self._accounts: dict[AccountId, Account] = {}
        self._called_at: datetime | None = None
        self._failures: dict[AccountId, int] = {}
        self._outages = 0

    async def step(self) -> timedelta:
        wait = self._exchange.expected_wait(Priority.ALERT)
        if wait > timedelta(0):  # even the last in line would have to wait, so there are others
            return max(wait, _REST)
        await self._call_roll()
        account = self._schedule.next(now=self._clock.now())
        if account is None:
            return _REST
        return await self._look(self._accounts[account])

    async def _call_roll(self) -> None:
        """From anywhere in the order of accounts: a bot that is restarted often reaches all of them, too."""
        now = self._clock.now()
        if self._called_at is None or now - self._called_at >= _ROSTER:
            here = [account for account in await self._keys.everyone() if account.venue is self._venue]
            allowed = [account for account in here if await self._is_in(account.person)]
            first = int(self._begin_at * len(allowed))
            self._accounts = {account.id: account for account in allowed[first:] + allowed[:first]}
            self._schedule.keep(self._accounts, now=now)
            self._called_at = now
        for account in self._follow_ups.stirred(self._accounts):
            self._schedule.hasten(account, now + _SOON)

    async def _look(self, account: Account) -> timedelta:
        try:
            looked = await self._follow_ups.look(account)
        except ChatbotError as error:
            return await self._failed(account, error)
        except Exception:
            log.exception("looking at an account failed", account=account.id)
            return self._back_off(account)
        self._failures.pop(account.id, None)
        self._outages = 0
        return self._next(account, looked)

    def _next(self, account: Account, looked: Looked) -> timedelta:
        self._schedule.put(account.id, self._clock.now() + looked.pause, fresh=looked.pause <= FRESH)
        return self._per_request * looked.requests

    async def _failed(self, account: Account, error: ChatbotError) -> timedelta:
        """Come back to this account later. Where the exchange itself is away, all its accounts rest a while."""
        log.info("cannot look at account now", account=account.id, kind=type(error).__name__)
        rest = self._back_off(account)
        if isinstance(error, NotLinked):
            self._called_at = None  # unlinked this very moment
        elif isinstance(error, KeyRejected):
            with contextlib.suppress(ChatbotError):
                await self._keys.probe(account)
        elif isinstance(error, Unavailable) and error.cause is not Cause.UNREADABLE:
            self._outages = min(self._outages + 1, _DOUBLINGS)
            return _doubled(_FIRST_OUTAGE, self._outages, at_most=_LONGEST_OUTAGE)
        return rest

    def _back_off(self, account: Account) -> timedelta:
        failures = self._failures[account.id] = min(self._failures.get(account.id, 0) + 1, _DOUBLINGS)
        pause = _doubled(_FIRST_BACKOFF, failures, at_most=_LONGEST_BACKOFF)
        self._schedule.put(account.id, self._clock.now() + pause, fresh=False)
        return self._per_request * _OF_A_FAILURE


def _doubled(first: timedelta, times: int, *, at_most: timedelta) -> timedelta:
    """The pause after so many failures in a row."""
    factor: int = 2 ** (times - 1)
    return min(first * factor, at_most)
