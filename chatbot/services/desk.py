"""Everything a handler may ask for, in one value."""

from dataclasses import dataclass

from chatbot.ports.chats import KnownChats, Presence
from chatbot.ports.follow_ups import Life
from chatbot.ports.people import Favourites
from chatbot.ports.shown_secrets import ShownSecrets
from chatbot.services.accounts import Accounts
from chatbot.services.alerts import AlertDesk
from chatbot.services.aliases import AliasBook
from chatbot.services.audit import Audit
from chatbot.services.balances import BalanceReader
from chatbot.services.boards import Boards
from chatbot.services.charts import ChartDesk
from chatbot.services.conversions import ConvertDesk
from chatbot.services.digests import Digests
from chatbot.services.exports import Exports
from chatbot.services.factors import Factors
from chatbot.services.forgetting import Forgetting
from chatbot.services.history import HistoryReader
from chatbot.services.limits import LimitDesk
from chatbot.services.linking import Linking
from chatbot.services.locks import Locks
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.panic import Panic
from chatbot.services.people import People
from chatbot.services.portfolio import PortfolioDesk
from chatbot.services.preferences import Preferences
from chatbot.services.protection import Protection
from chatbot.services.questions import Questions
from chatbot.services.routes import RouteDesk
from chatbot.services.sessions import Sessions
from chatbot.services.swap_following import SwapFollowing
from chatbot.services.swaps import SwapDesk
from chatbot.services.tickets import Tickets
from chatbot.services.trades import Trades
from chatbot.services.trading import OrderDesk
from chatbot.services.withdrawals import WithdrawalDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, by noun."""

    accounts: Accounts
    alerts: AlertDesk
    aliases: AliasBook
    audit: Audit
    balances: BalanceReader
    boards: Boards
    charts: ChartDesk
    chats: KnownChats
    conversions: ConvertDesk
    digests: Digests
    exports: Exports
    factors: Factors
    favourites: Favourites
    followed_swaps: SwapFollowing
    forgetting: Forgetting
    history: HistoryReader
    life: Life
    limits: LimitDesk
    linking: Linking
    locks: Locks
    markets: Markets
    orders: Orders
    panic: Panic
    people: People
    portfolio: PortfolioDesk
    preferences: Preferences
    presence: Presence
    protection: Protection
    questions: Questions
    routes: RouteDesk
    sessions: Sessions
    shown_secrets: ShownSecrets
    swaps: SwapDesk
    tickets: Tickets
    trades: Trades
    trading: OrderDesk
    withdrawals: WithdrawalDesk
