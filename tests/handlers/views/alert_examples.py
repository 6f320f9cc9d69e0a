"""An alert, and what is read of its market."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from chatbot.domain.accounts import Venue
from chatbot.domain.alerts import Alert, AlertStatus, Crossing, Gauge, Position, Rule
from chatbot.domain.ids import AlertId, ChatId, MarketCode, PersonId
from chatbot.domain.notices import AlertFired
from chatbot.domain.places import Place
from chatbot.services.alert_readings import SeenAlert
from chatbot.services.alert_results import AlertList
from tests.handlers.views.examples import NOW

HERE = Place(chat=ChatId(7))
GROUP = Place(chat=ChatId(-70), thread=3)
ABOVE = Rule(gauge=Gauge.PRICE, crossing=Crossing.UP, level=Decimal(80_000))
FIVE_UP = Rule(
    gauge=Gauge.PRICE,
    crossing=Crossing.UP,
    level=Decimal("80345.549"),
    move=Decimal(5),
    anchor=Decimal("76519.57"),
)
FALL = Rule(gauge=Gauge.FALL, crossing=Crossing.UP, level=Decimal(3), window=timedelta(hours=1))


def an_alert(number: int = 1, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "id": AlertId(number),
        "venue": Venue.ANDX,
        "market": MarketCode("BTCUSDT"),
        "base": "BTC",
        "counter": "USDT",
        "rule": ABOVE,
        "place": HERE,
        "set_by": PersonId(7),
        "cooldown": None,
        "until": None,
        "note": "",
        "picture": False,
        "status": AlertStatus.WATCHING,
        "position": Position.BELOW,
        "rests_until": None,
        "created_at": NOW,
        "fired_at": None,
        "hits": 0,
    }
    return Alert(**(values | changes))


def seen(alert: Alert | None = None, reading: str | None = "76519.57", **more: Any) -> SeenAlert:
    value = None if reading is None else Decimal(reading)
    return SeenAlert(alert=alert or an_alert(), price=value, reading=value, **more)


def listed(*alerts: SeenAlert, place: Place = HERE) -> AlertList:
    return AlertList(place=place, alerts=alerts, used=len(alerts), allowance=50)


def a_hit(number: int = 1, **changes: Any) -> AlertFired:
    values: dict[str, Any] = {
        "alert": AlertId(number),
        "at": NOW - timedelta(minutes=2),
        "value": Decimal("80012.5"),
        "price": Decimal("80012.5"),
        "change": Decimal("2.31"),
    }
    return AlertFired(**(values | changes))
