"""What every API request passes before it is handled: record, signature, limit, faults."""

import re
from collections.abc import Sequence
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.paper.clock import Clock
from chatbot.paper.doors import Door
from chatbot.paper.faults import STRIKES, Conversation, Faults
from chatbot.paper.origin import REFUSAL, is_foreign
from chatbot.paper.record import Entry, Record

_SLASHES = re.compile("//+")


class Gate:
    """ASGI middleware. Puts ``body`` and ``caller`` (whom the door knows, or None) into the request's state."""

    def __init__(self, app: ASGIApp, *, doors: Sequence[Door], clock: Clock, faults: Faults, record: Record) -> None:
        self._app = app
        self._doors = tuple(doors)
        self._clock = clock
        self._faults = faults
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if is_foreign(scope):
                await REFUSAL(scope, receive, send)
                return
            # Clients of this family send // where an optional path segment is empty.
            path = scope["path"] = _SLASHES.sub("/", scope["path"])
            door = next((door for door in self._doors if path.startswith(door.path)), None)
            if door is not None:
                await self._pass(door, scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _pass(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        entry = self._identify(door, scope, body)
        talk = Conversation(self._app, scope, receive, _noting_status(send, entry), door.refusal)
        if not door.limit.admits(entry.at):
            await talk.answer(door.throttled(seconds=door.limit.frees_in(entry.at)))
        elif fault := self._faults.take(entry.method, entry.path, now=entry.at):
            await STRIKES[fault.kind](fault, talk)
        else:
            await talk.proceed()

    def _identify(self, door: Door, scope: Scope, body: bytes) -> Entry:
        visitor = door.identify(dict(scope["headers"]), body)
        scope.setdefault("state", {}).update(body=body, caller=visitor.caller)
        return self._record.open(
            at=self._clock.monotonic(),
            method=scope["method"],
            path=scope["path"],
            signed=visitor.signed,
            by=visitor.name,
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
