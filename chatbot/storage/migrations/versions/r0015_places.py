"""What is known of chats and their topics."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_COLUMNS = (
    sa.Column("joined_at", sa.BigInteger),
    sa.Column("type", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("username", sa.Text),
    sa.Column("is_forum", sa.Boolean),
    sa.Column("loss_told_at", sa.BigInteger),
)


def upgrade() -> None:
    with op.batch_alter_table("chats") as chats:
        for column in _COLUMNS:
            chats.add_column(column)
    op.create_table(
        "topics",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("thread", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_closed", sa.Boolean, nullable=False),
        sa.Column("paused_at", sa.BigInteger),
        sa.Column("is_deleted", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    paused = sa.text("paused_at IS NOT NULL")
    op.create_index("ix_topics_paused", "topics", ["chat"], sqlite_where=paused, postgresql_where=paused)
