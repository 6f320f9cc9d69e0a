"""What the program is put together over."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from chatbot.assembly.linking import exchanges_of, instants_of, swap_services_of
from chatbot.domain.accounts import Venue
from chatbot.exchange.opening import OpenExchange, OpenSwapService
from chatbot.ports.addresses import Addresses
from chatbot.ports.cards import Cards
from chatbot.ports.charts import Charts
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Exchange
from chatbot.ports.instant import InstantTrade
from chatbot.ports.spawner import Spawner
from chatbot.ports.swaps import SwapCards, SwapService
from chatbot.settings import Settings
from chatbot.storage.opening import Storage


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What is open when the program is put together.

    `was_away`: so long before this start that what happened meanwhile is told as such.
    """

    storage: Storage
    venues: Mapping[Venue, OpenExchange]
    swap_venues: Mapping[Venue, OpenSwapService]
    addresses: Addresses
    drawer: Charts
    cards: Cards
    swap_cards: SwapCards
    settings: Settings
    was_away: bool
    clock: Clock
    entropy: Entropy
    spawner: Spawner

    @cached_property
    def exchanges(self) -> Mapping[Venue, Exchange]:
        return exchanges_of(self.venues)

    @cached_property
    def instants(self) -> Mapping[Venue, InstantTrade]:
        return instants_of(self.venues)

    @cached_property
    def swap_services(self) -> Mapping[Venue, SwapService]:
        return swap_services_of(self.swap_venues)
