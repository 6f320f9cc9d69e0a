from dataclasses import replace
from decimal import Decimal

import pytest

from chatbot.domain.conversions import Quote
from chatbot.domain.converting import by_book
from chatbot.domain.drafts import Quantity, QuantityKind
from chatbot.domain.errors import AmbiguousNumber, InputError
from chatbot.domain.ids import MarketCode
from chatbot.domain.money import Amount, divide
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.route_drafts import FirstOrder, RouteDraft, RouteKind
from chatbot.domain.routes import (
    InstantOffer,
    RouteRequest,
    RouteUnfit,
    best_first,
    check_quote,
    cost_of,
    middle_along,
    order_for,
    read_route,
    route_by,
    steps_between,
    walk,
)
from tests.fakes.values import BTC, ETH, book, levels, ticker

QUOTE = Quote(
    sell="USDT",
    buy="ETH",
    sell_text="100",
    buy_text="0.0398",
    price_text="2512.56",
    least_sell=Decimal(5),
    most_sell=Decimal(1500),
    least_buy=Decimal(0),
    most_buy=Decimal(1),
    at=ticker().at,
)
XRP_BTC = replace(BTC, code=MarketCode("XRPBTC"), base="XRP", counter="BTC")
LISTED = (BTC, ETH, XRP_BTC)
ETH_BOOK = replace(book(), market=ETH.code, bids=levels(("2500", "10")), asks=levels(("2501", "10")))


@pytest.mark.parametrize(
    ("words", "amount", "sell", "buy"),
    [
        ("100 USDT to ETH", "100", "USDT", "ETH"),
        ("0,5 btc eth", "0.5", "BTC", "ETH"),
        ("1.5k usdt → btc", "1500", "USDT", "BTC"),
        ("$100 usdt to eth", "100", "USDT", "ETH"),
        ("usdt 250 to eth", "250", "USDT", "ETH"),
        ("500 usdt on tron to btc", "500", "USDT@tron", "BTC"),
        ("eth with 100 usdt", "100", "USDT", "ETH"),
    ],
)
def test_a_line_says_what_is_given_and_what_is_wanted(words: str, amount: str, sell: str, buy: str) -> None:
    assert read_route(words) == RouteRequest(amount=Decimal(amount), sell=sell, buy=buy)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Say what you give and what you want: /route 100 USDT to ETH"),
        ("100 USDT", "Say what you give"),
        ("USDT to ETH", "Say what you give"),
        ("USDT to 1 ETH", "Here the amount is what you give."),
        ("25% BTC to ETH", "Say the amount itself instead of “25%”"),
        ("max BTC to ETH", "Say the amount itself instead of “max”"),
        ("1 BTC to ETH please", "I did not understand “please”. Say what you give"),
    ],
)
def test_what_cannot_be_compared_is_said(words: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_route(words)
    assert refused.value.sentence.startswith(said)


def test_an_amount_that_can_mean_two_is_not_guessed() -> None:
    with pytest.raises(AmbiguousNumber):
        read_route("60,000 USDT to BTC")


def test_a_market_of_the_two_comes_first_and_without_one_it_goes_through_usdt() -> None:
    def ways(sell: str, buy: str) -> list[list[tuple[str, Side]]]:
        return [[(step.market.code, step.side) for step in way] for way in steps_between(sell, buy, LISTED)]

    assert ways("USDT", "ETH") == [[("ETHUSDT", Side.BUY)]]
    assert ways("BTC", "USDT") == [[("BTCUSDT", Side.SELL)]]
    assert ways("BTC", "ETH") == [[("BTCUSDT", Side.SELL), ("ETHUSDT", Side.BUY)]]
    assert ways("XRP", "BTC") == [[("XRPBTC", Side.SELL)]]
    assert ways("XRP", "ETH") == []
    assert steps_between("BTC", "USDT", [replace(BTC, instant_only=True)]) == ()


def test_the_second_order_spends_what_the_first_one_brings_net() -> None:
    (steps,) = steps_between("BTC", "ETH", LISTED)
    books = (replace(book(), bids=levels(("60000", "1"))), ETH_BOOK)
    offer = walk(steps, books, Amount(Decimal("0.1"), "BTC"))
    first, second = offer.takes
    assert first.received == Amount(Decimal("5985"), "USDT")
    assert second.volume == Decimal("2.39304278") and second.spent.value <= Decimal(5985)
    assert offer.received == Amount(Decimal("2.38706017"), "ETH")
    middles = (by_book(BTC, replace(books[0], asks=levels(("60000", "1")))), by_book(ETH, ETH_BOOK))
    assert middle_along(steps, middles) == divide(Decimal(60_000), Decimal("2500.5"))
    assert middle_along(steps, (middles[0], None)) is None
    begins = FirstOrder(market=BTC.code, side=Side.SELL, amount=Decimal("0.1"))
    order = order_for(begins, RouteDraft(amount=Decimal("0.1"), sell="BTC", buy="ETH", order=begins))
    assert (order.side, order.symbol, order.type) == (Side.SELL, "BTCUSDT", OrderType.MARKET)
    assert order.quantity == Quantity(kind=QuantityKind.VOLUME, value=Decimal("0.1"))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("4", "The smallest order on ETH/USDT is 5 USDT."),
        ("25000", None),
        ("25011", "The sell side of the ETH/USDT book takes only 25,010 USDT now."),
    ],
)
def test_what_a_market_does_not_take_is_said_with_what_it_takes(amount: str, said: str | None) -> None:
    (steps,) = steps_between("USDT", "ETH", LISTED)
    given = Amount(Decimal(amount), "USDT")
    if said is None:
        assert walk(steps, [ETH_BOOK], given).received.value
        return
    with pytest.raises(RouteUnfit) as unfit:
        walk(steps, [ETH_BOOK], given)
    assert unfit.value.sentence == said


def test_the_smallest_order_is_taken() -> None:
    (steps,) = steps_between("ETH", "USDT", LISTED)
    assert walk(steps, [ETH_BOOK], Amount(Decimal("0.002"), "ETH")).takes[0].total == ETH.minimum


def test_an_empty_book_and_the_largest_order_are_told_apart() -> None:
    (steps,) = steps_between("USDT", "ETH", LISTED)
    with pytest.raises(RouteUnfit, match="The sell side of the ETH/USDT book is empty now"):
        walk(steps, [replace(ETH_BOOK, asks=())], Amount(Decimal(100), "USDT"))
    small = (replace(steps[0], market=replace(ETH, maximum=Decimal(50))),)
    with pytest.raises(RouteUnfit, match="The largest order on ETH/USDT is 50 USDT"):
        walk(small, [ETH_BOOK], Amount(Decimal(100), "USDT"))


def test_the_cost_is_what_is_missing_against_the_middle_in_percent_and_in_dollars_where_it_can() -> None:
    bought = cost_of(Amount(Decimal("0.039"), "ETH"), spent=Amount(Decimal(100), "USDT"), middle=Decimal("0.0004"))
    assert bought is not None and bought.share == Decimal("0.025") and bought.money == Amount(Decimal("2.5"), "USDT")
    sold = cost_of(Amount(Decimal(101), "USDT"), spent=Amount(Decimal("0.04"), "ETH"), middle=Decimal(2500))
    assert sold is not None and sold.share == Decimal("-0.01") and sold.money == Amount(Decimal(-1), "USDT")
    crossed = cost_of(Amount(Decimal(19), "ETH"), spent=Amount(Decimal(1), "BTC"), middle=Decimal(20))
    assert crossed is not None and crossed.money == Amount(Decimal(1), "ETH")
    assert cost_of(Amount(Decimal(1), "ETH"), spent=Amount(Decimal(1), "BTC"), middle=None) is None


def test_what_an_order_cannot_spend_is_no_cost_and_makes_a_way_no_worse() -> None:
    (step,) = steps_between("USDT", "ETH", LISTED)[0]
    coarse = replace(step, market=replace(ETH, base_decimals=2, taker_fee=Decimal(0)))
    given, middle = Amount(Decimal(100), "USDT"), Decimal("0.0004")
    offer = walk((coarse,), [ETH_BOOK], given)
    on_book = route_by(RouteKind.BOOK, offer, given=given, middle=middle)
    assert on_book.spent == Amount(Decimal("75.03"), "USDT") and offer.received.value == Decimal("0.03")
    assert on_book.cost is not None and on_book.cost.money == Amount(Decimal("0.03"), "USDT")
    quoted = InstantOffer(quote=QUOTE)
    instant = route_by(RouteKind.INSTANT, quoted, given=given, middle=middle)
    assert instant.spent == given and best_first((instant, on_book)) == (on_book, instant)


def test_instant_trade_spends_what_its_quote_is_for() -> None:
    more = InstantOffer(quote=replace(QUOTE, sell_text="110"))
    route = route_by(RouteKind.INSTANT, more, given=Amount(Decimal(100), "USDT"), middle=None)
    assert route.spent == Amount(Decimal(110), "USDT")


def test_the_limits_of_instant_trade_are_those_of_its_card() -> None:
    check_quote(replace(QUOTE, least_sell=Decimal(0), most_sell=Decimal(0)))
    with pytest.raises(RouteUnfit, match="at least 101 USDT"):
        check_quote(replace(QUOTE, least_sell=Decimal(101)))
    with pytest.raises(RouteUnfit, match="at most 99 USDT"):
        check_quote(replace(QUOTE, most_sell=Decimal(99)))
