"""Every feature's routes over real services and storage, with a chat that a test reads: no sockets, no waiting."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import msgspec
from telegram.error import BadRequest, NetworkError

from chatbot.domain.errors import ChatbotError
from chatbot.domain.people import Access
from chatbot.services.desk import Services
from chatbot.services.forgetting import Forgetting
from chatbot.workers.supervisor import Supervisor
from handlers.admins import Admins
from handlers.api import BotApi
from handlers.attending import Attendant, Voice
from handlers.buttons import pack
from handlers.context import BotName
from handlers.features import ROUTES
from handlers.guards import Door
from handlers.router import Router
from handlers.routing import Routes
from handlers.sender import Sender
from handlers.views.errors import describe
from handlers.views.html import Html, text
from handlers.views.screen import Screen
from handlers.visits import Visits
from handlers.wire import read_update
from tests.services.house import ANNA, House


@dataclass
class Shown:
    """One of the bot's messages as it stands."""

    id: int
    method: str
    fields: dict[str, Any]

    @property
    def text(self) -> str:
        return Html(self.fields.get("text") or self.fields.get("caption", "")).plain

    @property
    def keys(self) -> list[dict[str, Any]]:
        return [key for row in self.fields.get("reply_markup", {}).get("inline_keyboard", ()) for key in row]

    def data(self, label: str) -> str:
        return next(str(key["callback_data"]) for key in self.keys if label in key["text"])


class Chat:
    """A private chat, in place of Telegram. With `keeps`, nothing in it can be deleted. `admins` of which chats are
    whom is said when it is asked.
    """

    def __init__(self) -> None:
        self.messages: dict[int, Shown] = {}
        self.deleted: list[int] = []
        self.alerts: list[str] = []
        self.pinned: list[int] = []
        self.offered: list[dict[str, Any]] = []
        self.keeps = False
        self.admins: set[tuple[int, int]] = set()
        self._numbers: Iterator[int] = iter(range(10_000, 99_999))

    async def call(self, method: str, **fields: Any) -> bytes:
        if method == "deleteMessage":
            if self.keeps:
                raise BadRequest("Bad Request: message can't be deleted for everyone")
            self.deleted.append(fields["message_id"])
            self.messages.pop(fields["message_id"], None)
        elif method == "editMessageText":
            shown = self.messages.get(fields["message_id"])
            if shown is None or shown.method != "sendMessage":
                raise BadRequest("Bad Request: message to edit not found")
            shown.fields = fields
        elif method == "editMessageReplyMarkup":
            if fields["message_id"] not in self.messages:
                raise BadRequest("Bad Request: message to edit not found")
            self.messages[fields["message_id"]].fields["reply_markup"] = fields.get("reply_markup", {})
        elif method == "answerCallbackQuery":
            self.alerts += [fields["text"]] if fields.get("show_alert") else []
        elif method == "getChat":
            return msgspec.json.encode({"id": fields["chat_id"], "type": "supergroup", "title": "Traders"})
        elif method == "getChatMember":
            in_charge = (fields["chat_id"], fields["user_id"]) in self.admins
            return msgspec.json.encode({"status": "administrator" if in_charge else "member"})
        elif method == "answerInlineQuery":
            self.offered.append(fields)
        elif method in ("pinChatMessage", "unpinChatMessage"):
            change = self.pinned.append if method == "pinChatMessage" else self.pinned.remove
            change(fields["message_id"])
        elif method != "sendChatAction":
            raise NetworkError(f"nobody expected {method}")
        return b"true"

    async def send(self, method: str, **fields: Any) -> int:
        number = next(self._numbers)
        self.messages[number] = Shown(number, method, fields)
        return number


class Conversation:
    """Anna, who owns the bot (or, with `owner=False`, was let in by everybody's access), in her private chat."""

    def __init__(self, house: House, *, owner: bool = True, access: Access = Access.OPEN) -> None:
        self.house, self.chat = house, Chat()
        self._updates = iter(range(1, 99_999))
        spawner = Supervisor(house.clock)
        self.sender = Sender(
            api=cast(BotApi, self.chat), chats=house.storage.chats, losses=house.storage.losses, clock=house.clock
        )
        voice = Voice(describe=_describe, not_linked=lambda: Screen(text("link first")), waiting=_waiting)
        admins = Admins(api=cast(BotApi, self.chat), bot=2, clock=house.clock)
        door = Door(
            people=house.storage.people,
            chats=house.storage.chats,
            access=access,
            owners=frozenset({ANNA} if owner else ()),
            is_linked=self._is_linked,
            is_admin=admins.is_admin,
            turned_away=house.people().turned_away,
            clock=house.clock,
        )
        chats, presence = house.storage.chats, house.storage.presence
        self.router = Router(
            Routes(ROUTES),
            door=door,
            admins=admins,
            visits=Visits(door=door, admins=admins, chats=chats, known=chats, presence=presence, clock=house.clock),
            attendant=Attendant(sender=self.sender, voice=voice, spawner=spawner, entropy=house.entropy),
            voice=voice,
            sender=self.sender,
            dialogues=house.storage.dialogues,
            services=_services(house, owner=owner),
            bot=BotName(id=2, username="a_bot"),
            clock=house.clock,
            spawner=spawner,
        )

    async def say(self, words: str, *, age: int = 0) -> int:
        """Anna writes; returns her message's number when it is handled. `age` in seconds."""
        number = next(self._updates)
        said_at = int(self.house.clock.now().timestamp()) - age
        message = _message(number, date=said_at) | {"from": _ANNA, "text": words}
        await self.router.handle(read_update(msgspec.json.encode({"update_id": number, "message": message})))
        return number

    async def rewrite(self, words: str) -> int:
        """Anna changes a message that she wrote long ago into this; returns its number."""
        number = next(self._updates)
        message = _message(number, date=1) | {"from": _ANNA, "text": words, "edit_date": 2}
        await self.router.handle(read_update(msgspec.json.encode({"update_id": number, "edited_message": message})))
        return number

    async def type_inline(self, words: str, *, is_bot: bool = False) -> list[dict[str, Any]]:
        """Anna types this behind the bot's name in some other chat; returns all that was offered to her so far."""
        number = next(self._updates)
        query = {"id": f"q{number}", "from": _ANNA | {"is_bot": is_bot}, "query": words, "offset": ""}
        await self.router.handle(read_update(msgspec.json.encode({"update_id": number, "inline_query": query})))
        return self.chat.offered

    async def tap(self, label: str) -> None:
        """Anna taps a button, on the latest message that has it."""
        message = next(each for each in reversed(self.shown) if any(label in key["text"] for key in each.keys))
        await self._tap(message.id, message.data(label))

    async def tap_forged(self, action: object) -> None:
        """Anna taps any button there is, on a message of long ago."""
        await self._tap(_GONE, pack(action))

    async def _tap(self, message: int, data: str) -> None:
        """A tap on a button of this message."""
        number = next(self._updates)
        card = _message(message, date=1) | {"reply_markup": keyboard(data)}
        query = {"id": str(number), "from": _ANNA, "message": card, "data": data}
        await self.router.handle(read_update(msgspec.json.encode({"update_id": number, "callback_query": query})))

    @property
    def shown(self) -> list[Shown]:
        """What the bot's side of the chat shows now."""
        return list(self.chat.messages.values())

    @property
    def last(self) -> Shown:
        return self.shown[-1]

    async def _is_linked(self, person: object) -> bool:
        return await self.house.storage.accounts.active(ANNA) is not None


_GONE = 9_999
_ANNA = {"id": ANNA, "is_bot": False, "first_name": "Anna"}


def keyboard(data: str) -> dict[str, Any]:
    """Below a message that has one button."""
    return {"inline_keyboard": [[{"text": "a button", "callback_data": data}]]}


def _message(number: int, *, date: int) -> dict[str, Any]:
    return {"message_id": number, "date": date, "chat": {"id": ANNA, "type": "private"}}


def _services(house: House, *, owner: bool) -> Services:
    """The house's, for a bot whose only named owner is Anna, if she is."""
    storage, people = house.storage, house.people(*([ANNA] if owner else ()))
    forgetting = Forgetting(
        store=storage.forgetting,
        accounts=storage.accounts,
        tickets=storage.tickets,
        exports=storage.exports,
        files=storage.export_files,
        people=people,
    )
    return replace(house.services, people=people, forgetting=forgetting)


def _describe(error: ChatbotError) -> Screen:
    screen = describe(error)
    assert screen is not None
    return screen


async def _waiting(_: object) -> None:
    return None
