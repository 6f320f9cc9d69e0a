"""Swaps that are followed: the card of one through every status, the list of all, and what is pushed."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.notices import SwapMoved
from chatbot.domain.swaps import FollowedSwap, Swap, SwapStatus
from chatbot.services.swap_following import SwapList
from handlers.actions import ShowSwap, ShowSwaps, StartSwap
from handlers.views import deposit
from handlers.views import swap_words as words
from handlers.views.format import age, moment, number
from handlers.views.html import Html, bold, italic, join, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_S = SwapStatus
_NEXT: dict[SwapStatus, tuple[str, ...]] = {
    _S.UNCONFIRMED_PAYMENT: ("Next: the network confirms it. That takes minutes, on a busy network longer.",),
    _S.PAID: ("Next: your payout is prepared.",),
    _S.PRE_RELEASE: ("Next: your payout is sent.",),
    _S.RELEASED: ("Next: the network confirms your payout.",),
    _S.COMPLETED: (),
    _S.CANCELED: (
        "No deposit came in time, so nothing was taken.",
        f"If you did send coins, write to {words.SUPPORT}, with the reference and the transaction id.",
    ),
    _S.PENDING_KYC: (
        "The service holds it for a check of where the coins come from, and may want to know who you are (KYC).",
        f"What to do: write to {words.SUPPORT} with the reference, and answer what they ask.",
        "After it the swap goes on, or your coins are refunded. How long it takes is not documented.",
    ),
    _S.INITIATED_REFUND: ("Next: your coins are sent back.",),
    _S.REFUND_FAILED: (
        "Your coins could not be sent back yet. The service may try again; this is not the end.",
        f"What to do: write to {words.SUPPORT} with the reference and an address of yours for this coin. "
        "The refund address cannot be changed from here.",
    ),
    _S.REFUNDED: ("Your coins were sent back.",),
    _S.UNKNOWN: (f"I go on looking. Open its page, or ask {words.SUPPORT}.",),
}

_GOES_BACK = (_S.INITIATED_REFUND, _S.REFUND_FAILED)


def card(followed: FollowedSwap, *, now: datetime) -> Screen:
    """How a swap stands, and what to do about it."""
    if followed.swap.status is SwapStatus.INITIAL:
        return deposit.waiting(followed, now=now)
    if followed.swap.status.is_final:
        return _over(followed, now=now)
    swap = followed.swap
    return Screen(
        lines(
            bold("Swap ", words.reference(swap), ": ", words.STATUS[swap.status]),
            words.state(followed),
            words.amounts(followed),
            *_NEXT[swap.status],
            *_doubts(followed),
            None if swap.status in _GOES_BACK else deposit.payout(followed),
            _refund_to(followed) if swap.status in (*_GOES_BACK, _S.PENDING_KYC) else None,
            *words.transactions(swap),
            words.unfollowed(followed),
            words.foot(followed, now=now),
        ),
        deposit.below(followed),
    )


def _over(followed: FollowedSwap, *, now: datetime) -> Screen:
    """Nothing changes any more: short."""
    swap, page = followed.swap, words.web_page(followed)
    keys: list[Key] = [Press("New swap", StartSwap())] if page is None else [page, Press("New swap", StartSwap())]
    return Screen(
        lines(
            bold("Swap ", words.reference(swap), ": ", words.STATUS[swap.status]),
            words.state(followed),
            words.amounts(followed),
            *_NEXT[swap.status],
            *_ended(followed),
            *words.transactions(swap),
            words.foot(followed, now=now),
        ),
        tuple((key,) for key in keys),
    )


def _ended(followed: FollowedSwap) -> tuple[Html, ...]:
    """Where the coins went in the end."""
    swap = followed.swap
    if swap.status is SwapStatus.COMPLETED and swap.withdraw_address:
        return (deposit.payout(followed),)
    return (_refund_to(followed),) if swap.status is SwapStatus.REFUNDED else ()


def _doubts(followed: FollowedSwap) -> tuple[Html, ...]:
    """What differs from what was asked for, on a swap that is under way."""
    return tuple(text("⚠️ ", outside(doubt, limit=300)) for doubt in followed.doubts)


def _refund_to(followed: FollowedSwap) -> Html:
    """Where coins go back to."""
    swap = followed.swap
    if not swap.refund_address:
        return text(f"No refund address was given. {words.SUPPORT} can tell where coins go back to.")
    memo = (f" with {words.memo_name(followed.deposit)} ", words.copied(swap.refund_extra_id))
    return text("Refunds go to ", words.copied(swap.refund_address), *(memo if swap.refund_extra_id else ()))


def elsewhere() -> Screen:
    """What takes the place of a card that goes on further down."""
    return Screen(text("The card of this swap is further down now."))


def moved(notices: Sequence[SwapMoved], *, now: datetime) -> Screen:
    """Each swap once, as it was told last."""
    latest = {(notice.followed.account, notice.followed.swap.reference): notice for notice in notices}
    return Screen(join("\n\n", (_moved(notice, now=now) for notice in latest.values())))


def _moved(notice: SwapMoved, *, now: datetime) -> Html:
    followed = notice.followed
    swap = followed.swap
    return lines(
        text("🔔 ", bold("Swap ", words.reference(swap), ": ", words.STATUS[swap.status]), "."),
        _news(followed),
        None if notice.since is None else f"It happened while I was away, after {moment(notice.since, now=now)}.",
        words.foot(followed, now=now),
    )


def _news(followed: FollowedSwap) -> Html | str:
    """What is worth knowing at once; the card says the rest."""
    swap = followed.swap
    match swap.status:
        case SwapStatus.COMPLETED:
            to = text(" at ", words.ends(swap.withdraw_address)) if swap.withdraw_address else text()
            return text(bold(words.received(followed)), " arrived", to, ".")
        case SwapStatus.REFUNDED:
            return text(bold(words.sent(followed)), " were sent back, as far as the order says.")
        case SwapStatus.CANCELED | SwapStatus.UNKNOWN:
            return text(words.amounts(followed), ". Its card says more.")
        case SwapStatus.PENDING_KYC | SwapStatus.REFUND_FAILED:
            return text(words.amounts(followed), ". ", bold("You have to do something: its card says what."))
        case _:
            return words.amounts(followed)


def swaps(listed: SwapList, *, now: datetime) -> Screen:
    """A page of all orders of a key, as the service sorts them; each behind a button."""
    page = listed.page
    where = f" · page {page.number}" if page.has_next or page.number > 1 else ""
    foot = italic(f"{listed.account.label} · {listed.account.venue.badge}")
    none = "There is nothing on this page." if page.number > 1 else "There are none yet. /swap makes one."
    marked = "👁 followed here" if any(swap.reference in listed.followed for swap in page.swaps) else None
    return Screen(
        lines(
            bold(f"Swaps · {page.count:,} in all{where}"),
            *(_entry(swap, listed, now=now) for swap in page.swaps),
            None if page.swaps else none,
            marked,
            foot,
        ),
        _listed_keys(listed),
    )


def _entry(swap: Swap, listed: SwapList, *, now: datetime) -> Html:
    eye = " 👁" if swap.reference in listed.followed else ""
    deposit_coin, withdraw_coin = listed.coins[swap.deposit], listed.coins[swap.withdraw]
    sent = text(number(swap.deposit_amount), " ", words.symbol(deposit_coin))
    got = text(number(swap.withdraw_amount), " ", words.symbol(withdraw_coin))
    return lines(
        text(bold(words.reference(swap)), eye, "  ", sent, " → ", got),
        text("   ", words.STATUS[swap.status], " · ", age(swap.created_at, now=now)),
    )


def _listed_keys(listed: SwapList) -> Rows:
    page = listed.page
    keys: list[Key] = [
        Press(swap.reference, ShowSwap(reference=swap.reference))
        for swap in page.swaps
        if words.is_reference(swap.reference)
    ]
    turning: list[Key] = []
    if page.number > 1:
        turning.append(Press("‹ Prev", ShowSwaps(page=page.number - 1)))
    turning.append(Press("↻ Refresh", ShowSwaps(page=page.number)))
    if page.has_next:
        turning.append(Press("Next ›", ShowSwaps(page=page.number + 1)))
    rows = [tuple(keys[at : at + 3]) for at in range(0, len(keys), 3)]
    return (*rows, tuple(turning), (Press("New swap", StartSwap()),))
