"""What an account holds, and what it is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import InputError, NotLinked
from chatbot.domain.ids import AccountId, PersonId
from chatbot.domain.market import value_in
from chatbot.domain.money import ZERO
from chatbot.domain.orders import Balance, Balances
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.exchange import Exchange, Priority
from chatbot.services.accounts import Accounts
from chatbot.services.markets import Markets

DUST = Decimal(1)
"""Holdings worth less than this in the counter currency are folded into one line, if nothing else is asked for."""
COUNTER = "USDT"
"""The currency values are given in: the one nearly all markets are priced in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A balance that is not zero, with its worth in `COUNTER` where a market gives one."""

    balance: Balance
    worth: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """An account's balances as people read them. `dust` are those worth less than `dust_below` in `COUNTER`, `zeros`
    the currencies the API reports 0 of.
    """

    account: Account
    account_name: str
    large: tuple[Holding, ...]
    dust: tuple[Holding, ...]
    zeros: tuple[str, ...]
    total: Decimal
    at: datetime
    dust_below: Decimal = DUST


class BalanceReader:
    """Reads balances with a person's own key."""

    def __init__(
        self, *, exchanges: Mapping[Venue, Exchange], accounts: Accounts, store: AccountStore, markets: Markets
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._store = store
        self._markets = markets

    async def holdings(self, person: PersonId, *, named: str = "", dust_below: Decimal = DUST) -> Holdings:
        """Of a linked account (by its label), of a sub-account (by the exchange's name), or of the active one."""
        account, account_name = await self.choose(person, named)
        return await self._holdings(account, account_name, dust_below)

    async def holdings_of(self, person: PersonId, account: AccountId, *, dust_below: Decimal = DUST) -> Holdings:
        """Of one of the person's linked accounts. Raises `NotLinked` if it is not (any more)."""
        linked, _ = await self._accounts.of(person)
        for candidate in linked:
            if candidate.id == account:
                return await self._holdings(candidate, DEFAULT_ACCOUNT_NAME, dust_below)
        raise NotLinked

    async def _holdings(self, account: Account, account_name: str, dust_below: Decimal) -> Holdings:
        balances = await self.read(account, account_name=account_name)
        markets = await self._markets.listed(account.venue)
        tickers = await self._markets.tickers(venue=account.venue)
        holdings = [
            Holding(
                balance=balance,
                worth=value_in(
                    balance.total, currency=balance.currency, counter=COUNTER, markets=markets, tickers=tickers
                ),
            )
            for balance in balances.by_currency.values()
            if balance.total or balance.available
        ]
        return _sorted_out(holdings, balances, account=account, account_name=account_name, dust_below=dust_below)

    async def read(
        self, account: Account, *, account_name: str = DEFAULT_ACCOUNT_NAME, priority: Priority = Priority.PERSON
    ) -> Balances:
        credentials = await self._store.credentials(account.id)
        return await self._exchanges[account.venue].balances(credentials, account_name=account_name, priority=priority)

    async def choose(self, person: PersonId, named: str) -> tuple[Account, str]:
        """Which account is meant, as in `holdings`, and the exchange's name of it."""
        active = await self._accounts.active(person)
        if not named:
            return active, DEFAULT_ACCOUNT_NAME
        linked, _ = await self._accounts.of(person)
        for account in linked:
            if account.label.lower() != named.lower():
                continue
            if account.venue.swaps:
                raise InputError(f"{account.label} is a key for swaps: it holds no coins. /swaps lists its orders.")
            return account, DEFAULT_ACCOUNT_NAME
        return active, named


def _sorted_out(
    holdings: list[Holding], balances: Balances, *, account: Account, account_name: str, dust_below: Decimal
) -> Holdings:
    """Most valuable first, those without a price after them by name, dust apart."""
    holdings.sort(key=lambda holding: (holding.worth is None, -(holding.worth or ZERO), holding.balance.currency))
    dust = tuple(holding for holding in holdings if holding.worth is not None and holding.worth < dust_below)
    zeros = sorted(
        balance.currency for balance in balances.by_currency.values() if not (balance.total or balance.available)
    )
    return Holdings(
        account=account,
        account_name=account_name,
        large=tuple(holding for holding in holdings if holding not in dust),
        dust=dust,
        zeros=tuple(zeros),
        total=sum((holding.worth or ZERO for holding in holdings), ZERO),
        at=balances.at,
        dust_below=dust_below,
    )
