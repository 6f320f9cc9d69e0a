"""Erasing everything of a person, when they ask for it."""

from dataclasses import dataclass

from chatbot.domain.errors import InputError
from chatbot.domain.ids import PersonId
from chatbot.domain.people import Role
from chatbot.ports.accounts import Accounts
from chatbot.ports.exports import ExportFiles, Exports
from chatbot.ports.forgetting import Forgetting as ForgettingStore
from chatbot.ports.tickets import Tickets
from chatbot.services.exports import clean_up
from chatbot.services.people import People


class Unfinished(InputError):
    """Something of the person's is held, or has no known outcome: it could not be followed any more."""

    def __init__(self) -> None:
        super().__init__(
            "Something of yours is still on its way, so nothing was erased. See /pending: cancel a held withdrawal, "
            "wait for or settle what has no known outcome. Then send /forget again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What `/forget` would mean. `named_owner`: owns the bot by its settings, and will after it; `last_owner`: nobody
    would own it.
    """

    accounts: int
    named_owner: bool
    last_owner: bool


class Forgetting:
    def __init__(
        self,
        *,
        store: ForgettingStore,
        accounts: Accounts,
        tickets: Tickets,
        exports: Exports,
        files: ExportFiles,
        people: People,
    ) -> None:
        self._store = store
        self._exports = exports
        self._files = files
        self._accounts = accounts
        self._tickets = tickets
        self._people = people

    async def outlook(self, person: PersonId) -> Outlook:
        """What would be erased. Raises `Unfinished`."""
        if await self._tickets.unsettled_of(person):
            raise Unfinished
        owners = [each.id for each in await self._people.everybody() if each.role is Role.OWNER]
        named = self._people.is_named_owner(person)
        return Outlook(
            accounts=len(await self._accounts.of(person)),
            named_owner=named,
            last_owner=owners == [person] and not named and not self._people.has_named_owners,
        )

    async def forget(self, person: PersonId) -> bool:
        """Erase everything, for good. False: its last traces leave the disk only when another program has stopped
        reading there. Raises `Unfinished`, and nothing was erased then.
        """
        if not await self._store.begin(person):
            raise Unfinished
        return await self._erase(person)

    async def resume(self) -> None:
        """Go on with what an earlier run of the program did not finish."""
        for person in await self._store.begun():
            await self._erase(person)

    async def _erase(self, person: PersonId) -> bool:
        """A file that was made for them is in no table: it goes with the row that says whose it is."""
        off_the_disk = await self._store.erase(person)
        await clean_up(self._exports, self._files)
        return off_the_disk
