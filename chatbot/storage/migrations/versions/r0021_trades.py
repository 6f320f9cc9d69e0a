"""Trades that were read, how far they were, and exports under way."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _trades()
    _exports()


def _trades() -> None:
    op.create_table(
        "trades",
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("transaction", sa.Text, nullable=False),
        sa.Column("market", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("is_maker", sa.Boolean, nullable=False),
        sa.Column("price", sa.Text, nullable=False),
        sa.Column("amount", sa.Text, nullable=False),
        sa.Column("total", sa.Text, nullable=False),
        sa.Column("fee", sa.Text, nullable=False),
        sa.Column("fee_currency", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_trades_account_at", "trades", ["account", "at", "number"])
    op.create_table(
        "trade_readings",
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("since", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        sa.Column("next_at", sa.BigInteger, nullable=False),
    )


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("person", sa.BigInteger, nullable=False, unique=True),
        sa.Column("account", sa.BigInteger),
        sa.Column("account_label", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("read", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("parts", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("gaps", sa.Text, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("failing_since", sa.BigInteger),
        sa.Column("last_page", sa.Text, nullable=False),
        sa.Column("message", sa.BigInteger),
        sa.Column("next_at", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "exported_orders",
        sa.Column("export", row_id, sa.ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("placed_at", sa.BigInteger, nullable=False),
        sa.Column("order", sa.Text, nullable=False),
    )
