"""The composition root: the one place that knows the concrete classes. Read from top to bottom it is the program."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import TelegramError

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import Notice, OrderFinished, PersonJoined, TicketSettled
from chatbot.domain.secrets import Secret
from chatbot.exchange.opening import OpenExchange, open_exchange
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Exchange
from chatbot.services.accounts import Accounts
from chatbot.services.balances import BalanceReader
from chatbot.services.desk import Services
from chatbot.services.linking import Linking
from chatbot.services.markets import Markets
from chatbot.services.orders import Orders
from chatbot.services.people import People
from chatbot.services.questions import Questions
from chatbot.services.settling import Settling
from chatbot.services.tickets import Tickets
from chatbot.services.trading import OrderDesk
from chatbot.settings import Settings
from chatbot.storage.opening import Storage, database_path, open_storage
from chatbot.system import SystemClock, SystemEntropy
from chatbot.workers.housekeeping import Housekeeping
from chatbot.workers.prices import PriceKeeper
from chatbot.workers.supervisor import Supervisor
from chatbot.workers.tickets import TicketKeeper
from handlers.attending import Attendant, Voice
from handlers.cards import CardPainter
from handlers.connection import Line, connected
from handlers.features import ROUTES
from handlers.guards import Door
from handlers.intake import Intake
from handlers.menus import publish
from handlers.outgoing import Delivery
from handlers.router import Router
from handlers.routing import Routes
from handlers.sender import Sender
from handlers.views import accounts as account_views
from handlers.views import door, notices
from handlers.views.errors import describe
from handlers.views.screen import Screen

log = structlog.get_logger(__name__)

_SETTLE = 7.0
"""Seconds that work under way is given at shutdown; what is left is cancelled and found again at the next start."""
_END = timedelta(seconds=2)


async def run(settings: Settings, *, token: str, clock: Clock | None = None, entropy: Entropy | None = None) -> None:
    """Run the bot until SIGINT or SIGTERM. Raises `StorageFault` or `TokenRefused` with a sentence."""
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    stop, supervisor = _stop_signal(), Supervisor(clock)
    async with contextlib.AsyncExitStack() as stack:
        storage = await stack.enter_async_context(opened_storage(settings, clock=clock))
        venues = await stack.enter_async_context(opened_exchanges(settings, clock=clock))
        connecting = connected(url=settings.telegram_api_url, token=Secret(token), clock=clock)
        opening = supervisor.spawn(stack.enter_async_context(connecting), name="connect", awaited=True)
        if not await _before(stop, opening, supervisor):
            return
        bot = Bot(
            settings=settings,
            storage=storage,
            venues=venues,
            line=await opening,
            clock=clock,
            entropy=entropy,
            supervisor=supervisor,
        )
        await bot.run(stop)


@contextlib.asynccontextmanager
async def opened_storage(settings: Settings, *, clock: Clock, exclusive: bool = True) -> AsyncIterator[Storage]:
    """The storage of the settings. Raises `StorageFault` with a sentence."""
    storage = await open_storage(
        url=settings.database_url, master_key_file=settings.master_key_file, clock=clock, exclusive=exclusive
    )
    try:
        yield storage
    finally:
        await storage.aclose()


@contextlib.asynccontextmanager
async def opened_exchanges(settings: Settings, *, clock: Clock) -> AsyncIterator[Mapping[Venue, OpenExchange]]:
    """Every venue that has an address; the first is what everybody without an account looks at."""
    addresses = {Venue.ANDX: settings.andx_url, Venue.PAPER: settings.paper_url}
    folder = database_path(settings.database_url).parent
    venues = {
        venue: open_exchange(
            url=url,
            timestamp=settings.andx_timestamp if venue.is_live else "seconds",
            requests_per_minute=settings.andx_requests_per_minute,
            market_buy_volume=settings.andx_market_buy_volume if venue.is_live else "base",
            request_log=folder / f"{venue}.requests",
            clock=clock,
        )
        for venue, url in addresses.items()
        if url
    }
    try:
        yield venues
    finally:
        for venue in venues.values():
            await venue.aclose()


def linking_accounts(storage: Storage, venues: Mapping[Venue, OpenExchange], clock: Clock) -> Accounts:
    """The part of the program that links accounts, for the bot and for the command line."""
    return Accounts(
        store=storage.accounts,
        tickets=storage.tickets,
        exchanges=_exchanges(venues),
        practice=venues[Venue.PAPER].desk if Venue.PAPER in venues else None,
        clock=clock,
    )


def _exchanges(venues: Mapping[Venue, OpenExchange]) -> dict[Venue, Exchange]:
    return {venue: opened.exchange for venue, opened in venues.items()}


def build_services(
    storage: Storage,
    venues: Mapping[Venue, OpenExchange],
    *,
    people: People,
    cards: CardPainter,
    clock: Clock,
    entropy: Entropy,
) -> Services:
    exchanges = _exchanges(venues)
    accounts = linking_accounts(storage, venues, clock)
    markets = Markets(exchanges=exchanges, accounts=storage.accounts, favourites=storage.favourites)
    balances = BalanceReader(exchanges=exchanges, accounts=accounts, store=storage.accounts, markets=markets)
    tickets = Tickets(
        store=storage.tickets,
        accounts=storage.accounts,
        exchanges=exchanges,
        cards=cards,
        clock=clock,
        entropy=entropy,
    )
    questions = Questions(dialogues=storage.dialogues, clock=clock, entropy=entropy)
    return Services(
        accounts=accounts,
        balances=balances,
        favourites=storage.favourites,
        linking=Linking(questions),
        markets=markets,
        orders=Orders(
            exchanges=exchanges,
            accounts=accounts,
            store=storage.accounts,
            markets=markets,
            tickets=tickets,
            clock=clock,
        ),
        people=people,
        questions=questions,
        tickets=tickets,
        trading=OrderDesk(
            exchanges=exchanges,
            accounts=accounts,
            balances=balances,
            markets=markets,
            tickets=tickets,
            store=storage.tickets,
            questions=questions,
        ),
    )


@dataclass(slots=True, kw_only=True)
class Bot:
    """Everything that is open, put to work."""

    settings: Settings
    storage: Storage
    venues: Mapping[Venue, OpenExchange]
    line: Line
    clock: Clock
    entropy: Entropy
    supervisor: Supervisor

    async def run(self, stop: asyncio.Event) -> None:
        supervisor = self.supervisor
        owner_ids = tuple(PersonId(owner) for owner in self.settings.owner_ids)
        sender = Sender(api=self.line.api, chats=self.storage.chats, clock=self.clock)
        cards = CardPainter(store=self.storage.tickets, sender=sender, clock=self.clock, spawner=supervisor)
        people = People(
            store=self.storage.people,
            outbox=self.storage.outbox,
            owner_ids=owner_ids,
            access=self.settings.access,
            clock=self.clock,
            entropy=self.entropy,
        )
        services = build_services(
            self.storage, self.venues, people=people, cards=cards, clock=self.clock, entropy=self.entropy
        )
        settling = Settling(
            store=self.storage.tickets,
            accounts=self.storage.accounts,
            exchanges=_exchanges(self.venues),
            cards=cards,
            clock=self.clock,
        )
        router = self._router(services, sender, supervisor, owner_ids=owner_ids)
        intake = Intake(
            updates=self.line.updates,
            inbox=self.storage.inbox,
            handle=router.handle,
            spawner=supervisor,
            clock=self.clock,
            entropy=self.entropy,
        )
        await settling.recover()
        self._start_workers(supervisor, settling, cards, sender)
        await self._introduce(services)
        supervisor.spawn(self._publish_menus(), name="menus")
        gc.freeze()
        polling = supervisor.spawn(intake.run(), name="intake", awaited=True)
        try:
            if await _before(stop, polling, supervisor):
                await polling  # it ends only by a fault, which rises here
        finally:
            log.info("stopping")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SETTLE):
                    await intake.settle()
            await supervisor.end(within=_END)

    def _router(
        self, services: Services, sender: Sender, supervisor: Supervisor, *, owner_ids: tuple[PersonId, ...]
    ) -> Router:
        voice = Voice(describe=_describe, not_linked=lambda: _not_linked(services), waiting=_Waiting(services))
        return Router(
            Routes(ROUTES),
            door=Door(
                people=self.storage.people,
                chats=self.storage.chats,
                access=self.settings.access,
                owners=frozenset(owner_ids),
                is_linked=self._is_linked,
                clock=self.clock,
            ),
            attendant=Attendant(sender=sender, voice=voice, spawner=supervisor, entropy=self.entropy),
            voice=voice,
            sender=sender,
            dialogues=self.storage.dialogues,
            chats=self.storage.chats,
            services=services,
            bot=self.line.name,
            clock=self.clock,
            spawner=supervisor,
        )

    def _start_workers(self, supervisor: Supervisor, settling: Settling, cards: CardPainter, sender: Sender) -> None:
        storage, clock = self.storage, self.clock
        supervisor.run(TicketKeeper(store=storage.tickets, settling=settling, clock=clock, spawn=supervisor.spawn))
        supervisor.run(cards)
        supervisor.run(Delivery(outbox=storage.outbox, sender=sender, render=self._render, clock=clock))
        supervisor.run(Housekeeping(dialogues=storage.dialogues, inbox=storage.inbox, clock=clock))
        for venue, opened in self.venues.items():
            supervisor.run(PriceKeeper(venue=venue, exchange=opened.exchange, store=storage.tickets, warm=opened.warm))

    async def _is_linked(self, person: PersonId) -> bool:
        return await self.storage.accounts.active(person) is not None

    async def _render(self, notice: Notice) -> Screen | None:
        match notice:
            case PersonJoined():
                return notices.joined(notice)
            case TicketSettled(ticket=ticket_id) | OrderFinished(ticket=ticket_id):
                ticket = await self.storage.tickets.get(ticket_id)
                if ticket is None:
                    return None
                return notices.settled(ticket) if isinstance(notice, TicketSettled) else notices.finished(ticket)

    async def _introduce(self, services: Services) -> None:
        """Say where the bot is; without an owner, print the link whose first opener owns it."""
        log.info("bot is up", bot=self.line.name.username, venues=[str(venue) for venue in self.venues])
        if await services.people.has_owner():
            return
        link = await services.people.claim_link()
        print(  # noqa: T201 - meant for the person at the terminal, not for the log
            f"This bot has no owner yet. Open this link within 15 minutes to own it:\n"
            f"  {self.line.name.private_chat(link.payload)}",
            flush=True,
        )

    async def _publish_menus(self) -> None:
        try:
            await publish(self.line.bot, Routes(ROUTES).commands.values())
        except TelegramError as fault:
            log.warning("command menus not set", reason=fault.message)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Says why a person has to wait, when it is the request budget."""

    services: Services

    async def __call__(self, person: PersonId) -> Screen | None:
        venue = await self.services.markets.venue_for(person)
        wait = self.services.markets.expected_wait(venue)
        return door.queueing(wait) if wait > timedelta(seconds=1) else None


def _describe(error: ChatbotError) -> Screen:
    screen = describe(error)
    if screen is None:
        raise TypeError(f"no sentence for {type(error).__name__}")
    return screen


def _not_linked(services: Services) -> Screen:
    return account_views.not_linked(practice=services.accounts.has_practice)


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _before(stop: asyncio.Event, task: "asyncio.Task[Any]", supervisor: Supervisor) -> bool:
    """Wait for a task to end; if the signal to stop comes first, cancel the task and say False."""
    stopping = supervisor.spawn(stop.wait(), name="stop")
    await asyncio.wait((stopping, task), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return True
    task.cancel()
    await asyncio.wait((task,))
    return False
