"""What a held ticket is sealed with: nobody who can only write the database makes one, or changes where it goes.

An older state of a row, put back with its seal, fits; nothing in the row can tell.
"""

import hmac
from datetime import UTC

import msgspec
import sqlalchemy as sa

from chatbot.domain.errors import Obstacle, Stopped
from chatbot.domain.intents import Withdraw
from chatbot.domain.money import to_text
from chatbot.domain.tickets import Ticket
from chatbot.storage.ticket_table import TICKETS


class HoldSeal:
    """A keyed hash over whose it is, what is sent, with which account, and when.

    Spelt out field by field, so that a ticket fits also after an update of the program.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, ticket: Ticket) -> bytes:
        """Raises `TypeError` for what is never held."""
        intent, due = ticket.intent, ticket.send_at
        if not isinstance(intent, Withdraw) or due is None:
            raise TypeError("not a held ticket")
        whose = [ticket.id, ticket.person, ticket.venue.value, ticket.account, ticket.client_id]
        what = [intent.tag, intent.account, intent.currency, to_text(intent.amount), intent.alias]
        moment = due.astimezone(UTC).isoformat()
        return hmac.digest(self._key, msgspec.msgpack.encode([b"held", whose, what, moment]), "sha256")

    def put(self, connection: sa.Connection, ticket: Ticket) -> None:
        connection.execute(TICKETS.update().where(TICKETS.c.id == ticket.id).values(seal=self.of(ticket)))

    def check(self, connection: sa.Connection, ticket: Ticket) -> None:
        """Raises `Stopped` for a held ticket that is not as it was sealed."""
        seal = connection.execute(sa.select(TICKETS.c.seal).where(TICKETS.c.id == ticket.id)).scalar_one()
        if not isinstance(seal, bytes) or not hmac.compare_digest(self.of(ticket), seal):
            raise Stopped(Obstacle.FORGED)
