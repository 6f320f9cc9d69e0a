"""Browser sessions of accounts, sealed with the data key that seals their account's own secrets.

Everything here runs inside a transaction of the caller's, who found out whose the account is.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.accounts import SessionState
from chatbot.domain.errors import NoSession, SessionExpired
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.secrets import Secret, Session
from chatbot.storage.tables import METADATA, Moment, RowId
from chatbot.storage.vault import Place, Seal

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("username", sa.LargeBinary, nullable=False),
    sa.Column("token", sa.LargeBinary, nullable=False),
    sa.Column("tail", sa.Text, nullable=False),
    sa.Column("linked_at", Moment, nullable=False),
    sa.Column("rejected_at", Moment),
)

_s = SESSIONS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose an account is, and the seal that its secrets are closed with."""

    account: AccountId
    person: PersonId
    key_version: int
    seal: Seal


def open_session(connection: sa.Connection, owner: Owner) -> Session:
    """Raises `NoSession`, or `SessionExpired` for one that was rejected."""
    row = connection.execute(sa.select(SESSIONS).where(_s.account == owner.account)).one_or_none()
    if row is None:
        raise NoSession
    if row.rejected_at is not None:
        raise SessionExpired
    return Session(
        username=Secret(owner.seal.open(row.username, place=_place(owner, "username")).decode()),
        token=Secret(owner.seal.open(row.token, place=_place(owner, "token")).decode()),
    )


def session_state(connection: sa.Connection, account: AccountId) -> SessionState | None:
    query = sa.select(_s.tail, _s.linked_at, _s.rejected_at).where(_s.account == account)
    row = connection.execute(query).one_or_none()
    return None if row is None else SessionState(tail=row.tail, linked_at=row.linked_at, rejected_at=row.rejected_at)


def put_session(connection: sa.Connection, owner: Owner, session: Session, *, now: datetime) -> SessionState:
    """In place of the one there was; `erase=True` is the transaction's."""
    state = SessionState(tail=session.tail, linked_at=now)
    row = {
        "account": owner.account,
        "username": owner.seal.close(session.username.reveal().encode(), place=_place(owner, "username")),
        "token": owner.seal.close(session.token.reveal().encode(), place=_place(owner, "token")),
        "tail": state.tail,
        "linked_at": state.linked_at,
    }
    drop_session(connection, owner.account)
    connection.execute(SESSIONS.insert(), row)
    return state


def drop_session(connection: sa.Connection, account: AccountId) -> bool:
    """False if there was none; `erase=True` is the transaction's."""
    return connection.execute(SESSIONS.delete().where(_s.account == account)).rowcount > 0


def mark_rejected(connection: sa.Connection, owner: Owner, session: Session, *, now: datetime) -> bool:
    """False if this is not the one there is, or it was marked before."""
    try:
        if open_session(connection, owner) != session:
            return False
    except (NoSession, SessionExpired):
        return False
    connection.execute(SESSIONS.update().where(_s.account == owner.account).values(rejected_at=now))
    return True


def _place(owner: Owner, field: str) -> Place:
    return Place(table="sessions", field=field, person=owner.person, row=owner.account, key_version=owner.key_version)
