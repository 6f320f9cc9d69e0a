"""Whether an order or a trade at the exchange is what came of a conversion. It carries no mark of ours (api: I2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.ids import MarketCode
from chatbot.domain.intents import Convert, ConvertTerms
from chatbot.domain.limits import VALUED_IN
from chatbot.domain.money import sum_exactly
from chatbot.domain.orders import Order, Side
from chatbot.domain.recognising import SKEW
from chatbot.domain.tickets import Traded
from chatbot.domain.trade_text import LENGTHS
from chatbot.domain.trades import Trade, TradeSpan


def is_between(order: Order, intent: Convert) -> bool:
    """Whether an order sells what was to be sold for what was to be bought."""
    return _pair(order) == (intent.sell, intent.buy)


def has_amount(order: Order, intent: Convert) -> bool:
    """Whether its volume, which is in the base currency, is the one that was to be sold, or bought."""
    wanted = intent.sold.value if order.side is Side.SELL else intent.bought.value
    return order.volume == wanted


def span_back(age: timedelta) -> TradeSpan | None:
    """The shortest span of the history that surely shows what is so old, a tenth to spare; None if there is none."""
    return next((span for span in TradeSpan if age <= LENGTHS[span] * 9 / 10), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostConversion:
    """A conversion whose answer did not come, tapped at that moment.

    `direct`: a single market turns the one currency into the other. Else its orders may be two, each with one of them.
    """

    intent: Convert
    direct: bool
    tapped_at: datetime

    @classmethod
    def of(cls, intent: Convert, terms: ConvertTerms, *, tapped_at: datetime) -> "LostConversion":
        """Coins that no list of markets shows are traded against the currency that limits are given in."""
        direct = terms.market is not None or VALUED_IN in (intent.sell, intent.buy)
        return cls(intent=intent, direct=direct, tapped_at=tapped_at)

    @property
    def since(self) -> datetime:
        """Nothing that came of it is dated earlier."""
        return self.tapped_at - SKEW

    def may_be(self, order: Order) -> bool:
        """Whether it may be the order's origin: that one is unmarked, of the right currencies, and not too old."""
        sold, bought = _pair(order)
        one_of_two = not self.direct and (sold == self.intent.sell or bought == self.intent.buy)
        return not order.client_id and order.placed_at >= self.since and (is_between(order, self.intent) or one_of_two)

    def is_just_like(self, order: Order) -> bool:
        """Whether nothing speaks against it, either: it has the very amount, and is not dated before the tap."""
        like = is_between(order, self.intent) and has_amount(order, self.intent)
        return like and self.may_be(order) and order.placed_at >= self.tapped_at

    def unexplained(
        self, trades: Iterable[Trade], *, by: Collection[Order], before: Traded | None = None
    ) -> Traded | None:
        """Executions that may be its own, as far as the orders since the tap were executed for less than that.

        What was found `before` still counts, also where the exchange does not show it any more.
        """
        ways: defaultdict[tuple[MarketCode, Side], list[Trade]] = defaultdict(list)
        for trade in trades:
            if self._may_be_traded(trade):
                ways[trade.market, trade.side].append(trade)
        found = [_together(market, side, same) for (market, side), same in ways.items()]
        return next((each for each in (*found, before) if each is not None and not self._explains(by, each)), None)

    def _may_be_traded(self, trade: Trade) -> bool:
        """A trade names its market by its code alone: the base currency's, followed by the counter currency's."""
        sell, buy = self.intent.sell, self.intent.buy
        base, counter = (sell, buy) if trade.side is Side.SELL else (buy, sell)
        one_of_two = not self.direct and (trade.market.startswith(base) or trade.market.endswith(counter))
        return trade.at >= self.since and (trade.market == f"{base}{counter}" or one_of_two)

    def _explains(self, orders: Collection[Order], traded: Traded) -> bool:
        same = [order for order in orders if order.placed_at >= self.since and _way(order) == _way_of(traded)]
        return sum_exactly(order.executed for order in same) >= traded.amount


def _pair(order: Order) -> tuple[str, str]:
    """What an order sells, and what it buys."""
    return (order.base, order.counter) if order.side is Side.SELL else (order.counter, order.base)


def _way(order: Order) -> tuple[str, Side]:
    return f"{order.base}{order.counter}", order.side


def _way_of(traded: Traded) -> tuple[str, Side]:
    return traded.market, traded.side


def _together(market: MarketCode, side: Side, trades: list[Trade]) -> Traded:
    amount = sum_exactly(trade.amount for trade in trades)
    return Traded(market=market, side=side, amount=amount, at=max(trade.at for trade in trades))
