"""One amount, every way there is: the order books at the market, Instant Trade, a swap; looked up beside each other."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from chatbot.domain import converting
from chatbot.domain.accounts import Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import Cause, ChatbotError, InputError, Unavailable
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.market import Market
from chatbot.domain.money import ZERO, Amount, grouped
from chatbot.domain.route_drafts import RouteKind
from chatbot.domain.routes import (
    BookOffer,
    Comparison,
    InstantOffer,
    NoRoute,
    Offer,
    RouteRequest,
    RouteUnfit,
    SwapOffer,
    bare,
    best_first,
    check_quote,
    draft_of,
    middle_along,
    route_by,
    steps_between,
    walk,
)
from chatbot.domain.shortcuts import currency_named
from chatbot.domain.swap_quotes import quote
from chatbot.domain.swap_text import coin_and_network
from chatbot.domain.swaps import Coin
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.swaps import SwapService
from chatbot.services.accounts import Accounts
from chatbot.services.coins import Coins
from chatbot.services.markets import Markets
from chatbot.services.questions import Questions
from chatbot.services.quoting import PROBE, Quoting, cut

T = TypeVar("T")

PATIENCE = timedelta(seconds=8)
"""How long each way is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison, and the question which way to go; None where no way can be gone."""

    comparison: Comparison
    dialogue: Dialogue | None


class RouteDesk:
    """Compares; opens nothing and changes nothing at any exchange."""

    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        swap_services: Mapping[Venue, SwapService],
        coins: Mapping[Venue, Coins],
        accounts: Accounts,
        keys: AccountStore,
        quoting: Quoting,
        markets: Markets,
        questions: Questions,
        clock: Clock,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._exchanges = exchanges
        self._swap_services = swap_services
        self._coins = coins
        self._accounts = accounts
        self._keys = keys
        self._quoting = quoting
        self._markets = markets
        self._questions = questions
        self._clock = clock
        self._patience = patience.total_seconds()

    async def compare(self, request: RouteRequest, *, person: PersonId, chat: ChatId) -> Compared:
        """Look up every way for what is given. A way that fails is one of those that cannot be gone, with its reason.

        Raises `InputError` for what cannot be compared at all.
        """
        venue = await self._markets.venue_for(person)
        listed = await self._patiently(self._exchanges[venue].markets(priority=Priority.PERSON))
        asker = _asker(request, person, venue, () if isinstance(listed, ChatbotError) else listed)
        asker = replace(asker, given=await self._cut(asker))
        walked, instant, swap = await asyncio.gather(
            _failed(listed) if isinstance(listed, ChatbotError) else self._patiently(self._walk(asker)),
            self._patiently(self._quote(asker)),
            self._patiently(self._swap(asker)),
        )
        middle, book = (None, walked) if isinstance(walked, ChatbotError) else (walked.middle, walked.found)
        found = {RouteKind.BOOK: book, RouteKind.INSTANT: instant, RouteKind.SWAP: swap}
        comparison = _comparison(asker, found, middle=middle, clock=self._clock)
        return Compared(comparison=comparison, dialogue=await self._ask(comparison, person=person, chat=chat))

    async def _ask(self, comparison: Comparison, *, person: PersonId, chat: ChatId) -> Dialogue | None:
        if not comparison.routes:
            return None
        return await self._questions.ask(draft_of(comparison), person=person, chat=chat)

    async def _cut(self, asker: "_Asker") -> Amount:
        """What is given, in the decimals that all ways take."""
        given = asker.given
        cutting = cut(given, asker.markets, probe=lambda: self._ask_quote(asker, PROBE))
        taken = await self._patiently(cutting)
        if isinstance(taken, ChatbotError):
            return given
        if not taken:
            raise InputError(f"{grouped(given.value)} {given.currency} is less than its smallest unit.")
        return Amount(taken, given.currency)

    async def _walk(self, asker: "_Asker") -> "_Walked":
        """Over the books of the two currencies; where the exchange keeps none of theirs, over two."""
        exchange = self._exchanges[asker.venue]
        for steps in steps_between(asker.given.currency, asker.buy, asker.markets):
            reads = (exchange.order_book(step.market.code, priority=Priority.PERSON) for step in steps)
            books = [book for book in await asyncio.gather(*reads) if book is not None]
            if len(books) < len(steps):
                continue
            try:
                found: BookOffer | ChatbotError = walk(steps, books, asker.given)
            except RouteUnfit as error:
                found = error
            reading = (self._quoting.middle(step.market, venue=asker.venue, priority=Priority.PERSON) for step in steps)
            return _Walked(middle=middle_along(steps, await asyncio.gather(*reading)), found=found)
        raise RouteUnfit(f"No order books lead from {asker.given.currency} to {asker.buy}.")

    async def _quote(self, asker: "_Asker") -> InstantOffer:
        quoted = await self._ask_quote(asker, asker.given.value)
        check_quote(quoted)
        return InstantOffer(quote=quoted)

    async def _ask_quote(self, asker: "_Asker", amount: Decimal) -> Quote:
        account = await self._accounts.active(asker.person)
        sell, buy = asker.given.currency, asker.buy
        market = converting.market_between(sell, buy, asker.markets)
        return await self._quoting.quote(account, sell=sell, buy=buy, amount=amount, market=market)

    async def _swap(self, asker: "_Asker") -> SwapOffer:
        account = await self._accounts.swap_account(asker.person)
        key = await self._keys.swap_key(account.id, of=asker.person)
        coins = self._coins[account.venue]
        deposits, withdraws = await _called(coins, asker.request.sell), await _called(coins, asker.request.buy)
        found = await coins.first_pair(deposits, withdraws, key=key)
        if found is None:
            raise RouteUnfit(f"It does not swap {asker.given.currency} to {asker.buy} now.")
        deposit, withdraw, pair = found
        rate = await self._swap_services[account.venue].rate(key, pair=pair.name, priority=Priority.PERSON)
        if rate is None or rate.expires_at <= self._clock.now():
            raise RouteUnfit(f"It has no rate for {asker.given.currency} to {asker.buy} now.")
        return SwapOffer(
            deposit=deposit,
            withdraw=withdraw,
            rate=rate,
            quoted=quote(asker.given.value, rate, gets=False, deposit=deposit, withdraw=withdraw),
            currency=asker.buy,
            is_live=account.venue.is_live,
        )

    async def _patiently(self, read: Awaitable[T]) -> T | ChatbotError:
        """What a read brings, or how it failed; one that takes too long has failed."""
        try:
            async with asyncio.timeout(self._patience):
                return await read
        except TimeoutError:
            return Unavailable(Cause.TIMEOUT)
        except ChatbotError as error:
            return error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Who asks, what was asked for, and the codes that were meant."""

    person: PersonId
    venue: Venue
    request: RouteRequest
    given: Amount
    buy: str
    markets: tuple[Market, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    """What the books say: the middle price, and what they give, or why they do not."""

    middle: Decimal | None
    found: BookOffer | ChatbotError


def _asker(request: RouteRequest, person: PersonId, venue: Venue, markets: tuple[Market, ...]) -> _Asker:
    sell, buy = (_code(typed, markets) for typed in (request.sell, request.buy))
    if sell == buy:
        raise InputError(f"{sell} is what you give already. Choose another currency to get.")
    if request.amount <= ZERO:
        raise InputError("An amount must be more than zero.")
    given = Amount(request.amount, sell)
    return _Asker(person=person, venue=venue, request=request, given=given, buy=buy, markets=markets)


def _code(typed: str, markets: tuple[Market, ...]) -> str:
    """The exchange's code of what was typed; what no market names may still be known to Instant Trade or for swaps."""
    name = bare(typed)
    return currency_named(name, markets) or name.upper()


async def _failed(error: ChatbotError) -> ChatbotError:
    return error


async def _called(coins: Coins, typed: str) -> tuple[Coin, ...]:
    name, network = coin_and_network(typed)
    return await coins.find(name, network=network or "")


def _comparison(
    asker: _Asker, found: Mapping[RouteKind, Offer | ChatbotError], *, middle: Decimal | None, clock: Clock
) -> Comparison:
    routes = [
        route_by(kind, offer, given=asker.given, middle=middle)
        for kind, offer in found.items()
        if not isinstance(offer, ChatbotError)
    ]
    without = [NoRoute(kind=kind, why=error) for kind, error in found.items() if isinstance(error, ChatbotError)]
    return Comparison(
        venue=asker.venue,
        asked=asker.request.amount,
        given=asker.given,
        buy=asker.buy,
        middle=middle,
        routes=best_first(routes),
        without=tuple(without),
        at=clock.now(),
    )
