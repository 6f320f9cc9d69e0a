"""Quotes of Instant Trade, held against the middle of the market where there is one."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import structlog

from chatbot.domain import converting
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.convert_drafts import AmountOf
from chatbot.domain.converting import Middle
from chatbot.domain.errors import ChatbotError
from chatbot.domain.intents import Convert, ConvertTerms
from chatbot.domain.market import Market
from chatbot.domain.tickets import Ticket
from chatbot.ports.exchange import Exchange, Priority
from chatbot.services.accounts import Accounts
from chatbot.services.sessions import Sessions
from chatbot.services.tickets import Tickets

log = structlog.get_logger(__name__)

RENEWALS = 3
"""How often a card gets itself a new quote, before it is left to run out."""
_FRESH = timedelta(seconds=10)
_PATIENCE = 5.0
"""Seconds after which a new quote is not waited for any more: the next round tries again."""


class Quoting:
    """Asks for quotes; those of people go before those that cards get themselves."""

    def __init__(self, *, exchanges: Mapping[Venue, Exchange], sessions: Sessions) -> None:
        self._exchanges = exchanges
        self._sessions = sessions

    async def quote(
        self, account: Account, *, sell: str, buy: str, amount: Decimal, priority: Priority = Priority.PERSON
    ) -> Quote:
        """Raises `NoSession`, `SessionExpired`, `Refused` and `Unavailable`."""
        return await self._sessions.ask(
            account,
            lambda instant, session: instant.quote(session, sell=sell, buy=buy, amount=amount, priority=priority),
        )

    async def market(self, account: Account, *, sell: str, buy: str, priority: Priority) -> Market | None:
        """The market with an order book for the two, if there is one."""
        markets = await self._exchanges[account.venue].markets(priority=priority)
        return converting.market_between(sell, buy, (market for market in markets if not market.instant_only))

    async def middle(self, account: Account, market: Market | None, *, priority: Priority) -> Middle | None:
        if market is None:
            return None
        exchange = self._exchanges[account.venue]
        book = await exchange.order_book(market.code, priority=priority, within=_FRESH)
        tickers = await exchange.tickers(priority=priority)
        return converting.middle_of(market, book, tickers.get(market.code))

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
        quote = await self._quoting.quote(
            account, sell=intent.sell, buy=intent.buy, amount=intent.sold.value, priority=Priority.WATCHER
        )
        if converting.outside_limits(quote, of=AmountOf.SOLD) is not None:
            return False
        market = await self._quoting.market(account, sell=intent.sell, buy=intent.buy, priority=Priority.WATCHER)
        middle = await self._quoting.middle(account, market, priority=Priority.WATCHER)
        shown = converting.renewed(terms, quote, middle)
        return await self._tickets.renew(ticket, converting.intent_of(quote, account=account.id), shown)
