"""Quotes of every look the exchange may give them: what a conversion sends are their own texts, letter for letter.

The client itself reads the quote and writes the order; between them stands only what a ticket would keep.
"""

import asyncio
import hmac
import random
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar, cast

from chatbot.domain.conversions import NewConversion
from chatbot.domain.secrets import Secret, Session
from chatbot.exchange.andx.instant import AndxInstantTrade
from chatbot.exchange.http import Call, Channel
from chatbot.ports.exchange import Permit, Priority
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import permitted
from tests.prove.proof import Proof, Run

T = TypeVar("T")

_SESSION = Session(username=Secret("anna@example.com"), token=Secret("tok_demo"))
_CODES = ("BTC", "USDT", "DOGE", "1INCH", "ANDX1", "x-coin_2")


class _Wire:
    """A channel whose answers a case chooses; it keeps the call that was made last."""

    def __init__(self) -> None:
        self.answer = b""
        self.made: Call[Any]

    async def read(self, call: Call[T], *, priority: Priority) -> T:
        self.made = call
        return call.parse(self.answer)

    async def change(self, call: Call[T], *, priority: Priority, permit: Permit) -> T:
        permit()
        return await self.read(call, priority=priority)


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    wire = _Wire()
    instant = AndxInstantTrade(channel=cast(Channel, wire), clock=FakeClock())
    for case, chance in run.cases():
        sell, buy = chance.sample(_CODES, 2)
        said = {name: _number(chance) for name in ("sell", "buy", "price")}
        wire.answer = _quote(chance, sell.upper(), buy.upper(), said)
        quoted = await instant.quote(_SESSION, sell=sell, buy=buy, amount=Decimal(1), priority=Priority.PERSON)
        wire.answer = b'{"status":"success","data":{"order_number":7,"depth_order":true}}'
        new = NewConversion(
            sell=quoted.sell,
            buy=quoted.buy,
            sell_text=quoted.sell_text,
            buy_text=quoted.buy_text,
            price_text=quoted.price_text,
        )
        account = chance.choice((None, chance.randrange(1, 10**9)))
        await instant.convert(_SESSION, new=replace(new, account_number=account), permit=permitted)
        if (sent := _texts(wire.made.body)) != said:
            run.fail(case, f"{said} was sent as {sent}")
        if not _is_signed(wire.made):
            run.fail(case, "what was signed is not what was sent")
        run.remark("with an exponent" if any("e" in text.lower() for text in said.values()) else "plain")


def _number(chance: random.Random) -> str:
    """Written as nobody would have to write it: zeros in front and behind, exponents, nothing at all."""
    whole = "0" * chance.randrange(3) + str(chance.randrange(10 ** chance.randrange(1, 12)))
    digits = "".join(chance.choices("0123456789", k=chance.randrange(25))) + "0" * chance.randrange(4)
    power = chance.choice(("", "", "", f"{chance.choice('eE')}{chance.choice(('', '+', '-'))}{chance.randrange(12)}"))
    return whole + (f".{digits}" if digits else "") + power


def _quote(chance: random.Random, sell: str, buy: str, said: dict[str, str]) -> bytes:
    """Numbers are JSON strings, as documented, or now and then JSON numbers where they can be one."""

    def write(text: str) -> str:
        return text if _is_json(text) and not chance.randrange(5) else f'"{text}"'

    fields = {
        "sell_currency_code": f'"{sell}"',
        "buy_currency_code": f'"{buy}"',
        "sell_currency_amount": write(said["sell"]),
        "buy_currency_amount": write(said["buy"]),
        "visible_price": write(said["price"]),
        **dict.fromkeys(_LIMITS, '"1"'),
        "timestamp": "1781124453.4210951",
    }
    data = ",".join(f'"{name}": {value}' for name, value in chance.sample(list(fields.items()), len(fields)))
    return f'{{"status": "success", "data": {{{data}}}}}'.encode()


_LIMITS = tuple(f"{side}_currency_{end}_depth_order_amount" for side in ("sell", "buy") for end in ("min", "max"))


def _is_json(text: str) -> bool:
    """A leading zero is not JSON, and what has a power or no fraction comes as text here."""
    return re.fullmatch(r"(0|[1-9][0-9]*)\.[0-9]+", text) is not None


def _texts(body: bytes) -> dict[str, str]:
    """The order's numbers as they stand in its bytes, found without a parser of ours."""
    written = body.decode()
    names = {"sell": "sell_amount", "buy": "buy_amount", "price": "visible_price"}
    return {short: written.partition(f'"{name}":"')[2].partition('"')[0] for short, name in names.items()}


def _is_signed(call: Call[Any]) -> bool:
    assert call.sign is not None
    headers = {name: value.decode() for name, value in call.sign()}
    message = headers[b"access-user"].encode() + headers[b"access-timestamp"].encode() + call.body
    expected = hmac.new(_SESSION.token.reveal().encode(), message, "sha256").hexdigest().upper()
    return headers[b"access-sign"] == expected and len(headers[b"access-timestamp"]) == 13


PROOF = Proof(
    name="quote_bytes",
    claim="random quotes: the order's bytes hold their own texts, signed as they are sent",
    required=100_000,
    sample=2_000,
    prove=prove,
)
