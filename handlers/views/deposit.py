"""What to send for a swap, and where: the card that waits for the deposit, and its QR picture.

Address, amount and memo are taken from the order and from nothing else, and are the same wherever they stand.
"""

from datetime import datetime

from chatbot.domain.coins import home
from chatbot.domain.networks import network_of
from chatbot.domain.payment_uri import payment_uri
from chatbot.domain.swaps import FollowedSwap, Marking, SwapStatus
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
from handlers.views.html import Html, bold, code, italic, lines, outside, text
from handlers.views.screen import Copy, Key, Picture, Press, Rows, Screen

_PRACTICE = "Play money: the demo wallet pays it; a real wallet cannot, and should not try."
_MADE_ELSEWHERE = "It was not made here, so I cannot tell whether this is the address you gave: compare it."
_MARKED = {
    Marking.UNMARKED: None,
    Marking.MARKED: "You said that it was sent. Do not send it twice: I tell you when it is seen.",
    Marking.UNSURE: "No answer came to your last word on whether it was sent. Refresh, then say it again.",
}


def can_be_paid(followed: FollowedSwap, *, now: datetime) -> bool:
    """Whether the deposit may be sent: it is waited for, in time, to where was asked for, and can be shown exactly."""
    swap = followed.swap
    return (
        swap.status is SwapStatus.INITIAL
        and (swap.pay_until is None or now < swap.pay_until)
        and not followed.doubts
        and _is_exact(followed)
    )


def waiting(followed: FollowedSwap, *, now: datetime) -> Screen:
    """The card of a swap whose deposit was not seen yet."""
    if can_be_paid(followed, now=now):
        return _deposit(followed, now=now)
    if followed.doubts or not _is_exact(followed):
        return _do_not_pay(followed, now=now)
    return _too_late(followed, now=now)


def picture(followed: FollowedSwap, *, now: datetime) -> Picture:
    """The QR picture, with all that a wallet may not read from it. Raises `ValueError` unless it can be paid."""
    if not can_be_paid(followed, now=now):
        raise ValueError("nothing is to be paid")
    swap, until = followed.swap, followed.swap.pay_until
    return Picture(
        content=qr.png(scanned(followed)),
        caption=lines(
            bold("Swap ", words.reference(swap), ": send exactly ", words.sent(followed)),
            text("Amount ", code(words.plain_amount(followed))),
            text("Network ", bold(words.network(followed.deposit))),
            text("To ", code(swap.deposit_address)),
            _memo_in_short(followed),
            None if until is None else text("Before ", bold(moment(until, now=now)), ". Later, do not use it."),
            italic("Hold what your wallet shows against this, network and memo too: not every wallet reads them."),
        ),
    )


def scanned(followed: FollowedSwap) -> str:
    """What the QR picture says."""
    return payment_uri(
        network=home(followed.deposit),
        contract=followed.deposit.contract,
        address=followed.swap.deposit_address,
        amount=words.to_send(followed),
        extra_id=followed.swap.deposit_extra_id,
        decimals=followed.deposit.decimals,
    )


def _is_exact(followed: FollowedSwap) -> bool:
    """Whether where to send it is there, and is read as it is written."""
    swap = followed.swap
    return (
        words.is_visible(swap.deposit_address)
        and " " not in swap.deposit_address
        and (not swap.deposit_extra_id or words.is_visible(swap.deposit_extra_id))
        and words.to_send(followed) > 0
    )


def _deposit(followed: FollowedSwap, *, now: datetime) -> Screen:
    swap = followed.swap
    return Screen(
        lines(
            bold("Send exactly ", words.sent(followed), " on ", words.network(followed.deposit)),
            text("Swap ", words.reference(swap), ", ", words.STATUS[swap.status], "  ", words.state(followed)),
            "",
            text("Amount, in one transfer: ", code(words.plain_amount(followed))),
            text("Network: ", bold(words.network(followed.deposit)), " and no other"),
            "To this address:",
            words.address(swap.deposit_address),
            *_memo(followed),
            "",
            *_time(followed, now=now),
            text("You receive ", words.received(followed), _estimate(followed)),
            payout(followed),
            None if followed.ticket is not None or not swap.withdraw_address else _MADE_ELSEWHERE,
            _MARKED[followed.marking],
            *words.transactions(swap),
            words.unfollowed(followed),
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
    return (text(f"No {words.memo_name(coin)} is needed for it."),) if network_of(home(coin)).extra_id else ()


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


def _estimate(followed: FollowedSwap) -> str:
    return "" if followed.swap.fixed_until is not None else ", an estimate: the service did not fix the rate"


def payout(followed: FollowedSwap) -> Html:
    """Where the result goes."""
    swap, coin = followed.swap, followed.withdraw
    if not swap.withdraw_address:
        return bold("No payout address is set yet: set it before the swap is processed.")
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
    add = (Press("Add the transaction id", GiveTransaction(swap=followed.id)),)
    back = (Press("Take that back: not sent", UnmarkSwap(swap=followed.id)),)
    match followed.marking:
        case Marking.UNMARKED:
            return (say,)
        case Marking.MARKED:
            return (back,) if followed.swap.deposit_transaction else (add, back)
        case Marking.UNSURE:
            return (say, back)


def below(followed: FollowedSwap, *, with_picture: bool = False) -> Rows:
    """What every card of an open swap ends with."""
    rows: Rows = ()
    if may_set_payout(followed):
        rows += ((Press("Set the payout address", SetSwapPayout(swap=followed.id), style="primary"),),)
    refresh = Press("↻ Refresh", RefreshSwap(swap=followed.id))
    shown = (Press("QR", ShowSwapPicture(swap=followed.id)),) if with_picture else ()
    return (*rows, (refresh, *shown, Press("Help", SwapHelp())), *_page(followed))


def may_set_payout(followed: FollowedSwap) -> bool:
    """It is set once, before the swap is processed (api: 3.6)."""
    return not followed.swap.withdraw_address and followed.swap.status in (
        SwapStatus.INITIAL,
        SwapStatus.UNCONFIRMED_PAYMENT,
        SwapStatus.PAID,
        SwapStatus.PENDING_KYC,
    )


def _page(followed: FollowedSwap) -> Rows:
    page: Key | None = words.web_page(followed)
    return () if page is None else ((page,),)


def _do_not_pay(followed: FollowedSwap, *, now: datetime) -> Screen:
    """What the service made of it is not what was asked for."""
    strange = () if _is_exact(followed) else ("Where to send it is not written so that it can be shown exactly.",)
    return Screen(
        lines(
            text("🛑 ", bold("Do not pay swap ", words.reference(followed.swap))),
            text(words.amounts(followed), ". What the service made of it is not what you asked for:"),
            *(text("• ", outside(doubt, limit=300)) for doubt in (*followed.doubts, *strange)),
            f"Nothing has moved. Unpaid, it expires by itself. Ask {words.SUPPORT} how this came about.",
            words.state(followed),
            words.foot(followed, now=now),
        ),
        (*(_marks(followed) if followed.marking is not Marking.UNMARKED else ()), *below(followed)),
    )


def _too_late(followed: FollowedSwap, *, now: datetime) -> Screen:
    until = followed.swap.pay_until
    ended = text() if until is None else text(" ended at ", moment(until, now=now))
    return Screen(
        lines(
            bold("Swap ", words.reference(followed.swap), ": do not send anything for it any more"),
            text(words.amounts(followed), ". The time to pay", ended, "; its address is not shown from then on."),
            "If you sent it in time, say so: I go on looking. If you did not, nothing is owed: it expires by itself.",
            _MARKED[followed.marking],
            *words.transactions(followed.swap),
            words.unfollowed(followed),
            words.state(followed),
            words.foot(followed, now=now),
        ),
        (
            *_marks(followed),
            *below(followed),
            (Press("New swap", StartSwap()),),
        ),
    )
