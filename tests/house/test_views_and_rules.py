"""No view, command, button, question or protected action is left out of what is proved of all of them."""

import pkgutil
import re

import handlers.views
from chatbot.storage.tables import METADATA
from handlers.views.screen import Screen
from tests.prove.deeds import undeclared
from tests.prove.effects import LOG, WHOSE
from tests.prove.hostile_views import VIEWS, WORDLESS
from tests.prove.matrix import ACTORS, CHATS, DEEDS, STATES, case_of
from tests.prove.rules import BUTTONS, COMMANDS, Who


def test_every_view_module_is_drawn_with_hostile_words() -> None:
    there = {module.name for module in pkgutil.iter_modules(handlers.views.__path__)}
    drawn = {module.__name__.rpartition(".")[2] for module in VIEWS}
    assert there == drawn | WORDLESS and not drawn & WORDLESS
    assert all(VIEWS.values())


def test_a_command_of_two_words_is_never_shown_so_that_a_tap_sends_half_of_it() -> None:
    half = re.compile(r"(?<!<code>)/(?:un)?link (?:instant|nexchange|paper)")
    drawn = [(module.__name__, draw(lambda: "x")) for module, draws in VIEWS.items() for draw in draws]
    shown = [(name, each.text if isinstance(each, Screen) else each.caption) for name, each in drawn if each]
    assert [(name, text) for name, text in shown if half.search(str(text))] == []
    assert sum("<code>/link instant" in str(text) for _, text in shown) > 5
    nested = re.compile(r"<(b|i)>(?:(?!</\1>).)*<code>/(?:un)?link", re.DOTALL)
    assert [(name, text) for name, text in shown if nested.search(str(text))] == [], "Telegram shows no code in these"


def test_everything_people_can_do_has_a_rule() -> None:
    assert undeclared() == []


def test_every_table_has_somebody_whose_rows_they_are() -> None:
    assert set(METADATA.tables) == set(WHOSE) | LOG


def test_the_matrix_goes_through_every_combination_once() -> None:
    block = len(ACTORS) * len(CHATS) * len(DEEDS)
    first_state = [number for number in range(block * len(STATES)) if (number // 200) % len(STATES) == 0][:block]
    cases = {(case.actor, case.where, case.deed.name) for case in map(case_of, first_state)}
    assert len(cases) == block == len({deed.name for deed in DEEDS}) * len(ACTORS) * len(CHATS)


def test_what_only_owners_may_do_is_theirs_in_words_and_buttons() -> None:
    owners = {name for name, (rule, _) in COMMANDS.items() if rule.who is Who.OWNER}
    assert {"halt", "resume", "invite", "people"} <= owners
    assert any(rule.who is Who.OWNER for rule in BUTTONS.values())
