"""Random histories of conversions whose answer was lost, which carry no mark; part of the proof “evidence”.

Orders and trades show late, perhaps only one of the two in time, or the order never; the session ends and is given
anew; the bot is away for days; and somebody's other orders, marked or made elsewhere, stand in the same lists.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, cast

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.conversions import NewConversion
from chatbot.domain.errors import Cause, OutcomeUnknown, SessionExpired, Unavailable
from chatbot.domain.ids import AccountId, ClientId, MarketCode, OrderNumber, PersonId
from chatbot.domain.orders import Order, OrderFilter, OrderPage, OrderStatus, Side
from chatbot.domain.secrets import Credentials, Secret, Session
from chatbot.domain.tickets import Lost, NotFound, Placed, Ticket, TicketState, may_be_settled_by_word
from chatbot.domain.trade_text import LENGTHS
from chatbot.domain.trades import Trade, TradePage, TradeSpan
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.cards import FakeCards
from tests.fakes.clock import START, FakeClock, FakeEntropy
from tests.fakes.execution import execution_services
from tests.fakes.instant import trade
from tests.fakes.values import credentials
from tests.handlers.views.examples import MAIN
from tests.storage.examples import CONVERT, CONVERT_TERMS, ORDER, ticket

_IN_TIME = 40.0  # seconds until the second clean read may begin: by then the order or its trade has to show
_NEVER = 10.0**9
_MOST_LOOKS = 60
_PAGE = 20
_OWN = OrderNumber(70_000)
_AMOUNT = CONVERT.sold.value


class World:
    """The exchange, and the keeper of the session. Moments are seconds since the tap."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.clock = chance, FakeClock()
        self.placed = chance.random() < 0.6
        late = chance.choice((1.0, _IN_TIME, _NEVER))
        self.order_at, self.trade_at = chance.sample((chance.uniform(0, _IN_TIME), late), 2)
        self.fails = chance.choice((0.0, 0.0, 0.2))
        self.away = timedelta(days=chance.choice((0, 0, 0, 1, 2, 8, 26, 40)))
        self.has_session = chance.random() < 0.8
        self.sent = 0
        self.strangers = [self._stranger(number) for number in range(chance.choice((0, 1, 25)))]
        self.is_near = chance.random() < 0.2
        if self.is_near:  # made by hand just before the tap, or of another amount
            before, volume = chance.choice(((30, _AMOUNT), (-3, _AMOUNT + 1)))
            placed_at = START - timedelta(seconds=before)
            self.strangers.append(self._order(OrderNumber(60_000), volume=volume, placed_at=placed_at))

    @property
    def now(self) -> float:
        return (self.clock.at - START).total_seconds()

    def _stranger(self, number: int) -> Order:
        """Too old, of another market, or marked."""
        other: dict[str, Any] = self.chance.choice(
            ({"placed_at": START - timedelta(hours=1)}, {"base": "ETH"}, {"client_id": ClientId(9)}, {"side": Side.BUY})
        )
        return self._order(OrderNumber(50_000 + number), executed=Decimal(0), **other)

    def _order(self, number: OrderNumber, **changes: Any) -> Order:
        values: dict[str, Any] = {
            "number": number,
            "side": Side.SELL,
            "status": OrderStatus.FILLED,
            "volume": _AMOUNT,
            "executed": _AMOUNT,
            "client_id": ClientId(0),
            "placed_at": START + timedelta(seconds=1),
        }
        return replace(ORDER, **(values | changes))

    # Calls

    async def convert(self, session: Session, *, new: NewConversion, permit: Permit) -> OrderNumber:
        permit()
        self.sent += 1
        raise OutcomeUnknown(Cause.TIMEOUT)

    async def orders(self, _: Credentials, *, which: OrderFilter, page: int, **__: Any) -> OrderPage:
        self._answer()
        own = [self._order(_OWN)] if self.placed and self.order_at <= self.now else []
        listed = [*own, *self.strangers]
        shown = tuple(listed[(page - 1) * _PAGE : page * _PAGE])
        return OrderPage(orders=shown, number=page, has_next=page * _PAGE < len(listed), pages=None)

    async def order(self, _: Credentials, *, number: OrderNumber, priority: Priority) -> Order:
        return self._order(number)

    async def trades(self, session: Session, *, span: TradeSpan, page: int, **__: Any) -> TradePage:
        self._answer()
        if not self.has_session:
            raise SessionExpired
        own = trade(self.clock, amount=_AMOUNT, market=MarketCode("BTCUSDT"), at=START + timedelta(seconds=1))
        other = trade(self.clock, 5, amount=_AMOUNT, market=MarketCode("ETHUSDT"), ago=timedelta(0))
        happened: list[Trade] = [own] if self.placed and self.trade_at <= self.now else []
        reach = self.clock.at - LENGTHS[span]
        return TradePage(trades=(other, *(each for each in happened if each.at >= reach)), number=page, has_next=False)

    def _answer(self) -> None:
        self.clock.at += timedelta(seconds=self.chance.uniform(0, 1))
        if self.chance.random() < self.fails:
            raise Unavailable(Cause.SERVER_FAULT)

    # The keeper

    async def credentials(self, account: AccountId, *, of: PersonId | None = None) -> Credentials:
        return credentials("1")

    async def get(self, account: AccountId) -> Account:
        return MAIN

    async def session(self, account: AccountId, *, of: PersonId | None = None) -> Session:
        return Session(username=Secret("user-1"), token=Secret("token-1"))

    async def reject_session(self, account: Account, session: Session, *, now: object) -> None:
        pass


async def live(world: World, store: Any) -> Ticket:
    """From the claim until it is settled, or nothing but its person's word can settle it."""
    world_: Any = world
    shared: dict[str, Any] = {
        "store": store,
        "accounts": world_,
        "sessions": world_,
        "exchanges": {Venue.PAPER: world_},
        "instants": {Venue.PAPER: world_},
        "cards": FakeCards(),
        "clock": world.clock,
        "entropy": FakeEntropy(),
    }
    tickets, settling = execution_services(**shared)
    await tickets.execute(store.ticket)
    world.clock.at += world.away
    for _ in range(_MOST_LOOKS):
        due = store.ticket.next_look_at
        if due is None or store.ticket.state is not TicketState.UNCERTAIN:
            break
        world.clock.at = max(world.clock.at, due)
        await settling.look(store.ticket)
        world.has_session = world.has_session or world.chance.random() < 0.3
    return cast(Ticket, store.ticket)


def claimed() -> Ticket:
    return ticket(
        intent=CONVERT,
        terms=CONVERT_TERMS,
        state=TicketState.CLAIMED,
        claimed_at=START,
        created_at=START,
        next_look_at=None,
        message=None,
    )


def problem(world: World, final: Ticket) -> str:
    """What is wrong with how it ended, if anything."""
    if world.sent != 1:
        return f"sent {world.sent} times"
    match final.outcome:
        case Placed(number=number):
            return "" if world.placed and number == _OWN else "called placed, and it was another's order"
        case NotFound():
            return "placed, and called not placed" if world.placed else ""
        case Lost():
            asks = may_be_settled_by_word(final)
            certain = not world.placed and not world.is_near and world.away < timedelta(days=27)
            return "its person is asked for nothing" if certain or not asks else ""
        case other:
            return f"ended as {other}"


def told(world: World) -> str:
    facts = ("placed", "order_at", "trade_at", "fails", "away", "has_session", "is_near")
    return ", ".join(f"{name}={getattr(world, name)}" for name in facts)
