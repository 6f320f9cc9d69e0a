"""The log of Bot API calls, for tests."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chatbot.demo.values import Json

KEPT = 20_000


@dataclass(kw_only=True, slots=True)
class Call:
    """One call; `at` in monotonic seconds, `status` None until it was answered (or for ever, if it never was)."""

    sequence: int
    at: float
    method: str
    parameters: Mapping[str, Any]
    status: int | None = None

    def to_json(self) -> Json:
        return {
            "sequence": self.sequence,
            "at": self.at,
            "method": self.method,
            "parameters": self.parameters,
            "status": self.status,
        }


class Calls:
    """The last `KEPT` calls, numbered from one without gaps."""

    def __init__(self) -> None:
        self.last = 0
        self._calls: deque[Call] = deque(maxlen=KEPT)

    def begin(self, method: str, parameters: Mapping[str, Any], *, at: float) -> Call:
        """Note that a call arrived."""
        self.last += 1
        call = Call(sequence=self.last, at=at, method=method, parameters=parameters)
        self._calls.append(call)
        return call

    def since(self, sequence: int, method: str | None) -> list[Call]:
        """Calls after `sequence`, of one method if given."""
        skipped = max(0, sequence - (self.last - len(self._calls)))
        recent = islice(self._calls, skipped, None)
        return [call for call in recent if method is None or call.method.lower() == method.lower()]
