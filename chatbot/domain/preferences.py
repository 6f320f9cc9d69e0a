"""How a chat wants to be spoken to: time zone, numbers, pictures, quiet hours. A person's are those of the private
chat.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.zones import moment_at, zone_named

_DAY = timedelta(days=1)


class NumberStyle(StrEnum):
    """How thousands and decimals are set apart."""

    COMMA = "comma"  # 76,519.57
    SPACE = "space"  # 76 519.57
    POINT = "point"  # 76.519,57


class ChartTheme(StrEnum):
    DARK = "dark"
    LIGHT = "light"


class ValueCurrency(StrEnum):
    """What the value of an account is given in."""

    USDT = "USDT"
    BTC = "BTC"
    USD = "USD"
    EUR = "EUR"


class QuietMode(StrEnum):
    """What happens to notices in quiet hours: they come at their end, or without a sound."""

    HOLD = "hold"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From `start` to `end` by the chat's own clock, every day; across midnight where `end` is the earlier one.

    Where both are the same there are none.
    """

    start: time
    end: time
    mode: QuietMode = QuietMode.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`zone` is an IANA name such as `Europe/Berlin`. Balances worth less than `dust` (USDT) are summed up."""

    zone: str = "UTC"
    numbers: NumberStyle = NumberStyle.COMMA
    theme: ChartTheme = ChartTheme.DARK
    quiet: QuietHours | None = None
    dust: Decimal = Decimal(1)
    currency: ValueCurrency = ValueCurrency.USDT

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that `now` lies in; None outside of them.

        On the day an hour is repeated they last from the first time the clock shows their start to the last time it
        shows their end; a start or end that the clock leaps over is the first moment after it.
        """
        quiet = self.quiet
        if quiet is None or quiet.start == quiet.end:
            return None
        zone = zone_named(self.zone)
        today = now.astimezone(zone).date()
        over_midnight = _DAY if quiet.end < quiet.start else timedelta(0)
        for day in (today - _DAY, today):
            end = moment_at(datetime.combine(day + over_midnight, quiet.end), zone, latest=True)
            if moment_at(datetime.combine(day, quiet.start), zone) <= now < end:
                return end
        return None
