# ruff: noqa: ASYNC240 - nobody waits for these few small files
"""`chatbot keys`, without the command line around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from chatbot import keys, resources
from chatbot.domain.accounts import Venue
from chatbot.domain.ids import PersonId
from chatbot.settings import Settings
from chatbot.storage import rotation
from chatbot.storage.faults import MasterKeyWrong
from chatbot.storage.master_key import KeyFile, new_key
from chatbot.storage.opening import Storage
from tests.storage.examples import NOW, ManualClock, credentials

PEOPLE = 25


class Bot(ManualClock):
    """Time that passes only while somebody sleeps; then a running bot does a batch."""

    storage: Storage | None = None

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.storage is not None:
            await self.storage.rotation.advance()


class Paper:
    """What was printed."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 10)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path}/chatbot.db", master_key_file=tmp_path / "master.key")


@pytest.fixture
def file(settings: Settings) -> KeyFile:
    return KeyFile(settings.master_key_file)


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
def paper() -> Paper:
    return Paper()


async def fill(settings: Settings, clock: ManualClock) -> None:
    async with resources.opened_storage(settings, clock=clock) as storage:
        for person in range(1, PEOPLE + 1):
            await storage.accounts.add(PersonId(person), venue=Venue.PAPER, credentials=credentials(), now=NOW)


@pytest.fixture
async def filled(settings: Settings, bot: Bot) -> Settings:
    await fill(settings, bot)
    return settings


@pytest.fixture
async def running(filled: Settings, bot: Bot) -> AsyncIterator[Storage]:
    async with resources.opened_storage(filled, clock=bot) as storage:
        bot.storage = storage
        yield storage


async def test_status_tells_source_and_keys_and_that_all_is_well(filled: Settings, bot: Bot, paper: Paper) -> None:
    assert await keys.status(filled, clock=bot, say=paper)
    assert str(filled.master_key_file) in paper.lines[0]
    assert paper.lines[1].split()[1:] == ["newest", "27", "keys"]
    assert paper.lines[2:] == ["Everything hangs on one master key."]


async def test_no_command_makes_a_database(settings: Settings, bot: Bot, paper: Paper, tmp_path: Path) -> None:
    assert not await keys.status(settings, clock=bot, say=paper)
    assert not await keys.rotate(settings, clock=bot, say=paper)
    assert all("There is no database" in line for line in paper.lines)
    assert list(tmp_path.iterdir()) == []


async def test_rotate_without_a_bot_does_it_by_itself(filled: Settings, bot: Bot, paper: Paper, file: KeyFile) -> None:
    (old,) = file.read()
    assert await keys.rotate(filled, clock=bot, say=paper)
    (new,) = file.read()
    assert new != old and old.hex() not in paper.text and new.hex() not in paper.text
    assert "Done: everything hangs on" in paper.lines[-1]
    assert await keys.status(filled, clock=bot, say=paper)


async def test_rotate_goes_on_with_what_is_under_way(filled: Settings, bot: Bot, paper: Paper, file: KeyFile) -> None:
    file.add_newest()
    new, _ = file.read()
    assert not await keys.status(filled, clock=bot, say=paper)
    assert "A rotation is under way: 27 keys are left" in paper.lines[-1]
    assert await keys.rotate(filled, clock=bot, say=paper)
    assert "Going on with the rotation that is under way." in paper.lines
    assert file.read() == (new,)


async def test_beside_a_running_bot_rotate_leaves_the_work_to_it_and_tells_how_far_it_is(
    filled: Settings, running: Storage, bot: Bot, paper: Paper, file: KeyFile
) -> None:
    assert await keys.rotate(filled, clock=bot, say=paper)
    assert "The running bot re-wraps all keys now." in paper.lines
    assert "Done" in paper.lines[-1] and len(file.read()) == 1
    assert set(await running.rotation.count()) == set(running.rotation.keyring.fingerprints)


async def test_bot_that_does_nothing_is_told_of_after_a_minute(
    filled: Settings, running: Storage, bot: Bot, paper: Paper, file: KeyFile
) -> None:
    bot.storage = None
    began = bot.now()
    assert not await keys.rotate(filled, clock=bot, say=paper)
    assert "Nothing has happened for a minute." in paper.lines[-1]
    assert 60 <= (bot.now() - began).total_seconds() < 62
    assert len(file.read()) == 2
    while await running.rotation.advance():
        pass
    assert await keys.status(filled, clock=bot, say=paper)


async def test_with_a_wrong_key_nothing_is_rotated(filled: Settings, bot: Bot, paper: Paper, file: KeyFile) -> None:
    file.path.write_text(new_key().reveal())
    for command in (keys.rotate, keys.status):
        with pytest.raises(MasterKeyWrong):
            await command(filled, clock=bot, say=paper)
    assert len(file.read()) == 1 and paper.lines == []


async def test_key_of_the_operators_is_rotated_by_them_as_rotate_says(tmp_path: Path, bot: Bot, paper: Paper) -> None:
    def settings(*keys: str) -> Settings:
        return Settings(database_url=f"sqlite:///{tmp_path}/chatbot.db", master_key=SecretStr(",".join(keys)))

    old, new = new_key().reveal(), new_key().reveal()
    await fill(settings(old), bot)
    assert not await keys.rotate(settings(old), clock=bot, say=paper)
    assert "chatbot keys new" in paper.text and "chatbot keys status" in paper.text
    both = settings(new, old)
    assert not await keys.status(both, clock=bot, say=paper)
    async with resources.opened_storage(both, clock=bot) as storage:
        while await storage.rotation.advance():
            pass
    assert await keys.status(both, clock=bot, say=paper)
    assert paper.lines[-1] == "Everything hangs on the newest: the older ones can be taken out of MASTER_KEY."
    assert await keys.status(settings(new), clock=bot, say=paper)
    assert old not in paper.text and new not in paper.text


async def test_status_names_a_key_that_was_taken_out_too_early(
    filled: Settings, bot: Bot, paper: Paper, file: KeyFile
) -> None:
    file.add_newest()
    async with resources.opened_storage(filled, clock=bot) as storage:
        assert await storage.rotation.advance()
    file.keep_only(file.read()[0])
    assert not await keys.status(filled, clock=bot, say=paper)
    assert any("missing" in line and "25 keys" in line for line in paper.lines)
    assert "does not hold: put it back in" in paper.lines[-1]
