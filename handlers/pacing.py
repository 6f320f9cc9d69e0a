"""When a message may go out. Replies go at once and are counted; what nobody asked for waits its turn.

Limits: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
"""

from collections import deque

from chatbot.domain.ids import ChatId
from chatbot.ports.clock import Clock

_CHAT_PAUSE = 1.0  # seconds between two messages to one chat
_GROUP_LIMIT, _GROUP_WINDOW = 20, 60.0  # messages to a group, per so many seconds
_OVERALL_LIMIT, _OVERALL_WINDOW = 30, 1.0
_REMEMBERED = 10_000  # chats; above that, those quiet for a minute are forgotten


class Pacing:
    """What went out lately, and until when a chat is closed by a 429. Seconds are the clock's monotonic ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._overall: deque[float] = deque(maxlen=_OVERALL_LIMIT)
        self._chats: dict[ChatId, deque[float]] = {}
        self._closed_until: dict[ChatId, float] = {}

    def count(self, chat: ChatId) -> None:
        """A message or an edit goes to this chat now."""
        now = self._clock.monotonic()
        self._overall.append(now)
        self._chats.setdefault(chat, deque(maxlen=_GROUP_LIMIT)).append(now)
        if len(self._chats) > _REMEMBERED:
            self._forget(now)

    def wait(self, chat: ChatId) -> float:
        """Seconds until something unasked may go to this chat; 0 means now."""
        now = self._clock.monotonic()
        sent = self._chats.get(chat)
        free_at = [now, now + self.closed(chat), _next(self._overall, _OVERALL_LIMIT, _OVERALL_WINDOW)]
        if sent:
            free_at.append(sent[-1] + _CHAT_PAUSE)
            if chat < 0:  # groups have negative ids
                free_at.append(_next(sent, _GROUP_LIMIT, _GROUP_WINDOW))
        return max(free_at) - now

    def close(self, chat: ChatId, *, seconds: float) -> None:
        """Telegram asked for a pause in this chat; only this one waits."""
        self._closed_until[chat] = self._clock.monotonic() + seconds

    def closed(self, chat: ChatId) -> float:
        """Seconds until anything at all may go to this chat."""
        left = self._closed_until.get(chat, 0.0) - self._clock.monotonic()
        if left <= 0:
            self._closed_until.pop(chat, None)
        return max(0.0, left)

    def _forget(self, now: float) -> None:
        self._chats = {chat: sent for chat, sent in self._chats.items() if sent[-1] > now - _GROUP_WINDOW}


def _next(sent: deque[float], limit: int, window: float) -> float:
    """When the window has room again, for times of which at most `limit` are kept."""
    return sent[0] + window if len(sent) == limit else float("-inf")
