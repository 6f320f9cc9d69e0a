import pytest

from handlers.features import ROUTES
from handlers.routing import Routes
from handlers.views import start
from tests.handlers.views.markup import read

COMMANDS = Routes(ROUTES).commands


def test_help_lists_every_command_once_under_its_subject() -> None:
    shown = read(str(start.overview(COMMANDS).text)).split("\n")
    listed = [row.split(" ")[0] for row in shown if row.startswith("/")]
    assert sorted(listed) == sorted(f"/{name}" for name in COMMANDS)
    subjects = [row for row in shown if row in start.SUBJECTS]
    assert subjects == [subject for subject in start.SUBJECTS if subject in subjects]
    assert {command.subject for command in COMMANDS.values()} == set(subjects)


@pytest.mark.parametrize(("usable", "example"), [(("price", "buy"), "buy"), (("price",), "price")])
def test_help_names_an_example_that_can_be_used_here(usable: tuple[str, ...], example: str) -> None:
    screen = start.overview({name: COMMANDS[name] for name in usable})
    assert screen.text.plain.split("\n")[-1] == f"More on one of them: /help {example}"


def test_help_on_a_command_shows_usage_and_examples() -> None:
    for command in COMMANDS.values():
        shown = read(str(start.usage(command).text)).split("\n")
        assert shown[:2] == [f"/{command.name}", command.summary]
        assert all(form in shown for form in (*command.usage, *command.examples))


def test_an_unknown_command_leads_to_all_of_them() -> None:
    screen = start.no_such_command("fly")
    assert screen.text.plain == "There is no command /fly. All there are:"
    assert [key.label for row in screen.rows for key in row] == ["All commands"]
