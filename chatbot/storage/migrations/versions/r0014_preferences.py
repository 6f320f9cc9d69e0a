"""How chats want to be spoken to, notices per chat, and favourites per chat in an order of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("dust", sa.Text, nullable=False),
        sa.Column("quiet_from", sa.Text),
        sa.Column("quiet_to", sa.Text),
        sa.Column("quiet_mode", sa.Text),
    )
    with op.batch_alter_table("notice_modes") as modes:
        modes.alter_column("person", new_column_name="chat")  # private chats have their person's number
    with op.batch_alter_table("favourites") as favourites:
        favourites.alter_column("person", new_column_name="chat")
        favourites.add_column(sa.Column("position", sa.Integer, nullable=False, server_default="0"))
