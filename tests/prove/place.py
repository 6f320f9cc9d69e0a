"""The bot in one process: real router, handlers, services and storage; Telegram, exchange and clock in memory."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import msgspec

from chatbot.addresses.checker import NetworkAddresses
from chatbot.app import Bot
from chatbot.assembly import Parts
from chatbot.charts.drawer import Drawer
from chatbot.domain.accounts import Venue
from chatbot.domain.ids import PersonId
from chatbot.domain.people import Access
from chatbot.settings import Settings
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from chatbot.system import SystemEntropy
from chatbot.workers.supervisor import Supervisor
from handlers.api import BotApi
from handlers.cards import CardPainter
from handlers.connection import Line
from handlers.context import BotName
from handlers.sender import Sender
from handlers.swap_painter import SwapPainter
from handlers.wire import read_update
from tests.fakes.charts import FakeCharts
from tests.fakes.clock import FakeClock
from tests.fakes.desk import FakeDesk
from tests.fakes.exchange import FakeExchange
from tests.fakes.instant import FakeInstantTrade, trade
from tests.fakes.swap_service import FakeSwapService
from tests.fakes.venues import open_fake_exchange, open_fake_swap_service

OWNER, ANNA, BORIS = PersonId(1), PersonId(7_001), PersonId(7_002)
REMOVED, STRANGER = PersonId(7_003), PersonId(9_999)
ADMIN = PersonId(8_888)
"""In charge of the group; nobody let them in."""
BOT = 2
GROUP, CHANNEL = -4_001, -1_000_000_004_002
SESSIONS = {ANNA: ("anna", "annas-token"), REMOVED: ("rita", "ritas-token")}
"""Browser sessions that are linked to people's accounts."""
FREE_SESSION = ("user-1", "token-1")
"""One that is linked to none."""
_PATIENCE = 10.0  # seconds


class PatientClock(FakeClock):
    """Stands still for whoever reads it, and whoever sleeps has slept at once."""

    _slept = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._slept

    async def sleep(self, seconds: float) -> None:
        self._slept += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something the bot showed: to whom can read this chat, or, as the answer of a tap, to whom tapped."""

    by: int
    method: str
    words: str
    protected: bool = False


@dataclass
class Telegram:
    """Telegram, as far as the bot can tell. `seen` is all it was told to show."""

    seen: list[Seen] = field(default_factory=list)
    answered: int = 0
    _last: int = 10_000

    async def call(self, method: str, **fields: Any) -> bytes:
        if method == "answerCallbackQuery":
            self.answered += 1
            fields = {**fields, "chat_id": int(fields["callback_query_id"].partition("/")[0])}
        if method in ("answerCallbackQuery", "editMessageText"):
            self._see(method, fields)
        if method == "getChat":
            return msgspec.json.encode(_chat(fields["chat_id"]))
        if method == "getChatMember":
            is_admin = fields["chat_id"] == GROUP and fields["user_id"] in (ADMIN, BOT)
            return msgspec.json.encode({"status": "administrator" if is_admin else "member"})
        return b"true"

    async def send(self, method: str, *, upload: Any = None, **fields: Any) -> int:
        self._see(method, fields, b"" if upload is None else upload.content)
        self._last += 1
        return self._last

    def _see(self, method: str, fields: dict[str, Any], content: bytes = b"") -> None:
        words = [str(fields.get(name) or "") for name in ("text", "caption", "reply_markup")]
        words.append(content.decode(errors="replace"))
        protected = bool(fields.get("protect_content"))
        self.seen.append(
            Seen(by=int(fields["chat_id"]), method=method, words="\n".join(words).strip(), protected=protected)
        )


class Errands(Supervisor):
    """Keeps what runs in the background, so that its end can be waited for."""

    async def done(self) -> None:
        while self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_PATIENCE)

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str, awaited: bool = False) -> asyncio.Task[Any]:
        return super().spawn(work, name=name, awaited=awaited)


class Place:
    """Everything that stands between an update and its effects."""

    def __init__(
        self,
        storage: Storage,
        exchange: FakeExchange,
        swap_service: FakeSwapService,
        clock: PatientClock,
        *,
        access: Access,
    ) -> None:
        self.storage, self.exchange, self.swap_service, self.clock = storage, exchange, swap_service, clock
        self.telegram, self.errands = Telegram(), Errands(clock)
        api = cast(BotApi, self.telegram)
        sender = Sender(api=api, chats=storage.chats, losses=storage.losses, clock=clock)
        entropy = SystemEntropy()
        cards = CardPainter(
            store=storage.tickets,
            preferences=storage.preferences,
            sender=sender,
            clock=clock,
            spawner=self.errands,
        )
        self.instant = FakeInstantTrade(clock)
        for username, token in (*SESSIONS.values(), FREE_SESSION):
            self.instant.put(self.instant.open_session(username, token), trade(clock))
        venue = open_fake_exchange(exchange, self.instant, FakeDesk(exchange, self.instant), clock=clock)
        venues = {Venue.ANDX: venue, Venue.PAPER: venue}
        swap_venue = open_fake_swap_service(swap_service, clock=clock)
        swap_venues = {Venue.NEXCHANGE: swap_venue, Venue.PAPER_SWAPS: swap_venue}
        swap_cards = SwapPainter(
            store=storage.swaps,
            preferences=storage.preferences,
            sender=sender,
            clock=clock,
            spawner=self.errands,
        )
        settings = Settings.model_construct(access=access, owner_ids=(OWNER,), alerts_per_chat=50)
        program = Parts(
            storage=storage,
            venues=venues,
            swap_venues=swap_venues,
            addresses=NetworkAddresses(),
            drawer=FakeCharts(),
            cards=cards,
            swap_cards=swap_cards,
            settings=settings,
            was_away=False,
            clock=clock,
            entropy=entropy,
            spawner=self.errands,
        ).program()
        self.services = program.services
        line = Line(api=api, updates=cast(Any, None), bot=cast(Any, None), name=BotName(id=BOT, username="a_bot"))
        bot = Bot(
            settings=settings,
            storage=storage,
            venues=venues,
            swap_venues=swap_venues,
            drawer=Drawer(cache=Path("never-made"), clock=clock),
            line=line,
            clock=clock,
            entropy=entropy,
            supervisor=self.errands,
        )
        self.router = bot._router(self.services, sender)

    @property
    def sent(self) -> int:
        """How much was sent that changes something, wherever to."""
        return self.exchange.changes + self.swap_service.changes + len(self.instant.sent)

    async def handle(self, update: bytes) -> None:
        """Handle an update as Telegram would send it, and wait for all that follows from it."""
        async with asyncio.timeout(_PATIENCE):
            await self.router.handle(read_update(update))
            await self.errands.done()


@asynccontextmanager
async def opened(
    folder: Path,
    *,
    exchange: FakeExchange,
    swap_service: FakeSwapService | None = None,
    clock: PatientClock,
    access: Access = Access.INVITE,
) -> AsyncIterator[Place]:
    """A place over the database in a folder, which is made if it is not there."""
    storage = await open_storage(
        url=f"sqlite:///{folder}/bot.db", master_key=KeyFile(folder / "master.key"), clock=clock
    )
    # Nobody pulls the plug here, and this proof writes a hundred thousand times.
    await storage.database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous = OFF"))
    place = Place(storage, exchange, swap_service or FakeSwapService(clock), clock, access=access)
    try:
        yield place
    finally:
        await place.errands.end(within=timedelta(seconds=5))
        await storage.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks or taps, as Telegram names them: `voice` is the chat whose voice they lend.

    Who `forges` sends data that no button of the tapped message has.
    """

    id: int
    is_bot: bool = False
    voice: int | None = None
    forges: bool = False


def message(number: int, text: str, *, by: Speaker, chat: int, at: float) -> bytes:
    """Somebody writes."""
    said = {**_message(number, chat=chat, at=at), "from": _user(by), "text": text}
    if by.voice is not None:
        said["sender_chat"] = {"id": by.voice, "type": _kind(by.voice)}
    return msgspec.json.encode({"update_id": number, "message": said})


def tap(number: int, data: str, *, by: Speaker, chat: int, on: int, at: float) -> bytes:
    """Somebody taps a button of the message `on`."""
    keys = [[{"text": "a button", "callback_data": "another's" if by.forges else data}]]
    card = {**_message(on, chat=chat, at=at), "reply_markup": {"inline_keyboard": keys}}
    query = {"id": f"{by.id}/{number}", "from": _user(by), "message": card, "data": data}
    return msgspec.json.encode({"update_id": number, "callback_query": query})


def _message(number: int, *, chat: int, at: float) -> dict[str, Any]:
    return {"message_id": number, "date": int(at), "chat": _chat(chat)}


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": _kind(chat), "title": "Corner"}


def _user(speaker: Speaker) -> dict[str, Any]:
    return {"id": speaker.id, "is_bot": speaker.is_bot, "first_name": "M"}


def _kind(chat: int) -> str:
    return "private" if chat > 0 else "channel" if chat == CHANNEL else "supergroup"
