"""The cards of tickets about swaps: one that creates an order, and one that sets a payout address."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from chatbot.domain.coins import home
from chatbot.domain.errors import Obstacle
from chatbot.domain.intents import CreateSwap, PayoutTerms, SetPayout, SwapTerms
from chatbot.domain.money import multiply
from chatbot.domain.networks import network_of
from chatbot.domain.swaps import Coin
from chatbot.domain.tickets import (
    Blocked,
    Disowned,
    LikeSwap,
    Lost,
    Missed,
    Moved,
    NotFound,
    PaidElsewhere,
    PayoutSet,
    RefusedBy,
    SwapCreated,
    Ticket,
    TicketState,
    Unsent,
    WrongCodes,
    may_be_settled_by_word,
)
from handlers.actions import (
    ConfirmSwap,
    DeclineTicket,
    RepeatTicket,
    SettleByWord,
    ShowPending,
    ShowSwap,
    ShowSwaps,
)
from handlers.views import swap_words as words
from handlers.views.format import left_of, moment, number, span
from handlers.views.html import Html, bold, italic, lines, outside, pre, text
from handlers.views.screen import Press, Rows, Screen
from handlers.views.ticket_parts import CAUSES, countdown, headline, plain, reason, said_of, table

_BLOCKED = {
    Obstacle.REMOVED: "Your access to this bot was taken away before your tap.",
    Obstacle.HALTED: "Everything was halted before your tap.",
}
_LOCKED = "A lock closed it before your tap. /unlock opens your accounts."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """How a kind of ticket is spoken of. `nothing` is what did not happen, `where` an uncertain one is looked for."""

    sending: str
    nothing: str
    where: str
    found: str


_CREATE = _Talk(
    sending="Creating the order…",
    nothing="No order was created.",
    where="I am looking for it in all the orders of your key",
    found="it is among the orders",
)
_PAYOUT = _Talk(
    sending="Setting the address…",
    nothing="The payout address was not set.",
    where="I am reading the order to see whether it has the address",
    found="the order has the address",
)


def create_card(ticket: Ticket, *, now: datetime) -> Screen:
    """A swap's ticket, until its order is there; from then on the swap has a card of its own."""
    intent, terms = ticket.intent, ticket.terms
    if not isinstance(intent, CreateSwap) or not isinstance(terms, SwapTerms):
        raise TypeError("not a swap's ticket")
    if ticket.state is TicketState.PENDING:
        return _asking(ticket, _offer(intent, terms, now=now), terms.warnings, now=now)
    if ticket.state is TicketState.UNCERTAIN and isinstance(ticket.outcome, Lost) and ticket.outcome.like is not None:
        return _is_it_this(ticket, ticket.outcome.like, now=now)
    return _later(ticket, _CREATE)


def payout_card(ticket: Ticket, *, now: datetime) -> Screen:
    intent, terms = ticket.intent, ticket.terms
    if not isinstance(intent, SetPayout) or not isinstance(terms, PayoutTerms):
        raise TypeError("not the ticket of a payout address")
    if ticket.state is TicketState.PENDING:
        return _asking(ticket, _destination(intent, terms), terms.warnings, now=now)
    return _later(ticket, _PAYOUT)


def _asking(ticket: Ticket, what: Html, warnings: tuple[str, ...], *, now: datetime) -> Screen:
    notes = [text("⚠️ ", outside(warning, limit=300)) for warning in warnings]
    return Screen(
        lines(bold(headline(ticket)), what, *notes, countdown(ticket, now=now)),
        (
            (Press("Confirm", ConfirmSwap(ticket=ticket.id), style="success"),),
            (Press("Cancel", DeclineTicket(ticket=ticket.id)),),
        ),
    )


def _offer(intent: CreateSwap, terms: SwapTerms, *, now: datetime) -> Html:
    new = intent.new
    return lines(
        pre(table(_figures(intent, terms))),
        text("The rate holds until ", moment(terms.rate_until, now=now), f", {_left(terms.rate_until, now=now)}."),
        bold("Paid out on ", words.network(intent.withdraw), " to"),
        words.address(new.withdraw_address),
        _memo(new.withdraw_extra_id, intent.withdraw),
        _refund(intent),
        italic("Confirm makes the order. Coins move only when you pay it."),
    )


def _figures(intent: CreateSwap, terms: SwapTerms) -> tuple[tuple[str, str], ...]:
    """The headline says both amounts."""
    deposit, withdraw = words.symbol(intent.deposit), words.symbol(intent.withdraw)
    named = intent.deposit if intent.new.deposit_amount is not None else intent.withdraw
    return (
        ("Rate", words.price(terms.price, deposit=deposit, withdraw=withdraw).plain),
        ("Fee", f"{_coins(terms.fee.value, intent.withdraw)}, included"),
        *_limits(terms, named),
        *_own_limit(terms),
    )


def _own_limit(terms: SwapTerms) -> tuple[tuple[str, str], ...]:
    """What the day leaves, where a second swap like this one would be too much."""
    value, left = terms.value, terms.left
    is_fine = value is not None and multiply(value, Decimal(2)) <= left.value
    return () if is_fine else (("Limit", f"{left_of(left)} left today"),)


def _coins(value: Decimal, coin: Coin) -> str:
    return f"{number(value)} {words.symbol(coin).plain}"


def _limits(terms: SwapTerms, coin: Coin) -> tuple[tuple[str, str], ...]:
    """What the offer takes, of the amount that was named."""
    least, most = terms.least, terms.most
    if least is not None and most is not None:
        return (("Takes", f"{number(least.value)} to {_coins(most.value, coin)}"),)
    if least is not None:
        return (("Takes", f"{_coins(least.value, coin)} or more"),)
    return () if most is None else (("Takes", f"{_coins(most.value, coin)} at most"),)


def _left(until: datetime, *, now: datetime) -> str:
    return f"{span(until - now)} from now" if until > now else "which is over"


def _memo(memo: str, coin: Coin) -> Html | None:
    """The memo, or that there is none, where the network has such a thing."""
    name = words.memo_name(coin)
    if memo:
        return text(bold(f"with {name} "), words.copied(memo))
    return bold(f"without a {name}") if network_of(home(coin)).extra_id else None


def _refund(intent: CreateSwap) -> Html:
    new, coin = intent.new, intent.deposit
    if not new.refund_address:
        return text("No refund address. What becomes of coins that have to go back then is not documented.")
    return lines(
        text("Refunds on ", words.network(coin), " to"),
        words.address(new.refund_address),
        _memo(new.refund_extra_id, coin),
    )


def _destination(intent: SetPayout, terms: PayoutTerms) -> Html:
    coin = intent.withdraw
    return lines(
        text(number(terms.withdraw.value), " ", words.symbol(coin), ", as the order says now, go to this address"),
        text("on ", bold(words.network(coin)), ":"),
        words.address(intent.address),
        _memo(intent.extra_id, coin),
        italic("Confirm sets it at n.exchange. It can be set once, and not be changed after."),
    )


def _later(ticket: Ticket, talk: _Talk) -> Screen:
    """Everything after the question."""
    match ticket.state:
        case TicketState.DECLINED:
            return plain(ticket, f"Cancelled by you. {talk.nothing}")
        case TicketState.EXPIRED:
            return plain(ticket, f"Expired. {talk.nothing}", rows=_again(ticket))
        case TicketState.UNCERTAIN:
            return _uncertain(ticket, talk)
        case TicketState.REFUSED:
            return _refused(ticket, talk)
        case TicketState.DONE:
            return _done(ticket)
        # One step: the latter two never happen.
        case TicketState.PENDING | TicketState.CLAIMED | TicketState.CONTINUED | TicketState.HELD:
            return plain(ticket, talk.sending)
        case _:
            assert_never(ticket.state)


def _uncertain(ticket: Ticket, talk: _Talk) -> Screen:
    lost = ticket.outcome if isinstance(ticket.outcome, Lost) else None
    why = said_of(words.SERVICE, CAUSES[lost.cause]) if lost else "No answer came"
    unknown = text(bold("Outcome not known yet. "), why, ".")
    if may_be_settled_by_word(ticket):
        return _left_to_you(ticket, unknown, talk)
    doing = talk.where
    if lost is not None and lost.clean_reads:
        doing = "One complete look did not show it; a second one follows"
    return plain(
        ticket,
        unknown,
        text(doing, ". It is not sent again. Please do not repeat it by hand before this is settled."),
        rows=((Press("What is open?", ShowPending()),),),
    )


def _left_to_you(ticket: Ticket, unknown: Html, talk: _Talk) -> Screen:
    return plain(
        ticket,
        unknown,
        "I cannot tell what became of it, and it is not sent again. Look at /swaps or at n.exchange, then say so here.",
        text(bold("It was sent"), f": {talk.found}. I close this card."),
        text(bold("It was not sent"), ": it is not. I close this card and count nothing."),
        rows=(
            (Press("It was sent", SettleByWord(ticket=ticket.id, was_sent=True)),),
            (Press("It was not sent", SettleByWord(ticket=ticket.id, was_sent=False)),),
        ),
    )


def _is_it_this(ticket: Ticket, like: LikeSwap, *, now: datetime) -> Screen:
    """Clocks differ, but not by so much. Only the person knows whether the order was there before."""
    name = outside(like.reference, limit=40)
    return plain(
        ticket,
        text(bold("Outcome not known. "), "Complete looks at all orders of your key show none made since your tap."),
        text(
            "But one like it exists: ", bold(name), ", made ", moment(like.made_at, now=now), " by n.exchange's clock."
        ),
        text(bold("It is this one"), ": I follow it. ", bold("It is not"), ": I close this card and count nothing."),
        rows=(
            *_show(like.reference, "Show it"),
            (Press("It is this one", SettleByWord(ticket=ticket.id, was_sent=True)),),
            (Press("It is not", SettleByWord(ticket=ticket.id, was_sent=False)),),
        ),
    )


def _refused(ticket: Ticket, talk: _Talk) -> Screen:
    said: Html
    match ticket.outcome:
        case RefusedBy(key_rejected=True, code=status):
            said = lines(
                text(bold(f"n.exchange did not accept the key ({status}). "), talk.nothing),
                "Usual reasons: it was deleted there, or is not whole. /link nexchange links another.",
            )
            return plain(ticket, said)
        case RefusedBy(code=None, reason=own):
            said = text("Not sent: ", outside(own), f". {talk.nothing}")
        case RefusedBy() as refusal:
            said = lines(text(bold("Refused by n.exchange: "), reason(refusal)), talk.nothing)
        case PaidElsewhere():
            stays = "The order has another payout address, which cannot be changed."
            return plain(ticket, bold(talk.nothing), stays, "If you did not set it, do not pay.", rows=_again(ticket))
        case NotFound(reads=reads):
            said = text(f"{talk.nothing} {reads} complete looks, far enough apart, did not show it.")
            return plain(ticket, said, rows=(*_again(ticket), (Press("All swaps", ShowSwaps(page=1)),)))
        case Moved():
            said = text(f"The offer was over before your tap. {talk.nothing} A new card shows what holds now.")
        case Unsent(cause=cause):
            said = text(said_of(words.SERVICE, CAUSES[cause]), f". {talk.nothing}")
        case Blocked(obstacle=obstacle):
            return plain(ticket, f"{_BLOCKED.get(obstacle, _LOCKED)} {talk.nothing}")
        case WrongCodes():
            said = text(f"Closed after three wrong codes. {talk.nothing} If that was not you: /lock")
            return plain(ticket, said)
        case Disowned():
            said = text("Closed: you said that it was not sent.")
        case Missed() | _:
            said = text(talk.nothing)
    return plain(ticket, said, rows=_again(ticket))


def _done(ticket: Ticket) -> Screen:
    match ticket.outcome:
        case SwapCreated(reference=reference, unpaid=unpaid, among_others=among_others):
            name = outside(reference, limit=40)
            if unpaid:
                return plain(ticket, text("Swap ", bold(name), " was created, never paid, and has ended."))
            said = text("Swap ", bold(name), " is created; its card is below.")
            others = words.AMONG_OTHERS if among_others else None
            return plain(ticket, said, others, rows=_show(reference, "Show it again"))
        case PayoutSet():
            return plain(ticket, bold("The payout address is set."), "It cannot be changed any more.")
        case _:
            return plain(ticket, bold("Closed: you said that it was sent."), "/swaps shows all orders of your key.")


def _again(ticket: Ticket) -> Rows:
    """A new card for a swap; a payout address is asked for on the card of its swap."""
    if not isinstance(ticket.intent, SetPayout):
        return ((Press("New card", RepeatTicket(ticket=ticket.id)),),)
    return _show(ticket.intent.reference, "Show the swap")


def _show(reference: str, label: str) -> Rows:
    return ((Press(label, ShowSwap(reference=reference)),),) if words.is_reference(reference) else ()
