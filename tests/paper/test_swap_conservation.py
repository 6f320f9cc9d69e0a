"""No coin is made or lost, over random lives of the swaps."""

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.paper.swaps.coins import BY_CODE, COINS, Coin
from chatbot.paper.swaps.funds import ELSEWHERE, SERVICE
from chatbot.paper.swaps.life import Payment, payable
from chatbot.paper.swaps.orders import Flow, Order, Status
from chatbot.paper.swaps.refusals import Invalid
from chatbot.paper.swaps.venue import Asked, SwapVenue
from chatbot.paper.swaps.wallet import ADDRESSES
from tests.paper.setting import Hands
from tests.paper.swap_setting import still_venue

USED = [BY_CODE[code] for code in ("BTC", "ETH", "USDC", "XRP", "USDTTRC")]
OUTSIDE = "somebody"


@dataclass(frozen=True, kw_only=True)
class Create:
    deposit: Coin
    withdraw: Coin
    dollars: int
    flow: Flow
    own: bool
    more_decimals: bool

    def happen(self, venue: SwapVenue, _: Hands) -> None:
        venue.flow, venue.quirks.more_decimals = self.flow, self.more_decimals
        price = venue.quotes.now(withdraw=self.withdraw, deposit=self.deposit).limits.least_deposit / 20
        address = venue.wallet.address(self.withdraw) if self.own else OUTSIDE
        asked = Asked(
            side="BUY",
            deposit=self.deposit,
            withdraw=self.withdraw,
            deposit_form=self.deposit.code,
            withdraw_form=self.withdraw.code,
            deposit_amount=round(price * self.dollars, self.deposit.places),
            withdraw_amount=None,
            withdraw_address=address,
            withdraw_extra_id="",
            refund_address="" if self.own else OUTSIDE,
            refund_extra_id="",
            rate_id="",
            time_zone="",
            is_referred=False,
        )
        venue.create(asked, venue.ready[0])


@dataclass(frozen=True, kw_only=True)
class Pay:
    """The ``which``-th order, if there are so many, perhaps wrongly."""

    which: int
    coin: Coin | None
    wrong: Decimal
    memo: bool

    def happen(self, venue: SwapVenue, _: Hands) -> None:
        for order in venue.all()[self.which : self.which + 1]:
            coin = self.coin or order.deposit
            payment = Payment(
                sender=venue.wallet.address(coin),
                coin=coin,
                amount=payable(order) + self.wrong,
                extra_id=order.deposit_extra_id if self.memo else "",
                transaction="t",
            )
            venue.life.deposit(order, payment)


@dataclass(frozen=True, kw_only=True)
class Put:
    which: int
    status: Status

    def happen(self, venue: SwapVenue, _: Hands) -> None:
        for order in venue.all()[self.which : self.which + 1]:
            venue.put(order, self.status)


@dataclass(frozen=True, kw_only=True)
class Pass:
    seconds: int

    def happen(self, _: SwapVenue, hands: Hands) -> None:
        hands.pass_(self.seconds)


Deed = Create | Pay | Put | Pass

coins, numbers = st.sampled_from(USED), st.integers(0, 6)
creating = st.builds(
    Create,
    deposit=coins,
    withdraw=coins,
    dollars=st.integers(15, 2000),
    flow=st.sampled_from(Flow),
    own=st.booleans(),
    more_decimals=st.booleans(),
)
paying = st.builds(
    Pay,
    which=numbers,
    coin=st.one_of(st.none(), st.none(), coins),
    wrong=st.sampled_from([Decimal(0), Decimal(0), Decimal("0.000001"), Decimal(1)]),
    memo=st.sampled_from([True, True, False]),
)
putting = st.builds(Put, which=numbers, status=st.sampled_from(Status))
passing = st.builds(Pass, seconds=st.sampled_from([1, 3, 9, 30, 3600]))
deeds = st.one_of(creating, creating, paying, paying, putting, passing)


def sent_for(venue: SwapVenue, order: Order) -> int:
    return sum(arrival.reference == order.reference for arrival in venue.life.sent)


def assert_books_balance(venue: SwapVenue) -> None:
    for coin in COINS:
        assert venue.funds.total(coin.code) == venue.funds.minted[coin.code]
        assert sum(venue.funds.balance(holder, coin.code) for holder in _once(coin)) == venue.funds.minted[coin.code]
        arrived = [each.amount for each in venue.life.sent if each.coin is coin and each.address == OUTSIDE]
        assert venue.funds.balance(OUTSIDE, coin.code) == sum(arrived, Decimal(0))
    for order in venue.all():
        assert sent_for(venue, order) == order.is_settled
        assert bool(order.received) >= order.is_settled


def _once(coin: Coin) -> set[str]:
    """Everybody who can own something of a coin."""
    return {ADDRESSES[coin.network], OUTSIDE, SERVICE, ELSEWHERE}


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.lists(deeds, min_size=5, max_size=40))
def test_coins_are_conserved_and_nothing_is_paid_out_twice(life: list[Deed]) -> None:
    hands = Hands()
    venue = still_venue(hands)
    for deed in life:
        with suppress(Invalid):
            deed.happen(venue, hands)
        venue.catch_up()
        assert_books_balance(venue)
