"""A swap service with moods, and books that say what really happened."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.domain.errors import Cause, KeyRejected, OutcomeUnknown, Refused, Unavailable
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import NewSwap, Swap, SwapPage
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.clock import FakeClock
from tests.fakes.swap_service import FakeSwapService, swap

_LATEST = 8.0  # seconds until it has carried out what it received
_HIDDEN = 27.0  # seconds for which its lists may then not show it: less than until the second complete read can begin
_SKEW = 240.0  # seconds
_PAGES = (1, 2, 3, 7, 100)
MOODS = ("done", "done", "done", "refused", "rejected", "lost", "lost before", "late")


class MoodySwapService(FakeSwapService):
    """Says no, loses answers before and after they took effect, carries out late and lists later still; fails reads,
    and changes its list while it is being read. Its clock is wrong, and it has its own idea of a page.

    `calm_after` is when all that ends, so that every history has an end.
    """

    def __init__(self, clock: FakeClock, chance: random.Random) -> None:
        super().__init__(clock)
        self._now = clock
        self.chance = chance
        self.mood = chance.choice(MOODS)
        self._began = clock.at
        self.skew = timedelta(seconds=chance.uniform(-_SKEW, _SKEW))
        self.calm_after = clock.at + timedelta(minutes=10)
        self._fails = chance.choice((0, 0.1, 0.4))
        self._unrest = chance.choice((0, 0.3, 0.8))
        self._page = chance.choice(_PAGES)
        self._oldest_first = chance.random() < 0.5
        self._shown_at: dict[str, datetime] = {}
        self._strangers = 0

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap:
        permit()
        self.sent.append(new)
        if self.mood == "refused":
            raise Refused(code=400, reason="User's IP has risk.")
        if self.mood == "rejected":
            raise KeyRejected(status=401, reason="")
        if self.mood == "lost before":
            raise OutcomeUnknown(self.chance.choice((Cause.BROKEN, Cause.SERVER_FAULT, Cause.TIMEOUT)))
        late = self.chance.uniform(0, _LATEST) if self.mood == "late" else 0  # seconds
        made = self._carry_out(key, new, at=self._now.at + timedelta(seconds=late))
        self._pass_time(3)
        if self.mood != "done":
            raise OutcomeUnknown(self.chance.choice((Cause.BROKEN, Cause.SERVER_FAULT, Cause.UNREADABLE)))
        return made

    async def swap(self, key: SwapKey, *, reference: str, priority: Priority) -> Swap:
        self._have_trouble()
        return await super().swap(key, reference=reference, priority=priority)

    async def swaps(self, key: SwapKey, *, page: int, size: int, priority: Priority) -> SwapPage:
        self._have_trouble()
        self._pass_time(4)
        if page > 1 and self._now.at < self.calm_after and self.chance.random() < self._unrest:
            self._stir(key)
        orders = self._holder(key).orders.values()
        listed = [order for order in orders if self._shown_at.get(order.reference, self._now.at) <= self._now.at]
        listed = listed if self._oldest_first else listed[::-1]
        size = min(size, self._page)
        shown = tuple(listed[(page - 1) * size : page * size])
        return SwapPage(swaps=shown, number=page, count=len(listed), has_next=page * size < len(listed))

    def add_stranger(self, key: SwapKey) -> None:
        """Somebody with the same key makes an order that is like ours in all but one thing."""
        self._strangers += 1
        at = self._now.at + self.skew
        alike = swap(reference=f"X{self._strangers:05}", created_at=at)
        other = self.chance.choice(
            (
                {"deposit_amount": alike.deposit_amount + 1},
                {"withdraw_address": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
                {"created_at": self._began + self.skew - timedelta(minutes=10)},
                {"withdraw_extra_id": "7"},
            )
        )
        self.put(key, replace(alike, **other))

    def _stir(self, key: SwapKey) -> None:
        """An order comes, or one that is there already goes to the top of the list, as if that were by last change."""
        orders = self._holder(key).orders
        if orders and self.chance.random() < 0.7:
            reference = self.chance.choice([*orders])
            orders[reference] = orders.pop(reference)
        else:
            self.add_stranger(key)

    def _carry_out(self, key: SwapKey, new: NewSwap, *, at: datetime) -> Swap:
        made = replace(self._make(new), created_at=at + self.skew, fixed_until=None)
        self._holder(key).orders[made.reference] = made
        if self.mood != "done":
            self._shown_at[made.reference] = at + timedelta(seconds=self.chance.uniform(0, _HIDDEN))
        return made

    def _have_trouble(self) -> None:
        if self._now.at < self.calm_after and self.chance.random() < self._fails:
            raise self.chance.choice((Unavailable(Cause.SERVER_FAULT), KeyRejected(status=401, reason="")))

    def _pass_time(self, longest: float) -> None:
        self._now.at += timedelta(seconds=self.chance.uniform(0, longest))
