"""Fakes as the program holds what it opened."""

from typing import cast

from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.exchange.opening import OpenExchange, OpenSwapService
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, PracticeDesk
from chatbot.ports.instant import InstantTrade
from tests.fakes.swap_service import FakeSwapService

_NO_CHANNEL = cast(Channel, None)
"""Nothing here ever leaves the process, so nothing takes from the budget either."""


def open_fake_exchange(exchange: Exchange, instant: InstantTrade, desk: PracticeDesk, *, clock: Clock) -> OpenExchange:
    budget = Budget(limit=1, clock=clock)
    return OpenExchange(exchange=exchange, instant=instant, desk=desk, channel=_NO_CHANNEL, budget=budget)


def open_fake_swap_service(service: FakeSwapService, *, clock: Clock) -> OpenSwapService:
    budget = Budget(limit=1, clock=clock)
    return OpenSwapService(service=service, practice=service, channel=_NO_CHANNEL, budget=budget)
