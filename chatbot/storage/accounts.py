"""Linked accounts; their secrets stand sealed in a table of their own."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from chatbot.domain.accounts import Account, SessionState, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import AccountId, ChatId, PersonId
from chatbot.domain.notices import Alarm, AlarmKind, SessionRejected
from chatbot.domain.secrets import Credentials, Secret, Session, SwapKey
from chatbot.storage import sessions
from chatbot.storage.database import Database
from chatbot.storage.faults import MasterKeyWrong
from chatbot.storage.keys import DATA_KEYS
from chatbot.storage.outbox import insert_notice
from chatbot.storage.recording import Recorder
from chatbot.storage.secrets import PersonalKeys
from chatbot.storage.sessions import Owner
from chatbot.storage.tables import METADATA, Moment, RowId, Word
from chatbot.storage.vault import Place, Seal, WrappedKey

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("venue", Word(Venue), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("key_tail", sa.Text, nullable=False),
    sa.Column("linked_at", Moment, nullable=False),
    sa.Column("key_version", sa.Integer, nullable=False),
    sa.UniqueConstraint("person", "label"),
    sa.ForeignKeyConstraint(["person", "key_version"], [DATA_KEYS.c.person, DATA_KEYS.c.version]),
    sqlite_autoincrement=True,  # tickets remember accounts: the number of a removed one is never given out again
)

ACCOUNT_SECRETS = sa.Table(
    "account_secrets",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

ACTIVE_ACCOUNTS = sa.Table(
    "active_accounts",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), nullable=False, unique=True),
)

_FIELDS = tuple(field.name for field in fields(Account))
_CACHED = 10_000  # about 1 kB each

Secrets = TypeVar("Secrets", Credentials, SwapKey)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SealedCredentials:
    person: PersonId
    key_version: int
    key: WrappedKey
    secrets: Mapping[str, bytes]


class StoredAccounts:
    """Sealed rows are held in memory, so that a tap that signs does not wait for the database; open secrets never are.

    An account's sealed rows do not change while it exists. The key that seals them may be wrapped anew, by another
    master key; what is held is then read again once the former master key is gone.
    """

    def __init__(self, database: Database, keys: PersonalKeys, recorder: Recorder) -> None:
        self._database = database
        self._keys = keys
        self._recorder = recorder
        self._sealed: dict[AccountId, _SealedCredentials] = {}

    async def add(
        self,
        person: PersonId,
        *,
        venue: Venue,
        credentials: Credentials | SwapKey,
        chat: ChatId | None = None,
        alarm: bool = True,
        now: datetime,
    ) -> Account:
        def work(connection: sa.Connection) -> Account:
            seal, version = self._keys.seal_of(connection, person)
            account = _insert(
                connection,
                person=person,
                venue=venue,
                key_tail=credentials.key_tail,
                linked_at=now,
                key_version=version,
            )
            _insert_secrets(connection, account, credentials, seal, version)
            if not venue.swaps:
                _activate(connection, person, account.id)
            event = Event(deed=Deed.LINKED, person=person, chat=chat, account=account.label)
            told = Alarm(kind=AlarmKind.LINKED, at=now, account=account.label) if alarm else None
            self._recorder.record(connection, event, alarm=told, now=now)
            return account

        return await self._database.write(work)

    async def of(self, person: PersonId) -> tuple[Account, ...]:
        return await self._database.read(lambda connection: _of(connection, person))

    async def get(self, account: AccountId) -> Account | None:
        return await self._one(sa.select(ACCOUNTS).where(ACCOUNTS.c.id == account))

    async def active(self, person: PersonId) -> Account | None:
        joined = sa.select(ACCOUNTS).join(ACTIVE_ACCOUNTS, ACTIVE_ACCOUNTS.c.account == ACCOUNTS.c.id)
        return await self._one(joined.where(ACTIVE_ACCOUNTS.c.person == person))

    async def activate(self, person: PersonId, account: AccountId) -> bool:
        def work(connection: sa.Connection) -> bool:
            owned = sa.select(ACCOUNTS.c.venue).where(ACCOUNTS.c.id == account, ACCOUNTS.c.person == person)
            venue: Venue | None = connection.execute(owned).scalar_one_or_none()
            if venue is None or venue.swaps:
                return False
            _activate(connection, person, account)
            return True

        return await self._database.write(work)

    async def remove(self, person: PersonId, account: AccountId, *, chat: ChatId | None = None, now: datetime) -> bool:
        """With somebody's last account their data key goes too, so that copies elsewhere lose their meaning.

        Unless a named secret hangs on it, such as that of the second factor.
        """

        def work(connection: sa.Connection) -> bool:
            was_active = _active_id(connection, person) == account
            gone = ACCOUNTS.delete().where(ACCOUNTS.c.id == account, ACCOUNTS.c.person == person)
            label = connection.execute(gone.returning(ACCOUNTS.c.label)).scalar_one_or_none()
            if label is None:
                return False
            event = Event(deed=Deed.UNLINKED, person=person, chat=chat, account=label)
            self._recorder.record(connection, event, now=now)
            left = _of(connection, person)
            able = [account.id for account in left if not account.venue.swaps]
            if not left:
                self._keys.release(connection, person)
            elif was_active and able:
                _activate(connection, person, able[-1])
            return True

        def forget(removed: bool) -> None:
            if removed:
                self._sealed.pop(account, None)

        return await self._database.write(work, then=forget, erase=True)

    async def erase_all(self, person: PersonId) -> None:
        """Erase all accounts, secrets and data keys of a person for good."""

        def work(connection: sa.Connection) -> list[AccountId]:
            gone = ACCOUNTS.delete().where(ACCOUNTS.c.person == person).returning(ACCOUNTS.c.id)
            erased = list(connection.execute(gone).scalars())
            self._keys.erase(connection, person)
            return erased

        def forget(erased: list[AccountId]) -> None:
            for account in erased:
                self._sealed.pop(account, None)

        await self._database.write(work, then=forget, erase=True)

    async def credentials(self, account: AccountId, *, of: PersonId | None = None) -> Credentials:
        return await self._opened(Credentials, account, of=of)

    async def swap_key(self, account: AccountId, *, of: PersonId | None = None) -> SwapKey:
        return await self._opened(SwapKey, account, of=of)

    async def session(self, account: AccountId, *, of: PersonId | None = None) -> Session:
        def work(connection: sa.Connection) -> Session:
            owner = self._owner(connection, account)
            if of is not None and owner.person != of:
                raise NotLinked
            return sessions.open_session(connection, owner)

        return await self._database.read(work)

    async def session_state(self, account: AccountId) -> SessionState | None:
        return await self._database.read(lambda connection: sessions.session_state(connection, account))

    async def put_session(
        self, account: Account, session: Session, *, chat: ChatId | None = None, now: datetime
    ) -> SessionState:
        event = Event(deed=Deed.SESSION_LINKED, person=account.person, chat=chat, account=account.label)
        alarm = Alarm(kind=AlarmKind.SESSION_LINKED, at=now, account=account.label)

        def work(connection: sa.Connection) -> SessionState:
            state = sessions.put_session(connection, self._owner(connection, account.id), session, now=now)
            self._recorder.record(connection, event, alarm=alarm, now=now)
            return state

        return await self._database.write(work, erase=True)

    async def drop_session(
        self, person: PersonId, account: AccountId, *, chat: ChatId | None = None, now: datetime
    ) -> bool:
        owned = sa.select(ACCOUNTS.c.label).where(ACCOUNTS.c.id == account, ACCOUNTS.c.person == person)

        def work(connection: sa.Connection) -> bool:
            label = connection.execute(owned).scalar_one_or_none()
            if label is None or not sessions.drop_session(connection, account):
                return False
            event = Event(deed=Deed.SESSION_UNLINKED, person=person, chat=chat, account=label)
            self._recorder.record(connection, event, now=now)
            return True

        return await self._database.write(work, erase=True)

    async def reject_session(self, account: Account, session: Session, *, now: datetime) -> None:
        event = Event(deed=Deed.SESSION_REJECTED, person=account.person, account=account.label)
        notice = SessionRejected(account=account.id, label=account.label, at=now)

        def work(connection: sa.Connection) -> None:
            if sessions.mark_rejected(connection, self._owner(connection, account.id), session, now=now):
                self._recorder.record(connection, event, now=now)
                insert_notice(connection, notice, chat=ChatId(account.person), reply_to=None, now=now)

        with contextlib.suppress(NotLinked):  # unlinked this very moment
            await self._database.write(work)

    async def _opened(self, kind: type[Secrets], account: AccountId, *, of: PersonId | None) -> Secrets:
        sealed = self._sealed.get(account) or await self._read(account)
        names = _names(kind)
        if set(sealed.secrets) != set(names) or (of is not None and sealed.person != of):
            raise NotLinked
        try:
            seal = self._seal(sealed)
        except MasterKeyWrong:  # a rotation has ended since it was read: the row names another master key now
            sealed = await self._read(account)
            seal = self._seal(sealed)
        return kind(**{name: Secret(_open(seal, account, sealed, name)) for name in names})

    def _seal(self, sealed: _SealedCredentials) -> Seal:
        return self._keys.open(sealed.key, person=sealed.person, version=sealed.key_version)

    async def _read(self, account: AccountId) -> _SealedCredentials:
        return await self._database.read(lambda connection: self._load(connection, account))

    def _load(self, connection: sa.Connection, account: AccountId) -> _SealedCredentials:
        """Read and remember. In the database's thread, so that it cannot cross a removal."""
        owner = _data_key(connection, account)
        rows = connection.execute(sa.select(ACCOUNT_SECRETS).where(ACCOUNT_SECRETS.c.account == account))
        sealed = _SealedCredentials(
            person=owner.person,
            key_version=owner.version,
            key=WrappedKey(master=owner.master, wrapped=owner.wrapped),
            secrets={row.field: row.sealed for row in rows},
        )
        if len(self._sealed) >= _CACHED:
            self._sealed.clear()
        self._sealed[account] = sealed
        return sealed

    def _owner(self, connection: sa.Connection, account: AccountId) -> Owner:
        """Raises `NotLinked`."""
        key = _data_key(connection, account)
        wrapped = WrappedKey(master=key.master, wrapped=key.wrapped)
        seal = self._keys.open(wrapped, person=key.person, version=key.version)
        return Owner(account=account, person=key.person, key_version=key.version, seal=seal)

    async def _one(self, query: sa.Select[Any]) -> Account | None:
        row = await self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        return None if row is None else _account(row)


def _data_key(connection: sa.Connection, account: AccountId) -> sa.Row[Any]:
    """The row of the data key that an account's secrets are sealed with. Raises `NotLinked` if the account is gone."""
    same_key = sa.and_(DATA_KEYS.c.person == ACCOUNTS.c.person, DATA_KEYS.c.version == ACCOUNTS.c.key_version)
    query = sa.select(DATA_KEYS).select_from(ACCOUNTS).join(DATA_KEYS, same_key)
    found = connection.execute(query.where(ACCOUNTS.c.id == account)).one_or_none()
    if found is None:
        raise NotLinked
    return found


def _of(connection: sa.Connection, person: PersonId) -> tuple[Account, ...]:
    query = sa.select(ACCOUNTS).where(ACCOUNTS.c.person == person).order_by(ACCOUNTS.c.id)
    return tuple(map(_account, connection.execute(query).mappings()))


def _names(kind: type[Credentials | SwapKey]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _account(row: Mapping[Any, Any]) -> Account:
    return Account(**{name: row[name] for name in _FIELDS})


def _insert(connection: sa.Connection, **values: Any) -> Account:
    label = _free_label(connection, values["person"], values["venue"])
    stored = connection.execute(ACCOUNTS.insert().returning(ACCOUNTS), {**values, "label": label})
    return _account(stored.mappings().one())


def _free_label(connection: sa.Connection, person: PersonId, venue: Venue) -> str:
    taken = set(connection.execute(sa.select(ACCOUNTS.c.label).where(ACCOUNTS.c.person == person)).scalars())
    return next(label for n in range(1, len(taken) + 2) if (label := f"{venue}-{n}") not in taken)


def _insert_secrets(
    connection: sa.Connection, account: Account, credentials: Credentials | SwapKey, seal: Seal, key_version: int
) -> None:
    def sealed(name: str) -> bytes:
        secret: Secret = getattr(credentials, name)
        return seal.close(secret.reveal().encode(), place=_place(account.person, account.id, name, key_version))

    rows = [{"account": account.id, "field": name, "sealed": sealed(name)} for name in _names(type(credentials))]
    connection.execute(ACCOUNT_SECRETS.insert(), rows)


def _open(seal: Seal, account: AccountId, sealed: _SealedCredentials, name: str) -> str:
    place = _place(sealed.person, account, name, sealed.key_version)
    return seal.open(sealed.secrets[name], place=place).decode()


def _place(person: PersonId, account: AccountId, name: str, key_version: int) -> Place:
    return Place(table="account_secrets", field=name, person=person, row=account, key_version=key_version)


def _active_id(connection: sa.Connection, person: PersonId) -> AccountId | None:
    query = sa.select(ACTIVE_ACCOUNTS.c.account).where(ACTIVE_ACCOUNTS.c.person == person)
    return connection.execute(query).scalar_one_or_none()


def _activate(connection: sa.Connection, person: PersonId, account: AccountId) -> None:
    connection.execute(ACTIVE_ACCOUNTS.delete().where(ACTIVE_ACCOUNTS.c.person == person))
    connection.execute(ACTIVE_ACCOUNTS.insert(), {"person": person, "account": account})
