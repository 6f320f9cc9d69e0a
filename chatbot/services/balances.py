"""What an account holds, and what it is worth."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.errors import AccountOwnerDifferent, ChatbotError, InputError, NotLinked
from chatbot.domain.ids import AccountId, PersonId, SubAccountId
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.market import value_in
from chatbot.domain.money import ZERO
from chatbot.domain.orders import Balance, Balances
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.samples import Samples
from chatbot.services.accounts import Accounts
from chatbot.services.markets import Markets

DUST = Decimal(1)
"""Holdings worth less than this in the counter currency are folded into one line, if nothing else is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A balance that is not zero, with its worth in `VALUED_IN` where a market gives one."""

    balance: Balance
    worth: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """An account's balances as people read them. `dust` are those worth less than `dust_below` in `VALUED_IN`, `zeros`
    the currencies the API reports 0 of. `sub` is the sub-account's id, if it is of one.
    """

    account: Account
    account_name: str
    large: tuple[Holding, ...]
    dust: tuple[Holding, ...]
    zeros: tuple[str, ...]
    total: Decimal
    at: datetime
    dust_below: Decimal = DUST
    sub: SubAccountId | None = None


_LONGEST_NAME = 24
_PATIENCE = 3.0
"""Seconds that a currency's name is looked up for."""


class BalanceReader:
    """Reads balances with a person's own key."""

    def __init__(
        self,
        *,
        exchanges: Mapping[Venue, Exchange],
        accounts: Accounts,
        store: AccountStore,
        markets: Markets,
        samples: Samples,
    ) -> None:
        self._exchanges = exchanges
        self._accounts = accounts
        self._store = store
        self._markets = markets
        self._samples = samples

    async def holdings(self, person: PersonId, *, named: str = "", dust_below: Decimal = DUST) -> Holdings:
        """Of a linked account (by its label), of a sub-account (by the exchange's name), or of the active one."""
        account, account_name = await self.choose(person, named)
        return await self._holdings(account, account_name, dust_below)

    async def holdings_of(
        self, person: PersonId, account: AccountId, *, sub: SubAccountId | None = None, dust_below: Decimal = DUST
    ) -> Holdings:
        """Of one of the person's linked accounts, or of a remembered sub-account of it. Raises `NotLinked` if it is not
        (any more).
        """
        holder = await self._accounts.own(person, account)
        return await self._holdings(holder, await self.name_of(holder, sub), dust_below)

    async def _holdings(self, account: Account, account_name: str, dust_below: Decimal) -> Holdings:
        balances = await self.of_name(account, account_name)
        markets = await self._markets.listed(account.venue)
        tickers = await self._markets.tickers(venue=account.venue)
        holdings = [
            Holding(
                balance=balance,
                worth=value_in(
                    balance.total, currency=balance.currency, counter=VALUED_IN, markets=markets, tickers=tickers
                ),
            )
            for balance in balances.by_currency.values()
            if balance.total or balance.available
        ]
        held = _sorted_out(holdings, balances, account=account, account_name=account_name, dust_below=dust_below)
        remembered = await self._samples.remembered(account.id)
        return replace(held, sub=next((each.id for each in remembered if each.name == account_name), None))

    async def read(
        self, account: Account, *, account_name: str = DEFAULT_ACCOUNT_NAME, priority: Priority = Priority.PERSON
    ) -> Balances:
        credentials = await self._store.credentials(account.id)
        return await self._exchanges[account.venue].balances(credentials, account_name=account_name, priority=priority)

    async def names(self, currency: str, *, person: PersonId) -> bool:
        """Whether the active account's balance names a currency; False where nobody can tell in a moment."""
        try:
            async with asyncio.timeout(_PATIENCE):
                balances = await self.read(await self._accounts.active(person))
        except (ChatbotError, TimeoutError):
            return False
        return currency.upper() in balances.by_currency

    async def of_name(self, account: Account, name: str) -> Balances:
        """`read`, by the exchange's name. One of a sub-account that it knows is remembered: nothing lists them.

        Raises `InputError` for a name that it does not know, and what reads raise.
        """
        try:
            balances = await self.read(account, account_name=name)
        except AccountOwnerDifferent:
            if name == DEFAULT_ACCOUNT_NAME:
                raise
            raise InputError(await self._how_named(account, name)) from None
        if name != DEFAULT_ACCOUNT_NAME:
            await self._samples.remember(account.id, name, now=balances.at)
        return balances

    async def name_of(self, account: Account, sub: SubAccountId | None) -> str:
        """The exchange's name of a remembered sub-account; None is the account itself. Raises `NotLinked`."""
        if sub is None:
            return DEFAULT_ACCOUNT_NAME
        for remembered in await self._samples.remembered(account.id):
            if remembered.id == sub:
                return remembered.name
        raise NotLinked

    async def _how_named(self, account: Account, name: str) -> str:
        linked, _ = await self._accounts.of(account.person)
        remembered = await self._samples.remembered(account.id)
        known = (DEFAULT_ACCOUNT_NAME, *(each.name for each in remembered), *(each.label for each in linked))
        return (
            f"The exchange knows no account “{name[:_LONGEST_NAME]}” of {account.label}. Write a sub-account's name "
            "just as ANDX shows it, capitals and spaces included; the exchange gives me no list of them. "
            f"Known to me: {', '.join(known)}."
        )

    async def choose(self, person: PersonId, named: str) -> tuple[Account, str]:
        """Which account is meant, as in `holdings`, and the exchange's name of it; one that is remembered may be typed
        in capitals or not.
        """
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
        names = (DEFAULT_ACCOUNT_NAME, *(each.name for each in await self._samples.remembered(active.id)))
        return active, next((name for name in names if name.lower() == named.lower()), named)


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
