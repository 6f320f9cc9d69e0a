"""Every way for one amount: what each brings, and that one that fails takes nothing from the others."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chatbot.domain.accounts import Account
from chatbot.domain.convert_drafts import ConvertRequest
from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    InputError,
    NoSession,
    NoSwapKey,
    NotLinked,
    Refused,
    SessionExpired,
    Unavailable,
    UnknownCoin,
)
from chatbot.domain.ids import MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import OrderType
from chatbot.domain.route_drafts import RouteDraft, RouteKind
from chatbot.domain.routes import (
    BookOffer,
    Comparison,
    RouteUnfit,
    SwapOffer,
    conversion_for,
    order_for,
    read_route,
    swap_for,
)
from chatbot.domain.swap_quotes import AmountUnfit
from chatbot.domain.swaps import Rate
from chatbot.services.routes import Compared, RouteDesk
from tests.fakes.swap_service import USDT_TRON
from tests.fakes.values import BTC, ETH, book, levels
from tests.services.house import ANNA, BORIS, CHAT, House

BOOK, INSTANT, SWAP = RouteKind.BOOK, RouteKind.INSTANT, RouteKind.SWAP


@pytest.fixture(autouse=True)
def books(house: House) -> None:
    """Spreads of 100 USDT around 60,000 and of 2 around 2,500."""
    house.exchange.books = {
        BTC.code: replace(book(), bids=levels(("59950", "10")), asks=levels(("60050", "10"))),
        ETH.code: replace(book(), market=ETH.code, bids=levels(("2499", "100")), asks=levels(("2501", "100"))),
    }


async def compare(house: House, words: str = "100 USDT to ETH") -> Compared:
    return await house.routes.compare(read_route(words), person=ANNA, chat=CHAT)


async def link_all(house: House, account: Account) -> None:
    await house.sessions.link_practice(ANNA, account.id)
    await house.accounts.link_practice_swaps(ANNA)


def why(found: Comparison) -> dict[RouteKind, ChatbotError]:
    return {way.kind: way.why for way in found.without}


async def test_every_way_is_told_with_what_it_brings_the_best_first(house: House, account: Account) -> None:
    await link_all(house, account)
    found = (await compare(house)).comparison
    brought = {route.kind: route.offer.received for route in found.routes}
    assert list(brought) == [INSTANT, BOOK, SWAP] and found.without == ()
    assert brought[INSTANT] == Amount(Decimal("0.04"), "ETH")
    assert brought[BOOK] == Amount(Decimal("0.03988404"), "ETH")
    assert brought[SWAP] == Amount(Decimal("0.039"), "ETH")  # its network fee of 0.001 is off
    assert found.middle == Decimal("0.0004")
    costs = {route.kind: route.cost.money for route in found.routes if route.cost is not None}
    assert costs[SWAP] == Amount(Decimal("2.5"), "USDT") and costs[INSTANT] == Amount(Decimal(0), "USDT")


async def test_nothing_is_sent_and_the_ways_beside_each_other_are_kept_to_choose_from(
    house: House, account: Account
) -> None:
    await link_all(house, account)
    found = await compare(house, "100 usdt on tron to eth")
    draft = found.dialogue and found.dialogue.draft
    assert isinstance(draft, RouteDraft) and draft.order is not None and draft.swap is not None
    order, swap = order_for(draft.order, draft), swap_for(draft.swap, draft)
    assert (order.symbol, order.total_currency, order.type) == ("ETHUSDT", "USDT", OrderType.MARKET)
    assert conversion_for(draft) == ConvertRequest(sell="USDT", buy="ETH", amount=Decimal(100))
    assert swap.deposit == USDT_TRON and swap.amount == Decimal(100)
    assert house.exchange.changes == house.swap_service.changes == len(house.instant.sent) == 0
    assert await house.questions.find(found.dialogue.id, person=ANNA, chat=CHAT) is not None  # type: ignore[union-attr]


async def test_without_an_account_the_books_alone_are_compared(house: House) -> None:
    found = await house.routes.compare(read_route("100 USDT to ETH"), person=BORIS, chat=CHAT)
    assert [route.kind for route in found.comparison.routes] == [BOOK]
    missing = why(found.comparison)
    assert isinstance(missing[INSTANT], NotLinked) and isinstance(missing[SWAP], NoSwapKey)


async def test_where_no_market_has_both_it_goes_through_usdt(house: House, account: Account) -> None:
    (route,) = (found := (await compare(house, "0.1 btc to ethereum")).comparison).routes
    assert isinstance(route.offer, BookOffer)
    assert [take.market.code for take in route.offer.takes] == ["BTCUSDT", "ETHUSDT"]
    assert found.middle == Decimal(24) and route.cost is not None and route.cost.money.currency == "ETH"


async def test_a_market_whose_book_the_exchange_does_not_keep_goes_through_usdt(house: House, account: Account) -> None:
    house.exchange.listed.append(replace(ETH, code=MarketCode("ETHBTC"), counter="BTC"))
    (route,) = (await compare(house, "0.1 BTC to ETH")).comparison.routes
    assert isinstance(route.offer, BookOffer) and len(route.offer.takes) == 2


FAILURES: list[tuple[str, ChatbotError, RouteKind]] = [
    ("order_book", Unavailable(Cause.TIMEOUT), BOOK),
    ("quote", Refused(code=1999, reason="no such pair"), INSTANT),
    ("rate", Unavailable(Cause.SERVER_FAULT), SWAP),
]


@pytest.mark.parametrize(("call", "error", "kind"), FAILURES)
async def test_one_that_fails_is_one_line_and_the_others_stand(
    house: House, account: Account, call: str, error: ChatbotError, kind: RouteKind
) -> None:
    await link_all(house, account)
    failing: Any = {BOOK: house.exchange, INSTANT: house.instant, SWAP: house.swap_service}[kind]
    failing.fail(call, error)
    found = (await compare(house)).comparison
    assert why(found) == {kind: error} and len(found.routes) == 2
    assert (found.middle is None) is (kind is BOOK)


async def test_an_exchange_that_lists_no_markets_leaves_the_other_ways(house: House, account: Account) -> None:
    await link_all(house, account)
    house.exchange.fail("markets", Unavailable(Cause.BROKEN))
    found = (await compare(house)).comparison
    assert [route.kind for route in found.routes] == [INSTANT, SWAP] and isinstance(why(found)[BOOK], Unavailable)


async def test_one_that_does_not_answer_is_not_waited_for_for_long(house: House, account: Account) -> None:
    await link_all(house, account)

    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    house.swap_service.rate = never  # type: ignore[method-assign]
    hasty = RouteDesk(
        exchanges={account.venue: house.exchange},
        swap_services=dict.fromkeys(house.coins, house.swap_service),
        coins=house.coins,
        accounts=house.accounts,
        keys=house.storage.accounts,
        quoting=house.quoting,
        markets=house.markets,
        questions=house.questions,
        clock=house.clock,
        patience=timedelta(milliseconds=300),
    )
    found = (await hasty.compare(read_route("100 USDT to ETH"), person=ANNA, chat=CHAT)).comparison
    assert len(found.routes) == 2
    assert isinstance(error := why(found)[SWAP], Unavailable) and error.cause is Cause.TIMEOUT


async def test_a_session_that_ended_is_asked_for_anew_and_the_rest_goes_on(house: House, account: Account) -> None:
    await link_all(house, account)
    house.instant.expire(await house.storage.accounts.session(account.id))
    found = (await compare(house)).comparison
    assert isinstance(why(found)[INSTANT], SessionExpired) and len(found.routes) == 2
    assert isinstance(why((await compare(house)).comparison)[INSTANT], NoSession | SessionExpired)


async def test_what_a_way_does_not_take_is_said_with_what_it_does(house: House, account: Account) -> None:
    await link_all(house, account)
    house.swap_service.limits = (Decimal(20), Decimal(50))
    found = (await compare(house, "4 USDT to ETH")).comparison
    missing = why(found)
    assert isinstance(missing[BOOK], RouteUnfit) and isinstance(missing[SWAP], AmountUnfit)
    too_much = why((await compare(house, "3000 ETH to USDT")).comparison)
    assert isinstance(unfit := too_much[INSTANT], RouteUnfit) and "at most 2,500 ETH" in unfit.sentence
    assert isinstance(unfit := too_much[BOOK], RouteUnfit) and "takes only 100 ETH" in unfit.sentence


async def test_a_coin_that_only_one_way_knows_is_compared_all_the_same(house: House, account: Account) -> None:
    await link_all(house, account)
    found = (await compare(house, "10 DOGE to USDT")).comparison
    assert [route.kind for route in found.routes] == [INSTANT] and found.routes[0].cost is None
    assert isinstance(why(found)[SWAP], UnknownCoin)
    house.instant.fail("quote", Refused(code=1999, reason="no such pair"))
    xrp = (await compare(house, "100 XRP to LTC")).comparison
    assert SWAP in [route.kind for route in xrp.routes] and isinstance(why(xrp)[BOOK], RouteUnfit)


async def test_a_pair_that_is_not_swapped_now_gives_way_to_one_that_is(house: House, account: Account) -> None:
    await link_all(house, account)
    house.swap_service.disabled = {"ETHUSDTERC"}
    routes = {route.kind: route.offer for route in (await compare(house)).comparison.routes}
    assert isinstance(offer := routes[SWAP], SwapOffer) and offer.deposit == USDT_TRON
    house.swap_service.disabled |= {"ETHUSDTTRC"}
    assert isinstance(why((await compare(house)).comparison)[SWAP], RouteUnfit)


@pytest.mark.parametrize(
    "words", ["100 USDT to USDT", "100 USDT to tether", "1 BTC on nowhere to ETH", "0.0 BTC to ETH"]
)
async def test_what_is_no_way_at_all_is_said(house: House, account: Account, words: str) -> None:
    with pytest.raises(InputError):
        await compare(house, words)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("99.99123456 USDT to ETH", "99.99"),
        ("0.123456789 ETH to USDT", "0.12345678"),
        ("10.123456789 DOGE to USDT", "10.12345678"),
        ("10 DOGE to USDT", "10"),
    ],
)
async def test_every_way_gets_the_same_amount_cut_to_what_all_of_them_take(
    house: House, account: Account, words: str, given: str
) -> None:
    await link_all(house, account)
    found = (await compare(house, words)).comparison
    assert (found.given.value, found.asked) == (Decimal(given), Decimal(words.partition(" ")[0]))
    instant = next(route for route in found.routes if route.kind is INSTANT)
    assert instant.spent == found.given
    assert all(route.spent.value <= found.given.value for route in found.routes)


async def test_what_is_less_than_the_smallest_unit_is_said(house: House, account: Account) -> None:
    with pytest.raises(InputError, match=r"0\.001 USDT is less than its smallest unit"):
        await compare(house, "0.001 USDT to ETH")


async def test_a_rate_that_has_run_out_is_no_way(house: House, account: Account) -> None:
    await link_all(house, account)
    rate = house.swap_service.rate

    async def stale(*args: Any, **named: Any) -> Rate:
        offered = await rate(*args, **named)
        assert offered is not None
        return replace(offered, expires_at=house.clock.now())

    house.swap_service.rate = stale  # type: ignore[method-assign]
    assert isinstance(unfit := why((await compare(house)).comparison)[SWAP], RouteUnfit) and "no rate" in unfit.sentence
