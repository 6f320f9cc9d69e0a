"""Locks, notice preferences, the health of keys."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "locks",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("message", sa.BigInteger, nullable=False),
        sa.Column("opens_at", sa.BigInteger),
    )
    op.create_table(
        "halts",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("by", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "notice_modes",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("mode", sa.Text, nullable=False),
    )
    op.create_table(
        "key_health",
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rejected_since", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("tell_again_at", sa.BigInteger, nullable=False),
    )
