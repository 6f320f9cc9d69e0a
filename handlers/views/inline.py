"""The list above the composer of any chat, for whoever types the bot's name there, and the cards it sends.

The cards go to people who may never have met this bot: public data alone, and no buttons. A tap below such a message
comes without the message, so nobody could tell a button of it from data that a client made up; and anyone may tap.
"""

from dataclasses import dataclass
from datetime import timedelta

from chatbot.domain.accounts import Venue
from chatbot.domain.market import Market, Ticker
from chatbot.services.markets import Matches, Quote
from handlers.views.format import change, exact_moment
from handlers.views.html import Html, bold, italic, lines, outside, pre
from handlers.views.markets import last_price, price_lines, price_rows

PRICES_LAST = timedelta(seconds=10)
"""How long Telegram may give one person's list to the next who types the same."""
_REFUSAL_LASTS = timedelta(seconds=30)
_LONGEST_TITLE, _LONGEST_LINE = 80, 160
_MOST_OFFERS = 20  # Telegram takes 50; nobody reads as many


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A card to choose: what the list shows of it in plain words, and the message it becomes."""

    title: str
    line: str
    card: Html


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A button above the list that opens the private chat, with a command that a link may carry."""

    label: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is offered, and for how long. What is not `personal` may be shown to everybody who types the same."""

    offers: tuple[Offer, ...] = ()
    lead: Lead | None = None
    personal: bool = False
    lasts: timedelta = PRICES_LAST


def closed() -> Listing:
    """For those who have no access."""
    return Listing(lead=Lead(label="Open the bot", command="price"), personal=True, lasts=_REFUSAL_LASTS)


def unavailable() -> Listing:
    return Listing(lead=Lead(label="No prices right now", command="price"), personal=True, lasts=timedelta(0))


def liveliest(quotes: tuple[Quote, ...], *, venue: Venue) -> Listing:
    """Where nothing was typed yet."""
    offers = _offers(quotes, title="Liveliest markets", venue=venue)
    return Listing(offers=offers) if offers else unavailable()


def matches(found: Matches, *, venue: Venue) -> Listing:
    """What was named, all in one card first; then what the rest may have meant."""
    offers = (*_offers(found.named, title="Prices", venue=venue), *_singly(found.near, venue=venue))
    return (
        Listing(offers=offers[:_MOST_OFFERS])
        if offers
        else Listing(lead=Lead(label="No such market: see all", command="markets"))
    )


def _offers(quotes: tuple[Quote, ...], *, title: str, venue: Venue) -> tuple[Offer, ...]:
    """Several together as a card of its own, and each by itself."""
    singly = _singly(quotes, venue=venue)
    return (_together(quotes, title=title, venue=venue), *singly) if len(singly) > 1 else singly


def _singly(quotes: tuple[Quote, ...], *, venue: Venue) -> tuple[Offer, ...]:
    return tuple(_offer(quote.market, quote.ticker, venue=venue) for quote in quotes if quote.ticker is not None)


def _offer(market: Market, ticker: Ticker, *, venue: Venue) -> Offer:
    return Offer(
        title=_plain(f"{market.pair} {last_price(market, ticker)}", limit=_LONGEST_TITLE),
        line=_plain(f"{change(ticker.change)} in 24 h · {market.base_name} · {venue.badge}", limit=_LONGEST_LINE),
        card=lines(price_lines(market, ticker), _seal(ticker, venue=venue)),
    )


def _together(quotes: tuple[Quote, ...], *, title: str, venue: Venue) -> Offer:
    priced = tuple(quote for quote in quotes if quote.ticker is not None)
    newest = max((quote.ticker for quote in priced if quote.ticker is not None), key=lambda ticker: ticker.at)
    return Offer(
        title=title,
        line=_plain(", ".join(quote.market.pair for quote in priced), limit=_LONGEST_LINE),
        card=lines(bold(title), pre(price_rows(priced)), _seal(newest, venue=venue)),
    )


def _seal(ticker: Ticker, *, venue: Venue) -> Html:
    """When and where. Nobody brings these cards up to date, so there is no word like “just now”."""
    return italic(f"{exact_moment(ticker.at)} · {venue.badge}")


def _plain(words: str, *, limit: int) -> str:
    return outside(words, limit=limit).plain
