"""The local chat as a server: the Bot API, the control endpoint and the page behind one address."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatbot.demo import bot_api, page_files
from chatbot.demo.bot_api import BotApi
from chatbot.demo.calls import Calls
from chatbot.demo.cast import Cast
from chatbot.demo.clock import Clock, SystemClock
from chatbot.demo.control import Control
from chatbot.demo.downloads import Downloads
from chatbot.demo.faults import Faults
from chatbot.demo.limits import Limits
from chatbot.demo.side_panel import SidePanel
from chatbot.demo.world import World
from chatbot.paper.origin import REFUSAL, is_foreign

HOST = "127.0.0.1"
# How long answers under way may take once the server is told to stop.
GRACE = 2


class PortTaken(Exception):
    """The wanted port cannot be had; the text tells people what to do."""


class LocalChat:
    """An ASGI application with a world of its own.

    `async with LocalChat.running() as chat:` serves it on a free port of this machine; `chat.url` is its address,
    `chat.api_url` what a bot needs as the Bot API's address, `chat.token` the only token it knows.
    """

    def __init__(self, *, cast: Cast | None = None, clock: Clock | None = None) -> None:
        clock = clock or SystemClock()
        self.url = ""
        self.world = World(cast=cast or Cast(), clock=clock)
        self.limits = Limits(clock)
        self.faults = Faults()
        self.calls = Calls()
        self.panel = SidePanel()
        self._control = Control(world=self.world, faults=self.faults, limits=self.limits, calls=self.calls)
        self._bot_api = BotApi(world=self.world, faults=self.faults, limits=self.limits, calls=self.calls)
        routes = [
            *page_files.routes(),
            *Downloads(self.world).routes(),
            *self.panel.routes(),
            *self._control.routes(),
        ]
        self._pages = Starlette(routes=[Route("/healthz", _healthy), *routes])

    @property
    def api_url(self) -> str:
        """Methods are called at `{api_url}/bot{token}/{method}`."""
        return self.url

    @property
    def token(self) -> str:
        return self.world.token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The Bot API is the hot path: it skips the router.
        is_bot = scope["type"] == "http" and scope["path"].startswith(bot_api.PREFIX)
        if is_foreign(scope):
            await REFUSAL(scope, receive, send)
        else:
            await (self._bot_api if is_bot else self._pages)(scope, receive, send)

    def close(self) -> None:
        """End polls, waits and streams, so that a server can stop."""
        self._control.close()
        self.world.updates.close()

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, *, port: int = 0, cast: Cast | None = None, clock: Clock | None = None
    ) -> AsyncIterator["LocalChat"]:
        """Serve in this event loop until the block ends; port 0 is a free one.

        Raises PortTaken.
        """
        chat = cls(cast=cast, clock=clock)
        with listen(port) as listener:
            chat.url = f"http://{HOST}:{listener.getsockname()[1]}"
            server = _Server(_config(chat))
            serving = asyncio.ensure_future(server.serve(sockets=[listener]))
            try:
                # The socket listens already: a request that comes before uvicorn is ready waits in its queue.
                yield chat
            finally:
                chat.close()
                server.stop()
                await serving


class _Server(uvicorn.Server):
    """A uvicorn that leaves signals to the program it runs in, and stops when told instead of looking now and then."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()

    def stop(self) -> None:
        """Take no new connections and end."""
        self.should_exit = True
        self._told.set()

    async def main_loop(self) -> None:
        await self._told.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Protocol(H11Protocol):
    """Hands each request its connection, so that faults can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn narrows it too
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _config(chat: LocalChat) -> uvicorn.Config:
    return uvicorn.Config(
        chat,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=120,
        timeout_graceful_shutdown=GRACE,
    )


def listen(port: int) -> socket.socket:
    """A listening socket on this machine only. Raises PortTaken."""
    # asyncio only switches off Nagle's delay (40 ms an answer) on sockets that name their protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(1024)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortTaken(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.") from error
    return listener


async def _healthy(request: Request) -> Response:
    return PlainTextResponse("ok")
