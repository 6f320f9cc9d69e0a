"""A price alert, from the line that sets it to the order it leads to, on real programs."""

from decimal import Decimal

from tests.harness import Stack

PATIENCE = 15.0


def test_an_alert_fires_on_the_crossing_once_and_leads_to_an_order(leaping: Stack) -> None:
    nora, exchange = leaping.person("Nora", linked=True), leaping.exchange
    price = exchange.ticker("LTCUSDT")["last"]
    level = (price * Decimal("1.02")).quantize(Decimal("0.01"))
    echo = nora.ask(f'/alert LTC > {level} note "sell?"')
    assert echo.text.startswith(f"✅ LTC/USDT above {level.normalize():,f}, now ") and "1 of 50 alerts" in echo.text
    leaping.leap(21)  # the watch was at its quiet pace
    assert nora.ask(f"/alert LTC < {level}").text.splitlines()[1].startswith("It is below now;")
    exchange.price("LTCUSDT", price * Decimal("1.03"))
    leaping.leap(11)
    hit = nora.wait_for("🔔 LTC/USDT above", timeout=PATIENCE)
    assert "“sell?”" in hit.text and hit.buttons == ("Re-arm", "Snooze 1 h", "Delete", "Buy LTC", "Sell LTC")
    assert "waits" not in nora.ask("/alerts").text
    exchange.price("LTCUSDT", price * Decimal("1.01"))
    leaping.leap(11)
    nora.wait_for("🔔 LTC/USDT below", timeout=PATIENCE)
    assert sum("🔔 LTC/USDT above" in message.text for message in nora.replies()) == 1
    nora.tap("Buy LTC", hit)
    sizes = nora.wait_for("You have ")
    assert "Buy LTC/USDT" in sizes.text and f"Limit at {level.normalize():,f}" in sizes.buttons
    listed = nora.ask("/alerts")
    assert listed.text.startswith("Alerts  0 of 50") and "✕ Ended (2)" in listed.buttons
    nora.tap("✕ Ended", listed)
    nora.wait_for("Delete 2 alerts that ended?", message=listed)
    nora.tap("Delete", listed)
    nora.wait_for("There are none yet", message=listed)
