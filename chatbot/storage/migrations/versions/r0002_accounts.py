"""Linked accounts, their sealed secrets, and the keys these are sealed with."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "key_check",
        sa.Column("key_version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "data_keys",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "accounts",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("venue", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("key_tail", sa.Text, nullable=False),
        sa.Column("linked_at", sa.BigInteger, nullable=False),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.UniqueConstraint("person", "label"),
        sa.ForeignKeyConstraint(["person", "key_version"], ["data_keys.person", "data_keys.version"]),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "account_secrets",
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "active_accounts",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("account", row_id, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, unique=True),
    )
