"""The one question for everything protected."""

from chatbot.domain import protected
from chatbot.domain.limit_words import limit_in_words
from chatbot.domain.protected import Protected
from chatbot.services.protection import Challenge
from handlers.actions import DropDialogue
from handlers.views.html import Html, bold, code, lines, outside, text
from handlers.views.screen import Press, Screen
from handlers.views.ticket_parts import headline

_WHAT: dict[type[Protected], str] = {
    protected.ConfirmWithdrawal: "Confirm the withdrawal",
    protected.ConfirmSwap: "Confirm the swap",
    protected.Unlock: "Unlock your accounts",
    protected.Resume: "End the halt for everybody",
    protected.Unlink: "Unlink this account",
    protected.TurnOffFactor: "Turn off your second factor",
    protected.RenewRecoveryCodes: "Make new recovery codes",
    protected.RequireFactor: "Change what is asked of everybody",
    protected.Invite: "Invite somebody",
    protected.RemovePerson: "Remove this person",
    protected.Forget: "Erase everything of yours",
}


def question(challenge: Challenge) -> Screen:
    """What to type, and for what."""
    what = _what(challenge.action) if challenge.ticket is None else text("Confirm: ", headline(challenge.ticket))
    if challenge.number is None:
        ask = text("Send the six digits your authenticator app shows now, or one of your recovery codes.")
    else:
        ask = text("Send this number: ", code(challenge.number))
    cancel = Press("Cancel", DropDialogue(dialogue=challenge.dialogue.id))
    return Screen(lines(bold(what, "?"), ask, "Your message is deleted at once."), ((cancel,),))


def _what(action: Protected) -> Html:
    """What the answer will do, so that nobody answers for something else."""
    match action:
        case protected.CloseUncertain(was_sent=was_sent):
            return text("Close the card: it was sent" if was_sent else "Close the card: it was NOT sent")
        case protected.RaiseLimit():
            return text(f"Raise a limit, {limit_in_words(action.kind, action.currency, action.value)}, in 24 h")
        case protected.AddAlias():
            return text(f"Add the {action.currency} alias “", outside(action.name), "”")
        case _:
            return text(_WHAT[type(action)])


def code_kept() -> Screen:
    """The warning when a message with a code could not be deleted."""
    return Screen(lines(bold("I could not delete your message with the code."), "Please delete it yourself, now."))


def stray(*, deleted: bool) -> Screen:
    """A code that nothing asks for."""
    return Screen(lines(bold("Nothing asks for a code now."), text("That looked like one. ", _gone(deleted))))


def burnt(*, deleted: bool) -> Screen:
    """A right code that nothing asks for."""
    said = "That was a right one, so it is used up now and opens nothing. "
    return Screen(
        lines(
            bold("Nothing asks for a code now."),
            text(said, _gone(deleted)),
            "If something asked for it until just now, and you did not end that, /lock now.",
        )
    )


def wrong(left: int) -> Html:
    """A wrong answer; with none left, the last."""
    if not left:
        return lines(bold("Wrong again: the question is closed."), "Nothing was done. If this was not you, /lock now.")
    return text(bold("That is not right."), f" {left} {'try' if left == 1 else 'tries'} left.")


def _gone(deleted: bool) -> str:
    return "I deleted it." if deleted else "I could not delete it: please do that yourself, now."
