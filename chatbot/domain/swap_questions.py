"""The questions of a guided swap: what is offered to choose from, and what a typed answer means. All pure."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.coins import coin_label
from chatbot.domain.drafts import PayoutChoice, PayoutDraft, SwapChoice, SwapDraft, SwapQuestion, SwapRequest
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.money import grouped
from chatbot.domain.networks import network_named
from chatbot.domain.order_questions import read_as
from chatbot.domain.receiver_text import says_none, shortened, split_refund
from chatbot.domain.swap_quotes import sizes
from chatbot.domain.swap_text import EitherAmount, parse_amount, parse_swap, says_sent, spell_out_network
from chatbot.domain.swaps import Coin, Rate

_SIZES = 4
_NONE_NEEDED = "I was told none is needed"


def with_coin(request: SwapRequest, question: SwapQuestion, coin: Coin, *, named: bool) -> SwapRequest:
    """The request with a coin settled; `named`: its network was named by the person."""
    if question is SwapQuestion.DEPOSIT:
        return replace(request, deposit=coin, deposit_text=None, deposit_network_named=named)
    return replace(request, withdraw=coin, withdraw_text=None, withdraw_network_named=named)


def coin_of(request: SwapRequest, question: SwapQuestion) -> tuple[Coin | None, str | None]:
    """The coin of a side once it is settled, and before that what was typed for it."""
    if question is SwapQuestion.DEPOSIT:
        return request.deposit, request.deposit_text
    return request.withdraw, request.withdraw_text


def receiver_of(request: SwapRequest, question: SwapQuestion) -> tuple[str | None, str | None]:
    """The address that a question is about as far as it is known, and its memo."""
    if question is SwapQuestion.REFUND:
        return request.refund_address, request.refund_extra_id
    return request.address, request.extra_id


def receiver_text_of(request: SwapRequest, question: SwapQuestion) -> str | None:
    """What was typed for the address that a question is about, and has not been read yet."""
    return request.refund_text if question is SwapQuestion.REFUND else request.receiver_text


def with_receiver(
    request: SwapRequest, question: SwapQuestion, address: str | None, extra_id: str | None
) -> SwapRequest:
    """The request with an address and its memo, as far as they are known, in place of what was typed."""
    if question is SwapQuestion.REFUND:
        return replace(request, refund_address=address, refund_extra_id=extra_id, refund_text=None)
    return replace(request, address=address, extra_id=extra_id, receiver_text=None)


def without_coin(request: SwapRequest, question: SwapQuestion) -> SwapRequest:
    """The request before anything was said about a side's coin; what was typed with it is kept."""
    if question is SwapQuestion.DEPOSIT:
        return replace(request, deposit=None, deposit_text=None)
    return replace(request, withdraw=None, withdraw_text=None)


def ask_coin(request: SwapRequest, question: SwapQuestion, coins: Iterable[Coin]) -> SwapDraft:
    """Which coin? The ones given are offered; whose button names a network is chosen with it."""
    offered = tuple(coins)
    alike = Counter(map(coin_label, offered))
    choices = tuple(
        SwapChoice(
            label=label if alike[label] == 1 else f"{label} ({coin.code})",
            request=with_coin(request, question, coin, named=alike[label] == 1 and label != coin.symbol),
        )
        for coin in offered
        for label in (coin_label(coin),)
    )
    return SwapDraft(request=request, asking=question, choices=choices)


def ask_network(request: SwapRequest, question: SwapQuestion, name: str, coins: Iterable[Coin]) -> SwapDraft:
    """On which network, of those that the coin called so is on?"""
    return ask_coin(_with_text(request, question, name), question, coins)


def ask_meaning(read: Callable[[str], SwapRequest], text: str, error: AmbiguousNumber) -> SwapDraft:
    """Which amount was meant? Raises `InputError` if the rest is not understood either."""
    readings = [(meaning, read(read_as(meaning, error.typed, text))) for meaning in error.meanings]
    return _ask_which(tuple(request for _, request in readings))


def ask_side(error: EitherAmount) -> SwapDraft:
    """Of which coin is the amount?"""
    return _ask_which(error.requests)


def usual_amounts(request: SwapRequest, rate: Rate, named: Coin) -> tuple[Decimal, ...]:
    """The least that is taken of the coin whose amount is `named`, and round amounts above it."""
    return sizes(rate, gets=request.gets, coin=named, count=_SIZES)


def ask_amount(request: SwapRequest, named: Coin, offered: Iterable[Decimal]) -> SwapDraft:
    """How much, of the coin whose amount is `named`?"""
    choices = tuple(
        SwapChoice(label=f"{grouped(size)} {named.symbol}", request=replace(request, amount=size)) for size in offered
    )
    return SwapDraft(request=replace(request, amount=None), asking=SwapQuestion.AMOUNT, choices=choices)


def offer_amount(request: SwapRequest, fitting: Decimal | None, coin: Coin, *, gets: bool) -> SwapDraft:
    """Another amount is asked for; the one of this coin that fits is offered, if there is one."""
    open_again = replace(request, amount=None)
    if not fitting:
        return SwapDraft(request=open_again, asking=SwapQuestion.AMOUNT)
    label = f"Use {grouped(fitting)} {coin.symbol}"
    choice = SwapChoice(label=label, request=replace(request, amount=fitting, gets=gets))
    return SwapDraft(request=open_again, asking=SwapQuestion.AMOUNT, choices=(choice,))


def ask_address(request: SwapRequest, used: Iterable[tuple[str, str]]) -> SwapDraft:
    """Where to? Addresses that were used before are offered."""
    asking = SwapQuestion.ADDRESS
    return SwapDraft(
        request=with_receiver(request, asking, None, None), asking=asking, choices=_again(request, asking, used)
    )


def ask_refund(request: SwapRequest, used: Iterable[tuple[str, str]]) -> SwapDraft:
    """Where to, if the swap fails? It may be left open."""
    asking = SwapQuestion.REFUND
    skip = SwapChoice(label="Skip", request=with_receiver(request, asking, "", ""))
    return SwapDraft(
        request=with_receiver(request, asking, None, None),
        asking=asking,
        choices=(*_again(request, asking, used), skip),
    )


def ask_extra_id(request: SwapRequest, about: SwapQuestion, address: str) -> SwapDraft:
    """Which memo belongs to the address? Somebody may have been told that none does."""
    none = SwapChoice(label=_NONE_NEEDED, request=with_receiver(request, about, address, ""))
    return SwapDraft(
        request=with_receiver(request, about, address, None), asking=_memo_question(about), choices=(none,)
    )


def ask_memo_meant(request: SwapRequest, about: SwapQuestion, *, address: str, memo: str) -> SwapDraft:
    """Is what stood behind the address its memo, or is there none?"""
    asked = ask_extra_id(request, about, address)
    meant = SwapChoice(label=_is_it(memo), request=with_receiver(request, about, address, memo))
    return replace(asked, choices=(meant, *asked.choices))


def ask_without_memo(request: SwapRequest, about: SwapQuestion, *, address: str) -> SwapDraft:
    """Go on with an address that can have no memo, or take another one?"""
    without = SwapChoice(label="Go on without it", request=with_receiver(request, about, address, ""))
    return SwapDraft(request=with_receiver(request, about, None, None), asking=about, choices=(without,))


def turned(request: SwapRequest) -> SwapRequest:
    """The other way round. What goes with the direction is dropped: amount and addresses."""
    return SwapRequest(
        deposit_text=request.withdraw_text,
        withdraw_text=request.deposit_text,
        deposit=request.withdraw,
        withdraw=request.deposit,
        deposit_network_named=request.withdraw_network_named,
        withdraw_network_named=request.deposit_network_named,
    )


def answered(draft: SwapDraft, text: str) -> SwapRequest:
    """The request after a typed answer to its question. Raises `InputError`."""
    request = draft.request
    match draft.asking:
        case SwapQuestion.DEPOSIT | SwapQuestion.WITHDRAW:
            return _coin_answered(request, draft.asking, text)
        case SwapQuestion.AMOUNT:
            return _amount_answered(request, text)
        case SwapQuestion.ADDRESS:
            receiver, refund = split_refund(text)
            unread = with_receiver(request, SwapQuestion.ADDRESS, None, None)
            return replace(unread, receiver_text=receiver.strip() or None, refund_text=refund or request.refund_text)
        case SwapQuestion.REFUND:
            if says_none(text):
                return with_receiver(request, SwapQuestion.REFUND, "", "")
            return replace(request, refund_address=None, refund_extra_id=None, refund_text=text)
        case SwapQuestion.EXTRA_ID:
            return replace(request, address=None, extra_id=None, receiver_text=f"{request.address} {text}")
        case SwapQuestion.REFUND_EXTRA_ID:
            return replace(
                request, refund_address=None, refund_extra_id=None, refund_text=f"{request.refund_address} {text}"
            )
        case None:
            return _corrected(request, text)


def payout_answered(draft: PayoutDraft, text: str) -> str:
    """The address with what stands behind it, as `Receivers.read` takes it, after a typed answer."""
    return text if draft.address is None else f"{draft.address} {text}"


def ask_payout_memo(draft: PayoutDraft, *, address: str, memo: str = "") -> PayoutDraft:
    """Which memo belongs to the address? There may be none; or, with a `memo`, it may be that."""
    none = PayoutChoice(label=_NONE_NEEDED, address=address, extra_id="")
    meant = (PayoutChoice(label=_is_it(memo), address=address, extra_id=memo),) if memo else ()
    return PayoutDraft(swap=draft.swap, address=address, choices=(*meant, none))


def ask_payout_without_memo(draft: PayoutDraft, *, address: str) -> PayoutDraft:
    """Go on with an address that can have no memo, or take another one?"""
    without = PayoutChoice(label="Go on without it", address=address, extra_id="")
    return PayoutDraft(swap=draft.swap, choices=(without,))


def _coin_answered(request: SwapRequest, question: SwapQuestion, text: str) -> SwapRequest:
    """A coin; of one that is settled but for its network, that alone; or the whole swap anew. Raises `InputError`."""
    _, typed = coin_of(request, question)
    if typed is not None and (network := _network_alone(text)):
        return _with_text(request, question, f"{typed.partition('@')[0]}@{network}")
    said = _parsed_alone(spell_out_network(text), question)
    if said.deposit_text is not None and said.withdraw_text is not None:
        return said
    coin = said.deposit_text or said.withdraw_text
    if coin is None:
        raise InputError("Which coin? Write its code, like BTC or USDT on Tron, or tap one.")
    question = _side_said(said, question, text)
    known = _with_text(request, question, coin)
    if question is SwapQuestion.WITHDRAW:
        known = replace(known, receiver_text=said.receiver_text, refund_text=said.refund_text or known.refund_text)
    return known if said.amount is None else replace(known, amount=said.amount, gets=question is SwapQuestion.WITHDRAW)


def _side_said(said: SwapRequest, question: SwapQuestion, text: str) -> SwapQuestion:
    """The side that the answer's own words say, as `get 0.01 btc` does; otherwise the one that was asked for."""
    if said.deposit_text is None:
        return SwapQuestion.WITHDRAW
    return SwapQuestion.DEPOSIT if says_sent(text) else question


def _parsed_alone(text: str, question: SwapQuestion) -> SwapRequest:
    """What was typed, where one coin is asked for: what is received may have its address behind it."""
    try:
        return parse_swap(text)
    except (AmbiguousNumber, EitherAmount):
        raise
    except InputError:
        if question is SwapQuestion.DEPOSIT:
            raise
        return parse_swap(f"to {text}")


def _network_alone(text: str) -> str:
    """The name of a network, if the text is nothing else."""
    name = text.strip().removeprefix("on ").strip(" ()")
    return name if network_named(name) is not None else ""


def _with_text(request: SwapRequest, question: SwapQuestion, typed: str) -> SwapRequest:
    """Another coin for a side; addresses of the one before are dropped."""
    if question is SwapQuestion.DEPOSIT:
        unpaid = with_receiver(request, SwapQuestion.REFUND, None, None)
        return replace(unpaid, deposit=None, deposit_text=typed)
    return replace(with_receiver(request, SwapQuestion.ADDRESS, None, None), withdraw=None, withdraw_text=typed)


def _amount_answered(request: SwapRequest, text: str) -> SwapRequest:
    """An amount alone is of the coin whose amount was asked for; with its coin it may be of either."""
    part, gets = parse_amount(text)
    sides = (request.deposit, request.withdraw)
    if part.coin is None or None in sides:
        return replace(request, amount=part.amount, gets=gets or request.gets)
    unit = part.coin.partition("@")[0]
    sends_it, gets_it = (side is not None and unit in (side.symbol.upper(), side.code.upper()) for side in sides)
    if not sends_it and not gets_it:
        symbols = " or in ".join(side.symbol for side in sides if side is not None)
        raise InputError(f"Say the amount in {symbols}, not in {unit}.")
    is_got = (gets or request.gets) if sends_it and gets_it else gets_it
    return replace(request, amount=part.amount, gets=is_got)


def _corrected(request: SwapRequest, text: str) -> SwapRequest:
    """A number alone is the amount; anything else is the whole swap anew."""
    said = parse_swap(text)
    if said.deposit_text is None and said.withdraw_text is None and said.amount is not None:
        return replace(request, amount=said.amount)
    return said


def _memo_question(about: SwapQuestion) -> SwapQuestion:
    return SwapQuestion.REFUND_EXTRA_ID if about is SwapQuestion.REFUND else SwapQuestion.EXTRA_ID


def _is_it(memo: str) -> str:
    return f"Yes: {memo}"


def _again(request: SwapRequest, asking: SwapQuestion, used: Iterable[tuple[str, str]]) -> tuple[SwapChoice, ...]:
    """The addresses that were used before, with their memos."""
    return tuple(
        SwapChoice(label=_short(address, extra_id), request=with_receiver(request, asking, address, extra_id))
        for address, extra_id in used
    )


def _ask_which(requests: tuple[SwapRequest, ...]) -> SwapDraft:
    """Which of some amounts was meant? They are offered with their coins."""
    choices = tuple(SwapChoice(label=_sum(request), request=request) for request in requests)
    return SwapDraft(request=replace(requests[0], amount=None, gets=False), asking=None, choices=choices)


def _sum(request: SwapRequest) -> str:
    """`2,500 USDT`: the amount of a request, with the coin it is of as far as that is known."""
    amount = "" if request.amount is None else grouped(request.amount)
    coin, typed = coin_of(request, SwapQuestion.WITHDRAW if request.gets else SwapQuestion.DEPOSIT)
    name = coin.symbol if coin is not None else (typed or "").partition("@")[0]
    return f"{'Get' if request.gets else 'Send'} {amount} {name}".rstrip()


def _short(address: str, extra_id: str) -> str:
    """Both ends of an address, and its memo."""
    return f"{shortened(address)} · {extra_id}" if extra_id else shortened(address)
