"""The composition root: opens what there is (`resources`), puts the services together over it (`assembly`), and
starts what runs (`duties`). Read from top to bottom it is the program.
"""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from telegram.error import TelegramError

from chatbot.addresses.checker import NetworkAddresses
from chatbot.assembly import Parts, Program
from chatbot.charts.drawer import Drawer
from chatbot.domain.accounts import Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import PersonId
from chatbot.domain.people import Access, Role
from chatbot.domain.secrets import Secret
from chatbot.duties import Duties
from chatbot.exchange.opening import OpenExchange, OpenSwapService
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.exchange import Priority
from chatbot.resources import opened_charts, opened_exchanges, opened_storage, opened_swap_services
from chatbot.services.desk import Services
from chatbot.settings import Settings, SettingsError
from chatbot.storage.opening import Storage
from chatbot.system import SystemClock, SystemEntropy
from chatbot.workers.supervisor import Supervisor
from handlers.admins import Admins
from handlers.announcer import Announcer
from handlers.attending import Attendant, Voice
from handlers.cards import CardPainter
from handlers.connection import Line, connected
from handlers.features import ROUTES, TELLINGS
from handlers.guards import Door
from handlers.intake import Intake
from handlers.menus import publish
from handlers.outgoing import Delivery
from handlers.router import Router
from handlers.routing import Routes
from handlers.sender import Sender
from handlers.swap_painter import SwapPainter
from handlers.views import accounts as account_views
from handlers.views import door
from handlers.views.errors import describe
from handlers.views.screen import Screen
from handlers.visits import Visits

log = structlog.get_logger(__name__)

_SETTLE = 7.0
"""Seconds that work under way is given at shutdown; what is left is cancelled and found again at the next start."""
_END = timedelta(seconds=2)

NOBODY_MAY_ENTER = (
    "ACCESS: is owners, and there is no owner, so nobody could use the bot; put your numeric Telegram id into "
    "OWNER_IDS, or start with ACCESS=invite and open the link that is printed then"
)


async def run(settings: Settings, *, token: str, clock: Clock | None = None, entropy: Entropy | None = None) -> None:
    """Run the bot until SIGINT or SIGTERM. Raises `StorageFault`, `SettingsError` or `TokenRefused` with a sentence."""
    clock, entropy = clock or SystemClock(), entropy or SystemEntropy()
    stop, supervisor = _stop_signal(), Supervisor(clock)
    async with contextlib.AsyncExitStack() as stack:
        storage = await stack.enter_async_context(opened_storage(settings, clock=clock))
        await require_somebody(settings, storage)
        _warn_of_key_in_environment(settings)
        venues = await stack.enter_async_context(opened_exchanges(settings, clock=clock))
        swap_venues = await stack.enter_async_context(opened_swap_services(settings, clock=clock))
        drawer = await stack.enter_async_context(opened_charts(settings, clock=clock))
        connecting = connected(url=settings.telegram_api_url, token=Secret(token), clock=clock)
        opening = supervisor.spawn(stack.enter_async_context(connecting), name="connect", awaited=True)
        if not await _before(stop, opening, supervisor):
            return
        bot = Bot(
            settings=settings,
            storage=storage,
            venues=venues,
            swap_venues=swap_venues,
            drawer=drawer,
            line=await opening,
            clock=clock,
            entropy=entropy,
            supervisor=supervisor,
        )
        await bot.run(stop)


async def require_somebody(settings: Settings, storage: Storage) -> None:
    """Raises `SettingsError` if nobody could ever use the bot."""
    owned = settings.owner_ids or any(person.role is Role.OWNER for person in await storage.people.everybody())
    if settings.access is Access.OWNERS and not owned:
        raise SettingsError((NOBODY_MAY_ENTER,))


def _warn_of_key_in_environment(settings: Settings) -> None:
    if settings.master_key.get_secret_value():
        log.warning("the master key comes from MASTER_KEY, which other programs may see; a file is safer")


@dataclass(slots=True, kw_only=True)
class Bot:
    """Everything that is open, put to work."""

    settings: Settings
    storage: Storage
    venues: Mapping[Venue, OpenExchange]
    swap_venues: Mapping[Venue, OpenSwapService]
    drawer: Drawer
    line: Line
    clock: Clock
    entropy: Entropy
    supervisor: Supervisor

    async def run(self, stop: asyncio.Event) -> None:
        sender = Sender(api=self.line.api, chats=self.storage.chats, losses=self.storage.losses, clock=self.clock)
        cards, swap_cards, addresses = self._cards(sender), self._swap_cards(sender), NetworkAddresses()
        # Before anything that may find out what happened meanwhile, and once a start.
        started = self.clock.now()
        absence = await self.storage.life.begin(now=started)
        program = self._program(cards, swap_cards, addresses, was_away=absence is not None)
        intake = self._intake(self._router(program.services, sender))
        await program.services.forgetting.resume()
        await program.settling.recover()
        delivery = self._delivery(program.services, sender)
        duties = Duties(
            storage=self.storage,
            venues=self.venues,
            program=program,
            drawer=self.drawer,
            cards=cards,
            swap_cards=swap_cards,
            sender=sender,
            delivery=delivery,
            requests_per_minute=self.settings.andx_requests_per_minute,
            away_since=absence.since if absence is not None and absence.until == started else None,
            clock=self.clock,
            entropy=self.entropy,
            supervisor=self.supervisor,
        )
        duties.begin()
        await self._introduce(program.services)
        self._get_ready(addresses)
        gc.freeze()
        polling = self.supervisor.spawn(intake.run(), name="intake", awaited=True)
        try:
            if await _before(stop, polling, self.supervisor):
                await polling  # it ends only by a fault, which rises here
        finally:
            log.info("stopping")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SETTLE):
                    await asyncio.gather(intake.settle(), delivery.settle())
            await self.supervisor.end(within=_END)
            await program.bars.flush()
            await self.storage.life.beat(now=self.clock.now())

    def _cards(self, sender: Sender) -> CardPainter:
        return CardPainter(
            store=self.storage.tickets,
            preferences=self.storage.preferences,
            sender=sender,
            clock=self.clock,
            spawner=self.supervisor,
        )

    def _swap_cards(self, sender: Sender) -> SwapPainter:
        return SwapPainter(
            store=self.storage.swaps,
            preferences=self.storage.preferences,
            sender=sender,
            clock=self.clock,
            spawner=self.supervisor,
        )

    def _program(
        self, cards: CardPainter, swap_cards: SwapPainter, addresses: NetworkAddresses, *, was_away: bool
    ) -> Program:
        return Parts(
            storage=self.storage,
            venues=self.venues,
            swap_venues=self.swap_venues,
            addresses=addresses,
            drawer=self.drawer,
            cards=cards,
            swap_cards=swap_cards,
            settings=self.settings,
            was_away=was_away,
            clock=self.clock,
            entropy=self.entropy,
            spawner=self.supervisor,
        ).program()

    def _intake(self, router: Router) -> Intake:
        return Intake(
            updates=self.line.updates,
            inbox=self.storage.inbox,
            handle=router.handle,
            urgent=router.urgent,
            spawner=self.supervisor,
            clock=self.clock,
            entropy=self.entropy,
        )

    def _router(self, services: Services, sender: Sender) -> Router:
        voice = Voice(describe=_describe, not_linked=lambda: _not_linked(services), waiting=_Waiting(services))
        admins = Admins(api=self.line.api, bot=self.line.name.id, clock=self.clock)
        door = Door(
            people=self.storage.people,
            chats=self.storage.chats,
            access=self.settings.access,
            owners=frozenset(map(PersonId, self.settings.owner_ids)),
            is_linked=self._is_linked,
            is_admin=admins.is_admin,
            turned_away=services.people.turned_away,
            clock=self.clock,
        )
        chats, presence = self.storage.chats, self.storage.presence
        return Router(
            Routes(ROUTES),
            door=door,
            admins=admins,
            visits=Visits(door=door, admins=admins, chats=chats, known=chats, presence=presence, clock=self.clock),
            attendant=Attendant(sender=sender, voice=voice, spawner=self.supervisor, entropy=self.entropy),
            voice=voice,
            sender=sender,
            dialogues=self.storage.dialogues,
            services=services,
            bot=self.line.name,
            clock=self.clock,
            spawner=self.supervisor,
        )

    def _delivery(self, services: Services, sender: Sender) -> Delivery:
        return Delivery(
            outbox=self.storage.outbox,
            losses=self.storage.losses,
            sender=sender,
            announce=Announcer(TELLINGS, services=services, clock=self.clock).announce,
            clock=self.clock,
            spawner=self.supervisor,
        )

    async def _is_linked(self, person: PersonId) -> bool:
        return await self.storage.accounts.active(person) is not None

    async def _introduce(self, services: Services) -> None:
        """Say where the bot is; without an owner, print the link whose first opener owns it."""
        log.info(
            "bot is up", bot=self.line.name.username, venues=[str(venue) for venue in (*self.venues, *self.swap_venues)]
        )
        if await services.people.has_owner():
            return
        link = await services.people.claim_link()
        print(  # noqa: T201 - meant for the person at the terminal, not for the log
            f"This bot has no owner yet. Open this link within 15 minutes to own it:\n"
            f"  {self.line.name.private_chat(link.payload)}",
            flush=True,
        )

    def _get_ready(self, addresses: NetworkAddresses) -> None:
        """Beside everything else, what people see or ask for first."""
        self.supervisor.spawn(self._publish_menus(), name="menus")
        if self.swap_venues:
            self.supervisor.spawn(addresses.warm(), name="warm addresses")
        for venue, opened in self.swap_venues.items():
            self.supervisor.spawn(_warm(opened), name=f"warm {venue}")

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


async def _warm(opened: OpenSwapService) -> None:
    """Have the connection, and what everybody asks for first, before somebody does."""
    with contextlib.suppress(ChatbotError):
        await opened.service.coins(priority=Priority.ALERT)


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
