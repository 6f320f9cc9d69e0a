from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import NetworkError, TimedOut

from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.server import LocalChat, listen
from handlers.transport import Flooded, Transport, Unreachable, Upload


@pytest.fixture
async def chat() -> AsyncIterator[LocalChat]:
    async with LocalChat.running() as chat:
        yield chat


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    transport = Transport(connections=2)
    await transport.initialize()
    yield transport
    await transport.shutdown()


def address(chat: LocalChat, method: str = "getMe") -> str:
    return f"{chat.api_url}/bot{chat.token}/{method}"


async def test_an_answer_is_given_as_it_came(chat: LocalChat, transport: Transport) -> None:
    status, body = await transport.call(address(chat), {}, timeout=5)
    assert status == 200
    assert transport.parse_json_payload(body)["result"]["username"] == "andx_practice_bot"


@pytest.mark.parametrize("on_disk", [False, True])
async def test_a_file_goes_along_with_its_fields(tmp_path: Path, on_disk: bool) -> None:
    content = bytes(range(256)) * 8192 + b"\r\n--"
    received: list[dict[str, object]] = []

    async def receive(request: web.Request) -> web.Response:
        fields = await request.post()
        received.append({name: _content(value) for name, value in fields.items()})
        return web.json_response({"ok": True, "result": {}})

    app = web.Application(client_max_size=4 << 20)
    app.router.add_post("/{path:.*}", receive)
    transport = Transport(connections=1)
    await transport.initialize()
    async with TestServer(app) as server:
        (tmp_path / "7-1").write_bytes(content)
        upload = Upload(parameter="document", name="a.csv", content=tmp_path / "7-1" if on_disk else content)
        fields = {"chat_id": 7, "caption": "ä & b", "reply_markup": {"inline_keyboard": []}}
        status, _ = await transport.call(str(server.make_url("/x")), fields, timeout=5, upload=upload)
    await transport.shutdown()
    sent = {"chat_id": "7", "caption": "ä & b", "reply_markup": '{"inline_keyboard":[]}', "document": content}
    assert (status, received) == (200, [sent])
    assert "\x00" not in repr(upload) and len(repr(upload)) < 100


async def test_an_answer_that_comes_too_late_is_ambiguous(chat: LocalChat) -> None:
    transport = Transport(connections=1)
    await transport.initialize()
    chat.faults.add(Fault(method="getme", kind=FaultKind.DELAY, times=1, seconds=0.2, chat=None))
    with pytest.raises(TimedOut) as caught:
        await transport.call(address(chat), {}, timeout=0.05)
    await transport.shutdown()
    assert not isinstance(caught.value, Unreachable)


async def test_nobody_at_the_address_means_nothing_was_sent(transport: Transport) -> None:
    with listen(0) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        await transport.call(f"http://127.0.0.1:{port}/bot1:secret/getMe", {}, timeout=5)
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.RESET, FaultKind.HTML_502])
async def test_a_broken_answer_names_neither_address_nor_token(
    chat: LocalChat, transport: Transport, kind: FaultKind
) -> None:
    chat.faults.add(Fault(method="getme", kind=kind, times=1, seconds=0, chat=None))
    with pytest.raises(NetworkError) as caught:
        await transport.call(address(chat), {}, timeout=5)
    assert not isinstance(caught.value, Unreachable)
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert chat.token not in repr(caught.value)


async def test_a_429_says_how_long(chat: LocalChat, transport: Transport) -> None:
    chat.faults.add(Fault(method="getme", kind=FaultKind.TOO_MANY, times=1, seconds=17, chat=None))
    with pytest.raises(Flooded) as caught:
        await transport.call(address(chat), {}, timeout=5)
    assert caught.value.retry_after == 17


async def test_connections_can_be_renewed(chat: LocalChat, transport: Transport) -> None:
    await transport.renew()
    assert (await transport.call(address(chat), {}, timeout=5))[0] == 200


async def test_the_library_sends_forms_and_files_through_it() -> None:
    received: list[tuple[str, object]] = []

    async def receive(request: web.Request) -> web.Response:
        fields = await request.post()
        received.append((request.content_type, {name: _content(value) for name, value in fields.items()}))
        message = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}}
        return web.json_response({"ok": True, "result": message})

    app = web.Application()
    app.router.add_post("/{path:.*}", receive)
    async with TestServer(app) as server:
        requests = Transport(connections=1), Transport(connections=1)
        bot = Bot("1:x", base_url=f"{server.make_url('/')}bot", request=requests[0], get_updates_request=requests[1])
        await requests[0].initialize()
        await bot.send_message(7, "ä & b", api_kwargs={"reply_markup": {"inline_keyboard": []}})
        await bot.send_document(7, BytesIO(b"content"), filename="x.txt")
        await requests[0].shutdown()
    form = {"chat_id": "7", "text": "ä & b", "reply_markup": '{"inline_keyboard": []}'}
    assert received == [
        ("application/x-www-form-urlencoded", form),
        ("multipart/form-data", {"chat_id": "7", "document": b"content"}),
    ]


def _content(value: object) -> object:
    return value.file.read() if isinstance(value, web.FileField) else value
