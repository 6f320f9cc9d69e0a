"""What a bot told of orders and balances, held against the exchange's books."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from chatbot.domain.follow_ups import ON_A_CARD
from chatbot.domain.ids import MessageId, OrderNumber, PersonId, TicketId
from chatbot.domain.notices import BalanceMoved, OrderMoved
from chatbot.domain.orders import Order
from chatbot.storage.opening import Storage
from chatbot.storage.outbox import OUTBOX
from tests.prove.moody_exchange import MoodyExchange
from tests.prove.proof import Run

NEAR = {"BTC": Decimal(1), "USDT": Decimal(60_000), "XRP": Decimal(0)}
"""How far what is told of money that came or went may be off, for the fees of all that was executed meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The card that placed an order, and when it was tapped."""

    ticket: TicketId
    message: MessageId
    tapped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCard:
    """What a card alone told."""

    executed: Decimal = Decimal(0)
    ended: bool = False

    def and_then(self, order: Order) -> "OnCard":
        """A list that was late may take a card back for a while; what was told stays told."""
        return OnCard(executed=max(self.executed, order.executed), ended=self.ended or order.status.is_final)


@dataclass
class ToldOnce:
    """`cards` of orders, and what was seen on those that still tell by themselves."""

    storage: Storage
    exchange: MoodyExchange
    people: tuple[PersonId, ...]
    cards: dict[OrderNumber, Card] = field(default_factory=dict)
    on_cards: dict[OrderNumber, OnCard] = field(default_factory=dict)
    _fresh: set[OrderNumber] = field(default_factory=set)

    def add(self, number: OrderNumber, card: Card) -> None:
        self.cards[number] = card
        self._fresh.add(number)

    async def look(self, *, now: datetime) -> None:
        """See what the cards show that were tapped within the last minute."""
        for number in sorted(self._fresh):
            card = self.cards[number]
            if now - card.tapped_at > ON_A_CARD:
                self._fresh.discard(number)
                continue
            shown = await self.storage.tickets.get(card.ticket)
            if shown is not None and shown.order is not None:
                self.on_cards[number] = self.on_cards.get(number, OnCard()).and_then(shown.order)

    async def faults(self) -> list[str]:
        """What was told and is not so, and the other way round."""
        query = sa.select(OUTBOX).order_by(OUTBOX.c.id)
        rows = await self.storage.database.read(lambda connection: connection.execute(query).all())
        told: defaultdict[int, list[Any]] = defaultdict(list)
        for row in rows:
            if isinstance(row.notice, OrderMoved):
                told[row.notice.order.number].append(row)
        orders = [order for holder in self.exchange.holders.values() for order in holder.orders.values()]
        faults = [fault for order in orders if (fault := self._fault(order, told.pop(order.number, [])))]
        faults += [f"#{number} was told and is not there" for number in told]
        faults += [fault for order in orders if (fault := await self._card_fault(order))]
        return faults + list(self._money_faults([row for row in rows if isinstance(row.notice, BalanceMoved)]))

    def count(self, run: Run) -> None:
        """How much there was to tell."""
        for on_card in self.on_cards.values():
            if on_card.executed:
                run.remark("orders that were executed on a card alone, at least in part")
        for (_, currency), moved in self.exchange.moved.items():
            for _ in moved:
                run.remark(f"movements of {currency}")

    def _fault(self, order: Order, rows: list[Any]) -> str | None:
        on_card, card = self.on_cards.get(order.number, OnCard()), self.cards.get(order.number)
        parts = sum((row.notice.part for row in rows), on_card.executed)
        if parts != order.executed:
            return f"{parts} of #{order.number} were told, {on_card} of that, and {order.executed} executed"
        ends = [row.notice.order.status for row in rows if row.notice.order.status.is_final]
        if ends != ([order.status] if order.status.is_final and not on_card.ended else []):
            return f"#{order.number} is {order.status}, {on_card}, and its end was told as {ends}"
        if {row.reply_to for row in rows} - {None if card is None else card.message}:
            return f"#{order.number} was not told under its card"
        return None

    async def _card_fault(self, order: Order) -> str | None:
        """A card that told anything by itself shows the end of the story, too."""
        if order.number not in self.on_cards:
            return None
        shown = await self.storage.tickets.get(self.cards[order.number].ticket)
        if shown is None or shown.order is None:
            return f"the card of #{order.number} is blank"
        same = (shown.order.executed, shown.order.status) == (order.executed, order.status)
        return None if same else f"the card of #{order.number} shows {shown.order}, and it is {order}"

    def _money_faults(self, rows: list[Any]) -> Iterator[str]:
        told: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
        keys = dict(zip(self.people, self.exchange.holders, strict=True))
        for row in rows:
            for change in row.notice.changes:
                told[keys[row.chat], change.currency].append(change.by)
        for at in told.keys() | self.exchange.moved.keys():
            moved, near = self.exchange.moved[at], NEAR[at[1]]
            pairs = zip(moved, told[at], strict=False)
            if len(moved) != len(told[at]) or any(abs(real - said) > near for real, said in pairs):
                yield f"{at}: {[str(each) for each in moved]} came and went, told {[str(each) for each in told[at]]}"
