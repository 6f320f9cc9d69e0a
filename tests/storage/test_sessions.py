"""Browser sessions stand in the vault beside their account's key, and end with either."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Account, SessionState, Venue
from chatbot.domain.audit import Deed
from chatbot.domain.errors import NoSession, NotLinked, SessionExpired
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import Alarm, AlarmKind, Notice, SessionRejected
from chatbot.domain.secrets import Secret, Session
from chatbot.storage.faults import SealBroken
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage
from chatbot.storage.sessions import SESSIONS
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, BORIS, NOW, credentials
from tests.storage.keeping import Keeping

SESSION = Session(username=Secret("canary-anna"), token=Secret("canary-token-9876"))
FRESH = Session(username=Secret("canary-anna"), token=Secret("canary-token-5432"))
LATER = NOW + timedelta(hours=1)


async def linked(storage: Storage, *, person: PersonId = ANNA) -> Account:
    return await storage.accounts.add(person, venue=Venue.ANDX, credentials=credentials(), now=NOW)


async def with_session(storage: Storage, session: Session = SESSION) -> Account:
    account = await linked(storage)
    await storage.accounts.put_session(account, session, now=NOW)
    return account


async def deeds(storage: Storage) -> list[Deed]:
    """Newest first."""
    return [entry.event.deed for entry in await storage.audit.page(of=None, before=None, limit=9)]


async def told(storage: Storage) -> list[Notice]:
    """What waits to be said but that an account was linked."""
    due = await storage.outbox.due(now=LATER, limit=99)
    return [
        entry.notice
        for entry in sorted(due, key=lambda entry: entry.id)
        if not (isinstance(entry.notice, Alarm) and entry.notice.kind is AlarmKind.LINKED)
    ]


async def sealed(storage: Storage) -> list[bytes]:
    query = sa.select(SESSIONS.c.username, SESSIONS.c.token)
    rows = await storage.database.read(lambda connection: connection.execute(query).all())
    return [value for row in rows for value in row]


async def test_a_session_opens_also_after_a_restart_and_shows_only_its_end(reopen: Reopen) -> None:
    storage = await reopen()
    account = await linked(storage)
    state = await storage.accounts.put_session(account, SESSION, now=NOW)
    assert state == SessionState(tail="9876", linked_at=NOW)
    await storage.aclose()
    storage = await reopen()
    assert await storage.accounts.session(account.id, of=ANNA) == SESSION
    assert await storage.accounts.session_state(account.id) == state
    await storage.aclose()


async def test_linking_one_is_written_down_with_an_alarm(storage: Storage) -> None:
    account = await with_session(storage)
    assert (await deeds(storage))[0] is Deed.SESSION_LINKED
    assert await told(storage) == [Alarm(kind=AlarmKind.SESSION_LINKED, at=NOW, account=account.label)]


async def test_without_a_session_none_opens(storage: Storage) -> None:
    account = await linked(storage)
    assert await storage.accounts.session_state(account.id) is None
    with pytest.raises(NoSession):
        await storage.accounts.session(account.id)
    with pytest.raises(NotLinked):
        await storage.accounts.session(account.id, of=BORIS)


async def test_a_session_opens_and_goes_for_its_own_person_only(storage: Storage) -> None:
    account = await with_session(storage)
    with pytest.raises(NotLinked):
        await storage.accounts.session(account.id, of=BORIS)
    assert not await storage.accounts.drop_session(BORIS, account.id, now=NOW)
    assert await storage.accounts.session(account.id, of=ANNA) == SESSION


async def test_a_dropped_session_leaves_nothing_behind_but_its_entry(storage: Storage, database_file: Path) -> None:
    def contents() -> bytes:
        return b"".join(file.read_bytes() for file in database_file.parent.iterdir())

    account = await with_session(storage)
    stored = await sealed(storage)
    assert len(stored) == 2 and all(value in contents() for value in stored)
    assert b"canary" not in contents()
    assert await storage.accounts.drop_session(ANNA, account.id, now=NOW)
    assert not await storage.accounts.drop_session(ANNA, account.id, now=NOW)
    assert not any(value in contents() for value in stored)
    assert (await deeds(storage))[:2] == [Deed.SESSION_UNLINKED, Deed.SESSION_LINKED]
    assert await storage.accounts.credentials(account.id) == credentials()


async def test_a_fresh_session_takes_the_place_of_the_other_whose_bytes_go(
    storage: Storage, database_file: Path
) -> None:
    account = await with_session(storage)
    before = await sealed(storage)
    await storage.accounts.put_session(account, FRESH, now=LATER)
    assert await storage.accounts.session(account.id) == FRESH
    files = b"".join(file.read_bytes() for file in database_file.parent.iterdir())
    assert not any(value in files for value in before)


async def test_a_session_ends_with_its_account(storage: Storage) -> None:
    account, other = await with_session(storage), await with_session(storage, FRESH)
    await storage.accounts.remove(ANNA, account.id, now=NOW)
    with pytest.raises(NotLinked):
        await storage.accounts.session(account.id)
    assert await storage.accounts.session(other.id) == FRESH
    with pytest.raises(NotLinked):
        await storage.accounts.put_session(account, SESSION, now=NOW)
    await storage.accounts.erase_all(ANNA)
    assert await sealed(storage) == []


async def test_a_rejected_session_opens_no_more_and_a_fresh_one_is_asked_for_once(storage: Storage) -> None:
    account = await with_session(storage)
    for _ in range(3):
        await storage.accounts.reject_session(account, SESSION, now=LATER)
    with pytest.raises(SessionExpired):
        await storage.accounts.session(account.id)
    state = await storage.accounts.session_state(account.id)
    assert state is not None and state.rejected_at == LATER
    requests = [notice for notice in await told(storage) if isinstance(notice, SessionRejected)]
    assert requests == [SessionRejected(account=account.id, label=account.label, at=LATER)]
    assert (await deeds(storage)).count(Deed.SESSION_REJECTED) == 1
    await storage.accounts.put_session(account, FRESH, now=LATER)
    assert await storage.accounts.session(account.id) == FRESH


async def test_a_late_no_to_the_former_session_does_not_concern_the_fresh_one(storage: Storage) -> None:
    account = await with_session(storage)
    await storage.accounts.put_session(account, FRESH, now=LATER)
    await storage.accounts.reject_session(account, SESSION, now=LATER)
    assert await storage.accounts.session(account.id) == FRESH
    assert Deed.SESSION_REJECTED not in await deeds(storage)


@pytest.mark.parametrize("removed", ["the session", "the account"])
async def test_a_no_that_comes_after_the_end_changes_nothing(storage: Storage, removed: str) -> None:
    account = await with_session(storage)
    if removed == "the session":
        await storage.accounts.drop_session(ANNA, account.id, now=NOW)
    else:
        await storage.accounts.remove(ANNA, account.id, now=NOW)
    await storage.accounts.reject_session(account, SESSION, now=LATER)
    assert Deed.SESSION_REJECTED not in await deeds(storage)


async def test_a_session_moved_to_another_account_does_not_open(storage: Storage) -> None:
    account, other = await with_session(storage), await with_session(storage, FRESH)
    row = sa.select(SESSIONS.c.token).where(SESSIONS.c.account == account.id).scalar_subquery()
    moved = SESSIONS.update().where(SESSIONS.c.account == other.id).values(token=row)
    await storage.database.write(lambda connection: connection.execute(moved))
    with pytest.raises(SealBroken):
        await storage.accounts.session(other.id)


async def test_a_session_opens_after_a_rotation(tmp_path: Path) -> None:
    source = KeyFile(tmp_path / "master.key")
    async with Keeping.opened(tmp_path / "chatbot.db", source) as keeping:
        account = await keeping.accounts.add(ANNA, venue=Venue.ANDX, credentials=credentials(), now=NOW)
        await keeping.accounts.put_session(account, SESSION, now=NOW)
        source.add_newest()
        await keeping.finish()
        assert await keeping.accounts.session(account.id) == SESSION
        assert await keeping.accounts_anew().session(account.id) == SESSION
