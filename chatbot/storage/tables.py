"""What all tables share: the MetaData they stand in, and column types for our values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
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

SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """How a row of something that goes on in a place says so: its `column` holds one of `running`, or is `paused`.

    It stands in the `info` of a table with the columns `chat`, `thread` and `set_by`, under `SUBSCRIPTION`.
    """

    column: str
    running: tuple[Any, ...]
    paused: Any


RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number the database gives out itself; SQLite does so only for columns it calls INTEGER."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 in UTC: exact, and it sorts.

    This and the next give the driver functions of their own: through `process_bind_param` each value is two calls.
    """

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        return _to_microseconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        return _to_moment


class Span(sa.types.TypeDecorator[timedelta]):
    """A length of time, kept as whole microseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[timedelta | None], int | None]:
        return lambda value: None if value is None else value // _MICROSECOND

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], timedelta | None]:
        return lambda value: None if value is None else value * _MICROSECOND


class Word(sa.types.TypeDecorator[StrEnum]):
    """A member of an enum, kept by its value. It is looked up, which is several times as quick as asking the enum."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind
        self._members: dict[str | None, StrEnum | None] = {None: None, **{member.value: member for member in kind}}
        self._values: dict[str | None, str | None] = {None: None, **{member: member.value for member in kind}}

    def bind_processor(self, dialect: Dialect) -> Callable[[StrEnum | None], str | None]:
        return self._values.__getitem__

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], StrEnum | None]:
        return self._members.__getitem__


class Exact(sa.types.TypeDecorator[Decimal]):
    """A decimal, kept as text in plain notation: nothing of it is rounded. It does not sort."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Decimal | None], str | None]:
        return lambda value: None if value is None else to_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Decimal | None]:
        return lambda value: None if value is None else Decimal(value)


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


@lru_cache(maxsize=256)  # what is written together mostly happened at one moment
def _to_microseconds(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def _to_moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + microseconds * _MICROSECOND


def partial_index(name: str, *columns: sa.Column[Any], where: sa.ColumnElement[bool], unique: bool = False) -> sa.Index:
    """An index over the rows that meet a condition, in both dialects that know such indexes."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
