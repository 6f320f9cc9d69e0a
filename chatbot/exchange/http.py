"""The only way a request leaves for an exchange: build → sign → send → decipher → parse.

What came back is sorted here, once, into what may be concluded from it:

    no request byte left        NotSent           Unavailable
    the outcome is not known    OutcomeUnknown    Unavailable, after a few tries
    a key that is not let in    KeyRejected       KeyRejected
    a documented refusal        Refused           Refused
                                (a change)        (a read)

Each API says which statuses are which (`Statuses`). One it documents no meaning for leaves a change's outcome unknown:
a proxy on the way can answer with any of them after it has passed the request on, and no reply of ours would tell.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import aiohttp
import httpx
import stamina
import structlog
from aiohttp.connector import Connection
from httpx_aiohttp import AiohttpTransport

from chatbot.domain.errors import Cause, ChatbotError, NotSent, OutcomeUnknown, Unavailable
from chatbot.exchange.budget import LONGEST_CALL, Budget, BudgetSpent
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Permit, Priority

log = structlog.get_logger(__name__)

T = TypeVar("T")
Headers = list[tuple[bytes, bytes]]

_COMMON: Headers = [
    (b"User-Agent", b"andx-chatbot"),
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", b"gzip, deflate"),
    (b"Content-Type", b"application/json"),
]
_SECONDS = {"connect": 5.0, "pool": 5.0, "read": 15.0, "write": 15.0}
_KEEP_ALIVE_SECONDS = 120.0
_CHUNK = 65_536
_LARGEST_BODY = 8_000_000
_CONNECTIONS = 100
"""More than a budget's requests can keep busy: nobody waits for a connection."""
_PAUSE_SECONDS = 5.0
"""How long everybody pauses after a 429, at the least."""
_LONGEST_RETRY_AFTER = 600.0
_ATTEMPTS = 3
"""How often a read is tried."""


def _permitted() -> None:
    """The permit of what may always be sent."""


_permit: ContextVar[Permit] = ContextVar("permit")
"""Of the request that this task is sending: what lies between here and the connection passes nothing on."""


class Unreadable(Exception):
    """An answer that is not what the exchange documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """What an API means by its HTTP statuses.

    With those of `success` the body is what was asked for. `refusal` makes of any other status and its body the no
    that the API documents, a `KeyRejected` or a `Refused`; None if it documents none.
    """

    success: frozenset[int] = frozenset({200})
    refusal: Callable[[int, bytes], ChatbotError | None] = lambda _status, _body: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One call, ready but for its signature, which is made for each sending.

    `path` begins with a slash and is percent-encoded. `sign` gives the headers that hold for this moment, or is None
    for calls everybody may make. `parse` reads the body of a success; it raises `Unreadable` or `Refused`.
    """

    name: str
    method: str
    path: str
    body: bytes = field(default=b"", repr=False)
    sign: Callable[[], Headers] | None = None
    parse: Callable[[bytes], T]
    statuses: Statuses = Statuses()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A whole answer. `retry_after` is in seconds."""

    status: int
    body: bytes = field(repr=False)
    retry_after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoAnswer:
    """Nothing usable came. `sent` is False only if surely no byte of the request left."""

    cause: Cause
    sent: bool


class _Failed(Exception):
    """What a read or a change then says in its own words."""

    def __init__(self, cause: Cause, *, sent: bool, again: bool = False, retry_after: float | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.sent = sent
        self.again = again
        self.retry_after = retry_after


class Channel:
    """Everybody's requests to one exchange over one pool of warm connections, which remembers nobody's secret."""

    def __init__(self, *, url: str, budget: Budget, clock: Clock, service: str = "") -> None:
        """`service` is the name that its errors bear. Raises `ValueError` unless `url` is https, or http on this
        machine.
        """
        self._base = checked_base(url)
        self._budget = budget
        self._clock = clock
        self._transport = _transport(secure=self._base.startswith("https:"))
        self._closed = False
        self._service = service
        self._url = lru_cache(maxsize=256)(self._join)

    async def read(self, call: Call[T], *, priority: Priority) -> T:
        """Make a call that changes nothing; it is tried again where that may help.

        Raises `Unavailable`, or the API's own no.
        """
        try:
            async for attempt in stamina.retry_context(
                on=_again, attempts=_ATTEMPTS, timeout=None, wait_initial=0.2, wait_max=2, wait_jitter=0.3
            ):
                with attempt:
                    return await self._attempt(call, priority=priority)
        except _Failed as failed:
            error: ChatbotError = Unavailable(failed.cause)
        except ChatbotError as refusal:
            error = refusal
        raise self._named(error)

    async def change(self, call: Call[T], *, priority: Priority, permit: Permit) -> T:
        """Make a call that changes something: it is sent once, or not at all.

        Raises `NotSent`, the permit's own among them, `OutcomeUnknown`, or the API's own no.
        """
        try:
            return await self._attempt(call, priority=priority, permit=permit)
        except _Failed as failed:
            error: ChatbotError = OutcomeUnknown(failed.cause) if failed.sent else NotSent(failed.cause)
        except ChatbotError as refusal:
            error = refusal
        raise self._named(error)

    def _named(self, error: ChatbotError) -> ChatbotError:
        error.service = self._service
        return error

    async def aclose(self) -> None:
        self._closed = True
        await self._transport.aclose()

    async def _attempt(self, call: Call[T], *, priority: Priority, permit: Permit = _permitted) -> T:
        try:
            slot = await self._budget.take(priority)
        except BudgetSpent:
            raise _Failed(Cause.BUDGET, sent=False) from None
        began = self._clock.monotonic()
        used = True
        try:
            outcome = await self._send(call, permit)
        except NotSent:
            used = False
            raise
        finally:
            self._budget.give_back(slot, used=used)
        milliseconds = round((self._clock.monotonic() - began) * 1000)
        status = outcome.status if isinstance(outcome, _Answer) else outcome.cause.value
        log.debug("exchange call", endpoint=call.name, status=status, ms=milliseconds)
        return self._decipher(call, outcome)

    async def _send(self, call: Call[T], permit: Permit) -> _Answer | _NoAnswer:
        """Send once. Once sending began, whatever goes wrong but a failed connection leaves `sent` True.

        The permit is asked before a connection is taken and once more when there is one: making one takes its time.
        """
        if self._closed:
            return _NoAnswer(cause=Cause.SHUTDOWN, sent=False)
        permit()
        request = self._build(call)
        _permit.set(permit)
        answered = False
        try:
            async with asyncio.timeout(LONGEST_CALL):
                response = await self._transport.handle_async_request(request)
                answered = True
                async with aclosing(response):
                    body = await _read(response)
        except NotSent:
            raise
        except Exception as error:
            return _no_answer(error, answered=answered)
        return _Answer(status=response.status_code, body=body, retry_after=self._retry_after(response))

    def _build(self, call: Call[T]) -> httpx.Request:
        own = call.sign() if call.sign is not None else []
        return httpx.Request(
            call.method,
            self._url(call.path),
            headers=_COMMON + own,
            content=call.body,
            extensions={"timeout": _SECONDS},
        )

    def _join(self, path: str) -> httpx.URL:
        return httpx.URL(self._base + path)

    def _decipher(self, call: Call[T], outcome: _Answer | _NoAnswer) -> T:
        if isinstance(outcome, _NoAnswer):
            again = outcome.cause in (Cause.UNREACHABLE, Cause.BROKEN)
            raise _Failed(outcome.cause, sent=outcome.sent, again=again)
        if outcome.status in call.statuses.success:
            return _parse(call, outcome.body)
        refusal = call.statuses.refusal(outcome.status, outcome.body)
        if refusal is not None:
            raise refusal
        if outcome.status == httpx.codes.TOO_MANY_REQUESTS:
            self._budget.pause(max(_PAUSE_SECONDS, outcome.retry_after or 0))
            raise _Failed(Cause.RATE_LIMITED, sent=True, again=True)
        raise _unexpected(outcome)

    def _retry_after(self, response: httpx.Response) -> float | None:
        """Seconds the exchange asks us to wait, given as seconds or as a date (RFC 9110, 10.2.3)."""
        given = response.headers.get("Retry-After", "").strip()
        if not given:
            return None
        if given.isdecimal() and given.isascii():
            return min(_LONGEST_RETRY_AFTER, int(given[:9]))
        try:
            wait = (parsedate_to_datetime(given) - self._clock.now()).total_seconds()
        except (ValueError, TypeError):
            return None
        return min(_LONGEST_RETRY_AFTER, max(0, wait))


def checked_base(url: str) -> str:
    """The address without a slash at its end. Raises `ValueError` unless it is https, or http on this machine."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("an exchange's address must look like https://host")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("an exchange's address must begin with https:// unless it is on this machine")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _transport(*, secure: bool) -> httpx.AsyncBaseTransport:
    """What lies below httpx's client: it follows nothing, keeps no cookies and asks nothing of the environment.

    The client above it would only cost time: every one of its conveniences has to be switched off here.
    """
    # Loading the authorities takes 35 ms; without TLS a context that trusts nobody will do.
    tls = httpx.create_ssl_context(trust_env=False) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def session() -> aiohttp.ClientSession:  # needs the running loop, so the transport calls it at the first request
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_SECONDS, ssl=tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_send_once,),
            request_class=_PermittedRequest,
        )

    return AiohttpTransport(verify=tls, client=session, trust_env=False)


class _PermittedRequest(aiohttp.ClientRequest):
    """A request that asks its permit with the connection at hand: the next thing is its first byte."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        _permit.get()()
        return await super().send(conn)


class _ConnectionLost(aiohttp.ClientError):
    """The connection broke when the request may have left."""


async def _send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a request again, unasked and past the budget, when a kept connection turns out dead.

    It does so for idempotent methods, when it sees one of the errors below; a connection that could not be made is
    not among them.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _ConnectionLost from error


def _no_answer(error: Exception, *, answered: bool) -> _NoAnswer:
    """The transport reports a connection lost in mid-request as `httpx.ConnectTimeout`, too. Its cause tells."""
    cause = error.__cause__
    if not answered and isinstance(cause, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)):
        return _NoAnswer(cause=Cause.UNREACHABLE, sent=False)
    if isinstance(error, TimeoutError) or isinstance(cause, TimeoutError):
        return _NoAnswer(cause=Cause.TIMEOUT, sent=True)
    if isinstance(error, httpx.DecodingError):
        return _NoAnswer(cause=Cause.UNREADABLE, sent=True)
    if not isinstance(error, (httpx.HTTPError, aiohttp.ClientError, OSError)):
        log.warning("unexpected failure while sending", error=type(error).__name__)
    return _NoAnswer(cause=Cause.BROKEN, sent=True)


async def _read(response: httpx.Response) -> bytes:
    """The unpacked body. A few bytes can unpack to very many: whoever sends more than there can be is not read on."""
    body = bytearray()
    async for chunk in response.aiter_bytes(_CHUNK):
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise httpx.DecodingError("the answer is too large")
    return bytes(body)


def _parse(call: Call[T], body: bytes) -> T:
    try:
        return call.parse(body)
    except Unreadable:
        raise _Failed(Cause.UNREADABLE, sent=True) from None


def _unexpected(answer: _Answer) -> _Failed:
    status = answer.status
    if httpx.codes.is_success(status):
        return _Failed(Cause.UNREADABLE, sent=True)
    if httpx.codes.is_redirect(status):
        return _Failed(Cause.REDIRECT, sent=True)
    if status == httpx.codes.FORBIDDEN:
        return _Failed(Cause.FORBIDDEN, sent=True)
    again = status == httpx.codes.REQUEST_TIMEOUT or httpx.codes.is_server_error(status)
    return _Failed(Cause.SERVER_FAULT, sent=True, again=again, retry_after=answer.retry_after)


def _again(error: Exception) -> bool | float:
    """Whether a read is worth another try, or after how many seconds it is."""
    if not isinstance(error, _Failed) or not error.again:
        return False
    if error.retry_after is None:
        return True
    return error.retry_after if error.retry_after <= _PAUSE_SECONDS else False
