"""The services, put together over what is open."""

from collections.abc import Mapping

from chatbot.domain.accounts import Venue
from chatbot.exchange.opening import OpenExchange
from chatbot.ports.cards import Cards
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Exchange
from chatbot.ports.spawner import Spawner
from chatbot.services.accounts import Accounts
from chatbot.services.aliases import AliasBook
from chatbot.services.audit import Audit
from chatbot.services.balances import BalanceReader
from chatbot.services.desk import Services
from chatbot.services.execution.executors import Execution
from chatbot.services.factors import Factors
from chatbot.services.forgetting import Forgetting
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
from chatbot.services.tickets import Tickets
from chatbot.services.trading import OrderDesk
from chatbot.services.values import Values
from chatbot.services.withdrawals import WithdrawalDesk
from chatbot.storage.opening import Storage


def linking_accounts(storage: Storage, venues: Mapping[Venue, OpenExchange], clock: Clock) -> Accounts:
    """The part of the program that links accounts, for the bot and for the command line."""
    return Accounts(
        store=storage.accounts,
        tickets=storage.tickets,
        exchanges=exchanges_of(venues),
        practice=venues[Venue.PAPER].desk if Venue.PAPER in venues else None,
        journal=storage.journal,
        clock=clock,
    )


def exchanges_of(venues: Mapping[Venue, OpenExchange]) -> dict[Venue, Exchange]:
    return {venue: opened.exchange for venue, opened in venues.items()}


def build_services(
    storage: Storage,
    venues: Mapping[Venue, OpenExchange],
    *,
    people: People,
    execution: Execution,
    cards: Cards,
    clock: Clock,
    entropy: Entropy,
    spawner: Spawner,
) -> Services:
    exchanges = exchanges_of(venues)
    accounts = linking_accounts(storage, venues, clock)
    markets = Markets(exchanges=exchanges, accounts=storage.accounts, favourites=storage.favourites)
    balances = BalanceReader(exchanges=exchanges, accounts=accounts, store=storage.accounts, markets=markets)
    locks = Locks(store=storage.locks, cards=cards, clock=clock)
    tickets = Tickets(
        store=storage.tickets,
        accounts=storage.accounts,
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
    return Services(
        accounts=accounts,
        aliases=AliasBook(store=storage.aliases, accounts=accounts, values=values, clock=clock),
        audit=Audit(trail=storage.audit, journal=storage.journal, people=storage.people),
        balances=balances,
        factors=Factors(store=storage.factors, clock=clock, entropy=entropy),
        favourites=storage.favourites,
        forgetting=Forgetting(
            store=storage.forgetting, accounts=storage.accounts, tickets=storage.tickets, people=people
        ),
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
        orders=Orders(
            exchanges=exchanges,
            accounts=accounts,
            store=storage.accounts,
            markets=markets,
            tickets=tickets,
            permits=locks,
            clock=clock,
        ),
        panic=Panic(exchanges=exchanges, store=storage.accounts, tickets=tickets, clock=clock),
        people=people,
        preferences=Preferences(store=storage.preferences, clock=clock),
        protection=Protection(
            factors=storage.factors, questions=questions, tickets=tickets, clock=clock, entropy=entropy
        ),
        questions=questions,
        shown_secrets=storage.shown_secrets,
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
