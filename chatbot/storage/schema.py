"""Which tables there should be, which there are, and how to get from the one to the other.

A new database is made from the tables directly; Alembic takes over a second to import, so it is brought in only where
an older database has to be migrated. A test proves that both ways lead to the same schema.
"""

from pathlib import Path

import sqlalchemy as sa

from chatbot.storage import (  # noqa: F401 - their tables stand in METADATA once they are imported
    absences,
    accounts,
    alerts,
    aliases,
    audit,
    bars,
    boards,
    chats,
    dialogues,
    digests,
    exports,
    factors,
    favourites,
    follow_ups,
    forgetting,
    inbox,
    key_health,
    keys,
    limits,
    locks,
    outbox,
    people,
    preferences,
    samples,
    secrets,
    sessions,
    shown_secrets,
    swaps,
    ticket_table,
    trades,
)
from chatbot.storage.tables import METADATA

HEAD = "0022"
"""The newest revision in `migrations/versions`; revisions are numbered, so that they can be compared."""

_VERSION = sa.Table(  # as Alembic makes it
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def stored_revision(connection: sa.Connection) -> str | None:
    """The revision a database is at; None if it never was one of ours."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(sa.select(_VERSION.c.version_num)).scalar_one_or_none()


def has_tables(connection: sa.Connection) -> bool:
    return bool(sa.inspect(connection).get_table_names())


def create(connection: sa.Connection) -> None:
    """Make all tables in an empty database."""
    METADATA.create_all(connection, checkfirst=False)
    _VERSION.create(connection)
    connection.execute(_VERSION.insert(), {"version_num": HEAD})


def migrate(connection: sa.Connection, *, to: str = HEAD) -> None:
    """Run the migrations that are missing up to a revision, in the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
