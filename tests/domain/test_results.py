"""Results by average cost, in numbers one can reckon by hand."""

from decimal import Decimal

from chatbot.domain.ids import MarketCode
from chatbot.domain.money import Amount
from chatbot.domain.orders import Side
from chatbot.domain.results import Ledger, NoResult, Result
from chatbot.domain.trade_totals import Pair
from tests.fakes.clock import FakeClock
from tests.fakes.instant import trade

CLOCK = FakeClock()


class Book:
    """Trades as they are added: side, market, amount, total, fee."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def add(self, side: Side, market: str, amount: str, total: str, fee: str = "0 USDT", **worths: str) -> "Book":
        base, counter = market.split("/")
        value, currency = fee.split()
        done = trade(
            CLOCK,
            side=side,
            market=MarketCode(base + counter),
            amount=Decimal(amount),
            total=Decimal(total),
            fee=Amount(Decimal(value), currency),
        )
        pair = Pair(base=base, counter=counter)
        self.ledger.add(done, pair, {each: Decimal(worth) for each, worth in worths.items()})
        return self

    def of(self, currency: str) -> Result:
        return next(each for each in self.ledger.results() if each.currency == currency)


def test_an_average_is_what_all_purchases_cost_with_their_fees() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "1", "100", "10 USDT").add(Side.BUY, "BTC/USDT", "1", "190")
    assert book.of("BTC").average == 150 and book.of("BTC").amount == 2
    assert book.of("BTC").realised is None and book.ledger.realised() == 0, "nothing was sold"


def test_a_fee_in_the_bought_coin_makes_less_of_it_at_the_same_cost() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "1", "90", "0.1 BTC")
    assert book.of("BTC").average == 100 and book.of("BTC").amount == Decimal("0.9")


def test_a_sale_brings_what_it_brought_less_its_fee_and_its_part_of_the_cost() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "2", "200").add(Side.SELL, "BTC/USDT", "1", "150", "5 USDT")
    assert book.of("BTC").realised == 45 and book.of("BTC").average == 100, "selling does not move the average"


def test_what_was_sold_without_a_known_purchase_has_no_result() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "1", "100").add(Side.SELL, "BTC/USDT", "4", "800")
    assert book.of("BTC").realised == 100 and book.of("BTC").without_cost == 3
    assert book.of("BTC").amount == 0 and book.of("BTC").average is None


def test_sales_of_what_nobody_saw_bought_have_no_result_in_all() -> None:
    book = Book().add(Side.SELL, "BTC/USDT", "1", "100")
    assert book.ledger.realised() is NoResult.NO_PURCHASE
    book.add(Side.BUY, "ETH/USDT", "1", "10").add(Side.SELL, "ETH/USDT", "1", "10")
    assert book.ledger.realised() == 0, "of the ether that is known"


def test_a_market_whose_code_tells_no_counter_currency_moves_its_coin_alone() -> None:
    book = Book().add(Side.BUY, "BTC/", "1", "100").add(Side.SELL, "BTC/", "1", "100")
    assert [each.currency for each in book.ledger.results()] == ["BTC"] and book.ledger.unvalued == 2


def test_a_trade_of_two_coins_is_a_sale_and_a_purchase_at_the_worth_of_that_moment() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "1", "100")
    book.add(Side.BUY, "ETH/BTC", "10", "0.5", BTC="300")
    assert book.of("BTC").realised == 100 and book.of("ETH").average == 15


def test_what_nobody_can_value_moves_coins_and_brings_nothing() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "1", "100").add(Side.BUY, "ETH/BTC", "10", "0.5")
    assert book.ledger.unvalued == 1 and book.of("BTC").realised is None and book.of("BTC").amount == Decimal("0.5")
    assert book.ledger.realised() is NoResult.NO_PRICE
    assert [each.currency for each in book.ledger.results()] == ["BTC"], "nobody knows what the ether cost"


def test_a_fee_in_a_third_coin_is_part_of_the_cost_and_a_sale_of_that_coin() -> None:
    book = Book().add(Side.BUY, "BNB/USDT", "1", "10").add(Side.BUY, "BTC/USDT", "1", "100", "0.5 BNB", BNB="20")
    assert book.of("BTC").average == 110 and book.of("BNB").realised == 5 and book.of("BNB").amount == Decimal("0.5")


def test_thirds_add_up_again_once_everything_is_sold() -> None:
    book = Book().add(Side.BUY, "BTC/USDT", "3", "100")
    for _ in range(3):
        book.add(Side.SELL, "BTC/USDT", "1", "40")
    assert book.of("BTC").realised == 20 and book.of("BTC").amount == 0
