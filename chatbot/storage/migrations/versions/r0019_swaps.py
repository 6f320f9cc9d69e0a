"""Swaps that are looked after."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "swaps",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("account_label", sa.Text, nullable=False),
        sa.Column("is_live", sa.Boolean, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("picture", sa.BigInteger),
        sa.Column("ticket", sa.Text, unique=True),
        sa.Column("swap", sa.Text, nullable=False),
        sa.Column("deposit", sa.Text, nullable=False),
        sa.Column("withdraw", sa.Text, nullable=False),
        sa.Column("marking", sa.Text, nullable=False),
        sa.Column("doubts", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("next_look_at", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("first", sa.Text),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("deposit_address", sa.Text, nullable=False),
        sa.Column("withdraw_code", sa.Text, nullable=False),
        sa.UniqueConstraint("reference", "person", "is_live"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_swaps_person_status", "swaps", ["person", "status"])
    for name, column, condition in (
        ("ix_swaps_next_look_at", "next_look_at", "next_look_at IS NOT NULL"),
        ("ix_swaps_unshown", "id", "shown < revision"),
    ):
        where = sa.text(condition)
        op.create_index(name, "swaps", [column], sqlite_where=where, postgresql_where=where)
    op.add_column("tickets", sa.Column("payout_of", sa.Text))
    where = sa.text("payout_of IS NOT NULL")
    op.create_index(
        "ix_tickets_payout_of", "tickets", ["person", "payout_of"], sqlite_where=where, postgresql_where=where
    )
    op.add_column("missed", sa.Column("swaps", sa.Integer, nullable=False, server_default="0"))
