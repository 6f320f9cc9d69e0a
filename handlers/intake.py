"""How updates come in: fetched, stored durably, confirmed, handled, done.

Updates are confirmed by the next fetch, which is sent only after they are stored; so a crash loses none. They are
handled while that fetch is under way. A person's updates are handled one after the other, people's side by side.

Taps do not wait until they are stored: the person's price does not wait either. What a tap may do only once is taken
by the ticket's claim, so that one which a crash brings a second time changes nothing. Nor do urgent commands, which do
not wait for anything else of the same person either, nor for a free place among all the people served: whatever is
slow, `/lock` is not. They do no harm a second time.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.messages import Inbox, InboxItem
from chatbot.ports.spawner import Spawner
from handlers.polling import PollFault, TokenRefused, Updates
from handlers.wire import Unreadable, Update, read_update

log = structlog.get_logger(__name__)

_STARTS = 3  # an update that was begun so often and never finished is put aside
_PARALLEL = 256  # people served at once: most of them wait for an exchange, which costs nothing here
_LANE = 300  # of one person; who sends more at once is not answered, so that one cannot hold up everybody
_BACKLOG = 2_000  # updates in memory; beyond that, the others wait at Telegram
_FLUSH_PAUSE = 0.05  # seconds in which finished updates gather before they are marked in one transaction
_HEAD_START = 0.003  # seconds in which a tap has the processor for itself: enough for its order to be on its way
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds between polls that fail


class Lanes:
    """Work with the same key runs in order and one at a time; different keys run side by side, so many at once."""

    def __init__(self, spawner: Spawner, *, parallel: int = _PARALLEL) -> None:
        self._spawner = spawner
        self._slots = asyncio.Semaphore(parallel)
        self._queues: dict[Hashable, deque[Callable[[], Awaitable[None]]]] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self.waiting = 0

    def put(self, key: Hashable, work: Callable[[], Awaitable[None]]) -> bool:
        """`work` must not raise. False if this key has too much waiting already: the work is not taken."""
        if len(self._queues.get(key, ())) >= _LANE:
            return False
        self.waiting += 1
        self._idle.clear()
        if key in self._queues:
            self._queues[key].append(work)
        else:
            self._queues[key] = deque([work])
            self._spawner.spawn(self._drain(key), name="lane")
        return True

    async def idle(self) -> None:
        """Wait until everything is done."""
        await self._idle.wait()

    async def _drain(self, key: Hashable) -> None:
        queue = self._queues[key]
        try:
            while queue:
                async with self._slots:
                    await queue.popleft()()
                self.waiting -= 1
        finally:
            del self._queues[key]
        if not self._queues:
            self._idle.set()


@dataclass(slots=True)
class _Handling:
    """An update on its way to a handler. `seq`, its number in the inbox, may become known later than it is `over`."""

    update: Update
    seq: int | None = None
    over: bool = False


class Intake:
    """Runs until cancelled, or until the token turns out to be wrong.

    `urgent` names the command of an update that passes beside all others.
    """

    def __init__(
        self,
        *,
        updates: Updates,
        inbox: Inbox,
        handle: Callable[[Update], Awaitable[None]],
        urgent: Callable[[Update], str | None],
        spawner: Spawner,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._updates = updates
        self._inbox = inbox
        self._handle = handle
        self._urgent = urgent
        self._spawner = spawner
        self._clock = clock
        self._entropy = entropy
        self._lanes = Lanes(spawner)
        self._express = Lanes(spawner)
        self._finished: list[int] = []
        self._flushing = False

    async def run(self) -> None:
        """Handle what an earlier run left, then poll. Raises `TokenRefused`."""
        try:
            await self._resume()
            faults = 0
            while True:
                faults = 0 if await self._round(faults) else faults + 1
        finally:
            await self._flush()

    async def settle(self) -> None:
        """Wait until everything that came in is handled and marked done."""
        await self._lanes.idle()
        await self._express.idle()
        await self._flush()

    async def _round(self, faults: int) -> bool:
        """One poll, and what follows from it. After a failed one, pause, longer with every fault in a row."""
        try:
            batch = await self._updates.fetch()
            if batch:
                await self._take_in(batch)
                self._updates.stored(batch)
        except TokenRefused:
            raise
        except PollFault as fault:
            log.warning("poll failed", reason=str(fault))
            await self._pause(faults, at_least=fault.retry_after or 0.0)
            return False
        except Exception:
            log.exception("updates not stored")  # not confirmed either: they come again
            await self._pause(faults)
            return False
        while self._lanes.waiting > _BACKLOG:
            await self._clock.sleep(_FLUSH_PAUSE)
        return True

    async def _take_in(self, batch: Sequence[tuple[int, bytes]]) -> None:
        begun = {number: self._begin(first) for number, body in batch if (first := self._first(body)) is not None}
        if begun:
            await self._clock.sleep(_HEAD_START)
        self._dispatch(await self._inbox.store(batch, received_at=self._clock.now()), begun=begun)

    def _first(self, body: bytes) -> Update | None:
        """The update, if it is a tap or urgent; the quick look first spares most others being read twice."""
        if b'"callback_query"' not in body and b"/" not in body:
            return None
        try:
            update = read_update(body)
        except Unreadable:
            return None
        return update if update.callback_query is not None or self._urgent(update) else None

    async def _pause(self, faults: int, *, at_least: float = 0.0) -> None:
        seconds = max(at_least, min(_FIRST_PAUSE * 2 ** min(faults, 10), _LONGEST_PAUSE))
        await self._clock.sleep(seconds * (1 + self._entropy.jitter() / 2))

    async def _resume(self) -> None:
        """Begin again what was not finished. What was begun again before goes alone: it may be what ended the program.

        The first start of an update is not counted, because that would cost every tap a write to the disk.
        """
        left = await self._inbox.unfinished()
        for item in sorted(left, key=lambda item: -item.attempts):
            if item.attempts + 1 >= _STARTS:
                await self._put_aside(item.seq, why="never finished")
                continue
            await self._inbox.begin(item.seq)
            self._dispatch([item], begun={})
            if item.attempts:
                await self.settle()

    def _dispatch(self, items: Sequence[InboxItem], *, begun: Mapping[int, _Handling]) -> None:
        """Handle what is stored, except what was `begun` already, by update number."""
        for item in items:
            try:
                handling = begun.get(item.update_id) or self._begin(read_update(item.body))
            except Unreadable:
                self._spawner.spawn(self._put_aside(item.seq, why="unreadable"), name="put-aside")
                continue
            handling.seq = item.seq
            self._finish(handling)

    def _begin(self, update: Update) -> _Handling:
        handling = _Handling(update)
        urgent = self._urgent(update)
        lanes, key = (self._lanes, update.lane) if urgent is None else (self._express, (update.lane, urgent))
        if not lanes.put(key, lambda: self._carry(handling)):
            log.warning("too much from one person, not answered", lane=update.lane)
            handling.over = True
        return handling

    async def _carry(self, handling: _Handling) -> None:
        try:
            await self._handle(handling.update)
        except Exception:
            # It stays unfinished and is tried again at the next start; the router has spoken if it could.
            log.exception("update not handled", seq=handling.seq)
            return
        handling.over = True
        self._finish(handling)

    def _finish(self, handling: _Handling) -> None:
        """Mark an update done, if it is both handled and stored by now."""
        if not handling.over or handling.seq is None:
            return
        self._finished.append(handling.seq)
        if not self._flushing:
            self._flushing = True
            self._spawner.spawn(self._flush_soon(), name="inbox-flush")

    async def _flush_soon(self) -> None:
        await self._clock.sleep(_FLUSH_PAUSE)
        self._flushing = False
        await self._flush()

    async def _flush(self) -> None:
        if self._finished:
            seqs, self._finished = self._finished, []
            await self._inbox.done(seqs)

    async def _put_aside(self, seq: int, *, why: str) -> None:
        log.error("update put aside", seq=seq, why=why)
        await self._inbox.put_aside(seq)
