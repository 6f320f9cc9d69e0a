"""Looking back, and what is written down about access and links."""

from datetime import timedelta

import pytest

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.audit import Deed, Entry, Event
from chatbot.domain.errors import NotAllowed
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.people import Person, Role
from chatbot.services.audit import A_PAGE, Audit
from chatbot.services.people import TURNED_AWAY_PAUSE
from tests.services.house import ANNA, BORIS, CHAT, House
from tests.storage.examples import credentials


@pytest.fixture
def audit(house: House) -> Audit:
    return Audit(trail=house.storage.audit, journal=house.storage.journal, people=house.storage.people)


async def written(house: House) -> list[Event]:
    """Oldest first."""
    return [entry.event for entry in reversed(await house.storage.audit.page(of=None, before=None, limit=99))]


async def test_pages_follow_one_another_without_a_gap(house: House, audit: Audit) -> None:
    for _ in range(A_PAGE + 2):
        await house.storage.journal.record(Event(deed=Deed.LOCKED, person=ANNA))
        await house.storage.journal.record(Event(deed=Deed.LOCKED, person=BORIS))
    first = await audit.page(of=ANNA, before=None)
    second = await audit.page(of=ANNA, before=first.older)
    seqs = [entry.seq for entry in (*first.entries, *second.entries)]
    assert len(first.entries) == A_PAGE and second.older is None
    assert seqs == [2 * number - 1 for number in range(A_PAGE + 2, 0, -1)]


async def test_an_export_is_complete_and_is_itself_an_entry(house: House, audit: Audit) -> None:
    def fill(connection: object) -> None:
        for _ in range(2_345):
            house.storage.audit.append(connection, Event(deed=Deed.SENT, person=ANNA), now=house.clock.now())  # type: ignore[arg-type]

    await house.storage.database.write(fill)
    entries: list[Entry] = []
    async for batch in audit.export(of=ANNA, by=ANNA, chat=CHAT):
        entries += batch
    assert [entry.seq for entry in entries] == list(range(2_346, 0, -1))
    assert entries[0].event == Event(deed=Deed.EXPORTED, person=ANNA, chat=CHAT, subject="own entries")


async def test_names_are_those_of_people_who_have_access(house: House, audit: Audit) -> None:
    await house.storage.people.add(Person(id=BORIS, name="Boris", role=Role.MEMBER, joined_at=house.clock.now()))
    assert (await audit.page(of=None, before=None)).names == {BORIS: "Boris"}


async def test_access_is_written_down(house: House) -> None:
    people = house.people(ANNA)
    link = await people.invite(ANNA)
    await people.open_link(link.payload, person=BORIS, name="Boris")
    await people.remove(BORIS, by=ANNA)
    own = ChatId(BORIS)
    assert await written(house) == [
        Event(deed=Deed.INVITED, person=ANNA, chat=CHAT),
        Event(deed=Deed.LET_IN, person=BORIS, about=ANNA, chat=own, result="as member"),
        Event(deed=Deed.REMOVED, person=ANNA, about=BORIS, chat=CHAT),
    ]


async def test_the_claim_link_is_nobodys_invitation(house: House) -> None:
    people = house.people()
    link = await people.claim_link()
    await people.open_link(link.payload, person=ANNA, name="Anna")
    assert await written(house) == [Event(deed=Deed.LET_IN, person=ANNA, chat=CHAT, result="as owner")]


async def test_strangers_are_written_down_seldom(house: House) -> None:
    people, group = house.people(ANNA), ChatId(-5)
    for _ in range(50):
        await people.turned_away(BORIS, group)
    assert await written(house) == [Event(deed=Deed.TURNED_AWAY, person=BORIS, chat=group)]
    house.clock.at += TURNED_AWAY_PAUSE - timedelta(seconds=1)
    await people.turned_away(BORIS, group)
    assert len(await written(house)) == 1
    house.clock.at += timedelta(seconds=1)
    await people.turned_away(BORIS, group)
    assert len(await written(house)) == 2


async def test_a_link_that_does_not_work_is_a_try(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.people(ANNA).open_link("inv_guessed", person=BORIS, name="Boris")
    assert await written(house) == [Event(deed=Deed.TURNED_AWAY, person=BORIS, chat=ChatId(BORIS))]


async def test_a_new_link_is_written_down_and_told(house: House) -> None:
    opened = house.exchange.open_account(funds={"BTC": "1"})
    await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=opened, chat=CHAT)
    assert await written(house) == [Event(deed=Deed.LINKED, person=ANNA, chat=CHAT, account="paper-1")]
    assert await house.told() == [Alarm(kind=AlarmKind.LINKED, at=house.clock.at, account="paper-1")]
    await house.accounts.link(ANNA, venue=Venue.PAPER, credentials=opened, chat=CHAT)
    assert len(await written(house)) == 1  # linked already: nothing is new


async def test_a_link_that_failed_is_written_down_without_what_was_typed(house: House) -> None:
    report = await house.accounts.link(BORIS, venue=Venue.PAPER, credentials=credentials("unknown"))
    assert report.account is None
    (failed,) = await written(house)
    assert failed.deed is Deed.LINK_FAILED and failed.subject == "paper" and "canary" not in repr(failed)


async def test_an_unlinked_account_is_written_down(house: House, account: Account) -> None:
    await house.accounts.unlink(ANNA, account.id, chat=CHAT)
    assert (await written(house))[-1] == Event(deed=Deed.UNLINKED, person=ANNA, chat=CHAT, account=account.label)
