"""From what a person asked for to an order that fits: sizes, checks, and what the card shows.

All pure: a request and the situation at one moment in; an order with its terms, or a complaint with the right
number, out.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind
from chatbot.domain.errors import InputError
from chatbot.domain.intents import OrderTerms
from chatbot.domain.market import Level, Market, OrderBook, Ticker, walk_total, walk_volume
from chatbot.domain.money import (
    ZERO,
    Amount,
    divide,
    grouped,
    has_decimals,
    multiply,
    round_down,
    round_up,
    sum_exactly,
    to_text,
)
from chatbot.domain.orders import Balance, Side

_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_WITHOUT_END = Decimal(10) ** 30
_CORRECTIONS = 3
"""A price may have to be cut, then a volume, then brought within limits and balance."""
MARKET_MARGIN = Decimal("0.01")
"""Kept back from "everything" in a market buy, because the price moves between the card and the fill."""
FAR_AWAY = Decimal("0.1")
"""A limit price further than this from the last price, on either side, gets a warning."""
DEEP = Decimal("0.02")
"""A market order whose average is worse than the last price by more than this gets a warning."""


class OrderUnfit(InputError):
    """An order that breaks a rule. `corrected` is the same request with the number that would be right, if one is.

    `label` names that number for a button.
    """

    def __init__(self, sentence: str, *, corrected: OrderRequest | None = None, label: str = "") -> None:
        super().__init__(sentence)
        self.corrected = corrected
        self.label = label


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A market and a person's two balances in it, at one moment. `book` matters for market orders only."""

    market: Market
    ticker: Ticker
    book: OrderBook | None
    base: Balance
    counter: Balance


@dataclass(frozen=True, slots=True, kw_only=True)
class SizedOrder:
    """An order that fits the market, and what its card shows."""

    volume: Decimal
    price: Decimal | None
    terms: OrderTerms


def size_order(request: OrderRequest, situation: Situation) -> SizedOrder:
    """Turn a complete request into an order.

    Raises `OrderUnfit` with the number that would be right: what it offers is itself an order that fits.
    """
    try:
        return _size(request, situation)
    except OrderUnfit as error:
        raise _with_sound_correction(error, request, situation) from None


def crosses(side: Side, *, price: Decimal, ticker: Ticker) -> bool:
    """Whether a limit at this price would trade at once."""
    if side is Side.BUY:
        return ZERO < ticker.ask <= price
    return ticker.bid > ZERO and price <= ticker.bid


def most(side: Side, *, price: Decimal | None, situation: Situation) -> Decimal:
    """The largest volume that cannot bounce for balance, fees, decimals, the market's maximum or the book's depth.

    Zero if none. Buying keeps the taker's fee back, whichever currency the exchange takes it from, and at the market
    a margin too.
    """
    return share(_HUNDRED, side=side, price=price, situation=situation)


def share(percent: Decimal, *, side: Side, price: Decimal | None, situation: Situation) -> Decimal:
    """So many percent of what one has, but no more than the market takes in one order; never bounces, as `most`."""
    wanted = _share_of_balance(percent, side=side, price=price, situation=situation)
    possible = _most_possible(side, price=price, situation=situation)
    return max(round_down(min(wanted, possible), decimals=situation.market.base_decimals), ZERO)


def usable_share(percent: Decimal, *, side: Side, price: Decimal | None, situation: Situation) -> Decimal:
    """`share`, or zero if that is below the market's minimum."""
    volume = share(percent, side=side, price=price, situation=situation)
    worth = _worth(volume, side=side, price=price, situation=situation)
    return volume if worth is not None and worth >= situation.market.minimum else ZERO


def _share_of_balance(percent: Decimal, *, side: Side, price: Decimal | None, situation: Situation) -> Decimal:
    if side is Side.SELL:
        return divide(multiply(situation.base.available, percent), _HUNDRED)
    keep = multiply(_ONE + situation.market.taker_fee, _ONE + _margin(price))
    budget = divide(divide(multiply(situation.counter.available, percent), _HUNDRED), keep)
    return _volume_worth(budget, side=side, price=price, situation=situation)


def _most_possible(side: Side, *, price: Decimal | None, situation: Situation) -> Decimal:
    """What the market's maximum and the book's depth allow in one order."""
    maximum = divide(situation.market.maximum, _ONE + _margin(price))
    return _volume_worth(maximum, side=side, price=price, situation=situation)


def _margin(price: Decimal | None) -> Decimal:
    return ZERO if price is not None else MARKET_MARGIN


def price_presets(side: Side, *, market: Market, ticker: Ticker) -> tuple[tuple[str, Decimal], ...]:
    """Named limit prices around bid and ask, each once, best to start with first."""
    near, far = (ticker.bid, ticker.ask) if side is Side.BUY else (ticker.ask, ticker.bid)
    away = -1 if side is Side.BUY else 1
    named = [("bid" if side is Side.BUY else "ask", near)]
    if near and far:
        named.append(("middle", divide(near + far, Decimal(2))))
    named += [(f"{away * step:+}%", multiply(near, _ONE + Decimal(away * step) / _HUNDRED)) for step in (1, 2, 5)]
    named.append(("ask" if side is Side.BUY else "bid", far))
    presets: dict[Decimal, str] = {}
    for name, price in named:
        presets.setdefault(round_down(price, decimals=market.counter_decimals), name)
    return tuple((name, price) for price, name in presets.items() if price > ZERO)


def _size(request: OrderRequest, situation: Situation) -> SizedOrder:
    _check_decimals(request, situation.market)
    volume = _volume(request, situation)
    worth = _worth(volume, side=request.side, price=request.price, situation=situation)
    if worth is None:
        raise _beyond_the_book(request, situation)
    _check_limits(request, situation, volume=volume, worth=worth)
    _check_balance(request, situation, volume=volume, worth=worth)
    terms = _terms(request, situation, volume=volume, total=worth)
    return SizedOrder(volume=volume, price=request.price, terms=terms)


def _check_decimals(request: OrderRequest, market: Market) -> None:
    price, quantity = request.price, request.quantity
    if price is not None and not has_decimals(price, at_most=market.counter_decimals):
        cut = round_down(price, decimals=market.counter_decimals)
        raise OrderUnfit(
            f"{market.pair} prices have at most {market.counter_decimals} decimals: "
            f"{to_text(price)} would be {to_text(cut)}.",
            corrected=replace(request, price=cut) if cut else None,
        )
    if quantity is None or quantity.kind is not QuantityKind.VOLUME:
        return
    if not has_decimals(quantity.value, at_most=market.base_decimals):
        cut = round_down(quantity.value, decimals=market.base_decimals)
        raise OrderUnfit(
            f"{market.base} amounts have at most {market.base_decimals} decimals: "
            f"{to_text(quantity.value)} would be {to_text(cut)}.",
            corrected=_with_volume(request, cut) if cut else None,
        )


def _volume(request: OrderRequest, situation: Situation) -> Decimal:
    """The volume asked for, in the base currency, cut to the market's decimals."""
    quantity, side, price = request.quantity, request.side, request.price
    if quantity is None:
        raise ValueError("a request is sized only when it is complete")
    if quantity.kind is QuantityKind.VOLUME:
        volume = quantity.value
    elif quantity.kind is QuantityKind.PERCENT:
        volume = share(quantity.value, side=side, price=price, situation=situation)
    else:
        if price is None and not walk_total(_levels(side, situation), total=quantity.value).complete:
            raise _beyond_the_book(request, situation)
        volume = _volume_worth(quantity.value, side=side, price=price, situation=situation)
    return round_down(volume, decimals=situation.market.base_decimals)


def _check_limits(request: OrderRequest, situation: Situation, *, volume: Decimal, worth: Decimal) -> None:
    market = situation.market
    is_worth = f"this one is worth {_shown(worth, market)}"
    if worth < market.minimum or not volume:
        starts = f"{market.pair} orders start at {grouped(market.minimum)} {market.counter}; {is_worth}."
        raise _too_small(request, situation, starts)
    if worth > market.maximum:
        ends = f"{market.pair} orders end at {grouped(market.maximum)} {market.counter}; {is_worth}."
        raise _too_large(request, situation, ends)


def _check_balance(request: OrderRequest, situation: Situation, *, volume: Decimal, worth: Decimal) -> None:
    market = situation.market
    if request.side is Side.SELL:
        has, needs, currency, decimals = situation.base.available, volume, market.base, market.base_decimals
    else:
        has, needs, currency, decimals = situation.counter.available, worth, market.counter, market.counter_decimals
    if needs > has:
        needed = f"This needs {grouped(round_up(needs, decimals=decimals))} {currency}"
        raise _too_large(request, situation, f"{needed}; you have {grouped(has)} {currency} available.")


def _too_small(request: OrderRequest, situation: Situation, complaint: str) -> OrderUnfit:
    """Worth less than the market's minimum. The least that would do is offered if it is possible and affordable."""
    market = situation.market
    least = round_up(
        _volume_worth(market.minimum, side=request.side, price=request.price, situation=situation),
        decimals=market.base_decimals,
    )
    smallest = _with_volume(request, least)
    if not _fits(smallest, situation):
        return OrderUnfit(f"{complaint} What is available here and now is too little for that.")
    return OrderUnfit(f"{complaint} The smallest now is {grouped(least)} {market.base}.", corrected=smallest)


def _too_large(request: OrderRequest, situation: Situation, complaint: str) -> OrderUnfit:
    """More than the market, the book or the balance gives. The most that fits is offered if it is enough."""
    market = situation.market
    fits = most(request.side, price=request.price, situation=situation)
    largest = _with_volume(request, fits)
    if not _fits(largest, situation):
        return OrderUnfit(f"{complaint} That is too little for this market.")
    return OrderUnfit(f"{complaint} The most that fits is {grouped(fits)} {market.base}.", corrected=largest)


def _beyond_the_book(request: OrderRequest, situation: Situation) -> OrderUnfit:
    side = "sell" if request.side is Side.BUY else "buy"
    depth = sum_exactly(level.volume for level in _levels(request.side, situation))
    shows = f"shows only {grouped(depth)} {situation.market.base}" if depth else "is empty"
    return _too_large(request, situation, f"The {side} side of the book {shows} right now; a limit price can wait.")


def _fits(request: OrderRequest, situation: Situation) -> bool:
    """Whether a volume is worth enough and not too much, there, and affordable."""
    market, volume = situation.market, _volume(request, situation)
    worth = _worth(volume, side=request.side, price=request.price, situation=situation)
    if worth is None or not volume or not market.minimum <= worth <= market.maximum:
        return False
    return volume <= situation.base.available if request.side is Side.SELL else worth <= situation.counter.available


def _with_sound_correction(error: OrderUnfit, request: OrderRequest, situation: Situation) -> OrderUnfit:
    """The complaint with a correction that fits: one correction may need another, or lead nowhere."""
    corrected = error.corrected
    for _ in range(_CORRECTIONS):
        if corrected is None:
            break
        try:
            _size(corrected, situation)
        except OrderUnfit as further:
            corrected = further.corrected
        else:
            label = _label(request, corrected, situation.market)
            return OrderUnfit(error.sentence, corrected=corrected, label=label)
    return OrderUnfit(error.sentence)


def _label(request: OrderRequest, corrected: OrderRequest, market: Market) -> str:
    """What a correction changes."""
    changed = []
    if corrected.quantity is not None and corrected.quantity != request.quantity:
        changed.append(f"{grouped(corrected.quantity.value)} {market.base}")
    if corrected.price is not None and corrected.price != request.price:
        changed.append(f"Price {corrected.price:,f}")
    return " · ".join(changed)


def _terms(request: OrderRequest, situation: Situation, *, volume: Decimal, total: Decimal) -> OrderTerms:
    market, ticker = situation.market, situation.ticker
    price = divide(total, volume) if request.price is None else request.price
    maker = request.price is not None and not crosses(request.side, price=request.price, ticker=ticker)
    ratio = market.maker_fee if maker or request.post_only else market.taker_fee
    buying = request.side is Side.BUY
    fee = Amount(multiply(volume if buying else total, ratio), market.base if buying else market.counter)
    base = Amount(situation.base.available, market.base)
    counter = Amount(situation.counter.available, market.counter)
    traded, paid = Amount(volume, market.base), Amount(total, market.counter)
    after = (base + traded - fee, counter - paid) if buying else (base - traded, counter + paid - fee)
    return OrderTerms(
        last=ticker.last,
        best=ticker.ask if buying else ticker.bid,
        expected_price=price,
        total=total,
        fee=fee,
        fee_ratio=ratio,
        maker=maker or request.post_only,
        before=(base, counter),
        after=after,
        distance=divide(price - ticker.last, ticker.last) if ticker.last else ZERO,
        warnings=_warnings(request, situation, price=price),
        price_decimals=market.counter_decimals,
        volume_decimals=market.base_decimals,
    )


def _warnings(request: OrderRequest, situation: Situation, *, price: Decimal) -> tuple[str, ...]:
    market, last = situation.market, situation.ticker.last
    if not last:
        return ("The exchange reports no last price for this market.",)
    found = _capped(request, situation)
    losing = divide(price - last, last) if request.side is Side.BUY else divide(last - price, last)
    if request.price is None:
        return (*found, _deep(losing)) if losing > DEEP else tuple(found)
    low, high = market.band(last)
    if not low <= request.price <= high:
        found.append(f"The exchange may refuse a price outside {_shown(low, market)} to {_shown(high, market)}.")
    if abs(losing) > FAR_AWAY:
        where = "above" if price > last else "below"
        doubt = "Is it meant?" if losing > 0 else "It may wait for long."
        found.append(f"The price is {_percent(abs(price - last), last)}% {where} the last price. {doubt}")
    if request.post_only and crosses(request.side, price=request.price, ticker=situation.ticker):
        found.append("Post-only at this price would trade at once, so the exchange will reject it.")
    return tuple(found)


def _capped(request: OrderRequest, situation: Situation) -> list[str]:
    """What to say if a share was cut to what the market takes in one order."""
    quantity, side, price = request.quantity, request.side, request.price
    if quantity is None or quantity.kind is not QuantityKind.PERCENT:
        return []
    possible = _most_possible(side, price=price, situation=situation)
    if _share_of_balance(quantity.value, side=side, price=price, situation=situation) <= possible:
        return []
    fits = round_down(possible, decimals=situation.market.base_decimals)
    return [
        f"One order takes at most {grouped(fits)} {situation.market.base} here now: less than the share you asked for."
    ]


def _deep(losing: Decimal) -> str:
    return f"The book is thin: the average would be {_percent(losing, _ONE)}% worse than the last price."


def _levels(side: Side, situation: Situation) -> tuple[Level, ...]:
    """What an order at the market trades against; where no book is known, the best price without end."""
    if situation.book is not None:
        return situation.book.opposite(side)
    price = situation.ticker.ask if side is Side.BUY else situation.ticker.bid
    return (Level(price=price, volume=_WITHOUT_END),) if price else ()


def _worth(volume: Decimal, *, side: Side, price: Decimal | None, situation: Situation) -> Decimal | None:
    """A volume's total in the counter currency, by its limit price or the book; None if the book holds too little."""
    if price is not None:
        return multiply(volume, price)
    walk = walk_volume(_levels(side, situation), volume=volume)
    return walk.total if walk.complete else None


def _volume_worth(total: Decimal, *, side: Side, price: Decimal | None, situation: Situation) -> Decimal:
    """The volume of such a total, by its limit price or the book: the whole book if that is not worth so much."""
    if price is not None:
        return divide(total, price)
    return walk_total(_levels(side, situation), total=total).volume


def _with_volume(request: OrderRequest, volume: Decimal) -> OrderRequest:
    return replace(request, quantity=Quantity(kind=QuantityKind.VOLUME, value=volume), total_currency=None)


def _shown(price: Decimal, market: Market) -> str:
    return format(round_down(price, decimals=market.counter_decimals), ",f")


def _percent(part: Decimal, whole: Decimal) -> str:
    return to_text(round_down(divide(multiply(part, _HUNDRED), whole), decimals=1))
