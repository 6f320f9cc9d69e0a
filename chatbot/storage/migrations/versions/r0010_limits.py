"""Limits and aliases."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "limit_changes",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("account", _ROW_ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("effective_at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_limit_changes_account_effective_at", "limit_changes", ["account", "effective_at"])
    op.create_table(
        "aliases",
        sa.Column("id", _ROW_ID, primary_key=True),
        sa.Column("account", _ROW_ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.BigInteger, nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
        sa.Column("by_use", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.UniqueConstraint("account", "currency", "name"),
        sqlite_autoincrement=True,
    )
