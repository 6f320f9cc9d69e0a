"""Armed alerts."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_rules import Turn, Watched
from chatbot.domain.alerts import Alert, Rule
from chatbot.domain.bars import Bar
from chatbot.domain.ids import AlertId, ChatId, MarketCode, MessageId, PersonId
from chatbot.domain.notices import AlertFired
from chatbot.domain.places import Place


class Asked(NamedTuple):
    """A message of a person, and the chat it stands in."""

    chat: ChatId
    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """What is set; `Alert` says what the fields mean. `reading` is the gauge's value at this moment, if it is known.

    `asked_in` is the message that asked for it: a message sets one alert, however often it is handled.
    """

    venue: Venue
    market: MarketCode
    base: str
    counter: str
    rule: Rule
    place: Place
    set_by: PersonId
    cooldown: timedelta | None
    until: datetime | None
    note: str
    picture: bool
    reading: Decimal | None
    asked_in: Asked | None = None


class AllowanceUsed(Exception):
    """The chat has as many alerts as it may."""


class Alerts(Protocol):
    """Alerts, durable and armed: what is written here is watched from the next tick on."""

    async def add(self, alert: NewAlert, *, allowance: int, now: datetime) -> Alert:
        """Raises `AllowanceUsed` if the chat already has so many that have not ended. If the same message set one
        before, that is returned as it is now, and nothing happens.
        """
        ...

    async def get(self, alert: AlertId) -> Alert | None: ...

    async def in_chat(self, chat: ChatId) -> tuple[Alert, ...]:
        """All of a chat, in all its topics, ended ones of the last 7 days too."""
        ...

    async def count(self, chat: ChatId) -> int:
        """How many count against the chat's allowance: those that have not ended."""
        ...

    async def change(
        self,
        alert: Alert,
        *,
        rule: Rule,
        cooldown: timedelta | None,
        until: datetime | None,
        note: str,
        picture: bool,
        reading: Decimal | None,
        allowance: int,
        now: datetime,
    ) -> Alert | None:
        """Edit it; it watches anew from `reading` on. None if it is gone. Raises `AllowanceUsed` if it had ended, and
        the chat has so many others.
        """
        ...

    async def pause(self, alert: AlertId, *, now: datetime) -> Alert | None: ...

    async def watch(
        self, alert: AlertId, *, reading: Decimal | None, allowance: int, now: datetime, place: Place | None = None
    ) -> Alert | None:
        """Watch it again, whatever it did: resume, re-arm, end a snooze. A move is anchored anew at `reading`. What it
        does is told in another `place` from now on, if one is named. Raises `AllowanceUsed` as `change` does.
        """
        ...

    async def snooze(self, alert: AlertId, *, until: datetime, allowance: int, now: datetime) -> Alert | None:
        """Let it rest until a moment. Raises `AllowanceUsed` as `change` does."""
        ...

    async def delete(self, alert: AlertId) -> bool:
        """False if it was gone already."""
        ...

    def reading(self, venue: Venue, market: MarketCode, rule: Rule) -> Decimal | None:
        """The gauge's value at the last tick; None if there was none, or the market did not say."""
        ...


class AlertStore(Protocol):
    """The rows of alerts. `then` is called, in another thread, as soon as what was written is durable."""

    async def add(
        self, alert: Alert, *, asked_in: Asked | None, allowance: int, then: Callable[[Alert], None]
    ) -> Alert:
        """Store an alert under a new id; one that the same message asked for is returned instead. Raises
        `AllowanceUsed`.
        """
        ...

    async def get(self, alert: AlertId) -> Alert | None: ...

    async def in_chat(self, chat: ChatId, *, ended_after: datetime) -> tuple[Alert, ...]: ...

    async def count(self, chat: ChatId) -> int: ...

    async def update(
        self,
        alert: AlertId,
        change: Callable[[Alert], Alert],
        *,
        allowance: int | None,
        now: datetime,
        then: Callable[[Alert, Alert], None],
    ) -> Alert | None:
        """Rewrite a row by a pure function; None if it is gone. `then` gets what it was, and what it is.

        One that had ended counts again: raises `AllowanceUsed` if its chat has no room for it (None: it always has).
        """
        ...

    async def delete(self, alert: AlertId, *, then: Callable[[Alert], None]) -> bool: ...

    async def advance(
        self,
        alerts: Sequence[AlertId],
        *,
        take: Callable[[Watched, bool], Turn],
        tell: Callable[[Watched], AlertFired],
        now: datetime,
        then: Callable[[Sequence[Turn]], None],
    ) -> None:
        """Let alerts take their turns, and tell of those that fire, in one transaction.

        `take` is pure and gets an alert and whether its chat is closed to the bot. `then` gets the turns of those that
        are still there.
        """
        ...

    async def prune(self, *, before: datetime) -> None:
        """Delete what ended before a moment."""
        ...

    def pages(self, venue: Venue) -> AsyncIterator[Sequence[Watched]]:
        """All of a venue that have not ended, page by page."""
        ...


class PastPrices(Protocol):
    async def finest(self, market: MarketCode, *, venue: Venue, span: timedelta, now: datetime) -> tuple[Bar, ...]:
        """What is known of a market's last `span`, oldest first, in the shortest bars there are."""
        ...

    async def newest(self, venue: Venue) -> Mapping[MarketCode, Bar]:
        """All markets' bars of the last minute that was written down."""
        ...
