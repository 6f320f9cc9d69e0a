"""Nothing is declared by halves: settings, errors, intents, notices, commands."""

import re
from pathlib import Path

from chatbot.domain import errors
from chatbot.domain.errors import ChatbotError
from chatbot.domain.intents import INTENTS, TERMS
from chatbot.domain.notices import NOTICES, NoticeKind
from chatbot.domain.tickets import OUTCOMES
from chatbot.settings import Settings
from handlers import actions
from handlers.buttons import is_button
from handlers.commands import Button, Command
from handlers.features import FEATURES, ROUTES
from handlers.routing import Routes
from handlers.views.errors import SENTENCES
from handlers.views.start import SUBJECTS

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_stands_in_the_example_with_a_sentence() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {match[1]: at for at, line in enumerate(lines) if (match := re.match(r"([A-Z_]+)=", line))}
    assert set(named) == {name.upper() for name in Settings.model_fields}
    assert all(re.match(r"# .{10,}", lines[at - 1]) for at in named.values())


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in readme] == []


def test_the_example_shows_the_defaults() -> None:
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    defaults = Settings.model_construct()
    for name in Settings.model_fields:
        default = getattr(defaults, name)
        shown = "" if name in ("telegram_bot_token", "owner_ids") else str(default)
        assert values[name.upper()] == shown, name


def all_errors() -> list[type[ChatbotError]]:
    return [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, ChatbotError) and kind is not ChatbotError
    ]


def test_every_error_has_a_sentence_of_its_own_or_its_ancestors() -> None:
    assert len(all_errors()) >= 10
    silent = [kind.__name__ for kind in all_errors() if not any(each in SENTENCES for each in kind.__mro__)]
    assert sorted(silent) == ["AccessError"]  # the branch itself is never raised


def test_tags_are_stable_and_told_apart() -> None:
    for registry in (INTENTS, TERMS, OUTCOMES, NOTICES):
        assert all(kind.tag == tag for tag, kind in registry.items())
    assert set(INTENTS) == {"place_order", "cancel_orders", "withdraw", "create_swap", "set_payout", "convert"}


def test_every_notice_is_an_alarm_or_of_a_kind_that_can_be_switched_off() -> None:
    assert [kind.tag for kind in NOTICES.values() if not isinstance(kind.about, NoticeKind)] == []


def test_every_button_type_has_a_handler() -> None:
    declared = {route.action for route in ROUTES if isinstance(route, Button)}
    every = {kind for kind in vars(actions).values() if isinstance(kind, type) and is_button(kind)}
    assert every - declared == set()


def test_every_handler_module_with_routes_is_a_feature() -> None:
    modules = (ROOT / "handlers").glob("*.py")
    with_routes = {path.stem for path in modules if re.search(r"^ROUTES\b", path.read_text(), re.MULTILINE)}
    assert {module.__name__.removeprefix("handlers.") for module in FEATURES} == with_routes - {"features"}


def test_every_command_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    named = {name for name in Routes(ROUTES).commands if f"`/{name}`" in readme or f"`/{name} " in readme}
    assert named == set(Routes(ROUTES).commands)


def test_every_command_can_be_found_in_help() -> None:
    commands = [route for route in ROUTES if isinstance(route, Command)]
    assert all(command.subject in SUBJECTS for command in commands)
    assert set(Routes(ROUTES).commands) == {command.name for command in commands}
