"""What an update did: every row that changed, everything that reached the exchange, everything that was shown."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

import chatbot.storage.schema  # noqa: F401 - fills METADATA
from chatbot.storage.tables import METADATA
from tests.fakes.exchange import Holder
from tests.fakes.swap_service import Holder as Swapper
from tests.prove.place import Place, Seen

LOG = frozenset({"audit", "audit_head"})
"""The audit log only grows; how is looked at by itself."""

WHOSE: Mapping[str, str] = {
    "account_secrets": "account",
    "accounts": "person",
    "active_accounts": "person",
    "alerts": "chat",
    "aliases": "account",
    "bar_markets": "since",
    "bars": "start",
    "boards": "set_by",
    "chats": "vouched_by",
    "data_keys": "person",
    "dialogues": "person",
    "digests": "set_by",
    "exported_orders": "export",
    "exports": "person",
    "factor_requirement": "asked_by",
    "factors": "person",
    "favourites": "chat",
    "forgettings": "person",
    "followed_accounts": "account",
    "followed_balances": "account",
    "followed_orders": "account",
    "followed_withdrawals": "account",
    "halts": "by",
    "inbox": "seq",
    "key_health": "account",
    "life": "id",
    "limit_changes": "account",
    "links": "made_by",
    "locks": "person",
    "missed": "chat",
    "notice_modes": "chat",
    "outbox": "chat",
    "people": "id",
    "preferences": "chat",
    "program_keys": "name",
    "recovery_codes": "person",
    "secrets": "person",
    "samples": "account",
    "sessions": "account",
    "shown_secrets": "person",
    "sub_accounts": "account",
    "swaps": "person",
    "tickets": "person",
    "topics": "chat",
    "trade_readings": "account",
    "trades": "account",
}
"""The column that says whose a row is; an account's rows are its person's."""

Rows = Mapping[str, Counter[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that came, went or is another now."""

    table: str
    person: Any
    row: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that must not change by itself, at one moment. `writes` counts what the database was told to."""

    rows: Rows
    writes: int
    sent: int
    holders: Mapping[str, object]


async def take(place: Place) -> Picture:
    rows, writes = await place.storage.database.read(lambda connection: (_rows(connection), _writes(connection)))
    holders = {**_books(place.exchange.holders), **_swap_books(place.swap_service.holders)}
    holders |= {f"instant of {user}": tuple(sent) for user, sent in place.instant.sent_by.items()}
    return Picture(rows=rows, writes=writes, sent=place.sent, holders=holders)


async def has_written(place: Place, since: Picture) -> bool:
    """Whether anything at all was written or sent; quicker than a picture."""
    writes = await place.storage.database.read(_writes)
    return writes != since.writes or place.sent != since.sent


def changes(before: Picture, after: Picture) -> Iterator[Change]:
    """Every changed row but those of the log."""
    people = {**_people(before.rows), **_people(after.rows)}
    for table in WHOSE:
        old, new = before.rows[table], after.rows[table]
        if old != new:
            yield from (_change(table, row, people) for row in ((old - new) + (new - old)))


def log_faults(before: Picture, after: Picture, *, actor: int, erases: bool) -> Iterator[str]:
    """What is wrong with the log: an entry that went, or one that names somebody else as the doer. Who `erases` takes
    their own words out of it.
    """
    old, new = before.rows["audit"], after.rows["audit"]
    doer, about = (_columns("audit").index(name) for name in ("person", "about"))
    lost = [row for row in old - new if not (erases and actor in (row[doer], row[about]))]
    if lost or len(list(new.elements())) < len(list(old.elements())):
        yield f"the log lost {lost}"
    for row in new - old:
        if row[doer] not in (None, actor):
            yield f"the log says that {row[doer]} did it"


def moved_for(before: Picture, after: Picture) -> list[str]:
    """The keys of the accounts in which anything changed at the exchange."""
    return [key for key, holder in after.holders.items() if before.holders.get(key, holder) != holder]


def unsaid(private: Mapping[int, tuple[str, ...]], update: bytes) -> Mapping[int, tuple[str, ...]]:
    """The words that give affairs away but for those that the update says itself: who knows them may read them back."""
    said = update.decode()
    return {person: tuple(word for word in words if word not in said) for person, words in private.items()}


def leaks(seen: list[Seen], private: Mapping[int, tuple[str, ...]], *, let_in: frozenset[int]) -> Iterator[str]:
    """What was shown where it does not belong: somebody's own affairs, or what is protected."""
    for each in seen:
        for person, words in private.items():
            shown = [word for word in words if word in each.words]
            if shown and each.by != person:
                yield f"{person}'s {shown} in chat {each.by}: {each.words[:160]!r}"
        secret = each.protected or "start=inv_" in each.words
        if secret and each.by not in let_in:
            yield f"a secret in chat {each.by}: {each.words[:160]!r}"


def _books(holders: Mapping[str, Holder]) -> Mapping[str, object]:
    return {key: (dict(of.totals), dict(of.orders), tuple(of.requested)) for key, of in holders.items()}


def _swap_books(holders: Mapping[str, Swapper]) -> Mapping[str, object]:
    return {key: (dict(of.orders), frozenset(of.marked)) for key, of in holders.items()}


def _rows(connection: sa.Connection) -> Rows:
    return {
        name: Counter(tuple(row) for row in connection.exec_driver_sql(_query(name)).fetchall())
        for name in METADATA.tables
    }


def _writes(connection: sa.Connection) -> int:
    driver: Any = connection.connection.driver_connection
    return int(driver.total_changes)


def _query(table: str) -> str:
    return "SELECT " + ", ".join(f'"{name}"' for name in _columns(table)) + f" FROM {table}"


def _columns(table: str) -> list[str]:
    return [column.name for column in METADATA.tables[table].columns]


def _people(rows: Rows) -> dict[Any, Any]:
    """Accounts and whose they are."""
    at = _columns("accounts")
    return {row[at.index("id")]: row[at.index("person")] for row in rows["accounts"]}


def _change(table: str, row: tuple[Any, ...], people: Mapping[Any, Any]) -> Change:
    value = row[_columns(table).index(WHOSE[table])]
    return Change(table=table, person=people.get(value) if WHOSE[table] == "account" else value, row=row)
