"""The service that swaps coins, and where the swaps that are looked after live.

How calls fail: as in `chatbot.ports.exchange`. Reads raise `Unavailable`, `Refused` or `KeyRejected`; changes raise
`NotSent`, `OutcomeUnknown`, `Refused` or `KeyRejected`, and are sent once. `NotPermitted` and `SwapNotFound` are
kinds of `Refused`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from chatbot.domain.ids import ChatId, MessageId, PersonId, SwapId, TicketId
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import Coin, FollowedSwap, NewSwap, Pair, Rate, Swap, SwapPage
from chatbot.ports.exchange import Permit, Priority


class SwapService(Protocol):
    """n.exchange, or the practice exchange's likeness of it."""

    async def coins(self, *, priority: Priority) -> tuple[Coin, ...]:
        """All coins but money of states, in the service's order."""
        ...

    async def pairs(self, key: SwapKey, *, priority: Priority) -> tuple[Pair, ...]: ...

    async def rate(self, key: SwapKey, *, pair: str, priority: Priority) -> Rate | None:
        """The offer for a pair; None where the service does not swap it."""
        ...

    async def swaps(self, key: SwapKey, *, page: int, size: int, priority: Priority) -> SwapPage:
        """`size` is at most 100. A page beyond the last is refused."""
        ...

    async def swap(self, key: SwapKey, *, reference: str, priority: Priority) -> Swap:
        """Raises `SwapNotFound`."""
        ...

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap: ...

    async def set_payout(
        self, key: SwapKey, *, reference: str, address: str, extra_id: str, permit: Permit
    ) -> Swap: ...

    async def mark(self, key: SwapKey, *, reference: str, paid: bool, transaction: str, permit: Permit) -> Swap:
        """Mark an order as paid by its person, with the deposit's transaction id unless that is empty; or take the mark
        back.
        """
        ...

    def expected_wait(self, priority: Priority) -> timedelta:
        """How long a request of this priority would wait for the budget right now; zero if it would not."""
        ...


class PracticeSwaps(Protocol):
    """Where the practice venue hands out keys for swaps with play money."""

    async def open_key(self) -> SwapKey:
        """Raises `Unavailable` when the practice venue does not answer."""
        ...


class Swaps(Protocol):
    """The swaps that are looked after."""

    async def follow(
        self, followed: FollowedSwap, *, over: Callable[[FollowedSwap], FollowedSwap] | None = None
    ) -> FollowedSwap:
        """Begin to look after a swap. Of one that its person has looked after already (at the same service, by the same
        reference, with whichever key) `over` makes what is written, in one transaction; without it, that is returned
        as it is. Returns what is written, with its id.

        A swap has one ticket for good: what a ticket made already, or another one did, is returned as it is.
        """
        ...

    async def get(self, swap: SwapId) -> FollowedSwap | None: ...

    async def find(self, person: PersonId, *, is_live: bool, reference: str) -> FollowedSwap | None: ...

    async def of_ticket(self, ticket: TicketId) -> FollowedSwap | None:
        """The one that a ticket made."""
        ...

    async def known(self, person: PersonId, references: Sequence[str], *, is_live: bool) -> frozenset[str]:
        """Which of these references a person has looked after already."""
        ...

    async def taken(self, references: Sequence[str], *, is_live: bool, but: TicketId) -> frozenset[str]:
        """Which of these references were made by a ticket, whosever and with whichever key, `but` by this one."""
        ...

    async def update(
        self, swap: SwapId, change: Callable[[FollowedSwap], FollowedSwap], *, now: datetime
    ) -> FollowedSwap:
        """Read, change and write in one transaction. A changed status is told, and a deposit that comes to light after
        the end: the notice is put into the outbox in the same transaction, as a reply to the card. The revision grows
        if there is anything new to see. Raises `KeyError`.
        """
        ...

    async def attach(self, swap: SwapId, *, message: MessageId | None = None, picture: MessageId | None = None) -> None:
        """Remember the messages that were sent for it."""
        ...

    async def drop_picture(self, swap: SwapId) -> None: ...

    async def due(self, *, now: datetime, limit: int) -> tuple[FollowedSwap, ...]:
        """Those whose `next_look_at` has come, earliest first."""
        ...

    async def next_due(self) -> datetime | None: ...

    async def open_of(self, person: PersonId) -> tuple[FollowedSwap, ...]:
        """A person's swaps that are not final, oldest first."""
        ...

    async def waiting(self, *, limit: int) -> tuple[FollowedSwap, ...]:
        """Those that wait for their deposit, the newest first."""
        ...

    async def addresses_of(
        self, person: PersonId, *, is_live: bool, coin: str, limit: int
    ) -> tuple[tuple[str, str], ...]:
        """The payout addresses, with memos, that a person gave here for swaps into a coin that were completed without a
        doubt: the latest first, each once. What an order says of itself is not among them, nor is what was good enough
        for play money where money is real.
        """
        ...

    async def deposit_addresses_of(self, person: PersonId) -> frozenset[str]:
        """Where the service had a person pay in all the swaps that were ever looked after."""
        ...

    async def unshown(self, *, limit: int) -> tuple[FollowedSwap, ...]:
        """Those whose latest revision has not been painted, such as those that have no card yet."""
        ...

    async def mark_shown(self, swap: SwapId, revision: int) -> None: ...


class SwapCards(Protocol):
    """The cards of swaps in their chats."""

    def repaint(self, swap: SwapId) -> None:
        """Have the card painted soon, as the swap stands then. Returns at once."""
        ...

    def retire(self, chat: ChatId, *messages: MessageId) -> None:
        """Have messages deleted soon that another took the place of, so that nobody pays by what they say. Returns at
        once.
        """
        ...
