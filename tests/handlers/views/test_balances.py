from dataclasses import replace
from decimal import Decimal

from chatbot.services.balances import Holding, Holdings
from handlers.views.balances import holdings
from tests.fakes.values import balance
from tests.handlers.views.examples import MAIN, NOW


def holding(currency: str, total: str, worth: str | None = None, *, available: str | None = None) -> Holding:
    held = balance(currency, available or total, total=total)
    return Holding(balance=held, worth=None if worth is None else Decimal(worth))


FULL = Holdings(
    account=MAIN,
    account_name="Main",
    large=(holding("BTC", "0.5", "30025", available="0.4"), holding("USDT", "1000", "1000"), holding("XRP", "7")),
    dust=(holding("ETH", "0.0003", "0.75"), holding("ADA", "0.01", "0.002")),
    zeros=("DOGE", "SOL"),
    total=Decimal("31025.75015"),
    at=NOW,
)
EMPTY = replace(FULL, large=(), dust=(), total=Decimal(0))


def test_the_valuable_first_dust_and_zeros_in_a_line_each() -> None:
    assert str(holdings(FULL, now=NOW).text) == (
        "<b>Balance</b>  Main · paper-1 · PAPER\n"
        "\n"
        "<b>BTC</b>  <code>0.5</code>  ≈ 30,025.00 USDT\n"
        "   available <code>0.4</code>, held <code>0.1</code>\n"
        "<b>USDT</b>  <code>1,000</code>\n"
        "<b>XRP</b>  <code>7</code>\n"
        "Dust, each under 1 USDT: 0.0003 ETH, 0.01 ADA\n"
        "The API reports 0 of DOGE, SOL.\n"
        "\n"
        "Total ≈ <b>31,025.75 USDT</b> without XRP, which no market prices in USDT\n"
        "<i>12:00 UTC, just now</i>"
    )


def test_nothing_is_the_apis_word() -> None:
    shown = holdings(EMPTY, now=NOW).text.plain
    assert "The API reports 0 in every currency." in shown and "Total" not in shown and "DOGE" not in shown


def test_many_zeros_are_cut_short() -> None:
    many = replace(FULL, zeros=tuple(f"C{at}" for at in range(15)))
    assert "C11 and 3 more." in holdings(many, now=NOW).text.plain
