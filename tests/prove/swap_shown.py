"""What people pay by, and what they confirm: random orders from the service's JSON to the card, its copy buttons and
its QR picture, read back by a decoder; and random wishes from the card to the bytes that create an order.

What links mean is written down here a second time, apart from the program.
"""

import asyncio
import io
import random
import re
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs

import msgspec
import zxingcpp
from PIL import Image

from chatbot.domain.accounts import Venue
from chatbot.domain.coins import meant, own_symbol
from chatbot.domain.drafts import SwapRequest
from chatbot.domain.ids import TicketId
from chatbot.domain.money import Amount, round_down
from chatbot.domain.networks import NETWORKS, network_of
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swap_plan import NOWHERE, PricedSwap, Receiver, intent_of, terms_of
from chatbot.domain.swap_quotes import AmountUnfit, quote
from chatbot.domain.swaps import Coin, FollowedSwap, Rate
from chatbot.domain.tickets import Ticket
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Call, Channel
from chatbot.exchange.nexchange.gateway import Manners, NexchangeGateway
from chatbot.ports.exchange import Permit, Priority
from handlers.views import deposit
from handlers.views.screen import Copy, Screen
from handlers.views.tickets import card
from tests.fakes.clock import START, FakeClock
from tests.fakes.exchange import permitted
from tests.fakes.swap_service import BTC, PAYOUT
from tests.handlers.views.swap_examples import followed
from tests.prove.addresses import an_address
from tests.prove.proof import Proof, Run
from tests.storage.examples import SET_PAYOUT
from tests.storage.examples import ticket as example

T = TypeVar("T")
_KEY = SwapKey(api_key=Secret("canary-swap-key-1234"))
_OWN_DECIMALS = {"BTC": 8, "LTC": 8, "DOGE": 8, "BCH": 8, "DASH": 8, "ZEC": 8, "SOL": 9, "TON": 9, "XRP": 6, "XLM": 7}
_OWN_DECIMALS |= {"XMR": 12, "ADA": 6, "ALGO": 6, "TRON": 6}
_MEMO_MARKS = string.ascii_letters + string.digits + "-_=&?#%+:/ "
_MEMO_NAMES = "(?:memo|destination tag|comment|payment ID)"
_CHAINS = {1: "ETH", 10: "OP", 56: "BSC", 61: "ETC", 137: "POL", 146: "SONIC", 250: "FTM", 999: "HYPE", 8453: "BASE"}
_CHAINS |= {42161: "ARB", 43114: "AVAXC"}
_IN_COINS = {
    "bitcoin": "BTC",
    "litecoin": "LTC",
    "dogecoin": "DOGE",
    "dash": "DASH",
    "bitcoincash": "BCH",
    "zcash": "ZEC",
    "solana": "SOL",
    "monero": "XMR",
    "web+cardano": "ADA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a wallet makes of a picture: everything it would fill in. Empty or None is left to the person."""

    address: str
    network: str = ""
    contract: str = ""
    amount: Decimal | None = None
    memo: str = ""


class Wires:
    """In the channel's place: answers with what is at hand, and keeps what would be sent."""

    def __init__(self) -> None:
        self.answer = b""
        self.sent: dict[str, Any] = {}

    async def read(self, call: Call[T], *, priority: Priority) -> T:
        return call.parse(self.answer)

    async def change(self, call: Call[T], *, priority: Priority, permit: Permit) -> T:
        permit()
        self.sent = msgspec.json.decode(call.body)
        return call.parse(self.answer)


def prove(run: Run) -> None:
    wires, clock = Wires(), FakeClock()
    gateway = NexchangeGateway(
        channel=cast(Channel, wires), budget=Budget(limit=60, clock=clock), clock=clock, manners=Manners()
    )
    asyncio.run(_prove(run, wires, gateway))


async def _prove(run: Run, wires: Wires, gateway: NexchangeGateway) -> None:
    for case, chance in run.cases():
        try:
            await _try_deposit(run, chance, wires, gateway)
            await _try_creation(chance, wires, gateway)
        except Exception as error:
            run.fail(case, f"{error!r}")


async def _try_deposit(run: Run, chance: random.Random, wires: Wires, gateway: NexchangeGateway) -> None:
    coin = _a_coin(chance)
    order = _an_order(chance, coin)
    wires.answer = msgspec.json.encode(order)
    swap = await gateway.swap(_KEY, reference=order["unique_reference"], priority=Priority.PERSON)
    example_of = cast(FollowedSwap, followed(ticket=TicketId("x")))
    shown = replace(example_of, swap=swap, deposit=meant(swap.deposit, (coin,)), withdraw=BTC)
    amount = _as_it_moves(Decimal(order["deposit_amount"]), coin)
    by_order = (amount, order["deposit_address"], order["deposit_address_extra_id"])
    screen, picture = deposit.waiting(shown, now=START), deposit.picture(shown, now=START)
    assert picture.caption is not None
    for said in (_read_card(screen), _read_copies(screen), _read_caption(picture.caption.plain)):
        assert said == by_order, f"{said} is shown, the order says {by_order}\n{screen.text.plain}"
    _compare(run, _scanned(picture.content, decimals=coin.decimals), coin, by_order)


def _compare(run: Run, scanned: Scanned, coin: Coin, by_order: tuple[Decimal, str, str]) -> None:
    amount, address, memo = by_order
    network = network_of(coin.network).code
    bare = network == "BCH" and scanned.address == f"bitcoincash:{address.removeprefix('bitcoincash:')}"
    assert bare or scanned.address == address, f"{scanned} pays to another address than {address}"
    if scanned.amount is None:
        run.remark("picture: the address alone")
        assert scanned == Scanned(address=scanned.address), f"{scanned} says half of it"
        return
    is_named = bool(coin.contract) or coin.symbol == own_symbol(network)
    assert is_named, f"{scanned} asks for the network's own coin instead of {coin}"
    expected = Scanned(address=scanned.address, network=network, contract=coin.contract, amount=amount, memo=memo)
    assert scanned == expected, f"{scanned} is scanned, it should be {expected}"
    run.remark("picture: a link with a token" if coin.contract else "picture: a link")


async def _try_creation(chance: random.Random, wires: Wires, gateway: NexchangeGateway) -> None:
    ticket = _a_ticket(chance)
    wires.answer = msgspec.json.encode(_an_order(chance, BTC))
    await gateway.create(_KEY, new=cast(Any, ticket.intent).new, permit=permitted)
    text, sent = card(ticket, now=START).text.plain, wires.sent
    gets = "withdraw_amount" in sent
    assert gets is not ("deposit_amount" in sent), f"both amounts or none are sent: {sent}"
    named = sent["withdraw_amount" if gets else "deposit_amount"]
    assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", named), f"{named} is sent"
    assert Decimal(named) == _headline(text, gets=gets), f"{named} is sent, the card says\n{text}"
    intent = cast(Any, ticket.intent)
    for name, coin, label in (("withdraw", intent.withdraw, "Paid out on "), ("refund", intent.deposit, "Refunds on ")):
        address, memo = sent.get(f"{name}_address", ""), sent.get(f"{name}_extra_id", "")
        line = f"{label}{network_of(coin.network).name} to"
        assert (line in text) is bool(address), f"{name} address {address!r}:\n{text}"
        assert _after(text, line) == (address, memo), f"{_after(text, line)} is shown for {address, memo}\n{text}"


def _after(text: str, line: str) -> tuple[str, str]:
    """The address that stands below these words, and the memo that goes with it."""
    if line not in text:
        return "", ""
    rest = text.split(line, 1)[1]
    below = re.match(rf"\n\S.*\n(\S+)\n(?:with {_MEMO_NAMES} (.+)\n)?", rest)
    assert below, rest
    return below[1], below[2] or ""


def _headline(text: str, *, gets: bool) -> Decimal:
    """The amount in the first line that is no estimate."""
    first = text.split("\n", maxsplit=1)[0]
    sums = re.fullmatch(r"Swap (≈ )?([0-9.,]+) .+? to (≈ )?([0-9.,]+) .+", first)
    assert sums and bool(sums[1]) is gets and bool(sums[3]) is not gets, first
    return Decimal(sums[4 if gets else 2].replace(",", ""))


def _a_coin(chance: random.Random) -> Coin:
    """A network's own coin, a token, and at times one of which the list leaves out what a link would need."""
    network = chance.choice(NETWORKS).code
    own = own_symbol(network)
    if chance.random() < 0.5:
        code = own + network if own == "ETH" != network else own
        return _coin(code, own, network, decimals=_OWN_DECIMALS.get(network, 18))
    contract = chance.choice((_contract(chance, network), _contract(chance, network), ""))
    return _coin(f"USDX{network}", "USDX", network, contract=contract, decimals=chance.choice((6, 18, 8, None)))


def _coin(code: str, symbol: str, network: str, *, contract: str = "", decimals: int | None) -> Coin:
    return Coin(code=code, symbol=symbol, name=symbol, network=network, contract=contract, decimals=decimals)


def _contract(chance: random.Random, network: str) -> str:
    """Contracts look like addresses, or like anything."""
    if chance.random() < 0.2:
        return f"{network.lower()}:{chance.randrange(10**9)}"
    return an_address(network, chance)


def _an_order(chance: random.Random, coin: Coin) -> dict[str, Any]:
    """An order as the service tells of it, in any of the forms it has for currencies."""
    named: Callable[[], Any] = chance.choice(
        (lambda: coin.code, lambda: {"code": coin.symbol, "network": coin.network}, lambda: coin.code)
    )
    return {
        "unique_reference": f"REF{chance.randrange(10**6)}",
        "side": chance.choice(("BUY", "SELL")),
        "deposit_amount": _written(_an_amount(chance)),
        "withdraw_amount": "0.01000000",
        "deposit_currency": named(),
        "withdraw_currency": "BTC",
        "status": "INITIAL",
        "created_on": START.isoformat(),
        "payment_window_minutes": 60,
        "fixed_rate_deadline": chance.choice((None, (START + timedelta(minutes=30)).isoformat())),
        "deposit_address": an_address(coin.network, chance),
        "deposit_address_extra_id": _a_memo(chance, coin.network),
        "withdraw_address": PAYOUT,
    }


def _an_amount(chance: random.Random) -> Decimal:
    """From a millionth on, so that cutting it to a coin's decimals leaves something."""
    return Decimal(chance.randint(1, 10 ** chance.randint(1, 14))).scaleb(-6) + chance.choice(
        (Decimal(0), Decimal(chance.randrange(10**12)).scaleb(-18))
    )


def _written(value: Decimal) -> str:
    return format(value, "f")


def _as_it_moves(value: Decimal, coin: Coin) -> Decimal:
    return value if coin.decimals is None else round_down(value, decimals=coin.decimals)


def _a_memo(chance: random.Random, network: str) -> str:
    kind = network_of(network).extra_id
    if not kind or chance.random() < 0.3:
        return ""
    if kind == "destination tag":
        return str(chance.randrange(2**32))
    if kind == "payment ID":
        return chance.randbytes(8).hex()
    said = "".join(chance.choices(_MEMO_MARKS, k=chance.randint(1, 28)))
    return chance.choice((str(chance.randrange(10**9)), " ".join(said.split()) or "7"))


def _a_ticket(chance: random.Random) -> Ticket:
    """Wishes that come to nothing are thrown again."""
    while True:
        sent, got, gets = _a_coin(chance), _a_coin(chance), chance.random() < 0.5
        price = Decimal(chance.randint(1, 10**9)).scaleb(-chance.randint(0, 9))
        rate = _rate(sent, got, price=price)
        amount = round_down(_an_amount(chance), decimals=6)
        try:
            quoted = quote(amount, rate, gets=gets, deposit=sent, withdraw=got)
        except AmountUnfit:
            continue
        payout = Receiver(address=an_address(got.network, chance), extra_id=_a_memo(chance, got.network))
        back = Receiver(address=an_address(sent.network, chance), extra_id=_a_memo(chance, sent.network))
        refund = chance.choice((NOWHERE, back))
        request = SwapRequest(amount=amount, gets=gets, deposit_network_named=chance.random() < 0.5)
        priced = PricedSwap(request=request, deposit=sent, withdraw=got, rate=rate, quoted=quoted)
        terms = terms_of(priced, payout=payout, refund=refund, value=None, loss=None, left=Amount(Decimal(1), "USDT"))
        intent = intent_of(priced, payout=payout, refund=refund, account=SET_PAYOUT.account)
        return example(intent=intent, terms=terms, venue=Venue.NEXCHANGE, expires_at=START + timedelta(minutes=1))


def _rate(deposit: Coin, withdraw: Coin, *, price: Decimal) -> Rate:
    return Rate(
        pair=withdraw.code + deposit.code,
        deposit=deposit.code,
        withdraw=withdraw.code,
        price=price,
        withdrawal_fee=Decimal("0.000001"),
        rate_id="rate-1",
        least_deposit=None,
        most_deposit=None,
        least_withdraw=None,
        most_withdraw=None,
        expires_at=START + timedelta(minutes=5),
    )


def _read_card(screen: Screen) -> tuple[Decimal, str, str]:
    """Amount, address and memo as a person reads them; the amount of the first line must be the same."""
    rows = screen.text.plain.split("\n")
    first = re.fullmatch(r"Send exactly ([0-9.,]+) \S+ on .+", rows[0])
    amount = next(row for row in rows if row.startswith("Amount, in one transfer: ")).rsplit(" ", 1)[1]
    at = rows.index("To this address:")
    assert first and Decimal(first[1].replace(",", "")) == Decimal(amount), f"two amounts: {rows[0]!r}, {amount}"
    assert rows[at + 1].replace(" ", "") == rows[at + 2], f"two addresses: {rows[at + 1 : at + 3]}"
    memo = next((rows[no + 1] for no, row in enumerate(rows) if row.startswith("⚠️ With this ")), "")
    return Decimal(amount), rows[at + 2], memo


def _read_copies(screen: Screen) -> tuple[Decimal, str, str]:
    copied = [(key.label, key.text) for row in screen.rows for key in row if isinstance(key, Copy)]
    (_, address), (_, amount), *memo = copied
    assert [label for label, _ in copied[:2]] == ["Copy address", "Copy amount"]
    return Decimal(amount), address, memo[0][1] if memo else ""


def _read_caption(caption: str) -> tuple[Decimal, str, str]:
    rows = caption.split("\n")
    amount, address = (next(row for row in rows if row.startswith(name)) for name in ("Amount ", "To "))
    memo = re.search(rf"⚠️ With {_MEMO_NAMES} (.+)", caption)
    return Decimal(amount.removeprefix("Amount ")), address.removeprefix("To "), memo[1] if memo else ""


def _scanned(png: bytes, *, decimals: int | None) -> Scanned:
    of_qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)  # or a part of it may look like another kind
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)), formats=of_qr)
    return _wallet(str(found.text), decimals=decimals)


def _wallet(said: str, *, decimals: int | None) -> Scanned:
    """As a wallet reads it that keeps to the standards, and knows the token: what is no link is an address."""
    scheme, colon, rest = said.partition(":")
    path, _, query = rest.partition("?")
    asked = {name: values[0] for name, values in parse_qs(query, strict_parsing=bool(query)).items()}
    if not colon or not query:
        return Scanned(address=said)
    if scheme == "ethereum":
        return _wallet_of_ethereum(path, asked, decimals=decimals)
    if scheme == "web+stellar":
        memo = asked.get("memo", "")
        return Scanned(address=asked["destination"], network="XLM", amount=Decimal(asked["amount"]), memo=memo)
    if scheme == "ton":
        address, amount = path.removeprefix("//transfer/"), Decimal(asked["amount"]).scaleb(-9)
        return Scanned(address=address, network="TON", amount=amount, memo=asked.get("text", ""))
    if scheme == "algorand":
        return Scanned(address=path.removeprefix("//"), network="ALGO", amount=Decimal(asked["amount"]).scaleb(-6))
    return Scanned(
        address=f"{scheme}:{path}" if scheme == "bitcoincash" else path,
        network=_IN_COINS[scheme],
        contract=asked.get("spl-token", ""),
        amount=Decimal(asked.get("amount") or asked["tx_amount"]),
        memo=asked.get("memo") or asked.get("tx_payment_id", ""),
    )


def _wallet_of_ethereum(path: str, asked: dict[str, str], *, decimals: int | None) -> Scanned:
    target, call = re.fullmatch(r"([^/]+)(?:/(transfer))?", path).groups()  # type: ignore[union-attr]
    address, chain = target.split("@")
    network = _CHAINS[int(chain)]
    if call is None:
        return Scanned(address=address, network=network, amount=Decimal(asked["value"]).scaleb(-18))
    assert decimals is not None, "a token whose units are not known"
    units = Decimal(asked["uint256"])
    return Scanned(address=asked["address"], network=network, contract=address, amount=units.scaleb(-decimals))


PROOF = Proof(
    name="swap-shown",
    claim="card, copy buttons and QR picture say what the order says; what creates one is what its card said",
    required=10_000,
    sample=60,
    prove=prove,
    shares=2,
)
