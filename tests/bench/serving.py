"""A lean HTTP server: it shares two cores with the programs that are measured, and must not be what is measured."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import cast

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A whole request. `head` is everything before the body; `began` is when its first byte arrived."""

    method: str
    path: str
    head: bytes
    body: bytes
    began: float


Respond = Callable[[bytes], None]
Handler = Callable[[Request, Respond], None]
"""Answers now or later, once, with the body of a 200."""


class _Connection(asyncio.Protocol):
    """One request after the other, as keep-alive clients send them."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._received = bytearray()
        self._began = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        if not self._received:
            self._began = perf_counter()
        self._received += data
        head_length = self._received.find(b"\r\n\r\n") + 4
        if head_length < 4:
            return
        head = bytes(self._received[:head_length])
        whole = head_length + _content_length(head)
        if len(self._received) < whole:
            return
        body = bytes(self._received[head_length:whole])
        del self._received[:whole]
        method, path, _ = head.split(b" ", 2)
        request = Request(method=method.decode(), path=path.decode(), head=head, body=body, began=self._began)
        self._handler(request, self._respond)

    def _respond(self, body: bytes) -> None:
        if self._transport is not None:
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            )


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def listen(handler: Handler) -> tuple[asyncio.Server, str]:
    """Serve on a free port of this machine; returns the server and its address."""
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(handler), HOST, 0)
    port = server.sockets[0].getsockname()[1]
    return server, f"http://{HOST}:{port}"
