"""Everything that goes out to Telegram, past one desk that counts, paces and knows the platform's moods."""

import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.notices import Loss
from chatbot.domain.places import Place
from chatbot.ports.clock import Clock
from chatbot.ports.messages import Losses
from chatbot.ports.people import Chats
from handlers.api import BotApi
from handlers.context import Room
from handlers.pacing import Pacing
from handlers.show import drawn, keyboard, listed, redrawing, sending
from handlers.transport import Flooded, Unreachable
from handlers.views.inline import Listing
from handlers.views.screen import Picture, Rows, Screen, Shown

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

_ATTEMPTS = 3
_FIRST_PAUSE = 0.5  # seconds before a repeat; doubled each time
_PATIENCE = 60.0  # seconds a reply waits for a chat that Telegram closed
_PATIENCE_IN_GROUPS = 2.0  # there it may be anybody's doing, and whoever asks waits for it in each other chat of theirs
_LONGEST_ANSWER = 200  # characters: https://core.telegram.org/bots/api#answercallbackquery
_VANISHED = ("message to edit not found", "message can't be edited", "message_id_invalid")
_TOO_OLD = "query is too old"
_NOT_A_TEXT = "there is no text in the message to edit"  # but a picture or a file
_NO_PICTURES = ("not enough rights to send photos", "chat_send_photos_forbidden")
_LOST = {
    Loss.TOPIC_DELETED: ("message thread not found", "topic_deleted"),
    Loss.TOPIC_CLOSED: ("topic_closed",),
    Loss.SILENCED: (
        "not enough rights to send text",
        "have no rights to send a message",
        "need administrator rights in the channel chat",
        "chat_write_forbidden",
        "chat_send_plain_forbidden",
        "chat_restricted",
        "chat_admin_required",
    ),
    Loss.GONE: ("chat not found", "group chat was deactivated"),
}
"""What Telegram says of places that cannot be written to; without status 403, which always means that."""


class NotDelivered(Exception):
    """A message did not go out. With `ambiguous`, it may have: the answer never came, and it is not sent again."""

    def __init__(self, reason: str, *, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.ambiguous = ambiguous


class ChatClosed(NotDelivered):
    """The chat blocked, removed or silenced the bot, or is gone, or its topic is. Unasked messages wait from now on."""


class NotYet(NotDelivered):
    """Telegram asked for a pause in this chat, or others go first. Nothing was sent."""


class Sender:
    """Sends, edits, deletes and answers taps.

    Sending is not idempotent: after an ambiguous failure it is not repeated. Edits, deletions and answers are.
    """

    def __init__(self, *, api: BotApi, chats: Chats, losses: Losses, clock: Clock) -> None:
        self._api = api
        self._chats = chats
        self._losses = losses
        self._clock = clock
        self._pacing = Pacing(clock)
        self._written_to: set[Place] = set()

    async def send(self, room: Room, shown: Shown, *, reply_to: MessageId | None = None) -> MessageId:
        """Send a reply at once; a quoted message that is gone does no harm. Raises `NotDelivered`."""
        place = Place(chat=room.id, thread=room.thread)
        return await self._send(place, shown, {"reply_parameters": _quoting(reply_to)}, patience=_patience(room.id))

    async def push(
        self,
        place: Place,
        shown: Shown,
        *,
        reply_to: MessageId | None = None,
        silent: bool = False,
        at_once: bool = False,
        gives_way: bool = False,
    ) -> MessageId:
        """Send something unasked: when it is its turn, or `at_once`, as replies go; without a sound if `silent`.

        Raises `NotDelivered`; `NotYet` after a 429 and, if it `gives_way`, while it is not its turn.
        """
        if gives_way:
            self._give_way(place.chat)
        elif not at_once:
            await self._turn(place.chat)
        circumstances = {"reply_parameters": _quoting(reply_to), "disable_notification": silent or None}
        return await self._send(place, shown, circumstances, patience=0)

    async def edit(self, chat: ChatId, message: MessageId, screen: Screen) -> bool:
        """Redraw a message of ours at once; False if that cannot be. Raises `NotDelivered`.

        It cannot if the message is not there any more, or is a picture or a file.
        """
        return await self._edit_text(chat, message, screen, patience=_patience(chat))

    async def redraw(self, chat: ChatId, message: MessageId, picture: Picture) -> bool:
        """Put another picture, caption and buttons in the place of a picture of ours; as `edit` otherwise."""
        drawing = redrawing(picture)

        async def call(to: ChatId) -> bool:
            given = {"chat_id": to, "message_id": message, **drawing.fields}
            await self._api.call(drawing.method, upload=drawing.upload, **given)
            return True

        return await self._edit(chat, call, patience=_patience(chat))

    async def change_keys(self, chat: ChatId, message: MessageId, rows: Rows) -> bool:
        """Replace the buttons of a message of ours, whatever it shows; as `edit` otherwise."""

        async def call(to: ChatId) -> bool:
            await self._api.call("editMessageReplyMarkup", chat_id=to, message_id=message, **keyboard(rows))
            return True

        return await self._edit(chat, call, patience=_patience(chat))

    async def repaint(self, chat: ChatId, message: MessageId, screen: Screen, *, yielding: bool = False) -> bool:
        """Redraw a message of ours unasked, when it is its turn; otherwise as `edit`. Raises `NotYet` after a 429.

        A `yielding` one does not wait, so that it takes nobody's turn: raises `NotYet` where it would have to.
        """
        if yielding:
            self._give_way(chat)
        else:
            await self._turn(chat)
        return await self._edit_text(chat, message, screen, patience=0)

    async def pin(self, chat: ChatId, message: MessageId) -> bool:
        """Pin a message of ours without a sound; False where the bot may not, or it is gone."""
        return await self._hang("pinChatMessage", chat, message, disable_notification=True)

    async def unpin(self, chat: ChatId, message: MessageId) -> bool:
        return await self._hang("unpinChatMessage", chat, message)

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
        """End the waiting of a tapped button."""
        words = None if text is None else text[:_LONGEST_ANSWER]
        await self._settle("answerCallbackQuery", callback_query_id=tap, text=words, show_alert=alert)

    async def offer(self, query: str, listing: Listing) -> None:
        """Answer what somebody types in another chat."""
        await self._settle("answerInlineQuery", inline_query_id=query, **listed(listing))

    async def _settle(self, method: str, **fields: Any) -> None:
        """Answer somebody who waits for it now. One that comes too late is no fault: nobody waits any more."""
        for _ in range(_ATTEMPTS):
            try:
                await self._api.call(method, **fields)
            except NetworkError as fault:
                if not isinstance(fault, BadRequest):
                    continue
                is_late = _TOO_OLD in fault.message.lower()
                (log.debug if is_late else log.warning)("not answered", method=method, reason=fault.message)
            except TelegramError as fault:
                log.warning("not answered", method=method, reason=fault.message)
            return

    async def typing(self, room: Room) -> None:
        """Show for some seconds that something is being prepared; a mere courtesy, so failing is silent."""
        with contextlib.suppress(TelegramError):
            await self._api.call("sendChatAction", chat_id=room.id, message_thread_id=room.thread, action="typing")

    def room(self) -> int:
        """How many unasked messages may go out now, to all chats together."""
        return self._pacing.room()

    def until_room(self) -> float:
        """Seconds until an unasked message may go out at all."""
        return self._pacing.until_room()

    def resting(self) -> Collection[ChatId]:
        """Chats to which nothing unasked may go yet."""
        return self._pacing.resting()

    def closed(self) -> Collection[ChatId]:
        """Chats that Telegram closed for a while: not even an alarm may go there."""
        return self._pacing.closed_ones()

    async def _send(
        self, place: Place, shown: Shown, circumstances: Mapping[str, Any], *, patience: float
    ) -> MessageId:
        message = sending(shown)
        fields = {**message.fields, **circumstances, "message_thread_id": place.thread}
        moved = place

        async def call(to: ChatId) -> MessageId:
            nonlocal moved
            moved = replace(place, chat=to)
            return MessageId(await self._api.send(message.method, upload=message.upload, chat_id=to, **fields))

        try:
            number = await self._deliver(place.chat, call, repeatable=False, patience=patience)
        except BadRequest as refusal:
            words = _in_words(shown) if _says(refusal, *_NO_PICTURES) else None
            if words is None:
                await self._lose(moved, refusal)
                raise
            number = await self._send(moved, words, circumstances, patience=patience)
        await self._find(moved)
        return number

    async def _find(self, place: Place) -> None:
        """A group may let the bot write again, there or in a closed topic, without saying so: what waits goes on once a
        reply arrives there.
        """
        if not place.is_private and place not in self._written_to:
            self._written_to.add(place)
            await self._chats.resume(place.chat)
            await self._losses.regain(place, now=self._clock.now())

    async def _edit_text(self, chat: ChatId, message: MessageId, screen: Screen, *, patience: float) -> bool:
        async def call(to: ChatId) -> bool:
            await self._api.call("editMessageText", chat_id=to, message_id=message, **drawn(screen))
            return True

        return await self._edit(chat, call, patience=patience)

    async def _edit(self, chat: ChatId, call: Callable[[ChatId], Awaitable[bool]], *, patience: float) -> bool:
        try:
            return await self._deliver(chat, call, repeatable=True, patience=patience)
        except BadRequest as refusal:
            if _says(refusal, "message is not modified"):
                return True
            if _says(refusal, *_VANISHED, _NOT_A_TEXT):
                return False
            raise

    async def _hang(self, method: str, chat: ChatId, message: MessageId, **how: Any) -> bool:
        async def call(to: ChatId) -> bool:
            await self._api.call(method, chat_id=to, message_id=message, **how)
            return True

        try:
            return await self._deliver(chat, call, repeatable=True, counted=False)
        except (BadRequest, NotDelivered) as fault:
            log.info("not pinned", method=method, chat=chat, reason=str(fault))
            return False

    async def _turn(self, chat: ChatId) -> None:
        """Wait until something unasked may go to this chat. Raises `NotYet` if Telegram closed it for a while."""
        while (seconds := self._pacing.wait(chat)) > 0:
            if self._pacing.closed(chat) > 0:
                raise NotYet("Telegram closed this chat for a while")
            await self._clock.sleep(seconds)

    def _give_way(self, chat: ChatId) -> None:
        if self._pacing.wait(chat) > 0:
            raise NotYet("others go first")

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
                await self._closed(Place(chat=chat), Loss.REMOVED, refusal)
            except BadRequest as refusal:
                if _says(refusal, *_LOST[Loss.GONE]):
                    await self._closed(Place(chat=chat), Loss.GONE, refusal)
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

    async def _lose(self, place: Place, refusal: BadRequest) -> None:
        """Raises `ChatClosed` if the refusal means that nothing can be sent to this place any more."""
        for why, words in _LOST.items():
            if _says(refusal, *words):
                await self._closed(place, why, refusal)

    async def _closed(self, place: Place, why: Loss, refusal: TelegramError) -> NoReturn:
        log.info("place lost", chat=place.chat, thread=place.thread, why=why, reason=refusal.message)
        self._written_to = {each for each in self._written_to if each.chat != place.chat}
        await self._losses.lose(place, why, now=self._clock.now())
        raise ChatClosed(refusal.message) from None


def _in_words(shown: Shown) -> Screen | None:
    """A picture's caption alone, for chats that take no pictures."""
    if isinstance(shown, Picture) and shown.caption is not None:
        return Screen(shown.caption, shown.rows, protected=shown.protected)
    return None


def _patience(chat: ChatId) -> float:
    return _PATIENCE if chat > 0 else _PATIENCE_IN_GROUPS


def _quoting(message: MessageId | None) -> dict[str, Any] | None:
    return None if message is None else {"message_id": message, "allow_sending_without_reply": True}


def _says(refusal: TelegramError, *words: str) -> bool:
    return any(each in refusal.message.lower() for each in words)
