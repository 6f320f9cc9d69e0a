"""What happened to orders and balances, and what the bot says when it is back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from chatbot.domain.absences import Missed
from chatbot.domain.aliases import LONGEST
from chatbot.domain.ids import TicketId
from chatbot.domain.intents import Withdraw
from chatbot.domain.money import sum_exactly
from chatbot.domain.notices import BalanceChange, BalanceMoved, OrderMoved
from chatbot.domain.orders import Order, OrderStatus, OrderType, Side
from chatbot.domain.tickets import Ticket, TicketState
from handlers.views.format import moment, number, span, when
from handlers.views.html import Html, bold, italic, join, lines, outside, text
from handlers.views.order_cards import order_lines
from handlers.views.screen import Screen

_BECAME = {
    OrderStatus.FILLED: "is filled",
    OrderStatus.CANCELLED: "is cancelled",
    OrderStatus.REJECTED: "was rejected by the exchange",
}
_DONE = {Side.BUY: "bought", Side.SELL: "sold"}


def orders_moved(notices: Sequence[OrderMoved], *, now: datetime) -> Screen:
    """Each order once, with all that was executed of it since it was last told. Latest news come last."""
    by_order: dict[tuple[str, int], list[OrderMoved]] = {}
    for notice in notices:
        by_order.setdefault((notice.account, notice.order.number), []).append(notice)
    told = [_order_moved(news, now=now) for news in by_order.values()]
    return Screen(join("\n\n", told))


def _order_moved(news: Sequence[OrderMoved], *, now: datetime) -> Html:
    last = news[-1]
    order, part = last.order, sum_exactly(notice.part for notice in news)
    since = next((notice.since for notice in news if notice.since is not None), None)
    return lines(
        bold(f"Order #{order.number} {_BECAME.get(order.status, 'is partly filled')}."),
        _asked(order),
        _executed(order, part),
        order_lines(order),
        None if since is None else f"It happened while I was away, after {moment(since, now=now)}.",
        italic(f"{last.account} · {last.venue.badge} · {when(last.at, now=now)}"),
    )


def _asked(order: Order) -> str:
    price = "at the market" if order.type is OrderType.MARKET else f"at {number(order.price)} {order.counter}"
    return f"{order.side.capitalize()} {number(order.volume)} {order.base} {price}"


def _executed(order: Order, part: Decimal) -> str | None:
    """What is new, where that is not all there is."""
    left = "" if order.status.is_final else f", {number(order.remaining)} {order.base} left"
    if not part or (part == order.executed and not left):
        return None
    return f"Now {number(part)} {order.base} {_DONE[order.side]}{left}."


def balance_moved(
    notice: BalanceMoved, tickets: Mapping[TicketId, Ticket], *, dust: Decimal, now: datetime
) -> Screen | None:
    """What no order explains, but for dust; None if that is all."""
    large = [change for change in notice.changes if change.worth is None or change.worth >= dust]
    if not large:
        return None
    told = (_change(change, tickets) for change in large)
    foot = italic(f"{notice.account} · {notice.venue.badge} · {when(notice.at, now=now)}")
    return Screen(lines(*told, foot))


def _change(change: BalanceChange, tickets: Mapping[TicketId, Ticket]) -> Html:
    ticket = None if change.ticket is None else tickets.get(change.ticket)
    total = f"New total {number(change.total)} {change.currency}."
    if ticket is not None and isinstance(ticket.intent, Withdraw):
        return lines(_withdrawn(change, ticket, ticket.intent), total)
    sign, guess = ("+", "a deposit") if change.by > 0 else ("−", "a withdrawal")
    amount = f"{'About ' if change.about else ''}{sign}{number(abs(change.by))} {change.currency}"
    return lines(text(bold(amount), f": no order explains it – {guess}?"), total)


def _withdrawn(change: BalanceChange, ticket: Ticket, intent: Withdraw) -> Html:
    alias, more = outside(intent.alias, limit=LONGEST), _beyond(change, intent)
    if ticket.state is TicketState.UNCERTAIN:
        left = bold(f"{number(abs(change.by))} {change.currency} left the account")
        just, rest = ("just what", ".") if more is None else ("what", f", {more}")
        known = text(left, f": {just} your withdrawal to “", alias, f"” asked for{rest}")
        return lines(known, "No answer had come to it. If you are sure that it is this one, close its card.")
    fee = "" if more is None else f" ({more})"
    amount = bold(f"Your withdrawal of {number(intent.amount)} {intent.currency}")
    return text(amount, " to “", alias, f"”{fee} has left the account.")


def _beyond(change: BalanceChange, intent: Withdraw) -> str | None:
    """What left the account beyond a withdrawal's amount, if anything."""
    rest = sum_exactly((-change.by, -intent.amount))
    return f"and {'about ' if change.about else ''}{number(rest)} {change.currency} more: a fee?" if rest > 0 else None


def away(missed: Missed) -> Screen | None:
    """One line for a place when the bot is back; None if there is nothing to say."""
    counted = [
        _count(missed.fills, "fill"),
        _count(missed.alerts, "alert"),
        _count(missed.swaps, "change of a swap", "changes of swaps"),
    ]
    happened = ", ".join(each for each in counted if each)
    unseen = "Crossings that came and went meanwhile were not seen." if missed.armed else None
    if not happened and unseen is None:
        return None
    back = f"Back after {span(missed.absence.length)}"
    return Screen(lines(bold(f"{back}: {happened} meanwhile." if happened else f"{back}."), unseen))


def _count(how_many: int, what: str, several: str = "") -> str:
    return f"{how_many} {what if how_many == 1 else several or what + 's'}" if how_many else ""
