"""What n.exchange tells everybody is fetched once for everybody; what it offers somebody serves them for seconds."""

from collections import OrderedDict
from datetime import timedelta
from hashlib import sha256

from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import Coin, NewSwap, Pair, Rate, Swap, SwapPage
from chatbot.exchange.shared import SharedRead
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority
from chatbot.ports.swaps import SwapService

COINS_FRESH = timedelta(minutes=10)
PAIRS_FRESH = timedelta(minutes=5)
RATES_FRESH = timedelta(seconds=5)
_MOST_RATES = 256


class SharedSwapReads:
    """A swap service whose public data is shared; everything that belongs to somebody passes straight through.

    An offer belongs to the key it was made to, because its `rate_id` might: it is kept under a digest of the key.
    """

    def __init__(self, service: SwapService, *, clock: Clock) -> None:
        self._service = service
        self._clock = clock
        self._coins = SharedRead(
            lambda priority: service.coins(priority=priority), fresh=COINS_FRESH, clock=clock, keep_old=True
        )
        self._pairs: SharedRead[tuple[Pair, ...]] = SharedRead(None, fresh=PAIRS_FRESH, clock=clock, keep_old=True)
        self._rates: OrderedDict[tuple[bytes, str], SharedRead[tuple[Rate | None]]] = OrderedDict()

    async def coins(self, *, priority: Priority) -> tuple[Coin, ...]:
        return self._coins.kept() or await self._coins.get(priority=priority)

    async def pairs(self, key: SwapKey, *, priority: Priority) -> tuple[Pair, ...]:
        async def ask(priority: Priority) -> tuple[Pair, ...]:
            return await self._service.pairs(key, priority=priority)

        return self._pairs.kept() or await self._pairs.get(priority=priority, ask=ask)

    async def rate(self, key: SwapKey, *, pair: str, priority: Priority) -> Rate | None:
        """One that was kept never serves past its end."""

        async def ask(priority: Priority) -> tuple[Rate | None]:
            return (await self._service.rate(key, pair=pair, priority=priority),)

        shared = self._offers(key, pair)
        (rate,) = await shared.get(priority=priority, ask=ask)
        if rate is not None and rate.expires_at <= self._clock.now():
            (rate,) = await shared.get(priority=priority, within=timedelta(0), ask=ask)
        return rate

    def _offers(self, key: SwapKey, pair: str) -> SharedRead[tuple[Rate | None]]:
        mine = (sha256(key.api_key.reveal().encode()).digest(), pair)
        if mine not in self._rates:
            self._rates[mine] = SharedRead(None, fresh=RATES_FRESH, clock=self._clock)
            if len(self._rates) > _MOST_RATES:
                self._rates.popitem(last=False)
        return self._rates[mine]

    def expected_wait(self, priority: Priority) -> timedelta:
        return self._service.expected_wait(priority)

    async def swaps(self, key: SwapKey, *, page: int, size: int, priority: Priority) -> SwapPage:
        return await self._service.swaps(key, page=page, size=size, priority=priority)

    async def swap(self, key: SwapKey, *, reference: str, priority: Priority) -> Swap:
        return await self._service.swap(key, reference=reference, priority=priority)

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap:
        return await self._service.create(key, new=new, permit=permit)

    async def set_payout(self, key: SwapKey, *, reference: str, address: str, extra_id: str, permit: Permit) -> Swap:
        return await self._service.set_payout(
            key, reference=reference, address=address, extra_id=extra_id, permit=permit
        )

    async def mark(self, key: SwapKey, *, reference: str, paid: bool, transaction: str, permit: Permit) -> Swap:
        return await self._service.mark(key, reference=reference, paid=paid, transaction=transaction, permit=permit)
