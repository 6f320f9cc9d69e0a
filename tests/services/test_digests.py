from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from chatbot.domain.errors import InputError
from chatbot.domain.ids import ChatId
from chatbot.domain.notices import DigestDue, Loss
from chatbot.domain.places import Place
from tests.services.house import ANNA, CHAT, House

HERE = Place(chat=CHAT)
TOPIC = Place(chat=ChatId(-100_5), thread=7)


async def at(house: House, moment: str) -> None:
    house.clock.at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    await house.digests.tell_due()


async def test_it_is_told_once_a_day_across_restarts(house: House) -> None:
    await house.digests.set(HERE, time(13), ("BTC",), by=ANNA)
    for moment in ("2026-11-20 12:59:59", "2026-11-20 13:00", "2026-11-20 13:00:01", "2026-11-21 13:00"):
        await at(house.restarted(), moment)
        await at(house, moment)
    assert [notice.at.day for notice in await house.told() if isinstance(notice, DigestDue)] == [20, 21]


async def test_two_at_once_tell_it_once(house: House) -> None:
    await house.digests.set(HERE, time(13), ("BTC",), by=ANNA)
    house.clock.pass_(3_600)
    due = await house.storage.digests.due(now=house.clock.now())
    await house.digests.tell_due()
    assert len(due) == 1 and len(await house.told()) == 1
    await house.digests.tell_due()
    assert len(await house.told()) == 1


async def test_it_goes_into_the_topic_it_was_set_in(house: House) -> None:
    await house.digests.set(TOPIC, time(13), (), by=ANNA)
    house.clock.pass_(3_600)
    await house.digests.tell_due()
    (entry,) = await house.storage.outbox.due(now=house.clock.at, limit=9)
    assert (entry.chat, entry.thread) == (TOPIC.chat, TOPIC.thread)


async def test_a_place_has_one_digest_and_none_after_it_is_deleted(house: House) -> None:
    await house.digests.set(HERE, time(13), (), by=ANNA)
    await house.digests.set(HERE, time(14), (), by=ANNA)
    assert await house.storage.digests.next_at() == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert await house.digests.delete(HERE) and not await house.digests.delete(HERE)
    assert await house.digests.tell_due() is None


async def test_a_lost_topic_is_told_nothing(house: House) -> None:
    await house.digests.set(TOPIC, time(13), (), by=ANNA)
    await house.storage.losses.lose(TOPIC, Loss.TOPIC_DELETED, now=house.clock.now())
    house.clock.pass_(3_600)
    assert await house.digests.tell_due() is None
    assert [notice for notice in await house.told() if isinstance(notice, DigestDue)] == []


async def test_what_a_chat_missed_while_it_was_closed_is_left_out(house: House) -> None:
    await house.digests.set(TOPIC, time(13), (), by=ANNA)
    await house.storage.losses.lose(Place(chat=TOPIC.chat), Loss.REMOVED, now=house.clock.now())
    house.clock.pass_(26 * 3_600 + 4 * 3_600)
    assert await house.digests.tell_due() is None
    await house.storage.chats.resume(TOPIC.chat)
    assert await house.digests.tell_due() == datetime(2026, 11, 22, 13, tzinfo=UTC)


async def test_the_summary_has_prices_and_what_moved(house: House) -> None:
    digest = await house.digests.set(HERE, time(13), ("ETH", "BTC"), by=ANNA)
    notice = DigestDue(venue=digest.venue, markets=digest.markets, at=house.clock.at, late=False)
    summary = await house.digests.summary(notice, HERE)
    assert [quote.market.base for quote in summary.quotes] == ["ETH", "BTC"]
    assert all(quote.ticker is not None and quote.ticker.change > Decimal(0) for quote in summary.up)


async def test_unknown_and_too_many_markets_are_refused(house: House) -> None:
    for symbols in (("NOPE",), ("BTC",) * 9):
        with pytest.raises(InputError):
            await house.digests.set(HERE, time(13), symbols, by=ANNA)
    assert await house.digests.in_place(HERE) is None


async def test_a_supergroup_keeps_board_digest_and_preferences(house: House) -> None:
    group, supergroup = ChatId(-5), ChatId(-100_5)
    await house.digests.set(Place(chat=group), time(13), (), by=ANNA)
    await house.boards.set(Place(chat=group), ("BTC",), by=ANNA)
    chosen = await house.preferences.change(group, lambda before: replace(before, zone="Europe/Berlin"))
    await house.storage.chats.move(group, supergroup)
    assert await house.digests.in_place(Place(chat=supergroup)) is not None
    assert await house.boards.in_place(Place(chat=supergroup)) is not None
    assert house.preferences.of_chat(supergroup) == chosen
    assert house.preferences.of_chat(group).zone == "UTC"


async def test_digests_wait_for_the_next_day_when_set_after_their_time(house: House) -> None:
    digest = await house.digests.set(HERE, time(11), (), by=ANNA)
    assert digest.next_at - house.clock.now() == timedelta(hours=23)
