"""What was done through the bot."""

from datetime import datetime

from chatbot.domain.exporting import outcome_of
from chatbot.domain.exports import ExportKind
from chatbot.domain.history import Deal
from chatbot.domain.tickets import TicketState
from chatbot.services.history import A_PAGE, HistoryPage
from handlers.actions import ShowHistory, ShowSwap, ShowTicket, StartExport
from handlers.views import swap_words
from handlers.views.format import moment
from handlers.views.html import Html, bold, lines, outside, text
from handlers.views.orders import STATUS
from handlers.views.screen import Key, Press, Rows, Screen
from handlers.views.ticket_parts import headline

_A_ROW = 5


def history(page: HistoryPage, *, now: datetime) -> Screen:
    """Newest first; every row's card is behind its number."""
    where = f" · page {page.number}" if page.has_next or page.number > 1 else ""
    first = (page.number - 1) * A_PAGE + 1
    none = "There is nothing on this page." if page.number > 1 else "Nothing yet. /buy, /withdraw and /swap begin it."
    return Screen(
        lines(
            bold(f"Done through this bot{where}"),
            *(_entry(deal, number=number, now=now) for number, deal in enumerate(page.deals, first)),
            None if page.deals else none,
            "Tap a number to see its card." if page.deals else None,
        ),
        _keys(page, first=first),
    )


def _entry(deal: Deal, *, number: int, now: datetime) -> Html:
    account = outside(deal.ticket.account_label, limit=40)
    return lines(
        text(bold(f"{number}."), " ", headline(deal.ticket)),
        text("   ", moment(deal.at, now=now), " · ", _became(deal), " · ", account, f" · {deal.ticket.venue.badge}"),
    )


def _became(deal: Deal) -> str:
    ticket = deal.ticket
    if deal.swap is not None:
        return swap_words.STATUS[deal.swap.swap.status]
    if ticket.state is TicketState.DONE and ticket.order is not None:
        return STATUS[ticket.order.status]
    return outcome_of(deal)


def _keys(page: HistoryPage, *, first: int) -> Rows:
    cards: list[Key] = [Press(str(number), _card(deal)) for number, deal in enumerate(page.deals, first)]
    turning: list[Key] = []
    if page.number > 1:
        turning.append(Press("‹ Prev", ShowHistory(page=page.number - 1)))
    turning.append(Press("↻ Refresh", ShowHistory(page=page.number)))
    if page.has_next:
        turning.append(Press("Next ›", ShowHistory(page=page.number + 1)))
    export = (Press("As a CSV file", StartExport(kind=ExportKind.HISTORY)),) if page.deals else ()
    rows = [tuple(cards[at : at + _A_ROW]) for at in range(0, len(cards), _A_ROW)]
    return (*rows, tuple(turning), *((export,) if export else ()))


def _card(deal: Deal) -> object:
    """A swap's own card lives on; that of its ticket says only how it was made."""
    if deal.swap is not None and swap_words.is_reference(deal.swap.swap.reference):
        return ShowSwap(reference=deal.swap.swap.reference)
    return ShowTicket(ticket=deal.ticket.id)
