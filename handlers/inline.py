"""Prices in any chat: whoever types the bot's name there, and what for, is answered with cards to send.

Public prices go to people with access alone, as everywhere else: the bot's answers come out of one request budget,
which its people share, and an exchange asked on behalf of strangers is one that they can keep busy. Strangers get a
button that opens the private chat. That answer is theirs personally, or Telegram would keep it for people with access;
the other way round no harm is done: what strangers get out of Telegram's memory is public, and asks nobody.

So the prices are the same for everybody: of the first venue, as in groups, and in the usual number style and time zone.
Nothing of anybody's account, alerts or favourites stands in them.
"""

import structlog

from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import PersonId
from chatbot.ports.clock import Clock
from chatbot.services.desk import Services
from chatbot.services.markets import MOST_PRICES
from handlers import wire
from handlers.guards import Allowance, Door
from handlers.sender import Sender
from handlers.views import inline as views

log = structlog.get_logger(__name__)

ANSWERS_A_MINUTE = 60
"""How often a person is answered: clients ask anew with nearly every key that is typed."""

_AROUND_A_SYMBOL = "$#?"


class Inline:
    """Answers inline queries: https://core.telegram.org/bots/inline"""

    def __init__(self, *, door: Door, sender: Sender, services: Services, clock: Clock) -> None:
        self._door = door
        self._sender = sender
        self._services = services
        self._allowance = Allowance(ANSWERS_A_MINUTE, clock=clock)

    async def answer(self, query: wire.InlineQuery) -> None:
        if query.sender.is_bot or not self._allowance.allows(PersonId(query.sender.id)):
            log.debug("inline query not heard")
            return
        speaker = await self._door.speaker(query.sender)
        listing = await self._listing(query.query) if self._door.lets_in(speaker) else views.closed()
        await self._sender.offer(query.id, listing)

    async def _listing(self, typed: str) -> views.Listing:
        names = [word.strip(_AROUND_A_SYMBOL) for word in typed.replace(",", " ").split()]
        try:
            return await self._of(tuple(name for name in names if name)[:MOST_PRICES])
        except ChatbotError as error:
            log.info("no prices for an inline query", error=type(error).__name__)
            return views.unavailable()

    async def _of(self, names: tuple[str, ...]) -> views.Listing:
        markets = self._services.markets
        venue = await markets.venue_for(None)
        if not names:
            return views.liveliest(await markets.liveliest(venue=venue), venue=venue)
        return views.matches(await markets.matching(names, venue=venue), venue=venue)
