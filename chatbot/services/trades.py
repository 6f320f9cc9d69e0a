"""A person's executed trades: read page by page with the account's session, and kept, for the exchange forgets them."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

import structlog

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.errors import ChatbotError, InputError, NoSession, SessionExpired
from chatbot.domain.ids import AccountId, MarketCode, PersonId
from chatbot.domain.market import resolve_symbol
from chatbot.domain.trade_sweeps import Coverage, Sweep
from chatbot.domain.trade_text import TradeQuery, TradeWindow
from chatbot.domain.trade_totals import MarketTotal, Pair, newest_first, pair_of, totals
from chatbot.domain.trades import TradePage, TradeSpan
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.trades import KeptTrades
from chatbot.services.accounts import Accounts
from chatbot.services.sessions import Sessions

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(days=1)
"""How often an account's trades are read without anybody asking: long before the exchange forgets them."""
PATIENCE: Final = timedelta(seconds=4)
"""How long somebody who waits for results also waits for the trades that are new."""
A_PAGE: Final = 20
"""How many kept trades are shown at a time: as many as the exchange shows orders."""
_MOST_SKIPPED = 4
"""How many pages without a trade of the market that was asked for are turned at once: each is a request."""
_MOST_WAITED_FOR = 5
"""How many pages of new trades somebody waits for; the rest is read in the background."""
_MOST_SUMMED = 5_000
"""How many kept trades are added up for somebody who waits."""
_FRESH = timedelta(seconds=10)
"""For how long what was just read is not read again."""
_TURNING = timedelta(minutes=10)
"""For how long somebody who turns pages sees what was known when they began: so nothing moves from page to page."""
_LONGEST_SYMBOL = 20
_LAST_PAGE = 100_000


class Source(Enum):
    """Where shown trades are from: the exchange, this minute; or what was kept, because that was asked for, or there
    is no session, or the exchange does not accept it any more.
    """

    EXCHANGE = auto()
    KEPT = auto()
    NO_SESSION = auto()
    SESSION_ENDED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeList:
    """A page of an account's trades, newest first. `market` is None for all markets, `pairs` are the currencies of
    those on the page. Where only one market is shown, `others` says how many trades of the exchange's page are not.
    `summed` are the totals of the whole window, None where that is not known. `reach` is from when to when trades are
    kept.
    """

    account: Account
    window: TradeWindow
    market: MarketCode | None
    page: TradePage
    pairs: Mapping[MarketCode, Pair]
    others: int
    summed: tuple[MarketTotal, ...] | None
    source: Source
    reach: tuple[datetime, datetime] | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaughtUp:
    """What is known of an account's trades. `source` is `EXCHANGE` if that is all until this minute, and `KEPT` if the
    exchange could not be read so far for now. Of the time that `coverage` names all are kept; None: of no time.
    """

    source: Source
    coverage: Coverage | None


class Trades:
    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        accounts: Accounts,
        sessions: Sessions,
        kept: KeptTrades,
        clock: Clock,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._sessions = sessions
        self._kept = kept
        self._clock = clock
        self._patience = patience.total_seconds()

    async def page(
        self,
        person: PersonId,
        query: TradeQuery,
        *,
        page: int = 1,
        back: bool = False,
        account: AccountId | None = None,
    ) -> TradeList:
        """One page of the active account's trades, or of the one that is named. What is new is read first; then they
        are told from what is kept, if nothing of the window is missing there, and else from the exchange's own pages,
        where those without a trade of the market are turned at once (`back`: towards the first). What was kept also
        takes the exchange's place where that cannot be asked for want of a session.

        Raises `NotLinked`, `InputError` for a market that neither the exchange nor any kept trade knows, `NoSession` or
        `SessionExpired` if nothing is kept either, and what reads raise.
        """
        holder, page = await self._accounts.own(person, account), min(max(page, 1), _LAST_PAGE)
        market = await self._market(query.symbol, holder.venue) if query.symbol else None
        listed = await self._page(holder, query, market, page, back=back)
        if market is not None and not listed.page.trades and not await self._is_traded(holder, query.symbol, market):
            raise InputError(
                f"No market “{query.symbol[:_LONGEST_SYMBOL]}” is known, and no trade of yours there either. Write it "
                "like /trades BTC, /trades ETH/USDT or /trades month; /export trades takes days."
            )
        return listed

    async def _page(
        self, holder: Account, query: TradeQuery, market: MarketCode | None, page: int, *, back: bool
    ) -> TradeList:
        if (span := query.window.span) is None:
            return await self._from_kept(holder, query.window, market, page, Source.KEPT)
        try:
            if await self._is_known(holder, page=page):
                return await self._from_kept(holder, query.window, market, page, Source.EXCHANGE)
            return await self._from_exchange(holder, span, market, page, back=back)
        except (NoSession, SessionExpired) as error:
            if await self._kept.reach(holder.id) is None:
                raise
            source = Source.NO_SESSION if isinstance(error, NoSession) else Source.SESSION_ENDED
            return await self._from_kept(holder, query.window, market, page, source)

    async def read(self, account: Account, *, span: TradeSpan, page: int, priority: Priority) -> TradePage:
        """A page as the exchange tells it. Raises `NoSession`, `SessionExpired`, and what reads raise."""
        return await self._sessions.ask(
            account,
            lambda instant, session: instant.trades(
                session, span=span, page=page, account_name=DEFAULT_ACCOUNT_NAME, priority=priority
            ),
        )

    async def catch_up(self, account: Account, *, fresh: timedelta = _FRESH) -> CaughtUp:
        """Read what is new, for somebody who waits: a few pages, within a few seconds. What is as `fresh` is not read
        again. Whatever stands in the way is told by what is returned.
        """
        known = await self._kept.coverage(account.id)
        if known is not None and self._clock.now() - known.until < fresh:
            return CaughtUp(source=Source.EXCHANGE, coverage=known)
        source = await self._catch_up(account)
        return CaughtUp(source=source, coverage=await self._kept.coverage(account.id))

    async def begin(self, account: Account) -> Sweep:
        """Begin to read all trades that are not known; `turn` goes on with it."""
        known = await self._kept.coverage(account.id)
        return Sweep(account=account, known=known, begun_at=self._clock.now())

    async def turn(self, sweep: Sweep, *, priority: Priority) -> Sweep | None:
        """Read one page and keep its trades; None if it was the last one, and nothing of the time is missing now.

        Raises as `read`.
        """
        account = sweep.account
        read = await self.read(account, span=TradeSpan.MONTH, page=sweep.page, priority=priority)
        new = await self._kept.keep(account.id, read.trades)
        if not sweep.is_over(read, new=new):
            return replace(sweep, page=sweep.page + 1)
        now = self._clock.now()
        await self._kept.cover(account.id, sweep.coverage(now=now), next_at=now + EVERY)
        return None

    async def pairs(
        self, venue: Venue, codes: Iterable[MarketCode], *, priority: Priority = Priority.PERSON
    ) -> Mapping[MarketCode, Pair]:
        """The currencies of markets, of those that Instant Trade alone knows, too. Raises what reads raise: without the
        list of markets a code may be read as two other currencies.
        """
        markets = await self._exchanges[venue].markets(priority=priority)
        return {code: pair_of(code, markets) for code in codes}

    async def _is_known(self, holder: Account, *, page: int) -> bool:
        """Whether all trades of the exchange's month are kept. Behind the first page that is not found out anew."""
        if page > 1 and await self._kept.coverage(holder.id) is None:
            return False
        caught_up = await self.catch_up(holder, fresh=_TURNING if page > 1 else timedelta(0))
        return caught_up.source is Source.EXCHANGE

    async def _catch_up(self, account: Account) -> Source:
        try:
            async with asyncio.timeout(self._patience):
                sweep: Sweep | None = await self.begin(account)
                while sweep is not None and sweep.page <= _MOST_WAITED_FOR:
                    sweep = await self.turn(sweep, priority=Priority.PERSON)
        except NoSession:
            return Source.NO_SESSION
        except SessionExpired:
            return Source.SESSION_ENDED
        except (ChatbotError, TimeoutError) as error:
            log.info("trades not caught up", account=account.id, kind=type(error).__name__)
            return Source.KEPT
        return Source.EXCHANGE if sweep is None else Source.KEPT

    async def _from_exchange(
        self, holder: Account, span: TradeSpan, market: MarketCode | None, first: int, *, back: bool
    ) -> TradeList:
        """Page by page as the exchange has them. From the first one on several were just read: it is shown alone."""
        step, most = (-1 if back else 1), _MOST_SKIPPED if first > 1 else 0
        last = max(first + step * most, 1)
        for number in range(first, last + step, step):
            read = await self.read(holder, span=span, page=number, priority=Priority.PERSON)
            await self._kept.keep(holder.id, read.trades)
            wanted = tuple(trade for trade in read.trades if market in (None, trade.market))
            if wanted or not (back or read.has_next):
                break
        shown = TradePage(trades=newest_first(wanted), number=number, has_next=read.has_next)
        is_all = shown.number == 1 and not shown.has_next
        return await self._list(
            holder,
            TradeWindow(span.value),
            market,
            shown,
            Source.EXCHANGE,
            others=0 if is_all else len(read.trades) - len(wanted),
            summed=totals(wanted) if is_all else None,
        )

    async def _from_kept(
        self, holder: Account, window: TradeWindow, market: MarketCode | None, number: int, source: Source
    ) -> TradeList:
        since = None if window.length is None else self._clock.now() - window.length
        found = await self._kept.page(holder.id, market=market, since=since, number=number, size=A_PAGE)
        summed = None
        if source in (Source.EXCHANGE, Source.KEPT):
            every = await self._kept.page(holder.id, market=market, since=since, number=1, size=_MOST_SUMMED)
            summed = None if every.has_next else totals(every.trades)
        return await self._list(holder, window, market, found, source, summed=summed)

    async def _list(
        self,
        holder: Account,
        window: TradeWindow,
        market: MarketCode | None,
        page: TradePage,
        source: Source,
        *,
        others: int = 0,
        summed: tuple[MarketTotal, ...] | None,
    ) -> TradeList:
        codes = {trade.market for trade in page.trades} | {each.market for each in summed or ()}
        return TradeList(
            account=holder,
            window=window,
            market=market,
            page=page,
            pairs=await self._shown_pairs(holder.venue, codes | ({market} if market else set())),
            others=others,
            summed=summed,
            source=source,
            reach=await self._kept.reach(holder.id),
            at=self._clock.now(),
        )

    async def _shown_pairs(self, venue: Venue, codes: Iterable[MarketCode]) -> Mapping[MarketCode, Pair]:
        """A courtesy: trades are shown without the list of markets, too, there by their markets' codes."""
        try:
            return await self.pairs(venue, codes)
        except ChatbotError:
            return {code: Pair(base=code, counter="") for code in codes}

    async def _is_traded(self, holder: Account, symbol: str, market: MarketCode) -> bool:
        """Whether a trade of it is kept, though none was shown, or the exchange knows it, in its list or beside that. A
        market that the exchange cannot be asked about may be one.
        """
        kept = await self._kept.page(holder.id, market=market, since=None, number=1, size=1)
        if kept.trades:
            return True
        exchange = self._exchanges[holder.venue]
        try:
            listed = resolve_symbol(symbol, await exchange.markets(priority=Priority.PERSON))
            return listed is not None or await exchange.market(market, priority=Priority.PERSON) is not None
        except ChatbotError:
            return True

    async def _market(self, symbol: str, venue: Venue) -> MarketCode:
        """What is in no list, or if that cannot be read, may still have been traded by Instant Trade, there against
        USDT.
        """
        try:
            listed = resolve_symbol(symbol, await self._exchanges[venue].markets(priority=Priority.PERSON))
        except ChatbotError:
            listed = None
        if listed is not None:
            return listed.code
        code = "".join(mark for mark in symbol.upper() if mark not in "/-_")
        if not (code.isascii() and code.isalnum() and len(code) <= _LONGEST_SYMBOL):
            raise InputError("Of which market? Write it like /trades BTC or /trades BTC/USDT.")
        return MarketCode(code if pair_of(MarketCode(code), ()).counter else code + USUAL_COUNTER)
