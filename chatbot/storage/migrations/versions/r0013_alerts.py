"""Alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "alerts",
        sa.Column("id", number, nullable=False),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("market", sa.Text, nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("counter", sa.Text, nullable=False),
        sa.Column("gauge", sa.Text, nullable=False),
        sa.Column("crossing", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("window", sa.BigInteger),
        sa.Column("move", sa.Text),
        sa.Column("anchor", sa.Text),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("thread", sa.BigInteger),
        sa.Column("set_by", sa.BigInteger),
        sa.Column("cooldown", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("picture", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("rests_until", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("fired_at", sa.BigInteger),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("asked_chat", sa.BigInteger),
        sa.Column("asked_message", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_chat", "alerts", ["chat"])
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_alerts_ended", "alerts", ["ended_at"], sqlite_where=ended, postgresql_where=ended)
    asked, columns = sa.text("asked_chat IS NOT NULL"), ["asked_chat", "asked_message"]
    op.create_index("ix_alerts_asked", "alerts", columns, unique=True, sqlite_where=asked, postgresql_where=asked)
