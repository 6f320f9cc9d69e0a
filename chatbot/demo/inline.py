"""Inline queries: what people type behind the bot's name in any chat, and the list it answers with.

https://core.telegram.org/bots/inline
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from chatbot.demo import refusals
from chatbot.demo.clock import Clock
from chatbot.demo.entities import RichText
from chatbot.demo.values import Json

LIFETIME = 600.0
LONGEST_QUERY: Final = 256
KEPT = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One result: what the list shows, and the message it becomes."""

    id: str
    shown: Json
    content: RichText
    reply_markup: Json | None
    link_preview_options: Json | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What `answerInlineQuery` said; `button` stands above the list."""

    offers: tuple[Offer, ...]
    button: Json | None
    next_offset: str

    def to_json(self) -> Json:
        """The fields under which the control endpoint shows it."""
        results = [{"id": offer.id, **offer.shown} for offer in self.offers]
        return {"results": results, "button": self.button, "next_offset": self.next_offset}


@dataclass(kw_only=True, slots=True)
class InlineQuery:
    """What one person typed; `answered` is set by the first answer, or at once out of Telegram's memory."""

    id: str
    user: int
    text: str
    offset: str
    expires_at: float
    listing: Listing | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class InlineQueries:
    """The last `KEPT` queries by id, and the answers that serve for others, too."""

    def __init__(self, *, clock: Clock, first_number: int) -> None:
        self.enabled = True
        self._clock = clock
        self._number = first_number
        self._queries: OrderedDict[str, InlineQuery] = OrderedDict()
        self._remembered: dict[tuple[str, str, int | None], tuple[Listing, float]] = {}

    def open(self, *, user: int, text: str, offset: str) -> InlineQuery:
        """A new query, good for ten minutes; answered already if the bot said that an earlier answer serves for it."""
        self._number += 1
        now = self._clock.monotonic()
        query = InlineQuery(
            id=str((user << 32) + self._number), user=user, text=text, offset=offset, expires_at=now + LIFETIME
        )
        self._queries[query.id] = query
        if len(self._queries) > KEPT:
            self._queries.popitem(last=False)
        self._remembered = {key: kept for key, kept in self._remembered.items() if kept[1] > now}
        kept = self._remembered.get((text, offset, user)) or self._remembered.get((text, offset, None))
        if kept is not None:
            self._settle(query, kept[0])
        return query

    def find(self, query_id: str) -> InlineQuery | None:
        return self._queries.get(query_id)

    def answer(self, query_id: str, listing: Listing, *, cache_time: int, personal: bool) -> None:
        """Take the bot's answer, and remember it for `cache_time` seconds, for its asker or for everybody.

        Raises Refusal when the query is unknown, answered already, or older than ten minutes.
        """
        query = self._queries.get(query_id)
        now = self._clock.monotonic()
        if query is None or query.listing is not None or now >= query.expires_at:
            raise refusals.query_too_old()
        self._settle(query, listing)
        if cache_time > 0:
            key = (query.text, query.offset, query.user if personal else None)
            self._remembered[key] = (listing, now + cache_time)

    def _settle(self, query: InlineQuery, listing: Listing) -> None:
        query.listing = listing
        query.answered.set()
