"""Linked accounts; their secrets stand sealed in a table of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.secrets import Credentials, Secret
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Moment, RowId, Word
from chatbot.storage.vault import Place, Seal, Vault

DATA_KEYS = sa.Table(
    "data_keys",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

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

_FIRST_KEY_VERSION = 1
_FIELDS = tuple(field.name for field in fields(Account))
_SECRETS = tuple(field.name for field in fields(Credentials))
_CACHED = 10_000  # about 1 kB each


@dataclass(frozen=True, slots=True, kw_only=True)
class _SealedCredentials:
    person: PersonId
    key_version: int
    wrapped_key: bytes
    secrets: Mapping[str, bytes]


class StoredAccounts:
    """Sealed rows are held in memory, so that a tap that signs does not wait for the database; open secrets never are.

    An account's sealed rows do not change while it exists, so what is held needs no renewal.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._sealed: dict[AccountId, _SealedCredentials] = {}

    async def add(self, person: PersonId, *, venue: Venue, credentials: Credentials, now: datetime) -> Account:
        def work(connection: sa.Connection) -> Account:
            seal, version = self._seal_of(connection, person)
            account = _insert(
                connection,
                person=person,
                venue=venue,
                key_tail=credentials.key_tail,
                linked_at=now,
                key_version=version,
            )
            _insert_secrets(connection, account, credentials, seal, version)
            _activate(connection, person, account.id)
            return account

        return await self._database.write(work)

    async def of(self, person: PersonId) -> tuple[Account, ...]:
        query = sa.select(ACCOUNTS).where(ACCOUNTS.c.person == person).order_by(ACCOUNTS.c.id)
        rows = await self._database.read(lambda connection: connection.execute(query).mappings().all())
        return tuple(map(_account, rows))

    async def get(self, account: AccountId) -> Account | None:
        return await self._one(sa.select(ACCOUNTS).where(ACCOUNTS.c.id == account))

    async def active(self, person: PersonId) -> Account | None:
        joined = sa.select(ACCOUNTS).join(ACTIVE_ACCOUNTS, ACTIVE_ACCOUNTS.c.account == ACCOUNTS.c.id)
        return await self._one(joined.where(ACTIVE_ACCOUNTS.c.person == person))

    async def activate(self, person: PersonId, account: AccountId) -> bool:
        def work(connection: sa.Connection) -> bool:
            owned = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account, ACCOUNTS.c.person == person)
            if connection.execute(owned).first() is None:
                return False
            _activate(connection, person, account)
            return True

        return await self._database.write(work)

    async def remove(self, person: PersonId, account: AccountId) -> bool:
        """With somebody's last account their data key goes too, so that copies elsewhere lose their meaning."""

        def work(connection: sa.Connection) -> bool:
            was_active = _active_id(connection, person) == account
            gone = ACCOUNTS.delete().where(ACCOUNTS.c.id == account, ACCOUNTS.c.person == person)
            if connection.execute(gone).rowcount == 0:
                return False
            left = sa.select(sa.func.max(ACCOUNTS.c.id)).where(ACCOUNTS.c.person == person)
            newest: AccountId | None = connection.execute(left).scalar_one()
            if newest is None:
                connection.execute(DATA_KEYS.delete().where(DATA_KEYS.c.person == person))
            elif was_active:
                _activate(connection, person, newest)
            return True

        def forget(removed: bool) -> None:
            if removed:
                self._sealed.pop(account, None)

        return await self._database.write(work, then=forget, erase=True)

    async def credentials(self, account: AccountId) -> Credentials:
        sealed = self._sealed.get(account)
        if sealed is None:
            sealed = await self._database.read(lambda connection: self._load(connection, account))
        seal = self._vault.data_seal(sealed.wrapped_key, person=sealed.person, version=sealed.key_version)
        return Credentials(**{name: Secret(_open(seal, account, sealed, name)) for name in _SECRETS})

    def _seal_of(self, connection: sa.Connection, person: PersonId) -> tuple[Seal, int]:
        """The person's newest data key, made if there is none."""
        newest = sa.select(DATA_KEYS).where(DATA_KEYS.c.person == person).order_by(DATA_KEYS.c.version.desc()).limit(1)
        key = connection.execute(newest).one_or_none()
        if key is not None:
            return self._vault.data_seal(key.wrapped, person=person, version=key.version), key.version
        version = _FIRST_KEY_VERSION
        wrapped = self._vault.new_data_key(person=person, version=version)
        connection.execute(DATA_KEYS.insert(), {"person": person, "version": version, "wrapped": wrapped})
        return self._vault.data_seal(wrapped, person=person, version=version), version

    def _load(self, connection: sa.Connection, account: AccountId) -> _SealedCredentials:
        """Read and remember. In the database's thread, so that it cannot cross a removal."""
        same_key = sa.and_(DATA_KEYS.c.person == ACCOUNTS.c.person, DATA_KEYS.c.version == ACCOUNTS.c.key_version)
        query = sa.select(ACCOUNTS.c.person, ACCOUNTS.c.key_version, DATA_KEYS.c.wrapped).join(DATA_KEYS, same_key)
        owner = connection.execute(query.where(ACCOUNTS.c.id == account)).one_or_none()
        if owner is None:
            raise NotLinked
        rows = connection.execute(sa.select(ACCOUNT_SECRETS).where(ACCOUNT_SECRETS.c.account == account))
        sealed = _SealedCredentials(
            person=owner.person,
            key_version=owner.key_version,
            wrapped_key=owner.wrapped,
            secrets={row.field: row.sealed for row in rows},
        )
        if len(self._sealed) >= _CACHED:
            self._sealed.clear()
        self._sealed[account] = sealed
        return sealed

    async def _one(self, query: sa.Select[Any]) -> Account | None:
        row = await self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        return None if row is None else _account(row)


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
    connection: sa.Connection, account: Account, credentials: Credentials, seal: Seal, key_version: int
) -> None:
    def sealed(name: str) -> bytes:
        secret: Secret = getattr(credentials, name)
        return seal.close(secret.reveal().encode(), place=_place(account.person, account.id, name, key_version))

    rows = [{"account": account.id, "field": name, "sealed": sealed(name)} for name in _SECRETS]
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
