"""Reads everybody's trades once a day, before the exchange forgets them."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, ChatbotError, Unavailable
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.trade_sweeps import Sweep
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority, PublicData
from chatbot.ports.trades import KeptTrades
from chatbot.services.trades import EVERY, Trades

log = structlog.get_logger(__name__)

SHARE = 6
"""At most one request in so many that the exchange allows: what is read here can wait for hours."""
MOST_PAGES = 2_500
"""Of one account in a row: 50,000 trades at 20 a page. A list that is longer than that has no end."""
FIRST_REST = timedelta(minutes=15)
"""After a start people come first."""
_IDLE = timedelta(minutes=15)
"""How soon a session that was just linked is put to use."""
_REST = timedelta(seconds=1)
_AWAY = timedelta(minutes=5)
"""How long nobody's trades are asked for when the exchange does not answer."""
_LATER = timedelta(hours=1)
"""When an account whose trades could not be read has its next turn."""


class TradeKeeper:
    """One per venue, so that one that is down does not keep the other waiting. A round is a page of one account's
    trades. When each account is due is stored, so that after a start only those are read whose time has come.
    """

    def __init__(
        self,
        *,
        venue: Venue,
        exchange: PublicData,
        trades: Trades,
        store: KeptTrades,
        is_in: Callable[[PersonId], Awaitable[bool]],
        per_minute: int,
        clock: Clock,
    ) -> None:
        """`per_minute` is what the exchange allows; `is_in` says whether somebody may still use the bot."""
        self.name = f"trades-{venue}"
        self.wake = asyncio.Event()
        self._venue = venue
        self._exchange = exchange
        self._trades = trades
        self._store = store
        self._is_in = is_in
        self._per_request = timedelta(minutes=1) * SHARE / per_minute
        self._clock = clock
        self._begin_at = clock.now() + FIRST_REST
        self._sweep: Sweep | None = None
        self._interrupted: dict[AccountId, Sweep] = {}

    async def step(self) -> timedelta:
        rest = self._begin_at - self._clock.now()
        if rest > timedelta(0):
            return rest
        wait = self._exchange.expected_wait(Priority.ALERT)
        if wait > timedelta(0):  # even the last in line would have to wait, so there are others
            return max(wait, _REST)
        sweep = self._sweep or await self._begin()
        return _IDLE if sweep is None else await self._turn(sweep)

    async def _begin(self) -> Sweep | None:
        while account := await self._store.due(self._venue, now=self._clock.now()):
            if await self._is_in(account.person):
                interrupted = self._interrupted.pop(account.id, None)
                is_recent = interrupted is not None and self._clock.now() - interrupted.begun_at < EVERY
                return interrupted if is_recent else await self._trades.begin(account)
            await self._put_off(account, EVERY)
        return None

    async def _turn(self, sweep: Sweep) -> timedelta:
        """A page that could not be had is asked for again when the others had their turn."""
        self._sweep = None
        try:
            self._sweep = await self._trades.turn(sweep, priority=Priority.ALERT)
        except ChatbotError as error:
            log.info("cannot read trades now", account=sweep.account.id, kind=type(error).__name__)
            await self._put_off(sweep.account, _LATER)
            if isinstance(error, Unavailable) and error.cause is not Cause.UNREADABLE:
                self._interrupted[sweep.account.id] = sweep
                return _AWAY
        except Exception:
            log.exception("reading trades failed", account=sweep.account.id)
            await self._put_off(sweep.account, EVERY)
        if self._sweep is not None and self._sweep.page > MOST_PAGES:
            await self._give_up(sweep.account)
        return self._per_request

    async def _give_up(self, account: Account) -> None:
        log.warning("trades without an end", account=account.id)
        self._sweep = None
        await self._put_off(account, EVERY)

    async def _put_off(self, account: Account, length: timedelta) -> None:
        await self._store.put_off(account.id, until=self._clock.now() + length)
