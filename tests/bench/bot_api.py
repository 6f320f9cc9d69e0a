"""As much of the Bot API as a bot needs to run, for one bot, with a stopwatch at each end.

An update's time is when the `getUpdates` answer that holds it was written.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from time import perf_counter, time
from urllib.parse import parse_qsl

import orjson

from tests.bench.serving import Request, Respond

_ME = b'{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"}'
_BATCH = 100  # updates in one answer, at most: https://core.telegram.org/bots/api#getupdates
_CHAT_OF_FORM = re.compile(rb'name="chat_id"(?:\r\n[^\r\n]+)*\r\n\r\n(-?\d+)')
_UNANSWERED = 300
"""While so many questions of a flood wait for an answer, no more are handed out: a program that fetches without end
would else spend its time on fetching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message the bot sent; `at` is when the first byte of its request arrived."""

    message_id: int
    fields: dict[str, str]
    at: float

    def button(self, label: str) -> str:
        """The data of the button with this label."""
        rows = orjson.loads(self.fields["reply_markup"])["inline_keyboard"]
        return str(next(key["callback_data"] for row in rows for key in row if key["text"] == label))


class BotApi:
    def __init__(self) -> None:
        self._numbers = count(1)
        self._message_ids = count(1_000)
        self._updates: deque[tuple[int, bytes]] = deque()
        self._handed: dict[int, float] = {}
        self._poll: Respond | None = None
        self._replies: dict[int, asyncio.Future[Sent]] = {}
        self._answers: dict[str, asyncio.Future[float]] = {}
        self._flood: Iterator[bytes] | None = None
        self._unanswered = 0
        self._all_answered = asyncio.Event()
        self.sent = 0
        self.polled = asyncio.Event()
        """Set once the bot has asked for updates."""
        self._methods: dict[str, Callable[[Request, Respond], None]] = {
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "answerCallbackQuery": self._answer_callback_query,
            "editMessageText": self._edit_message_text,
            "getMe": lambda _, respond: respond(b'{"ok":true,"result":%b}' % _ME),
        }

    def handle(self, request: Request, respond: Respond) -> None:
        method = self._methods.get(request.path.rpartition("/")[2])
        if method is not None:
            method(request, respond)
        else:
            respond(b'{"ok":true,"result":true}')

    async def ask(self, person: int, text: str) -> tuple[float, Sent]:
        """Say something in a private chat; returns when it was handed out, and the first message that came back."""
        reply = self._replies[person] = asyncio.get_running_loop().create_future()
        number = self._offer(_message(person, text))
        sent = await reply
        return self._handed.pop(number), sent

    async def tap(self, person: int, message_id: int, data: str) -> tuple[float, float]:
        """Tap a button; returns when that was handed out, and when it was answered."""
        tap = f"tap-{next(self._message_ids)}"
        answer = self._answers[tap] = asyncio.get_running_loop().create_future()
        number = self._offer(_callback(person, message_id, tap, data))
        answered = await answer
        return self._handed.pop(number), answered

    def flood(self, updates: Iterator[bytes]) -> None:
        """From now on there is always more to fetch."""
        self._flood, self._unanswered = updates, 0
        self._all_answered.clear()
        self._hand_out()

    async def end_flood(self) -> None:
        """Hand out no more, and wait for the answers to what was."""
        self._flood = None
        await self._all_answered.wait()

    def _offer(self, body: bytes) -> int:
        number = next(self._numbers)
        self._updates.append((number, b'{"update_id":%d,%b}' % (number, body)))
        asyncio.get_running_loop().call_soon(self._hand_out)  # what is offered together is handed out together
        return number

    def _get_updates(self, request: Request, respond: Respond) -> None:
        self.polled.set()
        fields = dict(parse_qsl(request.body.decode()))
        offset = int(fields.get("offset", 0))
        while self._updates and self._updates[0][0] < offset:
            self._updates.popleft()
        self._poll = respond
        asyncio.get_running_loop().call_later(int(fields.get("timeout", 0)), self._end_poll, respond)
        self._hand_out()

    def _hand_out(self) -> None:
        if self._poll is None:
            return
        if self._flood is not None and not self._updates:
            self._refill(self._flood)
        if not self._updates:
            return
        batch = [self._updates[place] for place in range(min(_BATCH, len(self._updates)))]
        respond, self._poll = self._poll, None
        now = perf_counter()
        respond(b'{"ok":true,"result":[%b]}' % b",".join(body for _, body in batch))
        for number, _ in batch:
            self._handed.setdefault(number, now)

    def _refill(self, flood: Iterator[bytes]) -> None:
        wanted = min(_BATCH, _UNANSWERED - self._unanswered)
        for _ in range(wanted):
            number = next(self._numbers)
            self._updates.append((number, b'{"update_id":%d,%b}' % (number, next(flood))))
        self._unanswered += max(0, wanted)

    def _end_poll(self, respond: Respond) -> None:
        if self._poll is respond:
            self._poll = None
            respond(b'{"ok":true,"result":[]}')

    def _send_message(self, request: Request, respond: Respond) -> None:
        fields = dict(parse_qsl(request.body.decode()))
        self._sent(fields, request, respond)

    def _send_photo(self, request: Request, respond: Respond) -> None:
        named = _CHAT_OF_FORM.search(request.body)
        assert named is not None
        self._sent({"chat_id": named[1].decode(), "text": "a picture"}, request, respond)

    def _sent(self, fields: dict[str, str], request: Request, respond: Respond) -> None:
        message_id = next(self._message_ids)
        respond(_shown(message_id, fields))
        self.sent += 1
        if self._unanswered > 0:
            self._unanswered -= 1
            self._hand_out()
        if self._unanswered == 0:
            self._all_answered.set()
        reply = self._replies.pop(int(fields["chat_id"]), None)
        if reply is not None:
            reply.set_result(Sent(message_id=message_id, fields=fields, at=request.began))

    def _edit_message_text(self, request: Request, respond: Respond) -> None:
        fields = dict(parse_qsl(request.body.decode()))
        respond(_shown(int(fields["message_id"]), fields))

    def _answer_callback_query(self, request: Request, respond: Respond) -> None:
        respond(b'{"ok":true,"result":true}')
        answer = self._answers.pop(dict(parse_qsl(request.body.decode()))["callback_query_id"], None)
        if answer is not None:
            answer.set_result(request.began)


def questions(text: str, *, people: int) -> Iterator[bytes]:
    """The same question without end, each time from the next of so many people."""
    for number in count():
        yield _message(1_000 + number % people, text)


def _message(person: int, text: str) -> bytes:
    command = len(text.split(" ", 1)[0])
    entity = b'{"offset":0,"length":%d,"type":"bot_command"}' % command
    return b'"message":{"message_id":7,"from":%b,"chat":%b,"date":%d,"text":%b,"entities":[%b]}' % (
        _user(person),
        _chat(person),
        int(time()),
        orjson.dumps(text),
        entity,
    )


def _callback(person: int, message_id: int, tap: str, data: str) -> bytes:
    card = b'{"message_id":%d,"from":%b,"chat":%b,"date":%d,"text":"A card","reply_markup":%b}' % (
        message_id,
        _ME,
        _chat(person),
        int(time()),
        b'{"inline_keyboard":[[{"text":"Confirm","callback_data":"%b"}]]}' % data.encode(),
    )
    return b'"callback_query":{"id":"%b","from":%b,"message":%b,"chat_instance":"1","data":"%b"}' % (
        tap.encode(),
        _user(person),
        card,
        data.encode(),
    )


def _user(person: int) -> bytes:
    return b'{"id":%d,"is_bot":false,"first_name":"Person","language_code":"en"}' % person


def _chat(person: int) -> bytes:
    return b'{"id":%d,"first_name":"Person","type":"private"}' % person


def _shown(message_id: int, fields: dict[str, str]) -> bytes:
    """The message as Telegram gives it back."""
    keyboard = fields.get("reply_markup")
    return b'{"ok":true,"result":{"message_id":%d,"from":%b,"chat":%b,"date":%d,"text":%b%b}}' % (
        message_id,
        _ME,
        _chat(int(fields["chat_id"])),
        int(time()),
        orjson.dumps(fields["text"]),
        b',"reply_markup":%b' % keyboard.encode() if keyboard else b"",
    )
