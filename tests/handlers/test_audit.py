"""/audit and /forget, as they are typed and tapped."""

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Deed, Event
from handlers.actions import ExportEverybodysAudit, ShowEverybodysAudit
from tests.handlers.conversation import Conversation
from tests.handlers.stage import BOB, CAROL, Stage
from tests.services.conftest import account, clock, exchange, house, storage  # noqa: F401
from tests.services.house import ANNA, BORIS, CHAT, House


@pytest.fixture
async def written(house: House, account: Account) -> None:  # noqa: F811
    for person, subject in ((ANNA, "annas subject"), (BORIS, "boris' subject")):
        await house.storage.journal.record(Event(deed=Deed.SENT, person=person, chat=CHAT, subject=subject))


@pytest.mark.usefixtures("written")
async def test_a_member_sees_and_exports_only_their_own(house: House) -> None:  # noqa: F811
    talk = Conversation(house, owner=False)
    await talk.say("/audit")
    assert "annas subject" in talk.last.text and "boris" not in talk.last.text
    await talk.tap("As a CSV file")
    assert talk.last.method == "sendDocument" and "Everybody" not in str(talk.shown)
    content = talk.last.fields["upload"].content
    assert b"annas subject" in content and b"boris" not in content and b"Log exported" in content


@pytest.mark.usefixtures("written")
async def test_a_member_cannot_forge_a_look_at_everybodys(house: House) -> None:  # noqa: F811
    talk = Conversation(house, owner=False)
    for action in (ShowEverybodysAudit(before=0), ExportEverybodysAudit()):
        await talk.tap_forged(action)
    assert talk.shown == [] and len(talk.chat.alerts) == 2


@pytest.mark.usefixtures("written")
async def test_an_owner_sees_everybodys(house: House) -> None:  # noqa: F811
    talk = Conversation(house)
    await talk.say("/audit")
    await talk.tap("Everybody")
    assert "annas subject" in talk.last.text and "boris' subject" in talk.last.text
    await talk.tap("Only mine")
    assert "boris" not in talk.last.text


@pytest.mark.usefixtures("written")
async def test_forgetting_asks_shows_what_goes_and_erases(house: House) -> None:  # noqa: F811
    talk = Conversation(house, owner=False)
    await talk.say("/forget")
    assert "1 linked account" in talk.last.text and "cannot be undone" in talk.last.text
    await talk.tap("Erase everything")
    assert await house.storage.accounts.of(ANNA) != ()
    number = next(word for word in talk.last.text.replace(".", " ").split() if word.isdigit() and len(word) == 4)
    await talk.say(number)
    assert "was erased" in talk.last.text
    assert await house.storage.accounts.of(ANNA) == ()
    assert (await house.storage.audit.verify()).broken is None


@pytest.mark.usefixtures("written")
async def test_keeping_everything_keeps_everything(house: House) -> None:  # noqa: F811
    talk = Conversation(house, owner=False)
    await talk.say("/forget")
    await talk.tap("Keep everything")
    assert talk.last.text == "Nothing was erased." and await house.storage.accounts.of(ANNA) != ()


async def test_strangers_are_reported_wherever_they_try(stage: Stage) -> None:
    await stage.write("/ping", user=CAROL)
    await stage.write("/ping", user=BOB)
    assert stage.turned_away == [(CAROL, CAROL)]
