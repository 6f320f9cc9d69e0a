"""Conversions, with somebody's words in every field that is not ours."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from chatbot.domain.convert_drafts import AmountOf, ConvertChoice, ConvertDraft, ConvertQuestion, ConvertRequest
from chatbot.domain.errors import Cause
from chatbot.domain.ids import MarketCode, OrderNumber
from chatbot.domain.money import Amount
from chatbot.domain.orders import Order, OrderStatus, Side
from chatbot.domain.tickets import Lost, RefusedBy, Ticket, TicketState, Traded, Unsigned
from chatbot.services.conversions import AskedConversion
from handlers.views import conversions, convert_cards
from handlers.views.screen import Shown
from tests.handlers.views.examples import MAIN, NOW, order_ticket
from tests.prove import hostile_values as some
from tests.storage.examples import CONVERT, CONVERT_TERMS

Word = Callable[[], str]
Draw = Callable[[Word], Shown | None]


def card(word: Word, state: TicketState, **changes: Any) -> Shown:
    """As `handlers.views.tickets` draws it."""
    return convert_cards.convert_card(ticket(word, state, **changes), now=NOW)


def ticket(word: Word, state: TicketState, **changes: Any) -> Ticket:
    sold, bought = word(), word()
    intent = replace(CONVERT, sell=sold, buy=bought)
    terms = replace(
        CONVERT_TERMS,
        base=sold,
        before=Amount(Decimal(1), sold),
        cost=Amount(Decimal(1), bought),
        wanted=Decimal(5),
        previous=Decimal(60_000),
        said=Decimal("5.5"),
    )
    return order_ticket(state=state, intent=intent, terms=terms, **changes)


def untouched(word: Word) -> Order:
    order: Order = some.an_order(word, OrderStatus.CANCELLED)
    return replace(order, executed=Decimal(0))


def traded(word: Word) -> Traded:
    return Traded(market=MarketCode(word()), side=Side.SELL, amount=Decimal("0.01"), at=NOW)


def asked(word: Word, asking: ConvertQuestion | None) -> AskedConversion:
    request = ConvertRequest(sell=word(), buy=word(), amount=Decimal(5), of=AmountOf.BOUGHT)
    choices = tuple(ConvertChoice(label=word(), request=request) for _ in range(5))
    draft = ConvertDraft(request=request, asking=asking, choices=choices)
    return AskedConversion(
        dialogue=some.dialogue(), draft=draft, account=MAIN, problem=word(), available=Amount(Decimal(5), word())
    )


QUESTIONS: tuple[Draw, ...] = tuple(
    lambda word, asking=asking: conversions.question(asked(word, asking))  # type: ignore[misc]
    for asking in (*ConvertQuestion, None)
)
TICKETS: tuple[Draw, ...] = (
    *(lambda word, state=state: card(word, state) for state in TicketState),
    lambda word: card(word, TicketState.REFUSED, outcome=RefusedBy(code=1103, reason=word())),
    lambda word: card(word, TicketState.DONE, order=some.an_order(word, OrderStatus.PARTIALLY_FILLED)),
    lambda word: card(word, TicketState.DONE, order=untouched(word)),
)
DOUBTS: tuple[Draw, ...] = (
    lambda word: card(word, TicketState.UNCERTAIN, outcome=Lost(cause=Cause.BROKEN, twin=OrderNumber(5))),
    lambda word: card(word, TicketState.UNCERTAIN, outcome=Lost(cause=Cause.BROKEN, traded=traded(word))),
    lambda word: card(word, TicketState.UNCERTAIN, outcome=Lost(cause=Cause.BROKEN, needs_session=True)),
    lambda word: card(word, TicketState.REFUSED, outcome=Unsigned(ended=True)),
)
