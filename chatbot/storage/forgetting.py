"""Erasing everything of a person: all of it is said here, table by table.

That somebody is being forgotten is written down first and erased last, so that an erasure that was interrupted goes on
at the next start. Every step can be repeated.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from chatbot.domain.audit import Deed, Event
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import PersonJoined
from chatbot.domain.tickets import TicketState
from chatbot.ports.clock import Clock
from chatbot.storage.absences import MISSED
from chatbot.storage.accounts import ACCOUNTS, ACTIVE_ACCOUNTS, StoredAccounts
from chatbot.storage.alerts import ALERTS
from chatbot.storage.audit import AUDIT, AuditLog
from chatbot.storage.audit_chain import PERSONAL
from chatbot.storage.boards import BOARDS
from chatbot.storage.chats import CHATS, TOPICS
from chatbot.storage.database import Database
from chatbot.storage.dialogues import DIALOGUES
from chatbot.storage.digests import DIGESTS
from chatbot.storage.exports import EXPORTS
from chatbot.storage.factors import FACTORS, RECOVERY_CODES, REQUIREMENT, StoredFactors
from chatbot.storage.favourites import FAVOURITES
from chatbot.storage.inbox import StoredInbox
from chatbot.storage.keys import DATA_KEYS
from chatbot.storage.locks import HALTS, LOCKS, StoredLocks
from chatbot.storage.outbox import OUTBOX
from chatbot.storage.people import LINKS, PEOPLE, StoredPeople
from chatbot.storage.preferences import NOTICE_MODES, PREFERENCES, StoredPreferences
from chatbot.storage.secrets import SECRETS
from chatbot.storage.shown_secrets import SHOWN_SECRETS
from chatbot.storage.swaps import SWAPS
from chatbot.storage.tables import METADATA, Moment
from chatbot.storage.ticket_table import TICKETS

FORGETTINGS = sa.Table(
    "forgettings",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("asked_at", Moment, nullable=False),
)

NOBODY: Final = PersonId(0)
"""Who did it, where a row stays that must name somebody."""

WITH_CREDENTIALS: Final = (SECRETS, ACCOUNTS, ACTIVE_ACCOUNTS, DATA_KEYS)
"""What `StoredAccounts.erase_all` erases, and what hangs on accounts along with it."""

ERASED: Final = (
    TICKETS.c.person,
    SWAPS.c.person,
    EXPORTS.c.person,
    DIALOGUES.c.person,
    SHOWN_SECRETS.c.person,
    ALERTS.c.chat,
    FAVOURITES.c.chat,
    OUTBOX.c.chat,
    CHATS.c.chat,
    TOPICS.c.chat,
    MISSED.c.chat,
    LINKS.c.made_by,
    LOCKS.c.person,
    FACTORS.c.person,
    RECOVERY_CODES.c.person,
    NOTICE_MODES.c.chat,
    PREFERENCES.c.chat,
    BOARDS.c.chat,
    DIGESTS.c.chat,
    PEOPLE.c.id,
)
"""Rows that go where this column holds the person's number, which is their private chat's too."""

BLANKED: Final = (
    (PEOPLE.c.invited_by, None),
    (CHATS.c.vouched_by, None),
    (ALERTS.c.set_by, None),
    (ALERTS.c.asked_chat, None),
    (BOARDS.c.set_by, None),
    (DIGESTS.c.set_by, None),
    (HALTS.c.by, NOBODY),
    (REQUIREMENT.c.asked_by, NOBODY),
)
"""Columns of other people's rows, and of the program's, that no longer say who it was."""

_AUDIT_PAGE = 500  # entries blanked in one transaction, so that others need not wait for long
_OPEN = (TicketState.HELD, TicketState.CLAIMED, TicketState.UNCERTAIN)
_a = AUDIT.c
_PROVEN = [_a[name] for name in ("seq", *PERSONAL, "blind", "digest", "forgotten_by", "mark")]
_BLANK = (
    AUDIT.update()
    .where(_a.seq == sa.bindparam("number"))
    .values({**dict.fromkeys((*PERSONAL, "blind")), "forgotten_by": sa.bindparam("by"), "mark": sa.bindparam("proof")})
)


class StoredForgetting:
    """See the Protocol."""

    def __init__(
        self,
        database: Database,
        *,
        accounts: StoredAccounts,
        people: StoredPeople,
        factors: StoredFactors,
        locks: StoredLocks,
        preferences: StoredPreferences,
        inbox: StoredInbox,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._inbox = inbox
        self._audit = audit
        self._clock = clock
        self._caches: tuple[Callable[[PersonId], None], ...] = (
            people.left,
            factors.left,
            locks.left,
            preferences.left,
        )

    async def begin(self, person: PersonId) -> bool:
        now = self._clock.now()

        def work(connection: sa.Connection) -> bool:
            unsettled = sa.select(TICKETS.c.id).where(TICKETS.c.person == person, TICKETS.c.state.in_(_OPEN)).limit(1)
            if connection.execute(unsettled).first() is not None:
                return False
            connection.execute(TICKETS.delete().where(TICKETS.c.person == person))  # none can be confirmed any more
            connection.execute(FORGETTINGS.delete().where(FORGETTINGS.c.person == person))
            connection.execute(FORGETTINGS.insert(), {"person": person, "asked_at": now})
            return True

        return await self._database.write(work)

    async def begun(self) -> tuple[PersonId, ...]:
        query = sa.select(FORGETTINGS.c.person)
        return tuple(await self._database.read(lambda connection: connection.execute(query).scalars().all()))

    async def erase(self, person: PersonId) -> bool:
        await self._accounts.erase_all(person)
        await self._database.write(
            lambda connection: self._erase_rows(connection, person), then=lambda _: self._update_caches(person)
        )
        while await self._database.write(lambda connection: self._blank_log(connection, person)):
            pass
        over = FORGETTINGS.delete().where(FORGETTINGS.c.person == person)
        await self._database.write(lambda connection: connection.execute(over), erase=True)
        return await self.finish()

    async def finish(self) -> bool:
        return await self._database.finish_erasing()

    def _erase_rows(self, connection: sa.Connection, person: PersonId) -> None:
        for column in ERASED:
            connection.execute(sa.delete(_table(column)).where(column == person))
        for column, nobody in BLANKED:
            connection.execute(sa.update(_table(column)).where(column == person).values({column: nobody}))
        _erase_mentions(connection, person)
        self._inbox.erase(connection, re.compile(rb'"id":\s*%d\b' % person))

    def _blank_log(self, connection: sa.Connection, person: PersonId) -> int:
        """Take out of the log what is personal in a page of the person's entries, and of those about them."""
        theirs = sa.select(*_PROVEN).where(sa.or_(_a.person == person, _a.about == person))
        rows = connection.execute(theirs.order_by(_a.seq).limit(_AUDIT_PAGE)).all()
        if rows:
            by = self._audit.append(
                connection, Event(deed=Deed.FORGOTTEN, person=None), now=self._clock.now(), covers=len(rows)
            )
            connection.execute(_BLANK, [{"number": row.seq, "by": by, "proof": self._mark(row, by)} for row in rows])
        return len(rows)

    def _mark(self, row: sa.Row[*tuple[Any, ...]], by: int) -> bytes:
        """A row that was tampered with gets no proof: it stays broken, and its person is forgotten all the same."""
        chain = self._audit.chain
        return chain.mark(row.seq, row.digest, forgotten_by=by) if chain.proves(row, row.seq) else b""

    def _update_caches(self, person: PersonId) -> None:
        for forget in self._caches:
            forget(person)


def _table(column: sa.Column[Any]) -> sa.Table:
    assert isinstance(column.table, sa.Table)
    return column.table


def _erase_mentions(connection: sa.Connection, person: PersonId) -> None:
    """What waits to be told to others about them."""
    for row in connection.execute(sa.select(OUTBOX.c.id, OUTBOX.c.notice)).all():
        if isinstance(row.notice, PersonJoined) and row.notice.person == person:
            connection.execute(OUTBOX.delete().where(OUTBOX.c.id == row.id))
