"""The aliases to which an account withdraws."""

from dataclasses import dataclass
from datetime import timedelta

from chatbot.domain.accounts import Account
from chatbot.domain.aliases import Alias, read_alias
from chatbot.domain.errors import InputError
from chatbot.domain.ids import AliasId, ChatId, PersonId
from chatbot.domain.protected import AddAlias
from chatbot.ports.aliases import Aliases
from chatbot.ports.clock import Clock
from chatbot.services.accounts import Accounts
from chatbot.services.values import Values

MOST_ALIASES = 100
"""How many aliases one account may have added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedAlias:
    """`is_new`: it was not there before, and its hold has just begun."""

    account: Account
    alias: Alias
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasList:
    """All aliases of all of a person's accounts, by account, currency and age."""

    accounts: tuple[Account, ...]
    aliases: tuple[Alias, ...]
    hold: timedelta


class AliasBook:
    def __init__(self, *, store: Aliases, accounts: Accounts, values: Values, clock: Clock) -> None:
        self._store = store
        self._accounts = accounts
        self._values = values
        self._clock = clock

    @property
    def hold(self) -> timedelta:
        """How long withdrawals to a new alias wait; zero if they do not."""
        return self._store.hold_time

    async def say(self, text: str, *, person: PersonId) -> AddedAlias | AddAlias:
        """`XRP NAME` for the active account: the alias that is there, or what would add it. Raises `InputError`,
        `NotLinked`.
        """
        account = await self._accounts.active(person)
        code, _, rest = text.strip().partition(" ")
        if not code or not rest.strip():
            raise InputError("Write the currency and the alias, like /alias add XRP savings.")
        currency = await self._values.currency(code, account)
        name = read_alias(rest)
        known = await self._store.find(account.id, currency=currency, name=name)
        if known is not None:
            return AddedAlias(account=account, alias=known, is_new=False)
        await self._check_room(account)
        return AddAlias(account=account.id, currency=currency, name=name)

    async def add(self, action: AddAlias, *, person: PersonId, chat: ChatId) -> AddedAlias:
        """What `say` gave. Raises `InputError`, `NotLinked`, and `Stopped` while the person is locked."""
        account = await self._accounts.own(person, action.account)
        await self._check_room(account)
        alias, is_new = await self._store.add(
            account, currency=action.currency, name=action.name, person=person, chat=chat, now=self._clock.now()
        )
        return AddedAlias(account=account, alias=alias, is_new=is_new)

    async def of(self, person: PersonId) -> AliasList:
        linked, _ = await self._accounts.of(person)
        aliases = await self._store.of(tuple(account.id for account in linked))
        return AliasList(accounts=linked, aliases=aliases, hold=self._store.hold_time)

    async def find(self, alias: AliasId, *, person: PersonId) -> Alias:
        """One of the person's own. Raises `InputError` if there is none (any more)."""
        for known in (await self.of(person)).aliases:
            if known.id == alias:
                return known
        raise _gone()

    async def remove(self, alias: AliasId, *, person: PersonId, chat: ChatId) -> Alias:
        """Raises `AliasInUse` while a withdrawal to it is not finished, `InputError` if there is none (any more)."""
        removed = await self._store.remove(alias, person=person, chat=chat, now=self._clock.now())
        if removed is None:
            raise _gone()
        return removed

    async def _check_room(self, account: Account) -> None:
        if len(await self._store.of((account.id,))) >= MOST_ALIASES:
            raise InputError(f"This account has {MOST_ALIASES} aliases, which is the most. Remove one in /aliases.")


def _gone() -> InputError:
    return InputError("This alias is not in your list any more. /aliases shows it.")
