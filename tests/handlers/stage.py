"""The whole mechanism on a real socket: the local chat on one side, a handful of plain routes on the other."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from chatbot.demo.crowd import Crowd, Writing
from chatbot.demo.server import LocalChat
from chatbot.domain.drafts import Dialogue, LinkDraft
from chatbot.domain.errors import ChatbotError, NotLinked
from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.domain.people import Access
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.domain.secrets import Secret
from chatbot.services.desk import Services
from chatbot.workers.supervisor import Supervisor
from handlers.admins import Admins
from handlers.aims import aimed, may_manage
from handlers.attending import Attendant, Voice
from handlers.buttons import button
from handlers.commands import Answer, Button, Command, Needs, Route, Where
from handlers.connection import Line, connected
from handlers.context import Context
from handlers.guards import Door
from handlers.intake import Intake
from handlers.router import Router
from handlers.routing import Routes
from handlers.sender import Sender
from handlers.views.html import text
from handlers.views.screen import Picture, Press, Screen
from handlers.visits import Visits
from tests.fakes.pictures import png
from tests.handlers.fakes import (
    FakeChats,
    FakeDialogues,
    FakeInbox,
    FakeLosses,
    FakePeople,
    FixedEntropy,
    SkippingClock,
)

ALICE, BOB, CAROL = 1001, 1002, 1003
GROUP = -4001
PATIENCE = timedelta(milliseconds=200)


class NoCodes:
    """Nobody here has a second factor."""

    async def burn(self, text: str, *, person: PersonId, chat: ChatId) -> bool:
        return False


class UsualPreferences:
    """Nobody chose anything."""

    def of_chat(self, chat: ChatId) -> Preferences:
        return Preferences()


@button("spush")
class Push:
    number: int


@button("stalk")
class Talk:
    pass


@button("spriv")
class Private:
    pass


@button("smana")
class Manage:
    """For the admins of the chat it names."""

    chat: ChatId


@button("swipe")
class Wipe:
    """Deletes another message of the chat."""

    message: int


@button("sgone")
class Undeclared:
    pass


class Stage:
    """Alice owns the bot; Bob is a member; Carol is a stranger, but all three are in the group."""

    def __init__(self, chat: LocalChat, *, access: Access = Access.INVITE) -> None:
        self.chat = chat
        self.crowd = Crowd(chat.world)
        self.clock = SkippingClock()
        self.supervisor = Supervisor(self.clock)
        self.people, self.chats, self.dialogues, self.inbox = FakePeople(), FakeChats(), FakeDialogues(), FakeInbox()
        self.losses = FakeLosses(self.chats)
        self.people.let_in(BOB)
        self.access = access
        self.ran: list[str] = []
        self.turned_away: list[tuple[int, int]] = []
        self.busy: dict[int, int] = {}
        self.most_at_once = 0
        self.go_on = asyncio.Event()
        self.error: Exception = NotLinked()
        self.linked: set[int] = set()
        self.sender: Sender
        self.intake: Intake
        self.line: Line

    def build(self, line: Line) -> None:
        """Put the mechanism together as a program would."""
        self.line = line
        self.sender = Sender(api=line.api, chats=self.chats, losses=self.losses, clock=self.clock)
        voice = Voice(describe=_describe, not_linked=lambda: Screen(text("link first")), waiting=_waiting)
        entropy = FixedEntropy()
        admins = Admins(api=line.api, bot=line.name.id, clock=self.clock)
        door = Door(
            people=self.people,
            chats=self.chats,
            access=self.access,
            owners=frozenset({PersonId(ALICE)}),
            is_linked=self._is_linked,
            is_admin=admins.is_admin,
            turned_away=self._turn_away,
            clock=self.clock,
        )
        chats = self.chats
        router = Router(
            Routes(self._routes()),
            door=door,
            admins=admins,
            visits=Visits(door=door, admins=admins, chats=chats, known=chats, presence=chats, clock=self.clock),
            attendant=Attendant(
                sender=self.sender, voice=voice, spawner=self.supervisor, entropy=entropy, patience=PATIENCE
            ),
            voice=voice,
            sender=self.sender,
            dialogues=self.dialogues,
            services=cast(
                Services,
                SimpleNamespace(
                    protection=NoCodes(),
                    preferences=UsualPreferences(),
                    chats=self.chats,
                    presence=self.chats,
                    people=SimpleNamespace(open_to_all=self.access is Access.OPEN),
                ),
            ),
            bot=line.name,
            clock=self.clock,
            spawner=self.supervisor,
        )
        self.intake = Intake(
            updates=line.updates,
            inbox=self.inbox,
            handle=router.handle,
            urgent=router.urgent,
            spawner=self.supervisor,
            clock=self.clock,
            entropy=entropy,
        )

    def start(self) -> asyncio.Task[None]:
        return self.supervisor.spawn(self.intake.run(), name="intake")

    async def write(self, words: str, *, user: int = BOB, chat: int | None = None, **how: Any) -> int:
        """Somebody writes (into the private chat unless said otherwise); returns when it is handled."""
        message = self.crowd.write(user, user if chat is None else chat, Writing(text=words, **how))
        await self.settled()
        return message.id

    async def tap(
        self,
        label: str | None = None,
        *,
        message: int,
        user: int = BOB,
        chat: int | None = None,
        data: str | None = None,
    ) -> str | None:
        """Somebody taps; returns the words of the answer."""
        query = self.crowd.tap(user, user if chat is None else chat, message, button=label, data=data)
        await asyncio.wait_for(query.answered.wait(), 5)
        await self.settled()
        return None if query.answer is None else query.answer.text

    async def settled(self) -> None:
        """Wait until everything that was said is handled."""
        await until(lambda: not self.chat.world.updates.pending_count() and not self.inbox.waiting)

    def said(self, chat: int = BOB) -> list[str]:
        """What the bot says in a chat, as it reads now."""
        return [message.text or "" for message in self._bot_messages(chat)]

    def last(self, chat: int = BOB) -> int:
        """The bot's last message."""
        return int(self._bot_messages(chat)[-1].id)

    def calls(self, method: str) -> list[Any]:
        return [call.parameters for call in self.chat.calls.since(0, method)]

    def _bot_messages(self, chat: int) -> list[Any]:
        shown = self.chat.world.chats[chat].changed_since(0)
        return [message for message in shown if message.sender.id == self.chat.world.bot.id]

    async def _turn_away(self, person: PersonId, chat: ChatId) -> None:
        self.turned_away.append((person, chat))

    async def _is_linked(self, person: PersonId) -> bool:
        return person in self.linked

    def _routes(self) -> tuple[Route, ...]:
        return (
            Command("ping", "Answers", handle=self._noting("ping", reply=True), where=Where.ANYWHERE, by_link=True),
            Command("card", "A card", handle=self._card, where=Where.ANYWHERE),
            Command("photo", "A picture", handle=self._photo, where=Where.ANYWHERE),
            Command("begin", "For strangers", handle=self._noting("begin", reply=True), needs=Needs.NOTHING),
            Command("keys", "Takes a secret", handle=self._noting("keys"), secret=True),
            Command("own", "For owners", handle=self._noting("own"), needs=Needs.OWNER, by_link=True),
            Command("account", "For linked ones", handle=self._noting("account"), needs=Needs.LINKED, by_link=True),
            Command("erase", "For those with rows", handle=self._noting("erase"), needs=Needs.ROWS),
            Command("fail", "Fails", handle=self._fail),
            Command("admin", "For admins", handle=self._manage, where=Where.ANYWHERE, needs=Needs.ADMIN),
            Command("slow", "Takes its time", handle=self._slow),
            Command("now", "Waits for nothing", handle=self._noting("now"), urgent=True, late=self._noting("late")),
            Button(Push, handle=self._push, where=Where.ANYWHERE),
            Button(Talk, handle=self._talk, where=Where.ANYWHERE, answers=True),
            Button(Manage, handle=self._managed, where=Where.ANYWHERE, needs=Needs.ADMIN),
            Button(Private, handle=self._talk),
            Button(Wipe, handle=self._wipe),
            Answer(LinkDraft, handle=self._answer, secret=True),
        )

    def _noting(self, name: str, *, reply: bool = False) -> Callable[[Context], Awaitable[None]]:
        async def handle(ctx: Context) -> None:
            self.ran.append(f"{name} {ctx.args}".strip())
            if reply:
                await ctx.reply(Screen(text(f"{name} for ", ctx.person.name)))

        return handle

    async def _card(self, ctx: Context) -> None:
        rows = ((Press("Push", Push(number=1)), Press("Talk", Talk())), (Press("Private", Private()),))
        await ctx.reply(Screen(text("a card"), (*rows, (Press("Gone", Undeclared()),))))

    async def _manage(self, ctx: Context) -> None:
        aim = await aimed(ctx)
        self.ran.append(f"admin {aim.args} by {ctx.person.id} in {aim.place.chat}/{aim.place.thread}")
        chats = {aim.place.chat, *map(ChatId, map(int, re.findall(r"-?\d+", aim.args)))}
        await ctx.reply(Screen(text("managed"), tuple((Press(f"Manage {chat}", Manage(chat=chat)),) for chat in chats)))

    async def _managed(self, ctx: Context, action: Manage) -> None:
        may = await may_manage(ctx, Place(chat=action.chat))
        self.ran.append(f"{'managed' if may else 'may not manage'} {action.chat} by {ctx.person.id}")

    async def _photo(self, ctx: Context) -> None:
        secret = await ctx.reply(Picture(content=png(), caption=text("a secret"), protected=True))
        rows = ((Press("Push", Push(number=1)), Press("Wipe", Wipe(message=secret))),)
        await ctx.reply(Picture(content=png(), rows=rows))

    async def _wipe(self, ctx: Context, action: Wipe) -> None:
        self.ran.append(f"wiped {await ctx.delete(MessageId(action.message))}")

    async def _fail(self, ctx: Context) -> None:
        raise self.error

    async def _slow(self, ctx: Context) -> None:
        person = ctx.person.id
        self.busy[person] = self.busy.get(person, 0) + 1
        self.most_at_once = max(self.most_at_once, self.busy[person])
        self.ran.append(f"slow {ctx.args}")
        await self.go_on.wait()
        self.busy[person] -= 1

    async def _push(self, ctx: Context, action: Push) -> None:
        self.ran.append(f"push {action.number} by {ctx.person.id} in {ctx.chat.id} on {ctx.message}")
        await ctx.edit(Screen(text("pushed"), ((Press("Push", Push(number=1)),),)))

    async def _talk(self, ctx: Context, action: object) -> None:
        self.ran.append("talk")
        if ctx.chat.id != CAROL:
            raise self.error
        await ctx.answer("hello")

    async def _answer(self, ctx: Context, dialogue: Dialogue) -> None:
        self.ran.append(f"answer {dialogue.id} {Secret(ctx.args).reveal()}")


def _describe(error: ChatbotError) -> Screen:
    return Screen(text(f"sorry: {type(error).__name__}"))


async def _waiting(person: PersonId) -> Screen | None:
    return Screen(text("you have to wait"))


async def until(holds: Callable[[], object], *, seconds: float = 5.0) -> None:
    """Give the others time until something is so."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - the local chat sets no event of ours
            await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def staged(*, access: Access = Access.INVITE, started: bool = True) -> AsyncIterator[Stage]:
    async with LocalChat.running() as chat:
        stage = Stage(chat, access=access)
        async with connected(url=chat.api_url, token=Secret(chat.token), clock=stage.clock) as line:
            stage.build(line)
            if started:
                stage.start()
            try:
                yield stage
            finally:
                await stage.supervisor.end(within=timedelta(seconds=2))
