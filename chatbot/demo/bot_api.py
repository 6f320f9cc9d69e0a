"""The Bot API over HTTP: `/bot<token>/<method>`, one answer a call, with faults and limits on the way."""

import asyncio
import hmac
import socket
import struct
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from chatbot.demo import parameters, refusals
from chatbot.demo.calls import Call, Calls
from chatbot.demo.faults import Fault, FaultKind, Faults
from chatbot.demo.files import LARGEST_DOCUMENT
from chatbot.demo.limits import Limits
from chatbot.demo.methods import METHODS
from chatbot.demo.parameters import Parameters
from chatbot.demo.refusals import Refusal
from chatbot.demo.updates import LONGEST_POLL, MOST_PER_POLL
from chatbot.demo.world import World

PREFIX = "/bot"
LARGEST_BODY = 1 << 20
# The largest file, and its parameters beside it.
LARGEST_MULTIPART = LARGEST_DOCUMENT + LARGEST_BODY
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_JSON = b"application/json"
_HTML = b"text/html"


class BotApi:
    """An ASGI application. Answers what Telegram would, in its words."""

    def __init__(self, *, world: World, faults: Faults, limits: Limits, calls: Calls) -> None:
        self._world = world
        self._faults = faults
        self._limits = limits
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, method = str(scope["path"]).removeprefix(PREFIX).partition("/")
        try:
            given = await _parameters(scope, receive)
            self._check_token(token)
        except Refusal as refusal:
            await _answer(send, refusal.status, _refused(refusal))
            return
        call = self._calls.begin(method, given.to_json(), at=self._world.clock.monotonic())
        await self._serve(call, given, scope, receive, send)

    def _check_token(self, token: str) -> None:
        if not hmac.compare_digest(token.encode(), self._world.token.encode()):
            raise refusals.unauthorized()

    async def _serve(self, call: Call, given: Parameters, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry out one call, or let a fault befall it."""
        method = call.method.lower()
        chat = self._world.find_chat(given.text("chat_id"))
        fault = self._faults.take(method, chat.id if chat else None)
        kind = fault.kind if fault else None
        if kind in (FaultKind.DROP_BEFORE, FaultKind.RESET):
            await _hang_up(scope, receive, reset=kind is FaultKind.RESET)
            return
        if kind is FaultKind.HTML_502:
            call.status = 502
            await _answer(send, 502, _BAD_GATEWAY, content_type=_HTML)
            return
        if fault is not None and kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        status, content = await self._outcome(method, given, fault, receive)
        if kind is FaultKind.DROP_AFTER:
            await _hang_up(scope, receive, reset=False)
            return
        call.status = status
        await _answer(send, status, content)

    async def _outcome(
        self, method: str, given: Parameters, fault: Fault | None, receive: Receive
    ) -> tuple[int, bytes]:
        try:
            if fault is not None and fault.kind is FaultKind.TOO_MANY:
                raise refusals.too_many_requests(max(1, int(fault.seconds)))
            if method == "getupdates":
                return 200, b'{"ok":true,"result":' + await self._get_updates(given, receive) + b"}"
            return 200, orjson.dumps({"ok": True, "result": self._call(method, given)})
        except Refusal as refusal:
            return refusal.status, _refused(refusal)

    def _call(self, method: str, given: Parameters) -> Any:
        implementation = METHODS.get(method)
        if implementation is None:
            raise refusals.unknown_method()
        self._limits.check(method, self._world.find_chat(given.text("chat_id")))
        return implementation(self._world, given)

    async def _get_updates(self, given: Parameters, receive: Receive) -> bytes:
        """https://core.telegram.org/bots/api#getupdates"""
        updates = self._world.updates
        allowed = given.structure("allowed_updates", called="allowed_updates")
        if isinstance(allowed, list):
            updates.allow([str(kind) for kind in allowed])
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            return await updates.get(
                offset=given.integer("offset"),
                limit=min(max(given.integer("limit", MOST_PER_POLL), 1), MOST_PER_POLL),
                timeout=min(max(given.integer("timeout"), 0), LONGEST_POLL),
                gone=gone,
            )
        finally:
            gone.cancel()


async def _parameters(scope: Scope, receive: Receive) -> Parameters:
    content_type = ""
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value.decode("latin-1")
    largest = LARGEST_MULTIPART if parameters.is_multipart(content_type) else LARGEST_BODY
    body = await _read_body(receive, largest=largest)
    return parameters.read(query=scope["query_string"], content_type=content_type, body=body)


async def _read_body(receive: Receive, *, largest: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > largest:
            raise refusals.too_large()
        if not message.get("more_body"):
            return b"".join(chunks)


def _refused(refusal: Refusal) -> bytes:
    answer = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        answer["parameters"] = dict(refusal.parameters)
    return orjson.dumps(answer)


async def _answer(send: Send, status: int, content: bytes, *, content_type: bytes = _JSON) -> None:
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection without an answer; with `reset`, by RST instead of FIN."""
    transport: asyncio.Transport = scope["state"]["transport"]
    if reset:
        linger_not_at_all = struct.pack("ii", 1, 0)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not_at_all)
        transport.abort()
    else:
        transport.close()
    await _disconnected(receive)
