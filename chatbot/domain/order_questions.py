"""The questions of a guided order: what is offered to choose from, and what a typed answer means. All pure."""

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.drafts import Choice, OrderDraft, OrderRequest, Quantity, QuantityKind, Question
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.market import Market, Ticker, resolve_symbol
from chatbot.domain.money import grouped, parse_decimal, round_down
from chatbot.domain.number_text import spoken
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.sizing import OrderUnfit, Situation, price_presets, usable_share

_SHARES = (25, 50, 75)
_NUMBER_ALONE = re.compile(r"\$?[.,]?[0-9]\S*|all|max|everything", re.IGNORECASE)


def ask_market(request: OrderRequest, markets: Iterable[Market]) -> OrderDraft:
    """Which market? The ones given are offered."""
    choices = tuple(Choice(label=market.pair, request=replace(request, symbol=market.code)) for market in markets)
    return OrderDraft(request=replace(request, symbol=None), asking=Question.MARKET, choices=choices)


def ask_meaning(text: str, error: AmbiguousNumber, *, side: Side) -> OrderDraft:
    """Which number was meant? Raises `InputError` if the rest of the line is not understood either."""
    readings = [(meaning, parse_order(read_as(meaning, error.typed, text), side=side)) for meaning in error.meanings]
    choices = tuple(Choice(label=spoken(meaning), request=request) for meaning, request in readings)
    return OrderDraft(request=replace(readings[0][1], quantity=None, price=None), asking=None, choices=choices)


def offer_meanings(draft: OrderDraft, text: str, error: AmbiguousNumber, *, market: Market | None) -> OrderDraft:
    """The same question with both readings of its answer to choose from. Raises `InputError` as `answered` does."""
    choices = tuple(
        Choice(label=spoken(meaning), request=answered(draft, read_as(meaning, error.typed, text), market=market))
        for meaning in error.meanings
    )
    return replace(draft, choices=choices)


def read_as(meaning: str, typed: str, text: str) -> str:
    """The line with one number written so: that number alone, not digits inside of another, and apart from its unit."""
    alone = rf"(?<![0-9.,]){re.escape(typed)}(?![0-9.,])([A-Za-z]{{2,}})?"
    return re.sub(alone, lambda found: f"{meaning} {found[1]}" if found[1] else meaning, text, count=1)


def ask_quantity(request: OrderRequest, situation: Situation) -> OrderDraft:
    """How much? 25, 50, 75 % and everything are offered: those that would not bounce, and differ."""

    def volume(percent: Decimal) -> Decimal:
        return usable_share(percent, side=request.side, price=request.price, situation=situation)

    def choice(name: str, percent: Decimal) -> Choice:
        quantity = Quantity(kind=QuantityKind.PERCENT, value=percent)
        shown = f"{_brief(volume(percent)):,f} {situation.market.base}"
        return Choice(label=f"{name} · {shown}", request=replace(request, quantity=quantity))

    everything = Decimal(100)
    shares = [Decimal(share) for share in _SHARES if volume(Decimal(share)) not in (0, volume(everything))]
    choices = [choice(f"{share}%", share) for share in shares]
    if volume(everything):
        choices.append(choice("Max", everything))
    if choices and request.type is None:
        choices += _limit_at_hand(request)
    return OrderDraft(request=request, asking=Question.QUANTITY, choices=tuple(choices))


def _brief(volume: Decimal) -> Decimal:
    """Five digits of a volume, so that it fits a button; the card shows all."""
    return round_down(volume, decimals=max(0, 4 - volume.adjusted())).normalize()


def ask_type(request: OrderRequest) -> OrderDraft:
    """At the market, or with a limit?"""
    choices = (
        Choice(label="At the market", request=replace(request, type=OrderType.MARKET)),
        *_limit_at_hand(request),
        Choice(label="Limit price…", request=replace(request, type=OrderType.LIMIT)),
    )
    return OrderDraft(request=request, asking=Question.TYPE, choices=choices)


def _limit_at_hand(request: OrderRequest) -> tuple[Choice, ...]:
    """A limit at the price that led here, if one did."""
    price = request.at_hand
    if price is None:
        return ()
    limit = replace(request, type=OrderType.LIMIT, price=price, at_hand=None)
    return (Choice(label=f"Limit at {grouped(price)}", request=limit),)


def ask_price(request: OrderRequest, market: Market, ticker: Ticker) -> OrderDraft:
    """At which price? Those around bid and ask are offered."""
    presets = price_presets(request.side, market=market, ticker=ticker)
    choices = tuple(
        Choice(label=f"{name} {price:,f}", request=replace(request, price=price)) for name, price in presets
    )
    return OrderDraft(request=request, asking=Question.PRICE, choices=choices)


def offer_correction(request: OrderRequest, error: OrderUnfit) -> OrderDraft:
    """The number that would be right, if there is one."""
    choices = () if error.corrected is None else (Choice(label=error.label, request=error.corrected),)
    return OrderDraft(request=request, asking=None, choices=choices)


def without_side(draft: OrderDraft, text: str) -> str:
    """An answer that says the order's own side once more, as `buy 0.5`, without it. A whole order stays as it is."""
    side, _, rest = text.strip().partition(" ")
    said = rest.strip()
    if draft.asking is None or side.lower() != draft.request.side or len(said.split()) != 1:
        return text
    answers = (draft.asking is Question.MARKET and said[0].isalpha()) or _NUMBER_ALONE.fullmatch(said)
    return said if answers else text


def answered(draft: OrderDraft, text: str, *, market: Market | None) -> OrderRequest:
    """The request after a typed answer to its question. Raises `InputError`.

    `market` is the one whose amount is asked for, None for every other question.
    """
    request = draft.request
    if draft.asking is Question.PRICE:
        return replace(request, price=_typed_price(text), type=OrderType.LIMIT)
    said = parse_order(text, side=request.side)
    if draft.asking is Question.MARKET and said.symbol is None:
        raise InputError("Which market? Write its name, like BTC or BTC/USDT, or tap one.")
    if draft.asking is Question.QUANTITY and said.quantity is None:
        raise InputError("How much? Write it like 0.01, 25% or all, or tap one.")
    if draft.asking is Question.TYPE and said.type is None and said.quantity is not None and said.price is None:
        # A lone number here is a price: the size is known already.
        return replace(request, price=said.quantity.value, type=OrderType.LIMIT)
    if draft.asking is None and said.symbol is None:
        raise InputError("Please tap a button, or send the whole order again.")
    if draft.asking is None:
        return said
    if market is not None and said.total_currency is None:
        said = _amount_in(market, said)
    at_market = said.type is OrderType.MARKET
    return replace(
        request,
        symbol=said.symbol or request.symbol,
        quantity=said.quantity or request.quantity,
        total_currency=said.total_currency if said.quantity else request.total_currency,
        type=said.type or request.type,
        price=None if at_market else said.price if said.price is not None else request.price,
        post_only=not at_market and (said.post_only or request.post_only),
    )


def _amount_in(market: Market, said: OrderRequest) -> OrderRequest:
    """The market is settled, so a currency beside an amount is the amount's: `100 USDT`, `0.5 ETH`, `25% ETH`."""
    unit, quantity = said.symbol, said.quantity
    if unit is None or quantity is None:
        return said
    if unit != market.counter and resolve_symbol(unit, (market,)) is not None:
        return replace(said, symbol=None)
    if quantity.kind is QuantityKind.VOLUME:
        quantity = Quantity(kind=QuantityKind.TOTAL, value=quantity.value)
    return replace(said, symbol=None, quantity=quantity, total_currency=unit)


def _typed_price(text: str) -> Decimal:
    price = parse_decimal(text.strip().removeprefix("@").removeprefix("at ").strip())
    if not price:
        raise InputError("A price must be more than zero.")
    return price
