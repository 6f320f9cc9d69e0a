"""All declarations, looked up by what people say and tap."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process

from chatbot.domain.drafts import Dialogue
from handlers.buttons import is_button
from handlers.commands import Answer, Button, Command, Protected, Route, Spill, Stray
from handlers.context import Context

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]+))?(?:\s+(?P<args>.*))?", re.DOTALL)
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_CLOSE_ENOUGH = 70  # of 100: how alike a mistyped command must be to be proposed


class Routes:
    """All declarations, looked up. Refuses, with `ValueError`, names Telegram would not take and anything twice."""

    def __init__(self, routes: Iterable[Route]) -> None:
        commands: dict[str, Command] = {}
        self._buttons: dict[type, Button[Any]] = {}
        self._answers: dict[type, Answer] = {}
        self._strays: list[Stray] = []
        protected: dict[type, Protected[Any]] = {}
        spills: dict[type, Spill] = {}
        for route in routes:
            match route:
                case Command():
                    _check_command(route)
                    _enter(commands, route.name, route)
                case Button():
                    if not is_button(route.action):
                        raise ValueError(f"{route.action.__name__} is not a button type")
                    _enter(self._buttons, route.action, route)
                case Answer():
                    _enter(self._answers, route.draft, route)
                case Stray():
                    self._strays.append(route)
                case Spill():
                    _enter(spills, Spill, route)
                case Protected():
                    _enter(protected, route.action, route)
        self.commands: Mapping[str, Command] = commands
        self.protected: Mapping[type, Protected[Any]] = protected
        self.spill = spills.get(Spill)

    def button(self, action: object) -> Button[Any] | None:
        return self._buttons.get(type(action))

    def answer(self, dialogue: Dialogue) -> Answer | None:
        return self._answers.get(type(dialogue.draft))

    def stray(self, ctx: Context) -> Stray | None:
        """Whom a text concerns that answers no question."""
        return next((stray for stray in self._strays if stray.concerns(ctx)), None)

    def nearest(self, name: str) -> str | None:
        """The command that was probably meant."""
        found = process.extractOne(name, list(self.commands), score_cutoff=_CLOSE_ENOUGH)
        return None if found is None else str(found[0])


def _enter(table: dict[Any, Any], key: Any, route: Route) -> None:
    if key in table:
        raise ValueError(f"declared twice: {key}")
    table[key] = route


def _check_command(command: Command) -> None:
    # https://core.telegram.org/bots/api#botcommand
    if not _NAME.fullmatch(command.name) or not 1 <= len(command.summary) <= 256:
        raise ValueError(f"not a command: {command.name!r} with a summary of {len(command.summary)} characters")


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed. `command` is in lower case, or None for plain text; `bot` is whom it was addressed to."""

    command: str | None
    args: str
    bot: str | None = None


def read_words(text: str) -> Words:
    match = _COMMAND.fullmatch(text)
    if match is None:
        return Words(None, text)
    return Words(match["name"].lower(), (match["args"] or "").strip(), match["bot"])
