"""Executed trades: a page, by day, with what they come to."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from chatbot.domain.money import Amount, round_half_up
from chatbot.domain.orders import Side
from chatbot.domain.trade_text import TradeWindow
from chatbot.domain.trade_totals import MarketTotal, Pair, by_day, totals
from chatbot.domain.trades import Trade
from chatbot.services.trades import Source, TradeList
from handlers.actions import ShowTrades
from handlers.views.format import hour, moment, number, reader, when
from handlers.views.html import Html, Part, bold, code, italic, join, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_NAMES = {
    TradeWindow.DAY: "the last day",
    TradeWindow.WEEK: "the last week",
    TradeWindow.MONTH: "the last month",
    TradeWindow.ALL: "all I have read",
}
_KEYS = {
    TradeWindow.DAY: "Day",
    TradeWindow.WEEK: "Week",
    TradeWindow.MONTH: "Month",
    TradeWindow.ALL: "All kept",
}
_MOST_TOTALS = 5
_MOST_FEES = 3
_ROOM = 3_500
"""Characters for trades and totals: how many trades the exchange puts on a page is not documented."""
_LONGEST_CODE = 20


def trade_list(listed: TradeList, *, now: datetime) -> Screen:
    """A page of trades, newest first."""
    base = [_currency(listed.pairs[listed.market].base)] if listed.market is not None else []
    pages = f" · page {listed.page.number}" if listed.page.has_next or listed.page.number > 1 else ""
    summed = _totals(listed)
    room = _ROOM - sum(map(_length, summed))
    return Screen(
        lines(
            bold(join(" · ", ("Trades", *base, _NAMES[listed.window])), pages),
            _source(listed, now=now),
            *(_days(listed, room) or [_none(listed)]),
            *summed,
            _others(listed),
            italic(f"{listed.account.label} · {listed.account.venue.badge} · {when(listed.at, now=now)}"),
        ),
        _keys(listed),
    )


def _source(listed: TradeList, *, now: datetime) -> Html | None:
    """Why these are not the exchange's words of this minute."""
    if listed.source is Source.EXCHANGE or listed.reach is None:
        return None
    oldest, newest = (moment(at, now=now) for at in listed.reach)
    reach = f"from {oldest} to {newest}"
    match listed.source:
        case Source.NO_SESSION:
            return text(f"⚠️ No browser session is linked, so these are the trades kept here, {reach}. /link instant")
        case Source.SESSION_ENDED:
            return text(f"⚠️ The browser session ended, so these are the trades kept here, {reach}. /link instant")
        case _:
            return text(f"Kept here: {reach}. The exchange itself tells of a month.")


def _none(listed: TradeList) -> Html:
    of = text() if listed.market is None else text(_currency(listed.pairs[listed.market].base), " ")
    if listed.page.number > 1 or listed.page.has_next:
        return text("No ", of, "trades on this page.")
    return text("No ", of, "trades in ", _NAMES[listed.window], ".")


def _others(listed: TradeList) -> Html | None:
    if not listed.others:
        return None
    few = "1 trade" if listed.others == 1 else f"{listed.others} trades"
    return italic(f"This page of the exchange also has {few} of other markets.")


def _days(listed: TradeList, room: int) -> list[Part]:
    """As many as fit, under their days."""
    said: list[Part] = []
    left = len(listed.page.trades)
    for day, trades in by_day(listed.page.trades, zone=reader.get().zone):
        shown = [_line(trade, listed.pairs[trade.market]) for trade in trades]
        fitting = [line for line in shown if (room := room - _length(line)) > 0]
        if fitting:
            said += ["", bold(_day(day)), *fitting]
            left -= len(fitting)
    return [*said, f"…and {left} more on this page. /export trades has them all."] if left else said


def _line(trade: Trade, pair: Pair) -> Html:
    side = "bought" if trade.side is Side.BUY else "sold"
    role = "maker" if trade.is_maker else "taker"
    fee = text(" · fee ", _amount(trade.fee)) if trade.fee.value else text()
    return text(
        hour(trade.at),
        f" {side} ",
        code(number(trade.amount)),
        " ",
        _currency(pair.base),
        " @ ",
        code(_price(trade.price)),
        " = ",
        _amount(Amount(trade.total, pair.counter)),
        f" · {role}",
        fee,
    )


def _price(price: Decimal) -> str:
    """The exchange divides the total by the amount: most digits of that say nothing."""
    return number(round_half_up(price, decimals=max(2, 5 - price.adjusted())))


def _totals(listed: TradeList) -> tuple[Html | str, ...]:
    """Of the whole window, if it is known whole; one trade says what it comes to itself."""
    is_one = listed.page.number == 1 and not listed.page.has_next and len(listed.page.trades) == 1
    summed = totals(listed.page.trades) if listed.summed is None else listed.summed
    if not summed or is_one:
        return ()
    title = "On this page" if listed.summed is None else f"In {_NAMES[listed.window]}"
    more = len(summed) - _MOST_TOTALS
    return (
        "",
        bold(title),
        *(_total(each, listed.pairs[each.market]) for each in summed[:_MOST_TOTALS]),
        *((f"…and {more} more markets",) if more > 0 else ()),
    )


def _total(summed: MarketTotal, pair: Pair) -> Html:
    paid, received = Amount(summed.paid, pair.counter), Amount(summed.received, pair.counter)
    bought = text(f"bought {number(summed.bought)} for ", _amount(paid)) if summed.bought else None
    sold = text(f"sold {number(summed.sold)} for ", _amount(received)) if summed.sold else None
    fees = _fees(summed)
    return text(_currency(pair.base), ": ", join(" · ", (part for part in (bought, sold, fees) if part is not None)))


def _fees(summed: MarketTotal) -> Html | None:
    if not summed.fees:
        return None
    more = ", …" if len(summed.fees) > _MOST_FEES else ""
    return text("fees ", join(", ", map(_amount, summed.fees[:_MOST_FEES])), more)


def _length(part: Part) -> int:
    """At most so many of Telegram's characters: of the markup with all that nobody sees, in units of UTF-16."""
    return len(str(part).encode("utf-16-le", errors="replace")) // 2


def _amount(value: Amount) -> Html:
    """Nobody can say of each market which its currencies are."""
    return text(number(value.value), *((" ", _currency(value.currency)) if value.currency else ()))


def _currency(word: str) -> Html:
    return outside(word, limit=_LONGEST_CODE)


def _day(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _keys(listed: TradeList) -> Rows:
    def to(page: int, window: TradeWindow = listed.window, *, back: bool = False) -> ShowTrades:
        return ShowTrades(account=listed.account.id, window=window, page=page, back=back, code=listed.market)

    turning: list[Key] = []
    if listed.page.number > 1:
        turning.append(Press("‹ Prev", to(listed.page.number - 1, back=True)))
    turning.append(Press("↻ Refresh", to(listed.page.number)))
    if listed.page.has_next:
        turning.append(Press("Next ›", to(listed.page.number + 1)))
    windows: Sequence[Key] = [
        Press(f"• {name}" if window is listed.window else name, to(1, window)) for window, name in _KEYS.items()
    ]
    return (tuple(turning), tuple(windows))
