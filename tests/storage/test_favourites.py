from datetime import timedelta

from chatbot.domain.ids import ChatId
from chatbot.storage.opening import Storage
from tests.storage.examples import ANNAS_CHAT, NOW

GROUP = ChatId(-7)


async def test_star_is_set_and_taken_back_by_the_same_gesture(storage: Storage) -> None:
    assert await storage.favourites.toggle(ANNAS_CHAT, "BTCUSDT", now=NOW)
    assert await storage.favourites.of(ANNAS_CHAT) == ("BTCUSDT",)
    assert not await storage.favourites.toggle(ANNAS_CHAT, "BTCUSDT", now=NOW)
    assert await storage.favourites.of(ANNAS_CHAT) == ()


async def test_stars_are_the_chats_own_and_the_oldest_comes_first(storage: Storage) -> None:
    for minutes, market in enumerate(("XRPUSDT", "BTCUSDT", "ETHUSDT")):
        await storage.favourites.toggle(ANNAS_CHAT, market, now=NOW + timedelta(minutes=minutes))
    await storage.favourites.toggle(GROUP, "BTCUSDT", now=NOW)
    assert await storage.favourites.of(ANNAS_CHAT) == ("XRPUSDT", "BTCUSDT", "ETHUSDT")
    assert await storage.favourites.of(GROUP) == ("BTCUSDT",)


async def test_they_are_in_the_order_they_were_put_in_and_new_ones_come_last(storage: Storage) -> None:
    for market in ("XRPUSDT", "BTCUSDT", "ETHUSDT"):
        await storage.favourites.toggle(ANNAS_CHAT, market, now=NOW)
    await storage.favourites.put(ANNAS_CHAT, ("ETHUSDT", "XRPUSDT", "BTCUSDT"), now=NOW)
    await storage.favourites.toggle(ANNAS_CHAT, "SOLUSDT", now=NOW)
    assert await storage.favourites.of(ANNAS_CHAT) == ("ETHUSDT", "XRPUSDT", "BTCUSDT", "SOLUSDT")
