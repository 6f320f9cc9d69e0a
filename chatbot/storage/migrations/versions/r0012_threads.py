"""Unasked messages go to topics of forums, too, in the order of what they are about, and wait for quiet hours."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_COLUMNS = (
    sa.Column("thread", sa.BigInteger),
    sa.Column("rank", sa.Integer, nullable=False, server_default="3"),
    sa.Column("unsure", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("held", sa.Boolean, nullable=False, server_default=sa.false()),
)
_RANKS = {"alarm": 0, "held_ended": 0, "limit_holds": 0, "ticket_settled": 1, "order_finished": 2}


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        for column in _COLUMNS:
            outbox.add_column(column)
    entries = sa.table("outbox", *(sa.column(name) for name in ("notice", "rank", "unsure", "attempts")))
    for tag, rank in _RANKS.items():
        op.execute(entries.update().where(entries.c.notice.like(f'{{"tag":"{tag}"%')).values(rank=rank))
    op.execute(entries.update().where(entries.c.attempts > 0).values(unsure=sa.true()))
    op.drop_index("ix_outbox_not_before", "outbox")
    op.create_index("ix_outbox_turn", "outbox", ["rank", "chat", "not_before"])
