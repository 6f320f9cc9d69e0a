"""What all tables share: the MetaData they stand in, and column types for our values."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

from chatbot.domain.money import to_text
from chatbot.storage.codec import TaggedCodec, ValueCodec

METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

HISTORY = {"history": True}
"""The `info` of a table that says how things were: what it says of a chat stays, also when that chat gets a new id."""

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number the database gives out itself; SQLite does so only for columns it calls INTEGER."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC: exact, and it sorts."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


class Word(sa.types.TypeDecorator[StrEnum]):
    """A member of an enum, kept by its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal, kept as text in plain notation: nothing of it is rounded. It does not sort."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else to_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Json(sa.types.TypeDecorator[Any]):
    """A domain value as JSON text, written and read by a codec."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, codec: TaggedCodec[Any] | ValueCodec[Any]) -> None:
        super().__init__()
        self.codec = codec

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.codec.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.codec.decode(value)


def partial_index(name: str, *columns: sa.Column[Any], where: sa.ColumnElement[bool]) -> sa.Index:
    """An index over the rows that meet a condition, in both dialects that know such indexes."""
    return sa.Index(name, *columns, sqlite_where=where, postgresql_where=where)
