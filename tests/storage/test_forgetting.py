"""Nothing of a person is left once they were forgotten, and everything of everybody else is."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.domain.absences import Absence
from chatbot.domain.accounts import Venue
from chatbot.domain.audit import Deed, Event, Finding
from chatbot.domain.drafts import Dialogue, LinkDraft, Question
from chatbot.domain.errors import NotLinked
from chatbot.domain.ids import ChatId, DialogueId, MessageId, PersonId
from chatbot.domain.locks import Lock
from chatbot.domain.notices import NoticeKind, NoticeMode, PersonJoined
from chatbot.domain.people import LinkKind, Person, Role
from chatbot.domain.places import Place
from chatbot.domain.portfolio import Position, Sample
from chatbot.domain.secrets import Secret, Session, SwapKey
from chatbot.domain.tickets import TicketState
from chatbot.domain.trade_sweeps import Coverage
from chatbot.ports.shown_secrets import Shown
from chatbot.storage.absences import open_summary
from chatbot.storage.audit import AUDIT
from chatbot.storage.forgetting import BLANKED, ERASED, FORGETTINGS, WITH_CREDENTIALS
from chatbot.storage.inbox import INBOX
from chatbot.storage.opening import Storage
from chatbot.storage.tables import METADATA
from chatbot.workers.housekeeping import Eraser
from tests.fakes.instant import trade
from tests.fakes.swap_service import swap
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, BORIS, GROUP, NOW, ORDER, ManualClock, an_export, credentials, ticket
from tests.storage.test_swaps import followed

_OWNERS = {"person", "account", "chat"}
_OTHERS = {"by", "made_by", "invited_by", "vouched_by", "asked_by", "about"}
"""How columns are called that tell of somebody: whose a row is, and who else it names."""

_EXCEPTIONS = {
    FORGETTINGS.name: "says that an erasure is not complete yet, and goes last",
    AUDIT.name: "what is personal in it is blanked, see StoredForgetting",
}


async def fill(storage: Storage, person: PersonId, mark: str) -> None:
    """Something in every table; `mark` stands in whatever is stored in the clear."""
    chat, later = ChatId(person), NOW + timedelta(hours=1)
    member = Person(id=person, name=f"name-{mark}", role=Role.MEMBER, joined_at=NOW)
    await storage.people.add(member)
    await storage.people.add(replace(member, id=PersonId(person + 1), name="guest", invited_by=person))
    await storage.people.add_link(
        kind=LinkKind.INVITE, token_hash=mark.encode() * 4, made_by=person, expires_at=later, now=NOW
    )
    account = await storage.accounts.add(person, venue=Venue.PAPER, credentials=credentials(mark), now=NOW)
    session = Session(username=Secret(f"session-{mark}"), token=Secret(f"token-{mark}"))
    await storage.accounts.put_session(account, session, now=NOW)
    await storage.tickets.add(
        ticket(person=person, chat=chat, account=account.id, account_label=f"label-{mark}", state=TicketState.DONE)
    )
    key = SwapKey(api_key=Secret(f"swap-key-{mark}"))
    swaps = await storage.accounts.add(person, venue=Venue.PAPER_SWAPS, credentials=key, now=NOW)
    of_person = {"person": person, "chat": chat, "account": swaps.id, "account_label": f"label-{mark}"}
    await storage.swaps.follow(followed(swap=swap(withdraw_address=f"address-{mark}"), **of_person))
    await storage.follow_ups.begin(account.id, (ORDER,), through=ORDER.number)
    await storage.trades.keep(account.id, [trade(ManualClock(), transaction=f"trade-{mark}")])
    await storage.trades.cover(account.id, Coverage(since=NOW, until=later), next_at=later)
    held = Position(currency=f"coin-{mark}", amount=Decimal(1), price=None)
    await storage.samples.keep(account.id, f"sub-{mark}", Sample(at=NOW, positions=(held,)))
    await storage.samples.remember(account.id, f"sub-{mark}", now=NOW)
    begun = await storage.exports.begin(an_export(person, account), Event(deed=Deed.FILE_ASKED, person=person))
    assert begun is not None and await storage.exports.save(begun, orders=[ORDER])
    absence = Absence(since=NOW, until=later)
    await storage.database.write(lambda connection: open_summary(connection, Place(chat=chat), absence))
    await storage.favourites.toggle(chat, f"market-{mark}", now=NOW)
    await storage.preferences.change(chat, lambda usual: replace(usual, zone="Europe/Berlin"))
    noted = Event(deed=Deed.NOTICES_CHANGED, person=person, chat=chat)
    await storage.preferences.set_mode(chat, NoticeKind.ORDER, NoticeMode.OFF, noted, now=NOW)
    for place in (Place(chat=chat), Place(chat=GROUP, thread=12)):
        await storage.boards.open(place, venue=Venue.PAPER, markets=(), set_by=person, now=NOW)
        await storage.digests.set(place, venue=Venue.PAPER, markets=(), at=time(9), next_at=later, set_by=person)
    await storage.chats.vouch(GROUP, by=person, now=NOW)
    await storage.chats.pause(chat, now=NOW)
    draft = LinkDraft(venue=Venue.ANDX, asking=Question.USERNAME)
    await storage.dialogues.put(
        Dialogue(id=DialogueId(mark), person=person, chat=chat, message=None, draft=draft, expires_at=later)
    )
    await storage.factors.begin(person, secret=Secret("JBSWY3DPEHPK3PXP"), expires_at=later)
    await storage.shown_secrets.add(Shown(person=person, chat=chat, message=MessageId(9), delete_at=later))
    lock = Lock(person=person, since=NOW, chat=chat, message=MessageId(1), opens_at=None)
    await storage.locks.lock(
        lock, Event(deed=Deed.LOCKED, person=person, chat=chat, subject=f"subject-{mark}"), now=NOW
    )
    joined = PersonJoined(person=person, name=f"joined-{mark}")
    await storage.outbox.add(joined, chat=ChatId(5), reply_to=None, now=NOW)
    await storage.outbox.add(joined, chat=chat, reply_to=None, now=NOW)
    body = b'{"update_id": %d, "message": {"from": {"id": %d}}}' % (person, person)
    (item,) = await storage.inbox.store([(person, body)], received_at=NOW)
    await storage.inbox.put_aside(item.seq)


async def forget(storage: Storage, person: PersonId) -> None:
    assert await storage.forgetting.begin(person)
    await storage.forgetting.erase(person)


def rows_of(file: Path, number: int) -> dict[str, int]:
    """In how many rows of each table a number stands."""
    with closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sum(number in row for row in database.execute(f'SELECT * FROM "{name}"')) for name in names}
    return {name: count for name, count in found.items() if count}


def test_every_column_that_tells_of_somebody_is_erased_or_an_exception() -> None:
    by_column = {*ERASED, *(column for column, _ in BLANKED)}
    wholly = {column.table.name for column in ERASED} | {table.name for table in WITH_CREDENTIALS}
    for table in METADATA.sorted_tables:
        if table.name in _EXCEPTIONS or any(key.column.table.name == "accounts" for key in table.foreign_keys):
            continue
        for column in table.c:
            if column.name in _OWNERS and table.name not in wholly:
                assert column in by_column, f"{table.name} outlives its person"
            if column.name in _OTHERS:
                assert column in by_column, f"{table.name}.{column.name} outlives who it names"


async def test_nothing_of_a_person_is_left_and_everything_of_others_is(storage: Storage, database_file: Path) -> None:
    await fill(storage, ANNA, "canary")
    await fill(storage, BORIS, "sparrow")
    before = rows_of(database_file, BORIS)
    assert len(rows_of(database_file, ANNA)) > 10
    await forget(storage, ANNA)
    after = rows_of(database_file, BORIS)
    assert after == before
    assert rows_of(database_file, ANNA) == {"inbox": 1}  # the number of the update, which the test made the same
    assert await storage.people.get(ANNA) is None and await storage.people.get(BORIS) is not None
    assert storage.locks.of(ANNA) is None and storage.locks.of(BORIS) is not None
    assert await storage.chats.is_vouched(GROUP)


async def test_the_bytes_are_gone_from_the_file_and_its_log(storage: Storage, database_file: Path) -> None:
    await fill(storage, ANNA, "canary")
    query = (
        "SELECT sealed FROM account_secrets UNION SELECT sealed FROM secrets UNION SELECT wrapped FROM data_keys "
        "UNION SELECT username FROM sessions UNION SELECT token FROM sessions"
    )
    sealed = await storage.database.read(lambda connection: connection.exec_driver_sql(query).scalars().all())
    assert len(sealed) >= 8

    def traces() -> list[bytes]:
        files = [each.read_bytes() for each in database_file.parent.glob(f"{database_file.name}*")]
        return [each for each in (b"canary", *sealed) if any(each in content for content in files)]

    assert len(traces()) == len(sealed) + 1
    await forget(storage, ANNA)
    assert traces() == []


def secrets_in(file: Path, secrets: list[bytes]) -> bool:
    files = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    return any(secret in files for secret in secrets)


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_a_reader_keeps_on_the_disk_goes_when_it_has_stopped(
    reopen: Reopen, database_file: Path, restarted: bool
) -> None:
    storage = await reopen()
    await fill(storage, ANNA, "canary")
    query = "SELECT wrapped FROM data_keys UNION SELECT sealed FROM account_secrets"
    secrets = await storage.database.read(lambda connection: list(connection.exec_driver_sql(query).scalars()))
    with closing(sqlite3.connect(database_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tickets").fetchall()
        assert await storage.forgetting.begin(ANNA)
        assert not await storage.forgetting.erase(ANNA)
        assert not await storage.forgetting.finish()
        assert secrets_in(database_file, secrets)
        if restarted:
            await storage.aclose()
            storage = await reopen()
            assert not await storage.forgetting.finish()
        reader.execute("COMMIT")
        await Eraser(storage.forgetting).step()
        assert await storage.forgetting.finish()
        assert not secrets_in(database_file, secrets)
    await storage.aclose()


async def test_the_update_that_asked_for_it_is_erased_with_the_rest(storage: Storage, database_file: Path) -> None:
    body = b'{"update_id": 5, "message": {"from": {"id": %d}, "text": "4711"}}' % ANNA
    (asking,) = await storage.inbox.store([(5, body)], received_at=NOW)
    sealed = await storage.database.read(lambda connection: list(connection.execute(sa.select(INBOX.c.body)).scalars()))
    assert secrets_in(database_file, sealed)
    await forget(storage, ANNA)
    assert not secrets_in(database_file, sealed)
    assert await storage.inbox.unfinished() == ()
    await storage.inbox.done([asking.seq])


async def test_their_credentials_open_nothing_any_more(storage: Storage) -> None:
    await fill(storage, ANNA, "canary")
    account = await storage.accounts.active(ANNA)
    assert account is not None
    await storage.accounts.credentials(account.id)
    await forget(storage, ANNA)
    with pytest.raises(NotLinked):
        await storage.accounts.credentials(account.id)


async def test_the_log_stays_whole_and_says_what_is_missing(storage: Storage) -> None:
    await fill(storage, ANNA, "canary")
    await fill(storage, BORIS, "sparrow")
    before = await storage.audit.page(of=None, before=None, limit=99)
    await forget(storage, ANNA)
    after = await storage.audit.page(of=None, before=None, limit=99)
    assert await storage.audit.verify() == Finding(whole=len(before) + 1)
    theirs = [entry for entry in before if entry.event.person == ANNA]
    assert after[0].event == Event(deed=Deed.FORGOTTEN, person=None) and after[0].covers == len(theirs) > 2
    for old, new in zip(before, after[1:], strict=True):
        if old in theirs:
            assert new.forgotten and new.event == Event(deed=old.event.deed, person=None) and new.at == old.at
        else:
            assert new == old


async def test_a_long_log_is_blanked_page_by_page(storage: Storage) -> None:
    def many(connection: sa.Connection) -> None:
        for _ in range(1_201):
            storage.audit.append(connection, Event(deed=Deed.SENT, person=ANNA), now=NOW)

    await storage.database.write(many)
    await forget(storage, ANNA)
    newest = await storage.audit.page(of=None, before=None, limit=3)
    assert [entry.covers for entry in newest] == [201, 500, 500]
    assert await storage.audit.verify() == Finding(whole=1_204)


async def test_forgetting_does_not_cover_up_what_was_tampered_with(storage: Storage) -> None:
    await fill(storage, ANNA, "canary")
    await storage.database.write(
        lambda connection: connection.exec_driver_sql("UPDATE audit SET result = 'fine' WHERE seq = 2")
    )
    broken = (await storage.audit.verify()).broken
    await forget(storage, ANNA)
    assert broken is not None and (await storage.audit.verify()).broken == broken


async def test_entries_about_somebody_are_forgotten_with_them(storage: Storage) -> None:
    await storage.people.add(Person(id=BORIS, name="Boris", role=Role.MEMBER, joined_at=NOW))
    await storage.people.remove(BORIS, by=ANNA, now=NOW)
    await forget(storage, BORIS)
    forgetting, removal = await storage.audit.page(of=None, before=None, limit=9)
    assert removal.forgotten and removal.event == Event(deed=Deed.REMOVED, person=None) and forgetting.covers == 1


@pytest.mark.parametrize("state", [TicketState.HELD, TicketState.CLAIMED, TicketState.UNCERTAIN])
async def test_nothing_is_erased_while_an_outcome_is_open(storage: Storage, state: TicketState) -> None:
    await fill(storage, ANNA, "canary")
    open_one = ticket(state=state)
    await storage.tickets.add(open_one)
    assert not await storage.forgetting.begin(ANNA)
    assert await storage.tickets.get(open_one.id) == open_one
    assert await storage.forgetting.begun() == ()


async def test_cards_can_no_longer_be_confirmed_once_it_began(storage: Storage) -> None:
    pending = ticket()
    await storage.tickets.add(pending)
    await storage.forgetting.begin(ANNA)
    assert await storage.tickets.get(pending.id) is None


@pytest.mark.parametrize("step", range(1, 5))
async def test_killed_anywhere_it_is_completed_at_the_next_start(
    reopen: Reopen, database_file: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    storage = await reopen()
    await fill(storage, ANNA, "canary")
    await storage.forgetting.begin(ANNA)
    write, written = storage.database.write, 0

    async def dying(*args: object, **options: object) -> object:
        nonlocal written
        written += 1
        if written == step:
            raise KeyboardInterrupt
        return await write(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(storage.database, "write", dying)
    with pytest.raises(KeyboardInterrupt):
        await storage.forgetting.erase(ANNA)
    monkeypatch.undo()
    await storage.aclose()

    storage = await reopen()
    assert await storage.forgetting.begun() == (ANNA,)
    await storage.forgetting.erase(ANNA)
    assert await storage.forgetting.begun() == ()
    assert rows_of(database_file, ANNA) == {"inbox": 1}
    assert (await storage.audit.verify()).broken is None
    await storage.aclose()


async def test_updates_of_others_that_were_put_aside_are_kept(storage: Storage) -> None:
    await fill(storage, ANNA, "canary")
    await fill(storage, PersonId(70), "sparrow")
    await forget(storage, PersonId(70))
    bodies = sa.select(INBOX.c.update_id).where(INBOX.c.body.is_not(None))
    kept = await storage.database.read(lambda connection: connection.execute(bodies).scalars().all())
    assert kept == [ANNA]  # whose number begins like the other's
