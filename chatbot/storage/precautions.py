"""What is set back when a person defends themselves: it may wait because somebody else asked for it in their name."""

from datetime import datetime

import sqlalchemy as sa

from chatbot.domain.ids import ChatId, PersonId
from chatbot.storage.aliases import StoredAliases
from chatbot.storage.limits import StoredLimits


class Precautions:
    """Goes along with locking, and with whatever else shows that a person takes their account back."""

    def __init__(self, *, limits: StoredLimits, aliases: StoredAliases) -> None:
        self._limits = limits
        self._aliases = aliases

    def take(self, connection: sa.Connection, person: PersonId, *, chat: ChatId, now: datetime) -> None:
        """In the caller's transaction, drop the raises of the person's limits that wait, and let the holds of their
        aliases that are not over begin anew.
        """
        self._limits.drop_waiting(connection, person, chat=chat, now=now)
        self._aliases.restart_holds(connection, person, now=now)
