"""How long the bot was away, and whom it tells."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chatbot.domain.absences import Absence, Missed
from chatbot.domain.alerts import AlertStatus
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import Away
from chatbot.domain.places import Place
from chatbot.storage.absences import count_late
from chatbot.storage.alerts import ALERTS
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, GROUP, NOW

MINUTE = timedelta(minutes=1)
CHAT, TOPIC = Place(chat=ChatId(ANNA)), Place(chat=GROUP, thread=7)


async def count(storage: Storage, place: Place, **what: int) -> None:
    await storage.database.write(lambda connection: count_late(connection, place, **what))


async def waiting(storage: Storage) -> list[Place]:
    due = await storage.outbox.due(now=NOW + timedelta(days=9), limit=99)
    assert all(isinstance(entry.notice, Away) for entry in due)
    return [Place(chat=entry.chat, thread=entry.thread) for entry in due]


async def away_for(storage: Storage, minutes: int) -> Absence | None:
    """It lived until `NOW`, and starts again so many minutes later."""
    await storage.life.begin(now=NOW - MINUTE)
    await storage.life.beat(now=NOW)
    return await storage.life.begin(now=NOW + minutes * MINUTE)


async def test_an_absence_lasts_from_the_last_sign_of_life_also_after_a_kill(reopen: Reopen) -> None:
    storage = await reopen()
    assert await storage.life.begin(now=NOW - MINUTE) is None
    await storage.life.beat(now=NOW)
    await storage.aclose()
    storage = await reopen()
    assert await storage.life.begin(now=NOW + 12 * MINUTE) == Absence(since=NOW, until=NOW + 12 * MINUTE)
    await storage.aclose()


async def test_a_place_is_told_once_how_much_happened(storage: Storage) -> None:
    absence = await away_for(storage, 12)
    assert absence is not None
    for _ in range(2):
        await count(storage, CHAT, fills=1)
    await count(storage, TOPIC, alerts=3)
    await count(storage, CHAT, alerts=1)
    assert await waiting(storage) == [TOPIC, CHAT]
    assert await storage.life.missed_at(CHAT) == Missed(absence=absence, fills=2, alerts=1, armed=False)
    assert await storage.life.missed_at(TOPIC) == Missed(absence=absence, fills=0, alerts=3, armed=False)
    assert await storage.life.missed_at(Place(chat=GROUP)) is None


async def test_several_starts_within_minutes_give_one_line(storage: Storage) -> None:
    await away_for(storage, 5)
    await count(storage, CHAT, fills=1)
    for minutes in (6, 9, 12, 15):
        await storage.life.begin(now=NOW + minutes * MINUTE)
        await count(storage, CHAT, fills=1)
    assert await waiting(storage) == [CHAT]
    missed = await storage.life.missed_at(CHAT)
    assert missed is not None and (missed.fills, missed.absence.length) == (5, 15 * MINUTE)


async def test_what_is_late_for_another_reason_is_not_counted(storage: Storage) -> None:
    await storage.life.begin(now=NOW)
    await count(storage, CHAT, alerts=1)
    await storage.life.begin(now=NOW + 5 * MINUTE)
    await storage.life.beat(now=NOW + 45 * MINUTE)  # it has been here for long; the exchange was away
    await count(storage, CHAT, alerts=1)
    assert await waiting(storage) == []


def armed(place: Place, status: AlertStatus) -> dict[str, Any]:
    filled: dict[str, Any] = {column.name: None for column in ALERTS.c if column.nullable}
    texts = {"venue": "paper", "market": "BTCUSDT", "base": "BTC", "counter": "USDT", "note": ""}
    words = {"gauge": "price", "crossing": "up", "level": "1", "position": "below"}
    return {
        **filled,
        **texts,
        **words,
        "chat": place.chat,
        "thread": place.thread,
        "picture": 0,
        "status": status.value,
        "created_at": 0,
        "hits": 0,
    }


async def arm(storage: Storage, *rows: dict[str, Any]) -> None:
    def work(connection: sa.Connection) -> None:
        for row in rows:
            names = [name for name in row if name != "id"]
            places = ", ".join(f":{name}" for name in names)
            columns = ", ".join(f'"{name}"' for name in names)
            connection.execute(sa.text(f"INSERT INTO alerts ({columns}) VALUES ({places})"), row)

    await storage.database.write(work)


async def test_after_a_long_absence_those_with_armed_alerts_are_told_once(storage: Storage) -> None:
    watching, paused = AlertStatus.WATCHING, AlertStatus.PAUSED
    await arm(storage, armed(TOPIC, watching), armed(TOPIC, watching), armed(CHAT, paused))
    await away_for(storage, 10)
    assert await waiting(storage) == []
    await storage.life.begin(now=NOW + 13 * MINUTE)
    assert await waiting(storage) == [TOPIC]
    missed = await storage.life.missed_at(TOPIC)
    assert missed is not None and missed.armed and (missed.fills, missed.alerts) == (0, 0)
