from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import UnknownMarket
from chatbot.domain.ids import MarketCode
from chatbot.domain.market import PublicTrade
from chatbot.domain.orders import Side
from chatbot.services.markets import Quote
from handlers.actions import PriceList, RefreshPrices, ShowPrices
from handlers.views import markets
from handlers.views.screen import Press, Screen
from tests.fakes.values import BTC, ETH, book, levels, ticker
from tests.handlers.views.examples import NOW

PAPER = Venue.PAPER


def keys(screen: Screen) -> list[list[str]]:
    return [[key.label for key in row] for row in screen.rows]


def test_a_price_in_full() -> None:
    quote = Quote(market=BTC, ticker=ticker())
    screen = markets.price(quote, venue=PAPER, now=NOW + timedelta(seconds=3), private=True, starred=True)
    assert str(screen.text) == (
        "<b>BTC/USDT</b>  <b>60,050.00</b>  ▲ +1.25%\n"
        "<pre>Bid    60,000.00\n"
        "Ask    60,100.00\n"
        "Spread 100.00 (0.17%)\n"
        "24 h   59,000.00 – 61,000.00\n"
        "Volume 12.5 BTC\n"
        "       ≈ 750,000 USDT</pre>\n"
        "<i>12:00 UTC, 3 s ago · PAPER</i>"
    )
    assert keys(screen) == [
        ["↻ Refresh", "Book", "Chart"],
        ["★ Favourite", "Rules"],
        ["Buy BTC", "Sell BTC", "Convert"],
    ]


def test_a_group_sees_prices_but_nothing_personal() -> None:
    quote = Quote(market=BTC, ticker=ticker())
    screen = markets.price(quote, venue=PAPER, now=NOW, private=False)
    assert keys(screen) == [["↻ Refresh", "Book", "Chart", "Rules"]]
    assert keys(markets.book(BTC, book(), venue=PAPER, now=NOW, private=False)) == [["↻ Refresh", "Price"]]


def test_the_rules_of_a_market_in_full() -> None:
    screen = markets.rules(Quote(market=BTC, ticker=ticker()), venue=PAPER, now=NOW, private=True)
    assert str(screen.text) == (
        "<b>BTC/USDT</b>  rules\n"
        "Bitcoin priced in Tether\n"
        "<pre>Least  5 USDT an order\n"
        "Most   10,000 USDT an order\n"
        "Amount 8 decimals of BTC\n"
        "Price  2 decimals of USDT\n"
        "Maker  0.15% fee\n"
        "Taker  0.25% fee\n"
        "Band   36,030.00 – 180,150.00\n"
        "       (0.6 – 3 × last price)</pre>\n"
        "It has an order book. Least and most are price × amount. A limit price outside the band gets a warning on the "
        "card; whether to refuse it is up to the exchange.\n"
        "<i>12:00 UTC, just now · PAPER</i>"
    )
    assert keys(screen) == [["Price", "Book", "Chart"], ["Buy BTC", "Sell BTC", "Convert"]]
    assert keys(markets.rules(Quote(market=BTC, ticker=ticker()), venue=PAPER, now=NOW, private=False)) == [
        ["Price", "Book", "Chart"]
    ]


def test_rules_without_a_last_price_name_the_band_in_multiples_of_it() -> None:
    shown = markets.rules(Quote(market=BTC, ticker=None), venue=PAPER, now=NOW, private=True).text.plain
    assert "Band   0.6 – 3 × last price\n" in shown


@pytest.mark.parametrize(("private", "offered"), [(True, [["Convert"]]), (False, [])])
def test_a_market_for_instant_trade_only_can_only_be_converted(private: bool, offered: list[list[str]]) -> None:
    quote = Quote(market=replace(BTC, instant_only=True), ticker=None)
    screen = markets.rules(quote, venue=PAPER, now=NOW, private=private)
    shown = (
        "Bitcoin priced in Tether\nAmount 8 decimals of BTC\nPrice  2 decimals of USDT\nIt has no order book: Instant"
    )
    assert shown in screen.text.plain
    assert keys(screen) == offered


def test_no_prices_are_told() -> None:
    screen = markets.price(Quote(market=BTC, ticker=None), venue=PAPER, now=NOW, private=True)
    assert screen.text.plain == "BTC/USDT\nThe exchange reports no prices for this market right now."


def test_several_prices_stand_in_columns() -> None:
    quotes = (Quote(market=BTC, ticker=ticker(change=Decimal("-0.5"))), Quote(market=ETH, ticker=None))
    again = markets.refresh_prices(["BTCUSDT", "ETHUSDT"])
    assert again == Press("↻ Refresh", RefreshPrices(codes="BTCUSDT.ETHUSDT"))
    screen = markets.prices(quotes, title="Prices", again=again, venue=PAPER, now=NOW)
    assert str(screen.text) == (
        "<b>Prices</b>\n"
        "<pre>BTC/USDT  60,050.00  ▼ -0.50%\n"
        "ETH/USDT          –  no prices</pre>\n"
        "<i>12:00 UTC, just now · PAPER</i>"
    )
    assert keys(screen) == [["↻ Refresh"], ["BTC", "ETH"]]


def test_too_many_codes_for_a_button_go_without() -> None:
    assert markets.refresh_prices(["ANDX1USDT"] * 8) is None


def test_the_list_of_markets_shows_their_rules_a_page_at_a_time() -> None:
    first = markets.markets((BTC,), page=99, venue=PAPER)
    assert str(first.text) == (
        "<b>Markets</b>  1\n"
        "<b>BTC/USDT</b>  Bitcoin\n"
        "<pre>Limits   5 – 10,000 USDT\n"
        "Decimals 8 BTC, 2 USDT\n"
        "Fees     0.15% / 0.25%</pre>\n"
        "<i>Limits are price × amount. Fees are maker / taker. PAPER</i>"
    )
    twenty = tuple(replace(BTC, code=MarketCode(f"X{at}USDT")) for at in range(20))
    turns = [keys(markets.markets(twenty, page=page, venue=PAPER)) for page in (1, 2, 3)]
    assert turns == [[["Next ›"]], [["‹ Prev", "Next ›"]], [["‹ Prev"]]]


def test_a_book_is_a_ladder_with_sums_and_the_last_trades() -> None:
    trades = (
        PublicTrade(price=Decimal(60_050), volume=Decimal("0.012345678"), side=Side.BUY, at=NOW),
        PublicTrade(price=Decimal(60_000), volume=Decimal(2), side=None, at=NOW - timedelta(minutes=2)),
    )
    screen = markets.book(BTC, replace(book(), trades=trades), venue=PAPER, now=NOW, private=True)
    rows = screen.text.plain.split("\n")
    assert rows[0] == "BTC/USDT order book" and rows[1].split() == ["price", "BTC", "sum"]
    assert [row.split()[0] for row in rows[2:7]] == ["61,000.00", "60,100.00", "—", "60,000.00", "59,000.00"]
    assert rows[4] == "— spread 100 (0.17%) —"
    assert len({len(row) for row in (*rows[1:4], *rows[5:7])}) == 1  # one width: columns stand straight
    assert rows[7:] == [
        "Last trades",
        "▲ 60,050.00  0.01235  just now",
        "• 60,000.00  2  2 min ago",
        "12:00 UTC, just now · PAPER",
    ]


def test_the_sums_of_a_book_grow_away_from_the_middle() -> None:
    asks = levels(("60100", "1"), ("60200", "2"), ("60300", "3"))
    rows = markets.book(BTC, book(asks=asks), venue=PAPER, now=NOW, private=True).text.plain.split("\n")
    assert [Decimal(row.split()[2]) for row in rows[2:5]] == [6, 3, 1]


def test_a_book_shows_ten_levels_a_side() -> None:
    many = tuple(levels(*((str(60_100 + at), "1") for at in range(30))))
    screen = markets.book(BTC, book(bids=(), asks=many), venue=PAPER, now=NOW, private=True)
    assert "60,109.00" in screen.text.plain and "60,110.00" not in screen.text.plain
    assert "— one side is empty —" in screen.text.plain


def test_millions_in_a_book_are_short_so_that_it_fits_a_phone() -> None:
    asks = levels(("0.00001", "1000000"), ("0.00002", "999999"))
    coin = replace(BTC, base="PEPE", counter_decimals=5)
    rows = markets.book(
        coin, book(bids=levels(("0.000009", "999999.5")), asks=asks), venue=PAPER, now=NOW, private=True
    )
    assert [row.split() for row in rows.text.plain.split("\n")[2:4]] == [
        ["0.00002", "999,999", "2.00M"],
        ["0.00001", "1.00M", "1.00M"],
    ]


@pytest.mark.parametrize("volume", ["1000000", "123456789012345678901234567890", "0.000000000000000001"])
def test_a_book_of_absurd_amounts_can_still_be_drawn(volume: str) -> None:
    screen = markets.book(BTC, book(asks=levels(("60100", volume))), venue=PAPER, now=NOW, private=True)
    assert "60,100.00" in screen.text.plain and "E" not in screen.text.plain.replace("PAPER", "")


def test_favourites_lead_on_to_the_liveliest() -> None:
    quotes = (Quote(market=BTC, ticker=ticker()),)
    shown = markets.prices(quotes, title="Your favourites", again=None, venue=PAPER, now=NOW)
    further = markets.with_liveliest(shown)
    assert further.text == shown.text
    assert further.rows == (*shown.rows, (Press("Liveliest markets", ShowPrices(which=PriceList.LIVELIEST)),))


@pytest.mark.parametrize("found", [None, book(bids=(), asks=())])
def test_no_book_is_told(found: None) -> None:
    screen = markets.book(BTC, found, venue=PAPER, now=NOW, private=True)
    assert screen.text.plain == "BTC/USDT\nThere is no order book for this market right now."


def test_an_unknown_market_offers_the_nearest() -> None:
    screen = markets.unknown(UnknownMarket(symbol="BTX", nearest=("BTCUSDT", "ETHUSDT")))
    assert screen.text.plain == "There is no market BTX.\nDid you mean one of these?"
    assert keys(screen) == [["BTCUSDT", "ETHUSDT"]]
    assert markets.unknown(UnknownMarket(symbol="X", nearest=())).text.plain.endswith(
        "All with an order book: /markets."
    )
