"""Quotes of Instant Trade, held against the middle of the market where there is one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import structlog

from chatbot.domain import converting
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf
from chatbot.domain.converting import Middle
from chatbot.domain.errors import ChatbotError, Refused
from chatbot.domain.gate import check, orders_left
from chatbot.domain.ids import PersonId
from chatbot.domain.intents import Convert, ConvertTerms
from chatbot.domain.market import Market
from chatbot.domain.money import EXACT, Amount, decimals_of, has_decimals, round_down
from chatbot.domain.tickets import Ticket
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.limits import Standings
from chatbot.services.accounts import Accounts
from chatbot.services.sessions import Sessions
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values

log = structlog.get_logger(__name__)

RENEWALS = 3
"""How often a card gets itself a new quote, before it is left to run out."""
_FRESH = timedelta(seconds=10)
PROBE = Decimal(1)
"""What a quote is asked for where only its form is of interest."""
_TRIES = (False, True, True)
"""How exactly it is worked out what to sell for an amount to be got, quote after quote. The exchange rounds half up."""
_PATIENCE = 5.0
"""Seconds after which a new quote is not waited for any more: the next round tries again."""


async def decimals_taken(currency: str, markets: Iterable[Market], *, probe: Callable[[], Awaitable[Quote]]) -> int:
    """How many decimals an amount of a currency may have. Where no market tells, a quote for `PROBE` of it does.

    Raises as the probe does.
    """
    listed = converting.decimals_in(markets, currency)
    return decimals_of((await probe()).sell_amount) if listed is None else listed


async def cut(given: Amount, markets: Iterable[Market], *, probe: Callable[[], Awaitable[Quote]]) -> Decimal:
    """What is given, without the decimals that its currency does not take; as it is where nothing tells which.

    Raises as the probe does, unless that is refused.
    """
    if has_decimals(given.value, at_most=0):
        return given.value
    try:
        decimals = await decimals_taken(given.currency, markets, probe=probe)
    except Refused:
        return given.value
    return given.value if has_decimals(given.value, at_most=decimals) else round_down(given.value, decimals=decimals)


class Quoting:
    """Asks for quotes, and says what one is worth; those of people go before those that cards get themselves."""

    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        sessions: Sessions,
        values: Values,
        standings: Standings,
        clock: Clock,
    ) -> None:
        self._exchanges = exchanges
        self._sessions = sessions
        self._values = values
        self._standings = standings
        self._clock = clock

    async def quote(
        self,
        account: Account,
        *,
        sell: str,
        buy: str,
        amount: Decimal,
        market: Market | None,
        priority: Priority = Priority.PERSON,
    ) -> Quote:
        """`market` is the one of both, if there is one. Raises `NoSession`, `SessionExpired`, `Refused`, `Unavailable`,
        and `QuoteUnfit` for a quote that contradicts itself.
        """
        quote = await self._sessions.ask(
            account,
            lambda instant, session: instant.quote(session, sell=sell, buy=buy, amount=amount, priority=priority),
        )
        converting.check_fit(quote, base=converting.base_of(quote, market))
        return quote

    async def quote_wanted(
        self,
        account: Account,
        wanted: Decimal,
        first: Quote,
        *,
        market: Market | None,
        most_tries: int = len(_TRIES),
        priority: Priority = Priority.PERSON,
    ) -> Quote:
        """The quote that gives what is wanted for the least, or comes nearest to that after a few quotes that follow a
        first one: the exchange is asked by what is sold only (api: I1). Raises as `quote` does.
        """
        quotes = [first]
        for exactly in _TRIES[:most_tries]:
            last = quotes[-1]
            amount = converting.sell_for(wanted, last, base=converting.base_of(last, market), exactly=exactly)
            if amount != last.sell_amount:
                asked = self.quote(
                    account, sell=first.sell, buy=first.buy, amount=amount, market=market, priority=priority
                )
                quotes.append(await asked)
            if quotes[-1].buy_amount >= wanted:
                return quotes[-1]
        return min(quotes, key=lambda quote: abs(EXACT.subtract(quote.buy_amount, wanted)))

    async def market(self, account: Account, *, sell: str, buy: str, priority: Priority) -> Market | None:
        """The market with an order book for the two, if there is one."""
        return converting.market_between(sell, buy, await self._exchanges[account.venue].markets(priority=priority))

    async def middle(self, market: Market, *, venue: Venue, priority: Priority) -> Middle | None:
        """Of the order book; of the ticker where a side of that is empty."""
        exchange = self._exchanges[venue]
        book = await exchange.order_book(market.code, priority=priority, within=_FRESH)
        found = converting.by_book(market, book)
        if found is not None:
            return found
        return converting.by_ticker(market, (await exchange.tickers(priority=priority)).get(market.code))

    async def card(
        self,
        quote: Quote,
        market: Market | None,
        *,
        account: Account,
        person: PersonId,
        before: Amount,
        wanted: Decimal | None,
        previous: Decimal | None,
        refreshed: int = 0,
        priority: Priority = Priority.PERSON,
    ) -> tuple[Convert, ConvertTerms]:
        """What a quote's card asks for and shows. Raises `Stopped` if a tap would be of no use."""
        base = converting.base_of(quote, market)
        standing = await self._standings.of(account.id, person, currency=quote.sell, now=self._clock.now())
        terms = converting.terms_of(
            quote,
            None if market is None else await self.middle(market, venue=account.venue, priority=priority),
            base=base,
            before=before,
            wanted=wanted,
            value=await self._worth(quote, base, account.venue),
            left=orders_left(standing),
            previous=previous,
            refreshed=refreshed,
        )
        intent = converting.intent_of(quote, account=account.id)
        check(intent, terms, standing)
        return intent, terms

    async def _worth(self, quote: Quote, base: str, venue: Venue) -> Decimal | None:
        """By whichever side, or price, is worth the most: a poor quote does not make it count for less."""
        worths = [await self._values.of(amount, venue=venue) for amount in converting.moved_by(quote, base=base)]
        return max((worth for worth in worths if worth is not None), default=None)

    def is_free(self, account: Account, priority: Priority) -> bool:
        """Whether the budget has room for it now, so that nobody has to wait for it."""
        return not self._exchanges[account.venue].expected_wait(priority)


class QuoteRenewals:
    """`settling.Renewals`: cards of conversions get themselves new quotes a few times, and yield to everybody else."""

    def __init__(self, *, quoting: Quoting, accounts: Accounts, tickets: Tickets) -> None:
        self._quoting = quoting
        self._accounts = accounts
        self._tickets = tickets

    async def renew(self, ticket: Ticket) -> bool:
        intent, terms = ticket.intent, ticket.terms
        if not isinstance(intent, Convert) or not isinstance(terms, ConvertTerms) or terms.refreshed >= RENEWALS:
            return False
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._renew(ticket, intent, terms)
        except (ChatbotError, TimeoutError) as error:
            log.info("no new quote", ticket=ticket.id, kind=type(error).__name__)
            return False

    async def _renew(self, ticket: Ticket, intent: Convert, terms: ConvertTerms) -> bool:
        account = await self._accounts.own(ticket.person, ticket.account)
        if not self._quoting.is_free(account, Priority.WATCHER):
            return False
        market = await self._quoting.market(account, sell=intent.sell, buy=intent.buy, priority=Priority.WATCHER)
        quote = await self._quote(account, intent, terms, market)
        if converting.outside_limits(quote, of=AmountOf.SOLD) is not None or quote.sell_amount > terms.before.value:
            return False
        renewed, shown = await self._quoting.card(
            quote,
            market,
            account=account,
            person=ticket.person,
            before=terms.before,
            wanted=terms.wanted,
            previous=terms.previous or Decimal(intent.price_text),
            refreshed=terms.refreshed + 1,
            priority=Priority.WATCHER,
        )
        sold = intent.sell_text if terms.wanted is None else renewed.sell_text
        if replace(intent, sell_text=sold, buy_text=renewed.buy_text, price_text=renewed.price_text) != renewed:
            return False
        return await self._tickets.renew(ticket, renewed, replace(shown, said=terms.said))

    async def _quote(self, account: Account, intent: Convert, terms: ConvertTerms, market: Market | None) -> Quote:
        """For what the card sells; for what is to be got another one follows, if there is room for it."""
        quote = await self._quoting.quote(
            account,
            sell=intent.sell,
            buy=intent.buy,
            amount=intent.sold.value,
            market=market,
            priority=Priority.WATCHER,
        )
        if terms.wanted is None or not self._quoting.is_free(account, Priority.WATCHER):
            return quote
        return await self._quoting.quote_wanted(
            account, terms.wanted, quote, market=market, most_tries=1, priority=Priority.WATCHER
        )
