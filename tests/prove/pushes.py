"""A burst of what nobody asked for, on real sockets, against Telegram's real limits, with crashes in the middle.

Notices for many chats come at once; meanwhile people are answered, one chat is told to wait, some answers get lost and
the sender dies again and again, in the middle of what it does. Everything runs on a clock that is a few times as
fast as the wall's, the local chat's limits too.
"""

import asyncio
import contextlib
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import sqlalchemy as sa

from chatbot.demo.cast import Cast, ChatPlan
from chatbot.demo.crowd import Crowd, Writing
from chatbot.demo.faults import Fault, FaultKind
from chatbot.demo.server import LocalChat
from chatbot.demo.values import Person
from chatbot.domain.ids import AlertId, ChatId, MessageId, PersonId
from chatbot.domain.notices import NoticeKind, NoticeMode, OutboxEntry
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.domain.secrets import Secret
from chatbot.services.desk import Services
from chatbot.storage import schema
from chatbot.storage.alerts import ALERTS, StoredAlerts
from chatbot.storage.chats import StoredChats
from chatbot.storage.database import Database
from chatbot.storage.losses import StoredLosses
from chatbot.storage.outbox import StoredOutbox, insert_notices
from chatbot.workers.supervisor import Supervisor
from handlers.actions import ShowHelp
from handlers.alerts import TELLINGS
from handlers.announcer import Announcer, Hold, Push, SumUp
from handlers.connection import Line, connected
from handlers.outgoing import Delivery
from handlers.sender import Sender
from handlers.views.html import text
from handlers.views.screen import Press, Screen
from tests.prove.proof import Proof, Run
from tests.storage.examples import FIRED, alert_row

_FASTER = 3
_MARK = "You may have seen this message already."
_TOLD_TO_WAIT = 300.0  # seconds
_ANSWERED_WITHIN = 3.0  # seconds
_BETWEEN_ANSWERS = 6.0  # seconds, in one chat
_A_SECOND = 20  # messages and edits that leave room for answers, whose share grows while people tap
_NUMBER = re.compile(r"push (\d+)\.")
_CARD = Screen(text("a card"), ((Press("Tap me", ShowHelp(command=None)),),))


class FastTime:
    """For the bot and for the local chat: a few times as fast as the wall's, and it can leap."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return self.ahead + _FASTER * time.time()

    def monotonic(self) -> float:
        return self.ahead + _FASTER * time.monotonic()


class FastClock:
    """The same, as the bot reads it."""

    def __init__(self, time: FastTime) -> None:
        self.time = time

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time.now(), tz=UTC)

    def monotonic(self) -> float:
        return self.time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / _FASTER)


class UsualChoices:
    """Nobody chose anything, and everybody may hear everything."""

    def of_chat(self, chat: ChatId) -> Preferences:
        return Preferences()

    async def modes(self, chat: ChatId) -> dict[NoticeKind, NoticeMode]:
        return dict.fromkeys(NoticeKind, NoticeMode.ON)

    async def is_in(self, person: PersonId) -> bool:
        return True


@dataclass(slots=True, kw_only=True)
class Burst:
    """A bot that only tells alerts and answers taps."""

    chat: LocalChat
    line: Line
    database: Database
    stored: StoredChats
    clock: FastClock
    tapper: int  # who made the groups
    sender: Sender = field(init=False)
    nursery: Supervisor = field(init=False)
    cards: dict[int, MessageId] = field(default_factory=dict)

    def start(self) -> None:
        losses, usual = StoredLosses(self.database), UsualChoices()
        services = SimpleNamespace(
            alerts=StoredAlerts(self.database), chats=self.stored, preferences=usual, people=usual
        )
        announcer = Announcer(TELLINGS, services=cast(Services, services), clock=self.clock)

        async def announce(entries: Sequence[OutboxEntry]) -> Push | Hold | SumUp:
            """One by one: what is told together would make too small a burst."""
            return await announcer.announce(entries[:1])

        self.nursery = Supervisor(self.clock)
        self.sender = Sender(api=self.line.api, chats=self.stored, losses=losses, clock=self.clock)
        self.nursery.run(
            Delivery(
                outbox=StoredOutbox(self.database),
                losses=losses,
                sender=self.sender,
                announce=announce,
                clock=self.clock,
                spawner=self.nursery,
            )
        )

    async def crash(self) -> None:
        """Everything ends at once; the program is back a second later and remembers nothing but the database."""
        await self.nursery.end(within=timedelta(seconds=2))
        await self.clock.sleep(1)
        self.start()

    async def show_cards(self, chats: Sequence[int]) -> None:
        """Something to tap in every chat, some time before all this."""
        for chat in chats:
            self.cards[chat] = await self.sender.push(Place(chat=ChatId(chat)), _CARD)
        self.clock.time.ahead += 60

    async def put(self, told: Sequence[tuple[int, int]]) -> None:
        """Alerts that fire, by number, and the chat each is of."""
        places = [(number, Place(chat=ChatId(chat))) for number, chat in told]
        rows = [alert_row(place, None) | {"id": number + 1, "note": f"push {number}."} for number, place in places]
        now = self.clock.now()
        hits = [(replace(FIRED, alert=AlertId(number + 1), at=now), place) for number, place in places]

        def work(connection: sa.Connection) -> None:
            connection.execute(ALERTS.insert(), rows)
            insert_notices(connection, hits, now=now)

        await self.database.write(work)

    async def is_done(self, *, apart: Collection[int] = ()) -> bool:
        later, without = self.clock.now() + timedelta(days=1), {ChatId(chat) for chat in apart}
        return not await StoredOutbox(self.database).due(now=later, limit=1, turns=1, apart=without)

    def said(self, chat: int) -> list[str]:
        shown = self.chat.world.chats[chat].changed_since(0)
        return [message.text or "" for message in shown if message.sender.id == self.chat.world.bot.id]

    async def tap(self, chat: int) -> None:
        """Somebody taps the card; the tap is answered, and the card drawn anew."""
        card = self.cards[chat]
        query = Crowd(self.chat.world).tap(self.tapper if chat < 0 else chat, chat, card, button="Tap me", data=None)
        await asyncio.gather(
            self.sender.answer(query.id, None),
            self.sender.edit(ChatId(chat), card, replace(_CARD, text=text(f"a card, {query.id}"))),
        )


@contextlib.asynccontextmanager
async def _opened(folder: Path, chats: Sequence[int]) -> AsyncIterator[Burst]:
    people = tuple(Person(id=chat, first_name=f"P{chat}") for chat in chats if chat > 0)
    groups = tuple(
        ChatPlan(id=chat, kind="group", title="G", creator=people[0].id, members=()) for chat in chats if chat < 0
    )
    cast_, fast = Cast(people=people, chats=groups), FastTime()
    clock = FastClock(fast)
    database = await Database.open(folder / "pushes.db")
    await database.write(schema.create)
    stored = await StoredChats.load(database, moved=lambda old, new: None)
    async with LocalChat.running(cast=cast_, clock=fast) as chat:
        crowd = Crowd(chat.world)
        for person in people:
            crowd.write(person.id, person.id, Writing(text="/start"))
        async with connected(url=chat.api_url, token=Secret(chat.token), clock=clock) as line:
            chat.limits.enabled = True
            burst = Burst(chat=chat, line=line, database=database, stored=stored, clock=clock, tapper=people[0].id)
            burst.start()
            try:
                yield burst
            finally:
                await burst.nursery.end(within=timedelta(seconds=2))
    await database.aclose()


async def _try(run: Run, case: int, chance: random.Random, *, pushes: int) -> None:
    each, crashes = 10 if pushes >= 100 else 2, pushes // 500
    numbers = range(1, max(2, pushes // each) + 1)
    chats = [-5_000 - number if number % 4 == 0 else 5_000 + number for number in numbers]
    told = [(number, chats[number % len(chats)]) for number in range(pushes)]
    with tempfile.TemporaryDirectory() as folder:
        async with _opened(Path(folder), chats) as burst:
            await burst.show_cards(chats)
            waiting, *lost = chance.sample(chats, 1 + min(3, pushes // 50))
            closed = _fault(FaultKind.TOO_MANY, seconds=_TOLD_TO_WAIT, chat=waiting, times=99)
            burst.chat.faults.add(closed)
            for chat in lost:
                burst.chat.faults.add(_fault(FaultKind.DROP_AFTER, chat=chat))
            began = burst.clock.monotonic()
            await burst.put(told)
            calm = [chat for chat in chats if chat not in (waiting, *lost)]
            answering = asyncio.ensure_future(_answer(run, case, chance, burst, calm))
            try:
                for _ in range(crashes):
                    await burst.clock.sleep(chance.uniform(5, 30))
                    closed.seconds = began + _TOLD_TO_WAIT - burst.clock.monotonic()
                    await burst.crash()
                    run.remark("crashes")
                while not await burst.is_done(apart=[waiting]):
                    await burst.clock.sleep(0.2)
                took = burst.clock.monotonic() - began
                if answering.done():
                    answering.result()
            finally:
                answering.cancel()
            await _wait_it_out(run, case, burst, waiting, until=began + _TOLD_TO_WAIT)
            _judge(run, case, burst, told)
            refused = [call.parameters["chat_id"] for call in burst.chat.calls.since(0, None) if call.status == 429]
            if set(refused) != {str(waiting)} or len(refused) > 1 + crashes:
                run.fail(case, f"{len(refused)} calls were too many")
            answers = run.remarks.get("answers", 0)
            run.remark(f"{pushes} pushes to {len(chats)} chats and {answers} answers took {took:.0f} s")
            if took > 1.5 * (pushes + answers) / _A_SECOND + 5 * crashes + 15:
                run.fail(case, f"it took {took:.0f} s")


async def _wait_it_out(run: Run, case: int, burst: Burst, waiting: int, *, until: float) -> None:
    """All others were told; the chat that was told to wait is told when its time is over, and not before."""
    if any("push" in words for words in burst.said(waiting)):
        run.fail(case, "a chat that was told to wait was told something")
    burst.clock.time.ahead += max(0.0, until - burst.clock.monotonic())
    burst.chat.faults.clear()
    while not await burst.is_done():
        await burst.clock.sleep(0.5)
    if burst.clock.monotonic() > until + 120:
        run.fail(case, "a chat that was told to wait went on late")


def _fault(kind: FaultKind, *, chat: int, seconds: float = 0, times: int = 1) -> Fault:
    return Fault(method="sendmessage", kind=kind, times=times, seconds=seconds, chat=chat)


async def _answer(run: Run, case: int, chance: random.Random, burst: Burst, chats: Sequence[int]) -> None:
    """People who tap while all this goes on: several a second."""
    answered: dict[int, float] = {}
    while True:
        await burst.clock.sleep(chance.uniform(0, 0.4))
        chat, now = chance.choice(chats), burst.clock.monotonic()
        if now - answered.get(chat, 0.0) < _BETWEEN_ANSWERS:
            continue
        answered[chat] = now
        await burst.tap(chat)
        took = burst.clock.monotonic() - now
        run.remark("answers")
        if took > _ANSWERED_WITHIN:
            run.fail(case, f"an answer took {took:.1f} s")


def _judge(run: Run, case: int, burst: Burst, told: Sequence[tuple[int, int]]) -> None:
    """Every push is there; more than once only where that is said; and nothing was refused but what had to be."""
    plain, marked = Counter[int](), Counter[int]()
    for chat in {chat for _, chat in told}:
        for words in burst.said(chat):
            for number in _NUMBER.findall(words):
                (marked if _MARK in words else plain)[int(number)] += 1
    for number, _ in told:
        if not plain[number] + marked[number]:
            run.fail(case, f"push {number} was lost")
        elif plain[number] > 1:
            run.fail(case, f"push {number} came {plain[number]} times without a mark")
        elif marked[number]:
            run.remark("repeats, marked")


def prove(run: Run) -> None:
    for case, chance in run.cases(worth=run.count):
        asyncio.run(_try(run, case, chance, pushes=run.count))


PROOF = Proof(
    name="pushes",
    claim="2,000 alerts to 200 chats among taps and crashes, one chat closed for 300 s: none lost, no limit met",
    required=2_000,
    sample=8,
    prove=prove,
)
