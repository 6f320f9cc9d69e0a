"""What tickets ask on their way through the gate, in the transaction that takes them there, and what stops them."""

from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from chatbot.domain.errors import Stopped
from chatbot.domain.gate import Standing
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.tickets import Ticket


class Standings(Protocol):
    """What may stand in a ticket's way, read in the transaction that claims it."""

    def read(self, connection: sa.Connection, ticket: Ticket, now: datetime) -> Standing: ...


class Holds(Protocol):
    def hold(
        self,
        connection: sa.Connection,
        *,
        account: AccountId,
        currency: str,
        alias: str,
        person: PersonId,
        now: datetime,
    ) -> datetime | None:
        """Until when a withdrawal to an alias has to wait; a first use starts that wait."""
        ...

    def unsent(
        self,
        connection: sa.Connection,
        *,
        account: AccountId,
        currency: str,
        alias: str,
        person: PersonId,
        now: datetime,
    ) -> None:
        """A held withdrawal to an alias ended unsent: the next one has to wait whole again."""
        ...


class WrongWay(Exception):
    """It is not sent by this kind of tap; what the statement changed is undone."""


class Barred(Exception):
    """The gate let a ticket not pass."""

    def __init__(self, ticket: Ticket, reason: Stopped) -> None:
        super().__init__(ticket.id)
        self.ticket = ticket
        self.reason = reason
