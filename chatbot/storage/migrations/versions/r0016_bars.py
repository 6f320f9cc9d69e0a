"""Prices over time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "bars",
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("market", sa.Text, nullable=False),
        sa.Column("open", sa.Text, nullable=False),
        sa.Column("high", sa.Text, nullable=False),
        sa.Column("low", sa.Text, nullable=False),
        sa.Column("close", sa.Text, nullable=False),
        sa.Column("volume", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("venue", "minutes", "start", "market", name="pk_bars"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "bar_markets",
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("market", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("venue", "market", name="pk_bar_markets"),
    )
