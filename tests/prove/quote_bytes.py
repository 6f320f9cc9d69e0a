"""Quotes of every look the exchange may give them: what the card shows is what a conversion sends, letter for letter.

Every case goes the program's whole way: the words of a wish, the request, the client that reads the exchange's answer,
what is made a card of, the ticket as it is stored, the new quotes it gets itself, and the client that writes the order.
"""

import asyncio
import hmac
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar, cast

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.convert_text import parse_conversion
from chatbot.domain.errors import Cause, Stopped, Unavailable
from chatbot.domain.gate import Standing
from chatbot.domain.ids import AccountId, MarketCode, PersonId
from chatbot.domain.intents import INTENTS, TERMS, Convert, Intent, Terms
from chatbot.domain.market import Market, OrderBook, Ticker
from chatbot.domain.money import Amount
from chatbot.domain.secrets import Secret, Session
from chatbot.domain.tickets import Ticket
from chatbot.exchange.andx.instant import AndxInstantTrade
from chatbot.exchange.http import Call, Channel, Unreadable
from chatbot.ports.exchange import Exchange, Permit, Priority
from chatbot.ports.limits import Standings
from chatbot.services.accounts import Accounts
from chatbot.services.execution.conversions import new_conversion
from chatbot.services.quoting import QuoteRenewals, Quoting
from chatbot.services.sessions import Sessions
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values
from chatbot.storage.codec import TaggedCodec
from handlers.views.tickets import card
from tests.fakes.clock import START, FakeClock
from tests.fakes.exchange import permitted
from tests.fakes.values import BTC, book, levels
from tests.prove.proof import Proof, Run
from tests.storage.examples import ticket as example

T = TypeVar("T")

_SESSION = Session(username=Secret("anna@example.com"), token=Secret("tok_demo"))
_ACCOUNT = Account(
    id=AccountId(1), person=PersonId(7), venue=Venue.ANDX, label="andx-1", key_tail="ey-1", linked_at=START
)
_COINS = ("BTC", "DOGE", "ANDX1", "1INCH")
_INTENTS, _TERMS = TaggedCodec[Intent](INTENTS), TaggedCodec[Terms](TERMS)
_FINEST = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The numbers of a quote as the exchange writes them."""

    sell: str
    buy: str
    price: str


class _Wire:
    """A channel whose answers a case chooses; it keeps the call that was made last."""

    def __init__(self) -> None:
        self.answer = b""
        self.made: Call[Any]

    async def read(self, call: Call[T], *, priority: Priority) -> T:
        self.made = call
        try:
            return call.parse(self.answer)
        except Unreadable:
            raise Unavailable(Cause.UNREADABLE) from None

    async def change(self, call: Call[T], *, priority: Priority, permit: Permit) -> T:
        permit()
        return await self.read(call, priority=priority)


class _World:
    """What stands around quotes: the market of a case with its book, one person's session, and limits that are wide."""

    def __init__(self, instant: AndxInstantTrade) -> None:
        self.instant = instant
        self.listed: tuple[Market, ...] = ()
        self.book: OrderBook | None = None
        self.renewed: tuple[Intent, Terms] | None = None

    async def ask(self, _: Account, call: Callable[[AndxInstantTrade, Session], Awaitable[T]]) -> T:
        return await call(self.instant, _SESSION)

    async def markets(self, *, priority: Priority) -> tuple[Market, ...]:
        return self.listed

    async def order_book(self, _: MarketCode, *, priority: Priority, within: timedelta) -> OrderBook | None:
        return self.book

    async def tickers(self, *, priority: Priority) -> Mapping[MarketCode, Ticker]:
        return {}

    def expected_wait(self, _: Priority) -> timedelta:
        return timedelta(0)

    async def of(self, *_: object, **__: object) -> Any:
        """Serves as `Values` and as `Standings`: everything is worth one, and nothing was spent."""
        return Decimal(1) if "venue" in __ else Standing()

    async def own(self, *_: object) -> Account:
        return _ACCOUNT

    async def renew(self, _: Ticket, intent: Intent, terms: Terms) -> bool:
        self.renewed = (intent, terms)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Program:
    wire: _Wire
    world: _World
    quoting: Quoting
    renewals: QuoteRenewals


def _program() -> _Program:
    wire, clock = _Wire(), FakeClock()
    world = _World(AndxInstantTrade(channel=cast(Channel, wire), clock=clock))
    quoting = Quoting(
        exchanges={Venue.ANDX: cast(Exchange, world)},
        sessions=cast(Sessions, world),
        values=cast(Values, world),
        standings=cast(Standings, world),
        clock=clock,
    )
    renewals = QuoteRenewals(quoting=quoting, accounts=cast(Accounts, world), tickets=cast(Tickets, world))
    return _Program(wire=wire, world=world, quoting=quoting, renewals=renewals)


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    program = _program()
    for case, chance in run.cases():
        try:
            await _prove_one(run, case, chance, program)
        except Stopped:
            run.remark("stopped by a limit")  # so little that rounding alone costs a fifth of it


async def _prove_one(run: Run, case: int, chance: random.Random, program: _Program) -> None:
    coin = chance.choice(_COINS)
    sell, buy = chance.sample((coin, "USDT"), 2)
    amount, said = _offer(chance, sells_base=sell == coin)
    _list(chance, program.world, coin, Decimal(said.price))
    program.wire.answer = _quote(chance, sell, buy, said)
    words = f"{amount.normalize():f} {sell} to {buy}"  # with its zeros, 53.000 could mean two amounts
    ticket = await _shown(program, words)
    if chance.randrange(2):
        anew = replace(_offer(chance, sells_base=sell == coin, of=amount)[1], sell=said.sell)
        if not chance.randrange(3):
            anew = replace(anew, sell=_written(chance, amount + chance.choice((0, Decimal("0.01")))))
        lies = anew.sell != said.sell
        program.wire.answer = _quote(chance, sell, buy, anew)
        _list(chance, program.world, coin, Decimal(anew.price))
        if renewed := await program.renewals.renew(ticket):
            ticket, said = _stored(*cast(tuple[Intent, Terms], program.world.renewed)), anew
        if lies and renewed:
            run.fail(case, f"{anew} was put on the card of {amount} {sell}")
        run.remark("lied to" if lies else "renewed" if renewed else "not renewed")
    program.wire.answer = b'{"status":"success","data":{"order_number":7,"depth_order":true}}'
    intent = cast(Convert, ticket.intent)
    await program.world.instant.convert(_SESSION, new=new_conversion(intent), permit=permitted)
    _compare(run, case, said, ticket, program.wire.made)


async def _shown(program: _Program, words: str) -> Ticket:
    wish = parse_conversion(words)
    sell, buy, amount = cast(tuple[str, str, Decimal], (wish.sell, wish.buy, wish.amount))
    market = await program.quoting.market(_ACCOUNT, sell=sell, buy=buy, priority=Priority.PERSON)
    quote = await program.quoting.quote(_ACCOUNT, sell=sell, buy=buy, amount=amount, market=market)
    have = Amount(amount, sell)
    intent, terms = await program.quoting.card(
        quote, market, account=_ACCOUNT, person=_ACCOUNT.person, before=have, wanted=None, previous=None
    )
    return _stored(intent, terms)


def _stored(intent: Intent, terms: Terms) -> Ticket:
    """The ticket as it is read back."""
    return example(
        intent=_INTENTS.decode(_INTENTS.encode(intent)),
        terms=_TERMS.decode(_TERMS.encode(terms)),
        venue=Venue.ANDX,
        expires_at=START + timedelta(minutes=1),
    )


def _compare(run: Run, case: int, said: Said, ticket: Ticket, sent: Call[Any]) -> None:
    intent = cast(Convert, ticket.intent)
    kept = Said(sell=intent.sell_text, buy=intent.buy_text, price=intent.price_text)
    if not kept == _sent(sent.body) == said:
        run.fail(case, f"{said} was kept as {kept} and sent as {_sent(sent.body)}")
    if f'"sell_currency_code":"{intent.sell}"'.encode() not in sent.body:
        run.fail(case, "another currency was sold")
    shown = _on_card(card(ticket, now=START).text.plain, intent)
    if shown != Said(sell=_plain(said.sell), buy=_plain(said.buy), price=_plain(said.price)):
        run.fail(case, f"{said} was shown as {shown}")
    if not _is_signed(sent):
        run.fail(case, "what was signed is not what was sent")
    run.remark("with an exponent" if "e" in f"{said.sell}{said.buy}{said.price}".lower() else "plain")


def _offer(chance: random.Random, *, sells_base: bool, of: Decimal | None = None) -> tuple[Decimal, Said]:
    """An amount with a quote for it, whose numbers are rounded as in the documented example."""
    while True:
        amount = Decimal(chance.randrange(1, 10 ** chance.randrange(1, 13))).scaleb(-chance.randrange(9))
        amount = amount if of is None else of
        price = Decimal(chance.randrange(1, 10 ** chance.randrange(1, 14))).scaleb(-8)
        exactly = amount * price if sells_base else amount / price
        bought = exactly.quantize(Decimal(1).scaleb(-2 if sells_base else -8), ROUND_HALF_UP)
        if 0 < bought < 10**17:
            break
    return amount, Said(
        sell=_written(chance, amount), buy=_written(chance, bought, padded=False), price=_written(chance, price)
    )


def _written(chance: random.Random, value: Decimal, *, padded: bool = True) -> str:
    """As nobody would have to write it: zeros in front and, if `padded`, behind; with a power of ten or without."""
    power = chance.choice((0, 0, 0, chance.randrange(-8 if padded else 0, 9)))
    plain = format(value.scaleb(-power), "f")
    behind = _FINEST - max(0, -cast(int, value.as_tuple().exponent))
    zeros = "0" * chance.randrange(min(4, behind) + 1) if padded else ""
    digits = plain + (zeros if "." in plain else f".{zeros}" if zeros else "")
    sign = chance.choice(("", "+")) if power >= 0 else ""
    return "0" * chance.randrange(3) + digits + (f"{chance.choice('eE')}{sign}{power}" if power else "")


def _list(chance: random.Random, world: _World, coin: str, price: Decimal) -> None:
    """With a book around the price, or, as most coins, with none."""
    market = replace(BTC, code=MarketCode(f"{coin}USDT"), base=coin)
    world.listed = (market,) if chance.randrange(2) else ()
    world.book = replace(book(), bids=levels((f"{price:f}", "1")), asks=levels((f"{price:f}", "1")))


def _quote(chance: random.Random, sell: str, buy: str, said: Said) -> bytes:
    """Numbers are JSON strings, as documented, or now and then JSON numbers where they can be one."""

    def write(text: str) -> str:
        return text if _is_json(text) and not chance.randrange(5) else f'"{text}"'

    fields = {
        "sell_currency_code": f'"{sell}"',
        "buy_currency_code": f'"{buy}"',
        "sell_currency_amount": write(said.sell),
        "buy_currency_amount": write(said.buy),
        "visible_price": write(said.price),
        **dict.fromkeys(_LIMITS, chance.choice(('"0"', '"0E-16"', "0"))),
        "timestamp": "1781124453.4210951",
    }
    data = ",".join(f'"{name}": {value}' for name, value in chance.sample(list(fields.items()), len(fields)))
    return f'{{"status": "success", "data": {{{data}}}}}'.encode()


_LIMITS = tuple(f"{side}_currency_{end}_depth_order_amount" for side in ("sell", "buy") for end in ("min", "max"))


def _is_json(text: str) -> bool:
    """A leading zero is not JSON, and what has a power or no fraction comes as text here."""
    return re.fullmatch(r"(0|[1-9][0-9]*)\.[0-9]+", text) is not None


def _sent(body: bytes) -> Said:
    """The order's numbers as they stand in its bytes, found without a parser of ours."""

    def find(name: str) -> str:
        return body.decode().partition(f'"{name}":"')[2].partition('"')[0]

    return Said(sell=find("sell_amount"), buy=find("buy_amount"), price=find("visible_price"))


def _on_card(shown: str, intent: Convert) -> Said:
    """What stands on the card beside what goes out, what comes in and the price, without its grouping."""

    def find(name: str, sign: str, unit: str) -> str:
        found = re.search(rf"^{name} +{sign}([0-9,.]+) {unit}$", shown, re.MULTILINE)
        return found[1].replace(",", "") if found else "nothing"

    return Said(
        sell=find("Out", "− ", intent.sell), buy=find("In", r"\+ ", intent.buy), price=find("Price", "", "USDT")
    )


def _plain(written: str) -> str:
    """A number by its digits alone: the point moved by the power of ten, the zeros at both ends left out."""
    digits, _, power = written.lower().partition("e")
    whole, _, part = digits.partition(".")
    every, at = whole + part, len(whole) + int(power or 0)
    every, at = "0" * max(0, -at) + every, max(0, at)
    every += "0" * max(0, at - len(every))
    return f"{every[:at].lstrip('0') or '0'}.{every[at:]}".rstrip("0").rstrip(".")


def _is_signed(call: Call[Any]) -> bool:
    assert call.sign is not None
    headers = {name: value.decode() for name, value in call.sign()}
    message = headers[b"access-user"].encode() + headers[b"access-timestamp"].encode() + call.body
    expected = hmac.new(_SESSION.token.reveal().encode(), message, "sha256").hexdigest().upper()
    return headers[b"access-sign"] == expected and len(headers[b"access-timestamp"]) == 13


PROOF = Proof(
    name="quote_bytes",
    claim="random quotes: the same digits in the answer, on the card, in the stored ticket and in the order's bytes",
    required=100_000,
    sample=600,
    prove=prove,
)
