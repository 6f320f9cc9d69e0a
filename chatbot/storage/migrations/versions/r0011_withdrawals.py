"""Tickets of two steps, and what tickets take out of limits."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_COLUMNS = (
    sa.Column("number", sa.Text, nullable=False, server_default=""),
    sa.Column("send_at", sa.BigInteger),
    sa.Column("spends", sa.Text),
    sa.Column("spend_currency", sa.Text),
    sa.Column("spend_amount", sa.Text),
    sa.Column("spend_value", sa.Text),
    sa.Column("alias", sa.Text),
    sa.Column("seal", sa.LargeBinary),
)


def upgrade() -> None:
    with op.batch_alter_table("tickets") as tickets:
        for column in _COLUMNS:
            tickets.add_column(column)
    spends = sa.text("spends IS NOT NULL")
    op.create_index(
        "ix_tickets_spent", "tickets", ["account", "state", "claimed_at"], sqlite_where=spends, postgresql_where=spends
    )
