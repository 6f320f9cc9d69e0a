"""Second factors, recovery codes, and messages that show a secret."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "factors",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.BigInteger),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, primary_key=True),
    )
    op.create_table(
        "factor_requirement",
        sa.Column("asked_by", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "shown_secrets",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("delete_at", sa.BigInteger, nullable=False),
    )
