"""From what was said to a rule that a market can fulfil: levels that make no sense are refused with a sentence."""

from collections.abc import Callable
from decimal import Decimal

from chatbot.domain.alert_drafts import AlertKind, AlertRequest
from chatbot.domain.alert_rules import anchored, fitted
from chatbot.domain.alerts import Alert, Crossing, Gauge, Rule
from chatbot.domain.errors import InputError
from chatbot.domain.market import Market, Ticker
from chatbot.domain.money import EXACT, ZERO, divide, grouped, has_decimals, multiply, round_down, round_up

_HUNDRED = Decimal(100)
_FARTHEST = Decimal(100)
"""How many times the price a level may be, or what part of it."""
_MOST_PERCENT = Decimal(1000)
_PERCENT_DECIMALS = 2


def fit_rule(request: AlertRequest, *, market: Market, ticker: Ticker) -> Rule:
    """The rule of a request that is complete. Raises `InputError` for a level that cannot be meant."""
    if request.level is None or request.kind is None:
        raise ValueError("an alert needs a kind and a level")
    _check_unit(request, market)
    if request.level <= ZERO:
        raise InputError("An alert needs a number above zero.")
    return fitted(_FITTINGS[request.kind](request, request.level, market, ticker))


def is_out_of_reach(price: Decimal, ticker: Ticker) -> bool:
    """Whether a price is so far from that of now that it cannot be meant."""
    return price > multiply(ticker.last, _FARTHEST) or multiply(price, _FARTHEST) < ticker.last


def distance(alert: Alert, reading: Decimal | None) -> Decimal | None:
    """How far the reading is from the level: percent of the reading, or percentage points where it is a percentage."""
    if reading is None:
        return None
    away = abs(EXACT.subtract(alert.rule.level, reading))
    if alert.rule.gauge not in (Gauge.PRICE, Gauge.VOLUME):
        return away
    return divide(multiply(away, _HUNDRED), reading) if reading else None


def shown_level(rule: Rule, *, decimals: int) -> Decimal:
    """The level as prices of a market with so many decimals are written: of a move, the first price that reaches it."""
    if rule.move is None:
        return rule.level
    return (round_up if rule.move > 0 else round_down)(rule.level, decimals=decimals)


def _check_unit(request: AlertRequest, market: Market) -> None:
    unit = market.base if request.kind is AlertKind.VOLUME else market.counter
    if request.unit not in ("", unit):
        raise InputError(f"That number of {market.pair} is in {unit}; I do not understand “{request.unit}” behind it.")


def _price(request: AlertRequest, level: Decimal, market: Market, ticker: Ticker) -> Rule:
    if not has_decimals(level, at_most=market.counter_decimals):
        raise InputError(
            f"Prices of {market.pair} have at most {market.counter_decimals} decimals. Please round {grouped(level)}."
        )
    if is_out_of_reach(level, ticker):
        far = "more than 100 times" if level > ticker.last else "less than a hundredth of"
        raise InputError(f"{grouped(level)} is {far} the price now ({grouped(ticker.last)}).")
    return Rule(gauge=Gauge.PRICE, crossing=request.crossing or Crossing.EITHER, level=level)


def _move(request: AlertRequest, percent: Decimal, market: Market, ticker: Ticker) -> Rule:
    falls = request.crossing is Crossing.DOWN
    _check_percent(percent)
    if falls and percent >= _HUNDRED:
        raise InputError("A price cannot fall by 100% or more.")
    if request.window is not None:
        gauge = Gauge.FALL if falls else Gauge.RISE
        return Rule(gauge=gauge, crossing=Crossing.UP, level=percent, window=request.window)
    move = -percent if falls else percent
    crossing = Crossing.DOWN if falls else Crossing.UP
    return anchored(Rule(gauge=Gauge.PRICE, crossing=crossing, level=ticker.last, move=move), ticker.last)


def _spread(request: AlertRequest, percent: Decimal, market: Market, ticker: Ticker) -> Rule:
    _check_percent(percent)
    if percent > _HUNDRED:
        raise InputError("A spread is a part of the price: at most 100%.")
    return Rule(gauge=Gauge.SPREAD, crossing=request.crossing or Crossing.UP, level=percent)


def _volume(request: AlertRequest, volume: Decimal, market: Market, ticker: Ticker) -> Rule:
    if not has_decimals(volume, at_most=market.base_decimals):
        raise InputError(f"Volumes of {market.pair} have at most {market.base_decimals} decimals. Please round it.")
    return Rule(gauge=Gauge.VOLUME, crossing=request.crossing or Crossing.UP, level=volume)


def _check_percent(percent: Decimal) -> None:
    if percent > _MOST_PERCENT:
        raise InputError(f"{grouped(percent)}% is more than an alert can be about: at most {_MOST_PERCENT:,f}%.")
    if not has_decimals(percent, at_most=_PERCENT_DECIMALS):
        raise InputError(f"A percentage here has at most {_PERCENT_DECIMALS} decimals. Please round it.")


_FITTINGS: dict[AlertKind, Callable[[AlertRequest, Decimal, Market, Ticker], Rule]] = {
    AlertKind.PRICE: _price,
    AlertKind.MOVE: _move,
    AlertKind.SPREAD: _spread,
    AlertKind.VOLUME: _volume,
}
