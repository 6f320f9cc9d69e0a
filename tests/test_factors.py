"""`chatbot factor reset`: the way out on the server for somebody locked out by a factor that is not theirs."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from chatbot import factors, resources
from chatbot.cli import main
from chatbot.domain.factors import SETUP_LIFETIME, OneTimeCode
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.settings import Settings
from chatbot.storage.audit import AUDIT
from chatbot.storage.faults import DatabaseInUse, DatabaseMissing
from chatbot.storage.opening import Storage
from tests.fakes.clock import FakeClock
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS
from tests.storage.factor_keeping import APP, RECOVERY, SECRET


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/chatbot.db", master_key_file=tmp_path / "master.key")


async def turn_on(storage: Storage, clock: FakeClock) -> None:
    now = clock.now()
    await storage.factors.begin(ANNA, secret=SECRET, expires_at=now + SETUP_LIFETIME)
    await storage.factors.confirm(ANNA, OneTimeCode(APP.at(now)), recovery=RECOVERY, chat=ANNAS_CHAT, now=now)


async def test_it_is_off_for_that_person_written_down_and_told(settings: Settings) -> None:
    clock, said = FakeClock(), list[str]()
    async with resources.opened_storage(settings, clock=clock) as storage:
        await turn_on(storage, clock)
    assert not await factors.reset(settings, BORIS, clock=clock, say=said.append)
    assert await factors.reset(settings, ANNA, clock=clock, say=said.append)
    assert not await factors.reset(settings, ANNA, clock=clock, say=said.append)
    assert ["is off" in each for each in said] == [False, True, False]
    async with resources.opened_storage(settings, clock=clock) as storage:
        assert not storage.factors.has(ANNA)
        notice = (await storage.outbox.due(now=clock.now(), limit=9))[-1].notice
        assert isinstance(notice, Alarm) and notice.kind is AlarmKind.FACTOR_OFF
        rows = await storage.database.read(lambda connection: connection.execute(AUDIT.select()).all())
        assert (rows[-1].deed, rows[-1].person, rows[-1].result) == ("factor_off", ANNA, "on the server")


async def test_beside_a_running_bot_nothing_is_done(settings: Settings) -> None:
    clock = FakeClock()
    async with resources.opened_storage(settings, clock=clock) as storage:
        await turn_on(storage, clock)
        with pytest.raises(DatabaseInUse, match="Stop it first"):
            await factors.reset(settings, ANNA, clock=clock, say=print)
        assert await storage.factors.get(ANNA) is not None


async def test_no_database_is_made_for_it(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        await factors.reset(settings, ANNA, clock=FakeClock(), say=print)
    assert not (tmp_path / "chatbot.db").exists()


def test_the_command_takes_a_number_only() -> None:
    ended = CliRunner().invoke(main, ["factor", "reset", "anna"])
    assert ended.exit_code == 2 and "not a valid integer" in ended.output
