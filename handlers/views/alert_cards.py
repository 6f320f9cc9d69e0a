"""One alert: the questions it is put together with, and its card."""

from datetime import datetime

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertDraft, AlertKind, AlertQuestion
from chatbot.domain.alert_fitting import shown_level
from chatbot.domain.alert_questions import line_of
from chatbot.domain.alerts import Alert, AlertStatus, Crossing
from chatbot.services.alert_readings import SeenAlert
from chatbot.services.alert_results import AlertAsked, AlertSet
from handlers.actions import (
    ChooseForAlert,
    DeleteAlert,
    DropAlertQuestion,
    EditAlert,
    ListAlerts,
    MoveAlert,
    PauseAlert,
    ShowAlert,
    SnoozeAlert,
    WatchAlert,
)
from handlers.views.alert_words import away, ends, lasting, measured, named, repeats, silence, standing
from handlers.views.format import exact_moment, number, percent, restyled, when
from handlers.views.html import Html, bold, code, italic, join, lines, outside, text
from handlers.views.screen import Copy, Key, Press, Rows, Screen

_LONGEST_COPY = 256
_LONGEST_LABEL = 40
_LONGEST_ANSWER = 200
_COLUMNS = {AlertQuestion.MARKET: 3, AlertQuestion.REPEAT: 3}
_ASKED = {
    AlertQuestion.MARKET: ("Which market?", "its name: BTC or ETH/USDT"),
    AlertQuestion.KIND: ("What shall I watch?", "the rest: > 80000, +5%, -3% 1h"),
    AlertQuestion.LEVEL: ("At which level?", "a number"),
    AlertQuestion.WAY: ("Which way?", "up or down"),
    AlertQuestion.WINDOW: ("Within which time?", "how long: 1h"),
    AlertQuestion.REPEAT: ("Once, or again and again?", "how long it rests after a hit: 2h"),
    AlertQuestion.UNTIL: ("Until when?", "an end: friday, 25 Dec, 18:00, 3d"),
    AlertQuestion.NOTE: ("Which note?", "what I shall say when it fires, at most 200 characters"),
    AlertQuestion.PICTURE: ("With a small picture of the market?", "yes or no"),
    AlertQuestion.CHECK: ("Shall I set it like this?", "yes"),
}
_LEVELS = {AlertKind.PRICE: "At which level?", AlertKind.VOLUME: "At which volume?"}
_PERCENTS = "By how many percent?"
_WAYS = {Crossing.UP: "above", Crossing.DOWN: "below", Crossing.EITHER: "crossing"}
_MOVES = {Crossing.UP: "+", Crossing.DOWN: "-"}


def question(asked: AlertAsked, *, private: bool, title: str | None) -> Screen:
    """The open question with its choices. In groups nobody's next message is an answer: there, they tap."""
    asks, write = _asked(asked.draft)
    typed = write if private else "the whole line, like /alert BTC > 80000"
    return Screen(
        lines(
            _said(asked.draft, None if asked.quoted is None else asked.quoted.market.pair),
            restyled(asked.problem) or None,
            _price_now(asked),
            f"{asks} {'Tap one, or write' if asked.draft.choices else 'Write'} {typed}.",
            _foot(asked.venue, title),
        ),
        _choices(asked),
    )


def was_set(done: AlertSet, *, now: datetime, title: str | None) -> Screen:
    """What was understood, how far it is, and how many of the allowance are used."""
    alert = done.seen.alert
    sign = "" if done.was_there else "✅ " if done.is_new else "✏️ "
    return Screen(
        lines(
            bold("You have this already.") if done.was_there else None,
            text(sign, _headline(done.seen)),
            *_details(done.seen, now=now),
            silence(title) if done.is_silent else None,
            _foot(alert.venue, title, f"{done.used} of {done.allowance} alerts"),
        ),
        _keys(alert, title),
    )


def card(seen: SeenAlert, *, now: datetime, title: str | None, homeless: bool = False) -> Screen:
    """An alert as it stands, with what can be done about it; of a `homeless` one, the topic it was told in is gone."""
    alert = seen.alert
    hits = {0: None, 1: "fired once"}.get(alert.hits, f"fired {alert.hits} times")
    last = f", last {when(alert.fired_at, now=now)}" if alert.fired_at is not None else ""
    told = f"{hits}{last}" if hits and alert.status is not AlertStatus.ENDED else None
    gone = "Its topic was deleted, so nobody would hear of it." if homeless else None
    return Screen(
        lines(_headline(seen), gone, *_details(seen, now=now), told, _foot(alert.venue, title)),
        _homeless_keys(alert, title) if homeless else _keys(alert, title),
    )


def edit_menu(seen: SeenAlert, *, now: datetime, private: bool, title: str | None) -> Screen:
    """Which part is to be changed. A note is typed, which only works in private."""
    alert = seen.alert
    parts = {
        "Level": AlertQuestion.LEVEL,
        "Repeat": AlertQuestion.REPEAT,
        "Until": AlertQuestion.UNTIL,
        "Picture": AlertQuestion.PICTURE,
    }
    if private:
        parts["Note"] = AlertQuestion.NOTE
    keys = tuple(Press(label, EditAlert(alert=alert.id, what=what)) for label, what in parts.items())
    shown = lines(_headline(seen), *_details(seen, now=now), "What shall be changed?", _foot(alert.venue, title))
    return Screen(
        shown,
        (
            keys[:2],
            keys[2:4],
            (
                *keys[4:],
                Press("‹ Back", ShowAlert(alert=alert.id, anew=False)),
            ),
        ),
    )


def deleted(alert: Alert, *, title: str | None) -> Screen:
    """It is gone; what was said can be copied, to set it again."""
    line = f"/alert {line_of(alert)}"
    rows: Rows = ((Press("All alerts", _list_of(alert, title)),),)
    if title is None and len(line) <= _LONGEST_COPY:
        rows = ((Copy("Copy, to set it again", line),), *rows)
    return Screen(lines(bold("Deleted: ", named(alert)), _foot(alert.venue, title)), rows)


def answered(draft: AlertDraft, said: str, *, pair: str | None) -> Screen:
    """A question that was answered by typing: what was asked and said, and no buttons any more."""
    asks, _ = _asked(draft)
    return Screen(lines(_said(draft, pair), text(f"{asks} ", outside(said, limit=_LONGEST_ANSWER))))


def dropped() -> Screen:
    return Screen(text("Never mind. Nothing was changed."))


def _headline(seen: SeenAlert) -> Html:
    """`BTC/USDT above 80,000, now 76,519.57, 4.5% away · once`."""
    alert = seen.alert
    now = None if seen.reading is None else text(", now ", code(measured(alert, seen.reading)))
    distance = away(seen)
    return text(bold(named(alert)), now or "", f", {distance}" if distance else "", f" · {repeats(alert)}")


def _details(seen: SeenAlert, *, now: datetime) -> tuple[Html | str | None, ...]:
    alert = seen.alert
    end = ends(alert, now=now)
    return (
        standing(alert, now=now),
        _target(seen),
        end and f"Until {end}",
        noted(alert),
        "With a picture" if alert.picture else None,
    )


def _target(seen: SeenAlert) -> str | None:
    """Where a move has to get to, as prices of the market are written."""
    rule, decimals = seen.alert.rule, seen.decimals
    if rule.move is None:
        return None
    level = rule.level if decimals is None else shown_level(rule, decimals=decimals)
    return f"That is at {number(level)}."


def noted(alert: Alert) -> Html | None:
    """The note in quotation marks; None without one."""
    return text("“", outside(alert.note), "”") if alert.note else None


def _foot(venue: Venue, title: str | None, *more: str) -> Html | None:
    """For which other chat, and whose play prices: what is usual is not said."""
    parts: list[Html | str] = [*more]
    parts += [] if title is None else [text("for ", outside(title, limit=_LONGEST_LABEL))]
    parts += [] if venue.is_live else [venue.badge]
    return italic(join(" · ", parts)) if parts else None


def _keys(alert: Alert, title: str | None) -> Rows:
    edit = Press("Edit", EditAlert(alert=alert.id, what=None))
    delete = Press("Delete", DeleteAlert(alert=alert.id, card=True), style="danger")
    watch = WatchAlert(alert=alert.id, card=True)
    match alert.status:
        case AlertStatus.WATCHING:
            pause = Press("Pause", PauseAlert(alert=alert.id))
            rows: Rows = ((edit, pause), (Press("Snooze 1 h", SnoozeAlert(alert=alert.id, card=True)), delete))
        case AlertStatus.RESTING:
            rows = ((edit, Press("Pause", PauseAlert(alert=alert.id))), (Press("Watch now", watch), delete))
        case AlertStatus.PAUSED:
            rows = ((edit, Press("Resume", watch)), (delete,))
        case AlertStatus.ENDED:
            rows = ((edit, Press("Re-arm", watch)), (delete,))
    return (*rows, (Press("All alerts", _list_of(alert, title)),))


def _homeless_keys(alert: Alert, title: str | None) -> Rows:
    move = Press("Move to the general topic", MoveAlert(alert=alert.id))
    delete = Press("Delete", DeleteAlert(alert=alert.id, card=True), style="danger")
    return (move,), (delete, Press("All alerts", _list_of(alert, title)))


def _list_of(alert: Alert, title: str | None) -> ListAlerts:
    return ListAlerts(chat=None if title is None else alert.place.chat, page=1, anew=False)


def _asked(draft: AlertDraft) -> tuple[str, str]:
    """What is asked, and what may be written."""
    asks, write = _ASKED[draft.asking]
    if draft.asking is AlertQuestion.LEVEL and draft.request.kind is not None:
        asks = _LEVELS.get(draft.request.kind, _PERCENTS)
    return asks, write


def _said(draft: AlertDraft, pair: str | None) -> Html:
    """What is known so far, in words."""
    request = draft.request
    words = "Change the alert " if draft.alert is not None else "Alert · "
    rest = _rest(draft)
    more = [f"every {lasting(request.cooldown)}"] if request.cooldown else []
    more += [] if request.until is None else [f"until {exact_moment(request.until)}"]
    more += ["with a picture"] if request.picture else []
    note = [text("“", outside(request.note), "”")] if request.note else []
    named_ = text(bold(words), outside(pair or request.symbol or "…", limit=24), f" {rest}" if rest else "")
    return join(" · ", [named_, *more, *note])


def _rest(draft: AlertDraft) -> str:
    request = draft.request
    level = "…" if request.level is None else number(request.level)
    match request.kind:
        case None:
            return "" if request.symbol is None else "…"
        case AlertKind.MOVE:
            percents = "…" if request.level is None else percent(request.level)
            unclear = AlertQuestion.WINDOW in request.to_ask
            within = f" within {lasting(request.window)}" if request.window else " within …" if unclear else " from now"
            sign = _MOVES.get(request.crossing, "") if request.crossing else ""
            words = f"{sign}{percents}{within}"
        case AlertKind.SPREAD:
            words = f"spread {_WAYS[request.crossing or Crossing.UP]} {level}%"
        case AlertKind.VOLUME:
            words = f"24 h volume {_WAYS[request.crossing or Crossing.UP]} {level}"
        case AlertKind.PRICE:
            unclear = AlertQuestion.WAY in request.to_ask
            words = f"{'…' if unclear else _WAYS[request.crossing or Crossing.EITHER]} {level}"
    return words


def _price_now(asked: AlertAsked) -> Html | None:
    if asked.quoted is None:
        return None
    market, ticker = asked.quoted.market, asked.quoted.ticker
    return text("Now ", code(number(ticker.last)), f" {market.counter}")


def _choices(asked: AlertAsked) -> Rows:
    draft = asked.draft
    keys: list[Key] = [
        Press(_label(draft, at), ChooseForAlert(dialogue=asked.dialogue.id, choice=at))
        for at in range(len(draft.choices))
    ]
    columns = _COLUMNS.get(draft.asking, 2)
    rows = [tuple(keys[at : at + columns]) for at in range(0, len(keys), columns)]
    rows.append((Press("Never mind", DropAlertQuestion(dialogue=asked.dialogue.id)),))
    return tuple(rows)


def _label(draft: AlertDraft, at: int) -> str:
    choice = draft.choices[at]
    level, label = choice.request.level, restyled(choice.label)
    shown = f"{number(level)} ({label})" if choice.with_level and level is not None else label
    return outside(shown, limit=_LONGEST_LABEL).plain
