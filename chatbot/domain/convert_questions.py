"""The questions of a guided conversion: what is offered to choose from, and what a typed answer means. All pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.convert_drafts import AmountOf, ConvertChoice, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.convert_text import parse_conversion
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import grouped
from chatbot.domain.order_questions import read_as

_SHARES = (25, 50, 75, 100)


def ask_coin(request: ConvertRequest, question: ConvertQuestion, codes: Iterable[str]) -> ConvertDraft:
    """Which currency? The codes given are offered."""
    choices = tuple(ConvertChoice(label=code, request=with_coin(request, question, code)) for code in codes)
    return ConvertDraft(request=with_coin(request, question, None), asking=question, choices=choices)


def ask_amount(request: ConvertRequest, *, can_share: bool) -> ConvertDraft:
    """How much? Shares of what there is are offered, where there is something."""
    shares = _SHARES if can_share else ()
    choices = tuple(
        ConvertChoice(
            label="Max" if share == 100 else f"{share}%",
            request=replace(request, amount=Decimal(share), of=AmountOf.SHARE),
        )
        for share in shares
    )
    return ConvertDraft(request=replace(request, amount=None), asking=ConvertQuestion.AMOUNT, choices=choices)


def offer_amount(request: ConvertRequest, fitting: Decimal | None, *, of: AmountOf) -> ConvertDraft:
    """Another amount is asked for; the one that works is offered, if there is one."""
    open_again = replace(request, amount=None)
    if not fitting:
        return ConvertDraft(request=open_again, asking=ConvertQuestion.AMOUNT, refused=request)
    currency = request.buy if of is AmountOf.BOUGHT else request.sell
    choice = ConvertChoice(label=f"Use {grouped(fitting)} {currency}", request=replace(request, amount=fitting, of=of))
    return ConvertDraft(request=open_again, asking=ConvertQuestion.AMOUNT, choices=(choice,), refused=request)


def ask_meaning(read: Callable[[str], ConvertRequest], text: str, error: AmbiguousNumber) -> ConvertDraft:
    """Which number was meant? Raises `InputError` if the rest is not understood either."""
    readings = [(meaning, read(read_as(meaning, error.typed, text))) for meaning in error.meanings]
    choices = tuple(ConvertChoice(label=f"Use {meaning}", request=request) for meaning, request in readings)
    return ConvertDraft(request=replace(readings[0][1], amount=None), asking=None, choices=choices)


def with_coin(request: ConvertRequest, question: ConvertQuestion, code: str | None) -> ConvertRequest:
    return replace(request, sell=code) if question is ConvertQuestion.SELL else replace(request, buy=code)


def turned(request: ConvertRequest) -> ConvertRequest:
    """The other way round. The amount stays with its currency; a share of what one has does not."""
    if request.of is AmountOf.SHARE or request.amount is None:
        return ConvertRequest(sell=request.buy, buy=request.sell)
    of = AmountOf.BOUGHT if request.of is AmountOf.SOLD else AmountOf.SOLD
    return ConvertRequest(sell=request.buy, buy=request.sell, amount=request.amount, of=of)


def answered(draft: ConvertDraft, text: str) -> ConvertRequest:
    """The request after a typed answer to its question. Raises `InputError`."""
    request, said = draft.request, parse_conversion(text)
    if said.sell is not None and said.buy is not None:
        return said  # the whole conversion anew
    match draft.asking:
        case ConvertQuestion.SELL | ConvertQuestion.BUY:
            return _coin_answered(request, draft.asking, said)
        case ConvertQuestion.AMOUNT:
            return _amount_answered(request, said)
        case None:
            raise InputError("Please tap a button, or send the whole conversion again.")


def _coin_answered(request: ConvertRequest, question: ConvertQuestion, said: ConvertRequest) -> ConvertRequest:
    """A currency, perhaps with its amount."""
    code = said.sell or said.buy
    if code is None:
        raise InputError("Which currency? Write its code, like BTC or USDT, or tap one.")
    known = with_coin(request, question, code)
    if said.amount is None:
        return known
    bought = question is ConvertQuestion.BUY and said.of is not AmountOf.SHARE
    return replace(known, amount=said.amount, of=AmountOf.BOUGHT if bought else said.of)


def _amount_answered(request: ConvertRequest, said: ConvertRequest) -> ConvertRequest:
    """A number alone is of what is sold; with a currency behind it, it may be of either."""
    if said.amount is None:
        raise InputError("How much? Write it like 0.01, 25% or all, or tap one.")
    unit = said.sell or said.buy
    if said.of is AmountOf.SHARE:
        return replace(request, amount=said.amount, of=AmountOf.SHARE)
    if unit is None:
        return replace(request, amount=said.amount, of=said.of)
    if unit not in (request.sell, request.buy):
        raise InputError(f"Say the amount in {request.sell} or in {request.buy}, not in {unit}.")
    return replace(request, amount=said.amount, of=AmountOf.SOLD if unit == request.sell else AmountOf.BOUGHT)
