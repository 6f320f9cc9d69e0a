"""What nobody asked for: notices out of the durable outbox.

A notice is delivered at least once. Before it is sent, that is written down: if Telegram's answer gets lost, or the
program ends before it, it is sent again, marked as a repeat. Better told twice than never, and nobody should wonder
whether something happened twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

import structlog
from telegram.error import TelegramError

from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, OutboxEntry
from chatbot.domain.places import Place
from chatbot.ports.clock import Clock
from chatbot.ports.messages import Losses, Outbox
from chatbot.ports.spawner import Spawner
from handlers.announcer import Hold, Push, SumUp
from handlers.sender import ChatClosed, NotDelivered, NotYet, Sender
from handlers.views.html import Html, italic, lines
from handlers.views.screen import File, Picture, Screen, Shown

log = structlog.get_logger(__name__)

_LOOKED_AT = 25  # entries of a chat at a time; more than one message tells together
_AT_ONCE = 30  # messages on their way, of 64 connections that people's answers share
_ALARMS_AT_ONCE = 10
_REST = timedelta(seconds=0.25)
"""Between two looks at an outbox with nothing to send, which take a tenth of a millisecond."""
_SOON = timedelta(milliseconds=200)
_AT_LEAST = timedelta(milliseconds=5)
"""With much to send it goes on as soon as the limit of all chats together has room, and not up to `_SOON` later."""
_FIRST_PAUSE, _LONGEST_PAUSE = 5, 600  # seconds between attempts
_ATTEMPTS = 12  # about an hour

Announce = Callable[[Sequence[OutboxEntry]], Awaitable[Push | Hold | SumUp]]


class Delivery:
    """A worker. `announce` says what becomes of the first of a chat's entries, and of those that go with it."""

    name = "outbox"

    def __init__(
        self,
        *,
        outbox: Outbox,
        losses: Losses,
        sender: Sender,
        announce: Announce,
        clock: Clock,
        spawner: Spawner,
    ) -> None:
        self._outbox = outbox
        self._losses = losses
        self._sender = sender
        self._announce = announce
        self._clock = clock
        self._spawner = spawner
        self._under_way: dict[ChatId, asyncio.Task[None]] = {}
        self._preparing: set[ChatId] = set()
        """Of those under way, the ones that the sender does not count yet."""
        self._last: ChatId | None = None
        self._ending = False
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        """Begin to deliver what is due: one message per chat, and as many as may go out now; the next chats take their
        turn after these. Alarms wait for no turn. Nothing here waits for Telegram.
        """
        if self._ending:
            return _REST
        room = max(0, min(self._sender.room() - len(self._preparing), _AT_ONCE - len(self._under_way)))
        resting = self._sender.resting()
        due = await self._outbox.due(
            now=self._clock.now(),
            limit=_LOOKED_AT,
            turns=max(room, _ALARMS_AT_ONCE),
            after=self._last,
            apart={*self._under_way, *self._sender.closed()},
            resting=resting,
        )
        started = 0
        for entries in _by_chat(due):
            if started < room or _is_alarm(entries[0]):
                self._start(entries)
                started += 1
        if not due:
            self._last = None
        if room or not due:
            return _SOON if due or resting else _REST
        return min(_SOON, max(_AT_LEAST, timedelta(seconds=self._sender.until_room())))

    async def settle(self) -> None:
        """Begin nothing more, and wait for what is under way: its end should be known before the program's."""
        self._ending = True
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    def _start(self, entries: Sequence[OutboxEntry]) -> None:
        chat = entries[0].chat
        self._last = chat
        self._preparing.add(chat)
        self._under_way[chat] = self._spawner.spawn(self._deliver(chat, entries), name="deliver")

    async def _deliver(self, chat: ChatId, entries: Sequence[OutboxEntry]) -> None:
        first = entries[0]
        try:
            said = await self._announce(entries)
            match said:
                case Hold():
                    await self._outbox.hold(chat, first.notice.about.rank, now=self._clock.now(), until=said.until)
                case SumUp():
                    await self._outbox.sum_up(said.place, before=said.before, now=self._clock.now())
                case Push(shown=None):
                    await self._outbox.sent(*_ids(said.entries))
                case Push(shown=(Screen() | Picture() | File()) as shown):
                    await self._push(said, shown)
        except Exception:
            log.exception("notice not told", entry=first.id, notice=first.notice.tag)
            begun = chat not in self._preparing
            await self._postpone(first, [first.id], reason="a fault of ours", unsure=first.unsure or begun)
        finally:
            self._preparing.discard(chat)
            del self._under_way[chat]

    async def _push(self, push: Push, shown: Shown) -> None:
        """What was not sent for sure is as unsure as it was before."""
        first, ids = push.entries[0], _ids(push.entries)
        await self._outbox.begin(*ids)
        self._preparing.discard(first.chat)
        try:
            await self._sender.push(
                Place(chat=first.chat, thread=first.thread),
                _marked(shown) if first.unsure else shown,
                reply_to=first.reply_to,
                silent=push.silent,
                at_once=_is_alarm(first),
            )
        except (ChatClosed, NotYet):
            await self._outbox.put_back(*ids, unsure=first.unsure)  # until the chat is open again
        except NotDelivered as fault:
            await self._postpone(first, ids, reason=str(fault), unsure=first.unsure or fault.ambiguous)
        except TelegramError as refusal:
            log.error("notice refused", entry=first.id, notice=first.notice.tag, reason=refusal.message)
            await self._losses.give_up(*ids, now=self._clock.now())
        else:
            await self._outbox.sent(*ids)

    async def _postpone(self, first: OutboxEntry, ids: Sequence[int], *, reason: str, unsure: bool) -> None:
        if first.attempts + 1 >= _ATTEMPTS:
            log.error("notice given up", entry=first.id, notice=first.notice.tag, reason=reason)
            await self._losses.give_up(*ids, now=self._clock.now())
            return
        pause = timedelta(seconds=min(_FIRST_PAUSE * 2**first.attempts, _LONGEST_PAUSE))
        log.warning("notice postponed", entry=first.id, reason=reason, pause=pause.total_seconds())
        await self._outbox.postpone(*ids, until=self._clock.now() + pause, unsure=unsure)


def _is_alarm(entry: OutboxEntry) -> bool:
    return entry.notice.about is NoticeKind.ALARM


def _ids(entries: Iterable[OutboxEntry]) -> list[int]:
    return [entry.id for entry in entries]


def _by_chat(due: Iterable[OutboxEntry]) -> Iterable[tuple[OutboxEntry, ...]]:
    """Of each chat the most urgent ones, which come first."""
    chats: dict[ChatId, tuple[OutboxEntry, ...]] = {}
    for (_, chat), entries in groupby(due, key=lambda entry: (entry.notice.about.rank, entry.chat)):
        chats.setdefault(chat, tuple(entries))
    return chats.values()


def _marked(shown: Shown) -> Shown:
    """With a word that it may be a repeat; a caption that is full already goes without."""
    said = shown.text if isinstance(shown, Screen) else shown.caption
    words = italic("You may have seen this message already.")
    text: Html = words if said is None else lines(said, words)
    try:
        return replace(shown, text=text) if isinstance(shown, Screen) else replace(shown, caption=text)
    except ValueError:
        return shown
