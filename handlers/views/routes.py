"""What becomes of an amount on every way, best first, and why some ways cannot be gone."""

from decimal import Decimal

from chatbot.domain.coins import coin_label
from chatbot.domain.convert_refusals import in_words
from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.errors import (
    ChatbotError,
    InputError,
    KeyRejected,
    NoSession,
    NoSwapKey,
    NotLinked,
    Refused,
    SessionExpired,
    UnknownCoin,
)
from chatbot.domain.money import ZERO, Amount, decimals_of, divide, round_down, round_half_up
from chatbot.domain.route_drafts import RouteDraft, RouteKind
from chatbot.domain.routes import (
    BookOffer,
    Comparison,
    Cost,
    InstantOffer,
    NoRoute,
    Route,
    SwapOffer,
)
from chatbot.domain.swap_quotes import limits
from chatbot.domain.walks import Take
from chatbot.services.routes import Compared
from handlers.actions import DropDialogue, TakeRoute
from handlers.views.format import amount, number, ratio, restyled, roughly
from handlers.views.html import Html, bold, code, italic, lines, outside, text
from handlers.views.screen import Press, Screen

NAMES = {RouteKind.BOOK: "Order book", RouteKind.INSTANT: "Instant Trade", RouteKind.SWAP: "n.exchange"}
_WHY: dict[type[ChatbotError], str] = {
    NoSession: " needs /link instant",
    SessionExpired: ": Its session has ended. /link instant takes a fresh one.",
    NotLinked: " needs an account of yours: /link",
    KeyRejected: ": Your key was not accepted. See /accounts.",
}
"""Said behind the way's name."""
_FEE_DECIMALS = 8
_CENTS = 2
_PRICE_DIGITS = 6
_LONGEST_CODE = 20
_LONGEST_SENTENCE = 200
_FEW_LETTERS = 12  # of a code on a button


def compared(found: Compared) -> Screen:
    """Every way with what it brings, what it costs, how long it takes and what it needs."""
    comparison = found.comparison
    ways = [part for rank, route in enumerate(comparison.routes, 1) for part in ("", _way(rank, route, comparison))]
    return Screen(
        lines(
            bold("Give ", _amount(comparison.given), ", get ", _code(comparison.buy)),
            _cut(comparison),
            _middle(comparison),
            *ways,
            *_without(comparison),
            "",
            italic(
                f"{comparison.venue.badge} · At the prices of this moment. Nothing is sent before you confirm a card."
            ),
        ),
        _keys(found),
    )


def _cut(comparison: Comparison) -> Html | None:
    """What was asked for more exactly than it can be given."""
    given = comparison.given
    if comparison.asked == given.value:
        return None
    asked = text(number(comparison.asked), " ", _code(given.currency))
    return italic(asked, f" was cut: {decimals_of(given.value)} decimals are taken.")


def not_said(draft: RouteDraft) -> Screen:
    """The answer was none of the ways."""
    names = text(*(text(" or " if at else "", code(kind)) for at, kind in enumerate(draft.kinds)))
    given = _amount(Amount(draft.amount, draft.sell))
    return Screen(text("Say ", names, " for ", given, ", or tap one. /stop ends this."))


def _keys(found: Compared) -> tuple[tuple[Press, ...], ...]:
    dialogue = found.dialogue
    if dialogue is None:
        return ()
    ways = tuple(
        (
            Press(
                f"{rank}. {_label(route)}",
                TakeRoute(dialogue=dialogue.id, kind=route.kind),
                style="success" if rank == 1 else None,
            ),
        )
        for rank, route in enumerate(found.comparison.routes, 1)
    )
    return (*ways, (Press("Never mind", DropDialogue(dialogue=dialogue.id)),))


def _label(route: Route) -> str:
    """What the tap opens; of two orders, the first."""
    match route.offer:
        case BookOffer(takes=takes):
            first = takes[0]
            does = f"{first.side.capitalize()} {outside(first.market.base, limit=_FEW_LETTERS).plain}"
            return does if len(takes) == 1 else f"{does} first"
        case InstantOffer():
            return "Convert"
        case SwapOffer():
            return "Swap at n.exchange"


def _way(rank: int, route: Route, comparison: Comparison) -> Html:
    return lines(
        text(bold(f"{rank}. {NAMES[route.kind]}: "), code(_amount(route.offer.received))),
        None if route.cost is None else _cost(route.cost),
        *_details(route, comparison),
    )


def _details(route: Route, comparison: Comparison) -> tuple[Html, ...]:
    match route.offer:
        case BookOffer(takes=takes):
            return _on_books(takes, comparison.given)
        case InstantOffer():
            return (text("Its fee is within the price."), text("At once. Needs your balance at ANDX and your session."))
        case SwapOffer() as offer:
            return _at_service(offer, comparison)


def _on_books(takes: tuple[Take, ...], given: Amount) -> tuple[Html, ...]:
    fees = " and ".join(f"{_fee(take)} ({ratio(take.market.taker_fee)})" for take in takes)
    pairs = ", then ".join(f"{take.side} on {take.market.pair}" for take in takes)
    spent = takes[0].spent
    less = f" Spends {amount(spent)}." if spent.value < given.value else ""
    left = _left_between(takes)
    orders = "one order" if len(takes) == 1 else "two orders, one after the other"
    return (
        outside(f"Fee {fees}. At the market: {pairs}.{less}{left}", limit=_LONGEST_SENTENCE),
        text(f"At once, with {orders}. Needs your balance at ANDX."),
    )


def _left_between(takes: tuple[Take, ...]) -> str:
    """What the first order brings and the second cannot spend, if it is a cent or more."""
    first, last = takes[0].received, takes[-1].spent
    left = round_down(first.value - last.value, decimals=_CENTS) if len(takes) > 1 else ZERO
    return f" {amount(Amount(left, first.currency))} is left over." if left > ZERO else ""


def _fee(take: Take) -> str:
    return amount(Amount(round_half_up(take.fee.value, decimals=_FEE_DECIMALS), take.fee.currency))


def _at_service(offer: SwapOffer, comparison: Comparison) -> tuple[Html, ...]:
    least, most = limits(offer.rate, gets=False)
    bounds = [f"{word} {number(limit)}" for word, limit in (("from", least), ("up to", most)) if limit is not None]
    takes = f" It takes {' '.join(bounds)} {offer.deposit.symbol}." if bounds else ""
    fee = f"{number(offer.rate.withdrawal_fee)} {offer.withdraw.symbol}"
    play = " Play money." if not offer.is_live and comparison.venue.is_live else ""
    return (
        outside(f"Network fee {fee}, taken off.{takes}", limit=_LONGEST_SENTENCE),
        outside(f"{coin_label(offer.deposit)} to {coin_label(offer.withdraw)}.{play}", limit=_LONGEST_SENTENCE),
        outside(
            f"As long as both networks take to confirm. Needs your own wallet to pay from, and an address for "
            f"{offer.withdraw.symbol}.",
            limit=_LONGEST_SENTENCE,
        ),
    )


def _middle(comparison: Comparison) -> Html:
    """In `USUAL_COUNTER` if it is one of the two, else in the direction in which it is no fraction."""
    middle, given, got = comparison.middle, comparison.given.currency, comparison.buy
    if middle is None or not middle:
        return text("No order book tells the middle price, so there is nothing to compare with.")
    if given == USUAL_COUNTER or (got != USUAL_COUNTER and middle < 1):
        middle, given, got = divide(Decimal(1), middle), got, given
    return text("Middle price ", code(_price(middle)), " ", _code(got), " for 1 ", _code(given))


def _price(value: Decimal) -> str:
    return number(round_half_up(value, decimals=max(2, _PRICE_DIGITS - 1 - value.adjusted())))


def _cost(cost: Cost) -> Html:
    if not cost.money.value:
        return text("Exactly the middle price")
    money = outside(f"{roughly(abs(cost.money.value))} {cost.money.currency}", limit=2 * _LONGEST_CODE)
    where = "under" if cost.money.value > ZERO else "over"
    return text(f"{ratio(abs(cost.share), decimals=2)} ", "(", money, f") {where} the middle price")


def _without(comparison: Comparison) -> tuple[Html, ...]:
    if not comparison.without:
        return ()
    none = () if comparison.routes else (bold("No way can be gone with ", _amount(comparison.given), " right now."),)
    return (text(), *none, *(_no_way(each, comparison) for each in comparison.without))


def _no_way(way: NoRoute, comparison: Comparison) -> Html:
    return text(bold(NAMES[way.kind]), _no_quote(way, comparison) or _why(way.why))


def _no_quote(way: NoRoute, comparison: Comparison) -> Html | None:
    """Why Instant Trade gives no quote; None for all else."""
    if way.kind is not RouteKind.INSTANT or not isinstance(way.why, Refused):
        return None
    said = in_words(way.why, sell=comparison.given.currency, buy=comparison.buy)
    return text(" ", outside(said, limit=_LONGEST_SENTENCE))


def _why(error: ChatbotError) -> Html:
    if type(error) in _WHY:
        return text(_WHY[type(error)])
    match error:
        case NoSwapKey(live=live):
            return text(" needs /link nexchange" if live else ": /swap begins with play money")
        case UnknownCoin():
            return text(" has no coin “", outside(error.typed, limit=_LONGEST_CODE), "”.")
        case InputError():
            return text(": ", outside(restyled(error.sentence), limit=_LONGEST_SENTENCE))
        case Refused():
            return text(" refused. It says: ", outside(error.reason or "nothing", limit=_LONGEST_SENTENCE))
        case _:
            return text(" gives no answer right now. Ask again in a moment.")


def _amount(value: Amount) -> Html:
    return text(number(value.value), " ", _code(value.currency))


def _code(currency: str) -> Html:
    return outside(currency, limit=_LONGEST_CODE)
