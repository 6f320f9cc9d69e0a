"""Lists of alerts, and what is said when some fire."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from types import MappingProxyType

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Alert, AlertStatus, Gauge
from chatbot.domain.ids import ChatId, MarketCode
from chatbot.domain.notices import AlertFired
from chatbot.domain.orders import Side
from chatbot.domain.places import Place
from chatbot.services.alert_readings import SeenAlert
from chatbot.services.alert_results import AlertList
from handlers.actions import (
    AskClearAlerts,
    ClearAlerts,
    DeleteAlert,
    ListAlerts,
    ShowAlert,
    SnoozeAlert,
    TradeOnAlert,
    WatchAlert,
)
from handlers.views.alert_cards import noted
from handlers.views.alert_words import away, ends, happened, mark, measured, moved_by, repeats, silence, watched
from handlers.views.format import NO_BREAK_SPACE, change, local_time, moment, number
from handlers.views.html import Html, bold, code, italic, join, lines, outside, text
from handlers.views.paging import Page, page_of
from handlers.views.screen import Key, Press, Rows, Screen

_A_PAGE = 15
_NUMBERS_A_ROW = 5
_MARKETS_A_ROW = 3
_SHORT_NOTE = 30
_LONGEST_TITLE = 40
_LONGEST_PLACE = 80  # a topic in a group
_SHOWN_OF_MANY = 8
_LONGEST_LABEL = 40
_EXAMPLES = ("/alert BTC > 80000", "/alert BTC +5% every", "/alert ETH -3% 1h")
_NONE = (text("There are none yet. Set one like this:"), *(code(example) for example in _EXAMPLES))

_NO_TOPICS: Mapping[Place, str] = MappingProxyType({})
_ALL = (Press("All alerts", ListAlerts(chat=None, page=1, anew=True)),)

Hit = tuple[Alert, AlertFired]
"""An alert that fired, and when and how."""


def alerts(
    listed: AlertList, *, page: int, now: datetime, title: str | None, topics: Mapping[Place, str] = _NO_TOPICS
) -> Screen:
    """A page of a chat's alerts, numbered, with a button for each. `topics` says where those are told that are told in
    another topic than the one they are looked at from.
    """
    paged = page_of(listed.alerts, number=page, size=_A_PAGE)
    rows = _listed(paged, now=now, topics=topics) if paged.items else _NONE
    paper = any(not seen.alert.venue.is_live for seen in paged.items)
    return Screen(
        lines(
            _title(listed, paged.where, title),
            silence(title) if listed.is_silent else None,
            *rows,
            italic(Venue.PAPER.badge) if paper else None,
        ),
        _list_keys(listed, paged, chat=_chat(listed, title)),
    )


def ask_clear(listed: AlertList, code_: MarketCode | None, *, title: str | None) -> Screen:
    """Deleting several cannot be undone with a tap, so it is asked for once."""
    count, what = _counted(listed, code_)
    alerts_ = "alert" if count == 1 else "alerts"
    chat = _chat(listed, title)
    return Screen(
        bold(f"Delete {count} {alerts_} {what}?"),
        (
            (Press("Delete", ClearAlerts(chat=chat, code=code_), style="danger"),),
            (Press("Keep", ListAlerts(chat=chat, page=1, anew=False)),),
        ),
    )


def fired(hit: Hit, *, now: datetime, private: bool, keys: bool) -> Screen:
    """One hit. In groups nothing of anybody's account; in channels nobody can tap."""
    alert, notice = hit
    return Screen(
        lines(
            bold(f"🔔 {_happened(hit)}"),
            _reading(alert, notice),
            noted(alert),
            _late(notice, now=now),
            _elsewhere(notice),
            italic(_when(alert, notice, now=now)),
        ),
        hit_keys(alert, now=now, private=private) if keys else (),
    )


def fired_together(hits: Sequence[Hit], *, now: datetime, private: bool, keys: bool) -> Screen:
    """Several hits in one message, in the order given."""
    newest = max(notice.at for _, notice in hits)
    late = next((notice for _, notice in hits if notice.late), None)
    rows: Rows = tuple((Press(_label(hit), ShowAlert(alert=hit[0].id, anew=True)),) for hit in hits[:_SHOWN_OF_MANY])
    first, markets = hits[0][0], {(alert.venue, alert.market) for alert, _ in hits}
    if private and len(markets) == 1:
        rows = (*rows, *_trade_keys(first))
    paper = f" · {Venue.PAPER.badge}" if any(not alert.venue.is_live for alert, _ in hits) else ""
    return Screen(
        lines(
            bold(f"🔔 {len(hits)} alerts"),
            *(_line(hit) for hit in hits),
            None if late is None else _late(late, now=now),
            italic(f"{moment(newest, now=now)}{paper}"),
        ),
        (*rows, _ALL) if keys else (),
    )


def hit_keys(alert: Alert, *, now: datetime, private: bool) -> Rows:
    """What can be done about an alert that fired, as it stands now."""
    return (*_state_keys(alert, now=now), *(_trade_keys(alert) if private else ()))


def keys_after_delete(alert: Alert, *, private: bool) -> Rows:
    """Of an alert that is gone there is nothing left to tap, but its market is still there."""
    return (*(_trade_keys(alert) if private else ()), _ALL)


def _state_keys(alert: Alert, *, now: datetime) -> Rows:
    watch = WatchAlert(alert=alert.id, card=False)
    snooze = Press("Snooze 1 h", SnoozeAlert(alert=alert.id, card=False))
    delete = Press("Delete", DeleteAlert(alert=alert.id, card=False))
    card = ShowAlert(alert=alert.id, anew=True)
    match alert.status:
        case AlertStatus.WATCHING:
            return ((Press("✓ Armed", card), snooze, delete),)
        case AlertStatus.RESTING if alert.rests_until is not None and alert.rests_until > now:
            rests = Press(f"Rests until {moment(alert.rests_until, now=now)}", card)
            return (rests,), (Press("Watch now", watch), delete)
        case AlertStatus.PAUSED:
            return ((Press("Paused", card), Press("Resume", watch), delete),)
        case _:
            return ((Press("Re-arm", watch), snooze, delete),)


def _title(listed: AlertList, where: str, title: str | None) -> Html:
    of = text() if title is None else text(" of ", outside(title, limit=_LONGEST_TITLE))
    return text(bold("Alerts", of), f"  {listed.used} of {listed.allowance}{where}")


def _listed(paged: Page[SeenAlert], *, now: datetime, topics: Mapping[Place, str]) -> tuple[Html, ...]:
    """One numbered line per alert, below its market with the price of now; an empty line between markets."""
    rows: list[Html] = []
    numbered = list(enumerate(paged.items, paged.before + 1))
    for pair, group in groupby(numbered, key=lambda each: each[1].alert.pair):
        entries = list(group)
        price = entries[0][1].price
        rows.append(text())
        rows.append(text(bold(pair), "" if price is None else f"  {number(price)}"))
        rows += [_entry(at, seen, now=now, topics=topics) for at, seen in entries]
    return tuple(rows)


def _entry(at: int, seen: SeenAlert, *, now: datetime, topics: Mapping[Place, str]) -> Html:
    """As short as can be: that it fires once is not said, for most do."""
    alert = seen.alert
    watches = alert.status is AlertStatus.WATCHING
    topic, end = topics.get(alert.place), ends(alert, now=now)
    parts: list[Html | str | None] = [
        watched(alert),
        away(seen) if watches else None,
        f"now {measured(alert, seen.reading)}" if seen.reading is not None and _is_percentage(alert) else None,
        repeats(alert) if alert.cooldown else None,
        end and f"until {end}",
        mark(alert, now=now),
        outside(alert.note, limit=_SHORT_NOTE) if alert.note else None,
        None if topic is None else outside(topic, limit=_LONGEST_TITLE),
    ]
    return text(f"{at}. ", join(" · ", [part for part in parts if part]))


def _is_percentage(alert: Alert) -> bool:
    return alert.rule.gauge not in (Gauge.PRICE, Gauge.VOLUME)


def _list_keys(listed: AlertList, paged: Page[SeenAlert], *, chat: ChatId | None) -> Rows:
    def turn(number: int) -> ListAlerts:
        return ListAlerts(chat=chat, page=number, anew=False)

    numbered = enumerate(paged.items, paged.before + 1)
    numbers = [Press(str(at), ShowAlert(alert=seen.alert.id, anew=False)) for at, seen in numbered]
    return (
        *_in_rows(numbers, _NUMBERS_A_ROW),
        *paged.keys(turn, Press("↻ Refresh", turn(paged.number))),
        *_in_rows(_clear_keys(listed, paged.items, chat), _MARKETS_A_ROW),
    )


def _clear_keys(listed: AlertList, shown: Sequence[SeenAlert], chat: ChatId | None) -> list[Press]:
    """For what there are several of: all of a market, all that ended."""
    codes = {seen.alert.market: seen.alert.pair for seen in shown}
    keys = [
        Press(f"✕ {pair} ({count})", AskClearAlerts(chat=chat, code=code_))
        for code_, pair in codes.items()
        for count, _ in [_counted(listed, code_)]
        if count > 1
    ]
    ended, _ = _counted(listed, None)
    return [*keys, Press(f"✕ Ended ({ended})", AskClearAlerts(chat=chat, code=None))] if ended else keys


def _counted(listed: AlertList, code_: MarketCode | None) -> tuple[int, str]:
    """How many alerts of a market there are, or of those that ended, and what they are called."""
    if code_ is None:
        return sum(seen.alert.status is AlertStatus.ENDED for seen in listed.alerts), "that ended"
    of_market = [seen.alert for seen in listed.alerts if seen.alert.market == code_]
    return len(of_market), f"of {of_market[0].pair if of_market else code_}"


def _in_rows(keys: Sequence[Press], columns: int) -> list[tuple[Key, ...]]:
    return [tuple(keys[at : at + columns]) for at in range(0, len(keys), columns)]


def _chat(listed: AlertList, title: str | None) -> ChatId | None:
    """Whose list a button leads to; None for the chat it stands in."""
    return None if title is None else listed.place.chat


def _reading(alert: Alert, notice: AlertFired) -> Html:
    price = text(code(number(notice.price)), f" {alert.counter}  {_day(notice)}")
    if alert.rule.gauge in (Gauge.PRICE, Gauge.RISE, Gauge.FALL):
        return price
    return text("Now ", code(measured(alert, notice.value)), ", at ", price)


def _day(notice: AlertFired) -> str:
    """The change of a day, which may well go the other way than the alert."""
    return f"{change(notice.change).replace(' ', NO_BREAK_SPACE)} in 24{NO_BREAK_SPACE}h"


def _late(notice: AlertFired, *, now: datetime) -> str | None:
    if notice.since is None:
        return None
    return f"It happened while I was away, since {moment(notice.since, now=now)}; it still holds."


def _elsewhere(notice: AlertFired) -> Html | None:
    if not notice.meant_for:
        return None
    return text("I could not tell it in ", outside(notice.meant_for, limit=_LONGEST_PLACE), ".")


def _when(alert: Alert, notice: AlertFired, *, now: datetime) -> str:
    again = ""
    if alert.status is AlertStatus.RESTING and alert.rests_until is not None and alert.rests_until > now:
        again = f" · rests until {moment(alert.rests_until, now=now)}"
    return f"{moment(notice.at, now=now)}{again}{'' if alert.venue.is_live else f' · {alert.venue.badge}'}"


def _trade_keys(alert: Alert) -> Rows:
    buy = TradeOnAlert(alert=alert.id, side=Side.BUY, code=alert.market)
    sell = TradeOnAlert(alert=alert.id, side=Side.SELL, code=alert.market)
    return ((Press(f"Buy {alert.base}", buy, style="success"), Press(f"Sell {alert.base}", sell, style="danger")),)


def _line(hit: Hit) -> Html:
    alert, notice = hit
    note = text(" · ", outside(alert.note, limit=_SHORT_NOTE)) if alert.note else text()
    value = number(notice.price) if moved_by(alert, notice) else measured(alert, notice.value)
    at = f"  {_day(notice)} · {local_time(notice.at)}"
    place = text(" · for ", outside(notice.meant_for, limit=_LONGEST_PLACE)) if notice.meant_for else text()
    return text(bold(_happened(hit)), "  ", code(value), at, note, place)


def _label(hit: Hit) -> str:
    alert, notice = hit
    return outside(f"{alert.pair} {moved_by(alert, notice) or happened(alert, notice)}", limit=_LONGEST_LABEL).plain


def _happened(hit: Hit) -> str:
    alert, notice = hit
    return f"{alert.pair} {happened(alert, notice)}"
