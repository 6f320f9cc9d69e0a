"""What to send for a swap, and where: the card that waits for the deposit, and its QR picture.

Address, amount and memo are taken from the order and from nothing else, are the same wherever they stand, and stand
nowhere once `swap_life.can_be_paid` says no.
"""

from datetime import datetime

from chatbot.domain.coins import home
from chatbot.domain.networks import network_of
from chatbot.domain.payment_uri import payment_uri
from chatbot.domain.swap_life import Unpayable, can_be_paid, may_have_been_sent, may_set_payout, to_send, why_unpayable
from chatbot.domain.swaps import FollowedSwap, Marking
from handlers.actions import (
    GiveTransaction,
    MarkSwapPaid,
    RefreshSwap,
    SetSwapPayout,
    ShowSwapPicture,
    StartSwap,
    SwapHelp,
    UnmarkSwap,
)
from handlers.views import qr
from handlers.views import swap_words as words
from handlers.views.format import moment
from handlers.views.html import Html, bold, code, italic, lines, text
from handlers.views.screen import Copy, Key, Picture, Press, Rows, Screen

_PRACTICE = "Play money: the demo wallet pays it; a real wallet cannot, and should not try."
_MADE_ELSEWHERE = "The order was not made here: hold its payout address against your own before you pay."
_UNCLEAR = "Its coin, its amount or where to send it is not known for sure, or cannot be shown exactly."


def waiting(followed: FollowedSwap, *, now: datetime) -> Screen:
    """The card of a swap whose deposit was not seen yet."""
    match why_unpayable(followed, now=now):
        case None:
            return _deposit(followed, now=now)
        case Unpayable.LATE:
            return _too_late(followed, now=now)
        case Unpayable.UNFOLLOWED:
            return unfollowed(followed, now=now)
        case Unpayable.SENT:
            return _said_to_be_sent(followed, now=now)
        case Unpayable.STALE:
            return _not_now(followed, "Refresh before you pay swap ", _not_looked(followed, now=now), now=now)
        case Unpayable.NOWHERE:
            return _not_now(followed, "Set the payout address before you pay swap ", _PAYOUT_FIRST, now=now)
        case _:
            return _do_not_pay(followed, now=now)


def picture(followed: FollowedSwap, *, now: datetime) -> Picture:
    """The QR picture, with all that a wallet may not read from it. Raises `ValueError` unless it can be paid."""
    if not can_be_paid(followed, now=now):
        raise ValueError("nothing is to be paid")
    swap, until = followed.swap, followed.swap.pay_until
    besides = "network and memo" if swap.deposit_extra_id else "network"
    return Picture(
        content=qr.png(scanned(followed)),
        caption=lines(
            bold("Swap ", words.reference(swap), ": send exactly ", words.sent(followed)),
            text("Amount ", code(words.plain_amount(followed))),
            text("Network ", bold(words.network(followed.deposit))),
            text("To ", code(swap.deposit_address)),
            _memo_in_short(followed),
            None if until is None else text("Before ", bold(moment(until, now=now)), ". Later, do not use it."),
            italic(f"Hold what your wallet shows against this, {besides} too: not every wallet reads all of it."),
        ),
    )


def scanned(followed: FollowedSwap) -> str:
    """What the QR picture says."""
    return payment_uri(
        followed.deposit,
        address=followed.swap.deposit_address,
        amount=to_send(followed),
        extra_id=followed.swap.deposit_extra_id,
    )


def _deposit(followed: FollowedSwap, *, now: datetime) -> Screen:
    swap = followed.swap
    return Screen(
        lines(
            bold("Send exactly ", words.sent(followed), " on ", words.network(followed.deposit)),
            words.standing(followed),
            "",
            text("Amount, in one transfer: ", code(words.plain_amount(followed))),
            "So much must arrive: your wallet's or exchange's fee comes on top.",
            text("Network: ", bold(words.network(followed.deposit)), " and no other"),
            "To this address:",
            words.address(swap.deposit_address),
            *_memo(followed),
            "",
            *_time(followed, now=now),
            text("You receive ", words.expected(followed, now=now)),
            payout(followed),
            None if followed.ticket is not None else _MADE_ELSEWHERE,
            _sent_already(followed),
            None if followed.is_live else bold(_PRACTICE),
            words.foot(followed, now=now),
        ),
        (*_copies(followed), *_marks(followed), *below(followed, with_picture=True)),
    )


def _memo(followed: FollowedSwap) -> tuple[Html, ...]:
    swap, coin = followed.swap, followed.deposit
    if swap.deposit_extra_id:
        return (
            text("⚠️ ", bold("With this ", words.memo_name(coin), ":")),
            code(swap.deposit_extra_id),
            bold("Without it your coins can be lost."),
        )
    return (text(f"The order names no {words.memo_name(coin)}."),) if network_of(home(coin)).extra_id else ()


def _memo_in_short(followed: FollowedSwap) -> Html | None:
    memo = followed.swap.deposit_extra_id
    return text("⚠️ ", bold("With ", words.memo_name(followed.deposit), " "), code(memo)) if memo else None


def _time(followed: FollowedSwap, *, now: datetime) -> tuple[Html, ...]:
    until = followed.swap.pay_until
    if until is None:
        return (text("The service names no deadline: send it soon, or not at all."),)
    return (
        text("Send it before ", words.deadline(until, now=now), "."),
        text("Missed? Then send nothing: what becomes of late coins is not documented. An unpaid order just expires."),
    )


def _sent_already(followed: FollowedSwap) -> Html | None:
    """The order names a transaction, though nobody here says that it was sent."""
    named = followed.swap.deposit_transaction
    if not named:
        return None
    return text("⚠️ The order names a transaction: ", words.copied(named), ". If it is yours, do not send again.")


def payout(followed: FollowedSwap) -> Html:
    """Where the result goes."""
    swap, coin = followed.swap, followed.withdraw
    if not swap.withdraw_address:
        return bold("No payout address is set yet.")
    memo = (f" with {words.memo_name(coin)} ", words.copied(swap.withdraw_extra_id)) if swap.withdraw_extra_id else ()
    return text("Payout on ", words.network(coin), " to ", words.copied(swap.withdraw_address), *memo)


def _copies(followed: FollowedSwap) -> Rows:
    swap = followed.swap
    rows: Rows = (
        (Copy("Copy address", swap.deposit_address),),
        (Copy("Copy amount", words.plain_amount(followed)),),
    )
    if swap.deposit_extra_id:
        rows += ((Copy(f"Copy {words.memo_name(followed.deposit)}", swap.deposit_extra_id),),)
    return rows


def _marks(followed: FollowedSwap) -> Rows:
    """To say that it was sent, or to take that back."""
    say = (Press("✓ I have sent it", MarkSwapPaid(swap=followed.id)),)
    add = "Change the transaction id" if followed.swap.deposit_transaction else "Add the transaction id"
    back = (Press("Take that back: not sent", UnmarkSwap(swap=followed.id)),)
    match followed.marking:
        case Marking.UNMARKED:
            return (say,)
        case Marking.MARKED:
            return ((Press(add, GiveTransaction(swap=followed.id)),), back)
        case Marking.UNSURE:
            return (say, back)


def below(followed: FollowedSwap, *, with_picture: bool = False) -> Rows:
    """What every card of an open swap ends with; without its key, nothing can be done from here."""
    if followed.next_look_at is None:
        return ((Press("Help", SwapHelp()),), *_page(followed))
    rows: Rows = ()
    if may_set_payout(followed):
        rows += ((Press("Set the payout address", SetSwapPayout(swap=followed.id), style="primary"),),)
    refresh = Press("↻ Refresh", RefreshSwap(swap=followed.id))
    shown = (Press("QR", ShowSwapPicture(swap=followed.id)),) if with_picture else ()
    return (*rows, (refresh, *shown, Press("Help", SwapHelp())), *_page(followed))


def _page(followed: FollowedSwap) -> Rows:
    page: Key | None = words.web_page(followed)
    return () if page is None else ((page,),)


_PAYOUT_FIRST = "Then this card shows where to send it."


def _not_looked(followed: FollowedSwap, *, now: datetime) -> Html:
    since = bold(moment(followed.seen_at, now=now))
    return text("I could not look since ", since, ": whether it can still be paid, and where, is not known.")


def _not_now(followed: FollowedSwap, first: str, why: Html | str, *, now: datetime) -> Screen:
    """It could be paid, if it were not for something that can be mended here: that button comes first."""
    until = followed.swap.pay_until
    return Screen(
        lines(
            text("⚠️ ", bold(first, words.reference(followed.swap))),
            why,
            words.state(followed),
            words.amounts(followed, now=now),
            None if until is None else text("It can be paid until ", words.deadline(until, now=now), "."),
            payout(followed) if followed.swap.withdraw_address else None,
            words.foot(followed, now=now),
        ),
        (*below(followed), *_marks(followed)),
    )


def _said_to_be_sent(followed: FollowedSwap, *, now: datetime) -> Screen:
    """Nobody shall send it twice: where it went is a record now, which cannot be copied at a tap."""
    swap, until = followed.swap, followed.swap.pay_until
    memo = swap.deposit_extra_id
    return Screen(
        lines(
            words.said_to_be_sent(followed),
            words.standing(followed),
            "I tell you when it is seen." if followed.marking is Marking.MARKED else None,
            "",
            text("For your records: on ", words.network(followed.deposit), " to"),
            words.grouped(swap.deposit_address),
            text(f"with {words.memo_name(followed.deposit)} ", words.told(memo)) if memo else None,
            *words.transactions(followed),
            "",
            text("Not sent after all? Take that back", *_in_time(until, now=now), "."),
            text("You receive ", words.expected(followed, now=now)),
            payout(followed),
            words.foot(followed, now=now),
        ),
        (*_marks(followed), *below(followed)),
    )


def _in_time(until: datetime | None, *, now: datetime) -> tuple[Html | str, ...]:
    return () if until is None else (": it can be paid until ", words.deadline(until, now=now))


def unfollowed(followed: FollowedSwap, *, now: datetime) -> Screen:
    """An open swap whose key is gone: how it stood when it was seen last, and no button that needs the key."""
    swap = followed.swap
    return Screen(
        lines(
            bold("Swap ", words.reference(swap), ": not followed any more"),
            words.unfollowed(followed),
            text("Seen last: ", words.STATUS[swap.status], ". ", words.amounts(followed, now=now)),
            words.state(followed),
            None if followed.marking is Marking.UNMARKED else words.said_to_be_sent(followed),
            *words.doubts(followed),
            *words.transactions(followed),
            words.foot(followed, now=now),
        ),
        below(followed),
    )


def _do_not_pay(followed: FollowedSwap, *, now: datetime) -> Screen:
    """What the service made of it is not what was asked for."""
    is_asked = "What the service made of it is not what was asked for:" if followed.doubts else _UNCLEAR
    return Screen(
        lines(
            text("🛑 ", bold("Do not pay swap ", words.reference(followed.swap))),
            text(words.amounts(followed, now=now), ". ", is_asked),
            *words.doubts(followed, mark="•"),
            _what_to_do(followed),
            *words.transactions(followed),
            words.state(followed),
            words.foot(followed, now=now),
        ),
        (*(_marks(followed) if followed.marking is not Marking.UNMARKED else ()), *below(followed)),
    )


def _what_to_do(followed: FollowedSwap) -> Html:
    if may_have_been_sent(followed):
        return lines(words.said_to_be_sent(followed), words.ask(followed, "with the reference and the transaction id"))
    return text("An unpaid order expires by itself. ", words.ask(followed, "to ask how this came about"))


def _too_late(followed: FollowedSwap, *, now: datetime) -> Screen:
    until = followed.swap.pay_until
    ended = text() if until is None else text(" ended at ", moment(until, now=now))
    in_time = "If you sent it in time, say so: I go on looking. If not, nothing is owed: it expires by itself."
    is_said = followed.marking is not Marking.UNMARKED
    return Screen(
        lines(
            bold("Swap ", words.reference(followed.swap), ": do not send anything for it any more"),
            text(words.amounts(followed, now=now), ". The time to pay", ended, "; its address is not shown any more."),
            words.said_to_be_sent(followed) if is_said else in_time,
            *words.transactions(followed),
            words.state(followed),
            words.foot(followed, now=now),
        ),
        (
            *_marks(followed),
            *below(followed),
            (Press("New swap", StartSwap()),),
        ),
    )
