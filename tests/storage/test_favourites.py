from datetime import timedelta

from chatbot.storage.opening import Storage
from tests.storage.examples import ANNA, BORIS, NOW


async def test_star_is_set_and_taken_back_by_the_same_gesture(storage: Storage) -> None:
    assert await storage.favourites.toggle(ANNA, "BTCUSDT", now=NOW)
    assert await storage.favourites.of(ANNA) == ("BTCUSDT",)
    assert not await storage.favourites.toggle(ANNA, "BTCUSDT", now=NOW)
    assert await storage.favourites.of(ANNA) == ()


async def test_stars_are_ones_own_and_the_oldest_comes_first(storage: Storage) -> None:
    for minutes, market in enumerate(("XRPUSDT", "BTCUSDT", "ETHUSDT")):
        await storage.favourites.toggle(ANNA, market, now=NOW + timedelta(minutes=minutes))
    await storage.favourites.toggle(BORIS, "BTCUSDT", now=NOW)
    assert await storage.favourites.of(ANNA) == ("XRPUSDT", "BTCUSDT", "ETHUSDT")
    assert await storage.favourites.of(BORIS) == ("BTCUSDT",)


async def test_they_are_in_the_order_they_were_put_in_and_new_ones_come_last(storage: Storage) -> None:
    for market in ("XRPUSDT", "BTCUSDT", "ETHUSDT"):
        await storage.favourites.toggle(ANNA, market, now=NOW)
    await storage.favourites.arrange(ANNA, ("ETHUSDT", "XRPUSDT", "BTCUSDT", "NOTHING"))
    await storage.favourites.toggle(ANNA, "SOLUSDT", now=NOW)
    assert await storage.favourites.of(ANNA) == ("ETHUSDT", "XRPUSDT", "BTCUSDT", "SOLUSDT")
