import pytest

from chatbot.domain.errors import InputError, NotAllowed
from chatbot.domain.notices import PersonJoined
from chatbot.domain.people import Role
from chatbot.services.people import CLAIM_LIFETIME, INVITE_LIFETIME
from tests.services.house import ANNA, BORIS, House


async def test_the_first_to_open_the_claim_link_owns_the_bot(house: House) -> None:
    people = house.people()
    assert not await people.has_owner()
    link = await people.claim_link()
    assert await people.open_link(link.payload, person=ANNA, name="Anna") is Role.OWNER
    assert await people.has_owner()
    with pytest.raises(NotAllowed):
        await people.open_link(link.payload, person=BORIS, name="Boris")
    with pytest.raises(NotAllowed):
        await people.open_link((await people.claim_link()).payload, person=BORIS, name="Boris")
    assert [(person.id, person.role) for person in await people.everybody()] == [(ANNA, Role.OWNER)]


async def test_a_claim_link_is_worth_nothing_once_owners_are_configured(house: House) -> None:
    link = await house.people().claim_link()
    with pytest.raises(NotAllowed):
        await house.people(ANNA).open_link(link.payload, person=BORIS, name="Boris")


async def test_an_invitation_lets_one_person_in_and_its_maker_is_told(house: House) -> None:
    people = house.people(ANNA)
    link = await people.invite(ANNA)
    assert await people.open_link(link.payload, person=BORIS, name="Boris") is Role.MEMBER
    assert await house.told() == [PersonJoined(person=BORIS, name="Boris")]
    (boris,) = await people.everybody()
    assert (boris.id, boris.invited_by) == (BORIS, ANNA)
    with pytest.raises(NotAllowed):
        await people.open_link(link.payload, person=7_003, name="Carol")  # type: ignore[arg-type]


async def test_somebody_who_is_in_does_not_use_up_an_invitation(house: House) -> None:
    people = house.people(ANNA)
    link = await people.invite(ANNA)
    with pytest.raises(InputError, match="stays good"):
        await people.open_link(link.payload, person=ANNA, name="Anna")
    assert await people.open_link(link.payload, person=BORIS, name="Boris") is Role.MEMBER


async def test_links_run_out(house: House) -> None:
    claim, invitation = await house.people().claim_link(), await house.people().invite(ANNA)
    house.clock.pass_(CLAIM_LIFETIME.total_seconds())
    with pytest.raises(NotAllowed):
        await house.people().open_link(claim.payload, person=BORIS, name="Boris")
    house.clock.pass_((INVITE_LIFETIME - CLAIM_LIFETIME).total_seconds())
    with pytest.raises(NotAllowed):
        await house.people().open_link(invitation.payload, person=BORIS, name="Boris")


async def test_a_forged_link_opens_nothing(house: House) -> None:
    people = house.people()
    invitation = (await people.invite(ANNA)).payload
    forged = ["", "inv_", "inv_x", "claim_x", "admin_x", "inv", invitation + "x", invitation.replace("inv_", "claim_")]
    for payload in forged:
        with pytest.raises(NotAllowed):
            await people.open_link(payload, person=BORIS, name="Boris")
    assert await people.everybody() == ()


async def test_who_may_use_the_bot_follows_access_and_guest_list(house: House) -> None:
    owned = house.people(ANNA)
    assert await owned.is_in(ANNA) and not await owned.is_in(BORIS)
    link = await owned.invite(ANNA)
    await owned.open_link(link.payload, person=BORIS, name="Boris")
    assert await owned.is_in(BORIS)
    await owned.remove(BORIS, by=ANNA)
    assert not await owned.is_in(BORIS)


async def test_access_is_taken_away_but_not_from_oneself_nor_from_configured_owners(house: House) -> None:
    people = house.people(ANNA)
    await people.open_link((await people.invite(ANNA)).payload, person=BORIS, name="Boris")
    with pytest.raises(InputError, match="yourself"):
        await people.remove(ANNA, by=ANNA)
    with pytest.raises(InputError, match="OWNER_IDS"):
        await people.remove(ANNA, by=BORIS)
    await people.remove(BORIS, by=ANNA)
    assert await people.everybody() == ()
    with pytest.raises(InputError, match="no access any more"):
        await people.remove(BORIS, by=ANNA)
