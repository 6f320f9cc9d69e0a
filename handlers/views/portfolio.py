"""What an account is worth, and what its trades brought."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME
from chatbot.domain.charts import Span
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import ZERO, Amount, round_half_up
from chatbot.domain.orders import OrderFilter
from chatbot.domain.portfolio import Change, LastPrice, Origin
from chatbot.domain.preferences import ValueCurrency
from chatbot.domain.results import NoResult, Result
from chatbot.services.portfolio import SPANS, Portfolio, TradeResults
from chatbot.services.trades import CaughtUp, Source
from handlers.actions import ShowOrders, ShowPortfolio, ShowResults
from handlers.views.format import change, moment, number, when
from handlers.views.html import Html, bold, clean, italic, join, lines, outside, text
from handlers.views.screen import Key, Picture, Press, Rows, Screen

_NAMES = {Span.DAY: "24 h", Span.WEEK: "7 d", Span.MONTH: "30 d"}
_LONGEST_CODE = 12
_LONGEST_NAME = 24
_MOST_HELD = 3
_MOST_LAST_PRICES = 3
_MOST_UNPRICED = 4
_MOST_RESULTS = 25
_BITCOINS = 8
_UNKNOWN = {
    Source.EXCHANGE: None,
    Source.KEPT: "Your trades could not be read just now, so no result is known.",
    Source.NO_SESSION: "What your trades brought takes a browser session: /link instant",
    Source.SESSION_ENDED: "The browser session ended, so your trades cannot be read: /link instant",
}
"""Why no trade is known, on the card."""
_BEHIND = {
    Source.EXCHANGE: None,
    Source.KEPT: "Not all trades could be read just now; I go on in the background.",
    Source.NO_SESSION: None,
    Source.SESSION_ENDED: "The browser session ended, so newer trades are missing: /link instant",
}
"""What is wrong with those that are known, on the card."""
_NO_TRADES = {
    Source.EXCHANGE: "The exchange's list of your trades, which goes back a month, is empty.",
    Source.KEPT: "No trades are known yet: they could not be read just now. Refresh tries again.",
    Source.NO_SESSION: "No trades are known yet: I read them with the browser session that /link instant links.",
    Source.SESSION_ENDED: "No trades are known yet, and your browser session ended. /link instant takes a fresh one.",
}
"""Why there is no result."""
_READING_ON = {
    Source.EXCHANGE: "",
    Source.KEPT: " Not all could be read just now; I go on in the background.",
    Source.NO_SESSION: " No browser session is linked, so I read no more: /link instant.",
    Source.SESSION_ENDED: " The browser session ended, so I read no more: /link instant.",
}
"""What becomes of trades that are missing in the results."""
_COUNTED = "Changes are by prices alone: what you pay in or out, and fees, do not move them."
_NO_RESULT = {
    NoResult.NO_PURCHASE: "not known yet, no purchase of what was sold is known",
    NoResult.NO_PRICE: "not known, no price of the moment of these trades was kept",
    NoResult.NO_MARKETS: "cannot be valued now, the exchange's markets could not be read",
}
_ORIGINS = {Origin.QUOTE: "by a quote of", Origin.TRADE: "by your trade of"}


def portfolio(read: Portfolio, *, now: datetime) -> Picture | Screen:
    """A picture of the shares and the line of values; without one, the same in words."""
    caption = _caption(read, now=now)
    rows = _rows(read)
    return Screen(caption, rows) if read.picture is None else Picture(content=read.picture, caption=caption, rows=rows)


def _caption(read: Portfolio, *, now: datetime) -> Html:
    where = text(f" · {read.account.label} · {read.account.venue.badge}")
    return lines(
        text(bold("Portfolio"), "  ", outside(read.account_name, limit=_LONGEST_NAME), where),
        bold(_value(read.value, read.currency), " ", read.currency),
        _instead(read),
        *_changes(read, now=now),
        *_realised(read),
        _amounts("Held in orders and withdrawals: ", read.held, most=_MOST_HELD),
        _open_orders(read),
        _last_prices(read, now=now),
        _amounts("No price of these is known, so they are not in the value: ", read.unpriced, most=_MOST_UNPRICED),
        italic(when(read.at, now=now)),
    )


def _instead(read: Portfolio) -> str | None:
    if read.currency is read.wanted:
        return None
    return f"No market here prices {read.wanted}, so this is in {read.currency}."


def _changes(read: Portfolio, *, now: datetime) -> tuple[Html, ...]:
    """Line by line, and in one those that the readings do not reach back for."""
    known = {span: moved for span in SPANS if (moved := read.changes[span]) is not None}
    shown = [_change(read, span, moved, now=now) for span, moved in known.items()]
    missing = ", ".join(_NAMES[span] for span in SPANS if span not in known)
    if missing:
        shown.append(text(f"{missing}: not known yet, my readings begin {moment(read.begin, now=now)}"))
    return (*shown, italic(_COUNTED)) if known else tuple(shown)


def _change(read: Portfolio, span: Span, moved: Change, *, now: datetime) -> Html:
    sign = "+" if moved.gain > 0 else ""
    percent = "" if moved.percent is None else f" {change(moved.percent)}"
    return text(f"{_NAMES[span]}:{percent}  {sign}{_value(moved.gain, read.currency)}", _since(read, span, moved, now))


def _since(read: Portfolio, span: Span, moved: Change, now: datetime) -> str:
    is_whole = moved.is_about(span.length, until=read.at)
    return "" if is_whole else f" (since {moment(moved.since, now=now)})"


def _realised(read: Portfolio) -> tuple[Html | str | None, ...]:
    if read.caught_up is None:
        return (f"Results and orders are read of {DEFAULT_ACCOUNT_NAME} only.",)
    if read.realised is None:
        return (_UNKNOWN[read.caught_up.source],)
    behind, realised = _BEHIND[read.caught_up.source], read.realised
    if isinstance(realised.result, NoResult):
        return (f"Realised: {_NO_RESULT[realised.result]}.", behind)
    trades = "1 trade" if realised.trades == 1 else f"{realised.trades} trades"
    return (f"Realised {_signed(realised.result)} {VALUED_IN} (average cost method, {trades})", behind)


def _open_orders(read: Portfolio) -> str | None:
    if read.open_orders is None:
        return None
    more = "more than " if read.open_orders.more else ""
    return f"Open orders: {more}{read.open_orders.count}"


def _last_prices(read: Portfolio, *, now: datetime) -> Html | None:
    """What has no order book, with what it counts by and how old that is."""
    shown = read.last_prices[:_MOST_LAST_PRICES]
    if not shown:
        return None
    more = f" and {len(read.last_prices) - len(shown)} more" if len(shown) < len(read.last_prices) else ""
    return text("Without an order book: ", join("; ", (_last_price(*each, now=now) for each in shown)), more)


def _last_price(amount: Amount, last: LastPrice, *, now: datetime) -> Html:
    at = f" at {_price(last.price)} {_ORIGINS[last.origin]} {moment(last.at, now=now)}"
    return text(_amount(amount), at)


def _amounts(words: str, amounts: Sequence[Amount], *, most: int) -> Html | None:
    if not amounts:
        return None
    more = f" and {len(amounts) - most} more" if len(amounts) > most else ""
    return text(words, join(", ", map(_amount, amounts[:most])), more)


def _amount(amount: Amount) -> Html:
    return text(number(amount.value), " ", outside(amount.currency, limit=_LONGEST_CODE))


def _value(value: Decimal, currency: ValueCurrency) -> str:
    return number(value, decimals=_BITCOINS if currency is ValueCurrency.BTC else 2)


def _rows(read: Portfolio) -> Rows:
    account = read.account.id
    this = next((other.id for other in read.others if other.name == read.account_name), None)
    is_main = read.account_name == DEFAULT_ACCOUNT_NAME
    first: list[Key] = [Press("↻ Refresh", ShowPortfolio(account=account, sub=this, anew=False))]
    if is_main:
        first.append(Press("Results", ShowResults(account=account, anew=True)))
        first.append(Press("Orders", ShowOrders(account=account, which=OrderFilter.OPEN, page=1, code=None)))
    others: list[Key] = [
        Press(_button(other.name), ShowPortfolio(account=account, sub=other.id, anew=True))
        for other in read.others
        if other.name != read.account_name
    ]
    if not is_main:
        others.insert(0, Press(DEFAULT_ACCOUNT_NAME, ShowPortfolio(account=account, sub=None, anew=True)))
    return (tuple(first), *(tuple(others[at : at + 3]) for at in range(0, len(others), 3)))


def _button(name: str) -> str:
    """A label is never empty, whatever the exchange accepted as a name."""
    name = " ".join(clean(name).split()) or "?"
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


def results(brought: TradeResults, *, now: datetime) -> Screen:
    """Realised results and average entries, and what they are made of."""
    title = text(bold("Results"), f"  {brought.account.label} · {brought.account.venue.badge}")
    again: Key = Press("↻ Refresh", ShowResults(account=brought.account.id, anew=False))
    if brought.reach is None:
        return Screen(lines(title, _NO_TRADES[brought.caught_up.source]), ((again,),))
    shown = sorted(brought.results, key=lambda each: (-abs(each.realised or ZERO), each.currency))
    more = len(shown) - _MOST_RESULTS
    return Screen(
        lines(
            title,
            _realised_in_all(brought.realised),
            "",
            *(_result(each, brought) for each in shown[:_MOST_RESULTS]),
            f"…and {more} more currencies" if more > 0 else None,
            "",
            _method(brought, now=now),
            italic(when(brought.at, now=now)),
        ),
        ((again,),),
    )


def _realised_in_all(realised: Decimal | NoResult) -> Html:
    if isinstance(realised, NoResult):
        return text(f"Realised: {_NO_RESULT[realised]}.")
    return text("Realised in all: ", bold(_signed(realised), " ", VALUED_IN))


def _result(each: Result, brought: TradeResults) -> Html:
    currency = outside(each.currency, limit=_LONGEST_CODE)
    holds = brought.holds.get(each.currency, ZERO)
    realised = "nothing realised" if each.realised is None else f"realised {_signed(each.realised)}"
    parts = [text(bold(currency), f"  {realised}")]
    if each.average is not None and holds > 0:
        of = f" for {number(each.amount)} of {number(holds)} held" if each.amount < holds else ""
        parts.append(text(f"entry {_price(each.average)} on average{of}"))
    if each.without_cost:
        parts.append(text(f"{number(each.without_cost)} sold without a known purchase, in no result"))
    return join(" · ", parts)


def _method(brought: TradeResults, *, now: datetime) -> Html:
    assert brought.reach is not None
    first, last = (moment(at, now=now) for at in brought.reach)
    count = "1 trade" if brought.trades == 1 else f"{brought.trades} trades"
    unvalued = (
        f" {brought.unvalued} of them could not be valued in {VALUED_IN}: no price of that moment was kept."
        if brought.unvalued
        else ""
    )
    counted = italic(
        f"Average cost method, fees in, all in {VALUED_IN}; a trade of two coins is a sale and a purchase at the price "
        f"of that moment. From {count} I have read, {first} to {last}, {_whole(brought.caught_up, now=now)}; what was "
        f"never read, deposits and withdrawals are not in it.{unvalued}"
    )
    return text(counted, _READING_ON[brought.caught_up.source])


def _whole(known: CaughtUp, *, now: datetime) -> str:
    """Of which time none is missing."""
    if known.coverage is None:
        return "perhaps not all of that time"
    since, until = (moment(at, now=now) for at in (known.coverage.since, known.coverage.until))
    return f"all since {since}" if known.source is Source.EXCHANGE else f"all from {since} to {until}"


def _signed(value: Decimal) -> str:
    return f"{'+' if round_half_up(value, decimals=2) > 0 else ''}{number(value, decimals=2)}"


def _price(price: Decimal) -> str:
    """As many digits as tell prices apart."""
    return number(round_half_up(price, decimals=max(2, 5 - price.adjusted())))
