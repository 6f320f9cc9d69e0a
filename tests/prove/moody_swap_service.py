"""A swap service with moods, and books that say what really happened."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from chatbot.domain.errors import Cause, KeyRejected, OutcomeUnknown, Refused, Unavailable
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import NewSwap, Swap, SwapPage
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.clock import FakeClock
from tests.fakes.swap_service import FakeSwapService
from tests.prove.swap_wishes import Wish, forms_of, respelt

_LATEST = 8.0  # seconds until it has carried out what it received
_HIDDEN = 27.0  # seconds for which its lists may then not show it: less than until the second complete read can begin
_HIDDEN_LONG = 1_800.0  # more than anybody waits for
_SKEW = 240.0  # seconds its clock is wrong by
_SKEW_LARGE = 7_200.0  # more than clocks should be
_LONG_AGO = timedelta(days=1)
_PAGES = (1, 2, 3, 7, 100)
MOODS = ("done", "done", "done", "refused", "rejected", "lost", "lost before", "late")


class MoodySwapService(FakeSwapService):
    """Says no, loses answers before and after they took effect, carries out late and lists later still; fails reads,
    and changes its list while it is being read. Its clock is wrong, sometimes badly, it has its own idea of a page, and
    writes coins and addresses as it likes. Others make orders with the same key, now and then the very same one.

    `calm_after` is when all that ends, so that every history has an end. `hides_long`: what it made may be listed only
    long after everybody has stopped looking closely.
    """

    def __init__(self, clock: FakeClock, chance: random.Random, wish: Wish, *, number: int) -> None:
        super().__init__(clock)
        self.wish = wish
        self.limits = (Decimal("0.001"), self.limits[1])
        self.hides_long = chance.random() < 0.1
        self.twins = chance.choice((0, 0, 0.3))
        self._now = clock
        self.chance = chance
        self.mood = chance.choice(MOODS)
        self._began = clock.at
        skew = _SKEW_LARGE if chance.random() < 0.15 else _SKEW
        self.skew = timedelta(seconds=chance.uniform(-skew, skew))
        self.calm_after = clock.at + timedelta(minutes=10)
        self._fails = chance.choice((0, 0.1, 0.4))
        self._unrest = chance.choice((0, 0.3, 0.8))
        self._page = chance.choice(_PAGES)
        self._oldest_first = chance.random() < 0.5
        self._shown_at: dict[str, datetime] = {}
        self._strangers = count(1_000 * number)
        self._swaps = count(1_000 * number)  # no two services have orders of one name
        self.equal: set[str] = set()

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
        listed = [order for order in orders if self.is_listed(order.reference)]
        listed = listed if self._oldest_first else listed[::-1]
        size = min(size, self._page)
        shown = tuple(listed[(page - 1) * size : page * size])
        return SwapPage(swaps=shown, number=page, count=len(listed), has_next=page * size < len(listed))

    def add_stranger(self, key: SwapKey) -> None:
        """Somebody with the same key makes an order that is like ours in all but one thing, or in everything."""
        made = self._make(self.wish.new)
        alike = replace(made, reference=f"X{next(self._strangers)}", created_at=self._now.at + self.skew)
        named = "deposit_amount" if self.wish.new.deposit_amount is not None else "withdraw_amount"
        different: tuple[dict[str, Any], ...] = (
            {named: getattr(alike, named) + 1},
            {"withdraw_address": "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
            {"withdraw_extra_id": "77777"},
            {"refund_extra_id": "77777"},
        )
        same: tuple[dict[str, Any], ...] = ({}, {"created_at": self._began + self.skew - _LONG_AGO})
        is_twin = self.chance.random() < self.twins
        changes = self.chance.choice(same if is_twin else different)
        self.put(key, replace(alike, **changes))
        if is_twin:
            self.equal.add(alike.reference)

    def is_listed(self, reference: str) -> bool:
        return self._shown_at.get(reference, self._now.at) <= self._now.at

    @property
    def is_steady(self) -> bool:
        """Whether nothing changes in its list while that is read."""
        return self._unrest == 0

    def _stir(self, key: SwapKey) -> None:
        """An order comes, or one that is there already goes to the top of the list, as if that were by last change."""
        orders = self._holder(key).orders
        if orders and self.chance.random() < 0.7:
            reference = self.chance.choice([*orders])
            orders[reference] = orders.pop(reference)
        else:
            self.add_stranger(key)

    def _carry_out(self, key: SwapKey, new: NewSwap, *, at: datetime) -> Swap:
        made = replace(
            self._make(new),
            created_at=at + self.skew,
            fixed_until=None,
            deposit=self.chance.choice(forms_of(self.wish.deposit)),
            withdraw=self.chance.choice(forms_of(self.wish.withdraw)),
            withdraw_address=respelt(new.withdraw_address, self.chance),
            refund_address=respelt(new.refund_address, self.chance),
        )
        self._holder(key).orders[made.reference] = made
        if self.mood != "done":
            longest = _HIDDEN_LONG if self.hides_long else _HIDDEN
            self._shown_at[made.reference] = at + timedelta(seconds=self.chance.uniform(0, longest))
        return made

    def _have_trouble(self) -> None:
        if self._now.at < self.calm_after and self.chance.random() < self._fails:
            raise self.chance.choice((Unavailable(Cause.SERVER_FAULT), KeyRejected(status=401, reason="")))

    def _pass_time(self, longest: float) -> None:
        self._now.at += timedelta(seconds=self.chance.uniform(0, longest))
