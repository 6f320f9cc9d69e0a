"""Keys that stopped working: noticed wherever they are used, and told with growing pauses."""

from collections.abc import Mapping

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME, Account, Venue
from chatbot.domain.audit import Deed, Event
from chatbot.domain.errors import KeyRejected, Refused
from chatbot.domain.ids import AccountId
from chatbot.domain.key_health import after_rejection
from chatbot.domain.notices import Alarm, AlarmKind, KeyWorks
from chatbot.domain.orders import OrderFilter
from chatbot.ports.accounts import Accounts as AccountStore
from chatbot.ports.clock import Clock
from chatbot.ports.exchange import Exchange, Priority
from chatbot.ports.key_health import KeyHealth as KeyHealthStore


class KeyHealth:
    def __init__(
        self,
        *,
        store: KeyHealthStore,
        accounts: AccountStore,
        exchanges: Mapping[Venue, Exchange],
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._exchanges = exchanges
        self._clock = clock

    async def rejected(self, account: AccountId, status: int) -> None:
        """The exchange answered 401 or 403 to a request signed with the account's key."""
        holder = await self._accounts.get(account)
        if holder is None:
            return
        now = self._clock.now()
        trouble = after_rejection(account, self._store.trouble_of(account), now=now)
        if trouble is None:
            return
        event = Event(deed=Deed.KEY_REJECTED, person=holder.person, account=holder.label, result=str(status))
        alarm = Alarm(kind=AlarmKind.KEY_REJECTED, at=trouble.rejected_since, account=holder.label)
        await self._store.rejected(trouble, event, alarm=alarm, now=now)

    async def worked(self, account: AccountId) -> None:
        """The key was accepted for everything the bot reads. Costs a look at memory, unless it had been rejected."""
        if self._store.trouble_of(account) is None:
            return
        holder = await self._accounts.get(account)
        if holder is None:
            return
        now = self._clock.now()
        event = Event(deed=Deed.KEY_WORKS, person=holder.person, account=holder.label)
        await self._store.works(holder, event, notice=KeyWorks(account=holder.label, at=now), now=now)

    async def everyone(self) -> tuple[Account, ...]:
        """All linked accounts whose exchange is known here, in a lasting order."""
        return tuple(account for account in await self._store.everyone() if account.venue in self._exchanges)

    async def probe(self, account: Account) -> None:
        """Read with an account's key, yielding to people. Raises `Unavailable` if the exchange cannot be asked.

        A key may have been linked for balances or for orders alone. So it stopped working only when both are rejected,
        and works again only when neither is.
        """
        rejections = [
            status for status in (await self._balances(account), await self._orders(account)) if status is not None
        ]
        if len(rejections) == 2:
            await self.rejected(account.id, rejections[0])
        elif not rejections:
            await self.worked(account.id)

    async def _balances(self, account: Account) -> int | None:
        """The status with which the key was rejected, if it was."""
        credentials = await self._accounts.credentials(account.id)
        try:
            await self._exchanges[account.venue].balances(
                credentials, account_name=DEFAULT_ACCOUNT_NAME, priority=Priority.WATCHER
            )
        except KeyRejected as error:
            return error.status
        except Refused:
            pass  # about the account's name, say: the key itself was accepted
        return None

    async def _orders(self, account: Account) -> int | None:
        credentials = await self._accounts.credentials(account.id)
        try:
            await self._exchanges[account.venue].orders(
                credentials,
                account_name=DEFAULT_ACCOUNT_NAME,
                which=OrderFilter.OPEN,
                market=None,
                page=1,
                priority=Priority.WATCHER,
            )
        except KeyRejected as error:
            return error.status
        except Refused:
            pass
        return None
