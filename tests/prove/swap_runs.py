"""One confirmed swap, whatever happens: exactly one order at the service, or none, and its person is told which.

The card is tapped once or several times at once; the program ends before and after anything it writes or sends, also
while it is looking for what became of it; the service has moods. In the end its books are held against the card.
"""

import asyncio
import random
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from chatbot.addresses.checker import NetworkAddresses
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.domain.intents import CreateSwap
from chatbot.domain.money import Amount
from chatbot.domain.notices import TicketSettled
from chatbot.domain.secrets import SwapKey
from chatbot.domain.swap_evidence import is_made_since
from chatbot.domain.swaps import NewSwap, Swap
from chatbot.domain.tickets import Disowned, Lost, NotFound, RefusedBy, SwapCreated, Ticket, TicketState
from chatbot.ports.exchange import Permit
from chatbot.services.execution.executor import asked_at
from chatbot.services.settling import Settling
from chatbot.services.swap_book import SwapBook
from chatbot.services.tickets import Tickets
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from chatbot.storage.outbox import OUTBOX
from tests.fakes.cards import FakeCards, FakeSwapCards
from tests.fakes.clock import START, FakeClock, FakeEntropy
from tests.fakes.execution import execution_services
from tests.prove.moody_swap_service import MoodySwapService
from tests.prove.proof import Proof, Run
from tests.prove.swap_wishes import random_wish
from tests.storage.examples import SWAP_TERMS

CARD = MessageId(500)
_MOST_LOOKS = 500
_MOST_KILLS = 4
_MOST_STEPS = 16
"""A run takes about so many steps at which it can end: things written and sent, each before and after."""


class Killed(BaseException):
    """The process is gone."""


class Doom:
    """Ends the process at a step. From then on nothing of it is carried out."""

    def __init__(self) -> None:
        self.steps_left = -1
        self.is_dead = False

    def step(self) -> None:
        self.steps_left -= 1
        if self.is_dead or self.steps_left == 0:
            self.is_dead = True
            raise Killed

    def put_into(self, storage: Storage) -> None:
        """Whatever is written may be the last: it may end before, and after."""
        for name in ("write", "write_prepared"):
            setattr(storage.database, name, self._mortal(getattr(storage.database, name)))

    def _mortal(self, write: Any) -> Any:
        async def mortal(*work: Any, **options: Any) -> Any:
            self.step()
            done = await write(*work, **options)
            self.step()
            return done

        return mortal


class MortalService(MoodySwapService):
    doom: Doom

    async def create(self, key: SwapKey, *, new: NewSwap, permit: Permit) -> Swap:
        self.doom.step()
        made = await super().create(key, new=new, permit=permit)
        self.doom.step()
        return made


@dataclass
class Errands:
    """What a process does in the background, which ends with it."""

    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        self.tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return self.tasks[-1]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()


@dataclass
class Story:
    """A card, from its taps to its end."""

    storage: Storage
    clock: FakeClock
    chance: random.Random
    doom: Doom
    entropy: FakeEntropy
    account: Account
    service: MortalService
    errands: Errands = field(default_factory=Errands)
    before: frozenset[str] = frozenset()
    sent_before: int = 0
    was_uncertain: bool = False
    was_denied: bool = False
    asked_about: str = ""
    listed: frozenset[str] = frozenset()
    kills: int = 0
    tickets: Tickets = field(init=False)
    settling: Settling = field(init=False)
    ticket: Ticket = field(init=False)

    def start(self) -> None:
        """A new process: it knows what the database says."""
        cards: Any = FakeSwapCards()
        storage, services = self.storage, {Venue.PAPER_SWAPS: self.service}
        book = SwapBook(
            store=storage.swaps,
            tickets=storage.tickets,
            cards=cards,
            addresses=NetworkAddresses(),
            clock=self.clock,
        )
        self.tickets, self.settling = execution_services(
            store=storage.tickets,
            accounts=storage.accounts,
            exchanges={},
            cards=FakeCards(),
            clock=self.clock,
            entropy=self.entropy,
            swap_services=services,
            swap_book=book,
        )
        self.tickets._spawner = self.errands

    async def open(self) -> Ticket:
        person, wish = self.account.person, self.service.wish
        intent = CreateSwap(account=self.account.id, new=wish.new, deposit=wish.deposit, withdraw=wish.withdraw)
        expected = self.service._make(wish.new)
        terms = replace(
            SWAP_TERMS,
            deposit=Amount(expected.deposit_amount, wish.deposit.symbol),
            withdraw=Amount(expected.withdraw_amount, wish.withdraw.symbol),
            rate_until=self.clock.at + timedelta(seconds=60),
        )
        ticket = await self.tickets.open(intent, terms, person=person, chat=ChatId(person), account=self.account)
        await self.tickets.attach(ticket.id, CARD)
        return ticket

    async def make_one_before(self) -> None:
        """An equal swap of an equal card."""
        mood, self.service.mood = self.service.mood, "done"
        await self._tap_once(await self.open())
        self.service.mood = mood
        self.before = frozenset(self._references())

    async def to_its_end(self) -> str:
        """What went wrong, if anything did."""
        self.ticket = await self.open()
        self.sent_before = len(self.service.sent)
        self._be_doomed()
        await self._tap()
        for _ in range(_MOST_LOOKS):
            ticket = await self._read()
            self.was_uncertain |= ticket.state is TicketState.UNCERTAIN
            self.was_denied |= isinstance(ticket.outcome, NotFound)
            if isinstance(ticket.outcome, Lost) and ticket.outcome.like is not None:
                await self._survive(self._say_whether(ticket.outcome.like.reference))
                continue
            due = ticket.expires_at if ticket.state is TicketState.PENDING else ticket.next_look_at
            if due is None:
                return await self._fault(ticket)
            self.clock.at = max(self.clock.at, due)
            await self._survive(self._round())
        return f"after {_MOST_LOOKS} looks it is {ticket.state}"

    async def _tap(self) -> None:
        """Once, or several times at once."""
        count = self.chance.choice((1, 1, 2, 3))
        taps = (self._tap_once(self.ticket) for _ in range(count))
        results = await asyncio.gather(*taps, return_exceptions=True)
        for each in results:
            if isinstance(each, BaseException) and not isinstance(each, ChatbotError | Killed):
                raise each
        if self.doom.is_dead:
            await self._begin_anew()

    async def _tap_once(self, ticket: Ticket) -> None:
        claimed = await self.tickets.claim(
            ticket.id, person=ticket.person, chat=ticket.chat, message=CARD, with_factor=True
        )
        await self.tickets.execute(claimed)

    async def _say_whether(self, reference: str) -> None:
        """Its person is asked whether it is this order, and knows what they made elsewhere."""
        self.asked_about = reference
        is_own = reference not in self.service.equal
        await self.tickets.settle_by_word(self.ticket.id, person=self.ticket.person, was_sent=is_own)

    async def _round(self) -> None:
        await self.settling.expire()
        for due in await self.storage.tickets.due(now=self.clock.at, limit=9):
            self.listed = frozenset(filter(self.service.is_listed, (*self._references(), *self.service.equal)))
            await self.settling.look(due)

    async def _survive(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Killed:
            await self._begin_anew()

    async def _begin_anew(self) -> None:
        self.kills += 1
        await self.errands.end()
        self.clock.at += timedelta(seconds=self.chance.choice((1, 20, 300)))
        self._be_doomed()
        self.start()
        await self._survive(self.settling.recover())

    def _be_doomed(self) -> None:
        """To end after some steps, or not to end."""
        ends = self.chance.random() < 0.7 and self.kills < _MOST_KILLS
        self.doom.is_dead, self.doom.steps_left = False, self.chance.randint(1, _MOST_STEPS) if ends else -1

    async def _fault(self, ticket: Ticket) -> str:
        """Hold the card against the service's books."""
        made = [reference for reference in self._references() if reference not in self.before]
        sent = len(self.service.sent) - self.sent_before
        if sent > 1 or len(made) > 1:
            return f"{sent} requests, {len(made)} orders"
        if self.asked_about and self.asked_about not in (*made, *self.service.equal):
            return f"its person was asked about {self.asked_about}"
        what = f"{ticket.state}, {ticket.outcome}, made {made}"
        if ticket.state is TicketState.DONE and isinstance(ticket.outcome, SwapCreated):
            return await self._untold(ticket) or await self._wrongly_created(ticket, ticket.outcome, made, what)
        said_no = isinstance(ticket.outcome, NotFound | RefusedBy) or ticket.state is TicketState.EXPIRED
        denied_by_word = isinstance(ticket.outcome, Disowned) and bool(self.asked_about)
        if await self.storage.swaps.of_ticket(ticket.id) is not None:
            return f"{what}, and is followed"
        return await self._untold(ticket) or ("" if denied_by_word or (said_no and not made) else what)

    async def _wrongly_created(self, ticket: Ticket, outcome: SwapCreated, made: list[str], what: str) -> str:
        """It is the order that was made, or one just like it. That there are others is said, if the list shows them;
        only a process that ended in between forgets that.
        """
        followed = await self.storage.swaps.of_ticket(ticket.id)
        if followed is None or followed.swap.reference != outcome.reference or followed.doubts:
            return f"{what}, but {followed}"
        if self._others_were_listed(ticket, outcome) and not outcome.among_others:
            return f"{what}, and nothing said of the others"
        is_right = outcome.reference in (*made, *self.service.equal)
        return "" if is_right else what

    def _others_were_listed(self, ticket: Ticket, outcome: SwapCreated) -> bool:
        """Whether orders just like it were in the list, and that stood still, when it was found."""
        if not self.was_uncertain or self.kills or not self.service.is_steady or self.asked_about:
            return False
        others = self.listed - self.before - {outcome.reference}
        return any(is_made_since(self.service.order(each), asked_at(ticket)) for each in others)

    async def _untold(self, ticket: Ticket) -> str:
        """What was uncertain is told once it is settled, but not what its person says. What was said not to be there,
        and turned up long after, is told again.
        """
        told = await self._times_told(ticket)
        settled = self.was_uncertain and not self.asked_about
        again = self.was_denied and ticket.state is TicketState.DONE
        if again and not self.service.hides_long and not self.service.equal:
            return "it was said not to be created, too early"
        return "" if told == settled + again else f"told {told} times, of {ticket.outcome}"

    def _references(self) -> list[str]:
        """The orders that were made with this program's requests."""
        return [
            reference for holder in self.service.holders.values() for reference in holder.orders if reference[0] == "S"
        ]

    async def _times_told(self, ticket: Ticket) -> int:
        query = sa.select(OUTBOX.c.notice).where(OUTBOX.c.chat == ticket.chat)
        notices = await self.storage.database.read(lambda connection: connection.execute(query).scalars().all())
        return notices.count(TicketSettled(ticket=ticket.id))

    async def _read(self) -> Ticket:
        found = await self.storage.tickets.get(self.ticket.id)
        assert found is not None
        return found


def prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_prove(run, Path(folder)))


async def _prove(run: Run, folder: Path) -> None:
    clock, entropy, doom = FakeClock(), FakeEntropy(), Doom()
    storage = await open_storage(
        url=f"sqlite:///{folder}/bot.db", master_key=KeyFile(folder / "master.key"), clock=clock
    )
    await storage.database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous = OFF"))
    doom.put_into(storage)
    try:
        for case, chance in run.cases():
            doom.is_dead, doom.steps_left = False, -1
            clock.at = START
            service = MortalService(clock, chance, random_wish(chance), number=case)
            service.doom = doom
            key = service.open(f"swap-key-{case:08}")
            account = await storage.accounts.add(
                PersonId(100_000 + case), venue=Venue.PAPER_SWAPS, credentials=key, now=clock.at
            )
            for _ in range(chance.choice((0, 1, 5))):
                service.add_stranger(key)
            story = Story(storage, clock, chance, doom, entropy, account, service)
            story.start()
            if chance.random() < 0.3:
                await story.make_one_before()
            fault = await story.to_its_end()
            if fault:
                run.fail(case, fault)
            ended = await story._read()
            end = ended.outcome.tag if ended.outcome is not None else ended.state.value
            run.remark(f"uncertain, then {end}" if story.was_uncertain else end)
            run.remark(f"ended {story.kills} times")
            if story.asked_about:
                run.remark("its person was asked")
    finally:
        await storage.aclose()


PROOF = Proof(
    name="swap_runs",
    claim="a confirmed swap, with lost answers, kills, double taps, late lists: one order, or none and said so",
    required=10_000,
    sample=25,
    prove=prove,
    shares=2,
)
