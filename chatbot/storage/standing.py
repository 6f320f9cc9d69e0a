"""All that may stand in a ticket's way, read in the transaction that claims it: with two statements."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa

from chatbot.domain.gate import Standing
from chatbot.domain.ids import AccountId, PersonId, TicketId
from chatbot.domain.intents import CancelOrders, Convert, CreateSwap, Intent, PlaceOrder, SetPayout, Withdraw
from chatbot.domain.limits import WINDOW, Counted, Spend, SpendKind, add_up, is_withdrawal_of
from chatbot.domain.money import ZERO, sum_exactly
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.storage.database import Database, Prepared, Row
from chatbot.storage.limits import StoredLimits
from chatbot.storage.tables import Moment
from chatbot.storage.ticket_table import PAYOUTS, TICKETS, ticket_of

_t = TICKETS.c
_SPACE: Any = sa.literal_column("' '")  # a parameter here could not be prepared
_GROUP = (_t.state, _t.spends, _t.spend_currency)
_COLUMNS = (
    *_GROUP,
    sa.func.min(_t.claimed_at).label("earliest"),
    sa.func.aggregate_strings(_t.spend_amount, _SPACE).label("amounts"),
    sa.func.aggregate_strings(_t.spend_value, _SPACE).label("values"),
)
_UNFINISHED = (TicketState.HELD, TicketState.CLAIMED, TicketState.UNCERTAIN)
_NO_TICKET = TicketId("")


def _counted() -> sa.CompoundSelect[*tuple[Any, ...]]:
    """Whatever is on its way or uncertain, and what was done within the window; both are found by one index.

    All of a kind come in one row, since a busy account has a thousand a day. Decimals are text to the database, so it
    cannot add them up.
    """
    of_account = (_t.account == sa.bindparam("of_account"), _t.spends.is_not(None), _t.id != sa.bindparam("but"))
    unfinished = sa.or_(*(_t.state == state for state in _UNFINISHED))
    recent = sa.and_(_t.state == TicketState.DONE, _t.claimed_at > sa.bindparam("since", type_=Moment()))
    return sa.union_all(
        *(sa.select(*_COLUMNS).where(*of_account, each).group_by(*_GROUP) for each in (unfinished, recent))
    )


COUNTED = Prepared(_counted())
"""What counts against an account's limits."""
_PAYOUTS = Prepared(PAYOUTS)


class Switches(Protocol):
    """What is stopped, in memory."""

    def is_locked(self, person: PersonId, now: datetime) -> bool: ...

    @property
    def is_halted(self) -> bool: ...


class Factors(Protocol):
    """Who has a second factor, and whether it is asked of everybody, in memory."""

    def has(self, person: PersonId) -> bool: ...

    @property
    def required(self) -> bool: ...


class Standings:
    def __init__(self, database: Database, *, limits: StoredLimits, switches: Switches, factors: Factors) -> None:
        self._database = database
        self._limits = limits
        self._switches = switches
        self._factors = factors

    def read(self, connection: sa.Connection, ticket: Ticket, now: datetime) -> Standing:
        """What stands in a ticket's way now, in the caller's unit of work. The ticket itself does not count."""
        currency = _currency(ticket.intent)
        if currency is None:
            return replace(self._switched(ticket.person, now), payout_unsettled=self._is_unsettled(connection, ticket))
        return self._read(connection, ticket.account, ticket.person, currency, now, but=ticket.id)

    async def of(self, account: AccountId, person: PersonId, *, currency: str, now: datetime) -> Standing:
        return await self._database.read(
            lambda connection: self._read(connection, account, person, currency, now, but=_NO_TICKET)
        )

    async def counted(self, account: AccountId, *, now: datetime) -> tuple[Counted, ...]:
        return await self._database.read(
            lambda connection: self._read_counted(connection, account, now, but=_NO_TICKET)
        )

    def _read(
        self,
        connection: sa.Connection,
        account: AccountId,
        person: PersonId,
        currency: str,
        now: datetime,
        *,
        but: TicketId,
    ) -> Standing:
        counted = self._read_counted(connection, account, now, but=but)
        return Standing(
            halted=self._switches.is_halted,
            locked=self._switches.is_locked(person, now),
            factor_missing=self._factors.required and not self._factors.has(person),
            frozen=_is_frozen(counted, currency),
            limits=self._limits.read(connection, account, now),
            spent=add_up(counted, currency=currency),
        )

    def _switched(self, person: PersonId, now: datetime) -> Standing:
        return Standing(
            halted=self._switches.is_halted,
            locked=self._switches.is_locked(person, now),
            factor_missing=self._factors.required and not self._factors.has(person),
        )

    def _is_unsettled(self, connection: sa.Connection, ticket: Ticket) -> bool:
        """Whether another payout address of the same swap was confirmed whose outcome is not known."""
        if not isinstance(ticket.intent, SetPayout):
            return False
        swap = {"of_person": ticket.person, "of_swap": ticket.intent.reference}
        confirmed = map(ticket_of, _PAYOUTS.run(connection, swap))
        return any(other.state.is_open and other.id != ticket.id for other in confirmed)

    def _read_counted(
        self, connection: sa.Connection, account: AccountId, now: datetime, *, but: TicketId
    ) -> tuple[Counted, ...]:
        rows = COUNTED.run(connection, {"of_account": account, "but": but, "since": now - WINDOW})
        return tuple(map(_as_counted, rows))


def _currency(intent: Intent) -> str | None:
    """The currency whose withdrawals matter for it; None for what spends nothing."""
    match intent:
        case PlaceOrder():
            return intent.counter
        case Convert():
            return intent.sell
        case Withdraw():
            return intent.currency
        case CreateSwap():
            return intent.deposit.symbol
        case CancelOrders() | SetPayout():
            return None


def _as_counted(row: Row) -> Counted:
    """An order's amount is in the currency of its market and never asked for."""
    is_order = row["spends"] is SpendKind.ORDER
    spend = Spend(
        kind=row["spends"],
        currency=row["spend_currency"],
        amount=ZERO if is_order else _sum(row["amounts"]),
        value=_sum(row["values"]),
    )
    done = row["state"] is TicketState.DONE
    return Counted(
        spend=spend,
        until=row["earliest"] + WINDOW if done else None,
        uncertain=row["state"] is TicketState.UNCERTAIN,
    )


def _sum(written: str | None) -> Decimal:
    return sum_exactly(map(Decimal, (written or "").split()))


def _is_frozen(counted: Iterable[Counted], currency: str) -> bool:
    return any(each.uncertain and is_withdrawal_of(currency, each) for each in counted)
