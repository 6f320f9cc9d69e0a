"""One market at work: its book, its tape, its fair price and the house's quotes. Knows nothing of money owned."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain

from chatbot.paper.book import Book, Fill
from chatbot.paper.house import ladder, volume_for, yesterday
from chatbot.paper.ledger import HOUSE
from chatbot.paper.market import Market
from chatbot.paper.orders import Kind, Order, Side, Terms
from chatbot.paper.price import Walk
from chatbot.paper.tape import Trade

_ALL_THERE_IS = Decimal(10) ** 15


class Trading:
    """A market that moves. Fills are handed to ``settle`` as they happen; times are Unix seconds."""

    def __init__(self, market: Market, *, seed: int, now: float, settle: Callable[[Fill], None]) -> None:
        self.market = market
        self.book = Book()
        self.quoted_at = now
        self._settle = settle
        self._walk = Walk(market, seed=seed)
        self._quotes: list[Order] = []
        self._quotes_made = 0
        self.tape = yesterday(market, self._walk, now=now)
        self._requote(now)

    @property
    def last_price(self) -> Decimal:
        return self.tape.last.price

    @property
    def fair_price(self) -> Decimal:
        """What the house quotes around."""
        return self._walk.price

    def execute(self, order: Order, *, at: float) -> None:
        """Match an arriving order; what remains of a limit order rests, what remains of a market order does not."""
        for fill in self.book.match(order, at=at):
            self._settle(fill)
            self.tape.record(Trade(price=fill.price, volume=fill.volume, side=order.terms.side, at=at))
        if order.remaining and order.terms.kind is Kind.LIMIT:
            self.book.rest(order)

    def move(self, *, now: float) -> None:
        """Let the market live for one step: the price walks, the house quotes anew and sometimes trades."""
        self._walk.step()
        self._requote(now)
        dice = self._walk.dice
        if dice.randrange(10) < 6:
            side = dice.choice((Side.BUY, Side.SELL))
            # Six steps in ten, one step a second: trades of this average make the market's usual day.
            usual = self.market.daily_turnover / (86_400 * 6 // 10)
            self._house_takes(side, amount=usual * dice.randint(5, 195) / 100, now=now)

    def jump(self, price: Decimal, *, now: float) -> None:
        """Put the fair price at ``price`` and fill, whatever its size, every order that this crosses or touches."""
        price = price.quantize(self.market.price_step)
        self._walk.jump(price)
        self._withdraw_quotes()
        for side in Side:
            sweep = self._house_order(side, price=price, volume=_ALL_THERE_IS, now=now)
            self._execute_and_forget(sweep, now=now)
        volume = volume_for(self.market, Decimal(25), price)
        self.tape.record(Trade(price=price, volume=volume, side=Side.BUY, at=now))
        self._requote(now)

    def _requote(self, now: float) -> None:
        self._withdraw_quotes()
        self.quoted_at = now
        for price, volume, side in self._ladders():
            quote = self._house_order(side, price=price, volume=volume, now=now)
            self.execute(quote, at=now)
            self._quotes.append(quote)

    def _ladders(self) -> Iterator[tuple[Decimal, Decimal, Side]]:
        fair, dice = self._walk.price, self._walk.dice
        return chain.from_iterable(
            ((price, volume, side) for price, volume in ladder(self.market, fair, side, dice)) for side in Side
        )

    def _withdraw_quotes(self) -> None:
        for quote in self._quotes:
            if quote.remaining:
                self.book.remove(quote)
        self._quotes.clear()

    def _house_takes(self, side: Side, *, amount: Decimal, now: float) -> None:
        best = self.book.half(side.opposite).best_price()
        if best is not None:
            volume = volume_for(self.market, amount, best)
            self._execute_and_forget(self._house_order(side, price=best, volume=volume, now=now), now=now)

    def _execute_and_forget(self, order: Order, *, now: float) -> None:
        self.execute(order, at=now)
        if order.remaining:
            self.book.remove(order)

    def _house_order(self, side: Side, *, price: Decimal, volume: Decimal, now: float) -> Order:
        """The house counts its orders downwards from -1: people's order numbers stay consecutive."""
        self._quotes_made += 1
        terms = Terms(account=HOUSE, market=self.market, kind=Kind.LIMIT, side=side, price=price, volume=volume)
        return Order(-self._quotes_made, terms, now, now)
