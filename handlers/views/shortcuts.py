"""The question for what should become of an amount."""

from chatbot.domain.drafts import AmountDraft, Dialogue
from chatbot.domain.money import Amount
from chatbot.domain.shortcuts import AmountUse
from handlers.actions import DropDialogue, UseAmount
from handlers.views.format import amount
from handlers.views.html import bold, code, lines, outside, text
from handlers.views.screen import Press, Screen, Style

_STYLES: dict[AmountUse, Style] = {AmountUse.BUY: "success", AmountUse.SELL: "danger"}


def question(dialogue: Dialogue, draft: AmountDraft, uses: tuple[AmountUse, ...]) -> Screen:
    """Every button leads on to a card or another question; nothing is sent by it."""
    written = outside(said(draft), limit=60)
    keys = [
        Press(f"{use.value.capitalize()} {written.plain}", UseAmount(dialogue=dialogue.id, use=use), _STYLES.get(use))
        for use in uses
    ]
    rows = [tuple(keys[at : at + 2]) for at in range(0, len(keys), 2)]
    return Screen(
        lines(text("What about ", bold(written), "?"), "Nothing is sent before you confirm a card."),
        (*rows, (Press("Never mind", DropDialogue(dialogue=dialogue.id)),)),
    )


def not_said(draft: AmountDraft, uses: tuple[AmountUse, ...]) -> Screen:
    """The answer was none of those that are offered."""
    names = text(*(text(" or " if at else "", code(use.value)) for at, use in enumerate(uses)))
    return Screen(lines(text("Say ", names, " for ", outside(said(draft), limit=60), ", or tap one. /stop ends this.")))


def said(draft: AmountDraft) -> str:
    return amount(Amount(draft.amount, draft.currency))
