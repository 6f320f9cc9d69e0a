"""JSON shapes of Instant Trade and of the history of trades: field names, types and number formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from chatbot.paper.accounts import Account
from chatbot.paper.executions import SPANS, Execution, Fact, Past
from chatbot.paper.instant.desk import Asked
from chatbot.paper.instant.quotes import Pair, Quote, find
from chatbot.paper.market import MARKETS_BY_CODE, Market
from chatbot.paper.refusals import Refusal, Refused
from chatbot.paper.wire import Json, date, read_number, read_side

_PRICE_PLACES = 8
"""Of a quote's price; coins of which one is worth next to nothing have more."""
_FEE_PLACES = 8
_FLAGS = {"depth_order": True, "with_bonus": False, "with_stake": False}
"""What an ordinary order says; nobody has bonus or staked funds here."""


# requests


def read_sale(fields: Mapping[str, object]) -> tuple[Pair, Decimal]:
    """What a quote is asked for: the pair, and how much is sold. Raises ``Refused``."""
    return _read_pair(fields), read_number(fields.get("sell_currency_amount"))


def read_conversion(fields: Mapping[str, object], account: Account) -> Asked:
    """The conversion a request asks for. Raises ``Refused`` for a missing or mistyped value, and for anything but an
    ordinary order of its own account.
    """
    if any(fields.get(name) is not due for name, due in _FLAGS.items()):
        raise Refused(Refusal.PARAMETER_INVALID)
    named = fields.get("account_number", account.number)
    if type(named) is not int:
        raise Refused(Refusal.PARAMETER_INVALID)
    if named != account.number:
        raise Refused(Refusal.ACCOUNT_OWNER_DIFFERENT)
    return Asked(
        account=account.number,
        pair=_read_pair(fields),
        sell_amount=read_number(fields.get("sell_amount")),
        buy_amount=read_number(fields.get("buy_amount")),
        price=read_number(fields.get("visible_price")),
    )


def _read_pair(fields: Mapping[str, object]) -> Pair:
    return find(sold=fields.get("sell_currency_code"), bought=fields.get("buy_currency_code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryAsked:
    """A page of the history of an account or sub-account, counted from 1, and how far back it reaches."""

    account_name: object
    span: timedelta
    page: int


def read_history(fields: Mapping[str, object]) -> HistoryAsked:
    """Raises ``Refused`` for a missing or mistyped value; whether there is such an account is not looked at."""
    options = fields.get("filter_options")
    if not isinstance(options, dict):
        raise Refused(Refusal.PARAMETER_INVALID)
    span, page = SPANS.get(str(options.get("date_range"))), options.get("page_number")
    if span is None or type(page) is not int or page < 1:
        raise Refused(Refusal.PARAMETER_INVALID)
    return HistoryAsked(account_name=options.get("account_name"), span=span, page=page)


def read_past(fields: Mapping[str, object], *, now: float) -> Fact:
    """A trade of the past in the history's own fields; its total follows from price and amount, unless it is given.

    Raises ``Refused`` for a side or number, and ``ValueError`` with a sentence for anything else, that cannot be.
    """
    market = MARKETS_BY_CODE.get(str(fields.get("market_code")))
    if market is None:
        raise ValueError("market_code: the code of a market")
    side, price, amount = read_side(fields.get("buy_sell")), _read_some(fields, "price"), _read_some(fields, "amount")
    if fields.get("maker_taker", "T") not in ("M", "T"):
        raise ValueError("maker_taker: M or T")
    fee_currency = fields.get("fee_currency_code", Pair(market=market, side=side).bought)
    if fee_currency not in (market.base, market.counter):
        raise ValueError("fee_currency_code: one of the market's currencies")
    return Fact(
        market=market,
        side=side,
        is_maker=fields.get("maker_taker") == "M",
        price=price,
        amount=amount,
        total=read_number(fields["total_price"]) if "total_price" in fields else price * amount,
        fee=read_number(fields.get("fee", "0")),
        fee_currency=fee_currency,
        at=_read_date(fields.get("add_date"), now=now),
    )


def _read_some(fields: Mapping[str, object], name: str) -> Decimal:
    number = read_number(fields.get(name))
    if not number:
        raise Refused(Refusal.PARAMETER_INVALID)
    return number


def _read_date(value: object, *, now: float) -> float:  # the moment in Unix seconds
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError("add_date: as in 2026-05-22 13:00:07+00:00") from None
    if at.tzinfo is None or at.timestamp() > now:
        raise ValueError("add_date: in the past, with its offset from UTC")
    return at.timestamp()


# answers


def quoted(quote: Quote) -> Json:
    pair = quote.pair

    def sold(amount: Decimal) -> str:
        return _written(amount, step=pair.sold_step)

    def bought(amount: Decimal) -> str:
        return _written(amount, step=pair.bought_step)

    return {
        "sell_currency_amount": sold(quote.sell_amount),
        "buy_currency_amount": bought(quote.buy_amount),
        "sell_currency_min_depth_order_amount": sold(quote.least_sell),
        "buy_currency_min_depth_order_amount": bought(quote.least_buy),
        "sell_currency_max_depth_order_amount": sold(quote.most_sell),
        "buy_currency_max_depth_order_amount": bought(quote.most_buy),
        "sell_currency_code": pair.sold,
        "buy_currency_code": pair.bought,
        "visible_price": f"{quote.price:.{max(_PRICE_PLACES, pair.market.counter_decimals)}f}",
        "trigger_order": False,
        "trigger_status": True,
        "instant_chart": True,
        "timestamp": quote.at,
    }


def history_page(executions: Past, *, asked: HistoryAsked, has_next: bool) -> Json:
    """The number that is told is one too high, as in the documented example."""
    trades = [_trade(execution) for execution in executions]
    return {"trades": trades, "page_number": asked.page + 1, "has_next": has_next}


def _trade(execution: Execution) -> Json:
    fact = execution.fact
    return {
        "trade_number": execution.number,
        "transaction_number": execution.transaction,
        "market_code": fact.market.code,
        "maker_taker": "M" if fact.is_maker else "T",
        "price": _price(fact.market, fact.price),
        "total_price": _total(fact.market, fact.total),
        "amount": _written(fact.amount, step=fact.market.volume_step),
        "fee": f"{fact.fee:.{_FEE_PLACES}f}",
        "fee_currency_code": fact.fee_currency,
        "buy_sell": fact.side.value,
        "add_date": date(fact.at),
    }


def _price(market: Market, price: Decimal) -> str:
    """In the market's decimals, or more where it was worked out from amounts that were rounded."""
    on_step = price.quantize(market.price_step)
    return f"{on_step if on_step == price else price:f}"


def _total(market: Market, total: Decimal) -> str:
    """Cut, not rounded, like the totals of orders."""
    return f"{total.quantize(market.price_step, ROUND_DOWN):f}"


def _written(amount: Decimal, *, step: Decimal) -> str:
    return f"{amount.quantize(step):f}"
