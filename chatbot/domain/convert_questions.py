"""The questions of a guided conversion: what is offered to choose from, and what a typed answer means. All pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf, ConvertChoice, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.convert_text import ConversionUnclear, named_side, parse_conversion
from chatbot.domain.converting import Unfit
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import ZERO, grouped
from chatbot.domain.number_text import spoken
from chatbot.domain.order_questions import read_as

_SHARES = (25, 50, 75, 100)


def ask_coin(request: ConvertRequest, question: ConvertQuestion, codes: Iterable[str]) -> ConvertDraft:
    """Which currency? The codes given are offered."""
    choices = tuple(ConvertChoice(label=code, request=with_coin(request, question, code)) for code in codes)
    return ConvertDraft(request=with_coin(request, question, None), asking=question, choices=choices)


def ask_meant(request: ConvertRequest, question: ConvertQuestion, codes: Iterable[str]) -> ConvertDraft:
    """Which currency was meant by one that is not known? With one of the codes given, all else stays as it was said."""
    selling = question is ConvertQuestion.SELL
    choices = tuple(
        ConvertChoice(label=code, request=replace(request, sell=code) if selling else replace(request, buy=code))
        for code in codes
    )
    return replace(ask_coin(request, question, ()), choices=choices)


def ask_counter(request: ConvertRequest, counter: str) -> ConvertDraft:
    """Two coins are not converted into each other: what is sold can be turned into `counter` instead."""
    choice = ConvertChoice(
        label=f"{request.sell} to {counter}", request=with_coin(request, ConvertQuestion.BUY, counter)
    )
    open_again = with_coin(request, ConvertQuestion.BUY, None)
    return ConvertDraft(request=open_again, asking=ConvertQuestion.BUY, choices=(choice,))


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


def ask_turned(request: ConvertRequest, *, give: Decimal, get: Decimal, can_share: bool) -> ConvertDraft:
    """How much, the other way round? What came in can be given, and what went out be got."""
    asked = ask_amount(request, can_share=can_share)
    choices = (
        _choice("Give", replace(request, amount=give, of=AmountOf.SOLD)),
        _choice("Get", replace(request, amount=get, of=AmountOf.BOUGHT)),
    )
    return replace(asked, choices=(*choices, *asked.choices))


def _choice(verb: str, request: ConvertRequest) -> ConvertChoice:
    """`Give 0.01 BTC`, `Get 100 USDT`."""
    currency = request.buy if request.of is AmountOf.BOUGHT else request.sell
    return ConvertChoice(label=f"{verb} {grouped(request.amount or ZERO)} {currency}", request=request)


def offer_amount(request: ConvertRequest, fitting: Decimal | None, *, of: AmountOf) -> ConvertDraft:
    """Another amount is asked for; the one that works is offered, if there is one."""
    open_again = replace(request, amount=None)
    if not fitting:
        return ConvertDraft(request=open_again, asking=ConvertQuestion.AMOUNT, refused=request)
    choice = _choice("Use", replace(request, amount=fitting, of=of))
    return ConvertDraft(request=open_again, asking=ConvertQuestion.AMOUNT, choices=(choice,), refused=request)


def outside(request: ConvertRequest, quote: Quote, unfit: Unfit) -> str:
    """What was asked for, and the limit it is outside of; in the same currency, where they differ."""
    sold = f"{grouped(quote.sell_amount)} {quote.sell}"
    amount = grouped(request.amount or ZERO)
    match request.of:
        case AmountOf.SHARE:
            asked = f"{amount}% of your {quote.sell} is {sold}"
        case AmountOf.SOLD:
            asked = f"You asked for {amount} {quote.sell}"
        case AmountOf.BOUGHT if unfit.of is AmountOf.SOLD:
            asked = f"You asked to get {amount} {quote.buy}, which takes {sold}"
        case AmountOf.BOUGHT:
            asked = f"You asked to get {amount} {quote.buy}"
    return f"{asked}; {unfit.words}."


def ask_meaning(read: Callable[[str], ConvertRequest], text: str, error: AmbiguousNumber) -> ConvertDraft:
    """Which number was meant? Raises `InputError` if the rest is not understood either."""
    choices = tuple(
        choice for meaning in error.meanings for choice in _choices(meaning, read, read_as(meaning, error.typed, text))
    )
    return ConvertDraft(request=replace(choices[0].request, amount=None), asking=None, choices=choices)


def _choices(meaning: str, read: Callable[[str], ConvertRequest], text: str) -> tuple[ConvertChoice, ...]:
    """One reading of a number; two, where it may be of either side."""
    try:
        return (ConvertChoice(label=spoken(meaning), request=read(text)),)
    except ConversionUnclear as unclear:
        return tuple(
            ConvertChoice(label=f"{_side(reading)} · {spoken(meaning)}", request=reading)
            for reading in unclear.readings
        )


def _side(request: ConvertRequest) -> str:
    return f"{request.buy} in" if request.of is AmountOf.BOUGHT else f"{request.sell} out"


def ask_which(error: ConversionUnclear) -> ConvertDraft:
    """Which way was meant?"""
    choices = tuple(ConvertChoice(label=_way(reading), request=reading) for reading in error.readings)
    return ConvertDraft(request=replace(error.readings[0], amount=None, of=AmountOf.SOLD), asking=None, choices=choices)


def _way(request: ConvertRequest) -> str:
    """`Give 0.01 BTC for USDT`, `Get 100 USDT for BTC`, `Give 50% of BTC`."""
    amount, sell, buy = grouped(request.amount or ZERO), request.sell, request.buy
    if request.of is AmountOf.SHARE:
        return f"Give {amount}% of {sell}"
    verb, named, other = ("Give", sell, buy) if request.of is AmountOf.SOLD else ("Get", buy, sell)
    return f"{verb} {amount} {named} for {other}" if other else f"{verb} {amount} {named}"


def with_coin(request: ConvertRequest, question: ConvertQuestion, code: str | None) -> ConvertRequest:
    """Another currency on one side. An amount of the one that was there before goes with it."""
    selling = question is ConvertQuestion.SELL
    before = request.sell if selling else request.buy
    if before not in (None, code) and selling is (request.of is not AmountOf.BOUGHT):
        request = replace(request, amount=None, of=AmountOf.SOLD)
    return replace(request, sell=code) if selling else replace(request, buy=code)


def coded(request: ConvertRequest, code_of: Callable[[str], str]) -> ConvertRequest:
    """The request with the codes of currencies that were called by their names."""
    sell, buy = (called if called is None else code_of(called) for called in (request.sell, request.buy))
    return replace(request, sell=sell, buy=buy)


def turned(request: ConvertRequest) -> ConvertRequest:
    """The other way round. The amount stays with its currency; a share of what one has does not."""
    if request.of is AmountOf.SHARE or request.amount is None:
        return ConvertRequest(sell=request.buy, buy=request.sell)
    of = AmountOf.BOUGHT if request.of is AmountOf.SOLD else AmountOf.SOLD
    return ConvertRequest(sell=request.buy, buy=request.sell, amount=request.amount, of=of)


def takes_amount(draft: ConvertDraft) -> bool:
    """Whether a lone amount answers the question. To one for a coin it does while no amount was said."""
    if draft.asking is ConvertQuestion.AMOUNT:
        return True
    return draft.asking is not None and draft.request.amount is None


def answered(draft: ConvertDraft, text: str, *, code_of: Callable[[str], str] = str) -> ConvertRequest:
    """The request after a typed answer to its question; `code_of` knows currencies by their names.

    Raises `InputError`; of these, `ConversionUnclear` is to be asked back.
    """
    request, said = draft.request, coded(parse_conversion(text), code_of)
    if said.sell is not None and said.buy is not None:
        return said  # the whole conversion anew
    match draft.asking:
        case ConvertQuestion.SELL | ConvertQuestion.BUY:
            return _coin_answered(request, draft.asking, said, side=named_side(text))
        case ConvertQuestion.AMOUNT:
            return _amount_answered(request, said, side=named_side(text))
        case None:
            raise InputError("Please tap a button, or send the whole conversion again.")


def _coin_answered(
    request: ConvertRequest, question: ConvertQuestion, said: ConvertRequest, *, side: AmountOf | None
) -> ConvertRequest:
    """A currency, perhaps with its amount; on the side that was asked for, if no word says another."""
    code = said.sell or said.buy
    if code is None:
        raise InputError("Which currency? Write its code, like BTC or USDT, or tap one.")
    question = _meant_side(request, question, code, said, side=side)
    known = with_coin(request, question, code)
    if said.amount is None:
        return known
    bought = question is ConvertQuestion.BUY and said.of is not AmountOf.SHARE
    return replace(known, amount=said.amount, of=AmountOf.BOUGHT if bought else said.of)


def _meant_side(
    request: ConvertRequest, question: ConvertQuestion, code: str, said: ConvertRequest, *, side: AmountOf | None
) -> ConvertQuestion:
    """The side that a word says; an amount of the currency that is known already is of that one's side."""
    if side is not None:
        return ConvertQuestion.BUY if side is AmountOf.BOUGHT else ConvertQuestion.SELL
    other, known = (
        (ConvertQuestion.BUY, request.buy) if question is ConvertQuestion.SELL else (ConvertQuestion.SELL, request.sell)
    )
    return other if code == known and said.amount is not None else question


def _amount_answered(request: ConvertRequest, said: ConvertRequest, *, side: AmountOf | None) -> ConvertRequest:
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
    meant = replace(request, amount=said.amount, of=AmountOf.SOLD if unit == request.sell else AmountOf.BOUGHT)
    if side in (None, meant.of):
        return meant
    raise ConversionUnclear(
        f"{unit} is on the other side of this conversion. Which way do you mean?", (meant, turned(meant))
    )
