"""The services, put together over what is open."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import PersonId
from chatbot.exchange.opening import OpenExchange, OpenSwapService
from chatbot.ports.addresses import Addresses
from chatbot.ports.alerts import Alerts
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
    exchanges, store, accounts = exchanges_of(venues), storage.tickets, storage.accounts
    history = PriceHistory(storage.bars)
    alerts = AlertEngine(store=storage.alerts, past=history, clock=clock)
    follow_ups = FollowUps(
        store=storage.follow_ups,
        accounts=accounts,
        exchanges=exchanges,
        cards=cards,
        clock=clock,
        was_away=was_away,
    )
    swap_book = SwapBook(store=storage.swaps, tickets=store, cards=swap_cards, addresses=addresses, clock=clock)
    execution = build_execution(
        store=store,
        accounts=accounts,
        exchanges=exchanges,
        swap_services=swap_services_of(swap_venues),
        swap_book=swap_book,
        follow_ups=follow_ups,
        cards=cards,
        clock=clock,
    )
    health = KeyHealth(store=storage.key_health, accounts=accounts, exchanges=exchanges, clock=clock)
    services = build_services(
        storage,
        venues,
        swap_venues,
        addresses=addresses,
        swap_book=swap_book,
        swap_cards=swap_cards,
        health=health,
        people=_people(storage, settings, clock, entropy),
        execution=execution,
        cards=cards,
        alerts=alerts,
        alerts_per_chat=settings.alerts_per_chat,
        history=history,
        drawer=drawer,
        clock=clock,
        entropy=entropy,
        spawner=spawner,
    )
    settling = Settling(
        store=store,
        tickets=services.tickets,
        keys=health,
        executors=execution.executors,
        changes=execution.changes,
        cards=cards,
        clock=clock,
    )
    return Program(
        services=services, settling=settling, health=health, alerts=alerts, history=history, follow_ups=follow_ups
    )


def _people(storage: Storage, settings: Settings, clock: Clock, entropy: Entropy) -> People:
    return People(
        store=storage.people,
        outbox=storage.outbox,
        journal=storage.journal,
        owner_ids=tuple(map(PersonId, settings.owner_ids)),
        access=settings.access,
        clock=clock,
        entropy=entropy,
    )


def build_services(
    storage: Storage,
    venues: Mapping[Venue, OpenExchange],
    swap_venues: Mapping[Venue, OpenSwapService],
    *,
    addresses: Addresses,
    swap_book: SwapBook,
    swap_cards: SwapCards,
    health: KeyHealth,
    people: People,
    execution: Execution,
    cards: Cards,
    alerts: Alerts,
    alerts_per_chat: int,
    history: PriceHistory,
    drawer: Charts,
    clock: Clock,
    entropy: Entropy,
    spawner: Spawner,
) -> Services:
    exchanges, swap_services = exchanges_of(venues), swap_services_of(swap_venues)
    coins = {venue: Coins(service) for venue, service in swap_services.items()}
    accounts = linking_accounts(storage, venues, swap_venues, clock)
    markets = Markets(exchanges=exchanges, accounts=storage.accounts, favourites=storage.favourites)
    balances = BalanceReader(exchanges=exchanges, accounts=accounts, store=storage.accounts, markets=markets)
    locks = Locks(store=storage.locks, cards=cards, clock=clock)
    tickets = Tickets(
        store=storage.tickets,
        executors=execution.executors,
        claims=execution.claims,
        permits=locks,
        cards=cards,
        clock=clock,
        entropy=entropy,
        spawner=spawner,
    )
    questions = Questions(dialogues=storage.dialogues, codes=storage.factors, clock=clock, entropy=entropy)
    values = Values(markets=markets, balances=balances)
    orders = Orders(
        exchanges=exchanges,
        accounts=accounts,
        store=storage.accounts,
        markets=markets,
        tickets=tickets,
        permits=locks,
        clock=clock,
    )
    preferences = Preferences(store=storage.preferences, clock=clock)
    return Services(
        accounts=accounts,
        alerts=AlertDesk(
            alerts=alerts,
            markets=markets,
            preferences=preferences,
            questions=questions,
            clock=clock,
            allowance=alerts_per_chat,
        ),
        aliases=AliasBook(store=storage.aliases, accounts=accounts, values=values, clock=clock),
        audit=Audit(trail=storage.audit, journal=storage.journal, people=storage.people),
        balances=balances,
        boards=Boards(store=storage.boards, markets=markets, clock=clock),
        charts=ChartDesk(
            drawer=drawer,
            history=history,
            markets=markets,
            orders=orders,
            follow_ups=storage.follow_ups,
            clock=clock,
        ),
        chats=storage.chats,
        digests=Digests(store=storage.digests, markets=markets, preferences=preferences, clock=clock),
        factors=Factors(store=storage.factors, clock=clock, entropy=entropy),
        favourites=storage.favourites,
        followed_swaps=SwapFollowing(
            store=storage.swaps,
            book=swap_book,
            swap_services=swap_services,
            coins=coins,
            accounts=accounts,
            keys=storage.accounts,
            key_watch=health,
            permits=locks,
            is_in=people.is_in,
            cards=swap_cards,
            journal=storage.journal,
            clock=clock,
        ),
        forgetting=Forgetting(
            store=storage.forgetting, accounts=storage.accounts, tickets=storage.tickets, people=people
        ),
        life=storage.life,
        limits=LimitDesk(
            store=storage.limits,
            standings=storage.standings,
            accounts=accounts,
            values=values,
            questions=questions,
            clock=clock,
        ),
        linking=Linking(questions),
        locks=locks,
        markets=markets,
        orders=orders,
        panic=Panic(exchanges=exchanges, store=storage.accounts, tickets=tickets, clock=clock),
        people=people,
        preferences=preferences,
        presence=storage.presence,
        protection=Protection(
            factors=storage.factors, questions=questions, tickets=tickets, clock=clock, entropy=entropy
        ),
        questions=questions,
        shown_secrets=storage.shown_secrets,
        swaps=SwapDesk(
            swap_services=swap_services,
            coins=coins,
            accounts=accounts,
            keys=storage.accounts,
            receivers=Receivers(addresses=addresses, swaps=storage.swaps),
            swaps=storage.swaps,
            values=values,
            standings=storage.standings,
            tickets=tickets,
            questions=questions,
            clock=clock,
        ),
        tickets=tickets,
        trading=OrderDesk(
            exchanges=exchanges,
            accounts=accounts,
            balances=balances,
            markets=markets,
            values=values,
            standings=storage.standings,
            tickets=tickets,
            store=storage.tickets,
            questions=questions,
            clock=clock,
        ),
        withdrawals=WithdrawalDesk(
            accounts=accounts,
            balances=balances,
            markets=markets,
            values=values,
            aliases=storage.aliases,
            standings=storage.standings,
            tickets=tickets,
            store=storage.tickets,
            questions=questions,
            clock=clock,
        ),
    )
