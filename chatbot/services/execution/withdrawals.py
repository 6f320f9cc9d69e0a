"""Withdrawals: requested once. The exchange gives no number and no status, so a lost answer stays open until the
person who looked at the exchange's site says what became of it."""

from dataclasses import replace

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME
from chatbot.domain.errors import Cause
from chatbot.domain.intents import Terms, Withdraw, WithdrawTerms
from chatbot.domain.money import Amount
from chatbot.domain.secrets import Credentials
from chatbot.domain.tickets import Lost, Outcome, Requested, Ticket, TicketState
from chatbot.domain.valuing import careful_worth
from chatbot.ports.exchange import Permit, Priority
from chatbot.services.execution.executor import Tools


class WithdrawalExecutor:
    """`Executor` of `Withdraw`."""

    def __init__(self, tools: Tools) -> None:
        self._accounts = tools.accounts
        self._exchanges = tools.exchanges
        self._changes = tools.changes

    async def has_moved(self, ticket: Ticket) -> bool:
        """The balance is read anew in any case: the card may be a day old."""
        intent = withdrawal_of(ticket)
        credentials = await self._accounts.credentials(ticket.account)
        return (await self._available(ticket, intent, credentials, Priority.MONEY)).value < intent.amount

    async def terms_now(self, ticket: Ticket) -> Terms:
        intent, exchange = withdrawal_of(ticket), self._exchanges[ticket.venue]
        if not isinstance(ticket.terms, WithdrawTerms):
            raise TypeError("an intent met another intent's terms")
        value = careful_worth(
            Amount(intent.amount, intent.currency),
            markets=await exchange.markets(priority=Priority.MONEY),
            tickers=await exchange.tickers(priority=Priority.MONEY),
        )
        return replace(ticket.terms, value=value)

    async def credentials(self, ticket: Ticket) -> Credentials:
        return await self._accounts.credentials(ticket.account, of=ticket.person)

    async def send(self, ticket: Ticket, credentials: Credentials, permit: Permit) -> tuple[TicketState, Outcome]:
        intent = withdrawal_of(ticket)
        await self._exchanges[ticket.venue].withdraw(
            credentials, currency=intent.currency, amount=intent.amount, alias=intent.alias, permit=permit
        )
        return TicketState.DONE, Requested()

    async def look(self, ticket: Ticket) -> None:
        """Read the balance once, for the person to judge by; nothing else can be looked up."""
        if ticket.state is not TicketState.UNCERTAIN:
            await self._changes.record(ticket, next_look_at=None)
            return
        intent = withdrawal_of(ticket)
        credentials = await self._accounts.credentials(ticket.account)
        available = await self._available(ticket, intent, credentials, Priority.RECONCILE)
        lost = ticket.outcome if isinstance(ticket.outcome, Lost) else Lost(cause=Cause.SHUTDOWN)
        await self._changes.record(ticket, outcome=replace(lost, available=available), next_look_at=None)

    async def _available(
        self, ticket: Ticket, intent: Withdraw, credentials: Credentials, priority: Priority
    ) -> Amount:
        balances = await self._exchanges[ticket.venue].balances(
            credentials, account_name=DEFAULT_ACCOUNT_NAME, priority=priority
        )
        return Amount(balances.of(intent.currency).available, intent.currency)


def withdrawal_of(ticket: Ticket) -> Withdraw:
    """What a ticket withdraws. Raises `TypeError` for a ticket of another kind."""
    if not isinstance(ticket.intent, Withdraw):
        raise TypeError("not a withdrawal's ticket")
    return ticket.intent
