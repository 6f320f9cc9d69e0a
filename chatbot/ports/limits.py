"""Limits, and what counts against them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from chatbot.domain.accounts import Account
from chatbot.domain.gate import Standing
from chatbot.domain.ids import AccountId, ChatId, LimitChangeId, PersonId
from chatbot.domain.limits import Counted, LimitChange, LimitKind, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLimit:
    """A limit as its owner wants it. `currency` is set for a currency's own limit on withdrawals.

    `is_valued` says whether a market tells the worth of that currency: the day's limit holds for it then already, and a
    first one of its own only narrows it. Of any other nothing leaves before it has one.
    """

    account: Account
    kind: LimitKind
    value: Decimal
    currency: str = ""
    is_valued: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedLimit:
    """A change as it was written down. `before` is what held until now, None for a currency's first own limit;
    `dropped` is a waiting raise it replaced."""

    change: LimitChange
    before: Decimal | None
    dropped: LimitChange | None = None


class LimitStore(Protocol):
    async def of(self, account: AccountId, *, now: datetime) -> tuple[Limits, tuple[LimitChange, ...]]:
        """What holds now, and the raises that wait, earliest first."""
        ...

    async def lower(self, new: NewLimit, *, person: PersonId, chat: ChatId, now: datetime) -> ChangedLimit | None:
        """Let a lower or equal value hold at once; a raise of the same limit that waits is dropped.

        None, and nothing changed, if the value is higher than the one that holds.
        """
        ...

    async def set(self, new: NewLimit, *, person: PersonId, chat: ChatId, now: datetime) -> ChangedLimit:
        """As `lower`; but a higher value is taken as a raise, which holds after `RAISE_DELAY`.

        It replaces one that waits. The person is told at once, and again when it holds.
        """
        ...

    async def keep(self, change: LimitChangeId, *, person: PersonId, chat: ChatId, now: datetime) -> LimitChange | None:
        """Drop a raise that waits, of one of the person's accounts; None if there is no such raise (any more)."""
        ...

    async def still_holds(self, change: LimitChangeId, *, now: datetime) -> tuple[LimitChange, str] | None:
        """A change that is in force, with its account's label; None if it is not (any more)."""
        ...


class Standings(Protocol):
    async def of(self, account: AccountId, person: PersonId, *, currency: str, now: datetime) -> Standing:
        """All that may stand in the way of an order, or of a withdrawal of this currency, right now."""
        ...

    async def counted(self, account: AccountId, *, now: datetime) -> tuple[Counted, ...]:
        """What counts against the account's limits, in every currency."""
        ...
