"""Two whole products per test process, shared by the journeys; each journey brings people of its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harness import Persona, Stack


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture(scope="session")
def _shared_leaping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack.running(tmp_path_factory.mktemp("leaping"), leaping=True) as stack:
        yield stack


@pytest.fixture
def stack(_shared: Stack) -> Iterator[Stack]:
    """The programs as they are, prices frozen, no request limit."""
    _tidy(_shared)
    yield _shared


@pytest.fixture
def leaping(_shared_leaping: Stack) -> Iterator[Stack]:
    """The same with time that can be moved: `leaping.leap(60)`."""
    _tidy(_shared_leaping)
    yield _shared_leaping


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product for one module alone, whose files and programs its journeys may do anything to."""
    with Stack.running(tmp_path_factory.mktemp("own")) as stack:
        yield stack


@pytest.fixture
def dora(stack: Stack) -> Persona:
    """Somebody with a practice account."""
    return stack.person("Dora", linked=True)


def _tidy(stack: Stack) -> None:
    """Undo what an earlier journey did to the world everybody shares."""
    stack.exchange.reset()
    stack.chat.clear_faults()
    if not stack.bot.program.is_running:
        stack.bot.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Show the last words of the bot a failed journey used."""
    report: pytest.TestReport = yield
    if report.failed:
        for fixture in {id(used): used for used in getattr(item, "funcargs", {}).values()}.values():
            if isinstance(fixture, Stack):
                report.sections.append(("the bot's log", fixture.bot.tail()))
    return report
