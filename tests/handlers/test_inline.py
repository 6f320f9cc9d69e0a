"""Prices in any chat: who is answered, with what, how often; and what is never in an answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.demo.faults import Fault, FaultKind
from chatbot.domain.accounts import Account, Venue
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.people import Access
from chatbot.domain.preferences import NumberStyle
from chatbot.services.markets import Matches, Quote
from handlers.inline import ANSWERS_A_MINUTE
from handlers.views import inline as views
from handlers.views.html import Html
from handlers.wire import read_update
from tests.fakes.values import BTC, ETH, ticker
from tests.handlers.conversation import Conversation
from tests.handlers.stage import BOB, GROUP, staged
from tests.services.house import CHAT, House


def cards(offered: dict[str, Any]) -> list[str]:
    return [Html(result["input_message_content"]["message_text"]).plain for result in offered["results"]]


def titles(offered: dict[str, Any]) -> list[str]:
    return [result["title"] for result in offered["results"]]


async def test_a_symbol_offers_its_card_with_price_time_and_venue(anna: Conversation) -> None:
    [offered] = await anna.type_inline("btc")
    assert titles(offered) == ["BTC/USDT 60,050.00"]
    [card] = cards(offered)
    assert card.startswith("BTC/USDT  60,050.00") and card.endswith("20 Nov 12:00 UTC · PAPER")
    assert offered["is_personal"] is False and offered["cache_time"] == 10


async def test_several_symbols_offer_one_card_for_all_and_one_for_each(anna: Conversation) -> None:
    [offered] = await anna.type_inline("$btc, eth?")
    assert titles(offered)[0] == "Prices" and [title.split()[0] for title in titles(offered)[1:]] == [
        "BTC/USDT",
        "ETH/USDT",
    ]
    assert "BTC/USDT" in cards(offered)[0] and "ETH/USDT" in cards(offered)[0]
    assert len({result["id"] for result in offered["results"]}) == 3


async def test_nothing_typed_offers_the_liveliest_and_not_anybodys_favourites(house: House, anna: Conversation) -> None:
    before = dict((await anna.type_inline(" "))[-1])
    assert titles(before)[0] == "Liveliest markets" and len(before["results"]) == 4
    await house.storage.favourites.toggle(CHAT, "ETHUSDT", now=house.clock.at)
    after = (await anna.type_inline(""))[-1]
    assert after["results"] == before["results"]


async def test_what_is_not_typed_to_its_end_offers_what_begins_like_it(anna: Conversation) -> None:
    await anna.type_inline("bt")
    begun, _ = anna.chat.offered[0], await anna.type_inline("bitcoi")
    assert titles(begun) == titles(anna.chat.offered[1]) == ["BTC/USDT 60,050.00"]


async def test_what_is_no_market_leads_to_the_list_of_markets(anna: Conversation) -> None:
    [offered] = await anna.type_inline("<b>zzqq</b>")
    assert offered["results"] == []
    assert offered["button"] == {"text": "No such market: see all", "start_parameter": "markets"}


async def test_strangers_get_a_way_to_the_bot_and_no_price_and_nobody_else_gets_theirs(house: House) -> None:
    stranger = Conversation(house, owner=False, access=Access.INVITE)
    [offered] = await stranger.type_inline("btc")
    assert offered["results"] == [] and offered["is_personal"] is True
    assert offered["button"] == {"text": "Open the bot", "start_parameter": "price"}
    assert house.exchange.calls == []


async def test_what_everybody_is_shown_depends_on_nobodys_settings_or_account(
    house: House, anna: Conversation, account: Account
) -> None:
    before = dict((await anna.type_inline("btc"))[-1])
    await house.preferences.change(CHAT, lambda chosen: replace(chosen, numbers=NumberStyle.POINT, zone="Asia/Tokyo"))
    after = (await anna.type_inline("btc"))[-1]
    assert after["results"] == before["results"]
    assert account.label not in str(after)


async def test_a_card_has_no_buttons_because_anyone_could_tap_them(anna: Conversation) -> None:
    [offered] = await anna.type_inline("btc eth")
    assert not any("reply_markup" in result for result in offered["results"])


async def test_who_asks_and_asks_is_not_answered_until_the_minute_is_over(house: House, anna: Conversation) -> None:
    for _ in range(ANSWERS_A_MINUTE + 5):
        await anna.type_inline("btc")
    assert len(anna.chat.offered) == ANSWERS_A_MINUTE
    house.clock.at += timedelta(seconds=61)
    await anna.type_inline("btc")
    assert len(anna.chat.offered) == ANSWERS_A_MINUTE + 1


async def test_another_bot_is_not_answered(anna: Conversation) -> None:
    assert await anna.type_inline("btc", is_bot=True) == []


async def test_while_the_exchange_is_away_that_is_said_and_not_kept(
    house: House, anna: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(**_: object) -> None:
        raise Unavailable(Cause.TIMEOUT)

    monkeypatch.setattr(house.exchange, "tickers", away)
    [offered] = await anna.type_inline("btc")
    assert offered["results"] == [] and offered["cache_time"] == 0
    assert offered["button"]["text"] == "No prices right now"


def test_what_is_typed_elsewhere_waits_for_nothing_that_is_said_in_private() -> None:
    person = b'{"id": 7, "is_bot": false}'
    typed = read_update(b'{"update_id": 1, "inline_query": {"id": "1", "from": %b, "query": "btc"}}' % person)
    said = read_update(
        b'{"update_id": 2, "message": {"message_id": 1, "date": 1, "from": %b,'
        b' "chat": {"id": 7, "type": "private"}}}' % person
    )
    assert typed.lane != said.lane


async def test_strict_telegram_takes_the_list_though_an_answer_got_lost_and_one_too_late_is_no_fault() -> None:
    quotes = tuple(Quote(market=market, ticker=ticker(market)) for market in (BTC, ETH))
    listing = views.matches(Matches(named=quotes, near=()), venue=Venue.ANDX)
    async with staged(started=False) as stage:
        query = stage.crowd.ask_inline(BOB, GROUP, "btc eth")
        lost = Fault(method="answerinlinequery", kind=FaultKind.DROP_BEFORE, times=1, seconds=0, chat=None)
        stage.chat.faults.add(lost)
        await stage.sender.offer(query.id, listing)
        assert query.listing is not None and len(query.listing.offers) == 3
        await stage.sender.offer(query.id, views.closed())
        assert len(query.listing.offers) == 3
        assert [call["inline_query_id"] for call in stage.calls("answerInlineQuery")] == [query.id] * 3
