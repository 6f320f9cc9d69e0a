"""The card of a ticket, whatever it is for, and the list of those without a known outcome."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from chatbot.domain.ids import AccountId
from chatbot.domain.intents import CancelOrders, Convert, CreateSwap, Intent, PlaceOrder, SetPayout, Withdraw
from chatbot.domain.policies import POLICIES
from chatbot.domain.tickets import Lost, Ticket, TicketState, may_be_settled_by_word
from handlers.actions import ShowPending, ShowTicket
from handlers.views.cancel_cards import cancel_card
from handlers.views.convert_cards import convert_card
from handlers.views.format import moment, span
from handlers.views.html import Html, bold, lines, outside, text
from handlers.views.order_cards import order_card
from handlers.views.screen import Press, Screen
from handlers.views.sessions import fresh
from handlers.views.swap_cards import create_card, payout_card
from handlers.views.ticket_parts import badge, headline
from handlers.views.withdrawal_cards import withdrawal_card

_MOST_LISTED = 20
_LONGEST_LABEL = 40


class _Card(Protocol):
    def __call__(self, ticket: Ticket, *, now: datetime) -> Screen: ...


CARDS: Mapping[type[Intent], _Card] = {
    PlaceOrder: order_card,
    CancelOrders: cancel_card,
    Withdraw: withdrawal_card,
    CreateSwap: create_card,
    SetPayout: payout_card,
    Convert: convert_card,
}


def card(ticket: Ticket, *, now: datetime) -> Screen:
    """What the ticket's message shows in its present state."""
    return CARDS[type(ticket.intent)](ticket, now=now)


def pending(tickets: tuple[Ticket, ...], *, now: datetime) -> Screen:
    """All tickets that wait or whose outcome is still open, with what is being done; those a person can act on have
    their card behind a button."""
    if not tickets:
        return Screen(lines(bold("Nothing is uncertain."), "Everything that was sent has a known outcome."))
    more = len(tickets) - _MOST_LISTED
    listed = tickets[:_MOST_LISTED]
    return Screen(
        lines(
            bold(_counted(tickets)),
            *(_line(ticket, now=now) for ticket in listed),
            f"…and {more} more." if more > 0 else None,
            "",
            "What was sent is never sent a second time."
            if _sent(tickets)
            else "Tap one to see its card, and to cancel it.",
        ),
        (
            *((Press(_label(ticket), ShowTicket(ticket=ticket.id)),) for ticket in listed if _is_persons(ticket)),
            *((fresh(account),) for account in _without_session(listed)),
            (Press("↻ Refresh", ShowPending()),),
        ),
    )


def _sent(tickets: tuple[Ticket, ...]) -> int:
    return sum(ticket.state.is_open for ticket in tickets)


def _counted(tickets: tuple[Ticket, ...]) -> str:
    """`1 waiting to be sent, 2 with an open outcome`."""
    sent = _sent(tickets)
    waiting = len(tickets) - sent
    counts = (f"{waiting} waiting to be sent" if waiting else "", f"{sent} with an open outcome" if sent else "")
    return ", ".join(count for count in counts if count)


def _without_session(tickets: tuple[Ticket, ...]) -> tuple[AccountId, ...]:
    """Accounts with something that only a fresh session can find out, each once."""
    waiting = (each for each in tickets if isinstance(each.outcome, Lost) and each.outcome.needs_session)
    return tuple(dict.fromkeys(each.account for each in waiting))


def _is_persons(ticket: Ticket) -> bool:
    """Whether its person can do something about it."""
    return may_be_settled_by_word(ticket) or ticket.state is TicketState.HELD


def _label(ticket: Ticket) -> str:
    return outside(headline(ticket).plain, limit=_LONGEST_LABEL).plain


def _line(ticket: Ticket, *, now: datetime) -> Html:
    since = now - (ticket.claimed_at or ticket.created_at)
    return lines(
        text("• ", bold(headline(ticket))),
        text("   ", span(since), " ago · ", _doing(ticket, now=now), " · ", badge(ticket)),
    )


def _doing(ticket: Ticket, *, now: datetime) -> str:
    if ticket.state is TicketState.HELD:
        return f"waits, is sent at {moment(ticket.send_at or now, now=now)}"
    if ticket.state is TicketState.CLAIMED:
        return "being sent"
    if isinstance(ticket.outcome, Lost) and ticket.outcome.needs_session:
        return "I need a fresh session to find out"
    if POLICIES[type(ticket.intent)].by_word:
        return "nobody can look it up: say on its card how it stands"
    if may_be_settled_by_word(ticket):
        return "I cannot tell what became of it: say on its card how it stands"
    if isinstance(ticket.outcome, Lost) and ticket.outcome.clean_reads:
        return "not seen in one complete look; a second one decides"
    return "looking for it at the exchange"
