"""Boards and digests."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False, index=True),
        sa.Column("thread", sa.BigInteger),
        sa.Column("set_by", sa.BigInteger),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("markets", sa.Text, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("posted_in", sa.BigInteger),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digests",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False, index=True),
        sa.Column("thread", sa.BigInteger),
        sa.Column("set_by", sa.BigInteger),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("markets", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("status", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
