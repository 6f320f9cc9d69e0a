"""What was read and told of linked accounts' orders and balances, and when the bot was away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chatbot.domain.absences import Absence, Missed
from chatbot.domain.accounts import Account
from chatbot.domain.explaining import KnownBalance
from chatbot.domain.follow_ups import OrderRecord
from chatbot.domain.ids import AccountId, MarketCode, OrderNumber, TicketId
from chatbot.domain.market import Market
from chatbot.domain.orders import Balances, Order
from chatbot.domain.places import Place

Worth = Callable[[str, Decimal], Decimal | None]
"""What an amount of a currency is worth in USDT; None where no market gives a price."""


class FollowUps(Protocol):
    """Nothing is told of an account that is gone, and nothing is kept of it."""

    async def of(self, account: AccountId) -> OrderRecord | None:
        """How far its orders were read; None before `begin`."""
        ...

    async def begin(self, account: AccountId, open_orders: Sequence[Order], *, through: OrderNumber) -> None:
        """What is there already is not told: the numbers up to `through`, but for what follows of those open."""
        ...

    async def note(
        self,
        account: AccountId,
        orders: Sequence[Order],
        *,
        seen: OrderNumber | None,
        markets: Mapping[MarketCode, Market],
        late: bool,
        now: datetime,
    ) -> tuple[TicketId, ...]:
        """Tell what is new about orders, and move on to what was `seen` completely, in one transaction.

        It goes to the card that placed an order, else into the private chat; what a card tells by itself is only
        shown there. `markets` say what fees there may be: an execution in one that is missing explains whatever its
        currencies' totals turn out to be. `late`: it happened while the bot was away. Returns the tickets whose cards
        have to be painted.
        """
        ...

    async def let_go(self, account: AccountId, number: OrderNumber) -> None:
        """Follow an order no more."""
        ...

    async def balances_of(self, account: AccountId) -> Mapping[str, KnownBalance] | None:
        """What is known of every currency; None before the first look. A currency that is missing was zero."""
        ...

    async def note_balances(self, account: Account, balances: Balances, *, worth: Worth, now: datetime) -> None:
        """Compare with what is known, and tell the changes that nothing explains, in one transaction."""
        ...


class Life(Protocol):
    """Signs of life, by which a start knows how long the bot was away."""

    async def begin(self, *, now: datetime) -> Absence | None:
        """The bot starts. The absence that ends with it, or lately did; None if there was none worth a word.

        Where alerts were armed in a long one, that is told.
        """
        ...

    async def beat(self, *, now: datetime) -> None: ...

    async def missed_at(self, place: Place) -> Missed | None:
        """What happened for a place in the last absence, as far as it is known by now."""
        ...
