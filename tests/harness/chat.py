"""The local chat as a test sees it: a client of its control endpoint (`chatbot.demo.control`)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.harness.programs import PATIENCE

Json = dict[str, Any]
_ALICE = 1001  # always there
_NEVER = 1 << 60  # a revision nobody reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or a file as a message has it; its bytes are `Chat.content(message)`."""

    name: str
    size: int
    mime_type: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stood at `revision`; `text` is the caption of a picture or a file.

    `sender` is who really wrote it, also in a channel, where readers are not told.
    """

    id: int
    chat: int
    sender: int
    text: str
    revision: int
    rows: tuple[tuple[str, ...], ...]
    reply_to: int | None
    raw: Json = field(repr=False)

    @property
    def photo(self) -> Media | None:
        return self._media("photo")

    @property
    def document(self) -> Media | None:
        return self._media("document")

    @property
    def protected(self) -> bool:
        """Whether it can be neither forwarded nor saved."""
        return bool(self.raw.get("has_protected_content"))

    @property
    def thread(self) -> int | None:
        """The forum's topic it stands in; None for the general one."""
        return self.raw["message_thread_id"] if self.raw.get("is_topic_message") else None

    @property
    def is_service(self) -> bool:
        """Whether it tells what happened to the chat; its sentence is `raw["html"]`."""
        return bool(self.raw.get("service"))

    @property
    def silent(self) -> bool:
        """Whether it came without a sound."""
        return bool(self.raw.get("silent"))

    def _media(self, kind: str) -> Media | None:
        facts = self.raw.get("media", {})
        if facts.get("kind") != kind:
            return None
        mime_type = self.raw["document"]["mime_type"] if kind == "document" else None
        size = facts.get("width"), facts.get("height")
        return Media(name=facts["name"], size=facts["size"], mime_type=mime_type, width=size[0], height=size[1])

    @property
    def buttons(self) -> tuple[str, ...]:
        return tuple(label for row in self.rows for label in row)

    def data(self, button: str) -> str:
        """The callback data behind a button (or its address), by a part of its label."""
        for row in self.raw["reply_markup"]["inline_keyboard"]:
            for key in row:
                if button.lower() in key["text"].lower():
                    return str(key.get("callback_data") or key.get("url"))
        raise AssertionError(f"no button {button!r} among {self.buttons}")

    def copied(self, button: str) -> str:
        """What a button with such a label copies. Raises `AssertionError`."""
        for row in self.raw["reply_markup"]["inline_keyboard"]:
            for key in row:
                if "copy_text" in key and button.lower() in key["text"].lower():
                    return str(key["copy_text"]["text"])
        raise AssertionError(f"no button copies {button!r} among {self.buttons}")

    def __str__(self) -> str:
        keys = "".join(f"\n    {list(row)}" for row in self.rows)
        return f"#{self.id} from {self.sender}: {self.text}{keys}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """How a tap was answered."""

    answered: bool
    text: str
    alert: bool


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap that was made; its answer may not have come yet."""

    chat: "Chat"
    query: str

    def toast(self, *, timeout: float = PATIENCE) -> Toast:
        """The bot's answer; `answered` is False if none came in time."""
        said = self.chat.get(f"query/{self.query}", wait=timeout)
        return Toast(answered=said["answered"], text=said["text"] or "", alert=said["show_alert"])


class Chat:
    """Everything a test can do to, and know of, the local chat. `ahead` is how far people's clocks are moved."""

    def __init__(self, url: str, *, token: str) -> None:
        self.url = url
        self.token = token
        self.ahead = 0.0
        self._http = httpx.Client(base_url=url, timeout=70, verify=False, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, /, **query: Any) -> Json:
        return _read(self._http.get(f"/control/{path}", params=query))

    def post(self, path: str, /, **body: Any) -> Json:
        return _read(self._http.post(f"/control/{path}", json=body))

    @property
    def revision(self) -> int:
        """The number of the last change anywhere."""
        return int(self.get(f"chat/{_ALICE}", after=_NEVER)["revision"])  # far cheaper than the whole world

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])

    def messages(self, chat: int, *, after: int = 0) -> list[Message]:
        """What stands in a chat now, in order; with `after`, only what changed since that revision."""
        return [_message(chat, raw) for raw in self.get(f"chat/{chat}", after=after)["messages"]]

    def content(self, message: Message) -> bytes:
        """The bytes of a message's picture or file, as the bot sent them. Raises ValueError if there are none."""
        response = self._http.get(f"/control/chat/{message.chat}/media/{message.id}")
        if response.status_code != 200:
            raise ValueError(response.json()["error"])
        return response.content

    def deleted(self, chat: int) -> list[int]:
        return [int(number) for number in self.get(f"chat/{chat}/deleted")["deleted"]]

    def wait(
        self, chat: int, wanted: Callable[[Message], bool], *, after: int, timeout: float = PATIENCE
    ) -> Message | None:
        """The first message, as changed after a revision, that is wanted; None if there is none in time."""
        ends_at = time.monotonic() + timeout
        while (left := ends_at - time.monotonic()) > 0:
            news = self.get("wait", chat=chat, after_revision=after, timeout=left)
            for raw in news["messages"]:
                message = _message(chat, raw)
                if wanted(message):
                    return message
            after = max(after, news["revision"])
        return None

    def say(self, user: int, text: str, *, chat: int | None = None, **circumstances: Any) -> Message:
        """A person writes; see `POST /control/send` for the circumstances (`forwarded=True`, `date=…`)."""
        where = user if chat is None else chat
        if self.ahead:
            circumstances.setdefault("date", int(time.time() + self.ahead))
        return _message(where, self.post("send", user=user, chat=where, text=text, **circumstances)["message"])

    def edit(self, user: int, message: Message, text: str) -> None:
        self.post("edit", user=user, chat=message.chat, message=message.id, text=text)

    def tap(self, user: int, message: Message, *, button: str = "", data: str | None = None) -> Tap:
        """A person taps a button by its label, or a forged client sends data of its own."""
        what = {"button": button} if data is None else {"data": data}
        return Tap(self, str(self.post("tap", user=user, chat=message.chat, message=message.id, **what)["query"]))

    # Chats and who is in them. Admins act; the creator, unless `by` names another. Without `user` the bot is meant.

    def pins(self, chat: int) -> list[Message]:
        """What is pinned, the newest first."""
        return [_message(chat, raw) for raw in self.get(f"chat/{chat}/pins")["pins"]]

    def pin(self, user: int, message: Message, *, pinned: bool = True) -> None:
        self.post("pin", user=user, chat=message.chat, message=message.id, pinned=pinned)

    def promote(
        self, chat: int, user: int | None = None, *, rights: Sequence[str] | None = None, by: int | None = None
    ) -> None:
        """Make somebody an admin, with all rights or with the named ones: `rights=["can_pin_messages"]`."""
        self.post("promote", chat=chat, user=user, rights=None if rights is None else list(rights), by=by)

    def demote(self, chat: int, user: int | None = None, *, by: int | None = None) -> None:
        """Make an admin a member again; out of a channel a bot falls altogether."""
        self.post("promote", chat=chat, user=user, status="member", by=by)

    def restrict(self, chat: int, user: int | None = None, *, allowed: Sequence[str] = ()) -> None:
        """Leave a member of a supergroup only these permissions: `allowed=["can_send_photos"]`."""
        self.post("restrict", chat=chat, user=user, allowed=list(allowed))

    def permit(self, chat: int, *, allowed: Sequence[str]) -> None:
        """Set what everybody may do in a group."""
        self.post("permissions", chat=chat, allowed=list(allowed))

    def kick(self, chat: int, user: int | None = None, *, by: int | None = None) -> None:
        self.post("kick", chat=chat, user=user, by=by)

    def add(self, chat: int, user: int | None = None, *, by: int | None = None) -> None:
        """Add, or add back; to a channel the bot comes as an admin."""
        self.post("add", chat=chat, user=user, by=by)

    def rename(self, chat: int, title: str, *, by: int | None = None) -> None:
        self.post("rename", chat=chat, title=title, by=by)

    def upgrade(self, chat: int, *, by: int | None = None) -> int:
        """Turn a group into a supergroup; returns its new id."""
        return int(self.post("upgrade", chat=chat, by=by)["chat"])

    def set_forum(self, chat: int, *, enabled: bool = True) -> None:
        """Topics on or off, in a supergroup."""
        self.post("forum", chat=chat, enabled=enabled)

    def topic(self, chat: int, name: str, *, by: int | None = None) -> int:
        """Create a topic; returns its id, which is the `thread` of what is written in it."""
        return int(self.post("topic", chat=chat, name=name, by=by)["topic"])

    def rename_topic(self, chat: int, topic: int, name: str) -> None:
        self.post("topic/rename", chat=chat, topic=topic, name=name)

    def close_topic(self, chat: int, topic: int, *, closed: bool = True) -> None:
        self.post("topic/close", chat=chat, topic=topic, closed=closed)

    def delete_topic(self, chat: int, topic: int) -> None:
        """With everything that was written in it; the bot is not told."""
        self.post("topic/delete", chat=chat, topic=topic)

    # The bot's calls, and trouble

    def calls(self, method: str | None = None, *, since: int = 0) -> list[Json]:
        """The bot's calls: `sequence`, `at`, `method`, `parameters`, `status`."""
        only = {"method": method} if method else {}
        calls: list[Json] = self.get("calls", since=since, **only)["calls"]
        return calls

    @property
    def last_call(self) -> int:
        return int(self.get("calls")["last"])

    def fault(self, method: str, kind: str, *, times: int = 1, seconds: float = 0, chat: int | None = None) -> None:
        """See `POST /control/faults` of the local chat."""
        self.post("faults", method=method, kind=kind, times=times, seconds=seconds, chat=chat)

    def limit(self, enabled: bool = True) -> None:
        """Telegram's sending limits, as real 429s: 1/s a chat, 20/min a group or channel, 30/s over all."""
        self.post("limits", enabled=enabled)

    def clear_faults(self) -> None:
        _read(self._http.delete("/control/faults"))


def _message(chat: int, raw: Json) -> Message:
    keyboard = raw.get("reply_markup", {}).get("inline_keyboard", [])
    return Message(
        id=raw["message_id"],
        chat=chat,
        sender=raw["by"],
        text=raw.get("text") or raw.get("caption", ""),
        revision=raw["revision"],
        rows=tuple(tuple(key["text"] for key in row) for row in keyboard),
        reply_to=raw.get("reply_to_message", {}).get("message_id"),
        raw=raw,
    )


def _read(response: httpx.Response) -> Json:
    content: Json = response.json()
    if response.status_code != 200:
        raise ValueError(f"{response.request.url.path}: {content.get('error', content)}")
    return content
