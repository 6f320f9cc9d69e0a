"""Every executor there is, by the intent it carries out."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.domain.accounts import Venue
from chatbot.domain.intents import CancelOrders, Convert, CreateSwap, PlaceOrder, SetPayout, Withdraw
from chatbot.ports.accounts import Accounts, Sessions
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange
from chatbot.ports.instant import InstantTrade
from chatbot.ports.swaps import SwapService
from chatbot.ports.tickets import Tickets
from chatbot.services.execution.cancellations import CancelExecutor
from chatbot.services.execution.changes import Changes
from chatbot.services.execution.claims import RecentClaims
from chatbot.services.execution.conversions import ConvertExecutor
from chatbot.services.execution.executor import Executors, FollowUps, Tools
from chatbot.services.execution.orders import OrderExecutor
from chatbot.services.execution.swaps import PayoutExecutor, SwapExecutor
from chatbot.services.execution.withdrawals import WithdrawalExecutor
from chatbot.services.swap_book import SwapBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The executors, and what they share with those who call them."""

    executors: Executors
    claims: RecentClaims
    changes: Changes


def build_execution(
    *,
    store: Tickets,
    accounts: Accounts,
    sessions: Sessions,
    exchanges: Mapping[Venue, Exchange],
    instants: Mapping[Venue, InstantTrade],
    swap_services: Mapping[Venue, SwapService],
    swap_book: SwapBook,
    follow_ups: FollowUps,
    cards: Cards,
    clock: Clock,
) -> Execution:
    claims = RecentClaims(store=store, started_at=clock.now())
    changes = Changes(store=store, cards=cards)
    tools = Tools(
        store=store,
        accounts=accounts,
        sessions=sessions,
        tickets=store,
        exchanges=exchanges,
        instants=instants,
        swap_services=swap_services,
        swap_book=swap_book,
        changes=changes,
        claims=claims,
        follow_ups=follow_ups,
        clock=clock,
    )
    executors: Executors = {
        PlaceOrder: OrderExecutor(tools),
        CancelOrders: CancelExecutor(tools),
        Withdraw: WithdrawalExecutor(tools),
        CreateSwap: SwapExecutor(tools),
        SetPayout: PayoutExecutor(tools),
        Convert: ConvertExecutor(tools),
    }
    return Execution(executors=executors, claims=claims, changes=changes)
