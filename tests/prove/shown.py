"""What the card says against what is sent: random orders, from the wish to the body handed to the channel."""

import asyncio
import random
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar, cast

import msgspec

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.ids import AccountId, ChatId, MessageId, PersonId, TicketId
from chatbot.domain.intents import PlaceOrder
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.secrets import Credentials
from chatbot.domain.sizing import OrderUnfit, size_order
from chatbot.domain.tickets import Placed, Ticket, TicketState
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.signing import TimestampUnit
from chatbot.exchange.andx.words import MarketBuyVolume
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Call, Channel
from chatbot.ports.accounts import Accounts
from chatbot.ports.exchange import Priority
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.tickets import Tickets
from handlers.views.tickets import card
from tests.fakes.cards import FakeCards
from tests.fakes.clock import START, FakeClock, FakeEntropy
from tests.fakes.values import credentials
from tests.prove.proof import Proof, Run
from tests.prove.sizing import a_request, a_situation

T = TypeVar("T")
_PERSON, _CHAT = PersonId(7), ChatId(7)
_ANSWER = b'{"status":"success","data":{"order_number":54264}}'


class RecordingChannel:
    """In the channel's place: keeps every change that would be sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.signed: list[bool] = []
        self.book = b'{"status":"success","data":null}'

    async def change(self, call: Call[T], *, priority: Priority) -> T:
        assert call.method == "POST" and call.path == "/api/v1/orders/"
        self.bodies.append(call.body)
        self.signed.append(call.sign is not None)
        return call.parse(_ANSWER)

    async def read(self, call: Call[T], *, priority: Priority) -> T:
        return call.parse(self.book)


class OneTicket:
    """A store for the ticket at hand."""

    def __init__(self) -> None:
        self.ticket: Ticket | None = None

    async def add(self, ticket: Ticket) -> None:
        self.ticket = ticket

    async def claim(self, _: TicketId, **__: Any) -> Ticket | None:
        assert self.ticket is not None
        self.ticket = replace(self.ticket, state=TicketState.CLAIMED, claimed_at=START)
        return self.ticket

    async def update(self, _: TicketId, change: Any, **__: Any) -> Ticket:
        self.ticket = cast(Ticket, change(self.ticket))
        return self.ticket

    async def claimed_since(self, *_: Any, **__: Any) -> bool:
        return False


class OneKey:
    async def credentials(self, account: AccountId) -> Credentials:
        return credentials("1")


ACCOUNT = Account(id=AccountId(1), person=_PERSON, venue=Venue.PAPER, label="paper-1", key_tail="1234", linked_at=START)


class Desk:
    def __init__(self) -> None:
        self.channel, self.store, self.clock = RecordingChannel(), OneTicket(), FakeClock()
        clock = self.clock
        gateway = AndxGateway(
            channel=cast(Channel, self.channel),
            budget=Budget(limit=60, clock=clock),
            clock=clock,
            timestamps=TimestampUnit.SECONDS,
            market_buy_volume=MarketBuyVolume.BASE,
        )
        self.tickets = Tickets(
            store=cast(TicketStore, self.store),
            accounts=cast(Accounts, OneKey()),
            exchanges={Venue.PAPER: gateway},
            cards=FakeCards(),
            clock=clock,
            entropy=FakeEntropy(),
        )


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    """Wishes that come to nothing do not count, and are thrown again."""
    desk = Desk()
    for case, chance in run.cases():
        try:
            await _try(desk, chance)
        except Exception as error:
            run.fail(case, f"{error!r}")


async def _try(desk: Desk, chance: random.Random) -> None:
    desk.clock.pass_(1)  # else the last order would be a reason to read the balance anew
    ticket, ask, bid = await _opened(desk, chance)
    desk.channel.book = msgspec.json.encode(_book(ask=ask, bid=bid))
    screen = card(ticket, now=desk.clock.now()).text.plain
    claimed = await desk.tickets.claim(ticket.id, person=_PERSON, chat=_CHAT, message=MessageId(5))
    done = await desk.tickets.execute(claimed)
    assert isinstance(done.outcome, Placed), f"it ended {done.outcome}"
    [body], [signed] = desk.channel.bodies, desk.channel.signed
    desk.channel.bodies.clear()
    desk.channel.signed.clear()
    assert signed, "not signed"
    _compare(msgspec.json.decode(body), ticket, screen)


async def _opened(desk: Desk, chance: random.Random) -> tuple[Ticket, Decimal, Decimal]:
    while True:
        here = a_situation(chance)
        wish = a_request(chance, here)
        try:
            sized = size_order(wish, here)
        except OrderUnfit:
            continue
        market = here.market
        intent = PlaceOrder(
            account=ACCOUNT.id,
            account_name="Main",
            market=market.code,
            base=market.base,
            counter=market.counter,
            side=wish.side,
            type=OrderType.MARKET if sized.price is None else OrderType.LIMIT,
            volume=sized.volume,
            price=sized.price,
            post_only=wish.post_only,
        )
        opened = await desk.tickets.open(intent, sized.terms, person=_PERSON, chat=_CHAT, account=ACCOUNT)
        return opened, here.ticker.ask, here.ticker.bid


def _compare(body: dict[str, Any], ticket: Ticket, screen: str) -> None:
    """The body against the ticket, and against the card as a person reads it."""
    intent = ticket.intent
    assert isinstance(intent, PlaceOrder)
    price = "0" if intent.price is None else _plain(intent.price)
    expected = {
        "order_type": intent.type.value,
        "market_code": intent.market,
        "volume": _plain(intent.volume),
        "buy_sell": "B" if intent.side is Side.BUY else "S",
        "price": price,
        "client_id": ticket.client_id,
        "post_only": intent.post_only,
        "account_name": "Main",
    }
    sent = body | {"volume": _plain(Decimal(body["volume"])), "price": _plain(Decimal(body["price"]))}
    assert sent == expected, f"sent {body}, the ticket says {expected}"
    assert "e" not in (body["volume"] + body["price"]).lower(), f"an exponent in {body}"
    said = _read_card(screen)
    shown = (said["side"], said["volume"], said["price"], said["post_only"])
    meant = (expected["buy_sell"], expected["volume"], None if price == "0" else price, intent.post_only)
    assert shown == meant, f"the card reads {shown}, sent was {body}\n{screen}"


def _read_card(screen: str) -> dict[str, Any]:
    """The numbers of a card's first line and of its table, which must agree."""
    first = screen.splitlines()[0].replace(",", "")
    found = re.match(r"(Buy|Sell) ([0-9.]+) BTC (?:at the market|at ([0-9.]+) USDT)", first)
    assert found, f"the card begins {first!r}"
    table = {line[:7].strip(): line[7:].strip().replace(",", "") for line in screen.splitlines()}
    assert table["Volume"].split()[0] == found[2], f"two volumes on one card:\n{screen}"
    if found[3]:
        assert _plain(Decimal(table["Price"].split()[0])) == _plain(Decimal(found[3])), f"two prices:\n{screen}"
    return {
        "side": found[1][0],
        "volume": _plain(Decimal(found[2])),
        "price": _plain(Decimal(found[3])) if found[3] else None,
        "post_only": "post-only" in table["Type"],
    }


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _book(*, ask: Decimal, bid: Decimal) -> dict[str, Any]:
    """The book at the tap, as the exchange says it: at the prices the order was sized with, or slightly better."""
    market = {"market_code": "BTCUSDT", "base_currency_code": "BTC", "counter_currency_code": "USDT"}
    names = ("last_price", "last_size", "volume_24h", "change_24h", "low_24h", "high_24h", "avg_24h", "timestamp")
    prices = {"bid": format(bid, "f"), "ask": format(ask, "f")} | dict.fromkeys(names, "1")
    sides = {
        side: [{"orders_total_amount": "1000000000000", "orders_price": format(price, "f")}]
        for side, price in (("buyers", bid), ("sellers", ask))
    }
    ticker = {"market": market, **prices}
    data = {"market_code": "BTCUSDT", "ticker": ticker, **sides, "last_transactions": [], "timestamp": "1"}
    return {"status": "success", "data": data}


PROOF = Proof(
    name="shown",
    claim="what the card's ticket says is exactly what the body sent contains",
    required=20_000,
    sample=500,
    prove=prove,
)
