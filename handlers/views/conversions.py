"""Questions of a guided conversion."""

from chatbot.domain.convert_drafts import AmountOf, ConvertQuestion, ConvertRequest
from chatbot.domain.currencies import DOLLARS, USUAL_COUNTER
from chatbot.domain.routes import spending_of
from chatbot.services.conversions import AskedConversion
from handlers.actions import ChooseForConversion, CompareConversion, DropDialogue, TurnConversion
from handlers.views.format import amount, number, restyled
from handlers.views.html import bold, code, italic, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_COLUMNS = {ConvertQuestion.SELL: 3, ConvertQuestion.BUY: 3, ConvertQuestion.AMOUNT: 2, None: 1}
_ADVICE = {
    ConvertQuestion.SELL: "What do you sell? Tap one, or write its code.",
    ConvertQuestion.BUY: "What do you want for it? Tap one, or write its code. Many coins have no order book.",
    ConvertQuestion.AMOUNT: "How much? Tap one, or write an amount: 0.01, 25%, max; or {wanted}.",
    None: "Tap it, or write the conversion again.",
}
_LONGEST_LABEL = 40
_LONGEST_PROBLEM = 300


def question(asked: AskedConversion) -> Screen:
    """The open question with its choices; or what was wrong, with the number that works."""
    draft, available = asked.draft, asked.available
    return Screen(
        lines(
            bold(outside(said(draft.request), limit=_LONGEST_PROBLEM)),
            outside(restyled(asked.problem), limit=_LONGEST_PROBLEM) or None,
            None if available is None else text("You have ", code(outside(amount(available), limit=_LONGEST_LABEL))),
            outside(_ADVICE[draft.asking].format(wanted=_wanted(draft.request)), limit=_LONGEST_PROBLEM),
            italic(f"{asked.account.label} · {asked.account.venue.badge}"),
        ),
        _choices(asked),
    )


def _wanted(request: ConvertRequest) -> str:
    """How to say what is to be got. A number goes with dollars only: nobody knows what a coin's would be worth."""
    if request.buy is None or request.buy in DOLLARS:
        return f"what to get: 100 {request.buy or USUAL_COUNTER}"
    return f"how much {request.buy} to get, with its code"


def said(request: ConvertRequest) -> str:
    """What is known so far, in words: `Convert 25% of BTC to USDT`, `Convert BTC to get 100 USDT`."""
    words = ["Convert"]
    named = None if request.amount is None else number(request.amount)
    if named is not None and request.of is AmountOf.SHARE:
        words.append("all" if request.amount == 100 else f"{named}% of")
    elif named is not None and request.of is AmountOf.SOLD:
        words.append(named)
    if request.sell is not None:
        words.append(request.sell)
    if named is not None and request.of is AmountOf.BOUGHT:
        words += ["to get", named]
        return " ".join([*words, *([request.buy] if request.buy else [])])
    return " ".join([*words, *(["to", request.buy] if request.buy else [])])


def _choices(asked: AskedConversion) -> Rows:
    draft = asked.draft
    keys: list[Key] = [
        Press(
            outside(restyled(choice.label), limit=_LONGEST_LABEL).plain or "?",
            ChooseForConversion(dialogue=asked.dialogue.id, choice=at),
        )
        for at, choice in enumerate(draft.choices)
    ]
    columns = _COLUMNS[draft.asking]
    rows = [tuple(keys[at : at + columns]) for at in range(0, len(keys), columns)]
    if draft.request.sell is not None and draft.request.buy is not None:
        rows.append((Press("⇄ The other way round", TurnConversion(dialogue=asked.dialogue.id)),))
    if spending_of(draft) is not None:
        rows.append((Press("Compare", CompareConversion(dialogue=asked.dialogue.id)),))
    rows.append((Press("Never mind", DropDialogue(dialogue=asked.dialogue.id)),))
    return tuple(rows)
