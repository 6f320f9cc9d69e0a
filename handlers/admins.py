"""Who may do what in a chat, as Telegram says: asked when it matters, and remembered for a moment.

https://core.telegram.org/bots/api#getchatmember. What cannot be asked is never taken for a yes.
"""

from typing import Any, TypeVar

import msgspec
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from chatbot.domain.chats import KnownChat, Rights
from chatbot.domain.errors import RightsUnknown
from chatbot.domain.ids import ChatId, PersonId
from chatbot.ports.clock import Clock
from handlers.api import BotApi
from handlers.wire import Chat, Membership, described

_YES, _NO = 60.0, 10.0  # seconds an answer holds; who was just made an admin should not have to wait
_REMEMBERED = 10_000  # answers; above that, those that hold no longer are forgotten
_NO_MEMBER = ("user not found", "invalid user_id", "participant_id_invalid", "user_id_invalid")
_NO_CHAT = ("chat not found", "username_not_occupied", "username_invalid", "not a member")

_T = TypeVar("_T")


class _Permissions(msgspec.Struct, frozen=True):
    can_send_messages: bool = True
    can_pin_messages: bool = False


class _FullChat(Chat, frozen=True):
    permissions: _Permissions = _Permissions()


class Admins:
    """`bot` is the bot's own id."""

    def __init__(self, *, api: BotApi, bot: int, clock: Clock) -> None:
        self._api = api
        self._bot = bot
        self._clock = clock
        self._answers: dict[tuple[ChatId, PersonId], tuple[bool, float]] = {}
        self._news = 0

    async def is_admin(self, person: PersonId, chat: ChatId) -> bool:
        """Whether somebody is the creator or an administrator of a chat. Raises `RightsUnknown`."""
        now = self._clock.monotonic()
        answer, until = self._answers.get((chat, person), (False, now))
        if now < until:
            return answer
        news = self._news
        member = await self._member(chat, person)
        answer = member is not None and member.is_in_charge
        if news == self._news:  # else it may have changed while Telegram answered
            self._remember((chat, person), answer)
        return answer

    def forget(self, chat: ChatId) -> None:
        """Something changed there: ask again."""
        self._news += 1
        self._answers = {key: held for key, held in self._answers.items() if key[0] != chat}

    async def look_up(self, chat: ChatId | str) -> KnownChat | None:
        """A chat by its number or as `@username`; None if there is none the bot can see. Raises `RightsUnknown`."""
        full = await self._full(chat)
        return None if full is None else described(full)

    async def rights(self, chat: ChatId) -> Rights:
        """What the bot may do in a chat now. Raises `RightsUnknown`."""
        full, me = await self._full(chat), await self._member(chat, PersonId(self._bot))
        if full is None or me is None or not me.is_in:
            return Rights(is_in=False, may_write=False, may_pin=False)
        if full.type == "channel":  # https://core.telegram.org/bots/api#pinchatmessage
            return Rights(is_in=True, may_write=me.may_write(full), may_pin=bool(me.can_edit_messages))
        may_write = me.may_write(full) and (me.is_in_charge or full.permissions.can_send_messages)
        may_pin = bool(me.can_pin_messages) if me.is_in_charge else full.permissions.can_pin_messages
        return Rights(is_in=True, may_write=may_write, may_pin=may_pin)

    async def _member(self, chat: ChatId, user: PersonId) -> Membership | None:
        return await self._ask("getChatMember", Membership, _NO_MEMBER + _NO_CHAT, chat_id=chat, user_id=user)

    async def _full(self, chat: ChatId | str) -> _FullChat | None:
        return await self._ask("getChat", _FullChat, _NO_CHAT, chat_id=chat)

    async def _ask(self, method: str, kind: type[_T], nobody: tuple[str, ...], **fields: Any) -> _T | None:
        """None where Telegram says that there is nobody, or not for this bot."""
        try:
            return msgspec.json.decode(await self._api.call(method, **fields), type=kind)
        except Forbidden:
            return None
        except ChatMigrated as moved:
            return await self._ask(method, kind, nobody, **{**fields, "chat_id": moved.new_chat_id})
        except BadRequest as refusal:
            if any(words in refusal.message.lower() for words in nobody):
                return None
        except (TelegramError, msgspec.DecodeError):
            pass
        raise RightsUnknown

    def _remember(self, key: tuple[ChatId, PersonId], answer: bool) -> None:
        now = self._clock.monotonic()
        if len(self._answers) >= _REMEMBERED:
            self._answers = {each: held for each, held in self._answers.items() if now < held[1]}
        self._answers[key] = (answer, now + (_YES if answer else _NO))
