"""How far orders and balances of linked accounts were read and told.

Whatever is told goes into the outbox in the transaction that moves on what was told: nothing is missed, and nothing is
told twice, wherever the program ends.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from chatbot.domain.absences import Absence
from chatbot.domain.accounts import Account
from chatbot.domain.explaining import Between, KnownBalance, compare, explained_by, move
from chatbot.domain.follow_ups import LISTED_WITHIN, News, OrderRecord, Told, as_found, news_of, tell
from chatbot.domain.ids import AccountId, ChatId, MarketCode, OrderNumber, TicketId
from chatbot.domain.intents import Withdraw
from chatbot.domain.market import Market
from chatbot.domain.money import ZERO
from chatbot.domain.notices import BalanceChange, BalanceMoved, OrderMoved
from chatbot.domain.orders import Balances, Order, OrderStatus
from chatbot.domain.places import Place
from chatbot.ports.follow_ups import Worth
from chatbot.storage.absences import count_late, current_absence
from chatbot.storage.accounts import ACCOUNTS
from chatbot.storage.database import Database
from chatbot.storage.followed_tickets import card_of, is_told_by_a_card, message_of, show, take_withdrawal
from chatbot.storage.outbox import insert_notice
from chatbot.storage.tables import METADATA, Exact, Moment, RowId, Word

FOLLOWED_ACCOUNTS = sa.Table(
    "followed_accounts",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("floor", sa.BigInteger, nullable=False),
    sa.Column("balances_at", Moment),
)

FOLLOWED_ORDERS = sa.Table(
    "followed_orders",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("status", Word(OrderStatus), nullable=False),
    sa.Column("executed", Exact, nullable=False),
    sa.Column("cost", Exact),
    sa.Column("changed_at", Moment, nullable=False),
)

FOLLOWED_BALANCES = sa.Table(
    "followed_balances",
    METADATA,
    sa.Column("account", RowId, sa.ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("currency", sa.Text, primary_key=True),
    sa.Column("total", Exact, nullable=False),
    sa.Column("moved_low", Exact, nullable=False),
    sa.Column("moved_high", Exact, nullable=False),
    sa.Column("moved_at", Moment),
    sa.Column("loose", Exact, nullable=False),
    sa.Column("other_low", Exact),
    sa.Column("other_high", Exact),
    sa.Column("other_since", Moment),
)

ENDED_KEPT = 100
"""How many ended orders of an account are remembered: five pages of a list, which may show them as they were before, or
one among them for the first time.
"""

_a, _o, _b = FOLLOWED_ACCOUNTS.c, FOLLOWED_ORDERS.c, FOLLOWED_BALANCES.c
_TOLD = tuple(field.name for field in fields(Told))


class StoredFollowUps:
    """See the Protocol."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, account: AccountId) -> OrderRecord | None:
        return await self._database.read(lambda connection: _record_of(connection, account))

    async def begin(self, account: AccountId, open_orders: Sequence[Order], *, through: OrderNumber) -> None:
        def work(connection: sa.Connection) -> None:
            if _holder(connection, account) is None or _record_of(connection, account) is not None:
                return
            connection.execute(FOLLOWED_ACCOUNTS.insert(), {"account": account, "seen": through, "floor": through})
            known = _orders_of(connection, account)
            for order in open_orders:
                if order.number not in known:
                    _put(connection, account, as_found(order), known=False)

        await self._database.write(work)

    async def note(
        self,
        account: AccountId,
        orders: Sequence[Order],
        *,
        seen: OrderNumber | None,
        markets: Mapping[MarketCode, Market],
        late: bool,
        now: datetime,
    ) -> tuple[TicketId, ...]:
        def work(connection: sa.Connection) -> tuple[TicketId, ...]:
            holder = _holder(connection, account)
            if holder is None:
                return ()
            moved = _move_on(connection, holder, orders, markets=markets, late=late, now=now)
            if seen is not None:
                further = FOLLOWED_ACCOUNTS.update().where(_a.account == account, _a.seen < seen)
                connection.execute(further.values(seen=seen))
            _forget_ended(connection, account, before=now - LISTED_WITHIN)
            return moved

        return await self._database.write(work)

    async def let_go(self, account: AccountId, number: OrderNumber) -> None:
        gone = FOLLOWED_ORDERS.delete().where(_o.account == account, _o.number == number)
        await self._database.write(lambda connection: connection.execute(gone))

    async def balances_of(self, account: AccountId) -> Mapping[str, KnownBalance] | None:
        return await self._database.read(lambda connection: _balances_of(connection, account))

    async def note_balances(self, account: Account, balances: Balances, *, worth: Worth, now: datetime) -> None:
        def work(connection: sa.Connection) -> None:
            if _record_of(connection, account.id) is not None:
                _compare_all(connection, account, balances, worth=worth, now=now)

        await self._database.write(work)


def _move_on(
    connection: sa.Connection,
    holder: Account,
    orders: Sequence[Order],
    *,
    markets: Mapping[MarketCode, Market],
    late: bool,
    now: datetime,
) -> tuple[TicketId, ...]:
    """Tell what is new, order by order, and remember that it was told; the tickets that have to be painted."""
    known = _orders_of(connection, holder.id)
    floor = connection.execute(sa.select(_a.floor).where(_a.account == holder.id)).scalar_one_or_none() or 0
    painted: list[TicketId] = []
    for order in sorted(orders, key=lambda each: each.number):
        before = known.get(order.number)
        if before is None and order.number <= floor:
            continue
        after = tell(before, order, now=now)
        if after != before:
            _put(connection, holder.id, after, known=before is not None)
        news = news_of(before, order)
        if news is not None:
            _explain(connection, holder.id, order, news, market=markets.get(order.market), now=now)
            painted += _tell(connection, holder, order, news, late=late, now=now)
    return tuple(painted)


def _tell(
    connection: sa.Connection, holder: Account, order: Order, news: News, *, late: bool, now: datetime
) -> Iterable[TicketId]:
    """Put the news of an order on its card, and into the outbox unless a card tells it."""
    card = card_of(connection, holder.id, order)
    painted = () if card is None else show(connection, card, order)
    if is_told_by_a_card(connection, holder.id, order, card, now=now):
        return painted
    chat = ChatId(holder.person)
    absence = _absence_of(connection, order) if late else None
    notice = OrderMoved(
        account=holder.label,
        venue=holder.venue,
        order=order,
        part=news.part,
        at=now,
        since=None if absence is None else absence.since,
    )
    fills = 1 if news.part else 0
    wait = count_late(connection, Place(chat=chat), fills=fills) if absence is not None else None
    reply_to = card.message if card is not None and card.chat == chat else None
    insert_notice(connection, notice, chat=chat, reply_to=reply_to, now=now, not_before=wait)
    return painted


def _absence_of(connection: sa.Connection, order: Order) -> Absence | None:
    """The absence in which something happened to an order; none if it was placed after the last one."""
    found = current_absence(connection)
    return found[0] if found is not None and order.placed_at < found[0].until else None


def _compare_all(
    connection: sa.Connection, account: Account, balances: Balances, *, worth: Worth, now: datetime
) -> None:
    is_first = _balances_of(connection, account.id) is None
    known = _known_balances(connection, account.id)
    changes: list[BalanceChange] = []
    for currency in sorted({*balances.by_currency, *known}):
        total, before = balances.of(currency).total, known.get(currency, KnownBalance())
        after, change = (KnownBalance(total=total), None) if is_first else compare(before, total, now=now)
        if after != before or currency not in known:
            _put_balance(connection, account.id, currency, after, known=currency in known)
        if change is not None:
            changes.append(_change_of(connection, account.id, currency, change, total=total, worth=worth, now=now))
    if is_first:
        connection.execute(FOLLOWED_ACCOUNTS.update().where(_a.account == account.id).values(balances_at=now))
    if changes:
        _tell_balances(connection, account, tuple(changes), now=now)


def _change_of(
    connection: sa.Connection,
    account: AccountId,
    currency: str,
    change: Between,
    *,
    total: Decimal,
    worth: Worth,
    now: datetime,
) -> BalanceChange:
    """What is told of a change: of all amounts it may have been, that of a withdrawal, or the roundest."""
    ticket = None if change.low > 0 else take_withdrawal(connection, account, currency, -change, worth=worth, now=now)
    amount = ticket.intent.amount if ticket is not None and isinstance(ticket.intent, Withdraw) else ZERO
    by = -amount if change.holds(-amount) else change.roundest
    return BalanceChange(
        currency=currency,
        by=by,
        total=total,
        worth=worth(currency, abs(by)),
        ticket=None if ticket is None else ticket.id,
        about=not change.is_exact,
    )


def _tell_balances(
    connection: sa.Connection, account: Account, changes: tuple[BalanceChange, ...], *, now: datetime
) -> None:
    notice = BalanceMoved(account=account.label, venue=account.venue, changes=changes, at=now)
    card = message_of(connection, changes[0].ticket) if len(changes) == 1 else None
    insert_notice(connection, notice, chat=ChatId(account.person), reply_to=card, now=now)


def _explain(
    connection: sa.Connection, account: AccountId, order: Order, news: News, *, market: Market | None, now: datetime
) -> None:
    """Remember by how much an execution moved the totals of both its currencies."""
    if not news.part:
        return
    known = _known_balances(connection, account)
    for currency, by in explained_by(order, part=news.part, cost=news.cost, market=market).items():
        moved = move(known.get(currency, KnownBalance()), by, now=now)
        _put_balance(connection, account, currency, moved, known=currency in known)


def _forget_ended(connection: sa.Connection, account: AccountId, *, before: datetime) -> None:
    """Keep the last that ended; what is older, and ended before that moment, is over for good."""
    final = [status for status in OrderStatus if status.is_final]
    ended = (
        sa.select(_o.number, _o.changed_at)
        .where(_o.account == account, _o.status.in_(final))
        .order_by(_o.number.desc())
    )
    older = ended.offset(ENDED_KEPT).subquery()
    settled = sa.select(older.c.number).where(older.c.changed_at < before).order_by(older.c.number.desc())
    over = list(connection.execute(settled).scalars())
    if over:
        connection.execute(FOLLOWED_ORDERS.delete().where(_o.account == account, _o.number.in_(over)))
        higher = FOLLOWED_ACCOUNTS.update().where(_a.account == account, _a.floor < over[0])
        connection.execute(higher.values(floor=over[0]))


def _put(connection: sa.Connection, account: AccountId, told: Told, *, known: bool) -> None:
    values = {name: getattr(told, name) for name in _TOLD}
    if known:
        change = FOLLOWED_ORDERS.update().where(_o.account == account, _o.number == told.number)
        connection.execute(change.values(values))
    else:
        connection.execute(FOLLOWED_ORDERS.insert(), {"account": account, **values})


def _put_balance(
    connection: sa.Connection, account: AccountId, currency: str, balance: KnownBalance, *, known: bool
) -> None:
    other = balance.other
    values = {
        "total": balance.total,
        "moved_low": balance.moved.low,
        "moved_high": balance.moved.high,
        "moved_at": balance.moved_at,
        "loose": balance.loose,
        "other_low": None if other is None else other.low,
        "other_high": None if other is None else other.high,
        "other_since": balance.other_since,
    }
    if known:
        change = FOLLOWED_BALANCES.update().where(_b.account == account, _b.currency == currency)
        connection.execute(change.values(values))
    else:
        connection.execute(FOLLOWED_BALANCES.insert(), {"account": account, "currency": currency, **values})


def _holder(connection: sa.Connection, account: AccountId) -> Account | None:
    row = connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.id == account)).mappings().one_or_none()
    return None if row is None else Account(**{field.name: row[field.name] for field in fields(Account)})


def _record_of(connection: sa.Connection, account: AccountId) -> OrderRecord | None:
    row = connection.execute(sa.select(_a.seen, _a.floor).where(_a.account == account)).one_or_none()
    if row is None:
        return None
    return OrderRecord(seen=row.seen, floor=row.floor, orders=_orders_of(connection, account))


def _orders_of(connection: sa.Connection, account: AccountId) -> dict[OrderNumber, Told]:
    rows = connection.execute(sa.select(FOLLOWED_ORDERS).where(_o.account == account)).mappings()
    return {row["number"]: Told(**{name: row[name] for name in _TOLD}) for row in rows}


def _balances_of(connection: sa.Connection, account: AccountId) -> dict[str, KnownBalance] | None:
    at = connection.execute(sa.select(_a.balances_at).where(_a.account == account)).scalar_one_or_none()
    return None if at is None else _known_balances(connection, account)


def _known_balances(connection: sa.Connection, account: AccountId) -> dict[str, KnownBalance]:
    rows = connection.execute(sa.select(FOLLOWED_BALANCES).where(_b.account == account)).mappings()
    return {row["currency"]: _known_balance(row) for row in rows}


def _known_balance(row: sa.RowMapping) -> KnownBalance:
    return KnownBalance(
        total=row["total"],
        moved=Between(low=row["moved_low"], high=row["moved_high"]),
        moved_at=row["moved_at"],
        loose=row["loose"],
        other=None if row["other_low"] is None else Between(low=row["other_low"], high=row["other_high"]),
        other_since=row["other_since"],
    )
