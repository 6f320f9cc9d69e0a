"""The cards of swaps follow them: whatever a swap has become is painted into its message, with the time left to pay.

While it can be paid, a QR picture stands below the card. It is deleted as soon as it cannot: nobody shall pay by a
picture that is out of date. If the program ends between sending a card and writing that down, it is sent again: better
two cards than none. A picture is not, since one of two would stay for ever: its button brings one.
"""

import asyncio
from datetime import datetime, timedelta

import structlog
from telegram.error import TelegramError

from chatbot.domain.ids import ChatId, MessageId, SwapId
from chatbot.domain.swap_life import FRESH, Unpayable, can_be_paid, why_unpayable
from chatbot.domain.swaps import PICTURE_BEING_SENT, FollowedSwap
from chatbot.ports.clock import Clock
from chatbot.ports.preferences import PreferenceStore
from chatbot.ports.spawner import Spawner
from chatbot.ports.swaps import Swaps
from handlers.context import ChatKind, Room
from handlers.sender import ChatClosed, NotDelivered, Sender
from handlers.views.deposit import picture
from handlers.views.format import read_by
from handlers.views.screen import Screen
from handlers.views.swaps import card, elsewhere

log = structlog.get_logger(__name__)

_SWEPT_AT_ONCE = 50
_FOUND_AT_START = 10_000
_REST = timedelta(seconds=10)
_AT_LEAST = timedelta(seconds=1)
_EACH_MINUTE, _IN_THE_END = timedelta(minutes=1), timedelta(seconds=15)
_END = timedelta(minutes=2)
_TRY_AGAIN = timedelta(seconds=10)
_OLDEST_DELETED = timedelta(hours=48)
"""Telegram deletes no older messages: https://core.telegram.org/bots/api#deletemessage"""
_CHANGED_BY_TIME = (None, Unpayable.SENT, Unpayable.STALE, Unpayable.NOWHERE)
"""What a card is whose time goes by: it says how much is left, or is good for paying again once it was looked at."""


class SwapPainter:
    """`ports.swaps.SwapCards`, and a worker that counts down, and paints what could not be painted before."""

    name = "swap cards"

    def __init__(
        self, *, store: Swaps, preferences: PreferenceStore, sender: Sender, clock: Clock, spawner: Spawner
    ) -> None:
        self._store = store
        self._preferences = preferences
        self._sender = sender
        self._clock = clock
        self._spawner = spawner
        self._dirty: set[SwapId] = set()
        self._painting: set[SwapId] = set()
        self._again_at: dict[SwapId, datetime] = {}
        """When to look at a card again that did not change: its time left has, or something failed."""
        self._is_fresh = True
        self.wake = asyncio.Event()

    def repaint(self, swap: SwapId) -> None:
        self._dirty.add(swap)
        if swap not in self._painting:
            self._painting.add(swap)
            self._spawner.spawn(self._paint(swap), name="paint swap")

    def retire(self, chat: ChatId, *messages: MessageId) -> None:
        if there := tuple(message for message in messages if message != PICTURE_BEING_SENT):
            self._spawner.spawn(self._retire(chat, there), name="retire swap card")

    async def step(self) -> timedelta:
        """Paint what is not shown yet, and what counts down."""
        now = self._clock.now()
        if self._is_fresh:
            self._is_fresh = False
            for followed in await self._store.waiting(limit=_FOUND_AT_START):
                self._again_at[followed.id] = now
        unshown = [followed.id for followed in await self._store.unshown(limit=_SWEPT_AT_ONCE)]
        for swap in {*unshown, *(swap for swap, at in self._again_at.items() if at <= now)}:
            self.repaint(swap)
        soonest = min((at for at in self._again_at.values() if at > now), default=now + _REST)
        return max(_AT_LEAST, min(_REST, soonest - now))

    async def _paint(self, swap: SwapId) -> None:
        """One painter per card; states that come while it paints are painted after, the newest only."""
        try:
            while swap in self._dirty:
                self._dirty.discard(swap)
                self._again_at.pop(swap, None)
                followed = await self._store.get(swap)
                if followed is not None:
                    await self._draw(followed)
        finally:
            self._painting.discard(swap)

    async def _draw(self, followed: FollowedSwap) -> None:
        """Card and picture each fail for themselves: a picture goes even where its card cannot be painted."""
        message = followed.message
        try:
            message = await self._draw_card(followed)
            await self._store.mark_shown(followed.id, followed.revision)
        except ChatClosed:
            log.info("swap card not shown, chat closed", swap=followed.id)
            await self._store.mark_shown(followed.id, followed.revision)
            return
        except NotDelivered as fault:
            log.info("swap card not painted", swap=followed.id, reason=str(fault))
            self._try_again(followed)
        except TelegramError as fault:
            log.error("swap card refused", swap=followed.id, reason=fault.message)
            await self._store.mark_shown(followed.id, followed.revision)
        await self._draw_picture(followed, message)
        self._count_down(followed)

    async def _draw_card(self, followed: FollowedSwap) -> MessageId | None:
        """The message that is the card now; None if it was deleted and nothing new is to be said."""
        now = self._clock.now()
        with read_by(self._preferences.of(followed.chat)):
            screen = card(followed, now=now)
        if followed.message is None:
            return await self._send_card(followed, screen)
        is_news = followed.revision > followed.shown
        merely_counts = not is_news and _is_changed_by_time(followed, now=now)
        if await self._sender.repaint(followed.chat, followed.message, screen, yielding=merely_counts):
            return followed.message
        return await self._send_card(followed, screen) if is_news else None

    async def _send_card(self, followed: FollowedSwap, screen: Screen) -> MessageId:
        message = await self._sender.send(_room(followed), screen)
        await self._store.attach(followed.id, message=message)
        return message

    async def _draw_picture(self, followed: FollowedSwap, message: MessageId | None) -> None:
        try:
            if not can_be_paid(followed, now=self._clock.now()):
                await self._delete_picture(followed)
            elif followed.picture is None and message is not None:
                await self._send_picture(followed, message)
        except ChatClosed:
            log.info("swap picture not shown, chat closed", swap=followed.id)
        except NotDelivered as fault:
            log.warning("swap picture not shown", swap=followed.id, reason=str(fault))
            self._try_again(followed)
        except TelegramError as fault:
            log.error("swap picture refused", swap=followed.id, reason=fault.message)

    async def _send_picture(self, followed: FollowedSwap, message: MessageId) -> None:
        with read_by(self._preferences.of(followed.chat)):
            shown = picture(followed, now=self._clock.now())
        await self._store.attach(followed.id, picture=PICTURE_BEING_SENT)
        try:
            sent = await self._sender.send(_room(followed), shown, reply_to=message)
        except (NotDelivered, TelegramError) as fault:
            if not (isinstance(fault, NotDelivered) and fault.ambiguous):
                await self._store.drop_picture(followed.id)
            raise
        await self._store.attach(followed.id, picture=sent)

    async def _delete_picture(self, followed: FollowedSwap) -> None:
        if followed.picture is None:
            return
        if followed.picture == PICTURE_BEING_SENT:  # whether it went is not known, nor which message it is
            await self._store.drop_picture(followed.id)
            return
        age = self._clock.now() - followed.swap.created_at
        if await self._sender.delete(followed.chat, followed.picture) or age > _OLDEST_DELETED:
            await self._store.drop_picture(followed.id)
        else:
            self._try_again(followed)

    def _count_down(self, followed: FollowedSwap) -> None:
        """Look at it again when it says something else: in a minute, at its deadline, when it is too old to pay by."""
        now = self._clock.now()
        if followed.id in self._again_at or not _is_changed_by_time(followed, now=now):
            return
        until, stale_at = followed.swap.pay_until, followed.seen_at + FRESH + _AT_LEAST
        pause = _IN_THE_END if until is not None and until - now <= _END else _EACH_MINUTE
        ends = (end for end in (until, stale_at) if end is not None and end > now)
        self._again_at[followed.id] = min([now + pause, *ends])

    def _try_again(self, followed: FollowedSwap) -> None:
        self._again_at[followed.id] = self._clock.now() + _TRY_AGAIN

    async def _retire(self, chat: ChatId, messages: tuple[MessageId, ...]) -> None:
        """What cannot be deleted any more says so itself; a picture cannot, but names its deadline."""
        for message in messages:
            try:
                if not await self._sender.delete(chat, message):
                    await self._sender.edit(chat, message, elsewhere())
            except (NotDelivered, TelegramError) as fault:
                log.warning("swap card not retired", chat=chat, reason=str(fault))


def _is_changed_by_time(followed: FollowedSwap, *, now: datetime) -> bool:
    return why_unpayable(followed, now=now) in _CHANGED_BY_TIME


def _room(followed: FollowedSwap) -> Room:
    return Room(id=followed.chat, kind=ChatKind.PRIVATE)
