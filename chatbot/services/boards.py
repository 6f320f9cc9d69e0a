"""Boards: which markets they show, and in which place."""

from chatbot.domain.boards import MOST_MARKETS, Board
from chatbot.domain.errors import InputError
from chatbot.domain.ids import PersonId
from chatbot.domain.places import Place
from chatbot.ports.boards import BoardStore
from chatbot.ports.clock import Clock
from chatbot.services.markets import Markets, Quote


class Boards:
    """Sets and ends them; somebody else paints them."""

    def __init__(self, *, store: BoardStore, markets: Markets, clock: Clock) -> None:
        self._store = store
        self._markets = markets
        self._clock = clock

    async def in_place(self, place: Place) -> Board | None:
        return await self._store.in_place(place)

    async def set(self, place: Place, symbols: tuple[str, ...], *, by: PersonId) -> tuple[Quote, ...]:
        """A board of these markets, or of the place's usual ones; the one before ends.

        Raises `UnknownMarket`, and `InputError` for too many.
        """
        if len(symbols) > MOST_MARKETS:
            raise InputError(f"That is a lot for one board. It holds at most {MOST_MARKETS} markets.")
        venue = await self._markets.venue_in(place, person=by)
        if symbols:
            quotes = await self._markets.quotes(symbols, venue=venue)
        else:
            quotes = await self._markets.usual(place.chat, venue=venue)
        if not quotes:
            raise InputError("The exchange reports no prices right now. Name the markets: /board BTC ETH.")
        codes = tuple(quote.market.code for quote in quotes)
        await self._store.open(place, venue=venue, markets=codes, set_by=by, now=self._clock.now())
        return quotes

    async def end(self, place: Place) -> bool:
        """Whether there was one."""
        return await self._store.end(place) is not None
