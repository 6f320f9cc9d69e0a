"""The alert desk over the real engine and storage: what is set, listed, changed, and what is not."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.alert_drafts import AlertQuestion
from chatbot.domain.alerts import Alert, AlertStatus, Position
from chatbot.domain.errors import Cause, InputError, Unavailable
from chatbot.domain.ids import ChatId, MarketCode, MessageId
from chatbot.domain.notices import NoticeKind, NoticeMode
from chatbot.domain.places import Place
from chatbot.domain.ticks import Tick
from chatbot.services.alert_results import AlertAsked, AlertSet
from chatbot.services.alerts import AlertDesk
from tests.fakes.values import BTC, ticker
from tests.services.house import ANNA, BORIS, CHAT, House

HERE = Place(chat=CHAT)
GROUP = Place(chat=ChatId(-70), thread=3)


async def set_(house: House, words: str, *, place: Place = HERE) -> Alert:
    done = await house.alerts.say(words, person=ANNA, chat=CHAT, place=place)
    assert isinstance(done, AlertSet), done
    return done.seen.alert


async def ask(house: House, words: str) -> AlertAsked:
    asked = await house.alerts.say(words, person=ANNA, chat=CHAT, place=HERE)
    assert isinstance(asked, AlertAsked), asked
    return asked


async def tick(house: House, price: str) -> None:
    now = replace(ticker(last=price), at=house.clock.at)
    await house.engine.on_tick(Tick(venue=house.markets.venues[0], at=house.clock.at, tickers={BTC.code: now}))


def small(house: House) -> AlertDesk:
    """The desk with room for two alerts."""
    return AlertDesk(
        alerts=house.engine,
        markets=house.markets,
        preferences=house.preferences,
        questions=house.questions,
        clock=house.clock,
        allowance=2,
    )


async def test_a_line_sets_an_alert_and_says_how_far_it_is(house: House) -> None:
    done = await house.alerts.say('BTC > 66055 every 2h note "sell?"', person=ANNA, chat=CHAT, place=GROUP)
    assert isinstance(done, AlertSet) and (done.used, done.allowance, done.is_new) == (1, 50, True)
    alert = done.seen.alert
    assert alert.place == GROUP and alert.set_by == ANNA and alert.note == "sell?"
    assert alert.cooldown == timedelta(hours=2) and alert.position is Position.BELOW
    assert done.seen.distance == 10


async def test_what_the_price_is_beyond_already_has_to_come_from_the_other_side(house: House) -> None:
    alert = await set_(house, "BTC > 50000")
    assert alert.position is Position.ABOVE
    for price, hits in (("61000", 0), ("49000", 0), ("50000", 1)):
        await tick(house, price)
        found = await house.alerts.get(alert.id)
        assert found is not None and found.hits == hits


async def test_a_line_with_an_unknown_market_is_set_once_the_market_is_chosen(house: House) -> None:
    asked = await ask(house, "BTCC > 80000")
    assert "no market BTCC" in asked.problem
    done = await house.alerts.choose(asked.dialogue, 0)
    assert isinstance(done, AlertSet) and done.seen.alert.market == BTC.code


async def test_a_line_not_understood_is_never_set_without_another_word(house: House) -> None:
    asked = await ask(house, "BTC sometimes > 80000")
    assert asked.draft.asking is AlertQuestion.REPEAT and "sometimes" in asked.problem
    asked = await ask(house, "BTC sometimes > 80000 every 2h")
    assert asked.draft.asking is AlertQuestion.CHECK and [each.label for each in asked.draft.choices] == ["Set it"]
    done = await house.alerts.choose(asked.dialogue, 0)
    assert isinstance(done, AlertSet) and done.seen.alert.rule.level == 80_000


async def test_what_was_understood_is_kept_and_only_the_rest_is_asked_for(house: House) -> None:
    asked = await ask(house, "BTC > 100000 every friday until 25:00")
    assert asked.draft.asking is AlertQuestion.REPEAT and "25:00" in asked.problem
    again = await house.alerts.answer(asked.dialogue, "2h")
    assert isinstance(again, AlertAsked) and again.draft.asking is AlertQuestion.UNTIL
    done = await house.alerts.choose(again.dialogue, 0)
    assert isinstance(done, AlertSet) and done.seen.alert.rule.level == 100_000
    assert done.seen.alert.until == house.clock.at + timedelta(days=1)


async def test_a_number_that_can_be_two_is_the_one_the_market_can_come_to(house: House) -> None:
    assert (await set_(house, "BTC > 90,000")).rule.level == 90_000
    asked = await ask(house, "BTC <")
    done = await house.alerts.answer(asked.dialogue, "50,000")
    assert isinstance(done, AlertAsked) and done.draft.request.level == 50_000
    unclear = await ask(house, "BTC > 90,000 until 25:00")
    assert unclear.draft.asking is AlertQuestion.UNTIL and unclear.draft.request.level == 90_000


async def test_where_a_number_can_be_either_it_is_asked_which(house: House) -> None:
    asked = await ask(house, "ETH > 30,000")
    assert [each.label for each in asked.draft.choices] == ["30000", "30"]
    done = await house.alerts.choose(asked.dialogue, 0)
    assert isinstance(done, AlertSet) and done.seen.alert.rule.level == 30_000
    again = await house.alerts.answer((await ask(house, "ETH >")).dialogue, "30,000")
    assert isinstance(again, AlertAsked) and len(again.draft.choices) == 2


async def test_the_same_alert_is_not_set_twice(house: House) -> None:
    first = await set_(house, "BTC > 90000 every 2h note sell")
    twin = await house.alerts.say("BTC > 90000 every 2h", person=ANNA, chat=CHAT, place=HERE)
    assert isinstance(twin, AlertSet) and twin.was_there and twin.seen.alert == first and twin.used == 1
    for words in (
        "BTC > 90000",
        "BTC > 90000 every 2h picture",
        "BTC > 90000 every 2h note buy",
        "BTC < 90000 every 2h",
    ):
        other = await house.alerts.say(words, person=ANNA, chat=CHAT, place=HERE)
        assert isinstance(other, AlertSet) and not other.was_there
    assert await set_(house, "BTC > 90000 every 2h", place=GROUP) != first


async def test_where_alerts_are_switched_off_none_is_used_up(house: House) -> None:
    await house.preferences.choose(CHAT, NoticeKind.ALERT, NoticeMode.OFF, by=ANNA)
    done = await house.alerts.say("BTC > 61000", person=ANNA, chat=CHAT, place=HERE)
    assert isinstance(done, AlertSet) and done.is_silent and (await house.alerts.see_all(HERE)).is_silent
    await tick(house, "61500")
    found = await house.alerts.get(done.seen.alert.id)
    assert found is not None and found.status is AlertStatus.WATCHING and found.hits == 0
    await house.preferences.choose(CHAT, NoticeKind.ALERT, NoticeMode.ON, by=ANNA)
    for price in ("60000", "61500"):
        await tick(house, price)
    found = await house.alerts.get(done.seen.alert.id)
    assert found is not None and found.hits == 1


async def test_the_picture_is_switched_on_and_off(house: House) -> None:
    alert = await set_(house, "BTC > 90000")
    for answer, wanted in (("yes", True), ("without", False)):
        asked = await house.alerts.edit(alert, AlertQuestion.PICTURE, person=ANNA, chat=CHAT)
        done = await house.alerts.answer(asked.dialogue, answer)
        assert isinstance(done, AlertSet) and done.seen.alert.picture is wanted


async def test_an_impossible_level_is_asked_for_again(house: House) -> None:
    asked = await ask(house, "BTC > 80000000")
    assert "more than 100 times" in asked.problem and asked.draft.asking is AlertQuestion.LEVEL
    done = await house.alerts.answer(asked.dialogue, "80000")
    assert isinstance(done, AlertSet) and done.seen.alert.rule.level == 80_000


async def test_a_market_without_prices_is_not_watched(house: House) -> None:
    del house.exchange.tickers_now[BTC.code]
    with pytest.raises(InputError, match="no prices"):
        await ask(house, "BTC > 80000")


async def test_an_answer_ends_the_question_and_a_tap_on_it_finds_nothing(house: House) -> None:
    asked = await ask(house, "BTC 5%")
    assert isinstance(await house.alerts.choose(asked.dialogue, 1), AlertSet)
    assert await house.alerts.question(asked.dialogue.id, person=ANNA, chat=CHAT) is None


async def test_somebody_elses_question_is_not_found(house: House) -> None:
    asked = await ask(house, "BTC 5%")
    assert await house.alerts.question(asked.dialogue.id, person=BORIS, chat=CHAT) is None
    assert await house.alerts.choose(asked.dialogue, 9) is None


async def test_the_allowance_counts_what_has_not_ended(house: House) -> None:
    desk = small(house)
    first, _ = [await set_(house, f"BTC > {level}") for level in (61_000, 90_000)]
    with pytest.raises(InputError, match="2 alerts, which is the most"):
        await desk.say("BTC > 70000", person=ANNA, chat=CHAT, place=HERE)
    await tick(house, "61000")
    assert isinstance(await desk.say("BTC > 70000", person=ANNA, chat=CHAT, place=HERE), AlertSet)
    ended = await house.alerts.get(first.id)
    assert ended is not None and ended.status is AlertStatus.ENDED
    for again in (desk.watch, desk.snooze):
        with pytest.raises(InputError, match="which is the most"):
            await again(ended)


async def test_the_nearest_market_comes_first_and_what_ended_last(house: House) -> None:
    for words in ("BTC > 90000", "ETH > 2510", "BTC > 60100", "BTC > 61000", "BTC spread > 0.5%", "ETH > 9000"):
        await set_(house, words)
    await tick(house, "60100")
    listed = await house.alerts.see_all(HERE)
    shown = [f"{seen.alert.base} {seen.alert.rule.level}" for seen in listed.alerts]
    assert shown == ["ETH 2510", "ETH 9000", "BTC 61000", "BTC 90000", "BTC 0.5", "BTC 60100"]
    assert listed.used == 5


async def test_a_list_without_prices_is_better_than_none(house: House) -> None:
    await set_(house, "BTC > 90000")
    house.exchange.fail("tickers", Unavailable(Cause.UNREACHABLE))
    (seen,) = (await house.alerts.see_all(HERE)).alerts
    assert seen.price is None


async def test_editing_a_note_leaves_a_moves_beginning_where_it_was(house: House) -> None:
    alert = await set_(house, "BTC +5%")
    house.exchange.move("BTCUSDT", to=Decimal(61_000))
    asked = await house.alerts.edit(alert, AlertQuestion.NOTE, person=ANNA, chat=CHAT)
    done = await house.alerts.answer(asked.dialogue, "sell?")
    assert isinstance(done, AlertSet) and not done.is_new
    assert done.seen.alert.id == alert.id and done.seen.alert.note == "sell?"


async def test_editing_the_level_changes_nothing_else(house: House) -> None:
    alert = await set_(house, "BTC > 90000 every 2h note keep")
    asked = await house.alerts.edit(alert, AlertQuestion.LEVEL, person=ANNA, chat=CHAT)
    done = await house.alerts.answer(asked.dialogue, "95k")
    assert isinstance(done, AlertSet)
    rule = replace(alert.rule, level=Decimal(95_000))
    assert done.seen.alert == replace(alert, rule=rule)


async def test_an_alert_cannot_be_moved_to_another_market(house: House) -> None:
    alert = await set_(house, "BTC > 90000")
    with pytest.raises(InputError):
        await house.alerts.edit(alert, AlertQuestion.MARKET, person=ANNA, chat=CHAT)


async def test_an_answer_about_an_alert_that_is_gone_says_so(house: House) -> None:
    alert = await set_(house, "BTC > 90000")
    asked = await house.alerts.edit(alert, AlertQuestion.REPEAT, person=ANNA, chat=CHAT)
    await house.alerts.delete(alert)
    with pytest.raises(InputError, match="gone"):
        await house.alerts.choose(asked.dialogue, 0)


async def test_clearing_takes_a_chats_own_alerts_of_a_market_and_no_others(house: House) -> None:
    await set_(house, "BTC > 90000")
    await set_(house, "ETH > 9000")
    theirs = await set_(house, "BTC > 90000", place=GROUP)
    assert await house.alerts.clear(HERE.chat, MarketCode("BTCUSDT")) == 1
    assert await house.alerts.clear(HERE.chat, None) == 0
    assert [seen.alert.base for seen in (await house.alerts.see_all(HERE)).alerts] == ["ETH"]
    assert await house.alerts.get(theirs.id) is not None


async def test_a_message_that_is_handled_again_sets_no_second_alert(house: House) -> None:
    """As after a kill between the echo and the moment the command is ticked off."""
    said: dict[str, Any] = {"person": ANNA, "chat": CHAT, "place": HERE, "message": MessageId(12)}
    first = await house.alerts.say("BTC > 61000", **said)
    await tick(house, "61000")
    again = await house.alerts.say("BTC > 61000", **said)
    assert isinstance(first, AlertSet) and isinstance(again, AlertSet)
    assert again.seen.alert.id == first.seen.alert.id and again.seen.alert.hits == 1
