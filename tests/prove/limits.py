"""A hundred claims at once at the edge of each limit, against the real SQLite storage: never one too many."""

import asyncio
import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Stopped
from chatbot.domain.ids import MessageId
from chatbot.domain.intents import CreateSwap, OrderTerms, SwapTerms, Withdraw, WithdrawTerms
from chatbot.domain.limits import LimitKind
from chatbot.domain.money import Amount, sum_exactly
from chatbot.domain.spending import spend_of
from chatbot.domain.tickets import SwapCreated, Ticket, TicketState
from chatbot.ports.limits import NewLimit
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from chatbot.storage.ticket_table import TICKETS, values_of
from tests.prove.proof import Proof, Run
from tests.storage.examples import (
    ANNA,
    ANNAS_CHAT,
    BUY,
    BUY_TERMS,
    NOW,
    SWAP,
    SWAP_TERMS,
    ManualClock,
    credentials,
    ticket,
)

_AT_ONCE = 100
_CARD = MessageId(77)
_CENT = Decimal("0.01")
_ALIAS = "savings"
_SINGLE = (LimitKind.ORDER, LimitKind.WITHDRAWAL, LimitKind.SWAP)
"""The limits of one at a time; the others are of a day."""


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        storage = await open_storage(
            url=f"sqlite:///{folder}/race.db", master_key=KeyFile(Path(folder) / "master.key"), clock=ManualClock()
        )
        try:
            for case, chance in run.cases():
                await _Race(run, case, chance, storage, await _account(storage, case)).run()
        finally:
            await storage.aclose()


async def _account(storage: Storage, case: int) -> Account:
    """Each race has an account of its own, so that none counts against another."""
    return await storage.accounts.add(ANNA, venue=Venue.PAPER, credentials=credentials(f"-{case}"), now=NOW)


class _Race:
    """Cards that come to more than a limit allows are confirmed all at once. Half of the withdrawals are held first."""

    def __init__(self, run: Run, case: int, chance: random.Random, storage: Storage, account: Account) -> None:
        self._run, self._case, self._chance, self._storage, self._account = run, case, chance, storage, account
        self._kind = chance.choice([kind for kind in LimitKind if kind is not LimitKind.DISTANCE])
        self._own = self._kind is LimitKind.WITHDRAWALS and chance.random() < 0.5
        self._limit = Decimal(chance.randint(100, 400_000)) * _CENT

    async def run(self) -> None:
        await self._lower(self._limit)
        if self._chance.random() < 0.5:
            await self._let_alias_be_known()
        cards = await self._shown(_AT_ONCE)
        won = [card for card in await asyncio.gather(*map(self._claim, cards)) if card is not None]
        if self._kind not in _SINGLE and self._chance.random() < 0.5:
            won += await self._again(won)
        self._judge(won, cards)

    async def _again(self, won: list[Ticket]) -> list[Ticket]:
        """What was sent turns out refused, uncertain, done, or a swap that ended unpaid; what is free again may be
        claimed, and no more.
        """
        for card in won:
            await self._finish(card)
        freed = [card for card in won if spend_of(stored := await self._stored(card)) is None or _is_refused(stored)]
        for card in freed:
            won.remove(card)
        more = await self._shown(_AT_ONCE // 2)
        return [card for card in await asyncio.gather(*map(self._claim, more)) if card is not None]

    async def _let_alias_be_known(self) -> None:
        long_ago = NOW - timedelta(days=2)
        await self._storage.aliases.add(
            self._account, currency="XRP", name=_ALIAS, person=ANNA, chat=ANNAS_CHAT, now=long_ago
        )

    async def _finish(self, card: Ticket) -> None:
        if card.state is TicketState.HELD:
            return
        state = self._chance.choice((TicketState.DONE, TicketState.UNCERTAIN, TicketState.REFUSED))
        if isinstance(card.intent, Withdraw) and state is TicketState.UNCERTAIN:
            state = TicketState.DONE  # it would freeze the currency
        outcome = None
        if isinstance(card.intent, CreateSwap) and state is TicketState.DONE:
            outcome = SwapCreated(reference="ABCDEF", unpaid=self._chance.random() < 0.5)
        await self._storage.tickets.update(card.id, lambda current: replace(current, state=state, outcome=outcome))

    async def _stored(self, card: Ticket) -> Ticket:
        stored = await self._storage.tickets.get(card.id)
        assert stored is not None
        return stored

    def _judge(self, won: list[Ticket], cards: list[Ticket]) -> None:
        """All that passed is within the limit; and what was left out would not have fitted, so the limit was used."""
        sizes = [self._size(card) for card in won]
        total = max(sizes, default=Decimal(0)) if self._kind in _SINGLE else sum_exactly(sizes)
        if total > self._limit:
            self._run.fail(self._case, f"{total} passed a limit of {self._limit} for {self._kind}")
        smallest = min(self._size(card) for card in cards)
        if not won and smallest <= self._limit:
            self._run.fail(self._case, f"nothing passed a limit of {self._limit} for {self._kind}")
        if any(card.state is TicketState.HELD for card in won):
            self._run.remark("races for withdrawals that are held")

    def _size(self, card: Ticket) -> Decimal:
        if self._own and isinstance(card.intent, Withdraw):
            return card.intent.amount
        assert isinstance(card.terms, WithdrawTerms | OrderTerms | SwapTerms) and card.terms.value is not None
        return card.terms.value

    async def _lower(self, limit: Decimal) -> None:
        new = NewLimit(account=self._account, kind=self._kind, value=limit, currency="XRP" if self._own else "")
        assert await self._storage.limits.lower(new, person=ANNA, chat=ANNAS_CHAT, now=NOW) is not None

    def _card(self) -> Ticket:
        """Around a fifth of the limit; for the largest single one, around the limit itself."""
        around = self._limit if self._kind in _SINGLE else self._limit / 5
        size = max((around * Decimal(self._chance.randint(50, 150)) / 100).quantize(_CENT), _CENT)
        if self._chance.random() < 0.2:
            size = self._limit if around == self._limit else max(around.quantize(_CENT), _CENT)
        if self._kind in (LimitKind.ORDER, LimitKind.ORDERS):
            terms = replace(BUY_TERMS, total=size, value=size, distance=Decimal(0))
            return ticket(account=self._account.id, intent=BUY, terms=terms, message=_CARD)
        if self._kind in (LimitKind.SWAP, LimitKind.SWAPS):
            swap_terms = replace(SWAP_TERMS, deposit=Amount(size, "USDT"), value=size)
            return ticket(account=self._account.id, intent=SWAP, terms=swap_terms, message=_CARD)
        return self._withdrawal(size)

    def _withdrawal(self, size: Decimal) -> Ticket:
        nothing = Amount(Decimal(0), "XRP")
        value = _CENT if self._own else size
        terms = WithdrawTerms(
            before=nothing, after=nothing, uses=0, hold=timedelta(0), held_until=None, value=value, left=nothing
        )
        intent = Withdraw(account=self._account.id, currency="XRP", amount=size, alias=_ALIAS)
        return ticket(account=self._account.id, intent=intent, terms=terms, state=TicketState.CONTINUED)

    async def _shown(self, number: int) -> list[Ticket]:
        """So many cards, stored; what takes two steps is at its second already."""
        cards = [self._card() for _ in range(number)]
        await self._storage.database.write(
            lambda connection: connection.execute(TICKETS.insert(), [values_of(card) for card in cards])
        )
        return cards

    async def _claim(self, card: Ticket) -> Ticket | None:
        at = NOW + timedelta(seconds=1)
        tickets = self._storage.tickets
        try:
            if isinstance(card.intent, Withdraw):
                return await tickets.confirm(card.id, person=ANNA, now=at)
            with_factor = isinstance(card.intent, CreateSwap)
            return await tickets.claim(
                card.id, person=ANNA, chat=ANNAS_CHAT, message=_CARD, with_factor=with_factor, now=at
            )
        except Stopped:
            return None


def _is_refused(card: Ticket) -> bool:
    return card.state is TicketState.REFUSED


PROOF = Proof(
    name="limits",
    claim=f"{_AT_ONCE} concurrent claims at the edge of a limit in SQLite: never more than it allows",
    required=1_000,
    sample=3,
    prove=prove,
    shares=4,
)
