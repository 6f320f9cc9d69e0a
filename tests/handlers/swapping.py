"""Anna swaps in her chat, with a painter beside it."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

from chatbot.domain.secrets import SwapKey
from chatbot.domain.swaps import FollowedSwap, SwapStatus
from chatbot.domain.tickets import Ticket
from chatbot.storage.swaps import SWAPS
from handlers.actions import RepeatTicket
from handlers.swap_painter import SwapPainter
from tests.fakes.swap_service import PAYOUT, FakeSwapService
from tests.handlers.conversation import Conversation, Shown
from tests.handlers.withdrawing import tapped_by
from tests.services.house import ANNA, CHAT, House

T = TypeVar("T")


class Errands:
    """Runs what is begun when a test says so."""

    def __init__(self) -> None:
        self.begun: list[Coroutine[Any, Any, Any]] = []

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> Any:
        self.begun.append(work)


class Desk:
    def __init__(self, house: House, anna: Conversation) -> None:
        self.house, self.anna, self.errands = house, anna, Errands()
        self.painter = self.another()

    def another(self) -> SwapPainter:
        """As after a start."""
        self.painter = SwapPainter(
            store=self.house.storage.swaps,
            preferences=self.house.storage.preferences,
            sender=self.anna.sender,
            clock=self.house.clock,
            spawner=self.errands,
        )
        return self.painter

    async def link(self) -> None:
        await self.house.accounts.link_practice_swaps(ANNA)

    async def asked(self, words: str = "500 USDC to BTC") -> None:
        """Up to the card of a swap."""
        await self.anna.say(f"/swap {words} {PAYOUT}")
        await self.anna.tap("Skip")

    async def confirm(self) -> None:
        await self._meanwhile(self.anna.tap("Confirm"))

    async def typed(self, words: str) -> int:
        return await self._meanwhile(self.anna.say(words))

    async def repeat(self, ticket: Ticket) -> None:
        await tapped_by(self.anna, RepeatTicket(ticket=ticket.id), person=ANNA, chat=ANNA, message=ticket.message or 0)

    async def created(self) -> FollowedSwap:
        """A swap whose card stands in the chat, with its picture."""
        await self.asked()
        await self.confirm()
        await self.paint()
        return await self.followed()

    async def paint(self, *, after: float = 0) -> None:
        """Time goes by, and what is to be painted is; three seconds are enough for each to wait for its turn."""
        self.house.clock.pass_(after)
        cards = self.house.swap_cards
        for swap in cards.repainted:
            self.painter.repaint(swap)
        self.painter.retire(CHAT, *cards.retired)
        cards.repainted.clear()
        cards.retired.clear()
        await self.painter.step()
        begun, self.errands.begun = self.errands.begun, []
        await self._meanwhile(asyncio.gather(*begun))

    async def _meanwhile(self, work: Awaitable[T]) -> T:
        """Time goes by while something is done: a tap's answer, and each message, take their moment."""
        done = asyncio.ensure_future(work)
        while not done.done():
            await self.house.clock.advance(0.1)
            await asyncio.sleep(0.001)  # for the database, which lives in a thread
        return await done

    async def look(self, *, after: float = 0) -> None:
        """Time goes by, and the order is read: a card that was not looked at lately is not to be paid by."""
        self.house.clock.pass_(after)
        await self.house.followed_swaps.look(await self.followed())

    async def goes_on(self, status: SwapStatus, **changes: Any) -> None:
        """The order gets to a status, and that is seen."""
        followed = await self.followed()
        self.service.advance(followed.swap.reference, status, **changes)
        await self.house.followed_swaps.look(followed)
        await self.paint()

    async def followed(self) -> FollowedSwap:
        """The one there is."""
        [one] = await self.house.storage.swaps._list(order_by=SWAPS.c.id)
        return one

    @property
    def service(self) -> FakeSwapService:
        return self.house.swap_service

    @property
    def key(self) -> SwapKey:
        [holder] = self.service.holders.values()
        return holder.key

    @property
    def cards(self) -> list[Shown]:
        return [each for each in self.anna.shown if each.method == "sendMessage" and _is_card(each)]

    @property
    def card(self) -> Shown:
        [only] = self.cards
        return only

    @property
    def pictures(self) -> list[Shown]:
        return [each for each in self.anna.shown if each.method == "sendPhoto"]


def _is_card(shown: Shown) -> bool:
    labels = {key["text"] for key in shown.keys}
    return {"↻ Refresh", "Help"} <= labels or "New swap" in labels
