"""Photos and documents: sent as Telegram takes them, seen by people, fetched by tests and by the bot."""

import asyncio
import json
from io import BytesIO
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import telegram
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ParseMode

from chatbot.demo import bot_api
from chatbot.demo.methods import METHODS
from chatbot.demo.multipart import Upload
from chatbot.demo.parameters import Parameters
from chatbot.demo.refusals import Refusal
from chatbot.demo.server import LocalChat
from chatbot.demo.values import Json
from tests.fakes.pictures import png
from tests.harness.chat import Chat, Media

from .conftest import ALICE, BOB, GROUP, ControlClient, Scene

KEYBOARD = {"inline_keyboard": [[{"text": "Cancel", "callback_data": "c"}]]}


def send(scene: Scene, method: str, content: bytes | None = None, *, name: str = "x.csv", **given: Any) -> Json:
    """Call with a file, under the parameter the method takes it as."""
    parameter = method.removeprefix("send").lower()
    uploads = {} if content is None else {parameter: Upload(name=name, content=content)}
    sent: Json = METHODS[method.lower()](scene.world, Parameters({"chat_id": ALICE, **given}, uploads))
    return sent


def refused(scene: Scene, method: str, content: bytes | None = None, **given: Any) -> str:
    with pytest.raises(Refusal) as caught:
        send(scene, method, content, **given)
    return caught.value.description.removeprefix("Bad Request: ")


@pytest.fixture
def started(scene: Scene) -> Scene:
    """Alice has written to the bot."""
    scene.write(ALICE, ALICE, "/start")
    return scene


def test_a_photo_comes_back_as_telegram_has_it(started: Scene) -> None:
    sent = send(
        started,
        "sendPhoto",
        png(120, 80),
        caption="<b>Scan</b> this",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        reply_parameters={"message_id": 1},
        protect_content=True,
    )
    (size,) = sent["photo"]
    assert (size["width"], size["height"], size["file_size"]) == (120, 80, len(png(120, 80)))
    assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("Scan this", "bold")
    assert "text" not in sent and "entities" not in sent
    assert sent["reply_markup"] == KEYBOARD
    assert sent["reply_to_message"]["message_id"] == 1
    assert sent["has_protected_content"] is True


def test_a_document_comes_back_with_its_name_and_type(started: Scene) -> None:
    sent = send(started, "sendDocument", b"when,who\n", name="audit.csv")
    assert sent["document"].items() >= {"file_name": "audit.csv", "mime_type": "text/csv", "file_size": 9}.items()
    assert "caption" not in sent


def test_a_file_can_be_sent_again_by_its_id_and_only_as_what_it_is(started: Scene) -> None:
    photo = send(started, "sendPhoto", png())["photo"][0]["file_id"]
    document = send(started, "sendDocument", b"x")["document"]["file_id"]
    assert send(started, "sendPhoto", photo=photo)["photo"][0]["file_id"] == photo
    assert refused(started, "sendPhoto", photo=document) == "can't use file of type Document as Photo"
    assert refused(started, "sendDocument", document=photo) == "can't use file of type Photo as Document"


def test_a_file_may_be_attached_under_another_name(started: Scene) -> None:
    uploads = {"a": Upload(name="x.csv", content=b"x")}
    given = Parameters({"chat_id": ALICE, "document": "attach://a"}, uploads)
    assert METHODS["senddocument"](started.world, given)["document"]["file_name"] == "x.csv"
    assert refused(started, "sendDocument", document="attach://b") == "there is no document in the request"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "there is no photo in the request"),
        ({"photo": "https://example.com/x.png"}, "failed to get HTTP URL content"),
        ({"photo": "BQACnowhere"}, "wrong remote file identifier specified: Wrong padding in the string"),
        ({"photo": "a b"}, "wrong remote file identifier specified: Wrong character in the string"),
        ({"content": b""}, "file must be non-empty"),
        ({"content": b"no picture"}, "IMAGE_PROCESS_FAILED"),
        ({"content": png(), "caption": "x" * 1025}, "message caption is too long"),
        ({"content": png(), "caption": "😀" * 513}, "message caption is too long"),
        (
            {"content": png(), "caption": "<b", "parse_mode": "HTML"},
            "can't parse entities: Unclosed start tag at byte offset 0",
        ),
        ({"content": png(), "chat_id": 5}, "chat not found"),
        ({"content": png(), "reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ],
)
def test_photos_are_refused_in_telegrams_words(started: Scene, given: dict[str, Any], reason: str) -> None:
    assert refused(started, "sendPhoto", **given) == reason


def test_a_caption_is_measured_as_it_is_read(started: Scene) -> None:
    sent = send(started, "sendPhoto", png(), caption="<b>" + "&amp;" * 1024 + "</b>", parse_mode="HTML")
    assert sent["caption"] == "&" * 1024


def test_a_refused_photo_takes_no_room(started: Scene) -> None:
    before = len(started.world.chats[ALICE].changed_since(0))
    refused(started, "sendPhoto", b"no picture")
    assert len(started.world.chats[ALICE].changed_since(0)) == before


def test_a_text_cannot_be_put_into_a_photo_nor_a_caption_under_a_text(started: Scene) -> None:
    photo = {"chat_id": ALICE, "message_id": send(started, "sendPhoto", png(), caption="old")["message_id"]}
    text = {"chat_id": ALICE, "message_id": started.call("sendMessage", chat_id=ALICE, text="x")["message_id"]}
    assert refused(started, "editMessageText", **photo, text="y") == "there is no text in the message to edit"
    assert refused(started, "editMessageCaption", **text, caption="y") == "there is no caption in the message to edit"


def test_a_caption_is_edited_and_taken_away(started: Scene) -> None:
    sent = send(started, "sendPhoto", png(), caption="old", reply_markup=KEYBOARD)
    place = {"chat_id": ALICE, "message_id": sent["message_id"]}
    edited = started.call("editMessageCaption", **place, caption="<i>new</i>", parse_mode="HTML")
    assert (edited["caption"], edited["photo"], "reply_markup" in edited) == ("new", sent["photo"], False)
    assert refused(started, "editMessageCaption", **place, caption="<i>new</i>", parse_mode="HTML").startswith(
        "message is not modified"
    )
    assert "caption" not in started.call("editMessageCaption", **place)
    assert refused(started, "editMessageCaption", **place, caption="x" * 1025) == "message caption is too long"


def test_a_photo_can_be_deleted(started: Scene) -> None:
    sent = send(started, "sendPhoto", png())
    assert started.call("deleteMessage", chat_id=ALICE, message_id=sent["message_id"]) is True


@pytest.mark.parametrize(
    ("given", "reason"), [({}, "file_id not specified"), ({"file_id": "AgACgone"}, "invalid file_id")]
)
def test_a_file_nobody_knows_cannot_be_got(scene: Scene, given: dict[str, Any], reason: str) -> None:
    assert refused(scene, "getFile", **given) == reason


def test_a_file_above_20_mb_can_be_sent_but_not_got(started: Scene) -> None:
    sent = send(started, "sendDocument", bytes(20 * 1024 * 1024 + 1))
    assert refused(started, "getFile", file_id=sent["document"]["file_id"]) == "file is too big"


def swap(scene: Scene, message: Json, media: Json, *, picture: bytes | None = None, **given: Any) -> Json:
    """editMessageMedia, with a picture under the name `new` if one comes along."""
    place = {"chat_id": ALICE, "message_id": message["message_id"], "media": json.dumps(media)}
    uploads = {} if picture is None else {"new": Upload(name="new.png", content=picture)}
    changed: Json = METHODS["editmessagemedia"](scene.world, Parameters(place | given, uploads))
    return changed


def test_a_photo_is_swapped_in_place(started: Scene) -> None:
    old = send(started, "sendPhoto", png(120, 80), caption="old", reply_markup=KEYBOARD)
    new = {"type": "photo", "media": "attach://new", "caption": "<b>new</b>", "parse_mode": "HTML"}
    changed = swap(started, old, new, picture=png(60, 40), reply_markup=KEYBOARD)
    assert (changed["message_id"], changed["photo"][0]["width"]) == (old["message_id"], 60)
    assert (changed["caption"], changed["caption_entities"][0]["type"]) == ("new", "bold")
    assert changed["reply_markup"] == KEYBOARD
    bare = swap(started, old, {"type": "photo", "media": old["photo"][0]["file_id"]})
    assert bare["photo"] == old["photo"]
    assert not {"caption", "reply_markup"} & bare.keys()


def test_a_photo_can_take_the_place_of_words(started: Scene) -> None:
    words = started.call("sendMessage", chat_id=ALICE, text="soon a picture")
    changed = swap(started, words, {"type": "photo", "media": "attach://new"}, picture=png())
    assert "photo" in changed and "text" not in changed


@pytest.mark.parametrize(
    ("media", "complaint"),
    [
        ({"type": "photo", "media": "attach://missing"}, "there is no photo in the request"),
        ({"type": "hologram", "media": "attach://new"}, 'can\'t parse InputMedia: unsupported type "hologram"'),
        ([], "expected an Object as InputMedia"),
    ],
)
def test_what_is_no_picture_changes_nothing(started: Scene, media: Any, complaint: str) -> None:
    old = send(started, "sendPhoto", png())
    with pytest.raises(Refusal) as caught:
        swap(started, old, media, picture=png())
    assert caught.value.description == f"Bad Request: {complaint}"
    same = {"type": "photo", "media": old["photo"][0]["file_id"]}
    with pytest.raises(Refusal, match="message is not modified"):
        swap(started, old, same)


async def test_the_library_sends_reads_and_downloads(bot: Bot, control: ControlClient, chat: LocalChat) -> None:
    await control.says(ALICE, "/start")
    photo = await bot.send_photo(
        ALICE,
        BytesIO(png(200, 100)),
        caption="<b>QR</b>",
        parse_mode=ParseMode.HTML,
        protect_content=True,
        disable_notification=True,
        reply_parameters=ReplyParameters(1),
        reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("Cancel", callback_data="c")),
    )
    assert photo.caption == "QR" and not photo.api_kwargs and not photo.photo[-1].api_kwargs
    assert (photo.photo[-1].width, photo.has_protected_content) == (200, True)
    document = await bot.send_document(ALICE, b"a,b\n", filename="audit.csv", caption="All of it")
    assert document.document is not None and document.document.file_name == "audit.csv"
    file = await bot.get_file(document.document.file_id)
    # The library puts its own host before what it is told; the bytes are at the address Telegram documents.
    fetched = await control.http.get(f"/file/bot{chat.token}/documents/{str(file.file_path).rpartition('/')[2]}")
    assert fetched.content == b"a,b\n"
    edited = await bot.edit_message_caption(ALICE, document.message_id, caption="Half of it")
    assert isinstance(edited, telegram.Message) and edited.caption == "Half of it"


async def test_the_control_endpoint_shows_media_and_serves_the_bytes(bot: Bot, control: ControlClient) -> None:
    await control.says(BOB, "/chart@andx_practice_bot", chat=GROUP)
    content = png(120, 80)
    sent = await bot.send_photo(GROUP, content, caption="<i>x</i>", parse_mode="HTML", disable_notification=True)
    shown = (await control.get(f"chat/{GROUP}"))["messages"][-1]
    url = shown["media"]["url"]
    assert url.startswith(f"/control/chat/{GROUP}/media/{sent.message_id}?")
    facts = {"kind": "photo", "name": "photo.png", "size": len(content), "width": 120, "height": 80, "url": url}
    assert shown["media"] == facts
    assert (shown["html"], shown["silent"]) == ("<i>x</i>", True)
    served = await control.http.get(url)
    assert (served.content, served.headers["content-type"]) == (content, "image/png")


async def test_a_journey_sees_what_a_person_sees(bot: Bot, control: ControlClient, chat: LocalChat) -> None:
    await control.says(ALICE, "/start")
    await bot.send_photo(ALICE, png(120, 80), caption="QR", protect_content=True)
    await bot.send_document(ALICE, b"a,b\n", filename="audit.csv", disable_notification=True)
    eyes = Chat(chat.url, token=chat.token)
    text, photo, document = await asyncio.to_thread(eyes.messages, ALICE)
    assert (photo.photo, photo.document) == (Media(name="photo.png", size=len(png()), width=120, height=80), None)
    assert document.document == Media(name="audit.csv", size=4, mime_type="text/csv")
    assert (photo.text, photo.protected, photo.silent) == ("QR", True, False)
    assert (document.text, document.protected, document.silent) == ("", False, True)
    assert await asyncio.to_thread(eyes.content, photo) == png()
    assert await asyncio.to_thread(eyes.content, document) == b"a,b\n"
    with pytest.raises(ValueError, match="no picture or file"):
        await asyncio.to_thread(eyes.content, text)
    eyes.close()


async def test_a_text_may_be_silent_and_protected_too(bot: Bot, control: ControlClient) -> None:
    await control.says(ALICE, "/start")
    await bot.send_message(ALICE, "x", disable_notification=True, protect_content=True)
    await bot.send_message(ALICE, "y")
    quiet, loud = (await control.get(f"chat/{ALICE}"))["messages"][-2:]
    assert quiet["silent"] and quiet["has_protected_content"]
    assert "silent" not in loud and "has_protected_content" not in loud and "media" not in loud


async def test_the_log_of_calls_holds_a_files_name_but_not_its_bytes(
    bot: Bot, control: ControlClient, chat: LocalChat
) -> None:
    await control.says(ALICE, "/start")
    await bot.send_document(ALICE, b"secret", filename="a.csv")
    (call,) = (await control.get("calls", method="sendDocument"))["calls"]
    assert call["parameters"]["document"] == {"name": "a.csv", "size": 6}
    assert "secret" not in (await control.http.get("/control/calls")).text


@pytest.mark.parametrize(
    "name", ["page.html", "x\u202elmth.svg", "ä & <b>.html", "../../index.html", "a%0d%0aX: y.htm"]
)
async def test_a_hostile_document_is_only_ever_a_download(
    name: str, http: httpx.AsyncClient, chat: LocalChat, control: ControlClient
) -> None:
    await control.says(ALICE, "/start")
    files = {"document": (name, b"<script>alert(1)</script>", "text/html")}
    sent = (await http.post(f"/bot{chat.token}/sendDocument", data={"chat_id": ALICE}, files=files)).json()["result"]
    served = await http.get(f"/control/chat/{ALICE}/media/{sent['message_id']}")
    headers = served.headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(sent['document']['file_name'])}"
    assert not set(sent["document"]["file_name"]) & set('/\\"<>\r\n\u202e')


@pytest.mark.parametrize("path", ["/control/chat/1001/media/1", "/control/chat/x/media/y", "/control/chat/5/media/1"])
async def test_where_there_is_no_file_there_are_no_bytes(
    path: str, http: httpx.AsyncClient, control: ControlClient
) -> None:
    await control.says(ALICE, "/start")
    answer = await http.get(path)
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no picture or file in this message"})


async def test_files_are_downloaded_with_the_token_only(bot: Bot, control: ControlClient, chat: LocalChat) -> None:
    await control.says(ALICE, "/start")
    sent = await bot.send_photo(ALICE, png())
    path = (await control.http.get(f"/bot{chat.token}/getFile", params={"file_id": sent.photo[0].file_id})).json()
    place = path["result"]["file_path"]
    assert (await control.http.get(f"/file/bot{chat.token}/{place}")).content == png()
    assert (await control.http.get(f"/file/bot1:wrong/{place}")).status_code == 401
    assert (await control.http.get(f"/file/bot{chat.token}/photos/file_0.png")).status_code == 404


async def test_a_body_has_an_end_with_and_without_a_file(
    http: httpx.AsyncClient, chat: LocalChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_api, "LARGEST_MULTIPART", 2 << 20)
    large = b"x" * (3 << 20)
    for how in ({"content": large}, {"files": {"document": ("x", large)}}):
        answer = await http.post(f"/bot{chat.token}/sendDocument", **how)
        assert (answer.status_code, answer.json()["description"]) == (413, "Request Entity Too Large")
