from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from chatbot.storage import schema
from chatbot.storage.database import Database
from chatbot.storage.tables import METADATA

MIGRATIONS = ScriptDirectory(str(Path(schema.__file__).with_name("migrations")))
REVISIONS = [script.revision for script in MIGRATIONS.walk_revisions()][::-1]


def describe(connection: sa.Connection) -> dict[str, Any]:
    """All that tells one schema from another, in an order that does not depend on how it came about."""
    inspector = sa.inspect(connection)

    def by_text(values: list[Any]) -> list[str]:
        return sorted(str(dict(value)) for value in values)

    return {
        table: {
            "columns": by_text([{**column, "type": str(column["type"])} for column in inspector.get_columns(table)]),
            "key": dict(inspector.get_pk_constraint(table)),
            "foreign": by_text([*inspector.get_foreign_keys(table)]),
            "unique": by_text([*inspector.get_unique_constraints(table)]),
            "indexes": sorted(_index_texts(connection, table)),
        }
        for table in inspector.get_table_names()
    }


def _index_texts(connection: sa.Connection, table: str) -> list[str]:
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL")
    return [str(text) for text in connection.execute(query, {"table": table}).scalars()]


async def schema_after(file: Path, *steps: Callable[[sa.Connection], None]) -> dict[str, Any]:
    database = await Database.open(file)
    for step in steps:
        await database.write(step)
    description = await database.read(describe)
    await database.aclose()
    return description


def to(revision: str) -> Callable[[sa.Connection], None]:
    return lambda connection: schema.migrate(connection, to=revision)


async def test_migrating_and_creating_lead_to_the_same_schema(tmp_path: Path) -> None:
    created = await schema_after(tmp_path / "created.db", schema.create)
    migrated = await schema_after(tmp_path / "migrated.db", schema.migrate)
    step_by_step = await schema_after(tmp_path / "stepped.db", *map(to, REVISIONS))
    assert created.keys() == {*METADATA.tables, "alembic_version"}
    assert migrated == created
    assert step_by_step == created


async def test_alembic_sees_no_difference_between_tables_and_migrations(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "migrated.db")
    await database.write(schema.migrate)
    difference = await database.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection), METADATA)
    )
    await database.aclose()
    assert difference == []


def test_head_is_the_newest_migration() -> None:
    assert MIGRATIONS.get_current_head() == schema.HEAD


def test_revisions_are_numbered_without_a_gap_and_each_has_a_sentence() -> None:
    assert [f"{n:04}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS
    for script in MIGRATIONS.walk_revisions():
        assert script.doc.endswith(".")
        assert Path(script.path).name.startswith(f"r{script.revision}_")


async def test_failed_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    def half_way(connection: sa.Connection) -> None:
        schema.migrate(connection)
        raise LookupError

    database = await Database.open(tmp_path / "half.db")
    await database.write(to("0002"))
    before = await database.read(describe)
    with pytest.raises(LookupError):
        await database.write(half_way)
    assert await database.read(describe) == before
    assert await database.read(schema.stored_revision) == "0002"
    await database.aclose()
