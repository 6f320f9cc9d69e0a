"""What was seen of orders and balances, and what was told."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _follow_ups()
    _absences()
    # That an order ended is told in other words now; what waits to be told is told by the words for a settled ticket.
    op.execute("UPDATE outbox SET notice = replace(notice, 'order_finished', 'ticket_settled')")


def _follow_ups() -> None:
    op.create_table(
        "followed_accounts",
        sa.Column("account", _ROW, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("floor", sa.BigInteger, nullable=False),
        sa.Column("balances_at", sa.BigInteger),
        *_of_an_account("followed_accounts", "account"),
    )
    op.create_table(
        "followed_orders",
        sa.Column("account", _ROW, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("executed", sa.Text, nullable=False),
        sa.Column("cost", sa.Text),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        *_of_an_account("followed_orders", "account", "number"),
    )
    op.create_table(
        "followed_balances",
        sa.Column("account", _ROW, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("total", sa.Text, nullable=False),
        sa.Column("moved_low", sa.Text, nullable=False),
        sa.Column("moved_high", sa.Text, nullable=False),
        sa.Column("moved_at", sa.BigInteger),
        sa.Column("loose", sa.Text, nullable=False),
        sa.Column("other_low", sa.Text),
        sa.Column("other_high", sa.Text),
        sa.Column("other_since", sa.BigInteger),
        *_of_an_account("followed_balances", "account", "currency"),
    )
    op.create_table(
        "followed_withdrawals",
        sa.Column("account", _ROW, nullable=False),
        sa.Column("ticket", sa.Text, nullable=False),
        *_of_an_account("followed_withdrawals", "account", "ticket"),
    )


def _absences() -> None:
    op.create_table(
        "life",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("alive_at", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_life"),
    )
    op.create_table(
        "missed",
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("thread", sa.BigInteger, nullable=False),
        sa.Column("fills", sa.Integer, nullable=False),
        sa.Column("alerts", sa.Integer, nullable=False),
        sa.Column("armed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("chat", "thread", name="pk_missed"),
    )


def _of_an_account(table: str, *key: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=f"fk_{table}_account", ondelete="CASCADE"),
    )
