"""Going through withdrawals in a house, and reading what they came to."""

from decimal import Decimal

from chatbot.domain.accounts import Account
from chatbot.domain.errors import (
    Cause,
    Obstacle,
    OutcomeUnknown,
)
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.limits import LimitKind
from chatbot.domain.tickets import (
    Blocked,
    Lost,
    Ticket,
    TicketState,
)
from chatbot.ports.limits import NewLimit
from chatbot.services.withdrawals import AskedWithdrawal
from tests.fakes.exchange import FakeExchange, Withdrawal
from tests.services.house import ANNA, CHAT, House


def terms(ticket: object) -> WithdrawTerms:
    assert isinstance(ticket, Ticket) and isinstance(ticket.terms, WithdrawTerms)
    return ticket.terms


def withdraw(ticket: object) -> Withdraw:
    assert isinstance(ticket, Ticket) and isinstance(ticket.intent, Withdraw)
    return ticket.intent


def asked(result: object) -> AskedWithdrawal:
    assert isinstance(result, AskedWithdrawal)
    return result


def labels(question: AskedWithdrawal) -> list[str]:
    return [choice.label for choice in question.draft.choices]


async def say(house: House, text: str) -> AskedWithdrawal | Ticket:
    return await house.withdrawals.say(text, person=ANNA, chat=CHAT)


async def answer(house: House, text: str) -> AskedWithdrawal | Ticket:
    dialogue = await house.questions.open_in(CHAT, person=ANNA)
    assert dialogue is not None
    return await house.withdrawals.answer(dialogue, text)


async def choose(house: House, question: AskedWithdrawal, label: str) -> AskedWithdrawal | Ticket:
    at = next(at for at, each in enumerate(labels(question)) if label in each)
    chosen = await house.withdrawals.choose(question.dialogue.id, at, person=ANNA, chat=CHAT)
    assert chosen is not None
    return chosen


async def lower(house: House, account: Account, kind: LimitKind, value: str, currency: str = "") -> None:
    new = NewLimit(account=account, kind=kind, value=Decimal(value), currency=currency)
    changed = await house.storage.limits.lower(new, person=ANNA, chat=CHAT, now=house.clock.at)
    assert changed is not None


def requested(exchange: FakeExchange) -> list[Withdrawal]:
    return exchange.withdrawals


def blocked(ticket: Ticket) -> Obstacle:
    assert isinstance(ticket.outcome, Blocked)
    return ticket.outcome.obstacle


async def held(house: House, words: str = "BTC 0.05 savings") -> Ticket:
    ticket = await house.confirm(await house.withdrawal_card(words))
    assert ticket.state is TicketState.HELD
    return ticket


async def send_when_due(house: House, ticket: Ticket) -> Ticket:
    assert ticket.send_at is not None
    house.clock.at = ticket.send_at
    return await house.look(ticket)


async def lost(house: House, account: Account, *, applied: bool = True, words: str = "BTC 0.05 savings") -> Ticket:
    await house.know(account)
    house.exchange.fail("withdraw", OutcomeUnknown(Cause.TIMEOUT), applied=applied)
    ticket = await house.confirm(await house.withdrawal_card(words))
    assert (ticket.state, ticket.outcome) == (TicketState.UNCERTAIN, Lost(cause=Cause.TIMEOUT))
    return ticket
