"""The composition root: opens what there is (`resources`), puts the services together over it (`assembly`), and
starts what runs. Read from top to bottom it is the program.
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

from chatbot.assembly import build_services, exchanges_of
from chatbot.domain.accounts import Venue
from chatbot.domain.errors import ChatbotError
from chatbot.domain.ids import PersonId
from chatbot.domain.people import Access, Role
from chatbot.domain.secrets import Secret
from chatbot.exchange.opening import OpenExchange
from chatbot.ports.clock import Clock, Entropy
from chatbot.resources import opened_exchanges, opened_storage
from chatbot.services.desk import Services
from chatbot.services.execution.executors import build_execution
from chatbot.services.key_health import KeyHealth
from chatbot.services.people import People
from chatbot.services.settling import Settling
from chatbot.settings import Settings, SettingsError
from chatbot.storage.opening import Storage
from chatbot.system import SystemClock, SystemEntropy
from chatbot.workers.housekeeping import Eraser, Housekeeping
from chatbot.workers.keys import KeyKeeper
from chatbot.workers.keys_alive import KeysAlive
from chatbot.workers.locks import LockKeeper
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
from handlers.notices import Announcer
from handlers.outgoing import Delivery
from handlers.router import Router
from handlers.routing import Routes
from handlers.sender import Sender
from handlers.shown_secrets import Sweeper
from handlers.views import accounts as account_views
from handlers.views import door
from handlers.views.errors import describe
from handlers.views.screen import Screen

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
            journal=self.storage.journal,
            owner_ids=owner_ids,
            access=self.settings.access,
            clock=self.clock,
            entropy=self.entropy,
        )
        execution = build_execution(
            store=self.storage.tickets,
            accounts=self.storage.accounts,
            exchanges=exchanges_of(self.venues),
            cards=cards,
            clock=self.clock,
        )
        services = build_services(
            self.storage,
            self.venues,
            people=people,
            execution=execution,
            cards=cards,
            clock=self.clock,
            entropy=self.entropy,
            spawner=supervisor,
        )
        health = KeyHealth(
            store=self.storage.key_health,
            accounts=self.storage.accounts,
            exchanges=exchanges_of(self.venues),
            clock=self.clock,
        )
        settling = Settling(
            store=self.storage.tickets,
            tickets=services.tickets,
            keys=health,
            executors=execution.executors,
            changes=execution.changes,
            cards=cards,
            clock=self.clock,
        )
        router = self._router(services, sender, supervisor, owner_ids=owner_ids)
        intake = Intake(
            updates=self.line.updates,
            inbox=self.storage.inbox,
            handle=router.handle,
            urgent=router.urgent,
            spawner=supervisor,
            clock=self.clock,
            entropy=self.entropy,
        )
        await services.forgetting.resume()
        await settling.recover()
        self._start_workers(services, settling, health, cards, sender)
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
                turned_away=services.people.turned_away,
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

    def _start_workers(
        self, services: Services, settling: Settling, health: KeyHealth, cards: CardPainter, sender: Sender
    ) -> None:
        storage, clock, supervisor = self.storage, self.clock, self.supervisor
        supervisor.run(TicketKeeper(store=storage.tickets, settling=settling, clock=clock, spawn=supervisor.spawn))
        supervisor.run(cards)
        announcer = Announcer(
            tickets=storage.tickets, limits=storage.limits, preferences=services.preferences, clock=clock
        )
        supervisor.run(Delivery(outbox=storage.outbox, sender=sender, render=announcer.render, clock=clock))
        supervisor.run(LockKeeper(services.locks))
        supervisor.run(KeysAlive(health=health, clock=clock, entropy=self.entropy))
        supervisor.run(KeyKeeper(storage.rotation))
        supervisor.run(Sweeper(shown=storage.shown_secrets, factors=storage.factors, sender=sender, clock=clock))
        supervisor.run(Eraser(storage.forgetting))
        supervisor.run(Housekeeping(dialogues=storage.dialogues, inbox=storage.inbox, clock=clock))
        for venue, opened in self.venues.items():
            supervisor.run(PriceKeeper(venue=venue, exchange=opened.exchange, store=storage.tickets, warm=opened.warm))

    async def _is_linked(self, person: PersonId) -> bool:
        return await self.storage.accounts.active(person) is not None

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
