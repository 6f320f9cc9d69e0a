"""Callback queries: a tap waits here for the bot's answer."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from chatbot.demo import refusals
from chatbot.demo.clock import Clock
from chatbot.demo.updates import QUERY_LIFETIME
from chatbot.demo.values import Json

KEPT = 5000


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What `answerCallbackQuery` said."""

    text: str | None
    show_alert: bool
    url: str | None

    def to_json(self) -> Json:
        """The fields under which the control endpoint and the events show it."""
        return {"text": self.text, "show_alert": self.show_alert, "url": self.url}


@dataclass(kw_only=True, slots=True)
class Query:
    """One tap; `answered` completes with the bot's first answer."""

    id: str
    user: int
    chat: int
    message: int
    expires_at: float
    answer: Answer | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class Queries:
    """The last `KEPT` taps by id. Ids look like Telegram's: the user in the upper half."""

    def __init__(self, *, clock: Clock, first_number: int) -> None:
        self._clock = clock
        self._number = first_number
        self._queries: OrderedDict[str, Query] = OrderedDict()

    def open(self, *, user: int, chat: int, message: int) -> Query:
        """A new, unanswered query, good for 150 s."""
        self._number += 1
        query = Query(
            id=str((user << 32) + self._number),
            user=user,
            chat=chat,
            message=message,
            expires_at=self._clock.monotonic() + QUERY_LIFETIME,
        )
        self._queries[query.id] = query
        if len(self._queries) > KEPT:
            self._queries.popitem(last=False)
        return query

    def find(self, query_id: str) -> Query | None:
        return self._queries.get(query_id)

    def answer(self, query_id: str, answer: Answer) -> Query | None:
        """Record the first answer; returns the query, or None when it had one already.

        Raises Refusal when the query is unknown or older than 150 s.
        """
        query = self._queries.get(query_id)
        if query is None or self._clock.monotonic() >= query.expires_at:
            raise refusals.query_too_old()
        if query.answer is not None:
            return None
        query.answer = answer
        query.answered.set()
        return query
