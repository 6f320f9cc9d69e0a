"""Command menus by scope, and which of them a person sees (https://core.telegram.org/bots/api#botcommandscope)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chatbot.demo.chats import Chat
from chatbot.demo.parameters import Parameters
from chatbot.demo.refusals import bad_request
from chatbot.demo.values import Json

MOST_COMMANDS = 100
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_WIDE_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a menu is for; a chat and a user only where the kind needs them."""

    kind: str = "default"
    chat: int | None = None
    user: int | None = None


class Menus:
    """Menus by scope and language ("" is every language)."""

    def __init__(self) -> None:
        self._menus: dict[tuple[Scope, str], list[Json]] = {}

    def set(self, scope: Scope, language: str, commands: list[Json]) -> None:
        """Replace the menu; an empty one is as good as none."""
        self._menus[scope, language] = commands

    def delete(self, scope: Scope, language: str) -> None:
        self._menus.pop((scope, language), None)

    def get(self, scope: Scope, language: str) -> list[Json]:
        """Exactly this menu; no falling back."""
        return self._menus.get((scope, language), [])

    def seen_by(self, user: int, chat: Chat) -> list[Json]:
        """What the person's menu shows: the narrowest scope that has one, in English before any language."""
        for scope in _narrowest_first(user, chat):
            for language in ("en", ""):
                if found := self._menus.get((scope, language)):
                    return found
        return []


def _narrowest_first(user: int, chat: Chat) -> Iterator[Scope]:
    if chat.is_private:
        yield Scope("chat", chat.id)
        yield Scope("all_private_chats")
    else:
        yield Scope("chat_member", chat.id, user)
        if chat.standing(user).is_in_charge:
            yield Scope("chat_administrators", chat.id)
        yield Scope("chat", chat.id)
        if chat.standing(user).is_in_charge:
            yield Scope("all_chat_administrators")
        yield Scope("all_group_chats")
    yield Scope()


def read_scope(given: Any) -> Scope:
    """A `BotCommandScope`; None is the default one. Raises Refusal."""
    if given is None:
        return Scope()
    if not isinstance(given, dict):
        raise _bad_scope("BotCommandScope must be an Object")
    kind = given.get("type")
    if kind in _WIDE_SCOPES:
        return Scope(kind)
    if kind not in _CHAT_SCOPES:
        raise _bad_scope("Unsupported type specified")
    if not given.get("chat_id"):
        raise _bad_scope("Empty chat_id specified")
    chat_id = Parameters(given).integer("chat_id")
    if kind != "chat_member":
        return Scope(kind, chat_id)
    if not isinstance(given.get("user_id"), int) or given["user_id"] <= 0:
        raise _bad_scope("Invalid user_id specified")
    return Scope(kind, chat_id, given["user_id"])


def _bad_scope(why: str) -> Exception:
    return bad_request(f"can't parse BotCommandScope: {why}")


def read_commands(given: Any) -> list[Json]:
    """An array of `BotCommand`. Raises Refusal."""
    if not isinstance(given, list):
        raise bad_request("expected an Array of BotCommand")
    if len(given) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(command) for command in given]


def _command(given: Any) -> Json:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for field in ("command", "description"):
        if not isinstance(given.get(field), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{field}\"")
    name, description = given["command"].removeprefix("/"), given["description"].strip()
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
