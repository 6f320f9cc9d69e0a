"""One voice for errors: a class of error in, what a person reads out. Looked up along the class's ancestors."""

from collections.abc import Callable
from typing import Any

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import (
    AccountOwnerDifferent,
    Cause,
    FactorLocked,
    FactorMissing,
    InputError,
    InsufficientBalance,
    KeyRejected,
    NoSession,
    NoSwapKey,
    NotAllowed,
    NotDrawn,
    NotLinked,
    NotPermitted,
    NotSent,
    Obstacle,
    OrderNotFound,
    OutcomeUnknown,
    PriceMoved,
    Refused,
    RightsUnknown,
    SessionExpired,
    Stopped,
    SwapNotFound,
    TicketError,
    TicketProblem,
    Unavailable,
    UnknownCoin,
    UnknownMarket,
    WithdrawAddressNotFound,
    WrongCode,
)
from chatbot.domain.limits import VALUED_IN
from handlers.actions import BeginLink, LinkPracticeSwaps
from handlers.views import door, markets, protection, sessions
from handlers.views.format import amount, exact_moment, left_of, ratio, restyled
from handlers.views.html import Html, bold, lines, outside, text
from handlers.views.screen import Press, Screen
from handlers.views.ticket_parts import said_of

_UNAVAILABLE = {
    Cause.UNREACHABLE: "The exchange cannot be reached right now.",
    Cause.FAULT: "Something went wrong here.",
    Cause.BUDGET: "The request allowance of this minute is used up.",
    Cause.STOPPED: "Everything is locked right now; /unlock lifts your own lock.",
    Cause.SHUTDOWN: "The bot is just being restarted.",
    Cause.TIMEOUT: "The exchange does not answer right now.",
    Cause.BROKEN: "The connection to the exchange broke.",
    Cause.RATE_LIMITED: "The exchange asks for a pause: too many requests.",
    Cause.REDIRECT: "The exchange answered something unexpected.",
    Cause.FORBIDDEN: "The request was turned away (403), by the exchange or on the way to it.",
    Cause.SERVER_FAULT: "The exchange has a fault right now.",
    Cause.UNREADABLE: "The exchange answered something unexpected.",
}

_TICKETS = {
    TicketProblem.UNKNOWN: "This button is not known here (any more). Nothing was sent.",
    TicketProblem.NOT_YOURS: "This card belongs to somebody else.",
    TicketProblem.ALREADY_TAKEN: "You tapped Confirm already; the card shows how it stands. Nothing was sent twice.",
    TicketProblem.DECLINED: "You cancelled this card. Nothing was sent.",
    TicketProblem.EXPIRED: "This card has expired. Nothing was sent; please ask for a new one.",
    TicketProblem.RENEWED: "The price on this card was renewed just then. Nothing was sent; tap again if it suits you.",
    TicketProblem.SENT: "It was sent already and can no longer be cancelled here. The card shows how it stands.",
    TicketProblem.CLOSED: "This card is closed; it says why. Nothing more is sent for it.",
}


def describe(error: BaseException) -> Screen | None:
    """What a person is told; None if this is no error we know, that is, our own fault."""
    for kind in type(error).__mro__:
        if kind in SENTENCES:
            said = SENTENCES[kind](error)
            return said if isinstance(said, Screen) else Screen(said)
    return None


def _key_rejected(error: KeyRejected) -> Html:
    if error.service:
        return lines(
            bold(f"{error.service} did not accept your key ({error.status})."),
            "Usual reasons: it was deleted there, or is not whole.",
            "See /accounts; /link nexchange stores a new one.",
        )
    return lines(
        bold(f"The exchange did not accept your key ({error.status})."),
        "Usual reasons: not confirmed by e-mail, a missing permission, or deleted on its site.",
        "See /accounts; /link stores a new one.",
    )


def _unavailable(error: Unavailable) -> str:
    said = _UNAVAILABLE[error.cause]
    return said_of(error.service, said) if error.service else said


def _refused(error: Refused) -> Html:
    code = f" ({error.code})" if error.code is not None else ""
    who = f"{error.service or 'The exchange'} refused."
    return lines(bold(who), text("It says: ", outside(error.reason or "nothing"), code))


def _not_valued(error: Stopped) -> Html:
    currency = error.currency
    return lines(
        f"No market says now what {currency} is worth in {VALUED_IN}, so no limit can be checked.",
        f"Its withdrawals can have a limit of their own: /limits withdrawals {currency} AMOUNT",
    )


_DONE = {"order": "ordered", "withdrawal": "withdrawn", "swap": "swapped"}
"""What a limit of nothing keeps from being done."""


def _over(what: str, error: Stopped) -> Html:
    """More than one order, withdrawal or swap may be worth."""
    if error.limit is not None and not error.limit.value:
        return lines(f"Your limit lets nothing be {_DONE[what]}.", "/limits changes it; raising takes 24 h.")
    most = f": at most {amount(error.limit)}" if error.limit else ""
    return lines(f"That is more than one {what} may be worth{most}.", "Make it smaller, or see /limits.")


def _used_up(what: str, error: Stopped) -> Html:
    """More than the day leaves."""
    limit = f" of {amount(error.limit)} a day" if error.limit else ""
    left = f" Left: {left_of(error.left)}." if error.left else ""
    more = f" More is free from {exact_moment(error.ease_at)} on." if error.ease_at else ""
    return lines(f"That is beyond your limit for {what}{limit}.{left}{more}", "See /limits.")


_STOPPED: dict[Obstacle, Callable[[Stopped], Html]] = {
    Obstacle.HALTED: lambda _: text(
        "The owner of this bot has stopped everything. Nothing is sent until they /resume."
    ),
    Obstacle.LOCKED: lambda _: text("Your accounts are locked, so nothing is sent. /unlock opens them again."),
    Obstacle.REMOVED: lambda _: text(
        "Your access to this bot was taken away, so nothing is sent. /accounts and /forget still work."
    ),
    Obstacle.FACTOR_MISSING: lambda _: text("This bot asks a second factor of everybody. Turn yours on with /2fa."),
    Obstacle.ORDER_TOO_LARGE: lambda error: _over("order", error),
    Obstacle.ORDERS_USED_UP: lambda error: _used_up("orders", error),
    Obstacle.TOO_FAR: lambda error: lines(
        "This price is too far from the last one, on the side where you lose"
        + (f": more than {ratio(error.share)}." if error.share is not None else "."),
        "Choose a nearer price, or see /limits.",
    ),
    Obstacle.WITHDRAWAL_TOO_LARGE: lambda error: _over("withdrawal", error),
    Obstacle.WITHDRAWALS_USED_UP: lambda error: _used_up(f"{error.currency} withdrawals".strip(), error),
    Obstacle.SWAP_TOO_LARGE: lambda error: _over("swap", error),
    Obstacle.SWAPS_USED_UP: lambda error: _used_up("swaps", error),
    Obstacle.NOT_VALUED: _not_valued,
    Obstacle.PRICE_UNCLEAR: lambda error: lines(
        f"The prices of {error.currency} are too far apart now to tell what it is worth, so no limit can be checked.",
        "Try again when they agree; see /price.",
    ),
    Obstacle.FROZEN: lambda error: lines(
        f"An earlier {error.currency} withdrawal has no known outcome, so no other is sent.",
        "Look it up at the exchange and close it: /pending",
    ),
    Obstacle.PAYOUT_UNSETTLED: lambda _: lines(
        "You confirmed a payout address for this swap, and whether it was set is not known yet. No other is sent.",
        "I am reading the order; its card shows how it stands: /pending",
    ),
    Obstacle.FORGED: lambda _: text(
        "It was changed in the database behind my back, so nothing was sent. Tell whoever runs this bot; see /audit."
    ),
}


def _no_swap_key(error: NoSwapKey) -> Screen:
    link = (Press("Link a key of n.exchange", BeginLink(venue=Venue.NEXCHANGE)),)
    practise = (Press("Practise with play money", LinkPracticeSwaps(), style="success"),)
    return Screen(
        lines(
            bold("No key of n.exchange is linked."),
            "n.exchange swaps one coin for another; its key is beside that of your exchange account.",
            "/link nexchange KEY links one: your message is deleted." if error.live else None,
        ),
        (*((practise,) if error.practice else ()), *((link,) if error.live else ())),
    )


def _unknown_coin(error: UnknownCoin) -> Html:
    near = ", ".join(error.nearest)
    return lines(
        text("n.exchange has no coin “", outside(error.typed, limit=40), "”."),
        text("Close to it: ", outside(near), ".") if near else "Write its name or code, such as USDT on Tron.",
    )


def _not_permitted(error: NotPermitted) -> Html:
    said = text(" It says: ", outside(error.reason)) if error.reason else text()
    return lines(
        text(bold("This key may not do that at n.exchange."), said),
        "Ask n.exchange to allow it, or link a key that may: /link nexchange begins that.",
    )


def _factor_locked(error: FactorLocked) -> Html:
    return lines(
        bold("Your second factor is locked: too many wrong codes in a row."),
        f"No code is accepted until {exact_moment(error.until)}. If the wrong ones were not yours, /lock now.",
    )


def stopped(error: Stopped) -> Html:
    """What stands in the way, and what to do."""
    return _STOPPED[error.obstacle](error)


SENTENCES: dict[type[BaseException], Callable[[Any], Html | Screen]] = {
    UnknownMarket: markets.unknown,
    InputError: lambda error: text(restyled(error.sentence)),
    UnknownCoin: _unknown_coin,
    NoSwapKey: _no_swap_key,
    NoSession: sessions.no_session,
    SessionExpired: lambda _: sessions.expired(),
    NotLinked: lambda _: lines(bold("No account is linked."), "/link links one."),
    NotAllowed: lambda _: text("This is not for you, or the link was used or is too old. Ask the owner for a new one."),
    KeyRejected: _key_rejected,
    FactorMissing: lambda _: lines(bold("This needs a second factor, and you have none."), "/2fa turns it on."),
    FactorLocked: _factor_locked,
    WrongCode: lambda error: protection.wrong(error.left),
    Refused: _refused,
    PriceMoved: lambda _: lines(
        bold("The price moved too much since the quote."), "Nothing was converted; ask for a new quote."
    ),
    AccountOwnerDifferent: lambda _: text("The exchange knows no account of this name under your key."),
    InsufficientBalance: lambda _: text("The exchange says the available balance is not enough. See /balance."),
    OrderNotFound: lambda _: text("The exchange knows no such order under your key. /orders lists them."),
    WithdrawAddressNotFound: lambda _: lines(
        "The exchange has no withdrawal address of this currency saved under this alias.",
        "Save it on ANDX's site under that alias; mind the spelling, capitals too.",
    ),
    SwapNotFound: lambda _: text("n.exchange knows no such swap under your key. /swaps lists them all."),
    NotPermitted: _not_permitted,
    TicketError: lambda error: text(_TICKETS[error.problem]),
    Stopped: stopped,
    RightsUnknown: lambda _: text(door.UNCLEAR),
    Unavailable: lambda error: lines(_unavailable(error), "Nothing was changed. Please try again."),
    NotDrawn: lambda _: lines(text("The picture could not be drawn right now."), "Please try again in a minute."),
    NotSent: lambda error: lines(_unavailable(error), "Nothing was sent. Please try again."),
    OutcomeUnknown: lambda _: lines(bold("No answer came."), "It is being found out; see /pending."),
}
