"""Alerts as people have them: set in a line or question by question, listed, edited, paused, deleted."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from chatbot.domain import alert_questions as questions
from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import ONCE, AlertChoice, AlertDraft, AlertQuestion, AlertRequest
from chatbot.domain.alert_fitting import fit_rule
from chatbot.domain.alert_text import AlertUnread, parse_alert
from chatbot.domain.alerts import Alert, AlertStatus, Rule
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import InputError, UnknownMarket
from chatbot.domain.ids import AlertId, ChatId, DialogueId, MarketCode, MessageId, PersonId
from chatbot.domain.market import Market
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.domain.zones import zone_named
from chatbot.ports.alerts import Alerts, AllowanceUsed, Asked, NewAlert
from chatbot.ports.clock import Clock
from chatbot.services.alert_lines import AlertLines, Undecided
from chatbot.services.alert_readings import AlertReader, Quoted, SeenAlert
from chatbot.services.alert_results import AlertAsked, AlertList, AlertSet
from chatbot.services.markets import Markets
from chatbot.services.questions import Questions

SNOOZE = timedelta(hours=1)
_OFFERED_MARKETS = 6
_OPTIONS = (AlertQuestion.UNTIL, AlertQuestion.NOTE, AlertQuestion.PICTURE)
_TAPPED_OPTIONS = (AlertQuestion.UNTIL, AlertQuestion.PICTURE)


class ChatPreferences(Protocol):
    def of_chat(self, chat: ChatId) -> Preferences: ...

    async def modes(self, chat: ChatId) -> Mapping[NoticeKind, NoticeMode]: ...


class AlertDesk:
    """Whether the person may do it in that place is for the caller to know."""

    def __init__(
        self,
        *,
        alerts: Alerts,
        markets: Markets,
        preferences: ChatPreferences,
        questions: Questions,
        clock: Clock,
        allowance: int,
    ) -> None:
        self._alerts = alerts
        self._reader = AlertReader(alerts=alerts, markets=markets)
        self._lines = AlertLines(self._reader)
        self._markets = markets
        self._preferences = preferences
        self._questions = questions
        self._clock = clock
        self._allowance = allowance

    async def say(
        self, text: str, *, person: PersonId, chat: ChatId, place: Place, message: MessageId | None = None
    ) -> AlertAsked | AlertSet:
        """A whole command line, said in `chat`. Raises `InputError` for what cannot be used at all.

        Here and below, `message` is what was said or tapped: it sets one alert, also if it is handled again.
        """
        zone, now = self._zone(place), self._clock.now()
        venue = await self._markets.venue_in(place, person=person)
        who = _Setter(person=person, chat=chat, place=place, venue=venue, message=message)
        try:
            request = await self._lines.read(text, lambda line: parse_alert(line, now=now, zone=zone), venue=venue)
        except AlertUnread as error:
            return await self._advance(error.known, replace(who, guided=True), problem=error.sentence)
        except Undecided as error:
            return await self._ask_meaning(error, who)
        if request.level is None:
            return await self._advance(request, replace(who, guided=True))
        return await self._advance(replace(request, cooldown=request.cooldown or ONCE), who)

    async def question(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> Dialogue | None:
        """The person's own open question about an alert; None if it is over."""
        found = await self._questions.find(dialogue, person=person, chat=chat)
        return found if found is not None and isinstance(found.draft, AlertDraft) else None

    async def choose(
        self, dialogue: Dialogue, choice: int, *, message: MessageId | None = None
    ) -> AlertAsked | AlertSet | None:
        """A tap on one of the offered answers; None if there is no such answer."""
        draft = _draft(dialogue)
        if not 0 <= choice < len(draft.choices):
            return None
        return await self._advance(draft.choices[choice].request, await self._setter(dialogue, message))

    async def answer(self, dialogue: Dialogue, text: str, *, message: MessageId | None = None) -> AlertAsked | AlertSet:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        draft, who = _draft(dialogue), await self._setter(dialogue, message)
        zone, now = self._zone(draft.place), self._clock.now()

        def read(said: str) -> AlertRequest:
            return questions.answered(draft.request, draft.asking, said, now=now, zone=zone)

        try:
            request = await self._lines.read(text, read, venue=who.venue)
        except Undecided as error:
            return await self._ask_meaning(error, who)
        return await self._advance(request, who)

    async def edit(self, alert: Alert, what: AlertQuestion, *, person: PersonId, chat: ChatId) -> AlertAsked:
        """Ask for the new value of one of an alert's parts. Raises `InputError` for one that stays as it is."""
        if what not in questions.EDITABLE:
            raise InputError("That cannot be changed. Delete the alert, and set another.")
        who = _Setter(person=person, chat=chat, place=alert.place, venue=alert.venue, alert=alert)
        request = questions.request_of(alert)
        return await self._ask_about(what, request, await self._reader.quote(alert.market, alert.venue), who)

    async def shown(self, asked: AlertAsked, message: MessageId) -> None:
        """Remember which message the question is."""
        await self._questions.shown(asked.dialogue, message)

    async def drop(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> None:
        await self._questions.drop(dialogue, person=person, chat=chat)

    async def get(self, alert: AlertId) -> Alert | None:
        return await self._alerts.get(alert)

    async def see(self, alert: Alert) -> SeenAlert:
        return await self._reader.see(alert)

    async def see_all(self, place: Place) -> AlertList:
        """All alerts of the place's chat, in all its topics."""
        seen, used = await self._reader.see_all(place), await self._alerts.count(place.chat)
        silent = await self._is_silent(place.chat)
        return AlertList(place=place, alerts=seen, used=used, allowance=self._allowance, is_silent=silent)

    async def room(self, chat: ChatId) -> tuple[int, int]:
        """How many alerts count against a chat's allowance, and the allowance."""
        return await self._alerts.count(chat), self._allowance

    async def pause(self, alert: Alert) -> Alert:
        return _still_there(await self._alerts.pause(alert.id, now=self._clock.now()))

    async def watch(self, alert: Alert, *, place: Place | None = None) -> Alert:
        """Watch it from now on, whatever it did; a move begins at the price of now. It may be told in another place."""
        reading, now = (await self.see(alert)).reading, self._clock.now()
        return await self._counted(
            self._alerts.watch(alert.id, reading=reading, allowance=self._allowance, now=now, place=place)
        )

    async def snooze(self, alert: Alert) -> Alert:
        """Let it rest for an hour, and watch again then."""
        now = self._clock.now()
        return await self._counted(
            self._alerts.snooze(alert.id, until=now + SNOOZE, allowance=self._allowance, now=now)
        )

    async def delete(self, alert: Alert) -> None:
        await self._alerts.delete(alert.id)

    async def clear(self, chat: ChatId, market: MarketCode | None) -> int:
        """Delete all alerts of a market, or with None all that have ended; how many they were."""
        there = await self._alerts.in_chat(chat)
        gone = [
            alert
            for alert in there
            if (alert.status is AlertStatus.ENDED if market is None else alert.market == market)
        ]
        return sum([await self._alerts.delete(alert.id) for alert in gone])

    async def _ask_meaning(self, undecided: Undecided, who: "_Setter") -> AlertAsked:
        """Which of two numbers? A line is complete then."""
        choices = undecided.choices
        if not who.guided:
            once = [replace(choice.request, cooldown=choice.request.cooldown or ONCE) for choice in choices]
            choices = tuple(replace(choice, request=said) for choice, said in zip(choices, once, strict=True))
        known = replace(choices[0].request, level=None)
        return await self._ask(AlertQuestion.LEVEL, known, choices, who, problem=undecided.sentence)

    async def _advance(self, request: AlertRequest, who: "_Setter", *, problem: str = "") -> AlertAsked | AlertSet:
        """Ask for the next missing thing, or set the alert."""
        try:
            market = None if request.symbol is None else await self._markets.find(request.symbol, venue=who.venue)
        except UnknownMarket as error:
            nearest = await self._named(error.nearest, who.venue)
            bare = replace(request, symbol=None)
            choices = questions.offered_markets(bare, nearest)
            return await self._ask(AlertQuestion.MARKET, bare, choices, who, problem=problem or error.sentence)
        if market is None:
            choices = questions.offered_markets(request, await self._offered(who))
            return await self._ask(AlertQuestion.MARKET, request, choices, who, problem=problem)
        quoted = await self._reader.quote(market.code, who.venue)
        known = replace(request, symbol=market.code)
        asking = questions.missing(known, guided=who.guided) or (AlertQuestion.CHECK if problem else None)
        if asking is not None:
            return await self._ask_about(asking, known, quoted, who, problem=problem)
        try:
            rule = _rule(known, quoted, who.alert)
        except InputError as error:
            bare = replace(known, level=None, unit="")
            return await self._ask_about(AlertQuestion.LEVEL, bare, quoted, who, problem=error.sentence)
        return await self._set(known, rule, quoted, who)

    async def _set(self, request: AlertRequest, rule: Rule, quoted: Quoted, who: "_Setter") -> AlertSet:
        market, ticker = quoted.market, quoted.ticker
        reading = self._reader.reading(rule, market.code, who.venue, ticker)
        twin = await self._twin(request, rule, market, who)
        if who.alert is not None:
            alert = await self._change(who.alert, request, rule, reading)
        else:
            alert = twin or await self._add(request, rule, market, reading, who)
        await self._questions.forget(person=who.person, chat=who.chat)
        chat = alert.place.chat
        return AlertSet(
            seen=self._reader.seen(alert, ticker, decimals=market.counter_decimals),
            used=await self._alerts.count(chat),
            allowance=self._allowance,
            is_new=who.alert is None,
            was_there=twin is not None,
            is_silent=await self._is_silent(chat),
        )

    async def _twin(self, request: AlertRequest, rule: Rule, market: Market, who: "_Setter") -> Alert | None:
        """An alert that is there already and says all that a new one would."""
        if who.alert is not None:
            return None
        meant = (who.place, who.venue, market.code, rule, request.cooldown or None, request.until)
        for alert in await self._alerts.in_chat(who.place.chat):
            there = (alert.place, alert.venue, alert.market, alert.rule, alert.cooldown, alert.until)
            says_more = request.note not in ("", alert.note) or (request.picture and not alert.picture)
            if there == meant and not says_more and alert.status is not AlertStatus.ENDED:
                return alert
        return None

    async def _change(self, alert: Alert, request: AlertRequest, rule: Rule, reading: Decimal | None) -> Alert:
        changing = self._alerts.change(
            alert,
            rule=rule,
            cooldown=request.cooldown or None,
            until=request.until,
            note=request.note,
            picture=request.picture,
            reading=reading,
            allowance=self._allowance,
            now=self._clock.now(),
        )
        return await self._counted(changing)

    async def _add(
        self, request: AlertRequest, rule: Rule, market: Market, reading: Decimal | None, who: "_Setter"
    ) -> Alert:
        new = NewAlert(
            venue=who.venue,
            market=market.code,
            base=market.base,
            counter=market.counter,
            rule=rule,
            place=who.place,
            set_by=who.person,
            cooldown=request.cooldown or None,
            until=request.until,
            note=request.note,
            picture=request.picture,
            reading=reading,
            asked_in=None if who.message is None else Asked(who.chat, who.message),
        )
        try:
            return await self._alerts.add(new, allowance=self._allowance, now=self._clock.now())
        except AllowanceUsed:
            raise self._no_room() from None

    async def _counted(self, changing: Coroutine[Any, Any, Alert | None]) -> Alert:
        """What became of an alert. One that had ended counts again: raises `InputError` if there is no room for it."""
        try:
            return _still_there(await changing)
        except AllowanceUsed:
            raise self._no_room() from None

    async def _is_silent(self, chat: ChatId) -> bool:
        return (await self._preferences.modes(chat))[NoticeKind.ALERT] is NoticeMode.OFF

    def _no_room(self) -> InputError:
        return InputError(f"This chat has {self._allowance} alerts, which is the most. Delete one in /alerts.")

    async def _setter(self, dialogue: Dialogue, message: MessageId | None) -> "_Setter":
        """Who was asked; raises `InputError` if it was about an alert that is gone."""
        draft = _draft(dialogue)
        alert = None if draft.alert is None else _still_there(await self._alerts.get(draft.alert))
        of = dialogue.person if draft.place.is_private else None
        venue = alert.venue if alert is not None else await self._markets.venue_for(of)
        return _Setter(
            person=dialogue.person,
            chat=dialogue.chat,
            place=draft.place,
            venue=venue,
            guided=True,
            alert=alert,
            message=message,
        )

    async def _ask_about(
        self,
        asking: AlertQuestion,
        request: AlertRequest,
        quoted: Quoted,
        who: "_Setter",
        *,
        problem: str = "",
    ) -> AlertAsked:
        """A question about a market that is settled."""
        choices = questions.offered(
            asking,
            request,
            market=quoted.market,
            ticker=quoted.ticker,
            now=self._clock.now(),
            options=() if who.alert is not None else _OPTIONS if who.can_type else _TAPPED_OPTIONS,
        )
        return await self._ask(asking, request, choices, who, problem=problem, quoted=quoted)

    async def _ask(
        self,
        asking: AlertQuestion,
        request: AlertRequest,
        choices: tuple[AlertChoice, ...],
        who: "_Setter",
        *,
        problem: str = "",
        quoted: Quoted | None = None,
    ) -> AlertAsked:
        changing = None if who.alert is None else who.alert.id
        draft = AlertDraft(place=who.place, request=request, asking=asking, choices=choices, alert=changing)
        dialogue = await self._questions.ask(draft, person=who.person, chat=who.chat)
        return AlertAsked(dialogue=dialogue, draft=draft, venue=who.venue, problem=problem, quoted=quoted)

    async def _offered(self, who: "_Setter") -> tuple[Market, ...]:
        """The favourites of the chat it is for, then lively ones."""
        starred = await self._markets.favourites(who.place.chat, venue=who.venue)
        lively = await self._markets.liveliest(venue=who.venue)
        markets = {quote.market.code: quote.market for quote in (*starred, *lively)}
        return tuple(markets.values())[:_OFFERED_MARKETS]

    async def _named(self, codes: tuple[str, ...], venue: Venue) -> tuple[Market, ...]:
        listed = {market.code: market for market in await self._markets.listed(venue)}
        return tuple(listed[MarketCode(code)] for code in codes if code in listed)

    def _zone(self, place: Place) -> ZoneInfo:
        return zone_named(self._preferences.of_chat(place.chat).zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setter:
    """Who sets an alert for which place, in which chat that is talked about, or which alert is changed."""

    person: PersonId
    chat: ChatId
    place: Place
    venue: Venue
    guided: bool = False
    alert: Alert | None = None
    message: MessageId | None = None

    @property
    def can_type(self) -> bool:
        """In groups nobody's next message is an answer."""
        return Place(chat=self.chat).is_private


def _draft(dialogue: Dialogue) -> AlertDraft:
    if not isinstance(dialogue.draft, AlertDraft):
        raise TypeError("not an alert's dialogue")
    return dialogue.draft


def _rule(request: AlertRequest, quoted: Quoted, alert: Alert | None) -> Rule:
    """What is watched. In an alert that is changed, what stays the same is not set anew: a move keeps its beginning."""
    if alert is not None:
        before = questions.request_of(alert)
        kept = replace(request, cooldown=before.cooldown, until=before.until, note=before.note, picture=before.picture)
        if kept == before:
            return alert.rule
    return fit_rule(request, market=quoted.market, ticker=quoted.ticker)


def _still_there(alert: Alert | None) -> Alert:
    if alert is None:
        raise InputError("This alert is gone. /alerts shows those there are.")
    return alert
