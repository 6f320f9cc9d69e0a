"""Samples of what accounts hold, the names of sub-accounts, and the currency that values are given in."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sub_accounts",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("account", "name"),
    )
    op.create_table(
        "samples",
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("positions", sa.Text, nullable=False),
    )
    with op.batch_alter_table("preferences") as preferences:
        preferences.add_column(sa.Column("currency", sa.Text, nullable=False, server_default="USDT"))
