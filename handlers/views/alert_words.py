"""Alerts in words: what is watched, how far it is, how it stands."""

from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position
from chatbot.domain.money import EXACT, divide, multiply, round_half_up
from chatbot.domain.notices import AlertFired
from chatbot.services.alert_readings import SeenAlert
from handlers.views.format import NO_BREAK_SPACE, moment, number, percent, when

_SIDES = {Crossing.UP: "above", Crossing.DOWN: "below", Crossing.EITHER: "crossing"}
_UNITS = ((timedelta(weeks=1), "w"), (timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))
_PERCENT_DECIMALS = 4
_HUNDRED = Decimal(100)


def watched(alert: Alert) -> str:
    """`above 80,000`, `+5% from 76,519.57`, `-3% within 1 h`, `spread above 0.5%`, `24 h volume above 100 BTC`."""
    rule = alert.rule
    side = _SIDES[rule.crossing]
    match rule.gauge:
        case Gauge.SPREAD:
            return f"spread {side} {_percent(rule.level)}"
        case Gauge.VOLUME:
            return f"24 h volume {side} {number(rule.level)} {alert.base}"
        case Gauge.RISE | Gauge.FALL if rule.window is not None:
            sign = "+" if rule.gauge is Gauge.RISE else "-"
            return f"{sign}{_percent(rule.level)} within {lasting(rule.window)}"
        case _ if rule.move is not None and rule.anchor is not None:
            return f"{_signed(rule.move)} from {number(rule.anchor)}"
        case _:
            return f"{side} {number(rule.level)}"


def happened(alert: Alert, notice: AlertFired) -> str:
    """What it did: `above 80,000`, `-5.05% since 81,093.90 (your -3%)`, `+3.2% within 1 h (your +3%)`.

    Where a move began, the notice says: one that repeats has begun anew by then.
    """
    rule, moved = alert.rule, moved_by(alert, notice)
    if moved is not None and rule.move is not None and notice.anchor is not None:
        return f"{moved} since {number(notice.anchor)}{_of_yours(moved, _signed(rule.move))}"
    if moved is not None and rule.window is not None:
        level = rule.level if rule.gauge is Gauge.RISE else -rule.level
        return f"{moved} within {lasting(rule.window)}{_of_yours(moved, _signed(level))}"
    if rule.gauge is Gauge.PRICE and rule.crossing is Crossing.EITHER:
        return f"crossed {number(rule.level)}"
    return watched(alert)


def moved_by(alert: Alert, notice: AlertFired) -> str | None:
    """`-5.05%`: how far it moved, if it was to move."""
    match alert.rule.gauge:
        case Gauge.RISE | Gauge.FALL:
            return measured(alert, notice.value)
        case _ if alert.rule.move is not None and notice.anchor:
            way = EXACT.subtract(notice.value, notice.anchor)
            return _signed(round_half_up(divide(multiply(way, _HUNDRED), notice.anchor), decimals=2))
        case _:
            return None


def named(alert: Alert) -> str:
    """`BTC/USDT above 80,000`."""
    return f"{alert.pair} {watched(alert)}"


def measured(alert: Alert, value: Decimal) -> str:
    """A value of the alert's gauge: `76,519.57`, `-0.42%`, `93.2 BTC`."""
    match alert.rule.gauge:
        case Gauge.PRICE:
            return number(value)
        case Gauge.VOLUME:
            return f"{number(value)} {alert.base}"
        case Gauge.RISE:
            return f"+{percent(value)}"
        case Gauge.FALL:
            return f"-{percent(value)}" if value else percent(value)
        case Gauge.SPREAD:
            return percent(value, decimals=_PERCENT_DECIMALS)


def away(seen: SeenAlert) -> str | None:
    """`4.5% away`; for percentages nothing: both numbers stand beside each other already."""
    if seen.distance is None or not seen.is_measured_in_percent:
        return None
    return f"{percent(seen.distance)} away"


def ends(alert: Alert, *, now: datetime) -> str | None:
    """When it ends by itself: `25 Dec 18:00 UTC`."""
    if alert.until is None or alert.status is AlertStatus.ENDED:
        return None
    return moment(alert.until, now=now).replace(" ", NO_BREAK_SPACE)


def silence(title: str | None) -> str:
    """Where nobody wants to hear of alerts. Nothing is used up meanwhile."""
    where = "here: /settings" if title is None else "there: /settings in that chat"
    return f"🔕 Price alerts are switched off {where}. None is told, and none is used up."


def repeats(alert: Alert) -> str:
    return f"every {lasting(alert.cooldown)}" if alert.cooldown else "once"


def lasting(length: timedelta) -> str:
    """Exactly how long, in the largest unit that divides it: `90 min`, `2 h`, `3 d`."""
    unit, name = next((unit, name) for unit, name in _UNITS if not length % unit)
    return f"{length // unit}{NO_BREAK_SPACE}{name}"


def standing(alert: Alert, *, now: datetime) -> str | None:
    """How it stands, in a sentence; None where it simply watches."""
    match alert.status:
        case AlertStatus.PAUSED:
            return "Paused: nothing is told until you resume it."
        case AlertStatus.ENDED:
            return _ended(alert, now=now)
        case AlertStatus.RESTING if alert.rests_until is not None and alert.rests_until > now:
            return f"Rests until {moment(alert.rests_until, now=now)}."
        case AlertStatus.RESTING:
            return "It begins with the next price."
        case AlertStatus.WATCHING:
            return _waits(alert)


def mark(alert: Alert, *, now: datetime) -> str | None:
    """How it stands, for a list: a word or two."""
    match alert.status:
        case AlertStatus.PAUSED:
            return "paused"
        case AlertStatus.ENDED:
            return "ended"
        case AlertStatus.RESTING if alert.rests_until is not None and alert.rests_until > now:
            return f"rests until {moment(alert.rests_until, now=now)}"
        case _:
            return "waits for the other side" if _waits(alert) else None


def _ended(alert: Alert, *, now: datetime) -> str:
    if alert.until is not None and alert.until <= now and (alert.fired_at is None or alert.cooldown):
        return f"Ended: its time was over at {moment(alert.until, now=now)}."
    return f"Ended: it fired {when(alert.fired_at, now=now)}." if alert.fired_at is not None else "Ended."


def _waits(alert: Alert) -> str | None:
    """An alert fires only when its level is crossed: what is there already has to come from the other side first."""
    if alert.status is not AlertStatus.WATCHING:
        return None
    match alert.rule.crossing, alert.position:
        case Crossing.UP, Position.ABOVE:
            return "It is above now; I tell you when it was below and crosses again."
        case Crossing.DOWN, Position.BELOW:
            return "It is below now; I tell you when it was above and crosses again."
        case _, Position.BETWEEN:
            return "It is right there now; I tell you when it was away and crosses again."
        case _:
            return None


def _of_yours(moved: str, wanted: str) -> str:
    return "" if moved == wanted else f" (your {wanted})"


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else ''}{_percent(value)}"


def _percent(value: Decimal) -> str:
    return percent(value, decimals=_PERCENT_DECIMALS)
