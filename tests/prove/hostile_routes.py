"""Comparisons with somebody's words in every field that is not ours."""

from collections.abc import Callable
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.errors import ChatbotError, Refused, UnknownCoin
from chatbot.domain.market import Level
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.route_drafts import RouteDraft, RouteKind
from chatbot.domain.routes import (
    BookOffer,
    Comparison,
    InstantOffer,
    NoRoute,
    Offer,
    Route,
    RouteUnfit,
    SwapOffer,
    route_by,
)
from chatbot.domain.swap_quotes import Quoted
from chatbot.domain.swaps import Rate
from chatbot.domain.walks import take
from chatbot.services.routes import Compared
from tests.handlers.views.examples import NOW
from tests.prove import hostile_swaps
from tests.prove import hostile_values as some

Word = Callable[[], str]
_ONE, _HUNDRED = Decimal(1), Decimal(100)


def compared(word: Word) -> Compared:
    """Every way there is, each with what it costs."""
    given, middle = Amount(_HUNDRED, some.code(word)), Decimal("0.02")
    offers = {RouteKind.BOOK: _on_books(word), RouteKind.INSTANT: _instant(word), RouteKind.SWAP: _swap(word)}
    routes = tuple(route_by(kind, offer, given=given, middle=middle) for kind, offer in offers.items())
    return Compared(comparison=_comparison(word, given, routes, ()), dialogue=some.dialogue())


def failed(word: Word) -> Compared:
    """No way can be gone, each for a reason of its own."""
    why: dict[RouteKind, ChatbotError] = {
        RouteKind.BOOK: RouteUnfit(f"No order books lead from {some.code(word)} to {some.code(word)}."),
        RouteKind.INSTANT: Refused(code=1999, reason=word()),
        RouteKind.SWAP: UnknownCoin(typed=word(), nearest=(word(),)),
    }
    without = tuple(NoRoute(kind=kind, why=error) for kind, error in why.items())
    return Compared(comparison=_comparison(word, Amount(_ONE, some.code(word)), (), without), dialogue=None)


def draft(word: Word) -> RouteDraft:
    return RouteDraft(amount=_ONE, sell=some.code(word), buy=some.code(word), instant=True)


def _comparison(word: Word, given: Amount, routes: tuple[Route, ...], without: tuple[NoRoute, ...]) -> Comparison:
    return Comparison(
        venue=Venue.ANDX,
        asked=_HUNDRED,
        given=given,
        buy=some.code(word),
        middle=Decimal("0.02") if routes else None,
        routes=routes,
        without=without,
        at=NOW,
    )


def _on_books(word: Word) -> Offer:
    levels = (Level(price=Decimal(50), volume=_ONE),)
    sides = ((Side.SELL, _ONE), (Side.BUY, Decimal(10)))
    return BookOffer(
        takes=tuple(take(levels, market=some.market(word), side=side, amount=amount) for side, amount in sides)
    )


def _instant(word: Word) -> Offer:
    quote = Quote(
        sell=some.code(word),
        buy=some.code(word),
        sell_text="100",
        buy_text="2",
        price_text="50",
        least_sell=_ONE,
        most_sell=_HUNDRED,
        least_buy=_ONE,
        most_buy=_HUNDRED,
        at=NOW,
    )
    return InstantOffer(quote=quote)


def _swap(word: Word) -> Offer:
    rate = Rate(
        pair=word(),
        deposit=word(),
        withdraw=word(),
        price=Decimal(50),
        withdrawal_fee=_ONE,
        rate_id=word(),
        least_deposit=_ONE,
        most_deposit=_HUNDRED,
        least_withdraw=None,
        most_withdraw=None,
        expires_at=NOW,
    )
    return SwapOffer(
        deposit=hostile_swaps.coin(word),
        withdraw=hostile_swaps.coin(word),
        rate=rate,
        quoted=Quoted(deposit=_HUNDRED, withdraw=_ONE),
        currency=some.code(word),
        is_live=False,
    )
