"""Questions of a guided withdrawal."""

from chatbot.domain.drafts import QuantityKind, Question, WithdrawalRequest
from chatbot.services.withdrawals import AskedWithdrawal
from handlers.actions import ChooseForWithdrawal, DropDialogue
from handlers.views.errors import stopped
from handlers.views.format import amount, number, restyled
from handlers.views.html import Html, bold, code, italic, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_COLUMNS = {Question.CURRENCY: 3, Question.QUANTITY: 3, Question.ALIAS: 2, None: 1}
_ADVICE = {
    Question.CURRENCY: "Tap a currency, or write its code.",
    Question.QUANTITY: "Tap a share, or write an amount: 100.25, 25% or max.",
    Question.ALIAS: "Where to? Tap a name used before, or write the one under which ANDX's site has the address.",
    None: "Tap it, or write another amount.",
}
_LONGEST_LABEL = 30


def question(asked: AskedWithdrawal) -> Screen:
    """The open question with its choices; or what was wrong, with the number that would be right."""
    available = asked.available
    return Screen(
        lines(
            bold(_said(asked.draft.request)),
            restyled(asked.problem) or None,
            None if asked.stopped is None else stopped(asked.stopped),
            None if available is None else text("Available ", code(amount(available))),
            _ADVICE[asked.draft.asking] if asked.draft.asking or asked.draft.choices else None,
            italic(f"{asked.account.label} · {asked.account.venue.badge}"),
        ),
        _choices(asked),
    )


def _said(request: WithdrawalRequest) -> Html:
    """What is known so far, in words."""
    words = ["Withdraw"]
    if request.quantity is not None:
        share = request.quantity.kind is QuantityKind.PERCENT
        everything = share and request.quantity.value == 100
        words.append("all" if everything else number(request.quantity.value) + ("% of your" if share else ""))
    if request.currency is not None:
        words.append(request.currency)
    to = text() if request.alias is None else text(" to “", outside(request.alias), "”")
    return text(" ".join(words)) + to


def _choices(asked: AskedWithdrawal) -> Rows:
    keys: list[Key] = [
        Press(_label(asked, choice.label), ChooseForWithdrawal(dialogue=asked.dialogue.id, choice=at))
        for at, choice in enumerate(asked.draft.choices)
    ]
    columns = _COLUMNS[asked.draft.asking]
    rows = [tuple(keys[at : at + columns]) for at in range(0, len(keys), columns)]
    rows.append((Press("Never mind", DropDialogue(dialogue=asked.dialogue.id)),))
    return tuple(rows)


def _label(asked: AskedWithdrawal, label: str) -> str:
    """Aliases are people's own words: cleaned and cut like everything from outside, and nothing else."""
    said = label if asked.draft.asking is Question.ALIAS else restyled(label)
    return outside(said, limit=_LONGEST_LABEL).plain
