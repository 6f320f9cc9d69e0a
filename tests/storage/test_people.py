import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.audit import Deed
from chatbot.domain.chats import Subscriptions
from chatbot.domain.errors import Obstacle
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.people import LinkKind, Person, Role
from chatbot.domain.places import Place
from chatbot.domain.tickets import Blocked, TicketState
from chatbot.storage.alerts import ALERTS
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, FIRED, GROUP, NOW, alert_row, credentials, ticket
from tests.storage.two_steps import card

OWNER = Person(id=ANNA, name="Anna", role=Role.OWNER, joined_at=NOW)
MEMBER = Person(id=BORIS, name="Boris", role=Role.MEMBER, joined_at=NOW, invited_by=ANNA)
HOUR = timedelta(hours=1)
HASH = b"h" * 32


async def make_link(storage: Storage, *, kind: LinkKind = LinkKind.INVITE, made_by: PersonId | None = ANNA) -> None:
    await storage.people.add_link(kind=kind, token_hash=HASH, made_by=made_by, expires_at=NOW + HOUR, now=NOW)


async def use_link(
    storage: Storage, *, kind: LinkKind = LinkKind.INVITE, person: PersonId = BORIS, after: timedelta = timedelta()
) -> tuple[bool, PersonId | None]:
    role = Role.OWNER if kind is LinkKind.CLAIM else Role.MEMBER
    return await storage.people.use_link(
        kind=kind, token_hash=HASH, person=person, name="Boris", role=role, now=NOW + after
    )


async def test_people_are_remembered_across_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    for person in (OWNER, MEMBER):
        await storage.people.add(person)
    await storage.aclose()
    storage = await reopen()
    assert await storage.people.get(ANNA) == OWNER
    assert await storage.people.get(BORIS) == MEMBER
    assert await storage.people.get(PersonId(1)) is None
    await storage.aclose()


async def test_owners_come_first_then_the_longest_here(storage: Storage) -> None:
    late_owner = Person(id=PersonId(1), name="L", role=Role.OWNER, joined_at=NOW + HOUR)
    late_member = Person(id=PersonId(2), name="M", role=Role.MEMBER, joined_at=NOW + HOUR)
    for person in (late_member, MEMBER, late_owner, OWNER):
        await storage.people.add(person)
    assert await storage.people.everybody() == (OWNER, late_owner, MEMBER, late_member)


async def test_adding_somebody_again_changes_name_and_role(storage: Storage) -> None:
    await storage.people.add(MEMBER)
    promoted = replace(MEMBER, name="Boris II", role=Role.OWNER)
    await storage.people.add(replace(promoted, joined_at=NOW + HOUR, invited_by=None))
    assert await storage.people.everybody() == (promoted,)


async def test_removed_people_are_out_also_after_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    await storage.people.add(MEMBER)
    assert await storage.people.remove(BORIS, by=ANNA, now=NOW) == ()
    assert await storage.people.remove(BORIS, by=ANNA, now=NOW) is None
    assert await storage.people.get(BORIS) is None
    await storage.aclose()
    storage = await reopen()
    assert await storage.people.get(BORIS) is None
    await storage.aclose()


async def test_removing_somebody_closes_what_waits_of_theirs_in_the_remover_s_name(storage: Storage) -> None:
    await storage.people.add(MEMBER)
    account = await storage.accounts.add(BORIS, venue=Venue.PAPER, credentials=credentials(), now=NOW)
    waiting = [await card(storage, account, person=BORIS, state=state) for state in TicketState if state.is_waiting]
    others = [ticket(person=BORIS, state=TicketState.CLAIMED), ticket(person=ANNA)]
    for each in others:
        await storage.tickets.add(each)
    assert await storage.people.remove(BORIS, by=ANNA, now=NOW) == ()
    for each in waiting:
        after = await storage.tickets.get(each.id)
        assert after is not None and after.state is TicketState.REFUSED
        assert after.outcome == Blocked(obstacle=Obstacle.REMOVED)
    for each in others:
        assert await storage.tickets.get(each.id) == each
    log = [entry.event for entry in await storage.audit.page(of=ANNA, before=None, limit=9)]
    assert sorted(event.deed for event in log) == [Deed.REMOVED] + [Deed.STOPPED] * len(waiting)
    assert {event.about for event in log} == {BORIS}


async def test_what_goes_on_in_the_private_chat_of_somebody_removed_pauses_and_stays_so(storage: Storage) -> None:
    await storage.people.add(MEMBER)
    theirs, group = Place(chat=ChatId(BORIS)), Place(chat=GROUP)
    for place in (theirs, group):
        row = alert_row(place, BORIS)
        await storage.database.write(lambda connection, row=row: connection.execute(ALERTS.insert(), row))  # type: ignore[misc]
        await storage.boards.open(place, venue=Venue.PAPER, markets=(), set_by=BORIS, now=NOW)
        await storage.digests.set(place, venue=Venue.PAPER, markets=(), at=time(9), next_at=NOW, set_by=BORIS)
    assert await storage.people.remove(BORIS, by=ANNA, now=NOW) == ()
    await storage.people.add(MEMBER)
    assert await storage.presence.subscriptions(theirs.chat) == Subscriptions()
    assert await storage.presence.paused_in(theirs.chat) == Subscriptions(alerts=1, boards=1, digests=1)
    assert await storage.presence.subscriptions(GROUP) == Subscriptions(alerts=1, boards=1, digests=1)


async def test_groups_that_only_a_removed_person_stood_for_fall_silent(storage: Storage) -> None:
    other = ChatId(-2)
    await storage.people.add(MEMBER)
    for chat, by in ((GROUP, BORIS), (other, ANNA)):
        await storage.chats.vouch(chat, by=by, now=NOW)
        await add_alert(storage, Place(chat=chat), ANNA)
        await storage.outbox.add(FIRED, chat=chat, reply_to=None, now=NOW)
    assert await storage.people.remove(BORIS, by=ANNA, now=NOW) == (GROUP,)
    assert [await storage.chats.is_vouched(chat) for chat in (GROUP, other)] == [False, True]
    assert await storage.presence.subscriptions(GROUP) == Subscriptions()
    assert await storage.presence.subscriptions(other) == Subscriptions(alerts=1)
    assert [entry.chat for entry in await storage.outbox.due(now=NOW, limit=9)] == [other]


async def test_who_has_but_an_alert_may_still_erase_it(storage: Storage) -> None:
    await add_alert(storage, Place(chat=ChatId(BORIS)), BORIS)
    assert await storage.people.has_rows(BORIS) and not await storage.people.has_rows(ANNA)


async def add_alert(storage: Storage, place: Place, by: PersonId) -> None:
    await storage.database.write(lambda connection: connection.execute(ALERTS.insert(), alert_row(place, by)))


async def test_somebody_who_is_not_in_loses_nothing_by_a_removal(storage: Storage) -> None:
    waiting = ticket(person=BORIS)
    await storage.tickets.add(waiting)
    assert await storage.people.remove(BORIS, by=ANNA, now=NOW) is None
    assert await storage.tickets.get(waiting.id) == waiting


async def test_it_is_known_who_has_something_here(storage: Storage) -> None:
    await storage.people.add(MEMBER)
    assert not await storage.people.has_rows(BORIS)
    await storage.tickets.add(ticket(person=BORIS, state=TicketState.PENDING))
    assert not await storage.people.has_rows(BORIS)
    await storage.tickets.add(ticket(person=BORIS, state=TicketState.DONE, claimed_at=NOW))
    await storage.favourites.toggle(ANNAS_CHAT, "BTCUSDT", now=NOW)
    assert await storage.people.has_rows(BORIS) and await storage.people.has_rows(ANNA)
    assert not await storage.people.has_rows(PersonId(1))


async def test_link_lets_one_person_in_once(storage: Storage) -> None:
    await make_link(storage)
    people = [PersonId(n) for n in range(1, 21)]
    results = await asyncio.gather(*(use_link(storage, person=person) for person in people))
    assert sorted(results, key=str) == [(False, None)] * 19 + [(True, ANNA)]
    (joined,) = await storage.people.everybody()
    assert joined == Person(id=joined.id, name="Boris", role=Role.MEMBER, joined_at=NOW, invited_by=ANNA)


async def test_link_whose_time_is_over_lets_nobody_in(storage: Storage) -> None:
    await make_link(storage)
    assert await use_link(storage, after=HOUR) == (False, None)
    assert await use_link(storage, after=HOUR - timedelta(microseconds=1)) == (True, ANNA)


async def test_invitation_is_no_claim(storage: Storage) -> None:
    await make_link(storage)
    assert await use_link(storage, kind=LinkKind.CLAIM) == (False, None)
    assert await storage.people.everybody() == ()


async def test_claim_works_only_while_there_is_no_owner(storage: Storage) -> None:
    await make_link(storage, kind=LinkKind.CLAIM, made_by=None)
    await storage.people.add(OWNER)
    assert await use_link(storage, kind=LinkKind.CLAIM) == (False, None)
    await storage.people.remove(ANNA, by=ANNA, now=NOW)
    assert await use_link(storage, kind=LinkKind.CLAIM) == (True, None)
    claimed = await storage.people.get(BORIS)
    assert claimed is not None
    assert claimed.role is Role.OWNER


@pytest.mark.parametrize("known", [replace(OWNER, id=BORIS), MEMBER])
async def test_invitation_takes_nothing_from_somebody_who_is_in(storage: Storage, known: Person) -> None:
    await storage.people.add(known)
    await make_link(storage)
    assert await use_link(storage, after=timedelta(minutes=1)) == (True, ANNA)
    assert await storage.people.get(BORIS) == replace(known, name="Boris")


async def test_links_end_with_the_access_of_who_made_them(storage: Storage) -> None:
    await storage.people.add(OWNER)
    await make_link(storage)
    await storage.people.remove(ANNA, by=ANNA, now=NOW)
    assert await use_link(storage) == (False, None)
