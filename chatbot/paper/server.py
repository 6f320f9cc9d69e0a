"""The ASGI application, and serving it with uvicorn."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatbot.paper.api import PrivateApi, PublicApi
from chatbot.paper.control import Control
from chatbot.paper.doors import AndxDoor, Door
from chatbot.paper.exchange import Exchange
from chatbot.paper.faults import Faults, page
from chatbot.paper.gate import Gate
from chatbot.paper.instant.api import InstantApi
from chatbot.paper.instant.door import InstantDoor
from chatbot.paper.limits import RateLimit
from chatbot.paper.record import Record
from chatbot.paper.swaps.api import SwapApi
from chatbot.paper.swaps.door import PREFIX, SwapDoor

REQUESTS_PER_MINUTE = 60
SWAP_REQUESTS_PER_MINUTE = 300
"""What the source of 2019 allowed; today's limit is unknown."""
BEAT_SECONDS = 0.05
"""A beat moves one market with a book; twenty-odd of those, so each moves about once a second."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """The practice exchange with everything that stands at its door."""

    exchange: Exchange = field(default_factory=Exchange)
    limit: RateLimit = field(default_factory=lambda: RateLimit(REQUESTS_PER_MINUTE))
    swap_limit: RateLimit = field(default_factory=lambda: RateLimit(SWAP_REQUESTS_PER_MINUTE))
    faults: Faults = field(default_factory=Faults)
    record: Record = field(default_factory=Record)

    def app(self) -> ASGIApp:
        """The ASGI application; while its lifespan lasts the market moves."""
        exchange, faults, record = self.exchange, self.faults, self.record
        control = Control(exchange=exchange, limit=self.limit, swap_limit=self.swap_limit, faults=faults, record=record)
        api = [*PublicApi(exchange).routes(), *PrivateApi(exchange).routes(), *InstantApi(exchange).routes()]
        swaps = Mount(PREFIX, app=SwapApi(exchange.swaps).app())
        app = Starlette(
            routes=[*api, swaps, *control.routes()],
            lifespan=self._alive,
            exception_handlers={HTTPException: _http_error},
        )
        app.router.redirect_slashes = False  # a missing slash is a 404, as at the exchange
        doors: list[Door] = [
            AndxDoor(exchange, self.limit),
            InstantDoor(exchange, self.limit),
            SwapDoor(exchange.swaps, self.swap_limit),
        ]
        return Gate(app, doors=doors, clock=exchange.clock, faults=faults, record=record)

    @asynccontextmanager
    async def _alive(self, _: Starlette) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._beat())
            yield
            beat.cancel()

    async def _beat(self) -> None:
        while True:
            self.exchange.tick()
            await asyncio.sleep(BEAT_SECONDS)


async def _http_error(_: Request, error: Exception) -> Response:
    """HTML, except for a wrong method, which the exchange answers without a body."""
    assert isinstance(error, HTTPException)
    body = b"" if error.status_code == 405 else page(error.status_code)
    return Response(body, error.status_code, headers=error.headers, media_type="text/html")


class _Protocol(H11Protocol):
    """Tells each request its transport, so that a fault can cut the very connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Server(uvicorn.Server):
    """Leaves signals to its host and says when it listens and when it has stopped."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.stopped = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().serve(sockets)
        finally:
            self.stopped.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Handlers answer at once, so what is open now is idle or hangs on a fault: cut it."""
        for connection in tuple(self.server_state.connections):
            connection.transport.close()
        await super().shutdown(sockets)


def _bound(host: str, port: int) -> socket.socket:
    # The protocol has to be named: asyncio turns Nagle's delay off (40 ms an answer) only on sockets that say TCP.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


@asynccontextmanager
async def listening(paper: Paper, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve ``paper`` inside the block; yields its address. Port 0 picks a free one.

    Raises ``OSError`` if the address cannot be had.
    """
    with _bound(host, port) as listener:
        config = uvicorn.Config(
            paper.app(),
            http=_Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,  # a delayed answer must not hold the process
        )
        server = _Server(config)
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[listener]))
            await server.listening.wait()
            try:
                yield f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
            finally:
                # Waited for here, so that a body that fails or is cancelled still leaves a server shut down in order.
                server.should_exit = True
                await server.stopped.wait()
