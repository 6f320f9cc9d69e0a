"""Updates that came in, and notices that must go out."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("seq", row_id, primary_key=True),
        sa.Column("update_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("body", sa.LargeBinary),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", row_id, primary_key=True),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("reply_to", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
