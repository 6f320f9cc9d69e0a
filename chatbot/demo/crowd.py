"""What people do, and what the bot hears of it.

Privacy mode is on, as it is by default: https://core.telegram.org/bots/features#privacy-mode
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chatbot.demo import entities, groups, members
from chatbot.demo.chats import Chat
from chatbot.demo.entities import RichText
from chatbot.demo.inline import LONGEST_QUERY, InlineQuery
from chatbot.demo.queries import Query
from chatbot.demo.standings import Standing, Status
from chatbot.demo.topics import GENERAL
from chatbot.demo.values import ANONYMOUS_ADMIN, CHANNEL_SENDER, STAND_INS, Json, Message, Person
from chatbot.demo.world import World


class Nonsense(Exception):
    """A wish that no person could have; its text says why."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What somebody writes and how: `date` in Unix seconds, `via_bot` and `reply_to` by id."""

    text: str
    reply_to: int | None = None
    forwarded: bool = False
    anonymous: bool = False
    as_channel: bool = False
    via_bot: int | None = None
    thread: int | None = None
    date: int | None = None


class Crowd:
    """Lets people act in a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def write(self, user: int, chat_id: int, writing: Writing) -> Message:
        """A person writes. Writing in the private chat starts it, and unblocks a blocked bot."""
        said = entities.typed(writing.text)
        return self._post(user, chat_id, writing, said, via_bot=self._world.people.get(writing.via_bot or 0))

    def _post(self, user: int, chat_id: int, writing: Writing, said: RichText, **content: Any) -> Message:
        chat, person = self._present(user, chat_id)
        if chat.is_private and chat.status(self._world.bot.id) is not Status.MEMBER:
            self._set_blocked(chat, person, blocked=False)
        _check_may_write(chat, person)
        replied = self._replied(chat, writing.reply_to)
        message = self._world.post(
            chat,
            self._sender(chat, person, writing),
            date=writing.date,
            text=said.text,
            entities=said.entities,
            reply_to=replied,
            thread=_thread(chat, person, writing, replied),
            sender_chat=self._sender_chat(chat, writing),
            forward_origin=self._forward_origin(writing),
            **content,
        )
        self._tell("channel_post" if chat.is_channel else "message", chat, message)
        return message

    def ask_inline(self, user: int, chat_id: int, text: str, *, offset: str = "") -> InlineQuery:
        """A person types the bot's name and something behind it, in whatever chat."""
        chat, person = self._present(user, chat_id)
        if not self._world.inline.enabled:
            raise Nonsense("inline mode is off")
        typed = text[:LONGEST_QUERY]
        query = self._world.inline.open(user=user, text=typed, offset=offset)
        if query.listing is None:
            where = "sender" if chat.is_private else chat.kind
            content = {"id": query.id, "from": person.to_json(), "query": typed, "offset": offset, "chat_type": where}
            self._world.updates.put("inline_query", content)
        return query

    def choose(self, user: int, chat_id: int, query_id: str, result: str, writing: Writing) -> Message:
        """A person sends one of the offered messages; `writing` says into which thread, and what it answers."""
        query = self._world.inline.find(query_id)
        listing = None if query is None or query.user != user else query.listing
        offer = next((each for each in listing.offers if each.id == result), None) if listing else None
        if offer is None:
            raise Nonsense("this was not offered")
        return self._post(
            user,
            chat_id,
            writing,
            offer.content,
            via_bot=self._world.bot,
            reply_markup=offer.reply_markup,
            link_preview_options=offer.link_preview_options,
        )

    def edit(self, user: int, chat_id: int, message_id: int, text: str) -> Message:
        """A person edits what they wrote."""
        chat, _ = self._present(user, chat_id)
        said = entities.typed(text)
        message = self._own(chat, user, message_id)
        edited = self._world.edit(chat, message, text=said.text, entities=said.entities)
        self._tell("edited_channel_post" if chat.is_channel else "edited_message", chat, edited)
        return edited

    def delete(self, user: int, chat_id: int, message_id: int) -> None:
        """A person deletes a message; the bot hears nothing of it. Admins may delete others' in a group."""
        chat, _ = self._present(user, chat_id)
        message = self._message(chat, message_id)
        if message.sender.id != user and not chat.is_private and not chat.may(user, "can_delete_messages"):
            raise Nonsense("only the sender or an admin can delete this message")
        self._world.delete(chat, message)

    def pin(self, user: int, chat_id: int, message_id: int, *, pinned: bool) -> None:
        """A person pins a message above the chat, or takes it down."""
        chat, person = self._present(user, chat_id)
        message = self._message(chat, message_id)
        if not chat.is_private and not chat.may(user, "can_edit_messages" if chat.is_channel else "can_pin_messages"):
            raise Nonsense(f"{person.first_name} may not pin messages here")
        if pinned:
            groups.pin(self._world, chat, message, by=person)
        else:
            groups.unpin(self._world, chat, message)

    def tap(self, user: int, chat_id: int, message_id: int, *, button: str | None, data: str | None) -> Query:
        """A person presses a button by its text, or a forged client sends `data` of its own."""
        chat, person = self._present(user, chat_id)
        message = chat.message(message_id)
        if data is None:
            data = _data_of(self._message(chat, message_id), button or "")
        query = self._world.queries.open(user=user, chat=chat_id, message=message_id)
        self._world.updates.put(
            "callback_query",
            {
                "id": query.id,
                "from": person.to_json(),
                **self._tapped(chat, message_id, message),
                "chat_instance": chat.instance,
                "data": data,
            },
        )
        return query

    def _tapped(self, chat: Chat, message_id: int, message: Message | None) -> Json:
        """The bot is not shown messages that people sent through it."""
        if message is None:
            return {"message": {"chat": chat.json, "message_id": message_id, "date": 0}}
        if message.via_bot == self._world.bot:
            return {"inline_message_id": f"{chat.id}_{message_id}"}
        return {"message": message.to_json()}

    def open_link(self, user: int, url: str) -> Message:
        """A person follows `https://t.me/<bot>?start=payload` and presses Start."""
        parts = urlsplit(url)
        if parts.path.strip("/").lower() != str(self._world.bot.username).lower():
            raise Nonsense(f"{url} does not lead to this bot")
        payload = parse_qs(parts.query).get("start", [""])[0]
        return self.write(user, user, Writing(text=f"/start {payload}".strip()))

    def block(self, user: int, *, blocked: bool) -> None:
        """A person blocks the bot, or takes it back."""
        chat, person = self._present(user, user)
        if (chat.status(self._world.bot.id) is Status.KICKED) is not blocked:
            self._set_blocked(chat, person, blocked=blocked)

    def _set_blocked(self, chat: Chat, person: Person, *, blocked: bool) -> None:
        was_known = chat.status(self._world.bot.id) is not Status.LEFT
        standing = Standing(status=Status.KICKED if blocked else Status.MEMBER)
        change = members.set_standing(self._world, chat, self._world.bot, standing, by=person)
        if was_known or blocked:
            self._world.updates.put("my_chat_member", change)

    def _present(self, user: int, chat_id: int) -> tuple[Chat, Person]:
        chat, person = self._world.chats.get(chat_id), self._world.person(user)
        if chat is None or person is None:
            raise Nonsense("no such chat or person")
        if not chat.standing(user).is_inside:
            raise Nonsense(f"{person.first_name} is not in this chat")
        if chat.upgraded_to is not None:
            raise Nonsense(f"this group goes on as {chat.upgraded_to}")
        return chat, person

    def _message(self, chat: Chat, message_id: int) -> Message:
        message = chat.message(message_id)
        if message is None:
            raise Nonsense(f"there is no message {message_id} in this chat")
        return message

    def _own(self, chat: Chat, user: int, message_id: int) -> Message:
        message = self._message(chat, message_id)
        if message.sender.id != user:
            raise Nonsense("only one's own messages can be edited")
        return message

    def _replied(self, chat: Chat, message_id: int | None) -> Message | None:
        # A message quoted in a reply does not quote its own.
        if message_id is None:
            return None
        return replace(self._message(chat, message_id), reply_to=None, topic_start=None)

    def _sender(self, chat: Chat, person: Person, writing: Writing) -> Person:
        if writing.anonymous and not chat.standing(person.id).is_in_charge:
            raise Nonsense("only admins can be anonymous")
        if writing.anonymous:
            return ANONYMOUS_ADMIN
        return CHANNEL_SENDER if writing.as_channel else person

    def _sender_chat(self, chat: Chat, writing: Writing) -> Json | None:
        if writing.anonymous:
            return chat.json
        if writing.as_channel:
            return {"id": -1000000005001, "type": "channel", "title": "Some Channel"}
        return None

    def _forward_origin(self, writing: Writing) -> Json | None:
        if not writing.forwarded:
            return None
        return {"type": "hidden_user", "sender_user_name": "Somebody", "date": self._world.seconds() - 60}

    def _tell(self, kind: str, chat: Chat, message: Message) -> None:
        if self._hears(chat, message):
            self._world.updates.put(kind, message.to_json())

    def _hears(self, chat: Chat, message: Message) -> bool:
        """Whether the bot receives this message of a person."""
        bot = self._world.bot
        if chat.is_private:
            return True
        if message.sender.is_bot and message.sender not in STAND_INS:
            return False
        if chat.standing(bot.id).is_in_charge:
            return True
        if not chat.standing(bot.id).is_inside:
            return False
        if message.via_bot == bot or (message.reply_to is not None and message.reply_to.sender.id == bot.id):
            return True
        return self._is_commanded(chat, message)

    def _is_commanded(self, chat: Chat, message: Message) -> bool:
        """`/command@bot`, or a bare `/command` unless another bot spoke since this one."""
        first_word = (message.text or "").split(maxsplit=1)[0]
        if not first_word.startswith("/"):
            return False
        _, _, addressee = first_word.partition("@")
        if addressee:
            return addressee.lower() == str(self._world.bot.username).lower()
        return chat.last_bot in (None, self._world.bot.id)


def _check_may_write(chat: Chat, person: Person) -> None:
    if chat.is_private or person.is_bot:
        return
    if not chat.may(person.id, "can_post_messages" if chat.is_channel else "can_send_messages"):
        raise Nonsense(f"{person.first_name} may not write here")


def _thread(chat: Chat, person: Person, writing: Writing, replied: Message | None) -> int | None:
    """The topic it is written into; in a supergroup without topics, the message that began the chain of replies."""
    if not chat.is_forum:
        if writing.thread is not None:
            raise Nonsense("there are no topics in this chat")
        return (replied.thread or replied.id) if replied and chat.kind == "supergroup" else None
    number = writing.thread or (replied and replied.thread) or GENERAL
    topic = groups.find_topic(chat, number)
    if topic.is_closed and not chat.may(person.id, "can_manage_topics"):
        raise Nonsense("this topic is closed")
    return None if number == GENERAL else number


def _data_of(message: Message, label: str) -> str:
    """The callback data behind the button with this text: exact, else a part of exactly one."""
    buttons = [button for row in message.inline_keyboard for button in row]
    texts = [str(button["text"]) for button in buttons]
    chosen = [b for b in buttons if b["text"] == label]
    if not chosen:
        chosen = [b for b in buttons if label.lower() in str(b["text"]).lower()]
    if not label or len(chosen) != 1:
        raise Nonsense(f"no single button {label!r}; there are: {', '.join(texts) or 'none'}")
    data = chosen[0].get("callback_data")
    if data is None:
        raise Nonsense(f"the button {label!r} sends nothing to the bot")
    return str(data)


def writing_from(given: Mapping[str, Any]) -> Writing:
    """A control request's fields, as far as they are about the writing. Raises KeyError without a text."""
    circumstances = Writing.__dataclass_fields__.keys() & given.keys() - {"text"}
    return Writing(text=str(given["text"]), **{name: given[name] for name in circumstances})
