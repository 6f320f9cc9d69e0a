"""What amounts are worth in the currency that limits are given in, and which currency was typed."""

from decimal import Decimal

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.currencies import ascii_codes, read_currency
from chatbot.domain.errors import InputError, Obstacle, Stopped
from chatbot.domain.intents import OrderTerms
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market
from chatbot.domain.money import Amount, multiply
from chatbot.domain.orders import Side
from chatbot.domain.valuing import believed_prices, careful_worth, valuing_market
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets


class Values:
    """By the most careful of the prices that everybody sees; see `chatbot.domain.valuing`."""

    def __init__(self, *, markets: Markets, balances: BalanceReader) -> None:
        self._markets = markets
        self._balances = balances

    async def of(self, amount: Amount, *, venue: Venue) -> Decimal | None:
        """What an amount is worth in `VALUED_IN`; None where no market tells. Raises `Stopped` for strange prices."""
        return careful_worth(
            amount, markets=await self._markets.listed(venue), tickers=await self._markets.tickers(venue=venue)
        )

    async def of_order(
        self, terms: OrderTerms, *, side: Side, volume: Decimal, market: Market, venue: Venue
    ) -> Decimal | None:
        """What an order is worth. A sale gives away more than its total where it sells too low: it counts as `of` does.

        Raises `Stopped` for strange prices.
        """
        total = terms.total
        if side is Side.SELL:
            prices = believed_prices((await self._markets.tickers(venue=venue)).get(market.code))
            if not prices:
                raise Stopped(Obstacle.PRICE_UNCLEAR, currency=market.base)
            total = max(total, multiply(volume, max(prices)))
        return await self.of(Amount(total, market.counter), venue=venue)

    async def of_swap(self, deposit: Amount, withdraw: Amount, *, is_live: bool) -> Decimal | None:
        """What is sent into a swap is worth: by its own price or that of what comes back, whichever is more, so that no
        poor rate makes it count for less. By the prices of a venue that is as live as the swap, where there is one.

        None where no market tells either; raises `Stopped` for strange prices.
        """
        venue = self._venue(is_live=is_live)
        if venue is None:
            return None
        worths = [await self.of(amount, venue=venue) for amount in (deposit, withdraw)]
        return max((worth for worth in worths if worth is not None), default=None)

    def _venue(self, *, is_live: bool) -> Venue | None:
        """The venue whose prices tell; one of the other kind is better than none."""
        venues = sorted(self._markets.venues, key=lambda venue: venue.is_live is not is_live)
        return venues[0] if venues else None

    async def can_value(self, currency: str, *, venue: Venue) -> bool:
        """Whether the limits by worth hold for a currency: whether there is a market to value it by."""
        markets, tickers = await self._markets.listed(venue), await self._markets.tickers(venue=venue)
        return currency == VALUED_IN or valuing_market(currency, markets, tickers) is not None

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
