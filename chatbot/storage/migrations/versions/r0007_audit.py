"""The audit log: chained rows, and the head that says how many there are. And who is being forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", row_id, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("deed", sa.Text, nullable=False),
        sa.Column("person", sa.BigInteger),
        sa.Column("about", sa.BigInteger),
        sa.Column("chat", sa.BigInteger),
        sa.Column("account", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("blind", sa.LargeBinary),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
        sa.Column("covers", sa.BigInteger),
        sa.Column("forgotten_by", sa.BigInteger),
        sa.Column("mark", sa.LargeBinary),
    )
    op.create_index("ix_audit_person_seq", "audit", ["person", "seq"])
    about = sa.text("about IS NOT NULL")
    op.create_index("ix_audit_about", "audit", ["about"], sqlite_where=about, postgresql_where=about)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "forgettings",
        sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
    )
