"""Markets, prices and books: what everybody may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import process

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, Unavailable, UnknownMarket
from chatbot.domain.ids import ChatId, MarketCode, PersonId
from chatbot.domain.market import Market, OrderBook, Ticker, resolve_symbol, unlisted_code
from chatbot.domain.places import Place
from chatbot.ports.accounts import Accounts
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.people import Favourites

_NEAREST = 6
_ALIKE = 62
"""Similarity, of 100, from which a code is offered as what was perhaps meant."""
LIVELIEST = 6
MOST_PRICES = 8
"""How many markets one `/price` answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A market with its prices; `ticker` is None where the exchange has none."""

    market: Market
    ticker: Ticker | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What typed names bring: the markets they name, and those that come `near` names that are none; each once."""

    named: tuple[Quote, ...]
    near: tuple[Quote, ...]


class Markets:
    """Public data of all venues. A person sees the venue of the active account, everybody else the first venue."""

    def __init__(self, *, exchanges: Mapping[Venue, Exchange], accounts: Accounts, favourites: Favourites) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._favourites = favourites

    @property
    def venues(self) -> tuple[Venue, ...]:
        return tuple(self._exchanges)

    async def venue_for(self, person: PersonId | None) -> Venue:
        """The venue a person looks at; None is a group, which belongs to nobody."""
        first, *others = self._exchanges
        if person is None or not others:
            return first
        active = await self._accounts.active(person)
        return active.venue if active is not None and active.venue in self._exchanges else first

    async def venue_in(self, place: Place, *, person: PersonId) -> Venue:
        """The venue shown in a place: in private one's own; a group or channel belongs to nobody."""
        return await self.venue_for(person if place.is_private else None)

    async def listed(self, venue: Venue) -> tuple[Market, ...]:
        """All markets with an order book, the usual order of the exchange."""
        markets = await self._exchanges[venue].markets(priority=Priority.PERSON)
        return tuple(market for market in markets if not market.instant_only)

    async def find(self, symbol: str, *, venue: Venue) -> Market:
        """The market a symbol names. Raises `UnknownMarket` with the nearest ones."""
        markets = await self.listed(venue)
        market = resolve_symbol(symbol, markets)
        if market is None:
            raise UnknownMarket(symbol=symbol.upper(), nearest=_nearest(symbol, markets))
        return market

    async def rules(self, symbol: str, *, venue: Venue) -> Quote:
        """One market as the exchange describes it this moment, also one for Instant Trade only, which no list names.

        Raises `UnknownMarket` with the nearest listed ones.
        """
        exchange = self._exchanges[venue]
        listed = await exchange.markets(priority=Priority.PERSON)
        known = resolve_symbol(symbol, listed)
        code = known.code if known is not None else unlisted_code(symbol)
        market = await exchange.market(code, priority=Priority.PERSON) if code is not None else None
        if market is None:
            if known is not None:  # it was listed minutes ago: the fault is the exchange's
                raise Unavailable(Cause.SERVER_FAULT)
            raise UnknownMarket(symbol=symbol.upper(), nearest=_nearest(symbol, await self.listed(venue)))
        ticker = None if market.instant_only else await exchange.ticker(market.code, priority=Priority.PERSON)
        return Quote(market=market, ticker=ticker)

    async def quotes(self, symbols: tuple[str, ...], *, venue: Venue) -> tuple[Quote, ...]:
        """Prices of the named markets, in order, each once."""
        markets = {market.code: market for market in [await self.find(symbol, venue=venue) for symbol in symbols]}
        tickers = await self._tickers(venue)
        return tuple(Quote(market=market, ticker=tickers.get(code)) for code, market in markets.items())

    async def matching(self, names: tuple[str, ...], *, venue: Venue) -> Matches:
        """Prices for names that may not be complete yet. Raises what reading prices raises, and nothing else."""
        listed = await self.listed(venue)
        tickers = await self._tickers(venue)
        named: dict[MarketCode, Market] = {}
        near: dict[MarketCode, Market] = {}
        for name in names:
            market = resolve_symbol(name, listed)
            if market is not None:
                named[market.code] = market
            else:
                near |= {each.code: each for each in _alike(name, listed)}

        def quotes(markets: dict[MarketCode, Market]) -> tuple[Quote, ...]:
            return tuple(Quote(market=market, ticker=tickers.get(code)) for code, market in markets.items())

        others = {code: market for code, market in near.items() if code not in named}
        return Matches(named=quotes(named), near=quotes(others))

    async def favourites(self, chat: ChatId, *, venue: Venue) -> tuple[Quote, ...]:
        """Prices of a chat's starred markets that this venue lists."""
        starred = await self._favourites.of(chat)
        if not starred:
            return ()
        by_code = {market.code: market for market in await self.listed(venue)}
        tickers = await self._tickers(venue)
        codes = [MarketCode(code) for code in starred if code in by_code][:MOST_PRICES]
        return tuple(Quote(market=by_code[code], ticker=tickers.get(code)) for code in codes)

    async def is_favourite(self, chat: ChatId, market: MarketCode) -> bool:
        return market in await self._favourites.of(chat)

    async def liveliest(self, *, venue: Venue, count: int = LIVELIEST) -> tuple[Quote, ...]:
        """The markets with the largest turnover in 24 hours."""
        markets = await self.listed(venue)
        tickers = await self._tickers(venue)
        quotes = [Quote(market=market, ticker=tickers[market.code]) for market in markets if market.code in tickers]
        quotes.sort(key=lambda quote: quote.ticker.turnover if quote.ticker else 0, reverse=True)
        return tuple(quotes[:count])

    async def usual(self, chat: ChatId, *, venue: Venue) -> tuple[Quote, ...]:
        """Where no market is named: the chat's favourites, or else the liveliest."""
        return await self.favourites(chat, venue=venue) or await self.liveliest(venue=venue)

    async def book(self, symbol: str, *, venue: Venue) -> tuple[Market, OrderBook | None]:
        market = await self.find(symbol, venue=venue)
        return market, await self._exchanges[venue].order_book(market.code, priority=Priority.PERSON)

    async def ticker(self, market: MarketCode, *, venue: Venue) -> Ticker | None:
        return (await self._tickers(venue)).get(market)

    async def tickers(self, *, venue: Venue) -> Mapping[MarketCode, Ticker]:
        return await self._tickers(venue)

    def expected_wait(self, venue: Venue) -> timedelta:
        """How long a person's request would wait for the budget."""
        return self._exchanges[venue].expected_wait(Priority.PERSON)

    async def _tickers(self, venue: Venue) -> Mapping[MarketCode, Ticker]:
        return await self._exchanges[venue].tickers(priority=Priority.PERSON)


def _alike(name: str, markets: tuple[Market, ...]) -> tuple[Market, ...]:
    """Markets whose currency begins like a name; where none does, those that look like it."""
    wanted = name.upper()
    begun = [each for each in markets if each.base.startswith(wanted) or each.base_name.upper().startswith(wanted)]
    if begun:
        return tuple(begun[:_NEAREST])
    by_code = {str(market.code): market for market in markets}
    return tuple(by_code[code] for code in _nearest(name, markets))


def _nearest(symbol: str, markets: tuple[Market, ...]) -> tuple[str, ...]:
    """Codes that look like a symbol, or whose currency's name does; best first, each once."""
    spellings = {market.base: market.code for market in markets}
    spellings |= {market.code: market.code for market in markets}
    spellings |= {market.base_name.upper(): market.code for market in markets}
    found = process.extract(symbol.upper(), spellings.keys(), limit=3 * _NEAREST, score_cutoff=_ALIKE)
    return tuple(dict.fromkeys(spellings[spelling] for spelling, _, _ in found))[:_NEAREST]
