"""People and the one-time links that let them in."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningDelete

from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import Obstacle
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.people import LinkKind, Person, Role
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.alerts import ALERTS
from chatbot.storage.boards import BOARDS
from chatbot.storage.chats import CHATS, StoredChats
from chatbot.storage.database import Database
from chatbot.storage.digests import DIGESTS
from chatbot.storage.factors import FACTORS
from chatbot.storage.favourites import FAVOURITES
from chatbot.storage.outbox import OUTBOX, waits_in
from chatbot.storage.preferences import NOTICE_MODES, PREFERENCES
from chatbot.storage.recording import Recorder
from chatbot.storage.subscriptions import pause_all
from chatbot.storage.tables import METADATA, Moment, Word
from chatbot.storage.ticket_table import TICKETS
from chatbot.storage.tickets import StoredTickets

PEOPLE = sa.Table(
    "people",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", Word(Role), nullable=False),
    sa.Column("joined_at", Moment, nullable=False),
    sa.Column("invited_by", sa.BigInteger),
)

LINKS = sa.Table(
    "links",
    METADATA,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    sa.Column("kind", Word(LinkKind), nullable=False),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("expires_at", Moment, nullable=False),
)

_FIELDS = tuple(field.name for field in fields(Person))
_OWN: Final = (
    ACCOUNTS.c.person,
    FACTORS.c.person,
    FAVOURITES.c.chat,
    NOTICE_MODES.c.chat,
    PREFERENCES.c.chat,
    ALERTS.c.chat,
    BOARDS.c.chat,
    DIGESTS.c.chat,
)
"""Whose rows these are, or their private chat's. Nobody has any who was never let in."""


class StoredPeople:
    """The guest list, also held in memory whole, because every message asks for it."""

    def __init__(
        self,
        database: Database,
        known: Mapping[PersonId, Person],
        recorder: Recorder,
        *,
        tickets: StoredTickets,
        chats: StoredChats,
    ) -> None:
        self._database = database
        self._known = dict(known)
        self._recorder = recorder
        self._tickets = tickets
        self._chats = chats

    @classmethod
    async def load(
        cls, database: Database, recorder: Recorder, *, tickets: StoredTickets, chats: StoredChats
    ) -> "StoredPeople":
        everybody = await database.read(lambda connection: connection.execute(sa.select(PEOPLE)).mappings().all())
        known = {person.id: person for person in map(_person, everybody)}
        return cls(database, known, recorder, tickets=tickets, chats=chats)

    async def get(self, person: PersonId) -> Person | None:
        return self._known.get(person)

    async def everybody(self) -> tuple[Person, ...]:
        return tuple(sorted(self._known.values(), key=lambda person: (person.role is not Role.OWNER, person.joined_at)))

    async def add(self, person: Person) -> None:
        await self._database.write(lambda connection: _put(connection, person), then=self._remember)

    async def remove(self, person: PersonId, *, by: PersonId, now: datetime) -> tuple[ChatId, ...] | None:
        event = Event(deed=Deed.REMOVED, person=by, about=person, chat=ChatId(by))

        def work(connection: sa.Connection) -> tuple[ChatId, ...] | None:
            connection.execute(LINKS.delete().where(LINKS.c.made_by == person))
            if connection.execute(PEOPLE.delete().where(PEOPLE.c.id == person)).rowcount == 0:
                return None
            self._recorder.record(connection, event, now=now)
            self._tickets.stop_waiting(connection, person, now, obstacle=Obstacle.REMOVED, by=by)
            pause_all(connection, ChatId(person))
            return _silence(connection, person)

        def remember(silenced: tuple[ChatId, ...] | None) -> None:
            self.left(person)
            self._chats.unvouched(silenced or ())

        return await self._database.write(work, then=remember)

    async def has_rows(self, person: PersonId) -> bool:
        """See the Protocol. All of it is found by an index, because anybody can ask; so cards alone do not count."""
        sent = (TICKETS.c.person == person, TICKETS.c.claimed_at.is_not(None))
        theirs = sa.or_(sa.exists().where(*sent), *(sa.exists().where(column == person) for column in _OWN))
        return await self._database.read(lambda connection: bool(connection.execute(sa.select(theirs)).scalar_one()))

    async def add_link(
        self, *, kind: LinkKind, token_hash: bytes, made_by: PersonId | None, expires_at: datetime, now: datetime
    ) -> None:
        link = {"token_hash": token_hash, "kind": kind, "made_by": made_by, "expires_at": expires_at}

        def work(connection: sa.Connection) -> None:
            connection.execute(LINKS.insert(), link)
            if made_by is not None:
                event = Event(deed=Deed.INVITED, person=made_by, chat=ChatId(made_by))
                self._recorder.record(connection, event, now=now)

        await self._database.write(work)

    async def use_link(
        self, *, kind: LinkKind, token_hash: bytes, person: PersonId, name: str, role: Role, now: datetime
    ) -> tuple[bool, PersonId | None]:
        """See the Protocol. Somebody who is in already stays what they are, but a link never takes ownership away."""

        def work(connection: sa.Connection) -> tuple[Person | None, PersonId | None]:
            if kind is LinkKind.CLAIM and _has_owner(connection):
                return None, None
            used = connection.execute(_take_link(kind, token_hash, now)).one_or_none()
            if used is None:
                return None, None
            newcomer = Person(id=person, name=name, role=role, joined_at=now, invited_by=used.made_by)
            let_in = _let_in(connection, newcomer)
            self._recorder.record(connection, _entered(let_in, invited_by=used.made_by), now=now)
            return let_in, used.made_by

        def remember(result: tuple[Person | None, PersonId | None]) -> None:
            if result[0] is not None:
                self._remember(result[0])

        joined, made_by = await self._database.write(work, then=remember)
        return joined is not None, made_by

    def left(self, person: PersonId) -> None:
        """Their row is gone: bring the memory up to date. To be called in the database's thread."""
        self._known.pop(person, None)

    def _remember(self, person: Person) -> None:
        self._known[person.id] = person


def _person(row: Mapping[Any, Any]) -> Person:
    return Person(**{name: row[name] for name in _FIELDS})


def _silence(connection: sa.Connection, person: PersonId) -> tuple[ChatId, ...]:
    """Nobody stands any more for the groups and channels that somebody stood for: what goes on there pauses."""
    theirs = CHATS.update().where(CHATS.c.vouched_by == person).values(vouched_by=None, vouched_at=None)
    silenced = tuple(connection.execute(theirs.returning(CHATS.c.chat)).scalars())
    for chat in silenced:
        pause_all(connection, chat)
        connection.execute(OUTBOX.delete().where(waits_in(chat)))
    return silenced


def _find(connection: sa.Connection, person: PersonId) -> Person | None:
    row = connection.execute(sa.select(PEOPLE).where(PEOPLE.c.id == person)).mappings().one_or_none()
    return None if row is None else _person(row)


def _put(connection: sa.Connection, person: Person) -> Person:
    """Insert, or change name and role; returns what is stored then."""
    known = _find(connection, person.id)
    if known is None:
        connection.execute(PEOPLE.insert(), {name: getattr(person, name) for name in _FIELDS})
        return person
    connection.execute(PEOPLE.update().where(PEOPLE.c.id == person.id).values(name=person.name, role=person.role))
    return replace(known, name=person.name, role=person.role)


def _has_owner(connection: sa.Connection) -> bool:
    return connection.execute(sa.select(PEOPLE.c.id).where(PEOPLE.c.role == Role.OWNER).limit(1)).first() is not None


def _take_link(kind: LinkKind, token_hash: bytes, now: datetime) -> ReturningDelete[PersonId | None]:
    """A used link is gone: that is what makes it a one-time link."""
    usable = (LINKS.c.token_hash == token_hash, LINKS.c.kind == kind, LINKS.c.expires_at > now)
    return LINKS.delete().where(*usable).returning(LINKS.c.made_by)


def _let_in(connection: sa.Connection, newcomer: Person) -> Person:
    known = _find(connection, newcomer.id)
    owns = known is not None and known.role is Role.OWNER
    return _put(connection, replace(newcomer, role=Role.OWNER) if owns else newcomer)


def _entered(person: Person, *, invited_by: PersonId | None) -> Event:
    chat = ChatId(person.id)
    return Event(deed=Deed.LET_IN, person=person.id, about=invited_by, chat=chat, result=f"as {person.role.value}")
