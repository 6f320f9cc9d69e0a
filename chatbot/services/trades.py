"""A person's executed trades: read page by page with the account's session, and kept, for the exchange forgets them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import ChatbotError, InputError, NoSession, SessionExpired
from chatbot.domain.ids import AccountId, MarketCode, PersonId
from chatbot.domain.market import Market, resolve_symbol
from chatbot.domain.trade_text import TradeQuery, TradeWindow
from chatbot.domain.trade_totals import Pair, newest_first, pair_of
from chatbot.domain.trades import TradePage, TradeSpan
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.trades import KeptTrades
from chatbot.services.accounts import Accounts
from chatbot.services.sessions import Sessions

A_PAGE: Final = 20
"""How many kept trades are shown at a time: as many as the exchange shows orders."""
_MOST_SKIPPED = 4
"""How many pages without a trade of the market that was asked for are turned at once: each is a request."""
_LONGEST_SYMBOL = 20
_LAST_PAGE = 100_000
_USUAL_COUNTER = "USDT"


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
    `reach` is from when to when trades are kept.
    """

    account: Account
    window: TradeWindow
    market: MarketCode | None
    page: TradePage
    pairs: Mapping[MarketCode, Pair]
    others: int
    source: Source
    reach: tuple[datetime, datetime] | None
    at: datetime

    @property
    def is_all(self) -> bool:
        """Whether the page is everything there is."""
        return self.page.number == 1 and not self.page.has_next


class Trades:
    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        accounts: Accounts,
        sessions: Sessions,
        kept: KeptTrades,
        clock: Clock,
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._sessions = sessions
        self._kept = kept
        self._clock = clock

    async def page(
        self, person: PersonId, query: TradeQuery, *, page: int = 1, account: AccountId | None = None
    ) -> TradeList:
        """One page of the active account's trades, or of the one that is named. What was kept takes the exchange's
        place where that cannot be asked for want of a session.

        Raises `NotLinked`, `NoSession` or `SessionExpired` if nothing is kept either, and what reads raise.
        """
        holder, page = await self._accounts.own(person, account), min(max(page, 1), _LAST_PAGE)
        market = await self._market(query.symbol, holder.venue) if query.symbol else None
        if (span := query.window.span) is None:
            return await self._from_kept(holder, query.window, market, page, Source.KEPT)
        try:
            return await self._from_exchange(holder, span, market, page)
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

    async def pairs(self, venue: Venue, codes: Iterable[MarketCode]) -> Mapping[MarketCode, Pair]:
        """The currencies of markets, of those that Instant Trade alone knows, too."""
        markets = await self._markets(venue)
        return {code: pair_of(code, markets) for code in codes}

    async def _from_exchange(
        self, holder: Account, span: TradeSpan, market: MarketCode | None, number: int
    ) -> TradeList:
        """Page by page as the exchange has them; those with nothing of the market are turned at once."""
        for skipped in range(_MOST_SKIPPED + 1):
            read = await self.read(holder, span=span, page=number + skipped, priority=Priority.PERSON)
            await self._kept.keep(holder.id, read.trades)
            wanted = tuple(trade for trade in read.trades if market in (None, trade.market))
            if wanted or not read.has_next:
                break
        shown = TradePage(trades=newest_first(wanted), number=read.number, has_next=read.has_next)
        return await self._list(
            holder, TradeWindow(span.value), market, shown, Source.EXCHANGE, others=len(read.trades) - len(wanted)
        )

    async def _from_kept(
        self, holder: Account, window: TradeWindow, market: MarketCode | None, number: int, source: Source
    ) -> TradeList:
        since = None if window.length is None else self._clock.now() - window.length
        found = await self._kept.page(holder.id, market=market, since=since, number=number, size=A_PAGE)
        return await self._list(holder, window, market, found, source)

    async def _list(
        self,
        holder: Account,
        window: TradeWindow,
        market: MarketCode | None,
        page: TradePage,
        source: Source,
        *,
        others: int = 0,
    ) -> TradeList:
        codes = {trade.market for trade in page.trades} | ({market} if market else set())
        return TradeList(
            account=holder,
            window=window,
            market=market,
            page=page,
            pairs=await self.pairs(holder.venue, codes),
            others=others,
            source=source,
            reach=await self._kept.reach(holder.id),
            at=self._clock.now(),
        )

    async def _market(self, symbol: str, venue: Venue) -> MarketCode:
        """What is in no list may still have been traded by Instant Trade, there against USDT."""
        listed = resolve_symbol(symbol, await self._markets(venue))
        if listed is not None:
            return listed.code
        code = "".join(mark for mark in symbol.upper() if mark not in "/-_")
        if not (code.isascii() and code.isalnum() and len(code) <= _LONGEST_SYMBOL):
            raise InputError("Of which market? Write it like /trades BTC or /trades BTC/USDT.")
        return MarketCode(code if pair_of(MarketCode(code), ()).counter else code + _USUAL_COUNTER)

    async def _markets(self, venue: Venue) -> tuple[Market, ...]:
        """A courtesy: trades are shown without it, too."""
        try:
            return await self._exchanges[venue].markets(priority=Priority.PERSON)
        except ChatbotError:
            return ()
