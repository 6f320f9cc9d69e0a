"""Second factors. A code is judged and what follows from it written in one transaction, so that none counts twice."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pyotp
import sqlalchemy as sa

from chatbot.domain import factors as rules
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import FactorMissing
from chatbot.domain.factors import (
    Accepted,
    Code,
    Factor,
    Judgement,
    Locked,
    OneTimeCode,
    RecoveryCode,
    Rejected,
    Spent,
    recovery_hash,
)
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.secrets import Secret
from chatbot.ports.factors import Attempt
from chatbot.storage.database import Database
from chatbot.storage.limits import StoredLimits
from chatbot.storage.recording import Recorder
from chatbot.storage.secrets import PersonalKeys
from chatbot.storage.tables import METADATA, Moment

FACTORS = sa.Table(
    "factors",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("since", Moment),  # null until the first code: not in force yet
    sa.Column("expires_at", Moment),  # null once it is in force
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", Moment),
)

RECOVERY_CODES = sa.Table(
    "recovery_codes",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary, primary_key=True),
)

REQUIREMENT = sa.Table(  # a row while a second factor is asked of everybody
    "factor_requirement",
    METADATA,
    sa.Column("asked_by", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("asked_at", Moment, nullable=False),
)

_SECRET = "totp"
_NEVER = -1  # the last step of a factor no code was accepted for yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is held in memory: who has a second factor in force, and whether it is asked of everybody."""

    on: frozenset[PersonId]
    required: bool


class StoredFactors:
    """See the Protocol. Who has one is also held in memory, because everything that moves money asks for it."""

    def __init__(
        self, database: Database, keys: PersonalKeys, recorder: Recorder, *, limits: StoredLimits, known: Known
    ) -> None:
        self._database = database
        self._keys = keys
        self._recorder = recorder
        self._limits = limits
        self._on = set(known.on)
        self._required = known.required

    @classmethod
    async def load(
        cls, database: Database, keys: PersonalKeys, recorder: Recorder, *, limits: StoredLimits
    ) -> "StoredFactors":
        return cls(database, keys, recorder, limits=limits, known=await database.read(_known))

    def has(self, person: PersonId) -> bool:
        return person in self._on

    def left(self, person: PersonId) -> None:
        """Their rows are gone: bring the memory up to date. To be called in the database's thread."""
        self._on.discard(person)

    @property
    def required(self) -> bool:
        return self._required

    async def get(self, person: PersonId) -> Factor | None:
        return await self._database.read(lambda connection: _factor(connection, person))

    async def begin(self, person: PersonId, *, secret: Secret, expires_at: datetime) -> bool:
        def work(connection: sa.Connection) -> bool:
            if _factor(connection, person) is not None:
                return False
            self._erase(connection, person)
            waiting = {"person": person, "expires_at": expires_at, "last_step": _NEVER, "failures": 0}
            connection.execute(FACTORS.insert(), waiting)
            self._keys.put_secret(connection, person, _SECRET, secret)
            return True

        return await self._database.write(work, erase=True)

    async def confirm(
        self, person: PersonId, code: OneTimeCode, *, recovery: Sequence[str], chat: ChatId, now: datetime
    ) -> bool | None:
        def work(connection: sa.Connection) -> bool | None:
            secret = self._keys.get_secret(connection, person, _SECRET)
            if secret is None or not _is_waiting(connection, person, now):
                return None
            step = _step(code, secret, last_step=_NEVER, now=now)
            if step is None:
                return False
            _put_in_force(connection, person, step=step, now=now)
            _replace_recovery(connection, person, recovery, secret)
            self._limits.drop_waiting(connection, person, chat=chat, now=now)  # they were asked for without a code
            self._record(connection, Deed.FACTOR_ON, AlarmKind.FACTOR_ON, person=person, chat=chat, now=now)
            return True

        def remember(confirmed: bool | None) -> None:
            if confirmed:
                self._on.add(person)

        return await self._database.write(work, then=remember)

    async def verify(self, code: Code | None, attempt: Attempt) -> Judgement:
        def work(connection: sa.Connection) -> Judgement:
            factor = _factor(connection, attempt.person)
            secret = self._keys.get_secret(connection, attempt.person, _SECRET)
            if factor is None or secret is None:
                raise FactorMissing
            until = factor.locked_at(attempt.at)
            if until is not None:
                return Locked(until=until)
            if isinstance(code, OneTimeCode):
                step = _step(code, secret, last_step=factor.last_step, now=attempt.at)
                if step is not None:
                    _update(connection, attempt.person, rules.after_right(factor, step=step))
                    return Accepted()
                if rules.is_spent(code, code_at=_codes(secret), now=attempt.at):
                    self._record_wrong(connection, replace(attempt, closes=False))
                    return Spent()
            elif code is not None and _use_recovery(connection, attempt.person, code, secret):
                self._recovered(connection, rules.after_right(factor, step=None), attempt)
                return Accepted()
            return self._wrong(connection, factor, attempt, counts=code is not None)

        return await self._database.write(work)

    async def burn(self, person: PersonId, code: Code, *, chat: ChatId, now: datetime) -> bool:
        attempt = Attempt(person=person, chat=chat, subject="nothing", closes=False, at=now)

        def work(connection: sa.Connection) -> bool:
            factor = _factor(connection, person)
            secret = self._keys.get_secret(connection, person, _SECRET)
            if factor is None or secret is None:
                return False
            if isinstance(code, RecoveryCode):
                burnt = _use_recovery(connection, person, code, secret)
                if burnt:
                    self._recovered(connection, rules.after_burnt(factor, step=None), attempt)
                return burnt
            step = rules.burnt_step(code, code_at=_codes(secret), now=now)
            if step is None:
                return False
            _update(connection, person, rules.after_burnt(factor, step=step))
            self._recorder.record(connection, Event(deed=Deed.CODE_BURNT, person=person, chat=chat), now=now)
            return True

        return await self._database.write(work)

    async def void(self, person: PersonId, *, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            factor = _factor(connection, person)
            if factor is not None:
                _update(connection, person, rules.after_void(factor, now=now))

        if self.has(person):
            await self._database.write(work)

    async def refuse(self, attempt: Attempt) -> None:
        await self._database.write(lambda connection: self._record_wrong(connection, attempt))

    async def turn_off(self, person: PersonId, *, chat: ChatId | None, now: datetime) -> bool:
        event = Event(deed=Deed.FACTOR_OFF, person=person, chat=chat, result="on the server" if chat is None else "")

        def work(connection: sa.Connection) -> bool:
            if _factor(connection, person) is None:
                return False
            self._erase(connection, person)
            self._recorder.record(connection, event, alarm=Alarm(kind=AlarmKind.FACTOR_OFF, at=now), now=now)
            return True

        return await self._database.write(work, then=lambda _: self._on.discard(person), erase=True)

    async def abandon(self, person: PersonId) -> bool:
        waiting = FACTORS.c.expires_at.is_not(None)
        return await self._erase_those(sa.and_(FACTORS.c.person == person, waiting)) > 0

    async def renew(self, person: PersonId, recovery: Sequence[str], *, chat: ChatId, now: datetime) -> bool:
        def work(connection: sa.Connection) -> bool:
            secret = self._keys.get_secret(connection, person, _SECRET)
            if secret is None or _factor(connection, person) is None:
                return False
            _replace_recovery(connection, person, recovery, secret)
            self._record(connection, Deed.CODES_RENEWED, AlarmKind.CODES_RENEWED, person=person, chat=chat, now=now)
            return True

        return await self._database.write(work)

    async def require(self, required: bool, *, by: PersonId, chat: ChatId, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            connection.execute(REQUIREMENT.delete())
            if required:
                connection.execute(REQUIREMENT.insert(), {"asked_by": by, "asked_at": now})
            result = "asked of everybody" if required else "no longer asked"
            event = Event(deed=Deed.REQUIREMENT, person=by, chat=chat, result=result)
            self._recorder.record(connection, event, now=now)

        def remember(_: None) -> None:
            self._required = required

        await self._database.write(work, then=remember)

    async def prune(self, *, now: datetime) -> None:
        await self._erase_those(FACTORS.c.expires_at <= now)

    async def _erase_those(self, which: sa.ColumnElement[bool]) -> int:
        """Erase factors that are not in force; how many there were. Nearly always none, which costs no write."""
        query = sa.select(FACTORS.c.person).where(which)

        def work(connection: sa.Connection) -> int:
            people = connection.execute(query).scalars().all()
            for person in people:
                self._erase(connection, person)
            return len(people)

        if await self._database.read(lambda connection: connection.execute(query).first()) is None:
            return 0
        return await self._database.write(work, erase=True)

    def _erase(self, connection: sa.Connection, person: PersonId) -> None:
        for table in (FACTORS, RECOVERY_CODES):
            connection.execute(table.delete().where(table.c.person == person))
        self._keys.drop_secret(connection, person, _SECRET)

    def _recovered(self, connection: sa.Connection, factor: Factor, attempt: Attempt) -> None:
        _update(connection, attempt.person, factor)
        event = Event(
            deed=Deed.RECOVERY_USED,
            person=attempt.person,
            chat=attempt.chat,
            subject=attempt.subject,
            result=f"{factor.recovery_left} left",
        )
        left = f"{factor.recovery_left} recovery codes left"
        alarm = Alarm(kind=AlarmKind.RECOVERY_USED, at=attempt.at, subject=left)
        self._recorder.record(connection, event, alarm=alarm, now=attempt.at)

    def _wrong(self, connection: sa.Connection, factor: Factor, attempt: Attempt, *, counts: bool) -> Judgement:
        after = rules.after_wrong(factor, now=attempt.at) if counts else factor
        _update(connection, attempt.person, after)
        self._record_wrong(connection, attempt)
        until = after.locked_at(attempt.at)
        if until is None:
            return Rejected(left=rules.WRONG_IN_A_ROW - after.failures)
        event = Event(deed=Deed.FACTOR_LOCKED, person=attempt.person, chat=attempt.chat, subject=attempt.subject)
        alarm = Alarm(kind=AlarmKind.FACTOR_LOCKED, at=attempt.at, subject=attempt.subject, due=until)
        self._recorder.record(connection, event, alarm=alarm, now=attempt.at)
        return Locked(until=until)

    def _record_wrong(self, connection: sa.Connection, attempt: Attempt) -> None:
        event = Event(
            deed=Deed.WRONG_CODE,
            person=attempt.person,
            chat=attempt.chat,
            subject=attempt.subject,
            result="closed" if attempt.closes else "",
        )
        alarm = Alarm(kind=AlarmKind.WRONG_CODES, at=attempt.at, subject=attempt.subject) if attempt.closes else None
        self._recorder.record(connection, event, alarm=alarm, now=attempt.at)

    def _record(
        self, connection: sa.Connection, deed: Deed, kind: AlarmKind, *, person: PersonId, chat: ChatId, now: datetime
    ) -> None:
        event, alarm = Event(deed=deed, person=person, chat=chat), Alarm(kind=kind, at=now)
        self._recorder.record(connection, event, alarm=alarm, now=now)


def _known(connection: sa.Connection) -> Known:
    on = connection.execute(sa.select(FACTORS.c.person).where(FACTORS.c.since.is_not(None))).scalars()
    required = connection.execute(sa.select(REQUIREMENT.c.asked_by)).first() is not None
    return Known(on=frozenset(on), required=required)


def _factor(connection: sa.Connection, person: PersonId) -> Factor | None:
    """The factor in force."""
    query = sa.select(FACTORS).where(FACTORS.c.person == person, FACTORS.c.since.is_not(None))
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    count = sa.select(sa.func.count()).where(RECOVERY_CODES.c.person == person)
    return Factor(
        since=row.since,
        last_step=row.last_step,
        failures=row.failures,
        locked_until=row.locked_until,
        recovery_left=connection.execute(count).scalar_one(),
    )


def _is_waiting(connection: sa.Connection, person: PersonId, now: datetime) -> bool:
    waiting = sa.select(FACTORS.c.person).where(FACTORS.c.person == person, FACTORS.c.expires_at > now)
    return connection.execute(waiting).first() is not None


def _put_in_force(connection: sa.Connection, person: PersonId, *, step: int, now: datetime) -> None:
    values = {"since": now, "expires_at": None, "last_step": step}
    connection.execute(FACTORS.update().where(FACTORS.c.person == person).values(values))


def _update(connection: sa.Connection, person: PersonId, factor: Factor) -> None:
    values = {"last_step": factor.last_step, "failures": factor.failures, "locked_until": factor.locked_until}
    connection.execute(FACTORS.update().where(FACTORS.c.person == person).values(values))


def _step(code: OneTimeCode, secret: Secret, *, last_step: int, now: datetime) -> int | None:
    return rules.accepted_step(code, code_at=_codes(secret), last_step=last_step, now=now)


def _codes(secret: Secret) -> Callable[[int], str]:
    return pyotp.HOTP(secret.reveal()).at


def _use_recovery(connection: sa.Connection, person: PersonId, code: RecoveryCode, secret: Secret) -> bool:
    """A used code is gone: that is why it works once."""
    this = sa.and_(RECOVERY_CODES.c.person == person, RECOVERY_CODES.c.hash == recovery_hash(code, secret=secret))
    return connection.execute(RECOVERY_CODES.delete().where(this)).rowcount > 0


def _replace_recovery(connection: sa.Connection, person: PersonId, codes: Iterable[str], secret: Secret) -> None:
    connection.execute(RECOVERY_CODES.delete().where(RECOVERY_CODES.c.person == person))
    read = [code for code in map(rules.read_code, codes) if isinstance(code, RecoveryCode)]
    rows = [{"person": person, "hash": recovery_hash(code, secret=secret)} for code in read]
    connection.execute(RECOVERY_CODES.insert(), rows)
