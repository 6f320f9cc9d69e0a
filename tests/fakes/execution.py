"""The services that carry out tickets, with stand-ins for what is around them: for proofs of these alone."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, cast

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.orders import Order
from chatbot.domain.tickets import Ticket
from chatbot.ports.accounts import Accounts, Sessions
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Exchange, Permit
from chatbot.ports.instant import InstantTrade
from chatbot.ports.swaps import SwapService
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.execution.executor import FollowUps
from chatbot.services.execution.executors import build_execution
from chatbot.services.settling import Settling
from chatbot.services.swap_book import SwapBook
from chatbot.services.tickets import Tickets


class AllPermitted:
    """Nobody is locked."""

    def permit(self, person: PersonId, *, urgent: bool = False) -> Permit:
        return lambda: None


class UnwatchedKeys:
    async def rejected(self, account: AccountId, status: int) -> None: ...

    async def worked(self, account: AccountId) -> None: ...


class NobodyFollows:
    async def saw(self, account: AccountId, order: Order) -> None: ...


class NoRenewals:
    """Quotes stay as they are."""

    async def renew(self, ticket: Ticket) -> bool:
        return False


class TaskSpawner:
    """Runs things in the background, and lets them fail aloud."""

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        return asyncio.get_running_loop().create_task(work, name=name)


def execution_services(
    *,
    store: TicketStore,
    accounts: Accounts,
    exchanges: Mapping[Venue, Exchange],
    cards: Cards,
    clock: Clock,
    entropy: Entropy,
    follow_ups: FollowUps | None = None,
    swap_services: Mapping[Venue, SwapService] | None = None,
    swap_book: SwapBook | None = None,
    sessions: Sessions | None = None,
    instants: Mapping[Venue, InstantTrade] | None = None,
) -> tuple[Tickets, Settling]:
    """Tickets of swaps need what swaps do, those of conversions `sessions` and `instants`."""
    execution = build_execution(
        store=store,
        accounts=accounts,
        sessions=sessions or cast(Sessions, None),
        exchanges=exchanges,
        instants=instants or {},
        swap_services=swap_services or {},
        swap_book=swap_book or cast(SwapBook, None),
        follow_ups=follow_ups or NobodyFollows(),
        cards=cards,
        clock=clock,
    )
    tickets = Tickets(
        store=store,
        executors=execution.executors,
        claims=execution.claims,
        permits=AllPermitted(),
        cards=cards,
        clock=clock,
        entropy=entropy,
        spawner=TaskSpawner(),
    )
    settling = Settling(
        store=store,
        tickets=tickets,
        keys=UnwatchedKeys(),
        renewals=NoRenewals(),
        executors=execution.executors,
        changes=execution.changes,
        cards=cards,
        clock=clock,
    )
    return tickets, settling
