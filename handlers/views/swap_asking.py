"""Questions of a guided swap, and those that a swap's card asks later."""

from chatbot.domain.drafts import Dialogue, PayoutDraft, SwapQuestion, SwapRequest
from chatbot.domain.networks import network_named, network_of
from chatbot.domain.swap_quotes import sizes
from chatbot.domain.swaps import Coin, FollowedSwap, Rate
from chatbot.services.swap_payouts import AskedPayout
from chatbot.services.swaps import AskedSwap
from handlers.actions import ChooseForSwap, DropDialogue, TurnSwap
from handlers.views import swap_words as words
from handlers.views.errors import stopped
from handlers.views.format import number, restyled
from handlers.views.html import Html, bold, italic, join, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_Q = SwapQuestion
_COLUMNS = {_Q.DEPOSIT: 2, _Q.WITHDRAW: 2, _Q.AMOUNT: 2, None: 1}
_AMOUNTS = (_Q.AMOUNT, None)
_LONGEST_LABEL = 40
_LONGEST_PROBLEM = 400
_NAMED_NETWORKS = 3


def question(asked: AskedSwap) -> Screen:
    """The open question with its choices; or what was wrong, with what would be right."""
    return Screen(
        lines(
            bold(_said(asked.draft.request)),
            outside(restyled(asked.problem), limit=_LONGEST_PROBLEM) or None,
            _looks_like(asked),
            None if asked.stopped is None else stopped(asked.stopped),
            None if asked.rate is None else _offer(asked.rate, asked.draft.request),
            _advice(asked),
            italic(f"{asked.account.label} · {asked.account.venue.badge}"),
        ),
        _choices(asked),
    )


def payout_question(asked: AskedPayout) -> Screen:
    """Where the result of a swap goes, or the memo of that address."""
    followed = asked.followed
    return Screen(
        lines(
            bold("Payout address of swap ", words.reference(followed.swap)),
            outside(restyled(asked.problem), limit=_LONGEST_PROBLEM) or None,
            *_payout_advice(asked.draft, followed),
        ),
        (*_payout_choices(asked), (Press("Never mind", DropDialogue(dialogue=asked.dialogue.id)),)),
    )


def _payout_choices(asked: AskedPayout) -> Rows:
    return tuple(
        (Press(_label(choice.label), ChooseForSwap(dialogue=asked.dialogue.id, choice=at)),)
        for at, choice in enumerate(asked.draft.choices)
    )


def _payout_advice(draft: PayoutDraft, followed: FollowedSwap) -> tuple[Html | str, ...]:
    coin = followed.withdraw
    if draft.address is None:
        return (
            text("Write the address that shall receive ", words.received(followed), ", on ", _network(coin), "."),
            "It can be set once. The next card shows it for you to compare.",
        )
    return (
        text("To ", words.address(draft.address)),
        f"Which {words.memo_name(coin)} was given with it? Coins without theirs can be lost.",
    )


def _said(request: SwapRequest) -> Html:
    """What is known so far, in words: `Swap 500 USDC on Ethereum to BTC`."""
    amount = "" if request.amount is None else f"{number(request.amount)} "
    gets = amount if request.gets else ""
    sends = "" if request.gets else amount
    sent = _coin(request.deposit, request.deposit_text)
    got = _coin(request.withdraw, request.withdraw_text)
    parts = [text("Swap")]
    if sends or sent:
        parts.append(text(sends, sent or text("of which coin?")))
    if gets or got:
        parts.append(text("to ", gets, got or text("which coin?")))
    return join(" ", parts)


def _coin(coin: Coin | None, typed: str | None) -> Html:
    if coin is not None:
        return words.named(coin)
    name, at, network = (typed or "").partition("@")
    code = network_named(network)
    return outside(f"{name} on {network if code is None else network_of(code).name}" if at else name, limit=40)


def _symbol(coin: Coin | None, code: str) -> Html:
    return words.symbol(coin) if coin is not None else outside(code, limit=30)


def _network(coin: Coin) -> Html:
    return bold(words.network(coin))


def _looks_like(asked: AskedSwap) -> Html | None:
    """Of which other networks a refused address could be."""
    if asked.check is None or not asked.check.networks:
        return None
    names = " or ".join(network_of(each).name for each in asked.check.networks[:_NAMED_NETWORKS])
    more = ", or of a network like it" if len(asked.check.networks) > _NAMED_NETWORKS else ""
    return text("It looks like an address of ", outside(names), more, ".")


def _offer(rate: Rate, request: SwapRequest) -> Html:
    """The rate and what the offer takes, of the side that is named."""
    deposit, withdraw = _symbol(request.deposit, rate.deposit), _symbol(request.withdraw, rate.withdraw)
    least, most = (rate.least_withdraw, rate.most_withdraw) if request.gets else (rate.least_deposit, rate.most_deposit)
    limits = [f"{word} {number(limit)}" for word, limit in (("from", least), ("up to", most)) if limit is not None]
    named = withdraw if request.gets else deposit
    return lines(
        words.price(rate.price, deposit=deposit, withdraw=withdraw),
        text("It takes ", " ".join(limits), " ", named, ".") if limits else None,
    )


def _advice(asked: AskedSwap) -> Html | str | None:
    request = asked.draft.request
    match asked.draft.asking:
        case SwapQuestion.DEPOSIT:
            return _ask_coin("Which coin do you send?", request.deposit_text)
        case SwapQuestion.WITHDRAW:
            return _ask_coin("Which coin do you want?", request.withdraw_text)
        case SwapQuestion.AMOUNT:
            return _ask_amount(request, asked.rate)
        case SwapQuestion.ADDRESS:
            return _ask_address(
                request.withdraw, "Where to? Write your own address for ", "It cannot be changed later."
            )
        case SwapQuestion.REFUND:
            return _ask_address(
                request.deposit, "If it fails, where should coins go back to? Write an address for ", ""
            )
        case SwapQuestion.EXTRA_ID:
            return _ask_memo(request.withdraw, request.address)
        case SwapQuestion.REFUND_EXTRA_ID:
            return _ask_memo(request.deposit, request.refund_address)
        case None:
            return None


def _ask_coin(ask: str, typed: str | None) -> str:
    if typed is not None:
        return "On which network? They are different coins, though they are called the same. Tap one."
    return f"{ask} Tap one, or write its name or code: BTC, or USDT on Tron."


def _ask_amount(request: SwapRequest, rate: Rate | None) -> Html:
    """With an example from the offer, of the coin whose amount is not the one that is asked for."""
    other = request.deposit if request.gets else request.withdraw
    taken = () if rate is None or other is None else sizes(rate, gets=not request.gets, coin=other, count=2)
    ask = "How much? Tap an amount, or write one."
    if not taken or other is None:
        return text(ask)
    what = "what you send" if request.gets else "what you get"
    return text(ask, f" With its coin it may be {what}: {number(taken[-1])} ", words.symbol(other), ".")


def _ask_address(coin: Coin | None, ask: str, more: str) -> Html:
    of = text("it") if coin is None else text(words.symbol(coin), " on ", _network(coin))
    return text(ask, of, f". {more}".rstrip())


def _ask_memo(coin: Coin | None, address: str | None) -> Html:
    name = "memo" if coin is None else words.memo_name(coin)
    return lines(
        words.address(address) if address else None,
        f"Which {name} was given with this address? Exchanges and many wallets need one; without it coins can be lost.",
    )


def _choices(asked: AskedSwap) -> Rows:
    draft = asked.draft
    keys: list[Key] = [
        Press(
            _label(restyled(choice.label) if draft.asking in _AMOUNTS else choice.label),
            ChooseForSwap(dialogue=asked.dialogue.id, choice=at),
        )
        for at, choice in enumerate(draft.choices)
    ]
    columns = _COLUMNS.get(draft.asking, 1)
    rows = [tuple(keys[at : at + columns]) for at in range(0, len(keys), columns)]
    if draft.request.deposit is not None and draft.request.withdraw is not None:
        rows.append((Press("⇄ The other way round", TurnSwap(dialogue=asked.dialogue.id)),))
    rows.append((Press("Never mind", DropDialogue(dialogue=asked.dialogue.id)),))
    return tuple(rows)


def _label(label: str) -> str:
    return outside(label, limit=_LONGEST_LABEL).plain or "?"


def transaction_question(dialogue: Dialogue, followed: FollowedSwap) -> Screen:
    return Screen(
        lines(
            bold("Swap ", words.reference(followed.swap), ": the transaction that paid it"),
            "Paste its id, or its page in an explorer. It helps the service to find your deposit; it is not needed.",
        ),
        ((Press("Never mind", DropDialogue(dialogue=dialogue.id)),),),
    )


def transaction_taken(transaction: str, *, is_known: bool) -> Screen:
    """What was passed on; or that no answer came to it."""
    if is_known:
        return Screen(lines("Noted: the transaction is", words.copied(transaction)))
    return Screen(text(bold("No answer came: "), "whether the service noted it is not known. The swap's card says so."))


def no_transaction() -> Screen:
    return Screen(text("Never mind then: the swap goes on without it."))
