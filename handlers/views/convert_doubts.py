"""The card of a conversion whose outcome is not known, and of one for which there was no session."""

from datetime import datetime

from chatbot.domain.orders import Side
from chatbot.domain.tickets import Lost, Ticket, Traded, Unsigned, may_be_settled_by_word
from handlers.actions import BeginSession, SettleByWord, ShowPending
from handlers.views.format import moment, number
from handlers.views.html import Html, bold, outside, text
from handlers.views.screen import Press, Rows, Screen
from handlers.views.sessions import fresh
from handlers.views.ticket_parts import CAUSES, plain

_NEEDS_SESSION = "I need a fresh session to find out"
_OPEN: Rows = ((Press("What is open?", ShowPending()),),)


def uncertain(ticket: Ticket, *, now: datetime) -> Screen:
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else None
    why = CAUSES[lost.cause] if lost else "No answer came"
    unknown = text(bold("Outcome not known yet. "), why, ". It may or may not have been converted.")
    if lost is not None and may_be_settled_by_word(ticket):
        return _left_to_you(ticket, lost, unknown, now=now)
    return plain(
        ticket,
        unknown,
        f"{_doing(lost)}. It is not sent again. Please do not repeat it by hand before this is settled.",
        rows=(*_session_rows(ticket, lost), *_OPEN),
    )


def unsigned(ticket: Ticket, outcome: Unsigned) -> Screen:
    """Nothing was done for want of a session."""
    if outcome.ended:
        said = "ANDX does not accept your browser session any more. Nothing was converted."
        return plain(ticket, said, "Everything else goes on working.", rows=((fresh(ticket.account),),))
    link = Press("Link Instant Trade", BeginSession(account=ticket.account))
    return plain(ticket, "No browser session is linked any more. Nothing was converted.", rows=((link,),))


def _doing(lost: Lost | None) -> str:
    if lost is not None and lost.needs_session:
        return _NEEDS_SESSION
    if lost is not None and lost.clean_reads:
        return "One complete look at your orders and trades did not show it; a second one follows"
    return "I am looking for it in your orders and trades at the exchange"


def _left_to_you(ticket: Ticket, lost: Lost, unknown: Html, *, now: datetime) -> Screen:
    return plain(
        ticket,
        unknown,
        text(_found(lost, now=now), ". It is not sent again. Look at the exchange's site, then say how it stands."),
        text(bold("It was sent"), ": it is there. I close this card and count it as sent."),
        text(bold("It was not sent"), ": it is not there. I close this card and count nothing."),
        rows=(
            (Press("It was sent", SettleByWord(ticket=ticket.id, was_sent=True)),),
            (Press("It was not sent", SettleByWord(ticket=ticket.id, was_sent=False)),),
            *_session_rows(ticket, lost),
            *_OPEN,
        ),
    )


def _found(lost: Lost, *, now: datetime) -> Html | str:
    """Why I cannot tell."""
    if lost.twin is not None:
        return f"Order #{lost.twin} may be it, but I cannot tell for sure"
    if lost.traded is not None:
        return _traded(lost.traded, now=now)
    if lost.out_of_reach:
        return "Your orders do not show it, and your trades cannot be read so far back"
    return _NEEDS_SESSION if lost.needs_session else "For long your orders and trades could not be read"


def _traded(traded: Traded, *, now: datetime) -> Html:
    """It may be several executions, told as one."""
    kind = "sale" if traded.side is Side.SELL else "purchase"
    what = text(f"A {kind} of {number(traded.amount)} in ", outside(traded.market, limit=32))
    return text(what, f" ({moment(traded.at, now=now)}) is in your trades, but the orders I can see do not explain it")


def _session_rows(ticket: Ticket, lost: Lost | None) -> Rows:
    return ((fresh(ticket.account),),) if lost is not None and lost.needs_session else ()
