"""The world the bot talks to: people, chats, messages, queued updates. Pure state, no sockets."""

import asyncio
from dataclasses import replace
from typing import Any

from chatbot.demo.cast import Cast, ChatPlan
from chatbot.demo.chats import Chat
from chatbot.demo.clock import Clock
from chatbot.demo.files import Files
from chatbot.demo.inline import InlineQueries
from chatbot.demo.journal import Journal
from chatbot.demo.menus import Menus
from chatbot.demo.queries import Queries
from chatbot.demo.standings import STRANGER, Standing, Status, usual
from chatbot.demo.topics import GENERAL, ICON_COLOURS, Topic
from chatbot.demo.updates import UpdateQueue
from chatbot.demo.values import STAND_INS, Json, Message, Person

# A bot between two polls is still there.
POLL_GAP = 3.0


class World:
    """Everything that exists, by id. What the bot does comes in by `methods`, what people do by `crowd`."""

    def __init__(self, *, cast: Cast, clock: Clock) -> None:
        started = int(clock.now())
        self.clock = clock
        self.token = cast.bot_token
        self.bot = cast.bot
        self.descriptions: dict[str, str] = {"description": "", "short_description": ""}
        self.menu_buttons: dict[int | None, Json] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.journal = Journal()
        self.menus = Menus()
        self.files = Files(first_number=started)
        # Numbers start at the second of the start: greater than those of any earlier run.
        self.updates = UpdateQueue(clock=clock, first_id=started, on_poll=self._on_poll)
        self.queries = Queries(clock=clock, first_number=started)
        self.inline = InlineQueries(clock=clock, first_number=started)
        self.bot_online = False
        self._polls = 0
        self._going: asyncio.TimerHandle | None = None
        # Telegram numbers a bot's private chats and groups together, each supergroup and channel by itself.
        self._last_id = 0
        self._last_ids: dict[int, int] = {}
        for person in cast.people:
            self.add_person(person)
        for plan in cast.chats:
            self._add_chat(plan)

    def add_person(self, person: Person) -> None:
        """A person, and unless it is a bot its private chat, in which nobody has written yet."""
        self.people[person.id] = person
        if not person.is_bot:
            chat = Chat(person.id, kind="private", title=self.bot.first_name, person=person)
            chat.members = {person.id: Standing(status=Status.MEMBER), self.bot.id: STRANGER}
            self.chats[chat.id] = chat
        self.journal.record("world")

    def _add_chat(self, plan: ChatPlan) -> None:
        """A chat as it was before the bot started: of what happened in it by then the bot hears nothing."""
        chat = Chat(plan.id, kind=plan.kind, title=plan.title, username=plan.username, is_forum=bool(plan.topics))
        chat.members = {plan.creator: usual(Status.CREATOR, plan.kind)}
        chat.members |= dict.fromkeys(plan.members, usual(Status.MEMBER, plan.kind))
        if plan.bot is not None:
            chat.members[self.bot.id] = plan.bot
        self.chats[chat.id] = chat
        creator = self.people[plan.creator]
        if plan.kind != "group":
            self.post(chat, creator, service={f"{plan.kind}_chat_created": True})
        for name in plan.topics:
            self.add_topic(chat, name, by=creator)

    def add_topic(self, chat: Chat, name: str, *, by: Person) -> Message:
        """Begin a topic of a forum with the service message whose id becomes the topic's."""
        chat.topics.setdefault(GENERAL, Topic(id=GENERAL, name="General", icon_colour=ICON_COLOURS[0]))
        number = self._next_message_id(chat)
        colour = ICON_COLOURS[len(chat.topics) % len(ICON_COLOURS)]
        chat.topics[number] = Topic(id=number, name=name, icon_colour=colour)
        self.journal.record("world")
        service = {"forum_topic_created": {"name": name, "icon_color": colour}}
        return self._write(chat, by, number, service=service, thread=number)

    def find_chat(self, name: str) -> Chat | None:
        """The chat of an id, or of the `@username` of a public group or channel."""
        if name.startswith("@"):
            wanted = name[1:].lower()
            return next((chat for chat in self.chats.values() if (chat.username or "").lower() == wanted), None)
        try:
            return self.chats.get(int(name))
        except ValueError:
            return None

    def person(self, person_id: int) -> Person | None:
        """A person or the bot."""
        return self.bot if person_id == self.bot.id else self.people.get(person_id)

    def seconds(self) -> int:
        """Now, as dates in messages have it."""
        return int(self.clock.now())

    def post(self, chat: Chat, sender: Person, *, date: int | None = None, **content: Any) -> Message:
        """Put a new message into a chat; `content` are further fields of `Message`."""
        return self._write(chat, sender, self._next_message_id(chat), date=date, **content)

    def _write(self, chat: Chat, sender: Person, number: int, *, date: int | None = None, **content: Any) -> Message:
        if chat.is_channel:
            content["sender_chat"] = chat.json
        if chat.is_forum and (thread := content.get("thread")) is not None:
            content["topic_start"] = chat.message(thread)
        message = Message(
            id=number,
            chat=chat.json,
            date=self.seconds() if date is None else date,
            revision=self.journal.next_revision,
            sender=sender,
            **content,
        )
        if sender.is_bot and sender not in STAND_INS and not message.service:
            chat.last_bot = sender.id
        self._store("message", chat, message)
        return message

    def announce(
        self, chat: Chat, by: Person, service: Json, *, thread: int | None = None, silent: bool = False
    ) -> Message:
        """Put a service message into a chat, of which the bot hears if it is inside, even if it caused it."""
        message = self.post(chat, by, service=service, thread=thread, silent=silent)
        self.tell(chat, message)
        return message

    def tell(self, chat: Chat, message: Message) -> None:
        """Let the bot hear a message, if it is inside."""
        if chat.standing(self.bot.id).is_inside:
            self.updates.put("channel_post" if chat.is_channel else "message", message.to_json())

    def edit(self, chat: Chat, message: Message, **changes: Any) -> Message:
        """Replace a message by a changed one; `changes` are fields of `Message`."""
        edited = replace(message, edit_date=self.seconds(), revision=self.journal.next_revision, **changes)
        self._store("edit", chat, edited)
        return edited

    def delete(self, chat: Chat, message: Message) -> None:
        """Take a message away."""
        revision = self.journal.record("delete", chat=chat.id, facts={"message_id": message.id})
        chat.remove(message.id, revision=revision)

    def _store(self, kind: Any, chat: Chat, message: Message) -> None:
        chat.put(message)
        self.journal.record(kind, chat=chat.id, message=message)

    def _next_message_id(self, chat: Chat) -> int:
        if chat.kind in ("supergroup", "channel"):
            self._last_ids[chat.id] = self._last_ids.get(chat.id, 0) + 1
            return self._last_ids[chat.id]
        self._last_id += 1
        return self._last_id

    def _on_poll(self, begins: bool) -> None:
        """Keep `bot_online`: true while polls arrive, false `POLL_GAP` seconds after the last one ended."""
        self._polls += 1 if begins else -1
        if self._going is not None:
            self._going.cancel()
            self._going = None
        if begins and not self.bot_online:
            self._set_online(True)
        elif self._polls == 0:
            self._going = asyncio.get_running_loop().call_later(POLL_GAP, self._set_online, False)

    def _set_online(self, online: bool) -> None:
        self.bot_online = online
        self.journal.record("world")
