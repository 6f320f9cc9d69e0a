"""What the card says against what is sent: random orders and withdrawals, from the wish to the body handed to the
channel."""

import asyncio
import random
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast

import msgspec

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.aliases import LONGEST, read_alias
from chatbot.domain.errors import InputError
from chatbot.domain.ids import AccountId, ChatId, MessageId, PersonId, TicketId
from chatbot.domain.intents import PlaceOrder, Withdraw, WithdrawTerms
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.secrets import Credentials
from chatbot.domain.sizing import OrderUnfit, size_order
from chatbot.domain.tickets import Placed, Requested, Ticket, TicketState
from chatbot.exchange.andx.gateway import AndxGateway
from chatbot.exchange.andx.signing import TimestampUnit
from chatbot.exchange.andx.words import MarketBuyVolume
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Call, Channel
from chatbot.ports.accounts import Accounts
from chatbot.ports.exchange import Permit, Priority
from chatbot.ports.tickets import Tickets as TicketStore
from handlers.views.tickets import card
from tests.fakes.cards import FakeCards
from tests.fakes.clock import START, FakeClock, FakeEntropy
from tests.fakes.execution import execution_services
from tests.fakes.values import credentials
from tests.prove.proof import Proof, Run
from tests.prove.sizing import a_request, a_situation

T = TypeVar("T")
_PERSON, _CHAT = PersonId(7), ChatId(7)
_ANSWERS = {
    "/api/v1/orders/": b'{"status":"success","data":{"order_number":54264}}',
    "/api/v1/withdrawal/request/": b'{"status":"success","data":{"message":"Your withdraw request is processing."}}',
}


class RecordingChannel:
    """In the channel's place: keeps every change that would be sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.signed: list[bool] = []
        self.book = b'{"status":"success","data":null}'

    async def change(self, call: Call[T], *, priority: Priority, permit: Permit) -> T:
        assert call.method == "POST"
        permit()
        self.bodies.append(call.body)
        self.signed.append(call.sign is not None)
        return call.parse(_ANSWERS[call.path])

    def sent(self) -> dict[str, Any]:
        """The one signed body since the last time."""
        [body], [signed] = self.bodies, self.signed
        self.bodies.clear()
        self.signed.clear()
        assert signed, "not signed"
        content: dict[str, Any] = msgspec.json.decode(body)
        return content

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

    async def proceed(self, _: TicketId, *, number: str, **__: Any) -> Ticket | None:
        assert self.ticket is not None
        self.ticket = replace(self.ticket, state=TicketState.CONTINUED, number=number)
        return self.ticket

    async def confirm(self, _: TicketId, **__: Any) -> Ticket | None:
        return await self.claim(_)

    async def update(self, _: TicketId, change: Any, **__: Any) -> Ticket:
        self.ticket = cast(Ticket, change(self.ticket))
        return self.ticket

    async def claimed_since(self, *_: Any, **__: Any) -> bool:
        return False


class OneKey:
    async def credentials(self, account: AccountId, *, of: PersonId | None = None) -> Credentials:
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
        self.tickets, _ = execution_services(
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
            await (_try_order if case % 2 else _try_withdrawal)(desk, chance)
        except Exception as error:
            run.fail(case, f"{error!r}")


async def _try_order(desk: Desk, chance: random.Random) -> None:
    desk.clock.pass_(1)  # else the last order would be a reason to read the balance anew
    ticket, ask, bid = await _opened(desk, chance)
    desk.channel.book = msgspec.json.encode(_book(ask=ask, bid=bid))
    screen = card(ticket, now=desk.clock.now()).text.plain
    claimed = await desk.tickets.claim(ticket.id, person=_PERSON, chat=_CHAT, message=MessageId(5))
    done = await desk.tickets.execute(claimed)
    assert isinstance(done.outcome, Placed), f"it ended {done.outcome}"
    _compare(desk.channel.sent(), ticket, screen)


async def _try_withdrawal(desk: Desk, chance: random.Random) -> None:
    """Both steps' cards, and the headline of what became of it."""
    intent, terms = _withdrawal(chance)
    desk.channel.book = msgspec.json.encode(_balances(terms.before))
    opened = await desk.tickets.open(intent, terms, person=_PERSON, chat=_CHAT, account=ACCOUNT)
    number = "" if chance.random() < 0.5 else "4711"
    steps = {"person": _PERSON, "chat": _CHAT, "message": MessageId(5)}
    continued = await desk.tickets.proceed(opened.id, number=number, **steps)  # type: ignore[arg-type]
    done = await desk.tickets.confirm(opened.id, person=_PERSON)
    assert done.outcome == Requested(), f"it ended {done.outcome}"
    sent = desk.channel.sent()
    meant = {"currency_code": intent.currency, "amount": sent["amount"], "alias": intent.alias}
    assert sent == meant, f"sent {sent}, the ticket says {meant}"
    assert Decimal(sent["amount"]) == intent.amount and "e" not in sent["amount"].lower()
    for ticket in (opened, continued):
        said = _read_withdrawal(card(ticket, now=desk.clock.now()).text.plain, intent.currency)
        assert said == (Decimal(sent["amount"]), sent["alias"]), f"the card reads {said}, sent was {sent}"
    headline = card(done, now=desk.clock.now()).text.plain.split("\n")[0]
    assert headline.endswith(f" {sent['currency_code']} to “{sent['alias']}”"), headline


def _withdrawal(chance: random.Random) -> tuple[Withdraw, WithdrawTerms]:
    currency = chance.choice(("BTC", "USDT", "XRP", "1INCH"))
    amount = Decimal(chance.randint(1, 10 ** chance.randint(1, 20))).scaleb(-chance.randint(0, 18))
    before = Amount(amount + Decimal(chance.randint(0, 10**9)).scaleb(-8), currency)
    intent = Withdraw(account=ACCOUNT.id, currency=currency, amount=amount, alias=_an_alias(chance))
    terms = WithdrawTerms(
        before=before,
        after=before - Amount(amount, currency),
        uses=chance.randint(0, 3),
        hold=timedelta(hours=chance.choice((0, 24))),
        held_until=None,
        value=chance.choice((None, Decimal(7))),
        left=Amount(Decimal(10), chance.choice((currency, "USDT"))),
    )
    return intent, terms


def _an_alias(chance: random.Random) -> str:
    """Anything that people may call an address, from every corner of Unicode."""
    while True:
        last = chance.choice((0x7E, 0x2FFF, 0x10FFFF))
        name = "".join(chr(chance.randint(32, last)) for _ in range(chance.randint(1, LONGEST)))
        try:
            return read_alias(chance.choice((name, name[:3], f"<b>cold</b> & {name[:9]}")))
        except InputError:
            continue


def _balances(of: Amount) -> dict[str, Any]:
    """The balance at the second step, as the exchange says it."""
    there = format(of.value, "f")
    balance = {"currency_code": of.currency, "balance": there, "available_balance": there}
    return {"status": "success", "data": {"balances": {of.currency: balance}}}


def _read_withdrawal(screen: str, currency: str) -> tuple[Decimal, str]:
    """Amount and alias of a card's first line and of its table, which must agree."""
    lines = screen.split("\n")
    first = re.fullmatch(r"Withdraw ([0-9.,]+) (\w+) to “(.*)”", lines[0])
    assert first and first[2] == currency, f"the card begins {lines[0]!r}"
    amount = next(line for line in lines if line.startswith("Amount "))[7:]
    alias = next(line for line in lines if line.startswith("To     "))[7:]
    assert alias == first[3] and amount == f"{first[1]} {currency}", f"two answers on one card:\n{screen}"
    return Decimal(first[1].replace(",", "")), alias


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
    required=100_000,
    sample=500,
    prove=prove,
    shares=2,
)
