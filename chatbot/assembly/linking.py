"""What links accounts, for the bot and for the command line."""

from collections.abc import Mapping

from chatbot.domain.accounts import Venue
from chatbot.exchange.opening import OpenExchange, OpenSwapService
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange
from chatbot.ports.instant import InstantTrade
from chatbot.ports.swaps import SwapService
from chatbot.services.accounts import Accounts
from chatbot.storage.opening import Storage


def linking_accounts(
    storage: Storage,
    venues: Mapping[Venue, OpenExchange],
    swap_venues: Mapping[Venue, OpenSwapService],
    clock: Clock,
) -> Accounts:
    """The part of the program that links accounts, for the bot and for the command line."""
    return Accounts(
        store=storage.accounts,
        tickets=storage.tickets,
        exchanges=exchanges_of(venues),
        practice=venues[Venue.PAPER].desk if Venue.PAPER in venues else None,
        swap_services=swap_services_of(swap_venues),
        practice_swaps=swap_venues[Venue.PAPER_SWAPS].practice if Venue.PAPER_SWAPS in swap_venues else None,
        journal=storage.journal,
        clock=clock,
    )


def exchanges_of(venues: Mapping[Venue, OpenExchange]) -> dict[Venue, Exchange]:
    return {venue: opened.exchange for venue, opened in venues.items()}


def instants_of(venues: Mapping[Venue, OpenExchange]) -> dict[Venue, InstantTrade]:
    return {venue: opened.instant for venue, opened in venues.items()}


def swap_services_of(swap_venues: Mapping[Venue, OpenSwapService]) -> dict[Venue, SwapService]:
    return {venue: opened.service for venue, opened in swap_venues.items()}
