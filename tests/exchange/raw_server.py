"""A server that does with its connections exactly what a test says."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> bytes:
    """An answer as the API's reference shows it."""
    return (SAMPLES / f"{name}.json").read_bytes()


class Then(Enum):
    """What becomes of the connection after a reply's bytes."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    HANG = auto()


@dataclass(frozen=True, kw_only=True)
class Reply:
    data: bytes = b""
    then: Then = Then.KEEP


def http(status: int, body: bytes = b"", *, headers: str = "", then: Then = Then.KEEP) -> Reply:
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return Reply(data=head.encode() + body, then=then)


def ok(body: bytes) -> Reply:
    return http(200, body, headers="Content-Type: application/json\r\n")


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request as it came over the wire; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RawServer:
    """Gives the replies in turn, the last one for ever."""

    url: str
    replies: list[Reply] = field(default_factory=list)
    requests: list[Received] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def _next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await _read_request(reader):
                self.requests.append(request)
                self.arrived.set()
                reply = self._next_reply()
                writer.write(reply.data)
                await writer.drain()
                if reply.then is Then.HANG:
                    await asyncio.Event().wait()
                if reply.then is Then.RESET:
                    linger: socket.socket = writer.get_extra_info("socket")
                    linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if reply.then is not Then.KEEP:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    request, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = request.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method=method, target=target, headers=headers, body=body)


@asynccontextmanager
async def raw_server() -> AsyncIterator[RawServer]:
    tasks: set[asyncio.Task[None]] = set()
    server = RawServer(url="")

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(server.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
