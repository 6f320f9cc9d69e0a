"""Whether an alert fires: pure functions of its rule, of where it stood, and of what is read now.

A reading fires by crossing: going up, from below the level to it or beyond; going down, from above. What is there
already when an alert is set has to come from the other side first.

An alert that has just fired, or that stands on the wrong side, is armed again once the reading is away from the level
by a band (`BANDS`), so that a price that trembles around the level is told once. Every band is above zero, so at least
one step of the price lies between a hit and the reading that arms for the next. Where an alert begins to watch (when
it is set, edited or resumed, or has rested), the side of the reading counts as it is, without a band. For one that has
rested that is the reading as it was when the rest ended, so that what is crossed right after it is not lost.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from typing import Final, NamedTuple

from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import AlertId, MarketCode
from chatbot.domain.market import Ticker
from chatbot.domain.money import EXACT, ZERO, divide, multiply
from chatbot.domain.places import Place

SIGNIFICANT: Final = 15
"""Digits a level may have; more than any market's prices and volumes need, and few enough for the engine's index."""

BANDS: Final[Mapping[Gauge, Decimal]] = {
    Gauge.PRICE: Decimal("0.001"),
    Gauge.RISE: Decimal("0.05"),
    Gauge.FALL: Decimal("0.05"),
    Gauge.SPREAD: Decimal("0.05"),
    Gauge.VOLUME: Decimal("0.05"),
}
"""How far a reading has to leave a level, as a part of the level, before it can cross it again."""

_FITTING = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_UP)
_MOVING_UP, _MOVING_DOWN = Context(prec=8, rounding=ROUND_CEILING), Context(prec=8, rounding=ROUND_FLOOR)
_PERCENT = Decimal(100)
_PERCENT_DECIMALS = 8


class Trigger(NamedTuple):
    """What has to happen next: the reading comes to `level` or beyond, `rising` or falling."""

    rising: bool
    level: Decimal


class Watched(NamedTuple):
    """What of an alert decides whether it fires, and what changes then; `Alert` says what the fields mean.

    A tuple, because a thousand of them may have to take their turns at once.
    """

    id: AlertId
    market: MarketCode
    rule: Rule
    place: Place
    cooldown: timedelta | None
    until: datetime | None
    status: AlertStatus
    position: Position
    rests_until: datetime | None
    fired_at: datetime | None
    hits: int


class Turn(NamedTuple):
    """What a reading made of an alert, and whether it fired."""

    before: Watched
    after: Watched
    fires: bool = False


def fitted(rule: Rule) -> Rule:
    """The rule with its level rounded to as many digits as a level may have."""
    return replace(rule, level=_FITTING.plus(rule.level))


def anchored(rule: Rule, price: Decimal) -> Rule:
    """A move from a price: the level is the price so many percent away, rounded away from it to 8 digits.

    A rule that is no move stays what it is.
    """
    if rule.move is None:
        return rule
    away = _MOVING_UP if rule.move > 0 else _MOVING_DOWN
    exact = divide(multiply(price, EXACT.add(_PERCENT, rule.move)), _PERCENT)
    return replace(rule, anchor=price, level=away.plus(exact))


def read(
    gauge: Gauge, ticker: Ticker, *, lowest: Decimal | None = None, highest: Decimal | None = None
) -> Decimal | None:
    """The gauge's value; `lowest` and `highest` are the prices of its window. None if the ticker makes no sense.

    Percents are cut to 8 decimals, so that a level counts as reached only when it is.
    """
    if ticker.last <= 0:
        return None
    match gauge:
        case Gauge.PRICE:
            return ticker.last
        case Gauge.VOLUME:
            return ticker.volume if ticker.volume >= 0 else None
        case Gauge.SPREAD if ZERO < ticker.bid <= ticker.ask:
            return _percent(ticker.spread, of=divide(EXACT.add(ticker.ask, ticker.bid), Decimal(2)))
        case Gauge.RISE if lowest is not None:
            return _percent(EXACT.subtract(ticker.last, lowest), of=lowest)
        case Gauge.FALL if highest is not None:
            return _percent(EXACT.subtract(highest, ticker.last), of=highest)
        case _:
            return None


def side(rule: Rule, reading: Decimal) -> Position:
    """Where a rule stands that begins to watch at this reading; on the very level, it has to leave it first."""
    if reading == rule.level:
        return Position.BETWEEN
    return Position.BELOW if reading < rule.level else Position.ABOVE


def step(rule: Rule, position: Position, reading: Decimal) -> tuple[Position, bool]:
    """The next position, and whether the rule fires."""
    if position is Position.BELOW and rule.crossing is not Crossing.DOWN and reading >= rule.level:
        return _away(rule, reading), True
    if position is Position.ABOVE and rule.crossing is not Crossing.UP and reading <= rule.level:
        return _away(rule, reading), True
    if _is_armed(rule, position):
        return position, False
    away = _away(rule, reading)
    return position if away is Position.BETWEEN else away, False


def triggers(rule: Rule, position: Position) -> tuple[Trigger, ...]:
    """What has to happen for the next `step` to do anything that matters: fire, or arm."""
    if _is_armed(rule, position):
        return (Trigger(rising=position is Position.BELOW, level=rule.level),)
    below, above = _edges(rule)
    arm_below, arm_above = Trigger(rising=False, level=below), Trigger(rising=True, level=above)
    match rule.crossing:
        case Crossing.UP:
            return (arm_below,)
        case Crossing.DOWN:
            return (arm_above,)
        case Crossing.EITHER:
            return (arm_below, arm_above)


def watched(alert: Alert) -> Watched:
    return Watched(
        id=alert.id,
        market=alert.market,
        rule=alert.rule,
        place=alert.place,
        cooldown=alert.cooldown,
        until=alert.until,
        status=alert.status,
        position=alert.position,
        rests_until=alert.rests_until,
        fired_at=alert.fired_at,
        hits=alert.hits,
    )


def take(
    alert: Watched, reading: Decimal | None, *, now: datetime, rested: Decimal | None = None, muted: bool = False
) -> Turn:
    """What becomes of an alert at a moment and a reading; None is no reading, which changes nothing.

    `rested` is the reading as it was when the alert's rest ended; where nobody knows it, the present one counts. What a
    `muted` alert crosses is not told: it only goes on from there.
    """
    if _has_run_out(alert, now):
        return Turn(alert, alert._replace(status=AlertStatus.ENDED, rests_until=None))
    awake = alert
    if has_rested(alert, now):
        first = reading if rested is None else rested
        awake = alert if first is None else _woken(alert, first)
    if reading is None or awake.status is not AlertStatus.WATCHING:
        return Turn(alert, awake)
    position, fires = step(awake.rule, awake.position, reading)
    if fires and not muted:
        return Turn(alert, _hit(awake, position, reading, now), fires=True)
    return Turn(alert, awake if position is awake.position else awake._replace(position=position))


def has_rested(alert: Watched, now: datetime) -> bool:
    """Whether an alert's rest is over, so that it begins to watch."""
    return alert.status is AlertStatus.RESTING and (alert.rests_until is None or alert.rests_until <= now)


def begun(alert: Alert, reading: Decimal | None, *, now: datetime) -> Alert:
    """The alert, watching from now on; a move is anchored at the reading. What ran out before has no end any more.

    Without a reading it rests until there is one: only then is it known from which side it comes.
    """
    until = alert.until if alert.until is not None and alert.until > now else None
    if reading is None:
        return replace(alert, status=AlertStatus.RESTING, rests_until=None, position=Position.BETWEEN, until=until)
    rule = anchored(alert.rule, reading)
    return replace(
        alert, rule=rule, status=AlertStatus.WATCHING, rests_until=None, position=side(rule, reading), until=until
    )


def snoozed(alert: Alert, *, until: datetime, now: datetime) -> Alert:
    """The alert, resting until a moment."""
    end = alert.until if alert.until is not None and alert.until > now else None
    return replace(alert, status=AlertStatus.RESTING, rests_until=until, until=end)


def paused(alert: Alert) -> Alert:
    return replace(alert, status=AlertStatus.PAUSED, rests_until=None)


def _hit(alert: Watched, position: Position, reading: Decimal, now: datetime) -> Watched:
    hits = alert.hits + 1
    if alert.cooldown is None:
        return alert._replace(status=AlertStatus.ENDED, position=position, fired_at=now, hits=hits)
    rule = anchored(alert.rule, reading)
    position = position if rule.move is None else side(rule, reading)
    if not alert.cooldown:
        return alert._replace(rule=rule, position=position, fired_at=now, hits=hits)
    until = now + alert.cooldown
    return alert._replace(
        rule=rule, status=AlertStatus.RESTING, position=position, rests_until=until, fired_at=now, hits=hits
    )


def _woken(alert: Watched, reading: Decimal) -> Watched:
    """A move whose level was passed while it rested begins anew there: it would have to wait for a way back."""
    rule = alert.rule
    if rule.move is not None and not _is_armed(rule, side(rule, reading)):
        rule = anchored(rule, reading)
    return alert._replace(rule=rule, status=AlertStatus.WATCHING, rests_until=None, position=side(rule, reading))


def _has_run_out(alert: Watched, now: datetime) -> bool:
    return alert.until is not None and alert.until <= now and alert.status is not AlertStatus.ENDED


def _is_armed(rule: Rule, position: Position) -> bool:
    match rule.crossing:
        case Crossing.UP:
            return position is Position.BELOW
        case Crossing.DOWN:
            return position is Position.ABOVE
        case Crossing.EITHER:
            return position is not Position.BETWEEN


def _away(rule: Rule, reading: Decimal) -> Position:
    """On which side of the band around the level a reading is."""
    below, above = _edges(rule)
    if reading <= below:
        return Position.BELOW
    return Position.ABOVE if reading >= above else Position.BETWEEN


def _edges(rule: Rule) -> tuple[Decimal, Decimal]:
    band = multiply(rule.level, BANDS[rule.gauge])
    return _FITTING.subtract(rule.level, band), _FITTING.add(rule.level, band)


def _percent(part: Decimal, *, of: Decimal) -> Decimal:
    whole = EXACT.divide_int(part.scaleb(2 + _PERCENT_DECIMALS, context=EXACT), of)
    return whole.scaleb(-_PERCENT_DECIMALS, context=EXACT)
