"""What nobody asked for: notices out of the durable outbox.

A notice is delivered at least once. If Telegram's answer got lost, it is sent again, marked as a repeat: better told
twice than never, and nobody should wonder whether something happened twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.ids import ChatId
from chatbot.domain.notices import NoticeKind, OutboxEntry
from chatbot.ports.clock import Clock
from chatbot.ports.messages import Outbox
from handlers.sender import ChatClosed, NotDelivered, NotYet, Sender
from handlers.views.html import italic, lines
from handlers.views.screen import Screen

log = structlog.get_logger(__name__)

_LOOKED_AT = 500  # entries at a time, so that one chat's long queue does not hide the others
_AT_ONCE = 25  # of different chats, below the overall limit of 30 a second
_REST = timedelta(seconds=1)
_FIRST_PAUSE, _LONGEST_PAUSE = 5, 600  # seconds between attempts
_ATTEMPTS = 12  # about an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a notice says. A `silent` one arrives without a sound."""

    screen: Screen
    silent: bool = False


class Delivery:
    """A worker. `render` turns an entry into what is pushed, or None if there is nothing to say (any more)."""

    name = "outbox"

    def __init__(
        self, *, outbox: Outbox, sender: Sender, render: Callable[[OutboxEntry], Awaitable[Push | None]], clock: Clock
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._render = render
        self._clock = clock
        self.wake = asyncio.Event()

    async def step(self) -> timedelta:
        """Deliver what is due, one notice per chat and only where it is the chat's turn; alarms do not wait for it."""
        due = await self._outbox.due(now=self._clock.now(), limit=_LOOKED_AT)
        heads = _first_of_each_chat(sorted(due, key=_is_alarm, reverse=True))
        ready = [entry for entry in heads if _is_alarm(entry) or self._sender.wait(entry.chat) == 0][:_AT_ONCE]
        await asyncio.gather(*map(self._deliver, ready))
        if len(due) == len(ready):
            return _REST
        return timedelta(seconds=min((self._sender.wait(entry.chat) for entry in heads), default=0))

    async def _deliver(self, entry: OutboxEntry) -> None:
        try:
            push = await self._render(entry)
            if push is not None:
                shown = _marked(push.screen) if entry.attempts else push.screen
                await self._sender.push(
                    entry.chat, shown, reply_to=entry.reply_to, silent=push.silent, at_once=_is_alarm(entry)
                )
        except (ChatClosed, NotYet):
            return  # it stays in the outbox until the chat is open again
        except NotDelivered as fault:
            await self._postpone(entry, reason=str(fault))
        except TelegramError as refusal:
            log.error("notice refused", entry=entry.id, notice=entry.notice.tag, reason=refusal.message)
            await self._outbox.sent(entry.id)
        except Exception:
            log.exception("notice not rendered", entry=entry.id, notice=entry.notice.tag)
            await self._postpone(entry, reason="a fault of ours")
        else:
            await self._outbox.sent(entry.id)

    async def _postpone(self, entry: OutboxEntry, *, reason: str) -> None:
        if entry.attempts + 1 >= _ATTEMPTS:
            log.error("notice given up", entry=entry.id, notice=entry.notice.tag, reason=reason)
            await self._outbox.sent(entry.id)
            return
        pause = timedelta(seconds=min(_FIRST_PAUSE * 2**entry.attempts, _LONGEST_PAUSE))
        log.warning("notice postponed", entry=entry.id, reason=reason, pause=pause.total_seconds())
        await self._outbox.postpone(entry.id, until=self._clock.now() + pause)


def _is_alarm(entry: OutboxEntry) -> bool:
    return entry.notice.about is NoticeKind.ALARM


def _first_of_each_chat(entries: Iterable[OutboxEntry]) -> list[OutboxEntry]:
    first: dict[ChatId, OutboxEntry] = {}
    for entry in entries:
        first.setdefault(entry.chat, entry)
    return list(first.values())


def _marked(screen: Screen) -> Screen:
    return replace(screen, text=lines(screen.text, italic("You may have seen this message already.")))
