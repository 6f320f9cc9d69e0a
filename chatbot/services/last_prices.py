"""What coins that no market prices were last worth, by quotes of Instant Trade and by an account's own trades.

Most of Instant Trade's coins have no order book: without this, what is converted into them would be worth nothing.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import structlog

from chatbot.domain import converting
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.converting import QuoteUnfit
from chatbot.domain.errors import ChatbotError, Refused
from chatbot.domain.ids import MarketCode
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import ZERO, divide, multiply
from chatbot.domain.portfolio import LastPrice, Origin
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority
from chatbot.ports.trades import KeptTrades
from chatbot.services.quoting import Quoting

log = structlog.get_logger(__name__)

FRESH: Final = timedelta(minutes=5)
"""For how long a coin is not asked for again."""
MOST: Final = 4
"""How many coins are asked for at once: each is a request of the budget that all share."""
_PATIENCE = 4.0
"""Seconds that somebody waits for them."""


class LastPrices:
    """Quotes are remembered while the program runs; the exchange gives everybody the same."""

    def __init__(self, *, quoting: Quoting, kept: KeptTrades, clock: Clock) -> None:
        self._quoting = quoting
        self._kept = kept
        self._clock = clock
        self._quoted: dict[tuple[Venue, str], LastPrice] = {}
        self._answered: dict[tuple[Venue, str], datetime] = {}

    async def known(self, account: Account, currencies: Collection[str]) -> Mapping[str, LastPrice]:
        """By the last quote, or by the account's own last trade where that is newer. Nobody is asked."""
        markets = {each: MarketCode(each + VALUED_IN) for each in currencies}
        trades = await self._kept.last(account.id, tuple(markets.values())) if markets else {}
        found: dict[str, LastPrice] = {}
        for currency, market in markets.items():
            last = self._quoted.get((account.venue, currency))
            trade = trades.get(market)
            if trade is not None and trade.price > ZERO and (last is None or last.at < trade.at):
                last = LastPrice(price=trade.price, origin=Origin.TRADE, at=trade.at)
            if last is not None:
                found[currency] = last
        return found

    async def asked(self, account: Account, amounts: Mapping[str, Decimal]) -> Mapping[str, LastPrice]:
        """The same, once the few that are worth the most by it were asked for, where a session is linked and nobody has
        to wait for that.
        """
        known = await self.known(account, amounts)
        stale = [each for each, amount in amounts.items() if amount > ZERO and not self._is_fresh(account, each)]
        if not stale:
            return known
        worths = {each: multiply(amounts[each], known[each].price) if each in known else ZERO for each in stale}
        await self._ask(account, {each: amounts[each] for each in sorted(stale, key=lambda each: -worths[each])[:MOST]})
        return await self.known(account, amounts)

    def _is_fresh(self, account: Account, currency: str) -> bool:
        answered = self._answered.get((account.venue, currency))
        return answered is not None and self._clock.now() - answered < FRESH

    async def _ask(self, account: Account, amounts: Mapping[str, Decimal]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                for currency, amount in amounts.items():
                    if not self._quoting.is_free(account, Priority.PERSON):
                        return
                    await self._quote(account, currency, amount)
        except (ChatbotError, TimeoutError) as error:
            log.info("held without a quote", account=account.id, kind=type(error).__name__)

    async def _quote(self, account: Account, currency: str, amount: Decimal) -> None:
        key = (account.venue, currency)
        try:
            quote = await self._quoting.quote(account, sell=currency, buy=VALUED_IN, amount=amount, market=None)
        except (Refused, QuoteUnfit):  # it is not converted, or not in such an amount; the next one may be
            self._answered[key] = self._clock.now()
            return
        self._answered[key] = now = self._clock.now()
        self._quoted[key] = LastPrice(price=_of_one(quote), origin=Origin.QUOTE, at=now)


def _of_one(quote: Quote) -> Decimal:
    """What a unit of what is sold gives, by the quote's price: its amounts are rounded."""
    is_base = converting.base_of(quote, None) == quote.sell
    return quote.price if is_base else divide(Decimal(1), quote.price)
