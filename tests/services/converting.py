"""What tests of conversions say, show and list."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from chatbot.domain.errors import Cause, OutcomeUnknown
from chatbot.domain.ids import ClientId, OrderNumber
from chatbot.domain.intents import Convert, ConvertTerms
from chatbot.domain.orders import Order, OrderStatus, Side
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.services.conversions import AskedConversion
from tests.services.house import ANNA, CARD, CHAT, House
from tests.storage.examples import ORDER

WHOLE = "0.01 BTC to USDT"


async def said(house: House, words: str) -> AskedConversion | Ticket:
    return await house.conversions.say(words, person=ANNA, chat=CHAT)


async def card(house: House, words: str = WHOLE) -> Ticket:
    """A card that was sent to the chat."""
    ticket = await said(house, words)
    assert isinstance(ticket, Ticket), ticket
    await house.tickets.attach(ticket.id, CARD)
    return await house.read(ticket)


def of(ticket: Ticket) -> tuple[Convert, ConvertTerms]:
    assert isinstance(ticket.intent, Convert) and isinstance(ticket.terms, ConvertTerms)
    return ticket.intent, ticket.terms


def order(house: House, number: int = 12_345_700, **changes: Any) -> Order:
    """What the exchange's lists say of a conversion of 0.01 BTC: it has no mark."""
    values: dict[str, Any] = {
        "number": OrderNumber(number),
        "side": Side.SELL,
        "status": OrderStatus.FILLED,
        "volume": Decimal("0.01"),
        "executed": Decimal("0.01"),
        "average_price": Decimal(60_000),
        "client_id": ClientId(0),
        "placed_at": house.clock.now(),
    }
    return replace(ORDER, **(values | changes))


def list_(house: House, *orders: Order) -> None:
    holder = next(iter(house.exchange.holders.values()))
    holder.orders.update({each.number: each for each in orders})


async def lost(house: House, words: str = WHOLE) -> Ticket:
    """A conversion whose answer never came."""
    house.instant.fail("convert", OutcomeUnknown(Cause.BROKEN))
    ticket = await house.tap(await card(house, words))
    assert ticket.state is TicketState.UNCERTAIN
    return ticket


async def rediscovered(house: House, ticket: Ticket) -> Ticket:
    for _ in range(12):
        if (await house.read(ticket)).state is TicketState.UNCERTAIN:
            await house.look_when_due(ticket)
    return await house.read(ticket)
