"""n.exchange behind the port. The same class talks to the practice exchange: only the address differs."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import structlog

from chatbot.domain.errors import ChatbotError, KeyRejected, NotPermitted, Refused, SwapNotFound, Unavailable
from chatbot.domain.secrets import Secret, SwapKey
from chatbot.domain.swaps import Coin, NewSwap, Pair, Rate, Swap, SwapPage
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Call, Channel, Headers, Statuses, Unreadable
from chatbot.exchange.nexchange import endpoints, wire, words
from chatbot.exchange.nexchange.endpoints import Endpoint
from chatbot.exchange.nexchange.headers import AuthScheme, authorization, of_creation
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority

log = structlog.get_logger(__name__)

R = TypeVar("R")
T = TypeVar("T")

LARGEST_PAGE = 100
_DOTS = "•••".encode()
_ANY_PAIR = "BTCUSDC"
"""Its rate is asked for only to see whether a key is let in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What the API leaves to its clients (api: 9.1 to 9.3).

    `side` is `BUY`, `SELL`, or empty to leave it out; `zone` is told when an order is created; `api_path` is where
    below the channel's address the API begins.
    """

    scheme: AuthScheme = AuthScheme.API_KEY
    side: str = "BUY"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    referral_token: Secret | None = None
    api_path: str = ""


class NexchangeGateway:
    """`chatbot.ports.swaps.SwapService` over n.exchange's REST API v2."""

    def __init__(self, *, channel: Channel, budget: Budget, clock: Clock, manners: Manners) -> None:
        self._channel = channel
        self._budget = budget
        self._clock = clock
        self._manners = manners

    async def coins(self, *, priority: Priority) -> tuple[Coin, ...]:
        """Seen to be public (api: 7.3)."""

        def parse(body: bytes) -> tuple[Coin, ...]:
            return _readable(words.coin, [info for info in wire.CURRENCIES(body) if not info.is_fiat])

        return await self._channel.read(self._call(endpoints.CURRENCIES, parse=parse), priority=priority)

    async def pairs(self, key: SwapKey, *, priority: Priority) -> tuple[Pair, ...]:
        call = self._call(endpoints.PAIRS, key=key, parse=lambda body: _readable(words.pair, wire.PAIRS(body)))
        return await self._channel.read(call, priority=priority)

    async def pair(self, key: SwapKey, *, name: str, priority: Priority) -> Pair | None:
        """One pair; None where there is none. The service also knows the names `random` and `most_traded`."""

        def parse(body: bytes) -> Pair | None:
            return next(iter(_readable(words.pair, wire.PAIRS(body))), None)

        call = self._call(endpoints.PAIR, key=key, path=endpoints.PAIR.at(pair=name), parse=parse)
        try:
            return await self._channel.read(call, priority=priority)
        except SwapNotFound:
            return None

    async def rate(self, key: SwapKey, *, pair: str, priority: Priority) -> Rate | None:
        """An offer that has expired is asked for once more, and is none if it has again."""
        for _ in range(2):
            rate = await self._rate(key, pair=pair, priority=priority)
            if rate is None or rate.expires_at > self._clock.now():
                return rate
        return None

    async def swaps(self, key: SwapKey, *, page: int, size: int, priority: Priority) -> SwapPage:
        call = self._call(
            endpoints.LIST,
            key=key,
            path=endpoints.LIST.at(page=page, size=min(size, LARGEST_PAGE)),
            parse=lambda body: words.swap_page(wire.ORDERS(body), number=page),
        )
        return await self._read_orders(call, key, priority=priority)

    async def swap(self, key: SwapKey, *, reference: str, priority: Priority) -> Swap:
        path = endpoints.DETAILS.at(reference=words.checked_reference(reference))
        call = self._call(endpoints.DETAILS, key=key, path=path, parse=_parser_of(reference))
        return await self._read_orders(call, key, priority=priority)

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap:
        body = msgspec.json.encode(words.new_order_body(new, side=self._manners.side))
        call = self._call(endpoints.CREATE, key=key, body=body, parse=lambda answer: words.swap(wire.ORDER(answer)))
        return await self._channel.change(call, priority=Priority.MONEY, permit=permit)

    async def set_payout(self, key: SwapKey, *, reference: str, address: str, extra_id: str, permit: Permit) -> Swap:
        body = words.payout_body(address=address, extra_id=extra_id)
        return await self._update(key, reference, body, permit)

    async def mark(self, key: SwapKey, *, reference: str, paid: bool, transaction: str, permit: Permit) -> Swap:
        body = words.mark_body(paid=paid, transaction=transaction)
        return await self._update(key, reference, body, permit)

    def expected_wait(self, priority: Priority) -> timedelta:
        return self._budget.expected_wait(priority)

    async def _rate(self, key: SwapKey, *, pair: str, priority: Priority) -> Rate | None:
        def parse(body: bytes) -> Rate | None:
            rows = [row for row in wire.RATES(body) if row.pair.upper() == pair.upper()]
            return words.rate(rows[0]) if rows else None

        call = self._call(endpoints.RATE, key=key, path=endpoints.RATE.at(pair=pair), parse=parse)
        try:
            return await self._channel.read(call, priority=priority)
        except SwapNotFound:
            return None

    async def _read_orders(self, call: Call[T], key: SwapKey, *, priority: Priority) -> T:
        try:
            return await self._channel.read(call, priority=priority)
        except KeyRejected as rejected:
            error = await self._judged(rejected, key)
        raise error

    async def _update(self, key: SwapKey, reference: str, body: wire.UpdateBody, permit: Permit) -> Swap:
        call = self._call(
            endpoints.UPDATE,
            key=key,
            path=endpoints.UPDATE.at(reference=words.checked_reference(reference)),
            body=msgspec.json.encode(body),
            parse=_parser_of(reference),
        )
        try:
            return await self._channel.change(call, priority=Priority.MONEY, permit=permit)
        except KeyRejected as rejected:
            error = await self._judged(rejected, key)
        raise error

    async def _judged(self, rejected: KeyRejected, key: SwapKey) -> KeyRejected | NotPermitted:
        """Lists and updates can be closed to a key that works elsewhere (api: section 2): then it is not a bad key."""
        try:
            await self._rate(key, pair=_ANY_PAIR, priority=Priority.RECONCILE)
        except (KeyRejected, NotPermitted, Unavailable):
            return rejected
        except Refused:
            log.debug("a key was let in, and then refused")
        return NotPermitted(code=rejected.status, reason=rejected.reason)

    def _call(
        self,
        endpoint: Endpoint,
        *,
        parse: Callable[[bytes], T],
        key: SwapKey | None = None,
        body: bytes = b"",
        path: str | None = None,
    ) -> Call[T]:
        """Every call carries the key (api: 9.1), but those for which nobody has one."""
        return Call(
            name=endpoint.name,
            method=endpoint.method,
            path=self._manners.api_path + (endpoint.path if path is None else path),
            body=body,
            sign=None if key is None else self._signer(key, creates=endpoint is endpoints.CREATE),
            parse=parse,
            statuses=endpoint.statuses if key is None else self._hushed(endpoint.statuses, key),
        )

    def _hushed(self, statuses: Statuses, key: SwapKey) -> Statuses:
        """The same, but what the service repeats of our secrets in an error is taken out of it: errors are shown."""
        token = self._manners.referral_token
        secrets = [secret.reveal().encode() for secret in (key.api_key, token) if secret is not None]

        def refusal(status: int, body: bytes) -> ChatbotError | None:
            for secret in secrets:
                body = body.replace(secret, _DOTS)
            return statuses.refusal(status, body)

        return replace(statuses, refusal=refusal)

    def _signer(self, key: SwapKey, *, creates: bool) -> Callable[[], Headers]:
        manners = self._manners

        def sign() -> Headers:
            headers = authorization(key, scheme=manners.scheme)
            if not creates:
                return headers
            return headers + of_creation(at=self._clock.now(), zone=manners.zone, referral_token=manners.referral_token)

        return sign


def _parser_of(reference: str) -> Callable[[bytes], Swap]:
    """Reads the answer about one order, and no other's; capitals do not tell them apart."""

    def parse(body: bytes) -> Swap:
        swap = words.swap(wire.ORDER(body))
        if swap.reference.casefold() != reference.casefold():
            raise Unreadable("another order")
        return swap

    return parse


def _readable(read: Callable[[R], T], infos: "list[R] | tuple[R, ...]") -> tuple[T, ...]:
    """Those that can be read. Raises `Unreadable` if there are some and not one can be."""
    values = tuple(value for info in infos if (value := _or_left_out(read, info)) is not None)
    if infos and not values:
        raise Unreadable("not one")
    return values


def _or_left_out(read: Callable[[R], T], info: R) -> T | None:
    try:
        return read(info)
    except Unreadable:
        log.debug("an entry that cannot be read is left out")
        return None
