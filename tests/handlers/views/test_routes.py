from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.conversions import Quote
from chatbot.domain.drafts import Dialogue
from chatbot.domain.errors import (
    Cause,
    ChatbotError,
    KeyRejected,
    NoSession,
    NoSwapKey,
    NotLinked,
    Refused,
    SessionExpired,
    Unavailable,
    UnknownCoin,
)
from chatbot.domain.ids import ChatId, DialogueId, PersonId
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.route_drafts import RouteDraft, RouteKind
from chatbot.domain.routes import (
    BookOffer,
    Comparison,
    InstantOffer,
    NoRoute,
    Offer,
    RouteUnfit,
    SwapOffer,
    best_first,
    route_by,
)
from chatbot.domain.swap_quotes import Quoted
from chatbot.domain.swaps import Rate
from chatbot.domain.walks import take
from chatbot.services.routes import Compared
from handlers.actions import DropDialogue, TakeRoute
from handlers.views import routes
from handlers.views.screen import Press
from tests.fakes.swap_service import ETH as ETH_COIN
from tests.fakes.swap_service import USDT_TRON
from tests.fakes.values import BTC, ETH, levels
from tests.handlers.views.examples import NOW

GIVEN = Amount(Decimal(100), "USDT")
MIDDLE = Decimal("0.0004")
QUESTION = Dialogue(
    id=DialogueId("which-way"),
    person=PersonId(7),
    chat=ChatId(7),
    message=None,
    draft=RouteDraft(amount=GIVEN.value, sell="USDT", buy="ETH"),
    expires_at=NOW + timedelta(minutes=15),
)
ON_BOOK = BookOffer(takes=(take(levels(("2501", "100")), market=ETH, side=Side.BUY, amount=GIVEN.value),))
INSTANT = InstantOffer(
    quote=Quote(
        sell="USDT",
        buy="ETH",
        sell_text="100.00",
        buy_text="0.0397",
        price_text="2518.89",
        least_sell=Decimal(5),
        most_sell=Decimal(10_000),
        least_buy=Decimal(0),
        most_buy=Decimal(10),
        at=NOW,
    )
)
SWAPPED = SwapOffer(
    deposit=USDT_TRON,
    withdraw=ETH_COIN,
    rate=Rate(
        pair="ETHUSDTTRC",
        deposit="USDTTRC",
        withdraw="ETH",
        price=Decimal(2500),
        withdrawal_fee=Decimal("0.001"),
        rate_id="r-1",
        least_deposit=Decimal(20),
        most_deposit=None,
        least_withdraw=None,
        most_withdraw=None,
        expires_at=NOW + timedelta(minutes=1),
    ),
    quoted=Quoted(deposit=GIVEN.value, withdraw=Decimal("0.039")),
    currency="ETH",
    is_live=True,
)


def compared(
    *offers: tuple[RouteKind, Offer],
    without: tuple[NoRoute, ...] = (),
    given: Amount = GIVEN,
    buy: str = "ETH",
    middle: Decimal | None = MIDDLE,
    asked: Decimal | None = None,
) -> Compared:
    found = (route_by(kind, each, given=given, middle=middle) for kind, each in offers)
    comparison = Comparison(
        venue=Venue.ANDX,
        asked=given.value if asked is None else asked,
        given=given,
        buy=buy,
        middle=middle,
        routes=best_first(found),
        without=without,
        at=NOW,
    )
    return Compared(comparison=comparison, dialogue=QUESTION if offers else None)


EVERY_WAY = compared((RouteKind.SWAP, SWAPPED), (RouteKind.INSTANT, INSTANT), (RouteKind.BOOK, ON_BOOK))


def test_an_amount_that_was_cut_says_so() -> None:
    cut = compared((RouteKind.INSTANT, INSTANT), asked=Decimal("100.00123"), given=Amount(Decimal("100.00"), "USDT"))
    assert "100.00123 USDT was cut: 2 decimals are taken." in routes.compared(cut).text.plain
    assert "was cut" not in routes.compared(EVERY_WAY).text.plain


def test_every_way_says_what_it_brings_costs_takes_and_needs() -> None:
    assert routes.compared(EVERY_WAY).text.plain == (
        "Give 100 USDT, get ETH\n"
        "Middle price 2,500 USDT for 1 ETH\n"
        "\n"
        "1. Order book: 0.03988404 ETH\n"
        "0.29% (0.2899 USDT) under the middle price\n"
        "Fee 0.00009996 ETH (0.25%). At the market: buy on ETH/USDT. Spends 99.999984 USDT.\n"
        "At once, with one order. Needs your balance at ANDX.\n"
        "\n"
        "2. Instant Trade: 0.0397 ETH\n"
        "0.75% (0.75 USDT) under the middle price\n"
        "Its fee is within the price.\n"
        "At once. Needs your balance at ANDX and your session.\n"
        "\n"
        "3. n.exchange: 0.039 ETH\n"
        "2.5% (2.5 USDT) under the middle price\n"
        "Network fee 0.001 ETH, taken off. It takes from 20 USDT.\n"
        "USDT on Tron to ETH on Ethereum.\n"
        "As long as both networks take to confirm. Needs your own wallet to pay from, and an address for ETH.\n"
        "\n"
        "LIVE · At the prices of this moment. Nothing is sent before you confirm a card."
    )


def test_a_button_opens_each_way_and_names_what_it_opens() -> None:
    rows = routes.compared(EVERY_WAY).rows
    assert [[key.label for key in row] for row in rows] == [
        ["1. Buy ETH"],
        ["2. Convert"],
        ["3. Swap at n.exchange"],
        ["Never mind"],
    ]
    assert rows[0][0] == Press("1. Buy ETH", TakeRoute(dialogue=QUESTION.id, kind=RouteKind.BOOK), style="success")
    assert rows[3][0] == Press("Never mind", DropDialogue(dialogue=QUESTION.id))


def test_two_orders_are_named_both_and_the_first_is_what_the_button_opens() -> None:
    sold = take(levels(("60000", "1")), market=BTC, side=Side.SELL, amount=Decimal("0.1"))
    bought = take(levels(("2500", "10")), market=ETH, side=Side.BUY, amount=sold.received.value)
    screen = routes.compared(
        compared(
            (RouteKind.BOOK, BookOffer(takes=(sold, bought))),
            given=Amount(Decimal("0.1"), "BTC"),
            middle=Decimal(24),
        )
    )
    said = screen.text.plain
    assert "Middle price 24 ETH for 1 BTC" in said
    assert (
        "Fee 15 USDT (0.25%) and 0.005985 ETH (0.25%). At the market: sell on BTC/USDT, then buy on ETH/USDT." in said
    )
    assert "left over" not in said
    coarse = take(
        levels(("2500", "10")), market=replace(ETH, base_decimals=1), side=Side.BUY, amount=sold.received.value
    )
    left = compared((RouteKind.BOOK, BookOffer(takes=(sold, coarse))), given=Amount(Decimal("0.1"), "BTC"))
    assert "then buy on ETH/USDT. 235 USDT is left over." in routes.compared(left).text.plain
    assert "with two orders, one after the other" in said and screen.rows[0][0].label == "1. Sell BTC first"


@pytest.mark.parametrize(
    ("why", "said"),
    [
        (NoSession(), "Instant Trade needs /link instant"),
        (SessionExpired(), "Instant Trade: Its session has ended. /link instant takes a fresh one."),
        (NotLinked(), "Instant Trade needs an account of yours: /link"),
        (UnknownCoin(typed="SHIB", nearest=()), "Instant Trade has no coin “SHIB”."),
        (NoSwapKey(practice=True), "Instant Trade needs /link nexchange"),
        (NoSwapKey(practice=True, live=False), "Instant Trade: /swap begins with play money"),
        (KeyRejected(status=401), "Instant Trade: Your key was not accepted. See /accounts."),
        (Refused(code=1, reason="no such pair"), "Instant Trade does not convert USDT to ETH."),
        (Refused(code=9, reason="closed_now"), "Instant Trade gives no quote for USDT to ETH now. (closed_now)"),
        (Refused(code=8, reason="minimum_amount"), "Instant Trade does not take this amount of USDT: too little."),
        (RouteUnfit("It takes at least 5 USDT."), "Instant Trade: It takes at least 5 USDT."),
        (Unavailable(Cause.TIMEOUT), "Instant Trade gives no answer right now. Ask again in a moment."),
    ],
)
def test_a_way_that_cannot_be_gone_is_one_line(why: ChatbotError, said: str) -> None:
    failed = NoRoute(kind=RouteKind.INSTANT, why=why)
    assert said in routes.compared(compared((RouteKind.BOOK, ON_BOOK), without=(failed,))).text.plain.split("\n")
    none = routes.compared(compared(without=(failed,)))
    assert (
        "No way can be gone with 100 USDT right now." in none.text.plain and said in none.text.plain and none.rows == ()
    )


def test_without_a_middle_price_nothing_is_compared_with_it() -> None:
    said = routes.compared(compared((RouteKind.INSTANT, INSTANT), middle=None)).text.plain
    assert "No order book tells the middle price" in said and "under the middle" not in said


def test_more_than_the_middle_price_and_exactly_it_are_told_apart() -> None:
    over = replace(INSTANT, quote=replace(INSTANT.quote, buy_text="0.0404"))
    assert "1% (1 USDT) over the middle price" in routes.compared(compared((RouteKind.INSTANT, over))).text.plain
    even = replace(INSTANT, quote=replace(INSTANT.quote, buy_text="0.04"))
    assert "Exactly the middle price" in routes.compared(compared((RouteKind.INSTANT, even))).text.plain


def test_play_money_beside_a_live_account_says_so() -> None:
    played = replace(SWAPPED, is_live=False)
    assert (
        "USDT on Tron to ETH on Ethereum. Play money." in routes.compared(compared((RouteKind.SWAP, played))).text.plain
    )


def test_an_answer_that_is_no_way_names_those_that_there_are() -> None:
    draft = RouteDraft(amount=GIVEN.value, sell="USDT", buy="ETH", instant=True)
    assert routes.not_said(draft).text.plain == "Say instant for 100 USDT, or tap one. /stop ends this."
