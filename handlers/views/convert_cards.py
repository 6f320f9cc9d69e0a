"""The card of a conversion's ticket, through its whole life."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import assert_never

from chatbot.domain.errors import Obstacle
from chatbot.domain.intents import Compared, Convert, ConvertTerms
from chatbot.domain.money import Amount, divide
from chatbot.domain.orders import Order, OrderStatus
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    Lost,
    Moved,
    NotFound,
    Placed,
    RefusedBy,
    Requested,
    Ticket,
    TicketState,
    Unsent,
    may_be_settled_by_word,
)
from handlers.actions import (
    CompareTicket,
    ConfirmTicket,
    DeclineTicket,
    RefreshTicket,
    RepeatTicket,
    SettleByWord,
    ShowPending,
    TurnConversionCard,
)
from handlers.views.format import amount, left_of, number, percent, ratio
from handlers.views.html import Html, bold, italic, lines, outside, pre, text
from handlers.views.order_cards import order_lines
from handlers.views.screen import Press, Rows, Screen
from handlers.views.ticket_parts import CAUSES, countdown, cut, headline, open_orders, plain, reason, table

_AGE_SAID_FROM = timedelta(seconds=2)
_MONEY_DECIMALS = 8
_LOCKED = "Closed by a lock before your tap. Nothing was sent. /unlock opens your accounts."
_REMOVED = "Closed before your tap: your access to this bot was taken away. Nothing was sent."
_WHERE = {Compared.BOOK: "the order book's middle", Compared.TICKER: "the ticker's middle"}
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
            return _uncertain(ticket)
        case TicketState.REFUSED:
            return _refused(ticket)
        case TicketState.DONE:
            return _done(ticket, intent)
        case _:
            assert_never(ticket.state)


def _quote(ticket: Ticket, intent: Convert, terms: ConvertTerms, *, now: datetime) -> Screen:
    price = Decimal(intent.price_text)
    rows = (
        ("Out", f"− {_exact(intent.sell_text)} {_code(intent.sell)}"),
        ("In", f"+ {_exact(intent.buy_text)} {_code(intent.buy)}"),
        ("Price", f"{number(price)} {_code(_counter(intent, terms))}"),
        ("", f"for 1 {_code(terms.base)}"),
        *_compared(terms),
        ("Limits", f"{number(terms.least)} – {number(terms.most)} {_code(intent.sell)}"),
        ("Limit", f"{left_of(terms.left)} left today"),
        ("Have", amount(Amount(terms.before.value, _code(terms.before.currency)))),
    )
    return Screen(
        lines(
            bold(headline(ticket)),
            pre(table(rows)),
            _moved(terms, price),
            _wanted(intent, terms),
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
        ("Costs", f"{ratio(abs(terms.difference), decimals=2)} {'worse' if worse else 'better'} than"),
        ("", _WHERE[terms.compared]),
        ("", f"= {cost}"),
    )


def _nothing_to_compare(terms: ConvertTerms) -> Html | None:
    if terms.compared is not None:
        return None
    return italic("There is no order book between the two, so there is nothing to compare this price with.")


def _moved(terms: ConvertTerms, price: Decimal) -> Html | None:
    """How far the price is from the one that moved before."""
    if not terms.previous:
        return None
    share = divide(price - terms.previous, terms.previous) * 100
    word = "higher" if share > 0 else "lower" if share < 0 else "the same"
    by = f"{percent(abs(share), decimals=3)} {word}" if share else word
    return text("⚠️ The price is ", by, " than on the card before" if share else " as on the card before", ".")


def _wanted(intent: Convert, terms: ConvertTerms) -> Html | None:
    """How near the quote comes to what was to be got."""
    if terms.wanted is None:
        return None
    off = intent.bought.value - terms.wanted
    asked = f"You asked for {number(terms.wanted)}"
    if not off:
        return text(asked, ": this gives just that.")
    return text(asked, ": this gives ", number(abs(off)), " more" if off > 0 else " less", ".")


def _age(terms: ConvertTerms, *, now: datetime) -> str:
    old = now - terms.quoted_at
    return "Quote of now" if old < _AGE_SAID_FROM else f"Quote of {int(old.total_seconds())} s ago"


def _again(ticket: Ticket) -> Rows:
    return ((Press("New quote", RepeatTicket(ticket=ticket.id)),),)


def _uncertain(ticket: Ticket) -> Screen:
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else None
    why = CAUSES[lost.cause] if lost else "No answer came"
    unknown = text(bold("Outcome not known yet. "), why, ". It may or may not have been converted.")
    if lost is not None and may_be_settled_by_word(ticket):
        return _left_to_you(ticket, lost, unknown)
    doing = "I am looking for it in your orders and trades at the exchange"
    if lost is not None and lost.clean_reads:
        doing = "One complete look at your orders and trades did not show it; a second one follows"
    return plain(
        ticket,
        unknown,
        text(doing, ". It is not sent again. Please do not repeat it by hand before this is settled."),
        rows=((Press("What is open?", ShowPending()),),),
    )


def _left_to_you(ticket: Ticket, lost: Lost, unknown: Html) -> Screen:
    doing = "For long your orders and trades could not be read. It is not sent again"
    if lost.twin is not None:
        doing = f"Order #{lost.twin} may be it, but I cannot tell for sure. It is not sent again"
    return plain(
        ticket,
        unknown,
        text(doing, ". Look at your orders on the exchange's site, then say how it stands."),
        text(bold("It was sent"), ": it is there. I close this card and count it as sent."),
        text(bold("It was not sent"), ": it is not there. I close this card and count nothing."),
        rows=(
            (Press("It was sent", SettleByWord(ticket=ticket.id, was_sent=True)),),
            (Press("It was not sent", SettleByWord(ticket=ticket.id, was_sent=False)),),
            (Press("What is open?", ShowPending()),),
        ),
    )


def _refused(ticket: Ticket) -> Screen:
    match ticket.outcome:
        case Moved():
            said = text("Price or balance moved since this quote. Nothing was converted.")
            return plain(ticket, said, rows=_again(ticket))
        case Unsent(cause=cause):
            return plain(ticket, text(CAUSES[cause], ". Nothing was sent."), rows=_again(ticket))
        case NotFound(reads=reads):
            said = text(f"Not converted: {reads} complete looks at your orders, far enough apart, did not show it.")
            return plain(ticket, said, rows=((Press("Open orders", open_orders(ticket)),),))
        case RefusedBy(key_rejected=True, code=status):
            return plain(ticket, *_not_accepted(status))
        case RefusedBy() as refusal:
            return plain(ticket, text(bold("Refused by the exchange: "), reason(refusal)), rows=_again(ticket))
        case Blocked(obstacle=obstacle):
            return plain(ticket, _REMOVED if obstacle is Obstacle.REMOVED else _LOCKED)
        case Disowned():
            return plain(ticket, "Closed: you said that it was not sent.", rows=_again(ticket))
        case _:
            return plain(ticket, "Nothing was converted.")


def _not_accepted(status: int | None) -> tuple[str, str]:
    """Of a key the exchange says a status; without one it was the browser session, or there is none any more."""
    if status is not None:
        return f"ANDX did not accept the key ({status}). Nothing was converted.", "Check it with /accounts."
    said = "ANDX does not accept the browser session any more, or none is linked. Nothing was converted."
    return said, "/link instant takes a fresh one; everything else goes on."


def _done(ticket: Ticket, intent: Convert) -> Screen:
    if isinstance(ticket.outcome, Requested):
        said = "I do not follow the order: the exchange's site shows how it goes."
        return plain(ticket, bold("Closed: you said that it was sent."), said)
    refresh = ((Press("↻ Refresh", RefreshTicket(ticket=ticket.id)),),)
    order = ticket.order
    if order is None:
        number_ = ticket.outcome.number if isinstance(ticket.outcome, Placed) else "?"
        return plain(ticket, bold(f"Order #{number_} was accepted."), "Reading it back…", rows=refresh)
    body = lines(bold(f"Order #{order.number} {_STATUS[order.status]}"), order_lines(order))
    if not order.status.is_final:
        return plain(ticket, body, italic("I tell you when it ends."), rows=refresh)
    return plain(ticket, body, _remark(order, intent))


def _remark(order: Order, intent: Convert) -> str | None:
    """What a person should notice about how it ended."""
    if not order.executed:
        return f"Your {_code(intent.sell)} was not touched."
    if order.executed < order.volume:
        return f"⚠️ {number(order.volume - order.executed)} {_code(order.base)} of it was not executed."
    return None
