"""Everything that goes out to Telegram, past one desk that counts, paces and knows the platform's moods."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn, TypeVar

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from chatbot.domain.ids import ChatId, MessageId
from chatbot.ports.clock import Clock
from chatbot.ports.people import Chats
from handlers.api import BotApi
from handlers.context import Room
from handlers.pacing import Pacing
from handlers.show import drawn, sending
from handlers.transport import Flooded, Unreachable
from handlers.views.screen import Screen, Shown

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

_ATTEMPTS = 3
_FIRST_PAUSE = 0.5  # seconds before a repeat; doubled each time
_PATIENCE = 60.0  # seconds a reply waits for a chat that Telegram closed
_LONGEST_ANSWER = 200  # characters: https://core.telegram.org/bots/api#answercallbackquery
_VANISHED = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NOT_A_TEXT = "there is no text in the message to edit"  # but a picture or a file


class NotDelivered(Exception):
    """A message did not go out. With `ambiguous`, it may have: the answer never came, and it is not sent again."""

    def __init__(self, reason: str, *, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


class ChatClosed(NotDelivered):
    """The chat blocked or removed the bot, or is gone. Unasked messages to it wait from now on."""


class NotYet(NotDelivered):
    """Telegram asked for a pause in this chat. Nothing was sent; `Sender.wait` says how long."""


class Sender:
    """Sends, edits, deletes and answers taps.

    Sending is not idempotent: after an ambiguous failure it is not repeated. Edits, deletions and answers are.
    """

    def __init__(self, *, api: BotApi, chats: Chats, clock: Clock) -> None:
        self._api = api
        self._chats = chats
        self._clock = clock
        self._pacing = Pacing(clock)

    async def send(self, room: Room, shown: Shown, *, reply_to: MessageId | None = None) -> MessageId:
        """Send a reply at once; a quoted message that is gone does no harm. Raises `NotDelivered`."""
        circumstances = {"message_thread_id": room.thread, "reply_parameters": _quoting(reply_to)}
        return await self._send(room.id, shown, circumstances, patience=_PATIENCE)

    async def push(
        self,
        chat: ChatId,
        shown: Shown,
        *,
        reply_to: MessageId | None = None,
        silent: bool = False,
        at_once: bool = False,
    ) -> MessageId:
        """Send something unasked: when it is its turn, or `at_once`, as replies go; without a sound if `silent`.

        Raises `NotDelivered`; `NotYet` after a 429.
        """
        if not at_once:
            await self._turn(chat)
        circumstances = {"reply_parameters": _quoting(reply_to), "disable_notification": silent or None}
        return await self._send(chat, shown, circumstances, patience=0)

    async def edit(self, chat: ChatId, message: MessageId, screen: Screen) -> bool:
        """Redraw a message of ours at once; False if that cannot be. Raises `NotDelivered`.

        It cannot if the message is not there any more, or is a picture or a file.
        """

        async def call(to: ChatId) -> bool:
            await self._api.call("editMessageText", chat_id=to, message_id=message, **drawn(screen))
            return True

        try:
            return await self._deliver(chat, call, repeatable=True)
        except BadRequest as refusal:
            if _says(refusal, "message is not modified"):
                return True
            if _says(refusal, *_VANISHED, _NOT_A_TEXT):
                return False
            raise

    async def repaint(self, chat: ChatId, message: MessageId, screen: Screen) -> bool:
        """Redraw a message of ours unasked, when it is its turn; otherwise as `edit`."""
        await self._turn(chat)
        return await self.edit(chat, message, screen)

    async def delete(self, chat: ChatId, message: MessageId) -> bool:
        """Whether the message is gone now."""

        async def call(to: ChatId) -> bool:
            await self._api.call("deleteMessage", chat_id=to, message_id=message)
            return True

        try:
            return await self._deliver(chat, call, repeatable=True, counted=False)
        except BadRequest as refusal:
            return _says(refusal, "message to delete not found")
        except NotDelivered:
            return False

    async def answer(self, tap: str, text: str | None, *, alert: bool = False) -> None:
        """End the waiting of a tapped button. A tap too old for that is no fault."""
        words = None if text is None else text[:_LONGEST_ANSWER]
        for _ in range(_ATTEMPTS):
            try:
                await self._api.call("answerCallbackQuery", callback_query_id=tap, text=words, show_alert=alert)
            except NetworkError as fault:
                if not isinstance(fault, BadRequest):
                    continue
                log.debug("tap not answered", reason=fault.message)
            except TelegramError as fault:
                log.warning("tap not answered", reason=fault.message)
            return

    async def typing(self, room: Room) -> None:
        """Show for some seconds that something is being prepared; a mere courtesy, so failing is silent."""
        with contextlib.suppress(TelegramError):
            await self._api.call("sendChatAction", chat_id=room.id, message_thread_id=room.thread, action="typing")

    def wait(self, chat: ChatId) -> float:
        """Seconds until something unasked may go to this chat."""
        return self._pacing.wait(chat)

    async def _send(
        self, chat: ChatId, shown: Shown, circumstances: Mapping[str, Any], *, patience: float
    ) -> MessageId:
        message = sending(shown)
        fields = {**message.fields, **circumstances}

        async def call(to: ChatId) -> MessageId:
            return MessageId(await self._api.send(message.method, upload=message.upload, chat_id=to, **fields))

        return await self._deliver(chat, call, repeatable=False, patience=patience)

    async def _turn(self, chat: ChatId) -> None:
        while (seconds := self._pacing.wait(chat)) > 0:
            await self._clock.sleep(seconds)

    async def _deliver(
        self,
        chat: ChatId,
        call: Callable[[ChatId], Awaitable[_T]],
        *,
        repeatable: bool,
        patience: float = _PATIENCE,
        counted: bool = True,
    ) -> _T:
        """Make the call, and again while that can do nothing twice. `BadRequest` rises: its words mean something.

        A chat that Telegram closed for a while is waited for, but no longer than `patience` seconds.
        """
        for attempt in range(_ATTEMPTS):
            await self._wait_while_closed(chat, patience)
            if counted:
                self._pacing.count(chat)
            try:
                return await call(chat)
            except Flooded as flood:
                self._pacing.close(chat, seconds=flood.retry_after)
            except ChatMigrated as moved:
                new = ChatId(moved.new_chat_id)
                await self._chats.move(chat, new)
                chat = new
            except Forbidden as refusal:
                await self._closed(chat, refusal)
            except BadRequest as refusal:
                if _says(refusal, "chat not found"):
                    await self._closed(chat, refusal)
                raise
            except NetworkError as fault:
                if not (repeatable or isinstance(fault, Unreachable)):
                    raise NotDelivered(fault.message, ambiguous=True) from None
                await self._clock.sleep(_FIRST_PAUSE * 2**attempt)
            except TelegramError as fault:
                raise NotDelivered(fault.message) from None
        raise NotDelivered("gave up")

    async def _wait_while_closed(self, chat: ChatId, patience: float) -> None:
        seconds = self._pacing.closed(chat)
        if seconds > patience:
            raise NotYet("Telegram closed this chat for a while")
        if seconds > 0:
            await self._clock.sleep(seconds)

    async def _closed(self, chat: ChatId, refusal: TelegramError) -> NoReturn:
        log.info("chat closed", chat=chat, reason=refusal.message)
        await self._chats.pause(chat, now=self._clock.now())
        raise ChatClosed(refusal.message) from None


def _quoting(message: MessageId | None) -> dict[str, Any] | None:
    return None if message is None else {"message_id": message, "allow_sending_without_reply": True}


def _says(refusal: TelegramError, *words: str) -> bool:
    return any(each in refusal.message.lower() for each in words)
