"""The card of a ticket, through its whole life."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never

from chatbot.domain.errors import Cause
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import CancelOrders, CancelTerms, OrderLine, OrderTerms, PlaceOrder
from chatbot.domain.money import ZERO, Amount, divide, round_down, round_half_up, round_up
from chatbot.domain.orders import Order, OrderFilter, OrderStatus, OrderType, Side
from chatbot.domain.tickets import (
    Cancelled,
    CancelResult,
    CancelState,
    Lost,
    Moved,
    NotFound,
    Placed,
    RefusedBy,
    Ticket,
    TicketState,
    Unsent,
)
from handlers.actions import (
    CancelOrder,
    ConfirmTicket,
    DeclineTicket,
    RefreshTicket,
    RepeatTicket,
    ShowOrders,
    ShowPending,
)
from handlers.views.format import amount, bar, number, percent, ratio, span
from handlers.views.html import Html, bold, code, italic, lines, outside, pre, text
from handlers.views.screen import Press, Rows, Screen

_SURPRISE = Decimal("0.05")
"""An executed total this far from the one shown gets a remark."""

_MOST_LISTED = 20
_SHORT_REASON = 24
"""Characters of a reason, where up to fifty orders have one each in one message."""

_FEE_DECIMALS = 8
_ENOUGH = 4
"""Decimals that are enough for an amount of one or more where a market's prices have very many."""

_ALMOST_A_SECOND = timedelta(milliseconds=999)
"""Added to what is left, so that a fresh card says 60 s and not 59."""

_CAUSES = {
    Cause.UNREACHABLE: "The exchange could not be reached",
    Cause.FAULT: "Something went wrong here before anything was sent",
    Cause.BUDGET: "The request allowance of this minute was used up",
    Cause.SHUTDOWN: "The bot was restarted at that moment",
    Cause.TIMEOUT: "The exchange did not answer in time",
    Cause.BROKEN: "The connection broke before the answer came",
    Cause.RATE_LIMITED: "The exchange answered that there were too many requests",
    Cause.REDIRECT: "The exchange answered with a redirect",
    Cause.SERVER_FAULT: "The exchange answered with a server fault",
    Cause.UNREADABLE: "The exchange's answer could not be read",
}

_CANCEL_WORDS = {
    CancelState.REQUESTED: "cancel requested, waiting for the exchange…",
    CancelState.LOST: "no answer came; reading it back…",
    CancelState.NOT_SENT: "not sent, still open",
    CancelState.REFUSED: "refused",
    CancelState.CANCELLED: "cancelled",
    CancelState.FILLED: "was filled before it could be cancelled",
    CancelState.REJECTED: "had been rejected",
    CancelState.STILL_OPEN: "is still open",
}


def card(ticket: Ticket, *, now: datetime) -> Screen:
    """What the ticket's message shows in its present state."""
    match ticket.intent, ticket.terms:
        case PlaceOrder() as intent, OrderTerms() as terms:
            return _order_card(ticket, intent, terms, now=now)
        case CancelOrders() as intent, CancelTerms() as terms:
            return _cancel_card(ticket, intent, terms, now=now)
        case _:
            raise ValueError("an intent met another intent's terms")


def pending(tickets: tuple[Ticket, ...], *, now: datetime) -> Screen:
    """All tickets whose outcome is still open, with their age and what is being done."""
    if not tickets:
        return Screen(lines(bold("Nothing is uncertain."), "Every order and cancellation has a known outcome."))
    more = len(tickets) - _MOST_LISTED
    return Screen(
        lines(
            bold(f"{len(tickets)} with an open outcome"),
            *(_pending_line(ticket, now=now) for ticket in tickets[:_MOST_LISTED]),
            f"…and {more} more." if more > 0 else None,
            "",
            "Nothing is ever sent a second time. You will be told as soon as an outcome is known.",
        ),
        ((Press("↻ Refresh", ShowPending()),),),
    )


def headline(ticket: Ticket) -> str:
    """The ticket in a few words: `Buy 0.01 BTC at 60,000 USDT`."""
    match ticket.intent:
        case PlaceOrder() as intent:
            at = "at the market" if intent.price is None else f"at {number(intent.price)} {intent.counter}"
            return f"{intent.side.capitalize()} {number(intent.volume)} {intent.base} {at}"
        case CancelOrders(orders=(one,)):
            return f"Cancel order #{one}"
        case CancelOrders(orders=orders):
            return f"Cancel {len(orders)} orders"
        case _:
            assert_never(ticket.intent)


def badge(ticket: Ticket) -> Html:
    return italic(f"{ticket.account_label} · {ticket.venue.badge}")


def order_lines(order: Order) -> Html:
    """How far an order is: state, bar, what was executed at which price."""
    executed = f"{number(order.executed)} of {number(order.volume)} {order.base}"
    rows = [text(bar(order.executed_share), "  ", ratio(order.executed_share, decimals=1), f" · {executed}")]
    if order.executed:
        rows.append(text("Average ", code(number(order.average_price)), f" {order.counter}"))
        rows.append(text("Total ", code(number(_executed_total(order))), f" {order.counter}"))
    if order.fee:
        rows.append(text("Fee ", code(number(round_half_up(order.fee, decimals=_FEE_DECIMALS)))))
    return lines(*rows)


def _order_card(ticket: Ticket, intent: PlaceOrder, terms: OrderTerms, *, now: datetime) -> Screen:
    match ticket.state:
        case TicketState.PENDING:
            return _pending_order(ticket, intent, terms, now=now)
        case TicketState.CLAIMED:
            return _plain(ticket, "Sending…")
        case TicketState.DECLINED:
            return _plain(ticket, "Cancelled by you. Nothing was sent.")
        case TicketState.EXPIRED:
            again = Press("New card", RepeatTicket(ticket=ticket.id))
            return _plain(ticket, "Expired. Nothing was sent.", rows=((again,),))
        case TicketState.UNCERTAIN:
            return _uncertain(ticket, now=now)
        case TicketState.REFUSED:
            return _refused(ticket)
        case TicketState.DONE:
            return _done(ticket, intent, terms)
        case _:
            assert_never(ticket.state)


def _pending_order(ticket: Ticket, intent: PlaceOrder, terms: OrderTerms, *, now: datetime) -> Screen:
    about = "≈ " if intent.price is None else ""
    price = f"{about}{number(terms.expected_price, decimals=terms.price_decimals)} {intent.counter}"
    rows = (
        ("Market", f"{intent.base}/{intent.counter}"),
        ("Type", _type(intent)),
        ("Volume", f"{number(intent.volume)} {intent.base}"),
        ("Price", price),
        ("Total", f"{about or _bound(intent, terms)}{_total(intent, terms)}"),
        ("Fee", f"≈ {_fee(terms)}"),
        ("", f"{ratio(terms.fee_ratio)} as {'maker' if terms.maker else 'taker'}"),
        ("Last", number(terms.last, decimals=terms.price_decimals)),
        ("", _distance(intent, terms)),
        ("After", f"≈ {_cut(terms.after[0], terms.volume_decimals)}"),
        ("", f"≈ {_cut(terms.after[1], terms.price_decimals)}"),
    )
    notes = [text("⚠️ ", warning) for warning in terms.warnings]
    if intent.type is OrderType.MARKET:
        notes.append(italic("If the price gets more than 1% worse before your tap, I ask again."))
    elif not terms.maker:
        now_worth = _cut(Amount(intent.volume * terms.best, intent.counter), terms.price_decimals)
        notes.append(
            italic(f"This crosses the book: it fills at once, now for about {now_worth}, at worst at your price.")
        )
    return Screen(
        lines(bold(headline(ticket)), pre(_table(rows)), *notes, _countdown(ticket, now=now)),
        (
            (Press("Confirm", ConfirmTicket(ticket=ticket.id), style="success"),),
            (Press("Cancel", DeclineTicket(ticket=ticket.id)),),
        ),
    )


def _countdown(ticket: Ticket, *, now: datetime) -> Html:
    left = max(ticket.expires_at - now, timedelta(0)) + _ALMOST_A_SECOND
    return text(badge(ticket), italic(f" · {int(left.total_seconds())} s left"))


def _uncertain(ticket: Ticket, *, now: datetime) -> Screen:
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else None
    why = _CAUSES[lost.cause] if lost else "No answer came"
    doing = "I am looking for it in your orders at the exchange"
    if lost is not None and lost.clean_reads:
        doing = "One complete look at your orders did not show it; a second one follows"
    if lost is not None and lost.twin is not None:
        doing = f"Order #{lost.twin} looks like it but carries no mark of mine: please check on the exchange's site"
    return _plain(
        ticket,
        text(bold("Outcome not known yet. "), why, ". The order may or may not have been placed."),
        text(doing, ". It is not sent again. Please do not repeat it by hand before this is settled."),
        rows=((Press("What is open?", ShowPending()),),),
    )


def _refused(ticket: Ticket) -> Screen:
    again: Rows = ((Press("New card", RepeatTicket(ticket=ticket.id)),),)
    match ticket.outcome:
        case Moved():
            return _plain(ticket, "Price or balance moved beyond what this card showed. Nothing was sent.", rows=again)
        case Unsent(cause=cause):
            return _plain(ticket, text(_CAUSES[cause], ". Nothing was sent."), rows=again)
        case NotFound(reads=reads):
            said = f"Not placed: {reads} complete looks at your orders, far enough apart, did not show it."
            return _plain(ticket, said, rows=((Press("Open orders", _open_orders(ticket)),),))
        case RefusedBy(key_rejected=True, code=status):
            said = f"ANDX did not accept the key ({status}). Nothing was placed. Check it with /accounts."
            return _plain(ticket, said)
        case RefusedBy() as refusal:
            return _plain(ticket, text(bold("Refused by the exchange: "), _reason(refusal)), rows=again)
        case _:
            return _plain(ticket, "Nothing was placed.")


def _done(ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> Screen:
    number_ = ticket.outcome.number if isinstance(ticket.outcome, Placed) else None
    order = ticket.order
    if order is None:
        return _plain(
            ticket, text(bold(f"Order #{number_} was accepted."), " Reading it back…"), rows=_live_keys(ticket, number_)
        )
    body = lines(bold(f"Order #{order.number} {_STATUS_WORDS[order.status]}"), order_lines(order))
    remark = _remark(order, intent, terms)
    if order.status.is_final:
        return _plain(ticket, body, remark)
    return _plain(ticket, body, italic("I tell you when it ends."), rows=_live_keys(ticket, order.number))


def _live_keys(ticket: Ticket, number_: OrderNumber | None) -> Rows:
    """What can be done about an order that may still be open."""
    refresh = (Press("↻ Refresh", RefreshTicket(ticket=ticket.id)),)
    if number_ is None:
        return (refresh,)
    return (refresh, (Press("Cancel order", CancelOrder(account=ticket.account, number=number_), style="danger"),))


_STATUS_WORDS = {
    OrderStatus.NEW: "is open",
    OrderStatus.PARTIALLY_FILLED: "is partly filled",
    OrderStatus.FILLED: "is filled",
    OrderStatus.CANCELLED: "is cancelled",
    OrderStatus.REJECTED: "was rejected by the exchange",
    OrderStatus.UNKNOWN: "has a state I do not know",
}


def _remark(order: Order, intent: PlaceOrder, terms: OrderTerms) -> Html | None:
    """What a person should notice about how an order ended, compared with what its card showed."""
    if not order.status.is_final or not order.executed:
        return None
    if order.executed < intent.volume:
        missing = f"{number(intent.volume - order.executed)} {order.base}"
        return text("⚠️ ", f"{missing} of it was not executed.")
    total = _executed_total(order)
    if terms.total and abs(divide(total - terms.total, terms.total)) > _SURPRISE:
        shown = _total(intent, terms)
        return text("⚠️ ", f"The card showed a total of {shown}; please compare.")
    if order.executed > intent.volume:
        return text("⚠️ ", f"More was executed than the card showed ({number(intent.volume)} {order.base}).")
    return None


def _cancel_card(ticket: Ticket, intent: CancelOrders, terms: CancelTerms, *, now: datetime) -> Screen:
    results = ticket.outcome.results if isinstance(ticket.outcome, Cancelled) else ()
    if ticket.state is TicketState.PENDING:
        listed = [_order_line(line) for line in terms.orders]
        return Screen(
            lines(text(bold(headline(ticket)), "?"), *listed, _countdown(ticket, now=now)),
            _cancel_keys(ticket),
        )
    told = [_result_line(line, result) for line, result in zip(terms.orders, results, strict=False)]
    match ticket.state:
        case TicketState.CLAIMED:
            return _plain(ticket, "Sending…")
        case TicketState.DECLINED:
            return _plain(ticket, "Kept. Nothing was sent.")
        case TicketState.EXPIRED:
            return _plain(ticket, "Expired. Nothing was sent.")
        case TicketState.UNCERTAIN if not told:
            return _plain(ticket, "No answer came. Reading the orders back; nothing is sent again.")
        case TicketState.REFUSED:
            return _refused_cancel(ticket)
        case _:
            return _plain(ticket, *told, rows=((Press("Open orders", _open_orders(ticket)),),))


def _cancel_keys(ticket: Ticket) -> Rows:
    """Here it is Confirm that destroys."""
    return (
        (Press("Confirm", ConfirmTicket(ticket=ticket.id), style="danger"),),
        (Press("Keep", DeclineTicket(ticket=ticket.id)),),
    )


def _refused_cancel(ticket: Ticket) -> Screen:
    match ticket.outcome:
        case Unsent(cause=cause):
            return _plain(ticket, text(_CAUSES[cause], ". Nothing was sent; the orders are unchanged."))
        case RefusedBy() as refusal:
            return _plain(ticket, text(bold("Refused: "), _reason(refusal)))
        case _:
            return _plain(ticket, "Nothing was cancelled.")


def _open_orders(ticket: Ticket) -> ShowOrders:
    return ShowOrders(account=ticket.account, which=OrderFilter.OPEN, page=1, code=None)


def _result_line(line: OrderLine, result: CancelResult) -> Html:
    mark = "✓" if result.state is CancelState.CANCELLED else "…" if not result.state.is_settled else "•"
    said = text(f"{mark} #{line.number} {line.base}/{line.counter}: ", _CANCEL_WORDS[result.state])
    if result.state is CancelState.REFUSED and result.reason:
        said += text(" (", outside(result.reason, limit=_SHORT_REASON), ")")
    if result.order is not None and result.order.executed and result.state is CancelState.CANCELLED:
        said += f", {number(result.order.executed)} {line.base} had been executed"
    return said


def _order_line(line: OrderLine) -> Html:
    price = "market" if line.type is OrderType.MARKET else f"at {number(line.price)}"
    left = f"{number(line.remaining)} of {number(line.volume)}"
    if line.remaining == line.volume:
        left = number(line.volume)
    return text(f"#{line.number}  {line.side} ", code(left), f" {line.base} {price} {line.counter}")


def _pending_line(ticket: Ticket, *, now: datetime) -> Html:
    since = now - (ticket.claimed_at or ticket.created_at)
    doing = "being sent" if ticket.state is TicketState.CLAIMED else "looking for it at the exchange"
    if isinstance(ticket.outcome, Lost) and ticket.outcome.clean_reads:
        doing = "not seen in one complete look; a second one decides"
    return lines(text("• ", bold(headline(ticket))), text("   ", span(since), f" ago · {doing} · ", badge(ticket)))


def _plain(ticket: Ticket, *parts: Html | str | None, rows: Rows = ()) -> Screen:
    return Screen(lines(bold(headline(ticket)), *parts, badge(ticket)), rows)


def _reason(refusal: RefusedBy) -> Html:
    said = outside(refusal.reason) if refusal.reason else text("no reason given")
    return said if refusal.code is None else said + f" ({refusal.code})"


def _executed_total(order: Order) -> Decimal:
    """What the executed part is worth; `total` may be the whole order's."""
    return order.executed * order.average_price if order.average_price else ZERO


def _type(intent: PlaceOrder) -> str:
    return f"{intent.type}, post-only" if intent.post_only else str(intent.type)


def _fee(terms: OrderTerms) -> str:
    decimals = terms.volume_decimals if terms.fee.currency == terms.after[0].currency else terms.price_decimals
    return _cut(terms.fee, max(decimals, 2))


def _cut(value: Amount, decimals: int) -> str:
    """To so many decimals at most, fewer where the whole part says enough, without trailing zeros."""
    at_most = min(decimals, _ENOUGH) if abs(value.value) >= 1 and decimals > _ENOUGH + _ENOUGH else decimals
    return amount(Amount(round_half_up(value.value, decimals=at_most), value.currency))


def _distance(intent: PlaceOrder, terms: OrderTerms) -> str:
    """Where the price lies, seen from the last one."""
    share = round_half_up(terms.distance * 100, decimals=2)
    if not share:
        return f"{_whose(intent)} is the last price"
    return f"{_whose(intent)} is {percent(abs(share))} {'above' if share > 0 else 'below'}"


def _total(intent: PlaceOrder, terms: OrderTerms) -> str:
    """The total, marked where it had to be rounded to be readable."""
    exact = Amount(terms.total, intent.counter)
    if intent.price is not None and not terms.maker:
        rounded = (round_up if intent.side is Side.BUY else round_down)(terms.total, decimals=terms.price_decimals)
        return amount(Amount(rounded, intent.counter))
    shown = _cut(exact, terms.price_decimals)
    return shown if intent.price is None or shown == amount(exact) else f"≈ {shown}"


def _whose(intent: PlaceOrder) -> str:
    return "the average" if intent.price is None else "your price"


def _bound(intent: PlaceOrder, terms: OrderTerms) -> str:
    """A limit that crosses the book is a bound: a buyer pays at most, a seller gets at least this."""
    if terms.maker:
        return ""
    return "≤ " if intent.side is Side.BUY else "≥ "


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{name:<7}{value}" for name, value in rows)
