"""What is known: people, their accounts, markets, prices and values."""

from dataclasses import dataclass
from functools import cached_property

from chatbot.assembly.linking import linking_accounts
from chatbot.assembly.opened import Opened
from chatbot.domain.accounts import Venue
from chatbot.domain.ids import PersonId
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.bars import PriceHistory
from chatbot.services.coins import Coins
from chatbot.services.key_health import KeyHealth
from chatbot.services.last_prices import LastPrices
from chatbot.services.markets import Markets
from chatbot.services.people import People
from chatbot.services.preferences import Preferences
from chatbot.services.questions import Questions
from chatbot.services.quoting import Quoting
from chatbot.services.samples import Sampler
from chatbot.services.sessions import Sessions
from chatbot.services.trades import Trades
from chatbot.services.values import Values


@dataclass(frozen=True, kw_only=True)
class Knowing(Opened):
    """Who asks, what is theirs, and what it is worth."""

    @cached_property
    def people(self) -> People:
        return People(
            store=self.storage.people,
            outbox=self.storage.outbox,
            journal=self.storage.journal,
            owner_ids=tuple(map(PersonId, self.settings.owner_ids)),
            access=self.settings.access,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(store=self.storage.preferences, clock=self.clock)

    @cached_property
    def questions(self) -> Questions:
        storage = self.storage
        return Questions(dialogues=storage.dialogues, codes=storage.factors, clock=self.clock, entropy=self.entropy)

    @cached_property
    def accounts(self) -> Accounts:
        return linking_accounts(self.storage, self.venues, self.swap_venues, self.clock)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(
            store=self.storage.accounts,
            keys=self.storage.accounts,
            tickets=self.storage.tickets,
            accounts=self.accounts,
            instants=self.instants,
            practice=self.venues[Venue.PAPER].desk if Venue.PAPER in self.venues else None,
            journal=self.storage.journal,
            clock=self.clock,
        )

    @cached_property
    def key_health(self) -> KeyHealth:
        storage = self.storage
        return KeyHealth(
            store=storage.key_health, accounts=storage.accounts, exchanges=self.exchanges, clock=self.clock
        )

    @cached_property
    def balances(self) -> BalanceReader:
        return BalanceReader(
            exchanges=self.exchanges,
            accounts=self.accounts,
            store=self.storage.accounts,
            markets=self.markets,
            samples=self.storage.samples,
        )

    @cached_property
    def markets(self) -> Markets:
        storage = self.storage
        return Markets(exchanges=self.exchanges, accounts=storage.accounts, favourites=storage.favourites)

    @cached_property
    def coins(self) -> dict[Venue, Coins]:
        return {venue: Coins(service) for venue, service in self.swap_services.items()}

    @cached_property
    def bars(self) -> PriceHistory:
        return PriceHistory(self.storage.bars)

    @cached_property
    def values(self) -> Values:
        return Values(markets=self.markets, balances=self.balances)

    @cached_property
    def quoting(self) -> Quoting:
        return Quoting(
            exchanges=self.exchanges,
            sessions=self.sessions,
            values=self.values,
            standings=self.storage.standings,
            clock=self.clock,
        )

    @cached_property
    def sampler(self) -> Sampler:
        storage = self.storage
        return Sampler(
            store=storage.samples,
            exchanges=self.exchanges,
            preferences=storage.preferences,
            last_prices=LastPrices(quoting=self.quoting, kept=storage.trades, clock=self.clock),
        )

    @cached_property
    def trades(self) -> Trades:
        return Trades(
            exchanges=self.exchanges,
            accounts=self.accounts,
            sessions=self.sessions,
            kept=self.storage.trades,
            clock=self.clock,
        )
