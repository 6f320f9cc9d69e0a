"""The chat page without a browser: its files exist, are served well, stay on this machine, and take no injection."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

import chatbot.demo
from chatbot.demo.cast import Cast
from chatbot.demo.server import LocalChat
from chatbot.domain.networks import NETWORKS
from handlers.views import deposit
from handlers.views.screen import Copy
from tests.fakes.pictures import png
from tests.handlers.views.swap_examples import NOW, with_memo

PAGE = Path(chatbot.demo.__file__).with_name("page")
MODULES = sorted(PAGE.glob("*.js"))
STYLES = sorted(PAGE.glob("*.css"))

_COMMENT = re.compile(r"/\*.*?\*/|(?m:(?:^|\s)//[^\n]*)", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?:)?//[\w-]+\.[\w.-]+")
_IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
_NAMED = re.compile(r"""(?:href|src)="/page/([^"]+)"|url\(/page/([^)]+)\)""")
_MARKUP_FROM_TEXT = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTML|srcdoc"
    r"|\beval\b|new Function"
)


def source(path: Path) -> str:
    """A file without its comments."""
    return _COMMENT.sub("", path.read_text())


def imports(path: Path) -> Iterator[str]:
    for specifier in _IMPORT.findall(source(path)):
        assert specifier.startswith("./"), f"{path.name} imports {specifier}, which is not a file of the page"
        yield specifier.removeprefix("./")


def named() -> set[str]:
    """Every file some file of the page asks for."""
    found = {name for module in MODULES for name in imports(module)}
    for path in [PAGE / "index.html", *STYLES]:
        found |= {one or other for one, other in _NAMED.findall(path.read_text())}
    return found


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with LocalChat.running() as chat, httpx.AsyncClient(base_url=chat.url, trust_env=False) as client:
        yield client


def test_every_named_file_exists_and_none_lies_unused() -> None:
    assert named() == {path.name for path in PAGE.iterdir() if path.is_file()} - {"index.html"}


def test_every_imported_name_is_exported() -> None:
    for module in MODULES:
        for names, origin in re.findall(r"import \{([^}]+)\} from \"\./([^\"]+)\"", source(module)):
            exported = set(re.findall(r"export (?:async )?(?:function|class|const) (\w+)", source(PAGE / origin)))
            assert {name.strip() for name in names.split(",")} <= exported, f"{module.name} from {origin}"


def test_every_icon_part_and_template_used_is_drawn() -> None:
    html = (PAGE / "index.html").read_text()
    script = "".join(source(module) for module in MODULES)
    assert set(re.findall(r'\bicon\("(\w+)"\)', script)) <= set(re.findall(r'<symbol id="i-(\w+)"', html))
    assert set(re.findall(r"\bparts\.(\w+)", script)) <= set(re.findall(r'data-part="(\w+)"', html))
    assert set(re.findall(r'fromTemplate\("(\w+)"\)', script)) == set(re.findall(r'<template id="(\w+)"', html))


def test_nothing_comes_from_another_host() -> None:
    # The namespace of SVG is a name; nothing is fetched from it.
    allowed = {"http://www.w3.org"}
    for path in [PAGE / "index.html", *STYLES, *MODULES, *PAGE.glob("*.svg")]:
        assert set(_ADDRESS.findall(source(path))) <= allowed, path.name


def test_no_markup_is_ever_made_from_text() -> None:
    for module in MODULES:
        assert not _MARKUP_FROM_TEXT.search(source(module)), module.name
    # A service message's sentence arrives escaped; it is read in an inert document and only its text is taken.
    parsed = re.findall(r"parseFromString\(.*", "".join(source(module) for module in MODULES))
    assert len(parsed) == 1
    assert parsed[0].endswith(".body.textContent;")


def test_the_page_lives_under_its_own_strict_policy() -> None:
    html = (PAGE / "index.html").read_text()
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy[1]
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", html) == ["", ""]


def test_the_wallet_tells_the_copy_buttons_of_a_deposit_card_apart() -> None:
    kinds = dict(re.findall(r"const (\w+) = /(.+)/i;", (PAGE / "deposits.js").read_text()))
    card = deposit.waiting(with_memo(), now=NOW)
    labels = {key.text: key.label for row in card.rows for key in row if isinstance(key, Copy)}
    memos = {f"Copy {network.extra_id}" for network in NETWORKS if network.extra_id}
    for label in {*labels.values(), *memos}:
        assert sum(bool(re.search(kind, label, re.IGNORECASE)) for kind in kinds.values()) == 1, label
    order = with_memo().swap
    shown = {
        kind: text for text, label in labels.items() for kind, words in kinds.items() if re.search(words, label, re.I)
    }
    assert shown["ADDRESS"] == order.deposit_address and shown["MEMO"] == order.deposit_extra_id


async def test_page_and_files_are_served_with_types_a_browser_accepts(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    expected = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    for name in named():
        answer = await client.get(f"/page/{name}")
        assert answer.status_code == 200, name
        assert answer.headers["content-type"].startswith(expected[Path(name).suffix]), name
        assert answer.content == (PAGE / name).read_bytes()


async def test_the_server_tells_the_page_all_it_needs_of_pictures_and_files(client: httpx.AsyncClient) -> None:
    world = (await client.get("/control/world")).json()
    person = next(person for person in world["people"] if not person["is_bot"])["id"]
    await client.post("/control/send", json={"user": person, "chat": person, "text": "/start"})
    address = f"/bot{Cast().bot_token}/"
    protected = {"chat_id": person, "protect_content": "true", "disable_notification": "true", "caption": "x"}
    for method, files in (("sendPhoto", {"photo": ("p", png())}), ("sendDocument", {"document": ("a.csv", b"x")})):
        assert (await client.post(address + method, data=protected, files=files)).status_code == 200
    photo, document = (await client.get(f"/control/chat/{person}?user={person}&after=0")).json()["messages"][1:]
    assert {"url", "name", "size", "width", "height"} <= photo["media"].keys()
    assert {"url", "name", "size"} <= document["media"].keys()
    assert document["document"]["file_name"] == "a.csv"
    assert all(shown["caption"] and shown["silent"] and shown["has_protected_content"] for shown in (photo, document))
    # The page shows nothing but what comes from its own address.
    assert all(shown["media"]["url"].startswith("/control/chat/") for shown in (photo, document))


async def test_the_server_speaks_the_protocol_the_page_relies_on(client: httpx.AsyncClient) -> None:
    world = (await client.get("/control/world")).json()
    person = next(person for person in world["people"] if not person["is_bot"])["id"]
    sent = await client.post("/control/send", json={"user": person, "chat": person, "text": "/start", "reply_to": None})
    shown = (await client.get(f"/control/chat/{person}?user={person}&after=0")).json()["messages"]
    assert shown == [sent.json()["message"]]
    assert {"message_id", "from", "date", "text", "entities", "revision", "html"} <= shown[0].keys()
    assert {"bot_online", "revision", "commands"} <= world.keys()
    assert {"id", "username", "name", "description"} <= world["bot"].keys()
    chat = world["chats"][-2]
    assert {"id", "type", "title", "shown", "members", "blocked", "upgraded_to", "permissions", "pinned"} <= chat.keys()
    assert {"id", "status", "rights"} == chat["members"][0].keys()
    assert {"id", "name", "colour", "closed"} == chat["topics"][0].keys()
    assert {"by", "revision"} <= shown[0].keys()
