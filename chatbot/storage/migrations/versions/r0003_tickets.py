"""Tickets, and the indexes by which workers and pages find them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("account_label", sa.Text, nullable=False),
        sa.Column("intent", sa.Text, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.Column("client_id", sa.BigInteger, nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("claimed_at", sa.BigInteger),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("outcome", sa.Text),
        sa.Column("order", sa.Text),
        sa.Column("next_look_at", sa.BigInteger),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("market", sa.Text),
        sa.Column("order_number", sa.BigInteger),
    )
    _partial_index("unshown", ["created_at"], where="message IS NOT NULL AND shown < revision")
    _partial_index("next_look_at", ["next_look_at"], where="next_look_at IS NOT NULL")
    _partial_index("account_order_number", ["account", "order_number"], where="order_number IS NOT NULL")
    _partial_index("account_claimed_at", ["account", "claimed_at"], where="claimed_at IS NOT NULL")
    _partial_index("person_claimed_at", ["person", "claimed_at"], where="claimed_at IS NOT NULL")


def _partial_index(name: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(f"ix_tickets_{name}", "tickets", columns, sqlite_where=condition, postgresql_where=condition)
