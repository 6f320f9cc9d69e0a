"""What has to be said and settled before somebody is forgotten."""

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.exports import ExportFormat, ExportKind, ExportRequest
from chatbot.domain.ids import PersonId
from chatbot.domain.people import Person, Role
from chatbot.services.forgetting import Forgetting, Outlook, Unfinished
from tests.services.house import ANNA, BORIS, CHAT, House


def forgetting(house: House, *owners: PersonId) -> Forgetting:
    storage = house.storage
    return Forgetting(
        store=storage.forgetting,
        accounts=storage.accounts,
        tickets=storage.tickets,
        exports=storage.exports,
        files=storage.export_files,
        people=house.people(*owners),
    )


async def add(house: House, person: PersonId, role: Role) -> None:
    await house.storage.people.add(Person(id=person, name="x", role=role, joined_at=house.clock.now()))


async def test_the_last_stored_owner_is_told(house: House) -> None:
    await add(house, ANNA, Role.OWNER)
    assert await forgetting(house).outlook(ANNA) == Outlook(accounts=0, named_owner=False, last_owner=True)
    await add(house, BORIS, Role.OWNER)
    assert not (await forgetting(house).outlook(ANNA)).last_owner
    assert not (await forgetting(house, PersonId(5)).outlook(ANNA)).last_owner


async def test_an_owner_of_the_settings_stays_one(house: House, account: Account) -> None:
    await add(house, ANNA, Role.OWNER)
    assert await forgetting(house, ANNA).outlook(ANNA) == Outlook(accounts=1, named_owner=True, last_owner=False)
    await forgetting(house, ANNA).forget(ANNA)
    assert await house.people(ANNA).has_owner()


async def test_while_an_outcome_is_open_it_says_what_to_do_first(house: House, account: Account) -> None:
    ticket = await house.order_card(account)
    house.exchange.lose_answer("place_order")
    await house.tap(ticket)
    with pytest.raises(Unfinished, match="/pending"):
        await forgetting(house).outlook(ANNA)
    with pytest.raises(Unfinished):
        await forgetting(house).forget(ANNA)
    assert await house.storage.accounts.active(ANNA) == account


async def test_a_finished_file_is_gone_when_its_person_is_told_that_all_is(house: House, account: Account) -> None:
    request = ExportRequest(kind=ExportKind.HISTORY, first=None, last=house.clock.now().date(), format=ExportFormat.CSV)
    for completing in (lambda: forgetting(house).forget(ANNA), lambda: forgetting(house).resume()):
        begun = await house.exports.begin(request, person=ANNA, chat=CHAT)
        await house.storage.export_files.begin(begun.id, 1)
        await house.storage.forgetting.begin(ANNA)
        await completing()
        assert await house.storage.export_files.present() == frozenset()


async def test_what_was_begun_is_completed_at_the_next_start(house: House, account: Account) -> None:
    await house.storage.forgetting.begin(ANNA)
    await forgetting(house).resume()
    assert await house.storage.accounts.of(ANNA) == ()
    assert await house.storage.forgetting.begun() == ()
