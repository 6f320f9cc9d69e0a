"""People, the links that let them in, their favourites, and chats."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("joined_at", sa.BigInteger, nullable=False),
        sa.Column("invited_by", sa.BigInteger),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("made_by", sa.BigInteger),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "chats",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("vouched_by", sa.BigInteger),
        sa.Column("vouched_at", sa.BigInteger),
        sa.Column("paused_at", sa.BigInteger),
    )
    op.create_table(
        "favourites",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("market", sa.Text, primary_key=True),
        sa.Column("starred_at", sa.BigInteger, nullable=False),
    )
