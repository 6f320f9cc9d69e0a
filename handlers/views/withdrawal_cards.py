"""The card of a withdrawal's ticket, through its whole life. It says what the exchange does not tell."""

from datetime import datetime, timedelta
from typing import assert_never

from chatbot.domain.errors import Obstacle
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.money import Amount, round_half_up
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    Lost,
    Missed,
    Moved,
    Outcome,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
    WrongCodes,
)
from handlers.actions import ContinueTicket, DeclineTicket, RepeatTicket, SettleByWord
from handlers.views.format import amount, left_of, moment, span
from handlers.views.html import Html, bold, code, italic, lines, outside, pre, text
from handlers.views.screen import Press, Rows, Screen
from handlers.views.ticket_parts import CAUSES, badge, countdown, headline, plain, reason, table

_TOLD = "ANDX reports no fee, no number and no status of withdrawals, and sends only to addresses saved on its site."
_NOT_SAVED = 1319
"""The exchange's code where no address is saved under the alias (api: section 8)."""
_SAID = {
    TicketState.CLAIMED: "Sending… It can no longer be cancelled here.",
    TicketState.DECLINED: "Cancelled by you. Nothing was sent.",
    TicketState.EXPIRED: "Expired. Nothing was sent.",
}
_BLOCKED = {
    Obstacle.LOCKED: "Your accounts were locked, so it was stopped.",
    Obstacle.REMOVED: "Your access to this bot was taken away, so it was stopped.",
    Obstacle.HALTED: "Everything was halted when its time came.",
    Obstacle.FACTOR_MISSING: "Two-factor is asked of everybody here now. Turn it on with /2fa.",
    Obstacle.WITHDRAWAL_TOO_LARGE: "Your limit for one withdrawal is lower now. See /limits.",
    Obstacle.WITHDRAWALS_USED_UP: "The day's limit was used up when its time came. See /limits.",
    Obstacle.NOT_VALUED: "Nothing tells what it is worth any more. See /limits.",
    Obstacle.PRICE_UNCLEAR: "The prices were too far apart when its time came to tell what it is worth.",
    Obstacle.FROZEN: "An earlier withdrawal of this currency has no known outcome. See /pending.",
    Obstacle.FORGED: "It was changed behind my back, in the database. Tell whoever runs this bot.",
}


def withdrawal_card(ticket: Ticket, *, now: datetime) -> Screen:
    intent, terms = ticket.intent, ticket.terms
    if not isinstance(intent, Withdraw) or not isinstance(terms, WithdrawTerms):
        raise TypeError("not a withdrawal's ticket")
    match ticket.state:
        case TicketState.PENDING:
            return _first_step(ticket, intent, terms, now=now)
        case TicketState.CONTINUED:
            return _second_step(ticket, intent, terms, now=now)
        case TicketState.HELD:
            return _held(ticket, now=now)
        case TicketState.UNCERTAIN:
            return _uncertain(ticket, intent, terms)
        case TicketState.REFUSED:
            return _refused(ticket)
        case TicketState.DONE:
            return _done(ticket, now=now)
        case TicketState.CLAIMED | TicketState.DECLINED | TicketState.EXPIRED:
            again = ticket.state is TicketState.EXPIRED
            return plain(ticket, _SAID[ticket.state], rows=_again(ticket) if again else ())
        case _:
            assert_never(ticket.state)


def _first_step(ticket: Ticket, intent: Withdraw, terms: WithdrawTerms, *, now: datetime) -> Screen:
    return Screen(
        lines(
            bold(headline(ticket)),
            _facts(intent, terms),
            _hold(terms, now=now),
            italic(_TOLD),
            countdown(ticket, now=now),
        ),
        (
            (Press("Continue", ContinueTicket(ticket=ticket.id), style="primary"),),
            (Press("Cancel", DeclineTicket(ticket=ticket.id)),),
        ),
    )


def _second_step(ticket: Ticket, intent: Withdraw, terms: WithdrawTerms, *, now: datetime) -> Screen:
    asked = (
        text("To confirm, write this number here: ", code(ticket.number))
        if ticket.number
        else text("To confirm, write the six digits your authenticator app shows, or a recovery code.")
    )
    return Screen(
        lines(bold(headline(ticket)), _facts(intent, terms), _hold(terms, now=now), asked, countdown(ticket, now=now)),
        ((Press("Cancel", DeclineTicket(ticket=ticket.id)),),),
    )


def _facts(intent: Withdraw, terms: WithdrawTerms) -> Html:
    used = "first use" if not terms.uses else f"used {terms.uses} time{'s' if terms.uses > 1 else ''} before"
    worth = None if terms.value is None else Amount(round_half_up(terms.value, decimals=2), "USDT")
    rows = (
        ("Amount", amount(Amount(intent.amount, intent.currency))),
        ("Worth", "not known" if worth is None else f"≈ {amount(worth)}"),
        ("To", f"{outside(intent.alias).plain}"),
        ("", used),
        ("Before", f"{amount(terms.before)} available"),
        ("After", amount(terms.after)),
        ("Limit", f"{left_of(terms.left)} left today"),
    )
    return pre(table(rows))


def _hold(terms: WithdrawTerms, *, now: datetime) -> Html | None:
    if terms.held_until is not None and terms.held_until > now:
        return text(
            f"This name is new: a withdrawal to it waits until {moment(terms.held_until, now=now)} before it is sent, "
            "and can be cancelled up to then."
        )
    if terms.hold:
        return text(
            f"This name is not among your /aliases: the withdrawal waits {_wait(terms.hold)} before it is sent, "
            "and can be cancelled up to then."
        )
    return None


def _held(ticket: Ticket, *, now: datetime) -> Screen:
    due = ticket.send_at or now
    left = max(due - now, timedelta(0))
    waiting = f"Confirmed, and waiting: it is sent in {_wait(left)}, at {moment(due, now=now)}."
    trying = "Confirmed, and its time has come: it is tried every half a minute until the exchange can be reached."
    return Screen(
        lines(
            bold(headline(ticket)),
            bold(waiting if left else trying),
            "Nothing was sent yet. Until then Cancel really cancels.",
            badge(ticket),
        ),
        ((Press("✕ Cancel this withdrawal", DeclineTicket(ticket=ticket.id), style="danger"),),),
    )


def _wait(left: timedelta) -> str:
    """`23 h 59 min`, `4 min 30 s`, `12 s`: what is left, rounded down to two units."""
    seconds = int(left.total_seconds())
    if seconds >= 3_600:
        hours, minutes = divmod(seconds // 60, 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if seconds >= 60:
        minutes, seconds = divmod(seconds, 60)
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    return span(left)


def _done(ticket: Ticket, *, now: datetime) -> Screen:
    confirmed = isinstance(ticket.outcome, Requested) and ticket.outcome.confirmed
    at = moment(ticket.closed_at or now, now=now)
    said = f"Closed at {at}: you said that it was sent." if confirmed else f"Requested at {at}: ANDX took the request."
    return plain(
        ticket,
        bold(said),
        None if confirmed else "It gives no number and no status, so I cannot follow it; its site shows how it goes.",
        "It can no longer be cancelled here.",
    )


def _uncertain(ticket: Ticket, intent: Withdraw, terms: WithdrawTerms) -> Screen:
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else None
    why = CAUSES[lost.cause] if lost else "No answer came"
    now_there = None if lost is None or lost.available is None else lost.available
    rows = (
        ("Before", f"{amount(terms.before)} available"),
        ("After", f"{amount(terms.after)} if it was sent"),
        ("Now", "being read…" if now_there is None else f"{amount(now_there)} available"),
    )
    return plain(
        ticket,
        text(bold("Outcome not known. "), why, ". It may or may not have been sent; it is not sent again."),
        pre(table(rows)),
        f"Withdrawals of {intent.currency} are stopped until you say how it stands. Look at the withdrawals on ANDX's "
        "site first: a balance alone proves nothing.",
        rows=(
            (Press("It was sent", SettleByWord(ticket=ticket.id, was_sent=True)),),
            (Press("It was not sent", SettleByWord(ticket=ticket.id, was_sent=False)),),
        ),
    )


def _refused(ticket: Ticket) -> Screen:
    why = _why(ticket.outcome)
    worth_repeating = isinstance(ticket.outcome, Moved | Unsent | Disowned | Missed | RefusedBy)
    return plain(ticket, why, rows=_again(ticket) if worth_repeating else ())


def _why(outcome: Outcome | None) -> Html:
    """Why nothing was sent, or nothing was taken."""
    said: Html
    match outcome:
        case Moved():
            said = text("The available balance no longer covers it. Nothing was sent.")
        case Unsent(cause=cause):
            said = text(CAUSES[cause], ". Nothing was sent.")
        case Disowned():
            said = text("Closed: you said that it was not sent.")
        case Blocked(obstacle=obstacle):
            said = text(bold("Not sent. "), _BLOCKED.get(obstacle, "Something stood in its way."))
        case Missed():
            said = text("Not sent: I was away when its time came, and too long after it.")
        case WrongCodes():
            said = text("Closed after three wrong answers. Nothing was sent. If that was not you: /lock")
        case RefusedBy(key_rejected=True, code=status):
            said = text(f"ANDX did not accept the key ({status}); it may lack the right to withdraw. Nothing was sent.")
        case RefusedBy() as refusal:
            said = text(bold("Refused by the exchange: "), reason(refusal))
            if refusal.code == _NOT_SAVED:
                said = lines(said, "Save the address on ANDX's site under exactly this name, then try again.")
        case _:
            said = text("Nothing was sent.")
    return said


def _again(ticket: Ticket) -> Rows:
    return ((Press("New card", RepeatTicket(ticket=ticket.id)),),)
