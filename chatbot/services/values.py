"""What amounts are worth in the currency that limits are given in, and which currency was typed."""

from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.currencies import DOLLARS, ascii_codes, read_currency
from chatbot.domain.errors import InputError, Obstacle, Stopped
from chatbot.domain.intents import OrderTerms
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import Market
from chatbot.domain.money import EXACT, ZERO, Amount, divide, multiply
from chatbot.domain.orders import Side
from chatbot.domain.valuing import believed_prices, careful_worth, valuing_market
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapWorth:
    """What is sent into a swap is worth, and what comes back, in `VALUED_IN`; None where no market tells."""

    deposit: Decimal | None
    withdraw: Decimal | None

    @property
    def counted(self) -> Decimal | None:
        """What limits are held against: the deposit, and no less than what comes back for it. A rate says nothing about
        what a deposit is worth that has no price of its own.
        """
        return None if self.deposit is None else max(self.deposit, self.withdraw or ZERO)

    @property
    def loss(self) -> Decimal | None:
        """By which fraction less comes back than is sent, below zero for more; None unless both prices are known."""
        if not self.deposit or self.withdraw is None:
            return None
        return EXACT.subtract(Decimal(1), divide(self.withdraw, self.deposit))


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

    async def of_swap(self, deposit: Amount, withdraw: Amount, *, is_live: bool) -> SwapWorth:
        """What both sides of a swap are worth. Prices of play money say nothing about real coins; practice goes by
        those of a live venue where there is none of play money. Raises `Stopped` for strange prices.
        """
        sent, received = [await self._of_coins(amount, is_live=is_live) for amount in (deposit, withdraw)]
        return SwapWorth(deposit=sent, withdraw=received)

    async def can_weigh(self, currency: str, *, is_live: bool) -> bool:
        """Whether limits can be held against a swap of this currency."""
        venue = self._pricing(is_live=is_live)
        return currency in DOLLARS or (venue is not None and await self.can_value(currency, venue=venue))

    async def _of_coins(self, amount: Amount, *, is_live: bool) -> Decimal | None:
        venue = self._pricing(is_live=is_live)
        worth = None if venue is None else await self.of(amount, venue=venue)
        return amount.value if worth is None and amount.currency in DOLLARS else worth

    def _pricing(self, *, is_live: bool) -> Venue | None:
        """The venue whose prices tell."""
        venues = sorted(self._markets.venues, key=lambda venue: venue.is_live is not is_live)
        return next((venue for venue in venues if venue.is_live or not is_live), None)

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
