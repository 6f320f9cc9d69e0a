"""When a message may go out. Replies go at once and are counted; what nobody asked for waits its turn.

Limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

What nobody asked for never fills a limit: whoever taps while two thousand alerts go out is answered at once, and that
answer must not be the one too many. So it takes 20 of the 30 a second (ten answers a second are about as many people
tapping within it), 15 of a group's 20 a minute, and in each chat two of three in three seconds.
"""

from collections import deque

from chatbot.domain.ids import ChatId
from chatbot.ports.clock import Clock

_CHAT_PAUSE = 1.0  # seconds between two messages to one chat
_CHAT_LIMIT, _CHAT_WINDOW = 2, 3.0  # of three that Telegram lets pass in a burst
_GROUP_LIMIT = 15  # of 20 messages to a group
_GROUP_WINDOW = 61.0  # seconds: a minute, and how much slower one message may be on its way than another
_OVERALL_LIMIT, _OVERALL_WINDOW = 20, 1.0  # of 30 to all chats together
_COUNTED = 30  # messages to a chat that are remembered; replies may be more than a group's limit


class Pacing:
    """What went out lately, and until when a chat is closed by a 429. Seconds are the clock's monotonic ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._overall: deque[float] = deque(maxlen=_COUNTED)
        self._chats: dict[ChatId, deque[float]] = {}
        """Those written to latest come last."""
        self._closed_until: dict[ChatId, float] = {}

    def count(self, chat: ChatId) -> None:
        """A message or an edit goes to this chat now."""
        now = self._clock.monotonic()
        self._overall.append(now)
        sent = self._chats.pop(chat, None) or deque(maxlen=_COUNTED)
        sent.append(now)
        self._chats[chat] = sent
        self._forget(now)

    def wait(self, chat: ChatId) -> float:
        """Seconds until something unasked may go to this chat; 0 means now."""
        now = self._clock.monotonic()
        overall = _next(self._overall, _OVERALL_LIMIT, _OVERALL_WINDOW)
        return max(now, overall, self._free_at(chat), now + self.closed(chat)) - now

    def room(self) -> int:
        """How many messages that nobody asked for may go out now, to all chats together."""
        since = self._clock.monotonic() - _OVERALL_WINDOW
        return max(0, _OVERALL_LIMIT - sum(at > since for at in self._overall))

    def until_room(self) -> float:
        """Seconds until there is such room, for all chats together; 0 means now."""
        return max(0.0, _next(self._overall, _OVERALL_LIMIT, _OVERALL_WINDOW) - self._clock.monotonic())

    def resting(self) -> set[ChatId]:
        """Chats to which nothing unasked may go yet."""
        now = self._clock.monotonic()
        return {chat for chat in self._chats if self._free_at(chat) > now} | self.closed_ones()

    def closed_ones(self) -> set[ChatId]:
        """Chats to which nothing at all may go yet."""
        return {chat for chat in tuple(self._closed_until) if self.closed(chat) > 0}

    def close(self, chat: ChatId, *, seconds: float) -> None:
        """Telegram asked for a pause in this chat; only this one waits."""
        self._closed_until[chat] = self._clock.monotonic() + seconds

    def closed(self, chat: ChatId) -> float:
        """Seconds until anything at all may go to this chat."""
        left = self._closed_until.get(chat, 0.0) - self._clock.monotonic()
        if left <= 0:
            self._closed_until.pop(chat, None)
        return max(0.0, left)

    def _free_at(self, chat: ChatId) -> float:
        sent = self._chats.get(chat)
        if not sent:
            return float("-inf")
        free_at = max(sent[-1] + _CHAT_PAUSE, _next(sent, _CHAT_LIMIT, _CHAT_WINDOW))
        if chat < 0:  # groups have negative ids
            free_at = max(free_at, _next(sent, _GROUP_LIMIT, _GROUP_WINDOW))
        return free_at

    def _forget(self, now: float) -> None:
        """Chats that were quiet for a minute stand in front."""
        while self._chats[quietest := next(iter(self._chats))][-1] <= now - _GROUP_WINDOW:
            del self._chats[quietest]


def _next(sent: deque[float], limit: int, window: float) -> float:
    """When the window has room for one more, so that there are at most `limit` in it."""
    return sent[-limit] + window if len(sent) >= limit else float("-inf")
