"""Samples of what accounts held. At most a few hundred rows of an account and name: see `_thin_out`."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.ids import AccountId, SubAccountId
from chatbot.domain.portfolio import Position, Sample, slot_of
from chatbot.ports.samples import SubAccount
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.codec import ValueCodec
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA, Json, Moment, RowId

SAMPLES = sa.Table(
    "samples",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("at", Moment, primary_key=True, autoincrement=False),
    sa.Column("positions", Json(ValueCodec(tuple[Position, ...])), nullable=False),
)

SUB_ACCOUNTS = sa.Table(
    "sub_accounts",
    METADATA,
    sa.Column("id", RowId, primary_key=True),
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("used_at", Moment, nullable=False),
    sa.UniqueConstraint("account", "name"),
)

MOST_NAMES = 6
"""How many sub-accounts of an account are remembered."""

_s, _n = SAMPLES.c, SUB_ACCOUNTS.c


class StoredSamples:
    """`chatbot.ports.samples.Samples`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, account: AccountId, name: str) -> Sample | None:
        query = sa.select(_s.at, _s.positions).where(*_of(account, name)).order_by(_s.at.desc()).limit(1)
        row = await self._database.read(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else Sample(at=row.at, positions=row.positions)

    async def keep(self, account: AccountId, name: str, sample: Sample) -> None:
        def work(connection: sa.Connection) -> None:
            if not _is_there(connection, account):
                return
            connection.execute(SAMPLES.delete().where(*_of(account, name), _s.at == sample.at))
            row = {"account": account, "name": name, "at": sample.at, "positions": sample.positions}
            connection.execute(SAMPLES.insert(), row)
            _thin_out(connection, account, name, now=sample.at)

        await self._database.write(work)

    async def since(self, account: AccountId, name: str, since: datetime) -> tuple[Sample, ...]:
        def work(connection: sa.Connection) -> tuple[Sample, ...]:
            last_before = sa.select(sa.func.max(_s.at)).where(*_of(account, name), _s.at <= since)
            begin = connection.execute(last_before).scalar_one_or_none() or since
            query = sa.select(_s.at, _s.positions).where(*_of(account, name), _s.at >= begin).order_by(_s.at)
            return tuple(Sample(at=row.at, positions=row.positions) for row in connection.execute(query))

        return await self._database.read(work)

    async def remember(self, account: AccountId, name: str, *, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            if not _is_there(connection, account):
                return
            this = (_n.account == account, _n.name == name)
            if connection.execute(SUB_ACCOUNTS.update().where(*this).values(used_at=now)).rowcount == 0:
                connection.execute(SUB_ACCOUNTS.insert(), {"account": account, "name": name, "used_at": now})
            by_use = sa.select(_n.id).where(_n.account == account).order_by(_n.used_at.desc(), _n.id.desc())
            forgotten = connection.execute(by_use.offset(MOST_NAMES)).scalars().all()
            connection.execute(SUB_ACCOUNTS.delete().where(_n.id.in_(forgotten)))

        await self._database.write(work)

    async def remembered(self, account: AccountId) -> tuple[SubAccount, ...]:
        query = sa.select(_n.id, _n.account, _n.name).where(_n.account == account).order_by(_n.name)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return tuple(SubAccount(id=SubAccountId(row.id), account=row.account, name=row.name) for row in rows)


def _of(account: AccountId, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_s.account == account, _s.name == name)


def _is_there(connection: sa.Connection, account: AccountId) -> bool:
    return connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account)).first() is not None


def _thin_out(connection: sa.Connection, account: AccountId, name: str, *, now: datetime) -> None:
    """The older, the fewer stay."""
    last: dict[datetime | None, datetime] = {}
    gone: list[datetime] = []
    for at in connection.execute(sa.select(_s.at).where(*_of(account, name)).order_by(_s.at)).scalars():
        slot = slot_of(at, now=now)
        gone += [last[slot]] if slot in last else []
        last[slot] = at
    gone += [last[None]] if None in last else []
    if gone:
        connection.execute(SAMPLES.delete().where(*_of(account, name), _s.at.in_(gone)))
