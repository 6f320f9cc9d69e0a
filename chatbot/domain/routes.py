"""The ways from one currency to another, and what each costs against the middle of the order books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf, ConvertDraft, ConvertRequest
from chatbot.domain.converting import Middle, outside_limits
from chatbot.domain.currencies import USUAL_COUNTER
from chatbot.domain.drafts import OrderRequest, Quantity, QuantityKind, SwapRequest
from chatbot.domain.errors import ChatbotError, InputError
from chatbot.domain.market import Market, OrderBook
from chatbot.domain.money import EXACT, ZERO, Amount, divide, grouped, multiply, round_down
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.route_drafts import FirstOrder, RouteDraft, RouteKind, SwapPair
from chatbot.domain.stray_secrets import said_back
from chatbot.domain.swap_quotes import Quoted
from chatbot.domain.swap_text import coin_and_network, parse_swap
from chatbot.domain.swaps import Coin, Rate
from chatbot.domain.walks import Take, at_price, take

_EXAMPLE = "Say what you give and what you want: /route 100 USDT to ETH"
_EVERYTHING = ("all", "max", "everything")


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRequest:
    """What is given and what is wanted. The coins are as typed, a network behind an `@`; `amount` is what is given."""

    amount: Decimal
    sell: str
    buy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One order on the way: on this market, from its one currency to the other."""

    market: Market
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOffer:
    """One order at the market, or two that follow each other."""

    takes: tuple[Take, ...]

    @property
    def received(self) -> Amount:
        return self.takes[-1].received


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantOffer:
    """Fees are within the quoted price; the exchange names none."""

    quote: Quote

    @property
    def received(self) -> Amount:
        return Amount(self.quote.buy_amount, self.quote.buy)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapOffer:
    """`is_live` is false where it is play money. What is received is in `currency`, by its name at the exchange."""

    deposit: Coin
    withdraw: Coin
    rate: Rate
    quoted: Quoted
    currency: str
    is_live: bool

    @property
    def received(self) -> Amount:
        return Amount(self.quoted.withdraw, self.currency)


Offer = BookOffer | InstantOffer | SwapOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What is missing against the middle price: as a fraction, and as money. Below zero it is more than that price."""

    share: Decimal
    money: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way that can be gone. `spent` is what leaves: what is given, or a little less where an order cannot name all of
    it. `cost` is None where no middle price is known.
    """

    kind: RouteKind
    offer: Offer
    spent: Amount
    cost: Cost | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRoute:
    """A way that cannot be gone now, and why."""

    kind: RouteKind
    why: ChatbotError


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All ways for one amount, `routes` best first. `given` is what was `asked` for, cut to what is taken.
    `middle` is in `buy` for one of what is given; `venue` is the one whose books were walked.
    """

    venue: Venue
    asked: Decimal
    given: Amount
    buy: str
    middle: Decimal | None
    routes: tuple[Route, ...]
    without: tuple[NoRoute, ...]
    at: datetime


class RouteUnfit(InputError):
    """A way does not take this amount; the sentence says which it would."""


def read_route(text: str) -> RouteRequest:
    """Read what follows `/route`: `100 USDT to ETH`, `0.01 BTC USDT`. Raises `InputError`."""
    if not text.strip():
        raise InputError(_EXAMPLE)
    first = text.split(maxsplit=1)[0].lower()
    if first in _EVERYTHING or first.endswith("%"):
        raise InputError(f"Say the amount itself instead of “{first[:40]}”, such as /route 100 USDT to ETH")
    request = parse_swap(text)
    if request.gets:
        raise InputError(f"Here the amount is what you give. {_EXAMPLE}")
    if request.receiver_text is not None:
        raise InputError(f"I did not understand {said_back(request.receiver_text)}. {_EXAMPLE}")
    if request.amount is None or request.deposit_text is None or request.withdraw_text is None:
        raise InputError(_EXAMPLE)
    return RouteRequest(amount=request.amount, sell=request.deposit_text, buy=request.withdraw_text)


def spending_of(draft: ConvertDraft) -> RouteRequest | None:
    """What a conversion that could not be had would give, and for what; None where no such amount was said."""
    request = draft.refused
    if (
        request is None
        or request.sell is None
        or request.buy is None
        or request.amount is None
        or request.of is not AmountOf.SOLD
    ):
        return None
    return RouteRequest(amount=request.amount, sell=request.sell, buy=request.buy)


def bare(typed: str) -> str:
    """What was typed for a coin, without its network. Raises `InputError` for a network that is not known."""
    coin, network = coin_and_network(typed)
    if network is None:
        name = typed.partition("@")[2][:40]
        raise InputError(f"I know no network called “{name}”. Leave it out, or write one such as {coin} on Tron.")
    return coin


def steps_between(sell: str, buy: str, markets: Iterable[Market]) -> tuple[tuple[Step, ...], ...]:
    """The ways over order books: the market of the two first, then the two with `USUAL_COUNTER`, in two orders."""
    listed = tuple(market for market in markets if not market.instant_only)
    direct = _step(sell, buy, listed)
    found: list[tuple[Step, ...]] = [] if direct is None else [(direct,)]
    if USUAL_COUNTER not in (sell, buy):
        legs = (_step(sell, USUAL_COUNTER, listed), _step(USUAL_COUNTER, buy, listed))
        if legs[0] is not None and legs[1] is not None:
            found.append((legs[0], legs[1]))
    return tuple(found)


def _step(sell: str, buy: str, markets: Sequence[Market]) -> Step | None:
    for market in markets:
        if (market.base, market.counter) == (sell, buy):
            return Step(market=market, side=Side.SELL)
        if (market.base, market.counter) == (buy, sell):
            return Step(market=market, side=Side.BUY)
    return None


def walk(steps: Sequence[Step], books: Sequence[OrderBook], given: Amount) -> BookOffer:
    """Order after order, each with what the one before it brings. Raises `RouteUnfit`."""
    takes: list[Take] = []
    for step, book in zip(steps, books, strict=True):
        offered = takes[-1].received.value if takes else given.value
        found = take(book.opposite(step.side), market=step.market, side=step.side, amount=offered)
        _check_take(found)
        takes.append(found)
    return BookOffer(takes=tuple(takes))


def middle_along(steps: Sequence[Step], middles: Sequence[Middle | None]) -> Decimal | None:
    """What one of the first currency is in the last one, by the middle of each market; None where one has none."""
    price = Decimal(1)
    for step, middle in zip(steps, middles, strict=True):
        if middle is None:
            return None
        price = at_price(price, side=step.side, price=middle.price)
    return price


def _check_take(found: Take) -> None:
    """Whether a market takes such an order."""
    market, spent = found.market, found.spent
    if found.total > market.maximum:
        raise RouteUnfit(f"The largest order on {market.pair} is {grouped(market.maximum)} {market.counter}.")
    if not found.complete:
        buying = found.side is Side.BUY
        most = round_down(spent.value, decimals=market.counter_decimals if buying else market.base_decimals)
        much = f"takes only {grouped(most)} {spent.currency}" if found.volume else "is empty"
        raise RouteUnfit(f"The {'sell' if buying else 'buy'} side of the {market.pair} book {much} now.")
    if found.total < market.minimum or not found.received.value:
        raise RouteUnfit(f"The smallest order on {market.pair} is {grouped(market.minimum)} {market.counter}.")


def check_quote(quote: Quote) -> None:
    """Whether Instant Trade takes the amount of its quote. Raises `RouteUnfit`."""
    unfit = outside_limits(quote, of=AmountOf.SOLD)
    if unfit is not None:
        limit = f"{grouped(unfit.fitting.value)} {unfit.fitting.currency}"
        raise RouteUnfit(f"It takes at {'least' if unfit.is_least else 'most'} {limit}.")


def cost_of(received: Amount, *, spent: Amount, middle: Decimal | None) -> Cost | None:
    """Against what the middle price would give. The money is in `USUAL_COUNTER` if it is one of the two, else as
    received.
    """
    if middle is None or not middle:
        return None
    ideal = multiply(spent.value, middle)
    missing = EXACT.subtract(ideal, received.value)
    in_usual = spent.currency == USUAL_COUNTER != received.currency
    money = Amount(divide(missing, middle), USUAL_COUNTER) if in_usual else Amount(missing, received.currency)
    return Cost(share=divide(missing, ideal) if ideal else ZERO, money=money)


def route_by(kind: RouteKind, offer: Offer, *, given: Amount, middle: Decimal | None) -> Route:
    """A way with what it costs. What cannot be spent on it is no cost."""
    match offer:
        case BookOffer(takes=(first, *_)):
            spent = first.spent
        case InstantOffer(quote=quote):
            spent = Amount(quote.sell_amount, quote.sell)
        case _:
            spent = given
    return Route(kind=kind, offer=offer, spent=spent, cost=cost_of(offer.received, spent=spent, middle=middle))


def best_first(routes: Iterable[Route]) -> tuple[Route, ...]:
    """By what is received net for what is spent; ways that give the same stay as they are."""
    return tuple(sorted(routes, key=lambda route: divide(route.offer.received.value, route.spent.value), reverse=True))


def draft_of(comparison: Comparison) -> RouteDraft:
    """What the ways of a comparison begin with."""
    order, instant, swap = None, False, None
    for route in comparison.routes:
        match route.offer:
            case BookOffer(takes=(first, *more)):
                buying = first.side is Side.BUY
                spends = comparison.given.value if buying else first.volume
                onward = comparison.buy if more else ""
                order = FirstOrder(market=first.market.code, side=first.side, amount=spends, onward=onward)
            case InstantOffer():
                instant = True
            case SwapOffer(deposit=deposit, withdraw=withdraw):
                swap = SwapPair(deposit=deposit, withdraw=withdraw)
    given = comparison.given
    return RouteDraft(
        amount=given.value, sell=given.currency, buy=comparison.buy, order=order, instant=instant, swap=swap
    )


def order_for(order: FirstOrder, draft: RouteDraft) -> OrderRequest:
    """The order at the market that begins the way over the books."""
    buying = order.side is Side.BUY
    kind = QuantityKind.TOTAL if buying else QuantityKind.VOLUME
    return OrderRequest(
        side=order.side,
        symbol=order.market,
        quantity=Quantity(kind=kind, value=order.amount),
        total_currency=draft.sell if buying else None,
        type=OrderType.MARKET,
        onward=order.onward,
    )


def conversion_for(draft: RouteDraft) -> ConvertRequest:
    return ConvertRequest(sell=draft.sell, buy=draft.buy, amount=draft.amount)


def swap_for(pair: SwapPair, draft: RouteDraft) -> SwapRequest:
    """The swap on these networks; its address is asked for."""
    return SwapRequest(deposit=pair.deposit, withdraw=pair.withdraw, amount=draft.amount)
