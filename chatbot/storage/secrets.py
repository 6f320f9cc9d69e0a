"""People's secrets: everybody's data key, and the secrets sealed with it that have a name of their own.

Everything here runs inside a transaction of the caller's, so that a secret goes along with the rows it belongs to.
"""

import sqlalchemy as sa

from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Secret
from chatbot.storage.keys import DATA_KEYS, current_master
from chatbot.storage.tables import METADATA
from chatbot.storage.vault import Place, Seal, Vault, WrappedKey

SECRETS = sa.Table(
    "secrets",
    METADATA,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("key_version", sa.Integer, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["person", "key_version"], [DATA_KEYS.c.person, DATA_KEYS.c.version]),
)

_FIRST_VERSION = 1


class PersonalKeys:
    """Everybody's data key. What it opened is not kept."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def seal_of(self, connection: sa.Connection, person: PersonId) -> tuple[Seal, int]:
        """The seal of the person's newest data key, which is made if there is none, and the key's version."""
        newest = sa.select(DATA_KEYS).where(DATA_KEYS.c.person == person).order_by(DATA_KEYS.c.version.desc()).limit(1)
        row = connection.execute(newest).one_or_none()
        if row is None:
            return self._new_seal(connection, person), _FIRST_VERSION
        key = WrappedKey(master=row.master, wrapped=row.wrapped)
        return self._vault.data_seal(key, person=person, version=row.version), row.version

    def open(self, key: WrappedKey, *, person: PersonId, version: int) -> Seal:
        """The seal of a data key that was read before. Raises `MasterKeyWrong` if a rotation has ended since."""
        return self._vault.data_seal(key, person=person, version=version)

    def put_secret(self, connection: sa.Connection, person: PersonId, name: str, secret: Secret) -> None:
        """Seal a secret under a name, in place of the one that had it."""
        self.drop_secret(connection, person, name)
        seal, version = self.seal_of(connection, person)
        sealed = seal.close(secret.reveal().encode(), place=_place(person, name, version))
        row = {"person": person, "name": name, "key_version": version, "sealed": sealed}
        connection.execute(SECRETS.insert(), row)

    def get_secret(self, connection: sa.Connection, person: PersonId, name: str) -> Secret | None:
        same_key = sa.and_(DATA_KEYS.c.person == SECRETS.c.person, DATA_KEYS.c.version == SECRETS.c.key_version)
        query = sa.select(SECRETS.c.sealed, DATA_KEYS).join(DATA_KEYS, same_key)
        row = connection.execute(query.where(SECRETS.c.person == person, SECRETS.c.name == name)).one_or_none()
        if row is None:
            return None
        key = WrappedKey(master=row.master, wrapped=row.wrapped)
        seal = self._vault.data_seal(key, person=person, version=row.version)
        return Secret(seal.open(row.sealed, place=_place(person, name, row.version)).decode())

    def drop_secret(self, connection: sa.Connection, person: PersonId, name: str) -> bool:
        """False if there was none. The data key stays, for what else it seals; `erase=True` is the transaction's."""
        gone = SECRETS.delete().where(SECRETS.c.person == person, SECRETS.c.name == name)
        return connection.execute(gone).rowcount > 0

    def release(self, connection: sa.Connection, person: PersonId) -> None:
        """The last account is gone: so is the data key, unless a named secret hangs on it."""
        left = sa.select(SECRETS.c.name).where(SECRETS.c.person == person).limit(1)
        if connection.execute(left).first() is None:
            self.erase(connection, person)

    def erase(self, connection: sa.Connection, person: PersonId) -> None:
        """All named secrets and data keys, of all versions. Accounts must be gone before."""
        connection.execute(SECRETS.delete().where(SECRETS.c.person == person))
        connection.execute(DATA_KEYS.delete().where(DATA_KEYS.c.person == person))

    def _new_seal(self, connection: sa.Connection, person: PersonId) -> Seal:
        version = _FIRST_VERSION
        key = self._vault.new_data_key(person=person, version=version, master=current_master(connection))
        row = {"person": person, "version": version, "master": key.master, "wrapped": key.wrapped}
        connection.execute(DATA_KEYS.insert(), row)
        return self._vault.data_seal(key, person=person, version=version)


def _place(person: PersonId, name: str, key_version: int) -> Place:
    return Place(table="secrets", field=name, person=person, key_version=key_version)
