"""What every API request passes before it is handled: record, signature, limit, faults."""

import re
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.paper.auth import authenticate
from chatbot.paper.exchange import Exchange
from chatbot.paper.faults import HTML, STRIKES, Conversation, Faults, page
from chatbot.paper.limits import RateLimit
from chatbot.paper.record import Entry, Record

_SLASHES = re.compile("//+")


class Gate:
    """ASGI middleware. Puts ``body`` and ``caller`` (an account or None) into the request's state."""

    def __init__(self, app: ASGIApp, *, exchange: Exchange, limit: RateLimit, faults: Faults, record: Record) -> None:
        self._app = app
        self._exchange = exchange
        self._limit = limit
        self._faults = faults
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            # Clients of this family send // where an optional path segment is empty.
            scope["path"] = _SLASHES.sub("/", scope["path"])
            if scope["path"].startswith("/api/"):
                await self._pass(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        entry = self._identify(scope, body)
        talk = Conversation(self._app, scope, receive, _noting_status(send, entry))
        if not self._limit.admits(entry.at):
            await talk.answer(429, page(429), HTML)
        elif fault := self._faults.take(entry.method, entry.path, now=entry.at):
            await STRIKES[fault.kind](fault, talk)
        else:
            await talk.proceed()

    def _identify(self, scope: Scope, body: bytes) -> Entry:
        headers, clock = dict(scope["headers"]), self._exchange.clock
        claims = b"access-key" in headers
        caller = None
        if claims:
            caller = authenticate(headers, body, accounts=self._exchange.accounts, now=clock.unix())
        scope.setdefault("state", {}).update(body=body, caller=caller)
        return self._record.open(
            at=clock.monotonic(),
            method=scope["method"],
            path=scope["path"],
            signed=caller is not None if claims else None,
            by=caller.username if caller is not None else None,
        )


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body = cast(bytes, message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


def _noting_status(send: Send, entry: Entry) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry.status = message["status"]
        await send(message)

    return noting
