"""ANDX's words and ours: from what is on the wire to domain values, and back."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.conversions import NewConversion, Quote
from chatbot.domain.ids import ClientId, MarketCode, OrderNumber
from chatbot.domain.market import Level, Market, OrderBook, PublicTrade, Ticker
from chatbot.domain.money import ZERO, Amount, to_text
from chatbot.domain.orders import (
    Balance,
    NewOrder,
    Order,
    OrderFilter,
    OrderStatus,
    OrderType,
    Side,
)
from chatbot.domain.trades import Trade, TradeSpan
from chatbot.exchange.andx import wire
from chatbot.exchange.decoding import Number
from chatbot.exchange.http import Unreadable

_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
_TRANSACTION = re.compile(r"[0-9_]{1,60}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[+-][0-9]{2}:[0-9]{2})?")
_YEARS = range(2009, 2101)
"""Nothing was traded before the first coin; and a date near the end of the calendar is in no year of another zone."""
_RECENT = timedelta(minutes=1)
_SIDES = {"B": Side.BUY, "S": Side.SELL}
_LETTERS = {side: letter for letter, side in _SIDES.items()}
_TYPES = {"limit": OrderType.LIMIT, "market": OrderType.MARKET}
_STATUSES = {
    "N": OrderStatus.NEW,
    "P": OrderStatus.PARTIALLY_FILLED,
    "F": OrderStatus.FILLED,
    "C": OrderStatus.CANCELLED,
    "R": OrderStatus.REJECTED,
}
SPANS = {TradeSpan.DAY: "DAY", TradeSpan.WEEK: "WEEK", TradeSpan.MONTH: "MONTH"}
FILTERS = {OrderFilter.OPEN: "O", OrderFilter.CLOSED: "C", OrderFilter.ALL: "A"}


class MarketBuyVolume(StrEnum):
    """In which currency the exchange reads the volume of a market buy. The vendor's page does not say."""

    BASE = "base"
    COUNTER = "counter"


def is_code(text: str) -> bool:
    """Whether a market or currency is called something that can be shown, typed and told from others."""
    return _CODE.fullmatch(text) is not None


def market(info: wire.MarketInfo) -> Market:
    """Raises `Unreadable` for codes that cannot be any."""
    if not all(map(is_code, (info.market_code, info.base_currency, info.counter_currency))):
        raise Unreadable("a code")
    return Market(
        code=MarketCode(info.market_code.upper()),
        base=info.base_currency,
        counter=info.counter_currency,
        base_name=info.base_currency_name or info.base_currency,
        counter_name=info.counter_currency_name or info.counter_currency,
        minimum=info.minimum_order_amount.value,
        maximum=info.maximum_order_amount.value,
        base_decimals=info.base_currency_decimal,
        counter_decimals=info.counter_currency_decimal,
        presentation_decimals=info.presentation_decimal,
        min_multiplier=info.min_multiplier.value,
        max_multiplier=info.max_multiplier.value,
        maker_fee=info.maker_fee_ratio.value,
        taker_fee=info.taker_fee_ratio.value,
        instant_only=info.resell_market,
    )


def ticker(info: wire.TickerInfo) -> Ticker:
    return Ticker(
        market=MarketCode(info.market.market_code.upper()),
        bid=info.bid.value,
        ask=info.ask.value,
        last=info.last_price.value,
        last_size=info.last_size.value,
        volume=info.volume_24h.value,
        change=info.change_24h.value,
        low=info.low_24h.value,
        high=info.high_24h.value,
        average=info.avg_24h.value,
        at=_moment(info.timestamp),
    )


def order_book(data: wire.BookData) -> OrderBook:
    bids = sorted((_level(level) for level in data.buyers), key=lambda level: level.price, reverse=True)
    asks = sorted((_level(level) for level in data.sellers), key=lambda level: level.price)
    trades = sorted((_trade(trade) for trade in data.last_transactions or ()), key=lambda trade: trade.at, reverse=True)
    return OrderBook(
        market=MarketCode(data.market_code.upper()),
        bids=tuple(bids),
        asks=tuple(asks),
        trades=tuple(trades),
        ticker=ticker(data.ticker) if data.ticker is not None else None,
        at=_moment(data.timestamp),
    )


def balance(info: wire.BalanceInfo) -> Balance:
    return Balance(currency=info.currency_code, total=info.balance.value, available=info.available_balance.value)


def order(info: wire.OrderInfo) -> Order:
    """Raises `Unreadable` for a code, a side, an amount or a date that cannot be one."""
    side = _SIDES.get(info.buy_sell)
    if not all(map(is_code, (info.market_code, info.base_currency, info.counter_currency))):
        raise Unreadable("a code")
    if side is None:
        raise Unreadable("buy_sell")
    status = _status(info)
    return Order(
        number=OrderNumber(info.order_number),
        market=MarketCode(info.market_code.upper()),
        base=info.base_currency,
        counter=info.counter_currency,
        type=_order_type(info),
        side=side,
        status=status,
        price=_or_zero(info.price),
        volume=_amount(info.volume),
        executed=_amount(info.volume_executed),
        remaining=_amount(info.volume_remaining),
        total=_or_zero(info.total),
        average_price=_or_zero(info.avg_price),
        client_id=ClientId(info.client_id or 0),
        post_only=bool(info.post_only),
        cancelable=not status.is_final if info.cancelable is None else info.cancelable,
        placed_at=_date(info.add_date),
        updated_at=_date(info.update_date) if info.update_date else None,
        fee=info.fee_amount.value if info.fee_amount is not None else None,
    )


def new_order_body(order: NewOrder, *, market_buy_volume: MarketBuyVolume) -> wire.NewOrderBody:
    """What creates an order. Raises `ValueError` where a market buy must say its total and does not."""
    return wire.NewOrderBody(
        order_type=order.type.value,
        market_code=order.market.upper(),
        volume=to_text(_volume(order, market_buy_volume)),
        buy_sell=_LETTERS[order.side],
        price=to_text(_price(order)),
        client_id=order.client_id,
        post_only=order.post_only,
        account_name=order.account_name,
    )


def withdrawal_body(*, currency: str, amount: Decimal, alias: str) -> wire.WithdrawalBody:
    """What asks for a withdrawal: the amount in plain notation, the alias as it was written.

    Raises `ValueError` for an amount that is not above zero.
    """
    if not (amount.is_finite() and amount > 0):
        raise ValueError("a withdrawal is of more than nothing")
    return wire.WithdrawalBody(currency_code=currency, amount=to_text(amount), alias=alias)


def quote(data: wire.QuoteData, *, now: datetime) -> Quote:
    """A quote received just `now`, which is also its date if it names one that is over long ago, or yet to come.

    Raises `Unreadable` for numbers that no quote can have.
    """
    told = _moment(data.timestamp)
    try:
        return Quote(
            sell=data.sell_currency_code,
            buy=data.buy_currency_code,
            sell_text=data.sell_currency_amount.text,
            buy_text=data.buy_currency_amount.text,
            price_text=data.visible_price.text,
            least_sell=data.sell_currency_min_depth_order_amount.value,
            most_sell=data.sell_currency_max_depth_order_amount.value,
            least_buy=data.buy_currency_min_depth_order_amount.value,
            most_buy=data.buy_currency_max_depth_order_amount.value,
            at=told if now - _RECENT <= told <= now else now,
        )
    except ValueError as error:
        raise Unreadable(str(error)) from None


def trade(info: wire.TradeInfo) -> Trade:
    """Raises `Unreadable` for a code, a side, an amount or a date that cannot be one. A fee below zero is a rebate."""
    side = _SIDES.get(info.buy_sell)
    if not (is_code(info.market_code) and is_code(info.fee_currency_code)):
        raise Unreadable("a code")
    if side is None:
        raise Unreadable("buy_sell")
    return Trade(
        number=info.trade_number,
        transaction=info.transaction_number if _TRANSACTION.fullmatch(info.transaction_number) else "",
        market=MarketCode(info.market_code.upper()),
        side=side,
        is_maker=info.maker_taker == "M",
        price=_amount(info.price),
        amount=_amount(info.amount),
        total=_amount(info.total_price),
        fee=Amount(info.fee.value, info.fee_currency_code),
        at=_date(info.add_date),
    )


def quote_body(*, sell: str, buy: str, amount: Decimal) -> wire.QuoteBody:
    """Raises `ValueError` for an amount that is not above zero."""
    if not (amount.is_finite() and amount > 0):
        raise ValueError("a quote is for more than nothing")
    return wire.QuoteBody(
        buy_currency_code=buy.upper(), sell_currency_code=sell.upper(), sell_currency_amount=to_text(amount)
    )


def convert_body(new: NewConversion) -> wire.ConvertBody:
    """What converts: the quote's own texts, whatever they look like."""
    return wire.ConvertBody(
        buy_currency_code=new.buy,
        sell_currency_code=new.sell,
        sell_amount=new.sell_text,
        buy_amount=new.buy_text,
        visible_price=new.price_text,
    )


def trades_body(*, span: TradeSpan, page: int, account_name: str) -> wire.TradesBody:
    chosen = wire.TradesFilter(date_range=SPANS[span], page_number=page, account_name=account_name)
    return wire.TradesBody(filter_options=chosen)


def _volume(order: NewOrder, market_buy_volume: MarketBuyVolume) -> Decimal:
    counted_in_base = order.type is OrderType.LIMIT or order.side is Side.SELL
    if counted_in_base or market_buy_volume is MarketBuyVolume.BASE:
        return order.volume
    if order.total is None:
        raise ValueError("a market buy must say its total where its volume is counted in the counter currency")
    return order.total


def _price(order: NewOrder) -> Decimal:
    if order.type is OrderType.MARKET:
        return ZERO
    if order.price is None:
        raise ValueError("a limit order has a price")
    return order.price


def _order_type(info: wire.OrderInfo) -> OrderType:
    """The site also takes trigger orders, for which the API has no word of its own: a price tells what they are."""
    has_price = info.price is not None and info.price.value > 0
    return _TYPES.get(info.order_type.lower(), OrderType.LIMIT if has_price else OrderType.MARKET)


def _status(info: wire.OrderInfo) -> OrderStatus:
    """The page's table for lists names the filter's letters (`O` open, `C` closed) as an order's; so the volumes
    decide where the letter leaves a doubt. An unknown letter is never taken for an end without them."""
    if 0 < info.volume.value <= info.volume_executed.value:
        return OrderStatus.REJECTED if info.status == "R" else OrderStatus.FILLED
    known = _STATUSES.get(info.status)
    if known is not None:
        return known
    if info.status == "O" or info.cancelable:
        return OrderStatus.PARTIALLY_FILLED if info.volume_executed.value > 0 else OrderStatus.NEW
    return OrderStatus.UNKNOWN


def _level(level: wire.BookLevel) -> Level:
    return Level(price=level.orders_price.value, volume=level.orders_total_amount.value)


def _trade(trade: wire.BookTrade) -> PublicTrade:
    return PublicTrade(
        price=trade.price.value, volume=trade.amount.value, side=_SIDES.get(trade.type), at=_moment(trade.time)
    )


def _or_zero(number: Number | None) -> Decimal:
    return ZERO if number is None else _amount(number)


def _amount(number: Number) -> Decimal:
    """Raises `Unreadable` for less than nothing."""
    if number.value < ZERO:
        raise Unreadable("an amount below zero")
    return number.value


def _moment(seconds: Number) -> datetime:
    """Unix seconds with a fraction."""
    try:
        return _EPOCH + timedelta(microseconds=int(seconds.value * 1_000_000))
    except OverflowError:
        raise Unreadable("time") from None


def _date(text: str) -> datetime:
    """`2018-05-10 11:23:22.710724+00:00` (api: 2.5), of which the fraction and the offset may be missing; in UTC."""
    try:
        date = datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        date = None
    if date is None or date.year not in _YEARS:
        raise Unreadable("date")
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
