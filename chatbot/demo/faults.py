"""Trouble on demand: what can go wrong between the bot and Telegram."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What happens to a call."""

    DROP_BEFORE = "drop_before"  # the connection closes, nothing was done
    DROP_AFTER = "drop_after"  # done, but the answer never arrives
    DELAY = "delay"
    HTML_502 = "html_502"
    RESET = "reset"  # like drop_before, by TCP reset
    TOO_MANY = "429"


@dataclass(kw_only=True, slots=True)
class Fault:
    """Befalls the next `times` calls of `method` (lower case, "*" for any), in `chat` if one is given.

    `seconds` is the delay, or the `retry_after` of a 429.
    """

    method: str
    kind: FaultKind
    times: int
    seconds: float
    chat: int | None

    def befalls(self, method: str, chat: int | None) -> bool:
        """`getUpdates` is only meant when it is named."""
        named = self.method == method or (self.method == "*" and method != "getupdates")
        return named and self.chat in (None, chat)


class Faults:
    """Waiting faults, the oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def take(self, method: str, chat: int | None) -> Fault | None:
        """The fault that befalls this call, used up by one."""
        for fault in self._faults:
            if fault.befalls(method, chat):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
