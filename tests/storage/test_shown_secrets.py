from datetime import timedelta

from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.ports.shown_secrets import Shown
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, BORIS, NOW


def shown(person: PersonId, message: int, *, minutes: int = 0) -> Shown:
    delete_at = NOW + timedelta(minutes=minutes)
    return Shown(person=person, chat=ChatId(person), message=MessageId(message), delete_at=delete_at)


async def test_what_is_shown_is_remembered_across_a_restart_until_it_is_gone(reopen: Reopen) -> None:
    storage = await reopen()
    for each in (shown(ANNA, 1), shown(ANNA, 2), shown(BORIS, 1)):
        await storage.shown_secrets.add(each)
    await storage.aclose()
    storage = await reopen()
    assert await storage.shown_secrets.of(ANNA) == (shown(ANNA, 1), shown(ANNA, 2))
    await storage.shown_secrets.gone(shown(ANNA, 1))
    assert await storage.shown_secrets.of(ANNA) == (shown(ANNA, 2),)
    assert await storage.shown_secrets.of(BORIS) == (shown(BORIS, 1),)
    await storage.aclose()


async def test_only_what_has_served_its_time_is_due(storage: Storage) -> None:
    for each in (shown(ANNA, 1, minutes=1), shown(ANNA, 2, minutes=2)):
        await storage.shown_secrets.add(each)
    assert await storage.shown_secrets.due(now=NOW) == ()
    assert await storage.shown_secrets.due(now=NOW + timedelta(minutes=1)) == (shown(ANNA, 1, minutes=1),)
