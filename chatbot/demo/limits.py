"""Telegram's sending limits (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this)."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from chatbot.demo import refusals
from chatbot.demo.chats import Chat
from chatbot.demo.clock import Clock

# Edits in a group are believed to count like messages.
_ALWAYS: Final = frozenset({"sendmessage", "sendphoto", "senddocument"})
_IN_GROUPS: Final = _ALWAYS | {
    "editmessagetext",
    "editmessagecaption",
    "editmessagemedia",
    "editmessagereplymarkup",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `count` within any `seconds`."""

    count: int
    seconds: float


# One a second in a chat, with a burst of three.
PER_CHAT = Rule(3, 3.0)
PER_GROUP = Rule(20, 60.0)
OVERALL = Rule(30, 1.0)


class Limits:
    """Off until `enabled`."""

    def __init__(self, clock: Clock) -> None:
        self.enabled = False
        self._clock = clock
        self._taken: dict[tuple[Rule, int], deque[float]] = {}

    def check(self, method: str, chat: Chat | None) -> None:
        """Count one call of a method (in lower case); raises Refusal (429) when it is one too many."""
        counted = _ALWAYS if chat is None or chat.is_private else _IN_GROUPS
        if not self.enabled or method not in counted:
            return
        windows = [(OVERALL, 0)]
        if chat is not None:
            windows.append((PER_CHAT, chat.id))
            if not chat.is_private:
                windows.append((PER_GROUP, chat.id))
        now = self._clock.monotonic()
        wait = max(self._wait(window, now) for window in windows)
        if wait > 0:
            raise refusals.too_many_requests(math.ceil(wait))
        for window in windows:
            self._taken[window].append(now)

    def _wait(self, window: tuple[Rule, int], now: float) -> float:
        """Seconds until this window has room."""
        rule, _ = window
        taken = self._taken.setdefault(window, deque())
        while taken and taken[0] <= now - rule.seconds:
            taken.popleft()
        return 0.0 if len(taken) < rule.count else taken[0] + rule.seconds - now
