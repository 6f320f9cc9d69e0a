"""Browser sessions of accounts, and tickets by the number of their order at a venue."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("username", sa.LargeBinary, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("tail", sa.Text, nullable=False),
        sa.Column("linked_at", sa.BigInteger, nullable=False),
        sa.Column("rejected_at", sa.BigInteger),
    )
    numbered = sa.text("order_number IS NOT NULL")
    op.create_index(
        "ix_tickets_venue_order_number",
        "tickets",
        ["venue", "order_number"],
        sqlite_where=numbered,
        postgresql_where=numbered,
    )
