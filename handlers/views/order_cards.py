"""The card of an order's ticket, through its whole life."""

from datetime import datetime
from decimal import Decimal
from typing import assert_never

from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import OrderTerms, PlaceOrder
from chatbot.domain.money import Amount, divide, multiply, round_down, round_half_up, round_up
from chatbot.domain.onward import brought
from chatbot.domain.orders import Order, OrderStatus, OrderType, Side
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    Lost,
    Moved,
    NotFound,
    Placed,
    PriceRefused,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
    may_be_settled_by_word,
)
from handlers.actions import (
    CancelOrder,
    CompareTicket,
    ConfirmTicket,
    DeclineTicket,
    RefreshTicket,
    RepeatTicket,
    SecondOrder,
    SettleByWord,
    ShowPending,
)
from handlers.views.format import amount, bar, left_of, number, percent, ratio, restyled
from handlers.views.html import Html, bold, code, italic, lines, pre, text
from handlers.views.screen import Press, Rows, Screen
from handlers.views.ticket_parts import (
    CAUSES,
    countdown,
    cut,
    headline,
    open_orders,
    plain,
    said_to_be_sent,
    stopped,
    table,
    why_not,
)

_SURPRISE = Decimal("0.05")
"""An executed total this far from the one shown gets a remark."""

_AMOUNT_DECIMALS = 8
_MOVED = {
    Moved: "Price or balance moved beyond what this card showed. Nothing was sent.",
    PriceRefused: "The exchange refused it: the price moved too far. Nothing was placed.",
}


def order_card(ticket: Ticket, *, now: datetime) -> Screen:
    intent, terms = ticket.intent, ticket.terms
    if not isinstance(intent, PlaceOrder) or not isinstance(terms, OrderTerms):
        raise TypeError("not an order's ticket")
    match ticket.state:
        case TicketState.PENDING:
            return _pending_order(ticket, intent, terms, now=now)
        case TicketState.CLAIMED | TicketState.CONTINUED | TicketState.HELD:  # one step: the latter two never happen
            return plain(ticket, "Sending…")
        case TicketState.DECLINED:
            return plain(ticket, "Cancelled by you. Nothing was sent.")
        case TicketState.EXPIRED:
            again = Press("New card", RepeatTicket(ticket=ticket.id))
            return plain(ticket, "Expired. Nothing was sent.", rows=((again,),))
        case TicketState.UNCERTAIN:
            return _uncertain(ticket, now=now)
        case TicketState.REFUSED:
            return _refused(ticket)
        case TicketState.DONE:
            return _done(ticket, intent, terms)
        case _:
            assert_never(ticket.state)


def order_lines(order: Order) -> Html:
    """How far an order is: state, bar, what was executed at which price."""
    return lines(progress(order), average_line(order), _total_line(order), fee_line(order))


def progress(order: Order) -> Html:
    executed = f"{number(order.executed)} of {number(order.volume)} {order.base}"
    return text(bar(order.executed_share), "  ", ratio(order.executed_share, decimals=1), f" · {executed}")


def average_line(order: Order) -> Html | None:
    if not order.executed or not order.average_price:
        return None
    return text("Average ", code(number(order.average_price)), f" {order.counter}")


def fee_line(order: Order) -> Html | None:
    if order.charged is None or not order.charged.value:
        return None
    fee = round_half_up(order.charged.value, decimals=_AMOUNT_DECIMALS)
    return text("Fee ", code(number(fee)), f" {order.charged.currency}")


def executed_total(order: Order) -> tuple[str, Decimal]:
    """What was paid or received, before it what says that it is known only about; zero where that is not known."""
    if order.executed_total is not None:
        return "", order.executed_total
    return "≈ ", round_half_up(multiply(order.executed, order.average_price), decimals=_AMOUNT_DECIMALS)


def _total_line(order: Order) -> Html | None:
    about, total = executed_total(order)
    return text(f"Total {about}", code(number(total)), f" {order.counter}") if total else None


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
        *_limit_row(terms),
        ("After", f"≈ {cut(terms.after[0], terms.volume_decimals)}"),
        ("", f"≈ {cut(terms.after[1], terms.price_decimals)}"),
    )
    notes = [text("⚠️ ", restyled(warning)) for warning in terms.warnings]
    if intent.type is OrderType.MARKET:
        notes.append(italic("If the price gets more than 1% worse before your tap, I ask again."))
    elif not terms.maker:
        now_worth = cut(Amount(intent.volume * terms.best, intent.counter), terms.price_decimals)
        notes.append(
            italic(f"This crosses the book: it fills at once, now for about {now_worth}, at worst at your price.")
        )
    if terms.onward:
        notes.append(
            italic(f"The first of two orders. Once it is filled, I offer the second here, to get {terms.onward}.")
        )
    return Screen(
        lines(bold(headline(ticket)), pre(table(rows)), *notes, countdown(ticket, now=now)),
        (
            (Press("Confirm", ConfirmTicket(ticket=ticket.id), style="success"),),
            *_other_ways(ticket, intent),
            (Press("Cancel", DeclineTicket(ticket=ticket.id)),),
        ),
    )


def _other_ways(ticket: Ticket, intent: PlaceOrder) -> Rows:
    """What fills at once can be had elsewhere; a limit that waits for its price cannot."""
    return ((Press("Compare", CompareTicket(ticket=ticket.id)),),) if intent.type is OrderType.MARKET else ()


def _limit_row(terms: OrderTerms) -> tuple[tuple[str, str], ...]:
    """What the day's limit leaves, this order not counted."""
    return () if terms.left is None else (("Limit", f"{left_of(terms.left)} left today"),)


def _uncertain(ticket: Ticket, *, now: datetime) -> Screen:
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else None
    why = CAUSES[lost.cause] if lost else "No answer came"
    unknown = text(bold("Outcome not known yet. "), why, ". The order may or may not have been placed.")
    if lost is not None and may_be_settled_by_word(ticket):
        return _left_to_you(ticket, lost, unknown)
    doing = "I am looking for it in your orders at the exchange"
    if lost is not None and lost.clean_reads:
        doing = "One complete look at your orders did not show it; a second one follows"
    return plain(
        ticket,
        unknown,
        text(doing, ". It is not sent again. Please do not repeat it by hand before this is settled."),
        rows=((Press("What is open?", ShowPending()),),),
    )


def _left_to_you(ticket: Ticket, lost: Lost, unknown: Html) -> Screen:
    """Only its person can find out: what each button means stands above it."""
    doing = "For long your orders could not be read, with this key or at all. It is not sent again"
    if lost.twin is not None:
        doing = f"Order #{lost.twin} looks like it but carries no mark of mine. It is not sent again"
    return plain(
        ticket,
        unknown,
        text(doing, ". Look at your orders on the exchange's site, then say how it stands."),
        text(bold("It was sent"), ": it is there. I close this card, do not follow the order, and count it as sent."),
        text(bold("It was not sent"), ": it is not there. I close this card and count nothing."),
        rows=(
            (Press("It was sent", SettleByWord(ticket=ticket.id, was_sent=True)),),
            (Press("It was not sent", SettleByWord(ticket=ticket.id, was_sent=False)),),
            (Press("What is open?", ShowPending()),),
        ),
    )


def _refused(ticket: Ticket) -> Screen:
    again: Rows = ((Press("New card", RepeatTicket(ticket=ticket.id)),),)
    match ticket.outcome:
        case Moved() | PriceRefused() as moved:
            return plain(ticket, _MOVED[type(moved)], rows=again)
        case NotFound(reads=reads):
            said = f"Not placed: {reads} complete looks at your orders, far enough apart, did not show it."
            return plain(ticket, said, rows=((Press("Open orders", open_orders(ticket)),),))
        case RefusedBy(key_rejected=True, code=status):
            said = f"ANDX did not accept the key ({status}). Nothing was placed. Check it with /accounts."
            return plain(ticket, said)
        case Blocked(obstacle=obstacle):
            return stopped(ticket, obstacle)
        case Unsent() | RefusedBy() | Disowned() as no:
            return plain(ticket, why_not(no), rows=again)
        case _:
            return plain(ticket, "Nothing was placed.")


def _done(ticket: Ticket, intent: PlaceOrder, terms: OrderTerms) -> Screen:
    if isinstance(ticket.outcome, Requested):
        return said_to_be_sent(ticket)
    number_ = ticket.outcome.number if isinstance(ticket.outcome, Placed) else None
    order = ticket.order
    if order is None:
        return plain(
            ticket, text(bold(f"Order #{number_} was accepted."), " Reading it back…"), rows=_live_keys(ticket, number_)
        )
    body = lines(bold(f"Order #{order.number} {_STATUS_WORDS[order.status]}"), order_lines(order))
    remark = _remark(order, intent, terms)
    if order.status.is_final:
        return plain(ticket, body, remark, rows=_second(ticket, terms))
    return plain(ticket, body, italic("I tell you when it ends."), rows=_live_keys(ticket, order.number))


def _second(ticket: Ticket, terms: OrderTerms) -> Rows:
    """What is left to be done of a way over two orders."""
    spent = brought(ticket)
    if spent is None:
        return ()
    return ((Press(f"2. Buy {terms.onward} for {amount(spent)}", SecondOrder(ticket=ticket.id), style="success"),),)


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
    _, total = executed_total(order)
    if terms.total and abs(divide(total - terms.total, terms.total)) > _SURPRISE:
        shown = _total(intent, terms)
        return text("⚠️ ", f"The card showed a total of {shown}; please compare.")
    if order.executed > intent.volume:
        return text("⚠️ ", f"More was executed than the card showed ({number(intent.volume)} {order.base}).")
    return None


def _type(intent: PlaceOrder) -> str:
    return f"{intent.type}, post-only" if intent.post_only else str(intent.type)


def _fee(terms: OrderTerms) -> str:
    decimals = terms.volume_decimals if terms.fee.currency == terms.after[0].currency else terms.price_decimals
    return cut(terms.fee, max(decimals, 2))


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
    shown = cut(exact, terms.price_decimals)
    return shown if intent.price is None or shown == amount(exact) else f"≈ {shown}"


def _whose(intent: PlaceOrder) -> str:
    return "the average" if intent.price is None else "your price"


def _bound(intent: PlaceOrder, terms: OrderTerms) -> str:
    """A limit that crosses the book is a bound: a buyer pays at most, a seller gets at least this."""
    if terms.maker:
        return ""
    return "≤ " if intent.side is Side.BUY else "≥ "
