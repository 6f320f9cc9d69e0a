"""What the cards of all tickets share."""

from datetime import datetime, timedelta
from typing import assert_never

from chatbot.domain.aliases import LONGEST
from chatbot.domain.errors import Cause, Obstacle
from chatbot.domain.intents import CancelOrders, Convert, CreateSwap, PlaceOrder, SetPayout, SwapTerms, Terms, Withdraw
from chatbot.domain.money import Amount, round_half_up
from chatbot.domain.orders import OrderFilter
from chatbot.domain.tickets import Disowned, RefusedBy, Ticket, Unsent
from handlers.actions import ShowOrders
from handlers.views import swap_words as words
from handlers.views.format import amount, number
from handlers.views.html import Html, bold, italic, lines, outside, text
from handlers.views.screen import Rows, Screen

_ENOUGH = 4
"""Decimals that are enough for an amount of one or more where a market's prices have very many."""

_ALMOST_A_SECOND = timedelta(milliseconds=999)
"""Added to what is left, so that a fresh card says 60 s and not 59."""

CAUSES = {
    Cause.UNREACHABLE: "The exchange could not be reached",
    Cause.FAULT: "Something went wrong here before anything was sent",
    Cause.BUDGET: "The request allowance of this minute was used up",
    Cause.STOPPED: "It was stopped by a lock before it was sent",
    Cause.SHUTDOWN: "The bot was restarted at that moment",
    Cause.TIMEOUT: "The exchange did not answer in time",
    Cause.BROKEN: "The connection broke before the answer came",
    Cause.RATE_LIMITED: "The exchange answered that there were too many requests",
    Cause.REDIRECT: "The exchange answered with a redirect",
    Cause.FORBIDDEN: "The request was turned away (403), by the exchange or on the way to it",
    Cause.SERVER_FAULT: "The exchange answered with a server fault",
    Cause.UNREADABLE: "The exchange's answer could not be read",
}


def said_of(service: str, sentence: str) -> str:
    """A sentence about “the exchange”, said of another service."""
    return sentence.replace("The exchange", service).replace("the exchange", service)


def headline(ticket: Ticket) -> Html:
    """The ticket in a few words: `Buy 0.01 BTC at 60,000 USDT`."""
    match ticket.intent:
        case PlaceOrder() as intent:
            at = "at the market" if intent.price is None else f"at {number(intent.price)} {intent.counter}"
            return text(f"{intent.side.capitalize()} {number(intent.volume)} {intent.base} {at}")
        case CancelOrders(orders=(one,)):
            return text(f"Cancel order #{one}")
        case CancelOrders(orders=orders):
            return text(f"Cancel {len(orders)} orders")
        case Withdraw() as intent:
            name = outside(intent.alias, limit=LONGEST)
            return text(f"Withdraw {number(intent.amount)} {intent.currency} to “", name, "”")
        case CreateSwap() as intent:
            return _swapped(intent, ticket.terms)
        case SetPayout() as intent:
            return text("Payout address of swap ", outside(intent.reference, limit=40))
        case Convert() as intent:
            sell, buy = outside(intent.sell, limit=16), outside(intent.buy, limit=16)
            return text("Convert ", number(intent.sold.value), " ", sell, " to ", buy)
        case _:
            assert_never(ticket.intent)


def _swapped(intent: CreateSwap, terms: Terms) -> Html:
    """`Swap 500 USDC on Ethereum to ≈ 0.01 BTC`: the amount that was named is exact, the other one an estimate."""
    if not isinstance(terms, SwapTerms):
        raise TypeError("not the terms of a swap")
    sends = intent.new.deposit_amount
    sent = words.estimate(terms.deposit.value, rounds_up=True) if sends is None else number(sends)
    gets = intent.new.withdraw_amount
    got = words.estimate(terms.withdraw.value, rounds_up=False) if gets is None else number(gets)
    return text("Swap ", f"{sent} ", words.named(intent.deposit), " to ", f"{got} ", words.named(intent.withdraw))


def badge(ticket: Ticket) -> Html:
    return italic(f"{ticket.account_label} · {ticket.venue.badge}")


def countdown(ticket: Ticket, *, now: datetime) -> Html:
    left = max(ticket.expires_at - now, timedelta(0)) + _ALMOST_A_SECOND
    return text(badge(ticket), italic(f" · {int(left.total_seconds())} s left"))


def plain(ticket: Ticket, *parts: Html | str | None, rows: Rows = ()) -> Screen:
    return Screen(lines(bold(headline(ticket)), *parts, badge(ticket)), rows)


def reason(refusal: RefusedBy) -> Html:
    said = outside(refusal.reason) if refusal.reason else text("no reason given")
    return said if refusal.code is None else said + f" ({refusal.code})"


def why_not(no: Unsent | RefusedBy | Disowned) -> Html:
    """Why it did not come about, where asking anew may help."""
    match no:
        case Unsent(cause=cause):
            return text(CAUSES[cause], ". Nothing was sent.")
        case RefusedBy() as refusal:
            return text(bold("Refused by the exchange: "), reason(refusal))
        case Disowned():
            return text("Closed: you said that it was not sent.")


def stopped(ticket: Ticket, obstacle: Obstacle) -> Screen:
    """Something closed it before the tap."""
    if obstacle is Obstacle.REMOVED:
        return plain(ticket, "Closed before your tap: your access to this bot was taken away. Nothing was sent.")
    return plain(ticket, "Closed by a lock before your tap. Nothing was sent. /unlock opens your accounts.")


def said_to_be_sent(ticket: Ticket) -> Screen:
    """An uncertain order that its person found at the exchange."""
    said = "I do not follow the order: the exchange's site shows how it goes."
    return plain(ticket, bold("Closed: you said that it was sent."), said)


def cut(value: Amount, decimals: int) -> str:
    """To so many decimals at most, fewer where the whole part says enough, without trailing zeros."""
    at_most = min(decimals, _ENOUGH) if abs(value.value) >= 1 and decimals > _ENOUGH + _ENOUGH else decimals
    return amount(Amount(round_half_up(value.value, decimals=at_most), value.currency))


def open_orders(ticket: Ticket) -> ShowOrders:
    return ShowOrders(account=ticket.account, which=OrderFilter.OPEN, page=1, code=None)


def table(rows: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{name:<6} {value}" for name, value in rows)
