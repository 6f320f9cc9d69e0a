"""The questions of a guided order: what is offered to choose from, and what a typed answer means. All pure."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.drafts import Choice, OrderDraft, OrderRequest, Quantity, QuantityKind, Question
from chatbot.domain.errors import InputError
from chatbot.domain.market import Market, Ticker
from chatbot.domain.money import parse_decimal
from chatbot.domain.order_text import parse_order
from chatbot.domain.orders import OrderType
from chatbot.domain.sizing import OrderUnfit, Situation, price_presets, usable_share

_SHARES = (25, 50, 75)


def ask_market(request: OrderRequest, markets: Iterable[Market]) -> OrderDraft:
    """Which market? The ones given are offered."""
    choices = tuple(Choice(label=market.pair, request=replace(request, symbol=market.code)) for market in markets)
    return OrderDraft(request=replace(request, symbol=None), asking=Question.MARKET, choices=choices)


def ask_quantity(request: OrderRequest, situation: Situation) -> OrderDraft:
    """How much? 25, 50, 75 % and everything are offered: those that would not bounce, and differ."""

    def volume(percent: Decimal) -> Decimal:
        return usable_share(percent, side=request.side, price=request.price, situation=situation)

    def choice(name: str, percent: Decimal) -> Choice:
        quantity = Quantity(kind=QuantityKind.PERCENT, value=percent)
        shown = f"{volume(percent).normalize():,f} {situation.market.base}"
        return Choice(label=f"{name} · {shown}", request=replace(request, quantity=quantity))

    everything = Decimal(100)
    shares = [Decimal(share) for share in _SHARES if volume(Decimal(share)) not in (0, volume(everything))]
    choices = [choice(f"{share}%", share) for share in shares]
    if volume(everything):
        choices.append(choice("Max", everything))
    return OrderDraft(request=request, asking=Question.QUANTITY, choices=tuple(choices))


def ask_type(request: OrderRequest) -> OrderDraft:
    """At the market, or with a limit?"""
    choices = (
        Choice(label="At the market", request=replace(request, type=OrderType.MARKET)),
        Choice(label="Limit price…", request=replace(request, type=OrderType.LIMIT)),
    )
    return OrderDraft(request=request, asking=Question.TYPE, choices=choices)


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


def answered(draft: OrderDraft, text: str) -> OrderRequest:
    """The request after a typed answer to its question. Raises `InputError`."""
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


def _typed_price(text: str) -> Decimal:
    price = parse_decimal(text.strip().removeprefix("@").removeprefix("at ").strip())
    if not price:
        raise InputError("A price must be more than zero.")
    return price
