"""Stand-ins for storage and time."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chatbot.domain.chats import KnownChat, Subscriptions, Topic
from chatbot.domain.drafts import Dialogue
from chatbot.domain.ids import ChatId, ClientId, DialogueId, PersonId
from chatbot.domain.notices import Loss
from chatbot.domain.people import LinkKind, Person, Role
from chatbot.domain.places import Place
from chatbot.ports.messages import InboxItem


class SkippingClock:
    """The real time, except that sleeping takes none: the clock is put forward instead."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.skipped)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.skipped += seconds
        await asyncio.sleep(0)


class StillClock(SkippingClock):
    """Stands still, except when somebody sleeps."""

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.skipped)

    def monotonic(self) -> float:
        return 1_000.0 + self.skipped


class FixedEntropy:
    def token(self) -> str:
        return "abcdefghijklmnopqrstuv"

    def random_bytes(self, count: int) -> bytes:
        return bytes(range(count))

    def client_id(self) -> ClientId:
        return ClientId(1)

    def jitter(self) -> float:
        return 0.0


class FakePeople:
    def __init__(self, *people: Person) -> None:
        self.known = {person.id: person for person in people}
        self.with_rows: set[int] = set()

    def let_in(self, person: int, role: Role = Role.MEMBER) -> None:
        joined = datetime(2026, 1, 1, tzinfo=UTC)
        self.known[PersonId(person)] = Person(id=PersonId(person), name="x", role=role, joined_at=joined)

    async def get(self, person: PersonId) -> Person | None:
        return self.known.get(person)

    async def everybody(self) -> tuple[Person, ...]:
        return tuple(self.known.values())

    async def add(self, person: Person) -> None:
        self.known[person.id] = person

    async def remove(self, person: PersonId, *, by: PersonId, now: datetime) -> tuple[ChatId, ...] | None:
        return None if self.known.pop(person, None) is None else ()

    async def has_rows(self, person: PersonId) -> bool:
        return person in self.with_rows

    async def add_link(
        self, *, kind: LinkKind, token_hash: bytes, made_by: PersonId | None, expires_at: datetime, now: datetime
    ) -> None:
        raise NotImplementedError

    async def use_link(
        self, *, kind: LinkKind, token_hash: bytes, person: PersonId, name: str, role: Role, now: datetime
    ) -> tuple[bool, PersonId | None]:
        raise NotImplementedError


class FakeChats:
    def __init__(self) -> None:
        self.vouched: set[ChatId] = set()
        self.paused: set[ChatId] = set()
        self.moves: list[tuple[ChatId, ChatId]] = []
        self.known: dict[ChatId, KnownChat] = {}
        self.topics: dict[Place, Topic] = {}
        self.arrivals: list[tuple[ChatId, ChatId | None]] = []
        self.losses: list[tuple[ChatId, bool]] = []
        self.reopenings: list[Place] = []

    async def is_vouched(self, chat: ChatId) -> bool:
        return chat in self.vouched

    async def vouch(self, chat: ChatId, *, by: PersonId, now: datetime) -> None:
        self.vouched.add(chat)

    async def pause(self, chat: ChatId, *, now: datetime) -> None:
        self.paused.add(chat)

    async def resume(self, chat: ChatId) -> None:
        self.paused.discard(chat)

    async def move(self, old: ChatId, new: ChatId) -> None:
        self.moves.append((old, new))

    def get(self, chat: ChatId) -> KnownChat | None:
        return self.known.get(chat)

    def all(self) -> tuple[KnownChat, ...]:
        return tuple(self.known.values())

    async def note(self, chat: KnownChat) -> None:
        self.known[chat.id] = chat

    def topic(self, place: Place) -> Topic | None:
        return self.topics.get(place)

    async def deleted_topics(self, chat: ChatId) -> frozenset[Place]:
        return frozenset()

    async def note_topic(self, place: Place, topic: Topic) -> None:
        self.topics[place] = topic

    async def arrived(self, chat: KnownChat, *, tell: ChatId | None, now: datetime) -> None:
        self.arrivals.append((chat.id, tell))

    async def lost(self, chat: ChatId, *, is_in: bool, now: datetime) -> None:
        self.losses.append((chat, is_in))

    async def reopened(self, place: Place, *, now: datetime) -> None:
        self.reopenings.append(place)

    async def paused_in(self, chat: ChatId) -> Subscriptions:
        return Subscriptions()

    async def subscriptions(self, chat: ChatId, *, thread: int | None = None) -> Subscriptions:
        return Subscriptions()

    async def chosen_by(self, person: PersonId) -> tuple[KnownChat, ...]:
        return ()


class FakeDialogues:
    def __init__(self) -> None:
        self.open: dict[tuple[ChatId, PersonId], Dialogue] = {}

    async def put(self, dialogue: Dialogue) -> None:
        self.open[dialogue.chat, dialogue.person] = dialogue

    async def get(self, dialogue: DialogueId, *, person: PersonId, now: datetime) -> Dialogue | None:
        return next((each for each in self.open.values() if each.id == dialogue and each.person == person), None)

    async def open_in(self, chat: ChatId, *, person: PersonId, now: datetime) -> Dialogue | None:
        return self.open.get((chat, person))

    async def close(self, chat: ChatId, *, person: PersonId) -> None:
        self.open.pop((chat, person), None)

    async def prune(self, *, now: datetime) -> None:
        raise NotImplementedError


class FakeInbox:
    def __init__(self) -> None:
        self.waiting: dict[int, InboxItem] = {}
        self.aside: dict[int, InboxItem] = {}
        self.finished: list[int] = []
        self._seen: set[int] = set()
        self._last = 0

    async def store(self, updates: Sequence[tuple[int, bytes]], *, received_at: datetime) -> tuple[InboxItem, ...]:
        new = [pair for pair in updates if pair[0] not in self._seen]
        return tuple(self._put(number, body, received_at) for number, body in new)

    def _put(self, update_id: int, body: bytes, received_at: datetime) -> InboxItem:
        self._seen.add(update_id)
        self._last += 1
        item = InboxItem(seq=self._last, update_id=update_id, body=body, received_at=received_at, attempts=0)
        self.waiting[item.seq] = item
        return item

    async def begin(self, seq: int) -> None:
        self.waiting[seq] = replace(self.waiting[seq], attempts=self.waiting[seq].attempts + 1)

    async def done(self, seqs: Iterable[int]) -> None:
        for seq in seqs:
            self.finished.append(seq)
            del self.waiting[seq]

    async def put_aside(self, seq: int) -> None:
        self.aside[seq] = self.waiting.pop(seq)

    async def unfinished(self) -> tuple[InboxItem, ...]:
        return tuple(self.waiting.values())

    async def prune(self, *, before: datetime) -> None:
        raise NotImplementedError


class FakeLosses:
    """A lost chat is paused, as the real ones do it."""

    def __init__(self, chats: FakeChats) -> None:
        self._chats = chats
        self.lost: list[tuple[Place, Loss]] = []
        self.regained: list[Place] = []

    async def lose(self, place: Place, why: Loss, *, now: datetime) -> None:
        self.lost.append((place, why))
        if not why.is_of_topic:
            self._chats.paused.add(place.chat)

    async def regain(self, place: Place, *, now: datetime) -> None:
        self.regained.append(place)

    async def give_up(self, *entries: int, now: datetime) -> None:
        raise NotImplementedError
