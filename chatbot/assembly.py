"""The services, put together over what is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import PersonId
from chatbot.exchange.opening import OpenExchange, OpenSwapService
from chatbot.ports.addresses import Addresses
from chatbot.ports.cards import Cards
from chatbot.ports.charts import Charts
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Exchange
from chatbot.ports.spawner import Spawner
from chatbot.ports.swaps import SwapCards, SwapService
from chatbot.services.accounts import Accounts
from chatbot.services.alert_engine import AlertEngine
from chatbot.services.alerts import AlertDesk
from chatbot.services.aliases import AliasBook
from chatbot.services.audit import Audit
from chatbot.services.balances import BalanceReader
from chatbot.services.bars import PriceHistory
from chatbot.services.boards import Boards
from chatbot.services.charts import ChartDesk
from chatbot.services.coins import Coins
from chatbot.services.desk import Services
from chatbot.services.digests import Digests
from chatbot.services.execution.executors import Execution, build_execution
from chatbot.services.factors import Factors
from chatbot.services.follow_ups import FollowUps
from chatbot.services.forgetting import Forgetting
from chatbot.services.key_health import KeyHealth
from chatbot.services.limits import LimitDesk
from chatbot.services.linking import Linking
from chatbot.services.locks import Locks
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.panic import Panic
from chatbot.services.people import People
from chatbot.services.preferences import Preferences
from chatbot.services.protection import Protection
from chatbot.services.questions import Questions
from chatbot.services.receiving import Receivers
from chatbot.services.settling import Settling
from chatbot.services.swap_book import SwapBook
from chatbot.services.swap_following import SwapFollowing
from chatbot.services.swaps import SwapDesk
from chatbot.services.tickets import Tickets
from chatbot.services.trading import OrderDesk
from chatbot.services.values import Values
from chatbot.services.withdrawals import WithdrawalDesk
from chatbot.settings import Settings
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


def swap_services_of(swap_venues: Mapping[Venue, OpenSwapService]) -> dict[Venue, SwapService]:
    return {venue: opened.service for venue, opened in swap_venues.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """The services, and what works behind them."""

    services: Services
    settling: Settling
    health: KeyHealth
    alerts: AlertEngine
    history: PriceHistory
    follow_ups: FollowUps


def assemble(
    storage: Storage,
    venues: Mapping[Venue, OpenExchange],
    swap_venues: Mapping[Venue, OpenSwapService],
    *,
    addresses: Addresses,
    drawer: Charts,
    cards: Cards,
    swap_cards: SwapCards,
    settings: Settings,
    was_away: bool,
    clock: Clock,
    entropy: Entropy,
    spawner: Spawner,
) -> Program:
    """`was_away`: so long before this start that what happened meanwhile is told as such."""
    return _Parts(
        storage=storage,
        venues=venues,
        swap_venues=swap_venues,
        addresses=addresses,
        drawer=drawer,
        cards=cards,
        swap_cards=swap_cards,
        settings=settings,
        was_away=was_away,
        clock=clock,
        entropy=entropy,
        spawner=spawner,
    ).program()


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """Everything that is put together. A part is made once, when it or another one that needs it is asked for."""

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

    def program(self) -> Program:
        return Program(
            services=self._services(),
            settling=Settling(
                store=self.storage.tickets,
                tickets=self.tickets,
                keys=self.key_health,
                executors=self.execution.executors,
                changes=self.execution.changes,
                cards=self.cards,
                clock=self.clock,
            ),
            health=self.key_health,
            alerts=self.alert_engine,
            history=self.history,
            follow_ups=self.follow_ups,
        )

    def _services(self) -> Services:
        storage = self.storage
        return Services(
            accounts=self.accounts,
            alerts=self.alerts,
            aliases=AliasBook(store=storage.aliases, accounts=self.accounts, values=self.values, clock=self.clock),
            audit=Audit(trail=storage.audit, journal=storage.journal, people=storage.people),
            balances=self.balances,
            boards=Boards(store=storage.boards, markets=self.markets, clock=self.clock),
            charts=self.charts,
            chats=storage.chats,
            digests=self.digests,
            factors=Factors(store=storage.factors, clock=self.clock, entropy=self.entropy),
            favourites=storage.favourites,
            followed_swaps=self.followed_swaps,
            forgetting=self.forgetting,
            life=storage.life,
            limits=self.limits,
            linking=Linking(self.questions),
            locks=self.locks,
            markets=self.markets,
            orders=self.orders,
            panic=self.panic,
            people=self.people,
            preferences=self.preferences,
            presence=storage.presence,
            protection=self.protection,
            questions=self.questions,
            shown_secrets=storage.shown_secrets,
            swaps=self.swaps,
            tickets=self.tickets,
            trading=self.trading,
            withdrawals=self.withdrawals,
        )

    # what the venues say

    @cached_property
    def exchanges(self) -> dict[Venue, Exchange]:
        return exchanges_of(self.venues)

    @cached_property
    def swap_services(self) -> dict[Venue, SwapService]:
        return swap_services_of(self.swap_venues)

    @cached_property
    def markets(self) -> Markets:
        storage = self.storage
        return Markets(exchanges=self.exchanges, accounts=storage.accounts, favourites=storage.favourites)

    @cached_property
    def coins(self) -> dict[Venue, Coins]:
        return {venue: Coins(service) for venue, service in self.swap_services.items()}

    @cached_property
    def history(self) -> PriceHistory:
        return PriceHistory(self.storage.bars)

    @cached_property
    def values(self) -> Values:
        return Values(markets=self.markets, balances=self.balances)

    # people and their accounts

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
    def accounts(self) -> Accounts:
        return linking_accounts(self.storage, self.venues, self.swap_venues, self.clock)

    @cached_property
    def balances(self) -> BalanceReader:
        return BalanceReader(
            exchanges=self.exchanges, accounts=self.accounts, store=self.storage.accounts, markets=self.markets
        )

    @cached_property
    def key_health(self) -> KeyHealth:
        storage = self.storage
        return KeyHealth(
            store=storage.key_health, accounts=storage.accounts, exchanges=self.exchanges, clock=self.clock
        )

    @cached_property
    def preferences(self) -> Preferences:
        return Preferences(store=self.storage.preferences, clock=self.clock)

    @cached_property
    def questions(self) -> Questions:
        storage = self.storage
        return Questions(dialogues=storage.dialogues, codes=storage.factors, clock=self.clock, entropy=self.entropy)

    @cached_property
    def protection(self) -> Protection:
        return Protection(
            factors=self.storage.factors,
            questions=self.questions,
            tickets=self.tickets,
            clock=self.clock,
            entropy=self.entropy,
        )

    @cached_property
    def locks(self) -> Locks:
        return Locks(store=self.storage.locks, cards=self.cards, clock=self.clock)

    @cached_property
    def limits(self) -> LimitDesk:
        return LimitDesk(
            store=self.storage.limits,
            standings=self.storage.standings,
            accounts=self.accounts,
            values=self.values,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def forgetting(self) -> Forgetting:
        storage = self.storage
        return Forgetting(
            store=storage.forgetting, accounts=storage.accounts, tickets=storage.tickets, people=self.people
        )

    # tickets: what is confirmed, sent and looked for

    @cached_property
    def execution(self) -> Execution:
        return build_execution(
            store=self.storage.tickets,
            accounts=self.storage.accounts,
            exchanges=self.exchanges,
            swap_services=self.swap_services,
            swap_book=self.swap_book,
            follow_ups=self.follow_ups,
            cards=self.cards,
            clock=self.clock,
        )

    @cached_property
    def tickets(self) -> Tickets:
        return Tickets(
            store=self.storage.tickets,
            executors=self.execution.executors,
            claims=self.execution.claims,
            permits=self.locks,
            cards=self.cards,
            clock=self.clock,
            entropy=self.entropy,
            spawner=self.spawner,
        )

    @cached_property
    def panic(self) -> Panic:
        return Panic(exchanges=self.exchanges, store=self.storage.accounts, tickets=self.tickets, clock=self.clock)

    # trading and withdrawing

    @cached_property
    def trading(self) -> OrderDesk:
        return OrderDesk(
            exchanges=self.exchanges,
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            standings=self.storage.standings,
            tickets=self.tickets,
            store=self.storage.tickets,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def orders(self) -> Orders:
        return Orders(
            exchanges=self.exchanges,
            accounts=self.accounts,
            store=self.storage.accounts,
            markets=self.markets,
            tickets=self.tickets,
            permits=self.locks,
            clock=self.clock,
        )

    @cached_property
    def follow_ups(self) -> FollowUps:
        return FollowUps(
            store=self.storage.follow_ups,
            accounts=self.storage.accounts,
            exchanges=self.exchanges,
            cards=self.cards,
            clock=self.clock,
            was_away=self.was_away,
        )

    @cached_property
    def withdrawals(self) -> WithdrawalDesk:
        return WithdrawalDesk(
            accounts=self.accounts,
            balances=self.balances,
            markets=self.markets,
            values=self.values,
            aliases=self.storage.aliases,
            standings=self.storage.standings,
            tickets=self.tickets,
            store=self.storage.tickets,
            questions=self.questions,
            clock=self.clock,
        )

    # swaps

    @cached_property
    def swaps(self) -> SwapDesk:
        return SwapDesk(
            swap_services=self.swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=self.storage.accounts,
            receivers=Receivers(addresses=self.addresses, swaps=self.storage.swaps),
            swaps=self.storage.swaps,
            values=self.values,
            standings=self.storage.standings,
            tickets=self.tickets,
            questions=self.questions,
            clock=self.clock,
        )

    @cached_property
    def swap_book(self) -> SwapBook:
        return SwapBook(
            store=self.storage.swaps,
            tickets=self.storage.tickets,
            cards=self.swap_cards,
            addresses=self.addresses,
            clock=self.clock,
        )

    @cached_property
    def followed_swaps(self) -> SwapFollowing:
        return SwapFollowing(
            store=self.storage.swaps,
            book=self.swap_book,
            swap_services=self.swap_services,
            coins=self.coins,
            accounts=self.accounts,
            keys=self.storage.accounts,
            key_watch=self.key_health,
            permits=self.locks,
            is_in=self.people.is_in,
            cards=self.swap_cards,
            journal=self.storage.journal,
            clock=self.clock,
        )

    # alerts, digests and charts

    @cached_property
    def alert_engine(self) -> AlertEngine:
        return AlertEngine(store=self.storage.alerts, past=self.history, clock=self.clock)

    @cached_property
    def alerts(self) -> AlertDesk:
        return AlertDesk(
            alerts=self.alert_engine,
            markets=self.markets,
            preferences=self.preferences,
            questions=self.questions,
            clock=self.clock,
            allowance=self.settings.alerts_per_chat,
        )

    @cached_property
    def digests(self) -> Digests:
        return Digests(store=self.storage.digests, markets=self.markets, preferences=self.preferences, clock=self.clock)

    @cached_property
    def charts(self) -> ChartDesk:
        return ChartDesk(
            drawer=self.drawer,
            history=self.history,
            markets=self.markets,
            orders=self.orders,
            follow_ups=self.storage.follow_ups,
            clock=self.clock,
        )
