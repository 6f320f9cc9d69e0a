"""A burst of what nobody asked for, on real sockets, against Telegram's real limits, with crashes in the middle.

Notices for many chats come at once; meanwhile people are answered, one chat is told to wait, some answers get lost and
the sender dies again and again, in the middle of what it does. Everything runs on a clock that is a few times as
fast as the wall's, the local chat's limits too.
"""

import asyncio
import contextlib
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatbot.demo.cast import Cast, ChatPlan
from chatbot.demo.crowd import Crowd, Writing
from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.server import LocalChat
from chatbot.demo.values import Person
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import OutboxEntry, PersonJoined
from chatbot.domain.places import Place
from chatbot.domain.secrets import Secret
from chatbot.storage import schema
from chatbot.storage.chats import StoredChats
from chatbot.storage.database import Database
from chatbot.storage.losses import StoredLosses
from chatbot.storage.outbox import StoredOutbox, insert_notices
from chatbot.workers.supervisor import Supervisor
from handlers.announcer import Push
from handlers.connection import Line, connected
from handlers.context import ChatKind, Room
from handlers.outgoing import Delivery
from handlers.sender import Sender
from handlers.views.html import text
from handlers.views.screen import Screen
from tests.prove.proof import Proof, Run

_FASTER = 5
_MARK = "You may have seen this message already."
_TOLD_TO_WAIT = 30.0  # seconds
_ANSWERED_WITHIN = 3.0  # seconds
_BETWEEN_ANSWERS = 6.0  # seconds, in one chat


class FastClock:
    """For the bot."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(_FASTER * time.time(), tz=UTC)

    def monotonic(self) -> float:
        return _FASTER * time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / _FASTER)


class ChatsClock:
    """The same for the local chat."""

    def now(self) -> float:
        return _FASTER * time.time()

    def monotonic(self) -> float:
        return _FASTER * time.monotonic()


@dataclass(slots=True, kw_only=True)
class Burst:
    """A bot that only pushes and answers."""

    chat: LocalChat
    line: Line
    database: Database
    stored: StoredChats
    clock: FastClock = field(default_factory=FastClock)
    sender: Sender = field(init=False)
    nursery: Supervisor = field(init=False)

    def start(self) -> None:
        losses = StoredLosses(self.database)
        self.nursery = Supervisor(self.clock)
        self.sender = Sender(api=self.line.api, chats=self.stored, losses=losses, clock=self.clock)
        self.nursery.run(
            Delivery(
                outbox=StoredOutbox(self.database),
                sender=self.sender,
                announce=_announce,
                clock=self.clock,
                spawner=self.nursery,
            )
        )

    async def crash(self) -> None:
        """Everything ends at once; the program is back a second later and remembers nothing but the database."""
        await self.nursery.end(within=timedelta(seconds=2))
        await self.clock.sleep(1)
        self.start()

    async def put(self, told: Sequence[tuple[int, int]]) -> None:
        """Pushes by number, and the chat each goes to."""
        notices = [
            (PersonJoined(person=PersonId(1), name=f"push {number}"), Place(chat=ChatId(chat))) for number, chat in told
        ]
        await self.database.write(lambda connection: insert_notices(connection, notices, now=self.clock.now()))

    async def is_done(self) -> bool:
        later = self.clock.now() + timedelta(days=1)
        return not await StoredOutbox(self.database).due(now=later, limit=1, turns=1)

    def said(self, chat: int) -> list[str]:
        shown = self.chat.world.chats[chat].changed_since(0)
        return [message.text or "" for message in shown if message.sender.id == self.chat.world.bot.id]


async def _announce(entries: Sequence[OutboxEntry]) -> Push:
    """One by one: what is told together would make too small a burst."""
    notice = entries[0].notice
    assert isinstance(notice, PersonJoined)
    return Push(entries=(entries[0],), shown=Screen(text(notice.name)))


@contextlib.asynccontextmanager
async def _opened(folder: Path, chats: Sequence[int]) -> AsyncIterator[Burst]:
    people = tuple(Person(id=chat, first_name=f"P{chat}") for chat in chats if chat > 0)
    groups = tuple(
        ChatPlan(id=chat, kind="group", title="G", creator=people[0].id, members=()) for chat in chats if chat < 0
    )
    cast, clock = Cast(people=people, chats=groups), FastClock()
    database = await Database.open(folder / "pushes.db")
    await database.write(schema.create)
    stored = await StoredChats.load(database, moved=lambda old, new: None)
    async with LocalChat.running(cast=cast, clock=ChatsClock()) as chat:
        crowd = Crowd(chat.world)
        for person in people:
            crowd.write(person.id, person.id, Writing(text="/start"))
        async with connected(url=chat.api_url, token=Secret(chat.token), clock=clock) as line:
            chat.limits.enabled = True
            burst = Burst(chat=chat, line=line, database=database, stored=stored)
            burst.start()
            try:
                yield burst
            finally:
                await burst.nursery.end(within=timedelta(seconds=2))
    await database.aclose()


async def _try(run: Run, case: int, chance: random.Random, *, pushes: int) -> None:
    each = 10 if pushes >= 100 else 2
    numbers = range(1, max(2, pushes // each) + 1)
    chats = [-5_000 - number if number % 4 == 0 else 5_000 + number for number in numbers]
    told = [(number, chats[number % len(chats)]) for number in range(pushes)]
    with tempfile.TemporaryDirectory() as folder:
        async with _opened(Path(folder), chats) as burst:
            waiting = chance.choice(chats)
            burst.chat.faults.add(
                _fault(FaultKind.TOO_MANY, seconds=_TOLD_TO_WAIT if pushes >= 100 else 1, chat=waiting)
            )
            lost = [chance.choice(chats) for _ in range(min(3, pushes // 50))]
            for chat in lost:
                burst.chat.faults.add(_fault(FaultKind.DROP_AFTER, chat=chat))
            began = burst.clock.monotonic()
            await burst.put(told)
            calm = [chat for chat in chats if chat not in (waiting, *lost)]
            answering = asyncio.ensure_future(_answer(run, case, chance, burst, calm))
            try:
                for _ in range(pushes // 500):
                    await burst.clock.sleep(chance.uniform(5, 30))
                    await burst.crash()
                    run.remark("crashes")
                while not await burst.is_done():
                    await burst.clock.sleep(0.5)
                if answering.done():
                    answering.result()
            finally:
                answering.cancel()
            took = burst.clock.monotonic() - began
            run.remark(f"{pushes} pushes to {len(chats)} chats took {took:.0f} s")
            _judge(run, case, burst, told)
            if took > pushes / 6 + 2 * _TOLD_TO_WAIT:
                run.fail(case, f"it took {took:.0f} s")


def _fault(kind: FaultKind, *, chat: int, seconds: float = 0) -> Fault:
    return Fault(method="sendmessage", kind=kind, times=1, seconds=seconds, chat=chat)


async def _answer(run: Run, case: int, chance: random.Random, burst: Burst, chats: Sequence[int]) -> None:
    """People who tap while all this goes on: several a second, each answered with an edit or a message."""
    answered: dict[int, float] = {}
    while True:
        await burst.clock.sleep(chance.uniform(0, 0.4))
        chat, now = chance.choice(chats), burst.clock.monotonic()
        if now - answered.get(chat, 0.0) < _BETWEEN_ANSWERS or chat in burst.sender.closed():
            continue
        answered[chat] = now
        kind = ChatKind.PRIVATE if chat > 0 else ChatKind.GROUP
        await burst.sender.send(Room(id=ChatId(chat), kind=kind), Screen(text("answer")))
        took = burst.clock.monotonic() - now
        run.remark("answers")
        if took > _ANSWERED_WITHIN:
            run.fail(case, f"an answer took {took:.1f} s")


def _judge(run: Run, case: int, burst: Burst, told: Sequence[tuple[int, int]]) -> None:
    """Every push is there; more than once only where that is said; and nothing was refused but what had to be."""
    said = {chat: Counter(burst.said(chat)) for _, chat in told}
    for number, chat in told:
        plain = said[chat][f"push {number}"]
        marked = said[chat][f"push {number}\n{_MARK}"]
        if not plain + marked:
            run.fail(case, f"push {number} was lost")
        elif plain > 1:
            run.fail(case, f"push {number} came {plain} times without a mark")
        elif marked:
            run.remark("repeats, marked")
    refused = sum(call.status == 429 for call in burst.chat.calls.since(0, None))
    if refused != 1:
        run.fail(case, f"{refused} calls were too many, where one chat was told to wait")


def prove(run: Run) -> None:
    for case, chance in run.cases(worth=run.count):
        asyncio.run(_try(run, case, chance, pushes=run.count))


PROOF = Proof(
    name="pushes",
    claim="2,000 pushes to 200 chats among answers and crashes: none lost, none twice unmarked, no limit met",
    required=2_000,
    sample=12,
    prove=prove,
)
