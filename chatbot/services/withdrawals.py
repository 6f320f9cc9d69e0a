"""From what a person said to a withdrawal's card: completed question by question, held against balance and limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from chatbot.domain.accounts import Account
from chatbot.domain.aliases import read_alias
from chatbot.domain.currencies import ascii_codes
from chatbot.domain.drafts import (
    Dialogue,
    Quantity,
    QuantityKind,
    Question,
    WithdrawalChoice,
    WithdrawalDraft,
    WithdrawalRequest,
)
from chatbot.domain.errors import AmbiguousNumber, InputError, Obstacle, Stopped
from chatbot.domain.gate import check, left_for, most_withdrawable
from chatbot.domain.ids import ChatId, DialogueId, PersonId
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.money import ZERO, Amount, divide, grouped, has_decimals, multiply, round_down, to_text
from chatbot.domain.number_text import spoken
from chatbot.domain.order_questions import read_as
from chatbot.domain.orders import Balances
from chatbot.domain.tickets import Ticket
from chatbot.domain.withdrawal_text import parse_quantity, parse_withdrawal
from chatbot.ports.aliases import Aliases
from chatbot.ports.clock import Clock
from chatbot.ports.limits import Standings
from chatbot.ports.tickets import Tickets as TicketStore
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.markets import Markets
from chatbot.services.questions import Questions
from chatbot.services.tickets import Tickets
from chatbot.services.values import Values

_OFFERED = 9
_SHARES = (Decimal(25), Decimal(50), Decimal(100))
_TOO_MUCH = (Obstacle.WITHDRAWAL_TOO_LARGE, Obstacle.WITHDRAWALS_USED_UP)
_USUAL_DECIMALS = 8
"""Of a currency that no market lists: the exchange says nothing about it, and none of its own has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWithdrawal:
    """A question put back to the person. `problem` says what was wrong with the last answer, if anything.

    `stopped` is the limit that the amount ran into. `available` is what there is of the currency, once that is settled.
    """

    dialogue: Dialogue
    draft: WithdrawalDraft
    account: Account
    problem: str = ""
    stopped: Stopped | None = None
    available: Amount | None = None


class WithdrawalDesk:
    """Takes withdrawals. Every way of saying one ends in `advance`."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        balances: BalanceReader,
        markets: Markets,
        values: Values,
        aliases: Aliases,
        standings: Standings,
        tickets: Tickets,
        store: TicketStore,
        questions: Questions,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._balances = balances
        self._markets = markets
        self._values = values
        self._aliases = aliases
        self._standings = standings
        self._tickets = tickets
        self._store = store
        self._questions = questions
        self._clock = clock

    async def say(self, text: str, *, person: PersonId, chat: ChatId) -> AskedWithdrawal | Ticket:
        """A whole command line. Raises `InputError` for what cannot be understood."""
        return await self._read(parse_withdrawal, text, person=person, chat=chat)

    async def choose(
        self, dialogue: DialogueId, choice: int, *, person: PersonId, chat: ChatId
    ) -> AskedWithdrawal | Ticket | None:
        """A tap on one of the offered answers; None if the question is over."""
        found = await self._questions.find(dialogue, person=person, chat=chat)
        if found is None or not isinstance(found.draft, WithdrawalDraft) or not 0 <= choice < len(found.draft.choices):
            return None
        return await self.advance(found.draft.choices[choice].request, person=person, chat=chat)

    async def answer(self, dialogue: Dialogue, text: str) -> AskedWithdrawal | Ticket:
        """A typed answer to the open question. Raises `InputError`; the question then stays open."""
        draft = dialogue.draft
        if not isinstance(draft, WithdrawalDraft):
            raise TypeError("not a withdrawal's dialogue")
        return await self._read(lambda said: _answered(draft, said), text, person=dialogue.person, chat=dialogue.chat)

    async def _read(
        self, read: Callable[[str], WithdrawalRequest], text: str, *, person: PersonId, chat: ChatId
    ) -> AskedWithdrawal | Ticket:
        """Go on with what was typed; an amount that can be read in two ways is asked back."""
        try:
            request = read(text)
        except AmbiguousNumber as error:
            who = _Asker(person=person, chat=chat, account=await self._accounts.active(person))
            return await self._ask(_ask_meaning(read, text, error), who, problem=error.sentence)
        return await self.advance(request, person=person, chat=chat)

    async def again(self, ticket: Ticket) -> AskedWithdrawal | Ticket:
        """A new card for the same withdrawal from the same account, with today's terms. Raises `NotLinked`."""
        intent = ticket.intent
        if not isinstance(intent, Withdraw):
            raise TypeError("not a withdrawal's ticket")
        request = WithdrawalRequest(
            currency=intent.currency,
            quantity=Quantity(kind=QuantityKind.VOLUME, value=intent.amount),
            alias=intent.alias,
        )
        account = await self._accounts.own(ticket.person, ticket.account)
        return await self.advance(request, person=ticket.person, chat=ticket.chat, account=account)

    async def advance(
        self, request: WithdrawalRequest, *, person: PersonId, chat: ChatId, account: Account | None = None
    ) -> AskedWithdrawal | Ticket:
        """Ask for the next missing thing, or open the ticket.

        Raises `InputError`, `NotLinked`, `Stopped`, `Unavailable`, `KeyRejected`, `Refused`.
        """
        holder = account or await self._accounts.active(person)
        balances = await self._balances.read(holder)
        who = _Asker(person=person, chat=chat, account=holder)
        if request.currency is None:
            return await self._ask(_ask_currency(request, balances), who)
        currency = await self._values.currency(request.currency, holder)
        request = replace(request, currency=currency)
        available = Amount(balances.of(currency).available, currency)
        if request.quantity is None:
            return await self._ask(_ask_quantity(request), who, available=available)
        decimals = await self._decimals(currency, holder)
        amount = _sized(request.quantity, available, decimals=decimals)
        if amount > available.value or amount <= ZERO:
            draft = _offer(request, available)
            return await self._ask(draft, who, problem=_too_much(amount, available), available=available)
        if request.alias is None:
            draft = _ask_alias(request, await self._names(holder, currency))
            return await self._ask(draft, who, available=available)
        alias = read_alias(request.alias)
        intent = Withdraw(account=holder.id, currency=currency, amount=amount, alias=alias)
        return await self._open(intent, available, who, decimals=decimals)

    async def _open(
        self, intent: Withdraw, available: Amount, who: "_Asker", *, decimals: int
    ) -> AskedWithdrawal | Ticket:
        """Open the ticket; where a limit stands in the way of the amount, ask for another and offer the largest."""
        now = self._clock.now()
        standing = await self._standings.of(who.account.id, who.person, currency=intent.currency, now=now)
        known = await self._aliases.find(who.account.id, currency=intent.currency, name=intent.alias)
        uses = await self._store.uses(who.account.id, currency=intent.currency)
        value = await self._values.of(Amount(intent.amount, intent.currency), venue=who.account.venue)
        terms = WithdrawTerms(
            before=available,
            after=available - Amount(intent.amount, intent.currency),
            uses=uses.get(intent.alias, 0),
            hold=self._aliases.hold_time if known is None else timedelta(0),
            held_until=None if known is None or known.held_until <= now else known.held_until,
            value=value,
            left=left_for(intent, value, standing),
        )
        try:
            check(intent, terms, standing)
        except Stopped as reason:
            if reason.obstacle not in _TOO_MUCH:
                raise
            most = round_down(min(most_withdrawable(intent, value, standing), available.value), decimals=decimals)
            request = WithdrawalRequest(currency=intent.currency, alias=intent.alias)
            draft = _offer(request, Amount(most, intent.currency))
            return await self._ask(draft, who, stopped=reason, available=available)
        await self._questions.forget(person=who.person, chat=who.chat)
        return await self._tickets.open(intent, terms, person=who.person, chat=who.chat, account=who.account)

    async def _decimals(self, currency: str, account: Account) -> int:
        """How many decimals amounts of a currency have: as many as on the market that allows the most."""
        found = [
            decimals
            for market in await self._markets.listed(account.venue)
            for code, decimals in ((market.base, market.base_decimals), (market.counter, market.counter_decimals))
            if code == currency
        ]
        return max(found, default=_USUAL_DECIMALS)

    async def _names(self, account: Account, currency: str) -> Mapping[str, int]:
        """Aliases and how often each was used, the latest used first, then those only added."""
        uses = dict(await self._store.uses(account.id, currency=currency))
        added = [alias.name for alias in await self._aliases.of((account.id,)) if alias.currency == currency]
        return uses | {name: 0 for name in added if name not in uses}

    async def _ask(
        self,
        draft: WithdrawalDraft,
        who: "_Asker",
        *,
        problem: str = "",
        stopped: Stopped | None = None,
        available: Amount | None = None,
    ) -> AskedWithdrawal:
        dialogue = await self._questions.ask(draft, person=who.person, chat=who.chat)
        return AskedWithdrawal(
            dialogue=dialogue,
            draft=draft,
            account=who.account,
            problem=problem,
            stopped=stopped,
            available=available,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """Who withdraws, where, from which account."""

    person: PersonId
    chat: ChatId
    account: Account


def _sized(quantity: Quantity, available: Amount, *, decimals: int) -> Decimal:
    """The amount meant, rounded down. Raises `InputError` for a typed amount of more decimals than there are."""
    if quantity.kind is QuantityKind.PERCENT:
        share = divide(multiply(available.value, quantity.value), Decimal(100))
        return round_down(share, decimals=decimals)
    if not has_decimals(quantity.value, at_most=decimals):
        shorter = round_down(quantity.value, decimals=decimals)
        least = Decimal(1).scaleb(-decimals)
        raise InputError(
            f"{available.currency} has {decimals} decimals here. Write {grouped(shorter)} if that is meant."
            if shorter
            else f"The smallest amount of {available.currency} here is {to_text(least)}."
        )
    return quantity.value


def _too_much(amount: Decimal, available: Amount) -> str:
    if available.value <= ZERO:
        return f"There is no {available.currency} available to withdraw."
    if amount <= ZERO:
        return "That is less than can be sent."
    return f"Only {grouped(available.value)} {available.currency} is available, not {grouped(amount)}."


def _ask_currency(request: WithdrawalRequest, balances: Balances) -> WithdrawalDraft:
    held = [balance for balance in balances.by_currency.values() if balance.available > ZERO]
    codes = sorted(ascii_codes({balance.currency for balance in held}))[:_OFFERED]
    return WithdrawalDraft(
        request=request,
        asking=Question.CURRENCY,
        choices=tuple(
            WithdrawalChoice(
                label=f"{code} {balances.of(code).available.normalize():,f}", request=replace(request, currency=code)
            )
            for code in codes
        ),
    )


def _ask_quantity(request: WithdrawalRequest) -> WithdrawalDraft:
    choices = tuple(
        WithdrawalChoice(
            label="Max" if share == 100 else f"{share}%",
            request=replace(request, quantity=Quantity(kind=QuantityKind.PERCENT, value=share)),
        )
        for share in _SHARES
    )
    return WithdrawalDraft(request=request, asking=Question.QUANTITY, choices=choices)


def _ask_meaning(read: Callable[[str], WithdrawalRequest], text: str, error: AmbiguousNumber) -> WithdrawalDraft:
    """Which amount was meant? Raises `InputError` if the rest is not understood either."""
    readings = [(meaning, read(read_as(meaning, error.typed, text))) for meaning in error.meanings]
    choices = tuple(WithdrawalChoice(label=f"Use {spoken(meaning)}", request=request) for meaning, request in readings)
    return WithdrawalDraft(request=replace(readings[0][1], quantity=None), asking=None, choices=choices)


def _ask_alias(request: WithdrawalRequest, names: Mapping[str, int]) -> WithdrawalDraft:
    choices = tuple(
        WithdrawalChoice(label=name, request=replace(request, alias=name)) for name in list(names)[:_OFFERED]
    )
    return WithdrawalDraft(request=request, asking=Question.ALIAS, choices=choices)


def _offer(request: WithdrawalRequest, most: Amount) -> WithdrawalDraft:
    """Another amount is asked for; the most that can be sent is offered, if there is any."""
    quantity = Quantity(kind=QuantityKind.VOLUME, value=most.value)
    label = f"Use {grouped(most.value)} {most.currency}"
    choice = WithdrawalChoice(label=label, request=replace(request, quantity=quantity))
    return WithdrawalDraft(request=request, asking=None, choices=(choice,) if most.value > ZERO else ())


def _answered(draft: WithdrawalDraft, text: str) -> WithdrawalRequest:
    """The request after a typed answer to its question. Raises `InputError`."""
    request = draft.request
    if draft.asking is Question.CURRENCY:
        said = parse_withdrawal(text)
        if said.currency is None:
            raise InputError("Which currency? Write its code, like XRP, or tap one.")
        return replace(
            request,
            currency=said.currency,
            quantity=said.quantity or request.quantity,
            alias=said.alias or request.alias,
        )
    if draft.asking is Question.ALIAS:
        return replace(request, alias=read_alias(text))
    return replace(request, quantity=parse_quantity(text))
