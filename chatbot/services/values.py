"""What amounts are worth in the currency that limits are given in, and which currency was typed."""

from decimal import Decimal

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.currencies import ascii_codes, read_currency
from chatbot.domain.errors import InputError
from chatbot.domain.intents import OrderTerms
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market, value_in
from chatbot.domain.money import Amount, divide, multiply
from chatbot.domain.orders import Side
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets


class Values:
    """By the last prices, as everybody sees them."""

    def __init__(self, *, markets: Markets, balances: BalanceReader) -> None:
        self._markets = markets
        self._balances = balances

    async def of(self, amount: Amount, *, venue: Venue) -> Decimal | None:
        """What an amount is worth in `VALUED_IN`; None where no market tells."""
        return value_in(
            amount.value,
            currency=amount.currency,
            counter=VALUED_IN,
            markets=await self._markets.listed(venue),
            tickers=await self._markets.tickers(venue=venue),
        )

    async def of_order(
        self, terms: OrderTerms, *, side: Side, volume: Decimal, market: Market, venue: Venue
    ) -> Decimal | None:
        """What an order is worth. A sale below the last price gives away more than its total: it counts at the last."""
        total = terms.total
        if side is Side.SELL:
            total = max(total, multiply(volume, terms.last))
        return await self.of(Amount(total, market.counter), venue=venue)

    async def amount_worth(self, value: Decimal, *, currency: str, venue: Venue) -> Decimal | None:
        """How much of a currency is worth so much in `VALUED_IN`; None where no market tells."""
        one = await self.of(Amount(Decimal(1), currency), venue=venue)
        return divide(value, one) if one else None

    async def currency(self, typed: str, account: Account) -> str:
        """The code that was typed: of a currency with a market or, as a last resort, of one the account can hold.

        Raises `InputError` with a sentence for anything else.
        """
        markets = await self._markets.listed(account.venue)
        traded = {code for market in markets for code in (market.base, market.counter)}
        try:
            return read_currency(typed, ascii_codes(traded))
        except InputError:
            held = (await self._balances.read(account)).by_currency
            return read_currency(typed, ascii_codes(traded | held.keys()))
