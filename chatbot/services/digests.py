"""Daily digests: when they are told, and of what."""

from dataclasses import dataclass
from datetime import datetime, time

from chatbot.domain.digests import MOST_MARKETS, Digest, movers, turn
from chatbot.domain.errors import InputError, Unavailable, UnknownMarket
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import DigestDue
from chatbot.domain.places import Place
from chatbot.domain.zones import next_daily, zone_named
from chatbot.ports.clock import Clock
from chatbot.ports.digests import DigestStore
from chatbot.services.markets import Markets, Quote
from chatbot.services.preferences import Preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a digest says: prices, what rose most, and what fell most."""

    quotes: tuple[Quote, ...]
    up: tuple[Quote, ...]
    down: tuple[Quote, ...]


class Digests:
    def __init__(self, *, store: DigestStore, markets: Markets, preferences: Preferences, clock: Clock) -> None:
        self._store = store
        self._markets = markets
        self._preferences = preferences
        self._clock = clock

    async def in_place(self, place: Place) -> Digest | None:
        return await self._store.in_place(place)

    async def set(self, place: Place, at: time, symbols: tuple[str, ...], *, by: PersonId) -> Digest:
        """Tell it every day when the chat's clock shows `at`; the digest before goes.

        Raises `UnknownMarket`, and `InputError` for too many markets.
        """
        if len(symbols) > MOST_MARKETS:
            raise InputError(f"That is a lot for one digest. It holds at most {MOST_MARKETS} markets.")
        venue = await self._markets.venue_in(place, person=by)
        quotes = await self._markets.quotes(symbols, venue=venue)
        codes = tuple(quote.market.code for quote in quotes)
        next_at = self._next(place.chat, at)
        return await self._store.set(place, venue=venue, markets=codes, at=at, next_at=next_at, set_by=by)

    async def pairs(self, digest: Digest) -> tuple[str, ...]:
        """What its markets are called: `BTC/USDT`; by their codes where the exchange does not say."""
        try:
            listed = {market.code: market.pair for market in await self._markets.listed(digest.venue)}
        except Unavailable:
            listed = {}
        return tuple(listed.get(code, code) for code in digest.markets)

    async def delete(self, place: Place) -> bool:
        """Whether there was one."""
        return await self._store.delete(place)

    async def clock_changed(self, chat: ChatId) -> None:
        """The chat chose another time zone."""
        await self._store.reschedule(chat, lambda at: self._next(chat, at))

    async def tell_due(self) -> datetime | None:
        """Put what is due into the outbox; when the next is."""
        now = self._clock.now()
        due = await self._store.due(now=now)
        if due:
            zones = {digest.place.chat: self._preferences.of_chat(digest.place.chat).zone for digest in due}
            turns = [turn(digest, zone_named(zones[digest.place.chat]), now=now) for digest in due]
            await self._store.take(turns, now=now)
        return await self._store.next_at()

    async def summary(self, notice: DigestDue, place: Place) -> Summary:
        """As the markets are now; those that are not listed any more are left out."""
        quotes = [quote for code in notice.markets if (quote := await self._quote(code, notice)) is not None]
        listed = await self._markets.listed(notice.venue)
        tickers = await self._markets.tickers(venue=notice.venue)
        up, down = movers((market, tickers[market.code]) for market in listed if market.code in tickers)
        return Summary(
            quotes=tuple(quotes) or await self._markets.usual(place.chat, venue=notice.venue),
            up=tuple(Quote(market=market, ticker=ticker) for market, ticker in up),
            down=tuple(Quote(market=market, ticker=ticker) for market, ticker in down),
        )

    async def _quote(self, code: str, notice: DigestDue) -> Quote | None:
        try:
            return (await self._markets.quotes((code,), venue=notice.venue))[0]
        except UnknownMarket:
            return None

    def _next(self, chat: ChatId, at: time) -> datetime:
        return next_daily(at, zone_named(self._preferences.of_chat(chat).zone), after=self._clock.now())
