"""What the service offers for a swap, what the swap is worth, and how large one's own limits let it be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.coins import coin_label
from chatbot.domain.drafts import SwapRequest
from chatbot.domain.errors import InputError, Stopped
from chatbot.domain.gate import Standing, most_swappable
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import divide, multiply, round_down
from chatbot.domain.swap_plan import PricedSwap
from chatbot.domain.swap_quotes import AmountUnfit, coin_decimals, limits, quote
from chatbot.domain.swaps import Coin, Pair, Rate
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Priority
from chatbot.ports.limits import Standings
from chatbot.ports.swaps import SwapService
from chatbot.services.coins import Coins
from chatbot.services.values import Values


class NotOffered(InputError):
    """The service does not swap one coin into the other, or not now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who swaps, where, with which key."""

    person: PersonId
    chat: ChatId
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a swap counts for in the currency limits are given in, None if nothing tells; which fraction of that does
    not come back; and what limits are held against.
    """

    value: Decimal | None
    loss: Decimal | None
    standing: Standing


class SwapOffers:
    def __init__(
        self,
        *,
        swap_services: Mapping[Venue, SwapService],
        coins: Mapping[Venue, Coins],
        keys: AccountStore,
        values: Values,
        standings: Standings,
        clock: Clock,
    ) -> None:
        self._services = swap_services
        self._coins = coins
        self._keys = keys
        self._values = values
        self._standings = standings
        self._clock = clock

    async def rate(self, deposit: Coin, withdraw: Coin, who: Asker) -> Rate:
        """What the service offers its person for a pair now. Raises `NotOffered`."""
        what = f"{coin_label(deposit)} to {coin_label(withdraw)}"
        if deposit.code == withdraw.code:
            raise NotOffered(f"{coin_label(deposit)} is what you send already. Choose another coin to receive.")
        key = await self._keys.swap_key(who.account.id, of=who.person)
        pair = await self._coins[who.account.venue].pair(deposit, withdraw, key=key)
        if pair is None:
            raise NotOffered(f"n.exchange does not swap {what}.")
        if pair.is_disabled:
            raise NotOffered(f"n.exchange does not swap {what} right now.")
        rate = await self._services[who.account.venue].rate(key, pair=pair.name, priority=Priority.PERSON)
        if rate is None or not _is_of(rate, pair) or rate.expires_at <= self._clock.now():
            raise NotOffered(f"n.exchange has no rate for {what} now. Try again in a moment, or choose another coin.")
        return rate

    async def can_weigh(self, coin: Coin, who: Asker) -> bool:
        """Whether a coin has a price, so that limits can be held against what is sent of it."""
        if await self._values.can_weigh(coin.symbol, is_live=who.account.venue.is_live):
            return True
        return bool(await self._pairs_with_dollars(coin, who))

    async def weigh(self, priced: PricedSwap, who: Asker) -> Weight:
        """By prices of markets or, where none tells of what is sent, by what the service itself gives and asks for it
        in dollars. Raises `Stopped` for strange prices.
        """
        worth = await self._values.of_swap(priced.sent, priced.received, is_live=who.account.venue.is_live)
        if worth.deposit is None:
            worth = replace(worth, deposit=await self._by_offers(priced.deposit, priced.sent.value, who))
        standing = await self._standings.of(
            who.account.id, who.person, currency=priced.deposit.symbol, now=self._clock.now()
        )
        return Weight(value=worth.counted, loss=worth.loss, standing=standing)

    async def _by_offers(self, coin: Coin, amount: Decimal, who: Asker) -> Decimal | None:
        """The most that so much of a coin is worth by the service's offers, into dollars and back."""
        key = await self._keys.swap_key(who.account.id, of=who.person)
        worths = []
        for pair in await self._pairs_with_dollars(coin, who):
            rate = await self._services[who.account.venue].rate(key, pair=pair.name, priority=Priority.PERSON)
            if rate is not None and _is_of(rate, pair) and rate.expires_at > self._clock.now():
                sold = pair.deposit == coin.code
                worths.append(divide(amount, rate.price) if sold else multiply(amount, rate.price))
        return max(worths, default=None)

    async def _pairs_with_dollars(self, coin: Coin, who: Asker) -> tuple[Pair, ...]:
        """How a coin is swapped into `VALUED_IN` and back, on the first network where that can be had."""
        key = await self._keys.swap_key(who.account.id, of=who.person)
        coins = self._coins[who.account.venue]
        for dollar in [listed for listed in await coins.all() if listed.symbol == VALUED_IN]:
            both = (await coins.pair(coin, dollar, key=key), await coins.pair(dollar, coin, key=key))
            found = tuple(pair for pair in both if pair is not None and not pair.is_disabled)
            if found:
                return found
        return ()

    async def within_limits(
        self, amount: Decimal, who: Asker, *, request: SwapRequest, deposit: Coin, withdraw: Coin, rate: Rate
    ) -> Decimal | None:
        """An amount to offer, or what one's own limits leave of it; None if that is less than is taken."""
        try:
            quoted = quote(amount, rate, gets=request.gets, deposit=deposit, withdraw=withdraw)
            priced = PricedSwap(request=request, deposit=deposit, withdraw=withdraw, rate=rate, quoted=quoted)
            weight = await self.weigh(priced, who)
        except (AmountUnfit, Stopped):
            return amount
        most = most_swappable(amount, weight.value, weight.standing)
        if weight.value is None or amount <= most:
            return amount
        fitting = round_down(most, decimals=coin_decimals(priced.named))
        least, _ = limits(rate, gets=request.gets)
        return fitting if fitting and (least is None or fitting >= least) else None


def _is_of(rate: Rate, pair: Pair) -> bool:
    """Whether an offer is for this pair's coins, not only under its name."""
    return (rate.deposit, rate.withdraw) == (pair.deposit, pair.withdraw)
