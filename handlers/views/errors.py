"""One voice for errors: a class of error in, what a person reads out. Looked up along the class's ancestors."""

from collections.abc import Callable
from typing import Any

from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    InputError,
    InsufficientBalance,
    KeyRejected,
    NotAllowed,
    NotLinked,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    Refused,
    TicketError,
    TicketProblem,
    Unavailable,
    UnknownMarket,
)
from handlers.views import markets
from handlers.views.html import Html, bold, lines, outside, text
from handlers.views.screen import Screen

_UNAVAILABLE = {
    Cause.UNREACHABLE: "The exchange cannot be reached right now.",
    Cause.FAULT: "Something went wrong here.",
    Cause.BUDGET: "The request allowance of this minute is used up.",
    Cause.SHUTDOWN: "The bot is just being restarted.",
    Cause.TIMEOUT: "The exchange does not answer right now.",
    Cause.BROKEN: "The connection to the exchange broke.",
    Cause.RATE_LIMITED: "The exchange asks for a pause: too many requests.",
    Cause.REDIRECT: "The exchange answered something unexpected.",
    Cause.SERVER_FAULT: "The exchange has a fault right now.",
    Cause.UNREADABLE: "The exchange answered something unexpected.",
}

_TICKETS = {
    TicketProblem.UNKNOWN: "This button is not known here (any more). Nothing was sent.",
    TicketProblem.NOT_YOURS: "This card belongs to somebody else.",
    TicketProblem.ALREADY_TAKEN: "You tapped Confirm already; the card shows how it stands. Nothing was sent twice.",
    TicketProblem.DECLINED: "You cancelled this card. Nothing was sent.",
    TicketProblem.EXPIRED: "This card has expired. Nothing was sent; please ask for a new one.",
}


def describe(error: BaseException) -> Screen | None:
    """What a person is told; None if this is no error we know, that is, our own fault."""
    for kind in type(error).__mro__:
        if kind in SENTENCES:
            said = SENTENCES[kind](error)
            return said if isinstance(said, Screen) else Screen(said)
    return None


def _key_rejected(error: KeyRejected) -> Html:
    return lines(
        bold(f"The exchange did not accept your key ({error.status})."),
        "Usual reasons: not confirmed by e-mail, a missing permission, or deleted at ANDX.",
        "See /accounts; /link stores a new one.",
    )


def _refused(error: Refused) -> Html:
    code = f" ({error.code})" if error.code is not None else ""
    return lines(bold("The exchange refused."), text("It says: ", outside(error.reason or "nothing"), code))


SENTENCES: dict[type[BaseException], Callable[[Any], Html | Screen]] = {
    UnknownMarket: markets.unknown,
    InputError: lambda error: text(error.sentence),
    NotLinked: lambda _: lines(bold("No account is linked."), "/link links one."),
    NotAllowed: lambda _: text("This is not for you, or the link was used or is too old. Ask the owner for a new one."),
    KeyRejected: _key_rejected,
    Refused: _refused,
    AccountOwnerDifferent: lambda _: text("The exchange knows no account of this name under your key."),
    InsufficientBalance: lambda _: text("The exchange says the available balance is not enough. See /balance."),
    OrderNotFound: lambda _: text("The exchange knows no such order under your key. /orders lists them."),
    TicketError: lambda error: text(_TICKETS[error.problem]),
    Unavailable: lambda error: lines(text(_UNAVAILABLE[error.cause]), "Nothing was changed. Please try again."),
    NotSent: lambda error: lines(text(_UNAVAILABLE[error.cause]), "Nothing was sent. Please try again."),
    OutcomeUnknown: lambda _: lines(bold("No answer came."), "It is being found out; see /pending."),
}
