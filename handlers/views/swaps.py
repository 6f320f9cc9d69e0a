"""Swaps that are followed: the card of one through every status, the list of all, and what is pushed."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.notices import SwapMoved
from chatbot.domain.swap_life import may_have_been_sent
from chatbot.domain.swaps import FollowedSwap, Swap, SwapPage, SwapStatus
from chatbot.services.swap_following import PAGE_SIZE, SwapList
from handlers.actions import ShowSwap, ShowSwaps, StartSwap
from handlers.views import deposit
from handlers.views import swap_words as words
from handlers.views.format import age, moment, number
from handlers.views.html import Html, bold, italic, join, lines, text
from handlers.views.paging import Page
from handlers.views.screen import Key, Press, Rows, Screen

_S = SwapStatus
_NEXT: dict[SwapStatus, tuple[str, ...]] = {
    _S.UNCONFIRMED_PAYMENT: ("Next: the network confirms it. That takes minutes, on a busy network longer.",),
    _S.PAID: ("Next: your payout is prepared.",),
    _S.PRE_RELEASE: ("Next: your payout is sent.",),
    _S.RELEASED: ("Next: the network confirms your payout.",),
    _S.COMPLETED: (),
    _S.CANCELED: ("By the order, no deposit came in time.",),
    _S.PENDING_KYC: (
        "The service holds it for a check of where the coins come from, and may want to know who you are (KYC).",
        "After it the swap goes on, or your coins are refunded. How long it takes is not documented.",
    ),
    _S.INITIATED_REFUND: ("Next: your coins are sent back.",),
    _S.REFUND_FAILED: (
        "Your coins could not be sent back yet. The service may try again; this is not the end.",
        "The refund address cannot be changed from here.",
    ),
    _S.REFUNDED: ("It was refunded, as the order says; how much, it does not say.",),
    _S.UNKNOWN: ("I go on looking.",),
}
_ASKED = {
    _S.PENDING_KYC: "with the reference, and answer what they ask",
    _S.REFUND_FAILED: "with the reference and an address of yours for this coin",
    _S.UNKNOWN: "with the reference to ask what it means",
}
"""What to do besides waiting."""
_IF_SENT = "with the reference and the transaction id"
_GOES_BACK = (_S.INITIATED_REFUND, _S.REFUND_FAILED, _S.REFUNDED)


def card(followed: FollowedSwap, *, now: datetime) -> Screen:
    """How a swap stands, and what to do about it."""
    swap = followed.swap
    if swap.status is SwapStatus.INITIAL:
        return deposit.waiting(followed, now=now)
    if swap.status.is_final:
        return _over(followed, now=now)
    if followed.next_look_at is None:
        return deposit.unfollowed(followed, now=now)
    return Screen(
        lines(
            *_headed(followed, now=now),
            *words.doubts(followed),
            None if swap.status in _GOES_BACK else deposit.payout(followed),
            _refund_to(followed) if swap.status in (*_GOES_BACK, _S.PENDING_KYC) else None,
            *words.transactions(followed),
            words.foot(followed, now=now),
        ),
        deposit.below(followed),
    )


def _over(followed: FollowedSwap, *, now: datetime) -> Screen:
    """Nothing changes any more: short."""
    page = words.web_page(followed)
    keys: list[Key] = [Press("New swap", StartSwap())] if page is None else [page, Press("New swap", StartSwap())]
    return Screen(
        lines(
            *_headed(followed, now=now),
            *_ended(followed),
            *words.transactions(followed),
            words.foot(followed, now=now),
        ),
        tuple((key,) for key in keys),
    )


def _headed(followed: FollowedSwap, *, now: datetime) -> tuple[Html | str, ...]:
    """How far it is, in words, and what comes next or is to be done."""
    swap = followed.swap
    asked = _ASKED.get(swap.status)
    return (
        bold("Swap ", words.reference(swap), ": ", words.STATUS[swap.status]),
        words.state(followed),
        _amounts(followed, now=now),
        *_NEXT[swap.status],
        *(() if asked is None else (words.ask(followed, asked),)),
    )


def _amounts(followed: FollowedSwap, *, now: datetime) -> Html:
    """What goes back is perhaps not what was to be sent, and nothing is received: that is what was ordered only."""
    if followed.swap.status in (*_GOES_BACK, _S.CANCELED):
        return text("Ordered: ", words.sent(followed), " → ", words.received(followed))
    return words.amounts(followed, now=now)


def _ended(followed: FollowedSwap) -> tuple[Html | str, ...]:
    """Where the coins went in the end."""
    match followed.swap.status:
        case SwapStatus.COMPLETED if followed.swap.withdraw_address:
            return (deposit.payout(followed),)
        case SwapStatus.CANCELED if may_have_been_sent(followed):
            return (words.said_to_be_sent(followed), words.ask(followed, _IF_SENT))
        case SwapStatus.CANCELED:
            return (f"Sent it all the same? {words.ask(followed, _IF_SENT)}",)
        case SwapStatus.REFUNDED:
            return (_refund_to(followed),)
        case _:
            return ()


def _refund_to(followed: FollowedSwap) -> Html:
    """Where coins go back to."""
    swap = followed.swap
    if not swap.refund_address:
        asked = "" if swap.status in _ASKED else words.ask(followed, "to ask where coins go back to")
        return text(f"The order names no refund address. {asked}".rstrip())
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
        _news(followed, now=now),
        None if notice.since is None else f"It happened while I was away, after {moment(notice.since, now=now)}.",
        words.foot(followed, now=now),
    )


def _news(followed: FollowedSwap, *, now: datetime) -> Html | str:
    """What is worth knowing at once; the card says the rest."""
    swap, amounts = followed.swap, _amounts(followed, now=now)
    match swap.status:
        case SwapStatus.COMPLETED:
            to = text(" at ", words.ends(swap.withdraw_address)) if swap.withdraw_address else text()
            return text(bold(words.received(followed)), " arrived", to, ".")
        case SwapStatus.REFUNDED:
            to = text(" to ", words.ends(swap.refund_address)) if swap.refund_address else text()
            return text("Your ", words.symbol(followed.deposit), " were sent back", to, ", as the order says.")
        case SwapStatus.CANCELED if may_have_been_sent(followed):
            return bold("It was said to be sent all the same. ", words.ask(followed, _IF_SENT))
        case SwapStatus.CANCELED | SwapStatus.UNKNOWN:
            return text(amounts, ". Its card says more.")
        case SwapStatus.PENDING_KYC | SwapStatus.REFUND_FAILED if followed.is_live:
            return text(amounts, ". ", bold("You have to do something: its card says what."))
        case _:
            return amounts


def swaps(listed: SwapList, *, now: datetime) -> Screen:
    """A page of all orders of a key, as the service sorts them; each behind a button."""
    page = _paged(listed.page)
    foot = italic(f"{listed.account.label} · {listed.account.venue.badge}")
    none = "There is nothing on this page." if page.number > 1 else "There are none yet. /swap makes one."
    marked = "👁 followed here" if any(swap.reference in listed.followed for swap in page.items) else None
    return Screen(
        lines(
            bold(f"Swaps · {listed.page.count:,} in all{page.where}"),
            *(_entry(swap, listed, now=now) for swap in page.items),
            _unreadable(listed.page.unreadable),
            None if page.items or listed.page.unreadable else none,
            marked,
            foot,
        ),
        (
            *_shown(page.items),
            *page.keys(lambda number: ShowSwaps(page=number), Press("↻ Refresh", ShowSwaps(page=page.number))),
            (Press("New swap", StartSwap()),),
        ),
    )


def _paged(page: SwapPage) -> Page[Swap]:
    """How many pages there are follows from how many orders; whether this is the last one, the service knows better."""
    least = page.number + 1 if page.has_next else page.number
    count = max(least, -(-page.count // PAGE_SIZE)) if page.has_next else least
    return Page(items=page.swaps, number=page.number, count=count, before=(page.number - 1) * PAGE_SIZE)


def _unreadable(count: int) -> str | None:
    if not count:
        return None
    return "1 order I cannot read." if count == 1 else f"{count} orders I cannot read."


def _entry(swap: Swap, listed: SwapList, *, now: datetime) -> Html:
    eye = " 👁" if swap.reference in listed.followed else ""
    deposit_coin, withdraw_coin = listed.coins[swap.deposit], listed.coins[swap.withdraw]
    sent = text(number(swap.deposit_amount), " ", words.symbol(deposit_coin))
    got = text(number(swap.withdraw_amount), " ", words.symbol(withdraw_coin))
    return lines(
        text(bold(words.reference(swap)), eye, "  ", sent, " → ", got),
        text("   ", words.STATUS[swap.status], " · ", age(swap.created_at, now=now)),
    )


def _shown(swaps: Sequence[Swap]) -> Rows:
    """A button for each order whose reference can be one."""
    references = (swap.reference for swap in swaps if words.is_reference(swap.reference))
    keys = [Press(reference, ShowSwap(reference=reference)) for reference in references]
    return tuple(tuple(keys[at : at + 3]) for at in range(0, len(keys), 3))
