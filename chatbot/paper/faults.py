"""Faults on demand: what a client may meet on a bad day, made to happen on the wire.

A fault names a path prefix, a method, a kind and how often it strikes. The kinds are explained in ``control``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.paper.exchange import Snapshot

TRADE_HISTORY = "/p/v1/order/trade_history/"
"""The one list that is asked for with a POST."""


class FaultKind(StrEnum):
    DELAY = "delay"
    REFUSE = "refuse"
    DROP_REQUEST = "drop_request"
    DROP_ANSWER = "drop_answer"
    STATUS = "status"
    STATUS_AFTER = "status_after"
    HALF_BODY = "half_body"
    GARBAGE = "garbage"
    STALE_LISTS = "stale_lists"
    SILENT = "silent"


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault lying in wait. ``left`` is how often it still strikes, ``until`` (monotonic seconds) how long it
    lies there; None means without end."""

    kind: FaultKind
    paths: tuple[str, ...]
    method: str | None = None
    left: int | None = 1
    until: float | None = None
    seconds: float = 0
    reason: str = "refused_on_demand"
    status_code: int = 1999
    status: int = 500
    retry_after: int | None = None
    apply: bool = False
    snapshot: Snapshot | None = None

    def concerns(self, method: str, path: str) -> bool:
        if self.kind is FaultKind.STALE_LISTS and method == "POST" and path != TRADE_HISTORY:
            return False  # what changes something is no list
        return self.method in (None, method) and path.startswith(self.paths)


class Faults:
    """The faults installed, oldest first; the first that concerns a request strikes."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def install(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, method: str, path: str, *, now: float) -> Fault | None:
        """The fault that strikes this request, if any; counts it."""
        self._faults = [fault for fault in self._faults if fault.until is None or now < fault.until]
        for fault in self._faults:
            if fault.concerns(method, path):
                if fault.left is not None:
                    fault.left -= 1
                    if not fault.left:
                        self._faults.remove(fault)
                return fault
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server says at its door, before anything behind it is asked."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One request with the means to answer it, or not to. The request's body has been read already.

    `refusal` is how this API says no.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    refusal: Callable[[Fault], Answer]

    async def proceed(self) -> None:
        await self.app(self.scope, self.receive, self.send)

    async def apply(self) -> list[Message]:
        """Let the request take effect and keep the answer back."""
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(self.scope, self.receive, keep)
        return answer

    async def answer(self, answer: Answer) -> None:
        length = (b"content-length", str(len(answer.body)).encode())
        headers = [length, *answer.headers]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await self.send({"type": "http.response.body", "body": answer.body})

    async def hang_up(self) -> None:
        """Close the connection; what was sent so far is delivered first."""
        self.scope["state"]["transport"].close()
        await self.disconnected()

    async def disconnected(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


HTML = (b"content-type", b"text/html; charset=utf-8")
JSON = (b"content-type", b"application/json")


def page(status: int) -> bytes:
    """The HTML that servers answer where no JSON is due."""
    return f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>".encode()


async def _delay(fault: Fault, talk: Conversation) -> None:
    await asyncio.sleep(fault.seconds)
    await talk.proceed()


async def _refuse(fault: Fault, talk: Conversation) -> None:
    await talk.answer(talk.refusal(fault))


async def _drop_request(_: Fault, talk: Conversation) -> None:
    await talk.hang_up()


async def _drop_answer(_: Fault, talk: Conversation) -> None:
    await talk.apply()
    await talk.hang_up()


async def _status(fault: Fault, talk: Conversation) -> None:
    wait = () if fault.retry_after is None else ((b"retry-after", str(fault.retry_after).encode()),)
    await talk.answer(Answer(status=fault.status, body=page(fault.status), headers=(HTML, *wait)))


async def _status_after(fault: Fault, talk: Conversation) -> None:
    await talk.apply()
    await _status(fault, talk)


async def _half_body(_: Fault, talk: Conversation) -> None:
    start, body = await talk.apply()
    await talk.send(start)
    half = body["body"][: len(body["body"]) // 2]
    await talk.send({"type": "http.response.body", "body": half, "more_body": True})
    await talk.hang_up()


async def _garbage(_: Fault, talk: Conversation) -> None:
    await talk.apply()
    await talk.answer(Answer(status=200, body=b'{"status": "succ\x00\xff<html>', headers=(JSON,)))


async def _stale_lists(fault: Fault, talk: Conversation) -> None:
    talk.scope["state"]["stale"] = fault.snapshot
    await talk.proceed()


async def _silent(fault: Fault, talk: Conversation) -> None:
    if fault.apply:
        await talk.apply()
    with suppress(TimeoutError):
        async with asyncio.timeout(fault.seconds):
            await talk.disconnected()
            return
    await talk.hang_up()


STRIKES: dict[FaultKind, Callable[[Fault, Conversation], Awaitable[None]]] = {
    FaultKind.DELAY: _delay,
    FaultKind.REFUSE: _refuse,
    FaultKind.DROP_REQUEST: _drop_request,
    FaultKind.DROP_ANSWER: _drop_answer,
    FaultKind.STATUS: _status,
    FaultKind.STATUS_AFTER: _status_after,
    FaultKind.HALF_BODY: _half_body,
    FaultKind.GARBAGE: _garbage,
    FaultKind.STALE_LISTS: _stale_lists,
    FaultKind.SILENT: _silent,
}
