"""Keys: which master key wraps a data key, the program's own keys, people's named secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "program_keys",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("master", sa.Text, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    # Only the master key can name itself, and it is not at hand here: the first opening does (storage/program_keys.py).
    op.execute("INSERT INTO program_keys (name, master, wrapped) SELECT 'store', '', sealed FROM key_check")
    op.drop_table("key_check")
    op.add_column("data_keys", sa.Column("master", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "secrets",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["person", "key_version"], ["data_keys.person", "data_keys.version"]),
    )
