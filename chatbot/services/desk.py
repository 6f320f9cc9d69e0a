"""Everything a handler may ask for, in one value."""

from dataclasses import dataclass

from chatbot.ports.people import Favourites
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.linking import Linking
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.people import People
from chatbot.services.questions import Questions
from chatbot.services.tickets import Tickets
from chatbot.services.trading import OrderDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, by noun."""

    accounts: Accounts
    balances: BalanceReader
    favourites: Favourites
    linking: Linking
    markets: Markets
    orders: Orders
    people: People
    questions: Questions
    tickets: Tickets
    trading: OrderDesk
