"""A world without sockets, and a served one with a client for each side."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from chatbot.demo.cast import Cast
from chatbot.demo.crowd import Crowd, Writing
from chatbot.demo.methods import METHODS
from chatbot.demo.multipart import Upload
from chatbot.demo.parameters import Parameters
from chatbot.demo.refusals import Refusal
from chatbot.demo.server import LocalChat
from chatbot.demo.values import Json, Message
from chatbot.demo.world import World

from .manual_clock import ManualClock

ALICE, BOB, CAROL, HELPER = 1001, 1002, 1003, 2001
GROUP, FORUM, CHANNEL = -4001, -1000000004002, -1000000004003


@dataclass
class Scene:
    """A world, its people, and the bot calling methods without a socket."""

    clock: ManualClock
    world: World
    crowd: Crowd

    def call(self, method: str, **parameters: Any) -> Any:
        return METHODS[method.lower()](self.world, Parameters(parameters))

    def write(self, user: int, chat: int, text: str, **how: Any) -> Message:
        return self.crowd.write(user, chat, Writing(text=text, **how))

    def updates(self) -> list[Json]:
        """What waits for the bot."""
        return [orjson.loads(body) for body in self.world.updates.waiting(100)]

    def heard(self, kind: str = "message") -> list[Json]:
        """The contents of the waiting updates of a kind."""
        return [update[kind] for update in self.updates() if kind in update]


def refused(scene: Scene, method: str, **parameters: Any) -> str:
    """Status and description of the refusal this call must meet."""
    with pytest.raises(Refusal) as caught:
        scene.call(method, **parameters)
    return f"{caught.value.status} {caught.value.description}"


def send_photo(scene: Scene, picture: bytes, **parameters: Any) -> Json:
    uploads = {"photo": Upload(name="photo", content=picture)}
    sent: Json = METHODS["sendphoto"](scene.world, Parameters(parameters, uploads))
    return sent


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def scene(clock: ManualClock) -> Scene:
    world = World(cast=Cast(), clock=clock)
    return Scene(clock=clock, world=world, crowd=Crowd(world))


class ControlClient:
    """The control endpoint as tests use it: answers of 200, or the whole response."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **query: Any) -> Json:
        response = await self.http.get(f"/control/{path}", params=query)
        response.raise_for_status()
        content: Json = response.json()
        return content

    async def post(self, path: str, **body: Any) -> Json:
        response = await self.http.post(f"/control/{path}", json=body)
        response.raise_for_status()
        content: Json = response.json()
        return content

    async def says(self, user: int, text: str, *, chat: int | None = None, **how: Any) -> Json:
        """Somebody writes, privately unless a chat is given; returns the shown message."""
        answer = await self.post("send", user=user, chat=chat or user, text=text, **how)
        message: Json = answer["message"]
        return message


@pytest.fixture
async def chat(clock: ManualClock) -> AsyncIterator[LocalChat]:
    async with LocalChat.running(clock=clock) as running:
        yield running


@pytest.fixture
async def http(chat: LocalChat) -> AsyncIterator[httpx.AsyncClient]:
    # Nothing here is encrypted; not reading the certificates saves their 35 ms.
    async with httpx.AsyncClient(base_url=chat.url, timeout=5, verify=False) as client:
        yield client


@pytest.fixture
def control(http: httpx.AsyncClient) -> ControlClient:
    return ControlClient(http)


@pytest.fixture
async def bot(chat: LocalChat, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client, as it comes; only its durations are those of its next major version."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    sending, polling = (HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2))
    base_url = f"{chat.api_url}/bot"
    async with Bot(chat.token, base_url=base_url, request=sending, get_updates_request=polling) as client:
        yield client
