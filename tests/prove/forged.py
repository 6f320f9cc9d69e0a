"""Forged callback payloads through the real router, services and storage: nothing of anybody's else moves.

Mallory, with access and an account of his own, and a stranger tap whatever they like, wherever they are; and Anna's own
client sends the data of one card from another. Anna has tickets in every state. Nothing may be sent to the exchange and
no ticket, account or person may change that is not Mallory's.
"""

import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec

from chatbot.app import build_services
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.people import Access
from chatbot.domain.tickets import Lost, NotFound, Placed, Ticket, TicketState
from chatbot.exchange.budget import Budget
from chatbot.exchange.http import Channel
from chatbot.exchange.opening import OpenExchange
from chatbot.services.people import People
from chatbot.storage.opening import Storage, open_storage
from chatbot.system import SystemEntropy
from chatbot.workers.supervisor import Supervisor
from handlers import buttons
from handlers.actions import ConfirmTicket, DeclineTicket
from handlers.api import BotApi
from handlers.attending import Attendant, Voice
from handlers.buttons import pack
from handlers.cards import CardPainter
from handlers.context import BotName
from handlers.features import ROUTES
from handlers.guards import Door
from handlers.router import Router
from handlers.routing import Routes
from handlers.sender import Sender
from handlers.views.errors import describe
from handlers.views.html import text
from handlers.views.screen import Screen
from handlers.wire import read_update
from tests.fakes.clock import START, FakeClock
from tests.fakes.desk import FakeDesk
from tests.fakes.exchange import FakeExchange
from tests.prove.proof import Proof, Run
from tests.storage.examples import BUY, CANCEL, CANCEL_TERMS, ticket

ANNA, MALLORY, STRANGER, OWNER = PersonId(7_001), PersonId(6_666), PersonId(9_999), PersonId(1)
GROUP = -4001
_FIELDS = {prefix: len(layout.fields) for prefix, layout in buttons._by_prefix.items() if prefix != "ap"}
"""How many fields each button has. "ap" opens a practice account for whoever taps, which is what it is for."""
_BROKEN = "something went wrong"
_NASTY = (
    "",
    "0",
    "-1",
    "None",
    "1" * 19,
    "999999999999999999999",
    "é",
    "٣",
    "..",
    "a" * 80,
    "' OR 1=1 --",
    "\x00",
    "buy",
)
_PATIENCE = 5.0  # seconds; whoever waits longer waits for a clock that stands still
_LOOKED_AT_EVERY = 500
_BREATHE_EVERY = 50


class SilentApi:
    """Telegram, as far as nobody is listening."""

    def __init__(self) -> None:
        self.answers = 0
        self.words: Counter[str] = Counter()
        self._last = 10_000

    async def call(self, method: str, **fields: Any) -> bytes:
        self.answers += method == "answerCallbackQuery"
        self.words[str(fields.get("text"))[:40]] += 1
        return b"true"

    async def send(self, _: str, **fields: Any) -> int:
        self._last += 1
        self.words[str(fields.get("text"))[:40]] += 1
        return self._last


class Place:
    """Anna's and Mallory's accounts, Anna's tickets, and the router in front of it all."""

    def __init__(self, storage: Storage, supervisor: Supervisor, clock: FakeClock) -> None:
        self.storage, self.clock = storage, clock
        self.api, self.exchange = SilentApi(), FakeExchange(clock)
        self.words: list[str] = []
        self.tickets: list[Ticket] = []
        sender = Sender(api=cast(BotApi, self.api), chats=storage.chats, clock=clock)
        venue = OpenExchange(
            exchange=self.exchange,
            desk=FakeDesk(self.exchange),
            channel=cast(Channel, None),
            budget=Budget(limit=6000, clock=clock),
        )
        self.services = build_services(
            storage,
            {Venue.PAPER: venue},
            people=People(
                store=storage.people,
                outbox=storage.outbox,
                owner_ids=(OWNER,),
                access=Access.INVITE,
                clock=clock,
                entropy=SystemEntropy(),
            ),
            cards=CardPainter(store=storage.tickets, sender=sender, clock=clock, spawner=supervisor),
            clock=clock,
            entropy=SystemEntropy(),
        )
        voice = Voice(describe=_describe, not_linked=lambda: Screen(text("link first")), waiting=_waiting)
        self.router = Router(
            Routes(ROUTES),
            door=Door(
                people=storage.people,
                chats=storage.chats,
                access=Access.OPEN,
                owners=frozenset({OWNER}),
                is_linked=self._is_linked,
                clock=clock,
            ),
            attendant=Attendant(sender=sender, voice=voice, spawner=supervisor, entropy=SystemEntropy()),
            voice=voice,
            sender=sender,
            dialogues=storage.dialogues,
            chats=storage.chats,
            services=self.services,
            bot=BotName(id=2, username="a_bot"),
            clock=clock,
            spawner=supervisor,
        )

    async def furnish(self) -> None:
        anna = await self._link(ANNA)
        await self._link(MALLORY)
        number = 500
        for state in TicketState:
            for intent, terms in ((BUY, None), (CANCEL, CANCEL_TERMS)):
                number += 1
                card = _card_in(state, anna, number)
                card = replace(card, intent=replace(intent, account=anna.id))
                card = card if terms is None else replace(card, terms=terms)
                await self.storage.tickets.add(card)
                self.tickets.append(card)
        self.exchange.sent.clear()
        self.words = [
            *(each.id for each in self.tickets),
            *(str(each.client_id) for each in self.tickets),
            *map(str, (anna.id, int(anna.id) + 1, ANNA, MALLORY, OWNER, GROUP, 54259, 54264)),
            *("open", "all", "fav", "live", "paper", "andx", "BTCUSDT", "ETHUSDT", "1", "2"),
        ]

    async def state(self) -> object:
        """Everything that must stay as it is."""
        tickets = tuple([await self.storage.tickets.get(each.id) for each in self.tickets])
        accounts = (await self.storage.accounts.of(ANNA), await self.storage.accounts.active(ANNA))
        return tickets, accounts, await self.storage.people.everybody(), self.exchange.changes

    async def _link(self, person: PersonId) -> Account:
        keys = self.exchange.open_account(funds={"USDT": "10000", "BTC": "1"})
        return await self.storage.accounts.add(person, venue=Venue.PAPER, credentials=keys, now=START)

    async def _is_linked(self, person: PersonId) -> bool:
        return await self.storage.accounts.active(person) is not None


def _card_in(state: TicketState, account: Account, number: int) -> Ticket:
    """One of Anna's cards. Pending ones stay so for the length of the proof."""
    outcomes = {TicketState.UNCERTAIN: Lost, TicketState.REFUSED: NotFound, TicketState.DONE: Placed}
    made: dict[str, Any] = {"state": state, "person": ANNA, "chat": ChatId(ANNA), "account": account.id}
    if state in outcomes:
        given: dict[str, Any] = {"cause": "broken"} if state is TicketState.UNCERTAIN else {"reads": 2}
        given = {"number": number} if state is TicketState.DONE else given
        made["outcome"] = outcomes[state](**given)
    return ticket(message=number, expires_at=START + timedelta(days=9), shown=9, **made)


def _describe(error: ChatbotError) -> Screen:
    screen = describe(error)
    assert screen is not None
    return screen


async def _waiting(_: PersonId) -> Screen | None:
    return None


def _forgery(chance: random.Random, place: Place) -> str:
    """Data a client of Mallory's own making may send."""
    words = [chance.choice(place.words) if chance.random() < 0.8 else chance.choice(_NASTY) for _ in range(3)]
    prefix = chance.choice(tuple(_FIELDS))
    data = ":".join([prefix, *words[: _FIELDS[prefix] if chance.random() < 0.9 else chance.randint(0, 3)]])
    if chance.random() < 0.2:
        spot = chance.randrange(len(data) + 1)
        data = data[:spot] + chance.choice((":", "x", "0", " ", "é", "")) + data[spot + chance.choice((0, 1)) :]
    return data


def _tap(chance: random.Random, place: Place, number: int) -> bytes:
    """An update as Telegram would send it: who taps and where is true, data and card need not be."""
    if chance.random() < 0.1:
        return _own_card_confused(chance, place, number)
    user = chance.choice((MALLORY, MALLORY, STRANGER))
    chat = GROUP if chance.random() < 0.2 else int(user)
    return _update(number, user=user, chat=chat, message=chance.randint(1, 600), data=_forgery(chance, place))


def _own_card_confused(chance: random.Random, place: Place, number: int) -> bytes:
    """Anna's client taps her own ticket on a card it does not belong to, or in the group."""
    own = chance.choice(place.tickets)
    in_group = chance.random() < 0.5
    action = ConfirmTicket(ticket=own.id) if not in_group or chance.random() < 0.5 else DeclineTicket(ticket=own.id)
    message = chance.choice([n for n in range(490, 600) if n != own.message])
    return _update(number, user=ANNA, chat=GROUP if in_group else int(ANNA), message=message, data=pack(action))


def _update(number: int, *, user: int, chat: int, message: int, data: str) -> bytes:
    kind = "private" if chat > 0 else "supergroup"
    card = {"message_id": message, "date": int(START.timestamp()), "chat": {"id": chat, "type": kind}}
    person = {"id": user, "is_bot": False, "first_name": "M"}
    query = {"id": str(number), "from": person, "message": card, "data": data}
    return msgspec.json.encode({"update_id": number, "callback_query": query})


@asynccontextmanager
async def _furnished() -> AsyncIterator[Place]:
    clock = FakeClock()
    supervisor = Supervisor(clock)
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "master.key"
        storage = await open_storage(url=f"sqlite:///{folder}/forged.db", master_key_file=key, clock=clock)
        place = Place(storage, supervisor, clock)
        await place.furnish()
        try:
            yield place
        finally:
            await supervisor.end(within=timedelta(seconds=5))
            await storage.aclose()


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    async with _furnished() as place:
        before = await place.state()
        for case, chance in run.cases():
            update = _tap(chance, place, case + 1)
            try:
                async with asyncio.timeout(_PATIENCE):
                    await place.router.handle(read_update(update))
            except Exception as error:
                run.fail(case, f"raised {error!r} for {update!r}")
            if case % _BREATHE_EVERY == 0:
                place.clock.pass_(1)
                await asyncio.sleep(0)
            if case % _LOOKED_AT_EVERY == _LOOKED_AT_EVERY - 1 or case == run.first + run.count - 1:
                now = await place.state()
                if now != before:
                    run.fail(case, f"within the last {_LOOKED_AT_EVERY} something moved:\n{before}\n{now}")
                    before = now
        await asyncio.sleep(0.1)
        run.remarks |= {"taps answered": place.api.answers, "different words": len(place.api.words)}
        for words, times in place.api.words.items():
            if _BROKEN in words.lower():
                run.fail(run.first, f"{times} times: {words}")
        if place.api.answers < run.count * 0.9:
            run.fail(run.first, f"only {place.api.answers} of {run.count} taps were answered")


PROOF = Proof(
    name="forged",
    claim="forged callback data through router and storage: nothing sent, no ticket, account or person changed",
    required=100_000,
    sample=1_500,
    prove=prove,
    shares=2,
)
