"""Lives of withdrawals: said, tapped, typed, cancelled, locked, held, killed and started again, in any order.

One case is one life: a person with a fresh account goes through one or two withdrawals by the real routes, services and
storage, mostly in the sensible order, with all that can come between. Whatever reaches the exchange is held, in that
moment, against what the person had done until then.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from chatbot.domain.accounts import Account
from chatbot.domain.errors import Cause, ChatbotError, KeyRejected, NotSent, OutcomeUnknown, Refused, TicketError
from chatbot.domain.ids import MessageId, TicketId
from chatbot.domain.intents import Withdraw
from chatbot.domain.locks import UNLOCK_WAIT
from chatbot.domain.tickets import Lost, RefusedBy, Requested, Ticket, TicketState
from chatbot.services.tickets import TOO_LATE
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from handlers.actions import ConfirmTicket, ContinueTicket, DeclineTicket, RefreshTicket
from handlers.buttons import pack
from tests.fakes.clock import FakeClock, FakeEntropy
from tests.handlers.conversation import Conversation
from tests.prove.proof import Proof, Run
from tests.prove.witness import Killed, Mortal, RestlessClock, Witness
from tests.services.house import ANNA, CHAT, House

S = TicketState
_MOST_STEPS = 30
_LATE = MessageId(10**9)
_FAULTS: tuple[Callable[[], Exception], ...] = (
    *(lambda cause=cause: OutcomeUnknown(cause) for cause in (Cause.TIMEOUT, Cause.RATE_LIMITED, Cause.SERVER_FAULT)),
    lambda: Refused(code=1777, reason="suspended"),
    lambda: KeyRejected(status=403),
    lambda: NotSent(Cause.UNREACHABLE),
)


class Wrong(Exception):
    """Something that must never be."""


@dataclass
class Wish:
    """One withdrawal as its person knows it: what was said, and what they did about it until now."""

    currency: str
    amount: Decimal
    alias: str
    ticket: TicketId | None = None
    card: int = 0
    continued: bool = False
    answered: bool = False
    cancelled: bool = False
    requests: int = 0


class Life:
    """See above. `anna` and `house` are rebuilt after every kill."""

    def __init__(self, house: House, exchange: Witness, chance: random.Random, run: Run) -> None:
        self.house, self.exchange, self.chance, self.run = house, exchange, chance, run
        self.anna = Conversation(house, owner=False)
        self.account: Account
        self.wishes: list[Wish] = []
        self.locked = False
        self.holds: dict[tuple[str, str], datetime] = {}
        self.story: list[str] = []

    async def live(self) -> None:
        self.account = await self.house.link(BTC="1", USDT="10000")
        self.exchange.judge = self.complaints
        for _ in range(self.chance.choice((1, 1, 2))):
            await self._say()
        for _ in range(_MOST_STEPS):
            open_ones = [wish for wish in self.wishes if (await self._state(wish)) in _GOES_ON]
            if not open_ones:
                break
            await self._step(self.chance.choice(open_ones))
        await self._end()

    def complaints(self, *, currency: str, amount: Decimal, alias: str) -> list[str]:
        """What speaks against a request that is leaving now."""
        meant = [wish for wish in self.wishes if (wish.currency, wish.amount, wish.alias) == (currency, amount, alias)]
        if len(meant) != 1:
            return [f"{amount} {currency} to {alias} was never said"]
        (wish,) = meant
        wish.requests += 1
        due = self.holds.get((currency, alias))
        against = {
            "sent twice": wish.requests > 1,
            "sent without the first step": not wish.continued,
            "sent without the second step": not wish.answered,
            "sent after it was cancelled": wish.cancelled,
            "sent while locked": self.locked,
            "sent without its hold": due is None or self.house.clock.at < due,
        }
        return [what for what, holds in against.items() if holds]

    # What can happen

    async def _step(self, wish: Wish) -> None:
        state = await self._state(wish)
        names, weights = zip(*_LIKELY[state].items(), strict=True)
        name = self.chance.choices(names, weights)[0]
        self.story.append(f"{state}: {name}")
        self.run.remark(f"did: {name}")
        act: Callable[[Wish], Awaitable[None]] = getattr(self, f"_{name}")
        await act(wish)
        self._raise()

    async def _say(self) -> None:
        number = len(self.wishes) + 1
        currency = self.chance.choice(("BTC", "BTC", "USDT"))
        amount = Decimal(self.chance.randint(1, 900) * 10 + number) / (10**6 if currency == "BTC" else 10)
        wish = Wish(currency=currency, amount=amount, alias=self.chance.choice(("savings", "cold", "nowhere")))
        if self.chance.random() < 0.45 and (currency, wish.alias) not in self.holds:
            await self.house.know(self.account, currency, wish.alias)
            self.holds[currency, wish.alias] = self.house.clock.at
        self.wishes.append(wish)
        before = {ticket.id for ticket in await self._tickets()}
        await self.anna.say(f"/withdraw {currency} {amount} {wish.alias}")
        for ticket in await self._tickets():
            if ticket.id not in before:
                wish.ticket, wish.card = ticket.id, self.anna.last.id
        self.story.append(f"said {amount} {currency} to {wish.alias}{'' if wish.ticket else ', in vain'}")
        self.run.remark("cards" if wish.ticket else "no card")

    async def _proceed(self, wish: Wish) -> None:
        wish.continued = True
        await self._do(lambda: self._tap(wish, ContinueTicket(ticket=_id(wish))))

    async def _answer(self, wish: Wish) -> None:
        """The right number, for the card whose question is open; perhaps twice at once, perhaps into a fault."""
        ticket = await self._ticket(wish)
        self._trouble()
        before = self.house.clock.at + self.house.storage.aliases.hold_time
        key = (wish.currency, wish.alias)
        if await self._is_asked(wish):
            wish.answered = True
            self.holds.setdefault(key, before)
        await self._do(lambda: self.anna_says(ticket.number))
        known = await self.house.storage.aliases.find(self.account.id, currency=key[0], name=key[1])
        if known is None:
            self.holds.pop(key, None)

    async def anna_says(self, words: str) -> None:
        await self.anna.say(words)

    async def _wrong(self, wish: Wish) -> None:
        await self._do(lambda: self.anna_says(str(self.chance.randint(0, 999))))

    async def _cancel(self, wish: Wish) -> None:
        await self._do(lambda: self._tap(wish, DeclineTicket(ticket=_id(wish))))
        await self._note_cancelled()

    async def _forge(self, wish: Wish) -> None:
        action = self.chance.choice((ConfirmTicket, RefreshTicket, ContinueTicket))(ticket=_id(wish))
        if isinstance(action, ContinueTicket) and await self._state(wish) is S.PENDING:
            wish.continued = True
        await self._do(lambda: self._tap(wish, action))

    async def _lock(self, wish: Wish) -> None:
        """From the moment it is called nothing leaves, whatever is under way."""
        under_way = self.chance.choice((self._answer, self._wait_to_due, self._wait))
        if self.chance.random() < 0.5:
            self.exchange.in_line = self._lock_now
            await under_way(wish)
            self.exchange.in_line = None
        if not self.locked:
            await asyncio.gather(under_way(wish), self._lock_now())
        await self._unlock()

    async def _lock_now(self) -> None:
        self.run.remark("locked")
        self.locked = True
        await self.house.locks.lock(ANNA, chat=CHAT, message=MessageId(1))

    async def _cancel_and_keep(self, wish: Wish) -> None:
        """The time comes, and Cancel is tapped in the same moment."""
        await self._to_due(wish)
        await asyncio.gather(self._keep(), self._tap(wish, DeclineTicket(ticket=_id(wish))))
        await self._note_cancelled()

    async def _wait(self, wish: Wish) -> None:
        self.house.clock.pass_(self.chance.choice((1, 30, 60, 3_600, 40_000)))
        await self._do(self._keep)

    async def _wait_to_due(self, wish: Wish) -> None:
        self._trouble()
        await self._to_due(wish)
        await self._do(self._keep)

    async def _oversleep(self, wish: Wish) -> None:
        await self._to_due(wish)
        self.house.clock.pass_(TOO_LATE.total_seconds() + 1)
        await self._do(self._keep)

    async def _spend(self, wish: Wish) -> None:
        """The balance goes elsewhere."""
        holder = self.exchange.holders[list(self.exchange.holders)[-1]]
        holder.totals[wish.currency] = Decimal("0.000001")

    async def _word(self, wish: Wish) -> None:
        was_sent = self.chance.random() < 0.5
        try:
            await self.house.tickets.settle_by_word(_id(wish), person=ANNA, was_sent=was_sent)
        except TicketError:
            self.run.remark("word in vain")

    # How it happens

    async def _do(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Once, several times at once, or into a kill."""
        how = self.chance.choices(("once", "at once", "killed"), (6, 2, 3))[0]
        if how == "at once":
            self.run.remark("done three times at once")
            await asyncio.gather(work(), work(), work())
        elif how == "killed":
            await self._kill(work)
        else:
            await work()

    async def _kill(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        turns = self.chance.randint(0, 24)
        try:
            await Mortal(work(), turns=turns)
        except Killed:
            self.story.append(f"killed after {turns} turns")
            self.run.remark("killed")
            await self._restart()

    async def _restart(self) -> None:
        """New services on the same storage, as a new run of the program has them."""
        messages = self.anna.chat.messages
        self.house = self.house.restarted()
        self.anna = Conversation(self.house, owner=False)
        self.anna.chat.messages = messages
        await self.house.settling.recover()

    async def _tap(self, wish: Wish, action: object) -> None:
        """On the card, wherever it is now."""
        await self.anna._tap(wish.card, pack(action))

    async def _keep(self) -> None:
        """A round of the worker."""
        await self.house.settling.expire()
        due = await self.house.storage.tickets.due(now=self.house.clock.at, limit=16)
        for ticket in due:
            await self.house.settling.look(ticket)

    def _trouble(self) -> None:
        if self.chance.random() < 0.4:
            error = self.chance.choice(_FAULTS)()
            applied = isinstance(error, OutcomeUnknown) and self.chance.random() < 0.6
            self.exchange.fail("withdraw", error, applied=applied)
            self.story.append(f"fault {error}{', applied' if applied else ''}")

    async def _to_due(self, wish: Wish) -> None:
        due = (await self._ticket(wish)).send_at
        if due is not None:
            self.house.clock.at = max(self.house.clock.at, due)

    async def _unlock(self) -> None:
        await self.house.locks.unlock(ANNA, chat=CHAT, message=_LATE, factor_since=None)
        self.house.clock.pass_(UNLOCK_WAIT.total_seconds())
        self.locked = False
        await self.house.locks.open_due()

    async def _note_cancelled(self) -> None:
        for wish in self.wishes:
            wish.cancelled = wish.cancelled or await self._state(wish) is S.DECLINED

    # The end

    async def _end(self) -> None:
        """Time goes by with nobody there; then every story is over, and says the truth."""
        for hours in (0, 1, 23, 1):
            self.house.clock.pass_(timedelta(hours=hours).total_seconds())
            await self._keep()
        self._raise()
        for wish in self.wishes:
            if wish.ticket is not None:
                self._judge(wish, await self._ticket(wish))
        self.exchange.judge = None
        self.exchange._faults.clear()
        await self.house.questions.forget(person=ANNA, chat=CHAT)
        await self.house.storage.accounts.remove(ANNA, self.account.id, now=self.house.clock.at)

    def _judge(self, wish: Wish, ticket: Ticket) -> None:
        outcome = "" if ticket.outcome is None else f", {ticket.outcome.tag}"
        self.run.remark(f"ended {ticket.state}{outcome}")
        reached = isinstance(ticket.outcome, RefusedBy | Lost) or ticket.state is S.DONE
        told = isinstance(ticket.outcome, Requested) and not ticket.outcome.confirmed
        if ticket.state.is_waiting or ticket.state is S.CLAIMED:
            raise Wrong(f"forgotten: {ticket}")
        if told and wish.requests != 1:
            raise Wrong(f"said to be sent, and {wish.requests} requests were seen: {ticket}")
        if wish.requests and not reached and not _was_uncertain(ticket):
            raise Wrong(f"sent, and nobody was told: {ticket}")
        if wish.requests:
            self.run.remark("requests")

    def _raise(self) -> None:
        if self.exchange.complaints:
            raise Wrong("; ".join(self.exchange.complaints))

    async def _is_asked(self, wish: Wish) -> bool:
        """Whether the open question is about this card."""
        dialogue = await self.house.questions.open_in(CHAT, person=ANNA)
        return getattr(getattr(getattr(dialogue, "draft", None), "action", None), "ticket", None) == wish.ticket

    async def _state(self, wish: Wish) -> TicketState | None:
        return None if wish.ticket is None else (await self._ticket(wish)).state

    async def _ticket(self, wish: Wish) -> Ticket:
        found = await self.house.storage.tickets.get(_id(wish))
        assert found is not None and isinstance(found.intent, Withdraw)
        return found

    async def _tickets(self) -> tuple[Ticket, ...]:
        return await self.house.storage.tickets.pending()


def _id(wish: Wish) -> TicketId:
    assert wish.ticket is not None
    return wish.ticket


def _was_uncertain(ticket: Ticket) -> bool:
    """Whether its person said how it stood."""
    return ticket.outcome is not None and ticket.outcome.tag in ("disowned", "requested")


_LIKELY: dict[TicketState | None, dict[str, int]] = {
    S.PENDING: {"proceed": 30, "cancel": 1, "forge": 3, "lock": 1, "wait": 1},
    S.CONTINUED: {"answer": 30, "wrong": 5, "cancel": 2, "forge": 3, "lock": 1, "spend": 1, "wait": 1},
    S.HELD: {
        "wait": 6,
        "wait_to_due": 10,
        "cancel": 3,
        "cancel_and_keep": 3,
        "forge": 3,
        "lock": 1,
        "spend": 1,
        "oversleep": 1,
        "answer": 1,
    },
    S.UNCERTAIN: {"word": 6, "wait": 3, "forge": 2, "cancel": 1, "answer": 1},
}
_GOES_ON = tuple(_LIKELY)


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = RestlessClock()
        storage = await open_storage(
            url=f"sqlite:///{folder}/lives.db", master_key=KeyFile(Path(folder) / "master.key"), clock=clock
        )
        try:
            for case, chance in run.cases():
                await _try(run, case, chance, storage=storage, clock=clock)
        finally:
            await storage.aclose()


async def _try(run: Run, case: int, chance: random.Random, *, storage: Storage, clock: FakeClock) -> None:
    exchange = Witness(clock)
    life = Life(House(storage, clock, exchange=exchange, entropy=_entropy(case)), exchange, chance, run)
    try:
        await life.live()
    except (Wrong, AssertionError, ChatbotError) as error:
        run.fail(case, f"{error!r}\n  {'; '.join(life.story)}")


def _entropy(case: int) -> FakeEntropy:
    """Numbers that no other life on this storage draws."""
    return FakeEntropy(_numbers=iter(range(case * 1_000 + 1, case * 1_000 + 1_000)))


PROOF = Proof(
    name="withdrawals",
    claim="random lives of withdrawals with faults, kills, double taps: sent at most once, never without both steps",
    required=10_000,
    sample=60,
    prove=prove,
    shares=2,
)
