"""An account's limits: what holds, what is left of the day, what waits."""

from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import Account
from chatbot.domain.gate import Standing, orders_left, own_withdrawals_left, swaps_left, withdrawals_left
from chatbot.domain.limit_words import name_of, value_in_words
from chatbot.domain.limits import VALUED_IN, LimitChange, LimitKind, SpendKind, add_up, kinds_at
from chatbot.services.limits import LimitAsked, LimitOverview, LimitSet
from handlers.actions import ChangeLimit, DropDialogue, KeepLimit, ShowLimits
from handlers.views.format import left_of, moment, number, restyled
from handlers.views.html import Html, bold, code, italic, lines, text
from handlers.views.screen import Press, Rows, Screen

_CENTS = 2
_LABELS = {
    LimitKind.ORDER: "Largest order",
    LimitKind.ORDERS: "Orders a day",
    LimitKind.WITHDRAWAL: "Largest withdrawal",
    LimitKind.WITHDRAWALS: "Withdrawals a day",
    LimitKind.DISTANCE: "Price distance",
    LimitKind.SWAP: "Largest swap",
    LimitKind.SWAPS: "Swaps a day",
}
_TYPED = {
    LimitKind.ORDER: f"Write the most that one order may be worth, in {VALUED_IN}: 10000 or 50k.",
    LimitKind.ORDERS: f"Write what all orders of a day may be worth together, in {VALUED_IN}: 50k.",
    LimitKind.WITHDRAWAL: f"Write the most that one withdrawal may be worth, in {VALUED_IN}; 0 is none at all.",
    LimitKind.WITHDRAWALS: f"Write what may leave a day, all currencies together, in {VALUED_IN}: "
    "5000. Or a limit of one currency besides: XRP 500.",
    LimitKind.DISTANCE: "Write how far above the last price you may buy, or below it sell: 5%.",
    LimitKind.SWAP: f"Write the most that may be sent into one swap, in {VALUED_IN}; 0 is none at all.",
    LimitKind.SWAPS: f"Write what may be sent into all swaps of a day together, in {VALUED_IN}: 5000.",
}


def overview(shown: LimitOverview, *, now: datetime) -> Screen:
    """Each limit with what is used and left of it, and the raises that wait."""
    return Screen(
        lines(
            bold("Limits"),
            *(_of_swaps(shown) if shown.account.venue.swaps else _of_trade(shown)),
            *(_waiting(change, now=now) for change in shown.waiting),
            "",
            italic("A day is the last 24 hours. Lowering works at once, raising after 24 h."),
            _badge(shown.account),
        ),
        _keys(shown),
    )


def _of_trade(shown: LimitOverview) -> list[Html]:
    standing = Standing(limits=shown.limits, spent=add_up(shown.counted, currency=""))
    limits = shown.limits
    return [
        _limit(LimitKind.ORDER, limits.order),
        _limit(LimitKind.ORDERS, limits.orders),
        text("   used ", _worth(standing.spent.orders), ", left ", code(left_of(orders_left(standing)))),
        _limit(LimitKind.WITHDRAWAL, limits.withdrawal),
        text(
            _limit(LimitKind.WITHDRAWALS, limits.withdrawals), ", all currencies together" if limits.withdrawals else ""
        ),
        text("   used ", _worth(standing.spent.withdrawals), ", left ", code(left_of(withdrawals_left(standing)))),
        *(_of_currency(currency, shown) for currency in _currencies(shown)),
        _limit(LimitKind.DISTANCE, limits.distance),
    ]


def _of_swaps(shown: LimitOverview) -> list[Html]:
    standing = Standing(limits=shown.limits, spent=add_up(shown.counted, currency=""))
    return [
        _limit(LimitKind.SWAP, shown.limits.swap),
        _limit(LimitKind.SWAPS, shown.limits.swaps),
        text("   used ", _worth(standing.spent.swaps), ", left ", code(left_of(swaps_left(standing)))),
        text("By what you send. A swap that ends unpaid counts no longer."),
    ]


def asking(asked: LimitAsked) -> Screen:
    """Which value?"""
    now_it_is = None
    if asked.holds is not None:
        now_it_is = text("Now: ", code(_in_words(asked.kind, asked.currency, asked.holds)))
    typed = f"Write how much {asked.currency} may leave a day." if asked.currency else _TYPED[asked.kind]
    return Screen(
        lines(bold(_title(asked.kind, asked.currency)), now_it_is, typed, _badge(asked.account)),
        ((Press("Never mind", DropDialogue(dialogue=asked.dialogue.id)),),),
    )


def changed(done: LimitSet, *, now: datetime) -> Screen:
    """What holds from when on."""
    change, dropped = done.changed.change, done.changed.dropped
    words = _in_words(change.kind, change.currency, change.value)
    told = text(bold(f"{_title(change.kind, change.currency)}: {words}"), " from now on.")
    keep: Rows = ()
    if change.effective_at > now:
        until = moment(change.effective_at, now=now)
        told = lines(
            bold(f"{_title(change.kind, change.currency)}: {words} from {until} on."),
            _until_then(done),
            "If it was not you, keep the old one and /lock.",
        )
        keep = ((Press("Keep the old one", KeepLimit(change=change.id)),),)
    instead = None
    if dropped is not None:
        was = _in_words(dropped.kind, dropped.currency, dropped.value)
        instead = f"The raise to {was} that was waiting is dropped."
    show = Press("All limits", ShowLimits(account=done.account.id))
    return Screen(lines(told, instead, _badge(done.account)), (*keep, (show,)))


def kept(change: LimitChange) -> Screen:
    """A raise that was dropped."""
    return Screen(
        lines(
            bold("The old limit stays."),
            f"{_title(change.kind, change.currency)} is not raised.",
        ),
        ((Press("All limits", ShowLimits(account=change.account)),),),
    )


def _limit(kind: LimitKind, value: Decimal) -> Html:
    return text(f"{_LABELS[kind]}: ", code(_in_words(kind, "", value)))


def _currencies(shown: LimitOverview) -> list[str]:
    """Those with a limit of their own, or with withdrawals that count."""
    moved = {each.spend.currency for each in shown.counted if each.spend.kind is SpendKind.WITHDRAWAL}
    return sorted(moved | shown.limits.by_currency.keys())


def _of_currency(currency: str, shown: LimitOverview) -> Html:
    standing = Standing(limits=shown.limits, spent=add_up(shown.counted, currency=currency))
    own, left = shown.limits.by_currency.get(currency), own_withdrawals_left(currency, standing)
    used = f"used {number(standing.spent.withdrawn)}"
    if own is None or left is None:
        return text("   ", bold(currency), f": {used}")
    limit = _in_words(LimitKind.WITHDRAWALS, currency, own)
    return text("   ", bold(currency), f": {limit}, {used}, left ", code(left_of(left)))


def _worth(value: Decimal) -> str:
    return f"{number(value, decimals=_CENTS)} {VALUED_IN}"


def _waiting(change: LimitChange, *, now: datetime) -> Html:
    words = _in_words(change.kind, change.currency, change.value)
    until = moment(change.effective_at, now=now)
    return text("⏳ ", f"{_title(change.kind, change.currency)}: ", code(words), f" from {until} on")


def _until_then(done: LimitSet) -> str:
    change, before = done.changed.change, done.changed.before
    if before is None or change.currency:
        return "Until then the present limit holds."
    return f"Until then it stays {_in_words(change.kind, change.currency, before)}."


def _keys(shown: LimitOverview) -> Rows:
    keep = tuple(
        (Press(f"Keep the old one: {name_of(change.kind, change.currency)}", KeepLimit(change=change.id)),)
        for change in shown.waiting
    )
    account, other = shown.account, shown.other
    presses = [Press(_LABELS[kind], ChangeLimit(account=account.id, kind=kind)) for kind in kinds_at(account.venue)]
    pairs = tuple(tuple(presses[at : at + 2]) for at in range(0, len(presses), 2))
    turn: Rows = () if other is None else ((Press(f"Limits of {other.label}", ShowLimits(account=other.id)),),)
    return (*keep, *pairs, *turn, (Press("↻ Refresh", ShowLimits(account=account.id)),))


def _title(kind: LimitKind, currency: str) -> str:
    return f"{_LABELS[kind]} of {currency}" if currency else _LABELS[kind]


def _badge(account: Account) -> Html:
    return italic(f"{account.label} · {account.venue.badge}")


def _in_words(kind: LimitKind, currency: str, value: Decimal) -> str:
    return restyled(value_in_words(kind, currency, value))
