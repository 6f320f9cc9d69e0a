"""The card of a conversion's ticket, through its whole life."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never

from chatbot.domain.convert_evidence import has_amount
from chatbot.domain.converting import change_since
from chatbot.domain.intents import Convert, ConvertTerms, MiddleSource
from chatbot.domain.money import Amount
from chatbot.domain.orders import Order, OrderStatus, Side
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    Moved,
    NotFound,
    Placed,
    PriceRefused,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
    Unsigned,
)
from handlers.actions import (
    CompareTicket,
    ConfirmTicket,
    DeclineTicket,
    RefreshTicket,
    RepeatTicket,
    TurnConversionCard,
)
from handlers.views.convert_doubts import uncertain, unsigned
from handlers.views.format import amount, left_of, number, ratio, roughly
from handlers.views.html import Html, bold, italic, lines, outside, pre, text
from handlers.views.order_cards import average_line, executed_total, fee_line, progress
from handlers.views.screen import Press, Rows, Screen
from handlers.views.ticket_parts import (
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

_AGE_SAID_FROM = timedelta(seconds=2)
_MONEY_DECIMALS = 8
_WHERE = {MiddleSource.BOOK: "the order book's middle", MiddleSource.TICKER: "the ticker's middle"}
_MOVED = {
    Moved: ("The balance no longer covers it. Nothing was sent.", "A new card followed."),
    PriceRefused: (
        "The exchange refused this price: it moved too far since the quote. Nothing was converted.",
        "A new card followed.",
    ),
}
"""The new card opens by itself, so this one, which stays in the chat, has no button for one."""
_STATUS = {
    OrderStatus.NEW: "is accepted, and not executed yet",
    OrderStatus.PARTIALLY_FILLED: "is partly executed",
    OrderStatus.FILLED: "is done",
    OrderStatus.CANCELLED: "was cancelled by the exchange",
    OrderStatus.REJECTED: "was rejected by the exchange",
    OrderStatus.UNKNOWN: "has a state I do not know",
}


def convert_card(ticket: Ticket, *, now: datetime) -> Screen:
    intent, terms = ticket.intent, ticket.terms
    if not isinstance(intent, Convert) or not isinstance(terms, ConvertTerms):
        raise TypeError("not a conversion's ticket")
    match ticket.state:
        case TicketState.PENDING:
            return _quote(ticket, intent, terms, now=now)
        case TicketState.CLAIMED | TicketState.CONTINUED | TicketState.HELD:  # one step: the latter two never happen
            return plain(ticket, "Sending…")
        case TicketState.DECLINED:
            return plain(ticket, "Cancelled by you. Nothing was sent.")
        case TicketState.EXPIRED:
            return plain(ticket, "This quote is out of date. Nothing was sent.", rows=_again(ticket))
        case TicketState.UNCERTAIN:
            return uncertain(ticket, now=now)
        case TicketState.REFUSED:
            return _refused(ticket)
        case TicketState.DONE:
            return _done(ticket, intent)
        case _:
            assert_never(ticket.state)


def _quote(ticket: Ticket, intent: Convert, terms: ConvertTerms, *, now: datetime) -> Screen:
    rows = (
        ("Out", f"− {_exact(intent.sell_text)} {_code(intent.sell)}"),
        ("In", f"+ {_exact(intent.buy_text)} {_code(intent.buy)}"),
        ("Price", f"{_exact(intent.price_text)} {_code(_counter(intent, terms))}"),
        ("", f"for 1 {_code(terms.base)}"),
        *_compared(terms),
        ("Range", f"{number(terms.least)} – {number(terms.most)} {_code(intent.sell)}"),
        ("Today", f"{left_of(terms.left)} left"),
        ("Have", amount(Amount(terms.before.value, _code(terms.before.currency)))),
    )
    return Screen(
        lines(
            bold(headline(ticket)),
            pre(table(rows)),
            _moved(intent, terms),
            _wanted(intent, terms),
            _cut(intent, terms),
            _nothing_to_compare(terms),
            italic(_age(terms, now=now)),
            countdown(ticket, now=now),
        ),
        (
            (Press("Confirm", ConfirmTicket(ticket=ticket.id), style="success"),),
            (
                Press("⇄ The other way round", TurnConversionCard(ticket=ticket.id)),
                Press("Compare", CompareTicket(ticket=ticket.id)),
            ),
            (Press("Cancel", DeclineTicket(ticket=ticket.id)),),
        ),
    )


def _exact(written: str) -> str:
    """A quote's own number to its last digit, as readable as any other."""
    return number(Decimal(written))


def _code(currency: str) -> str:
    return outside(currency, limit=16).plain


def _counter(intent: Convert, terms: ConvertTerms) -> str:
    return intent.buy if terms.base == intent.sell else intent.sell


def _compared(terms: ConvertTerms) -> tuple[tuple[str, str], ...]:
    if terms.compared is None or terms.difference is None or terms.cost is None:
        return ()
    worse = terms.difference >= 0
    cost = cut(Amount(abs(terms.cost.value), _code(terms.cost.currency)), _MONEY_DECIMALS)
    return (
        (
            "Costs" if worse else "Gains",
            f"{ratio(abs(terms.difference), decimals=2)} {'worse' if worse else 'better'} than",
        ),
        ("", _WHERE[terms.compared]),
        ("", f"= {cost}"),
    )


def _nothing_to_compare(terms: ConvertTerms) -> Html | None:
    if terms.compared is not None:
        return None
    return italic("There is no order book between the two, so there is nothing to compare this price with.")


def _moved(intent: Convert, terms: ConvertTerms) -> Html | None:
    """What the move of the price means to whoever converts: in what is got; for a wish, in what it takes."""
    change = None if not terms.previous else change_since(terms.previous, intent, terms)
    if change is None:
        return None
    if not change.by.value:
        return None if terms.refreshed else text("The price is as before.")
    is_wish, more = terms.wanted is not None, change.by.value > 0
    return text(
        "⚠️ " if more is is_wish else "",
        "This takes " if is_wish else "You get ",
        _size(number(abs(change.by.value)), change.by),
        " more than before" if more else " less than before",
        text(" (≈ ", _size(roughly(abs(change.worth.value)), change.worth), ")") if change.worth else "",
        ".",
    )


def _size(written: str, of: Amount) -> Html:
    return text(written, " ", outside(of.currency, limit=16))


def _wanted(intent: Convert, terms: ConvertTerms) -> Html | None:
    """How near the quote comes to what was to be got."""
    if terms.wanted is None:
        return None
    off = intent.bought.value - terms.wanted
    asked = f"You asked for {number(terms.wanted)}"
    if not off:
        return text(asked, ": this gives just that.")
    warning = "⚠️ " if off < 0 else ""
    return text(warning, asked, ": this gives ", number(abs(off)), " more" if off > 0 else " less", ".")


def _cut(intent: Convert, terms: ConvertTerms) -> Html | None:
    """Why less goes out than was said."""
    if terms.said is None:
        return None
    sold = outside(intent.sell, limit=16)
    return text(f"You said {number(terms.said)}: ", sold, " does not take so many decimals.")


def _age(terms: ConvertTerms, *, now: datetime) -> str:
    old = now - terms.quoted_at
    return "Quote of now" if old < _AGE_SAID_FROM else f"Quote of {int(old.total_seconds())} s ago"


def _again(ticket: Ticket) -> Rows:
    return ((Press("New quote", RepeatTicket(ticket=ticket.id)),),)


def _refused(ticket: Ticket) -> Screen:
    match ticket.outcome:
        case Moved() | PriceRefused() as moved:
            return plain(ticket, *_MOVED[type(moved)])
        case NotFound(twin=twin) if twin is not None:
            said = text(bold("Perhaps converted after all. "), f"Order #{twin} showed late and may be it.")
            return plain(ticket, said, "Look at the exchange's site before you convert again.")
        case NotFound(reads=reads):
            said = text(
                f"Not converted: {reads} complete looks at your orders and trades, far enough apart, did not show it."
            )
            return plain(ticket, said, rows=((Press("Open orders", open_orders(ticket)),),))
        case Unsigned() as lack:
            return unsigned(ticket, lack)
        case RefusedBy(key_rejected=True, code=status):
            why = f"ANDX did not accept the key ({status}). Nothing was converted."
            return plain(ticket, why, "Check it with /accounts.")
        case Blocked(obstacle=obstacle):
            return stopped(ticket, obstacle)
        case Unsent() | RefusedBy() | Disowned() as no:
            return plain(ticket, why_not(no), rows=_again(ticket))
        case _:
            return plain(ticket, "Nothing was converted.")


def _done(ticket: Ticket, intent: Convert) -> Screen:
    if isinstance(ticket.outcome, Requested):
        return said_to_be_sent(ticket)
    refresh = ((Press("↻ Refresh", RefreshTicket(ticket=ticket.id)),),)
    order = ticket.order
    if order is None:
        number_ = ticket.outcome.number if isinstance(ticket.outcome, Placed) else "?"
        return plain(ticket, bold(f"Order #{number_} was accepted."), "Reading it back…", rows=refresh)
    body = lines(bold(f"Order #{order.number} {_STATUS[order.status]}"), _went(order, intent))
    if not order.status.is_final:
        return plain(ticket, body, italic("I tell you when it ends."), rows=refresh)
    return plain(ticket, body, _remark(order, intent))


def _went(order: Order, intent: Convert) -> Html:
    """What left and what came, as far as it is executed."""
    if not order.executed:
        return progress(order)
    whole = order.executed == order.volume and has_amount(order, intent)
    out, into = _as_quoted(intent) if whole else _as_executed(order)
    amounts = pre(table((("Out", f"− {out}"), ("In", f"+ {into}"))))
    return lines(None if whole else progress(order), amounts, average_line(order), fee_line(order))


def _as_quoted(intent: Convert) -> tuple[str, str]:
    return f"{_exact(intent.sell_text)} {_code(intent.sell)}", f"{_exact(intent.buy_text)} {_code(intent.buy)}"


def _as_executed(order: Order) -> tuple[str, str]:
    about, total = executed_total(order)
    base = f"{number(order.executed)} {_code(order.base)}"
    counter = f"{about}{number(total) if total else '?'} {_code(order.counter)}"
    return (base, counter) if order.side is Side.SELL else (counter, base)


def _remark(order: Order, intent: Convert) -> Html | None:
    """What a person should notice about how it ended."""
    if not order.executed:
        return text("Your ", outside(intent.sell, limit=16), " was not touched.")
    if order.executed < order.volume:
        rest = number(order.volume - order.executed)
        return text(f"⚠️ {rest} ", outside(order.base, limit=16), " of it was not executed.")
    return None
