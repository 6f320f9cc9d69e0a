"""What an account is worth, and what its trades brought."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from chatbot.domain.accounts import DEFAULT_ACCOUNT_NAME
from chatbot.domain.charts import Span
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import Amount, round_half_up, sum_exactly
from chatbot.domain.orders import OrderFilter
from chatbot.domain.portfolio import Change
from chatbot.domain.preferences import ValueCurrency
from chatbot.domain.results import Result
from chatbot.services.portfolio import SPANS, Portfolio, TradeResults
from handlers.actions import ShowOrders, ShowPortfolio, ShowResults
from handlers.views.format import change, moment, number, when
from handlers.views.html import Html, bold, clean, italic, join, lines, outside, text
from handlers.views.screen import Key, Picture, Press, Rows, Screen

_NAMES = {Span.DAY: "24 h", Span.WEEK: "7 d", Span.MONTH: "30 d"}
_LONGEST_CODE = 12
_LONGEST_NAME = 24
_MOST_HELD = 4
_MOST_UNPRICED = 6
_MOST_RESULTS = 25
_BITCOINS = 8
_COUNTED = (
    "Changes are what prices made of what was held, from reading to reading; deposits, withdrawals and fees are none."
)


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
        *(_change(read, span, now=now) for span in SPANS),
        italic(_COUNTED),
        _realised(read),
        _amounts("Held in orders and withdrawals: ", read.held, most=_MOST_HELD),
        _open_orders(read),
        _amounts("No market prices these, so they are not in the value: ", read.unpriced, most=_MOST_UNPRICED),
        italic(when(read.at, now=now)),
    )


def _instead(read: Portfolio) -> str | None:
    if read.currency is read.wanted:
        return None
    return f"No market here prices {read.wanted}, so this is in {read.currency}."


def _change(read: Portfolio, span: Span, *, now: datetime) -> Html:
    moved = read.changes[span]
    if moved is None:
        return text(f"{_NAMES[span]}: not known, my readings begin {moment(read.begin, now=now)}")
    sign = "+" if moved.gain > 0 else ""
    percent = "" if moved.percent is None else f" {change(moved.percent)}"
    return text(f"{_NAMES[span]}:{percent}  {sign}{_value(moved.gain, read.currency)}", _since(read, span, moved, now))


def _since(read: Portfolio, span: Span, moved: Change, now: datetime) -> str:
    is_whole = moved.is_about(span.length, until=read.at)
    return "" if is_whole else f" (since {moment(moved.since, now=now)})"


def _realised(read: Portfolio) -> Html | None:
    if read.realised is None:
        return None
    trades = "1 trade" if read.realised.trades == 1 else f"{read.realised.trades} trades"
    return text(f"Realised, by the {trades} I know, average cost: {_signed(read.realised.result)} {VALUED_IN}")


def _open_orders(read: Portfolio) -> str | None:
    if read.open_orders is None:
        return None
    more = "more than " if read.open_orders.more else ""
    return f"Open orders: {more}{read.open_orders.count}"


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
        none = "No trades are known yet. /trades reads them, with the browser session that /link instant links."
        return Screen(lines(title, none), ((again,),))
    shown = sorted(brought.results, key=lambda each: (-abs(each.realised), each.currency))
    more = len(shown) - _MOST_RESULTS
    total = sum_exactly(each.realised for each in shown)
    return Screen(
        lines(
            title,
            text("Realised in all: ", bold(_signed(total), " ", VALUED_IN)),
            "",
            *(_result(each, brought) for each in shown[:_MOST_RESULTS]),
            f"…and {more} more currencies" if more > 0 else None,
            "",
            _method(brought, now=now),
            italic(when(brought.at, now=now)),
        ),
        ((again,),),
    )


def _result(each: Result, brought: TradeResults) -> Html:
    currency = outside(each.currency, limit=_LONGEST_CODE)
    holds = brought.holds.get(each.currency, Decimal(0))
    parts = [text(bold(currency), f"  realised {_signed(each.realised)}")]
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
    return italic(
        f"Average cost method, fees in, all in {VALUED_IN}; a trade of two coins is a sale and a purchase at the price "
        f"of that moment. From {count} I have read, {first} to {last}; what was never read, deposits and withdrawals "
        f"are not in it.{unvalued} /trades reads more."
    )


def _signed(value: Decimal) -> str:
    return f"{'+' if round_half_up(value, decimals=2) > 0 else ''}{number(value, decimals=2)}"


def _price(price: Decimal) -> str:
    """As many digits as tell prices apart."""
    return number(round_half_up(price, decimals=max(2, 5 - price.adjusted())))
