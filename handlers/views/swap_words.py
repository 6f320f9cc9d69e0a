"""How swaps are spoken of: coins with their networks, amounts, addresses to be compared, and how far they are.

Everything the service says is from outside, the names of its coins too.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby

from chatbot.domain import swap_text
from chatbot.domain.coins import coin_label, home
from chatbot.domain.money import divide, round_down, round_up, to_text
from chatbot.domain.networks import network_of
from chatbot.domain.swap_life import LONGEST_SHOWN, to_send
from chatbot.domain.swaps import Coin, FollowedSwap, Marking, Swap, SwapStatus
from handlers.views.format import moment, number, span
from handlers.views.html import Html, bold, code, italic, join, lines, outside, text
from handlers.views.screen import Link
from handlers.views.swap_doubts import SENTENCES

SERVICE = "n.exchange"
SUPPORT = "support@n.exchange"
AMONG_OTHERS = "There are other orders just like it, which I did not make: compare with /swaps, and pay one only."
_ENDS = 6
_GROUP = 4
_SIGNIFICANT = 8
"""Digits of an estimate."""
_LONGEST_SYMBOL = 20
_LONGEST_NETWORK = 40
_LONGEST_REFERENCE = 40
_HOUR = timedelta(hours=1)
_VISIBLE = re.compile(r"[!-~]+(?: [!-~]+)*")
"""Printable ASCII: what looks like something else, or hides, is no address to send coins to."""

STATUS = {
    SwapStatus.INITIAL: "waiting for your deposit",
    SwapStatus.UNCONFIRMED_PAYMENT: "deposit seen, not confirmed yet",
    SwapStatus.PAID: "deposit confirmed",
    SwapStatus.PRE_RELEASE: "payout being prepared",
    SwapStatus.RELEASED: "payout on its way",
    SwapStatus.COMPLETED: "completed",
    SwapStatus.CANCELED: "expired, not paid",
    SwapStatus.PENDING_KYC: "held for a check",
    SwapStatus.INITIATED_REFUND: "refund started",
    SwapStatus.REFUND_FAILED: "refund failed",
    SwapStatus.REFUNDED: "refunded",
    SwapStatus.UNKNOWN: "in a status I do not know",
}
_PROGRESS = {
    SwapStatus.INITIAL: "●○○○○○",
    SwapStatus.UNCONFIRMED_PAYMENT: "●●○○○○",
    SwapStatus.PENDING_KYC: "●●⏸○○○",
    SwapStatus.PAID: "●●●○○○",
    SwapStatus.PRE_RELEASE: "●●●●○○",
    SwapStatus.RELEASED: "●●●●●○",
    SwapStatus.COMPLETED: "●●●●●●",
    SwapStatus.INITIATED_REFUND: "↩ ●○",
    SwapStatus.REFUND_FAILED: "↩ ✕○",
    SwapStatus.REFUNDED: "↩ ●●",
}
"""How far it is, not what it went through: a status may have come and gone between two looks."""


def symbol(coin: Coin) -> Html:
    return outside(coin.symbol or coin.code or "coins", limit=_LONGEST_SYMBOL)


def network(coin: Coin) -> Html:
    """The network's name as people know it."""
    return outside(network_of(home(coin)).name, limit=_LONGEST_NETWORK) or text("a network the service does not name")


def named(coin: Coin) -> Html:
    """`BTC`, `USDT on Tron`: so that nobody takes it for the same coin elsewhere."""
    return outside(coin_label(coin), limit=_LONGEST_SYMBOL + _LONGEST_NETWORK)


def memo_name(coin: Coin) -> str:
    """What a memo is called on the coin's network: `destination tag`."""
    return network_of(home(coin)).extra_id or "memo"


def amounts(followed: FollowedSwap, *, now: datetime) -> Html:
    """`500 USDC → 0.01 BTC, rate fixed until 14:03 UTC`."""
    return text(sent(followed), " → ", expected(followed, now=now))


def sent(followed: FollowedSwap) -> Html:
    return text(number(to_send(followed)), " ", symbol(followed.deposit))


def received(followed: FollowedSwap) -> Html:
    got, decimals = followed.swap.withdraw_amount, followed.withdraw.decimals
    return text(number(got if decimals is None else round_down(got, decimals=decimals)), " ", symbol(followed.withdraw))


def expected(followed: FollowedSwap, *, now: datetime) -> Html:
    """What comes back: until it did, with how sure that is (api: 9.6)."""
    swap = followed.swap
    if swap.status is SwapStatus.COMPLETED:
        return received(followed)
    if swap.fixed_until is None:
        return text("≈ ", received(followed), ", an estimate")
    return text(received(followed), ", rate fixed until ", moment(swap.fixed_until, now=now))


def estimate(value: Decimal, *, rounds_up: bool) -> str:
    """`≈ 0.0095020134`: as many digits as anybody compares, and never better than it is."""
    return f"≈ {_significant(value, rounds_up=rounds_up)}"


def _significant(value: Decimal, *, rounds_up: bool) -> str:
    decimals = max(0, _SIGNIFICANT - 1 - value.adjusted())
    return number(round_up(value, decimals=decimals) if rounds_up else round_down(value, decimals=decimals))


def price(of: Decimal, *, deposit: Html, withdraw: Html) -> Html:
    """`1 BTC = 50,000 USDC`: per unit of the dearer coin. `of` is in deposit units per withdraw unit."""
    if of >= 1:
        return text("1 ", withdraw, f" = {number(of)} ", deposit)
    turned = divide(Decimal(1), of)
    return text("1 ", deposit, f" = {_significant(turned, rounds_up=False)} ", withdraw)


def reference(swap: Swap) -> Html:
    return outside(swap.reference, limit=_LONGEST_REFERENCE)


def is_reference(words: str) -> bool:
    """Whether a text can be an order's reference (api: 3.4), and fits a button."""
    return len(words) <= _LONGEST_REFERENCE and swap_text.is_reference(words)


def is_visible(words: str) -> bool:
    """Whether a text can be shown, compared and copied exactly as it is."""
    return len(words) <= LONGEST_SHOWN and _VISIBLE.fullmatch(words) is not None


def grouped(address: str) -> Html:
    """An address to be compared by eye: in groups of four, the first and the last six characters in bold."""
    groups = [range(at, min(at + _GROUP, len(address))) for at in range(0, len(address), _GROUP)]
    return join(" ", (_runs(address, group) for group in groups))


def _runs(address: str, group: range) -> Html:
    def is_end(at: int) -> bool:
        return at < _ENDS or at >= len(address) - _ENDS

    pieces = (("".join(address[at] for at in run), at_end) for at_end, run in groupby(group, key=is_end))
    runs = ((at_end, outside(piece, goes_on=True)) for piece, at_end in pieces)
    return text(*(bold(run) if at_end else run for at_end, run in runs))


def address(words: str) -> Html:
    """An address twice: to be compared, and whole, to be copied at a tap."""
    if not is_visible(words):
        return italic("an address I cannot show exactly: look at the service's page")
    return lines(grouped(words), code(words))


def ends(words: str) -> Html:
    """The beginning and the end of an address, where the whole of it is at hand."""
    short = len(words) <= 2 * _ENDS + 1 or not is_visible(words)
    return code(outside(words) if short else f"{words[:_ENDS]}…{words[-_ENDS:]}")


def copied(words: str) -> Html:
    """A memo or a transaction id, copied at a tap; cut where it is no such thing."""
    return code(words) if is_visible(words) else outside(words, limit=60)


def told(words: str) -> Html:
    """The same for the record only: nothing that a tap copies."""
    return outside(words, limit=LONGEST_SHOWN)


def plain_amount(followed: FollowedSwap) -> str:
    """The deposit's amount as wallets take it: a point for decimals and nothing else."""
    written = to_text(to_send(followed))
    return written.rstrip("0").rstrip(".") if "." in written else written


def state(followed: FollowedSwap) -> Html:
    """How far it is: the line of progress and, small, the service's own word."""
    swap = followed.swap
    word = italic(outside(swap.status_name or str(swap.status), limit=40))
    progress = _PROGRESS.get(swap.status)
    return word if progress is None else text(progress, " · ", word)


def deadline(until: datetime, *, now: datetime) -> Html:
    """`14:03 UTC, 23 min left`."""
    return text(bold(moment(until, now=now)), f", {_left(max(until - now, timedelta(0)))} left")


def _left(time: timedelta) -> str:
    """`1 h 20 min`, `20 min`, `45 s`: rounded down, so that no time is promised."""
    minutes = int(time.total_seconds()) // 60 % 60
    return f"{span(time)} {minutes} min" if time >= _HOUR and minutes else span(time)


def standing(followed: FollowedSwap) -> Html:
    """Which swap it is, and how far it is."""
    swap = followed.swap
    return text("Swap ", reference(swap), ", ", STATUS[swap.status], "  ", state(followed))


def said_to_be_sent(followed: FollowedSwap) -> Html:
    """What its person said of the deposit, or what the order says in their place."""
    if followed.marking is Marking.UNSURE:
        return bold("No answer came to your last word on whether it was sent. Say it again; until then, send nothing.")
    if followed.marking is Marking.MARKED:
        return bold("You said that ", sent(followed), " were sent: do not send them again.")
    return bold("The order names a deposit: do not send another.")


def transactions(followed: FollowedSwap) -> tuple[Html, ...]:
    swap = followed.swap
    named = (
        ("Transaction of your deposit: ", swap.deposit_transaction),
        ("Transaction of your payout: ", swap.withdraw_transaction),
    )
    return tuple(text(name, copied(transaction)) for name, transaction in named if transaction)


def doubts(followed: FollowedSwap, *, mark: str = "⚠️") -> tuple[Html, ...]:
    """What differs from what was asked for, or from what it was."""
    return tuple(text(f"{mark} {SENTENCES[doubt]}") for doubt in followed.doubts)


def ask(followed: FollowedSwap, what: str) -> str:
    """Whom to ask, and what for; nobody for play money."""
    if followed.is_live:
        return f"Write to {SUPPORT} {what}."
    return "It is play money, so nobody has to be asked; with real coins you would write to the support of n.exchange."


def unfollowed(followed: FollowedSwap) -> Html | None:
    """That a card says no more than it does, because the key is gone."""
    if followed.next_look_at is not None or followed.swap.status.is_final:
        return None
    again = code("/swap ", reference(followed.swap))
    return lines(
        text(bold("I do not look at it any more: its key is not linked."), " Do not pay it until I do."),
        text(f"To go on, link a key of the same {SERVICE} account, then send ", again, ": all I know of it stays."),
    )


def foot(followed: FollowedSwap, *, now: datetime) -> Html:
    """Whose it is, and how old what is said is."""
    venue = "LIVE" if followed.is_live else "PAPER"
    return italic(f"{followed.account_label} · {venue} · as of {moment(followed.seen_at, now=now)}")


def web_page(followed: FollowedSwap) -> Link | None:
    """Where the order can be seen in a browser (api: 3.5, observed); orders of play money are not there."""
    name = followed.swap.reference
    if not followed.is_live or not is_reference(name):
        return None
    return Link("Open on n.exchange", f"https://n.exchange/order/{name}")
