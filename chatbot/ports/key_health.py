"""Keys that an exchange rejects."""

from datetime import datetime
from typing import Protocol

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Event
from chatbot.domain.ids import AccountId
from chatbot.domain.key_health import KeyTrouble
from chatbot.domain.notices import Alarm, KeyWorks


class KeyHealth(Protocol):
    def trouble_of(self, account: AccountId) -> KeyTrouble | None:
        """From memory."""
        ...

    async def everyone(self) -> tuple[Account, ...]:
        """All linked accounts of all people, in a lasting order."""
        ...

    async def rejected(self, trouble: KeyTrouble, event: Event, *, alarm: Alarm, now: datetime) -> None:
        """Keep a trouble that is told now. Nothing happens, and nothing is told, for an account that is gone."""
        ...

    async def works(self, account: Account, event: Event, *, notice: KeyWorks, now: datetime) -> None:
        """The trouble is over; told once."""
        ...
