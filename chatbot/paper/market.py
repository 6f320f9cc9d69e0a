"""The markets and their rules: decimals, limits, fees, price band."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from chatbot.paper.instant.coins import COINS, Coin
from chatbot.paper.refusals import Refusal, Refused


@dataclass(frozen=True, kw_only=True)
class Market:
    """One market's rules, and what its practice price starts from.

    ``minimum`` and ``maximum`` bound price × volume in the counter currency; decimals bound volume (base) and price
    (counter). ``liveliness`` is the standard deviation of one step of the price, in millionths.
    Base and counter decimals sum to at most 12: with fee ratios of four decimals every product then has at most 16
    decimals, so the ledger never rounds.
    """

    base: str
    base_name: str
    base_decimals: int
    counter_decimals: int
    start_price: Decimal
    counter: str = "USDT"
    counter_name: str = "Tether"
    minimum: Decimal = Decimal("5.00")
    maximum: Decimal = Decimal("1000000.00")
    lowest_multiplier: Decimal = Decimal("0.60")
    highest_multiplier: Decimal = Decimal("3.00")
    maker_fee: Decimal = Decimal("0.00150000")
    taker_fee: Decimal = Decimal("0.00250000")
    daily_turnover: Decimal = Decimal(250_000)
    liveliness: int = 90
    instant_only: bool = False
    """Whether Instant Trade alone deals in it: it has no order book."""

    @cached_property
    def code(self) -> str:
        return self.base + self.counter

    @cached_property
    def price_step(self) -> Decimal:
        return Decimal(1).scaleb(-self.counter_decimals)

    @cached_property
    def volume_step(self) -> Decimal:
        return Decimal(1).scaleb(-self.base_decimals)

    def check_volume(self, volume: Decimal) -> None:
        if volume <= 0:
            raise Refused(Refusal.PARAMETER_INVALID)
        if volume != volume.quantize(self.volume_step):
            raise Refused(Refusal.VOLUME_DECIMALS)

    def check_price(self, price: Decimal, *, last: Decimal) -> None:
        """Refuse a limit price that is not positive, too finely divided, or outside the band around ``last``."""
        if price <= 0:
            raise Refused(Refusal.PARAMETER_INVALID)
        if price != price.quantize(self.price_step):
            raise Refused(Refusal.PRICE_DECIMALS)
        if not self.lowest_multiplier * last <= price <= self.highest_multiplier * last:
            raise Refused(Refusal.PRICE_OUT_OF_BAND)

    def check_amount(self, amount: Decimal) -> None:
        if amount < self.minimum:
            raise Refused(Refusal.AMOUNT_BELOW_MINIMUM)
        if amount > self.maximum:
            raise Refused(Refusal.AMOUNT_ABOVE_MAXIMUM)


def _coin(
    base: str, name: str, price: str, decimals: tuple[int, int], *, turnover: int = 250_000, liveliness: int = 90
) -> Market:
    base_decimals, counter_decimals = decimals
    return Market(
        base=base,
        base_name=name,
        base_decimals=base_decimals,
        counter_decimals=counter_decimals,
        start_price=Decimal(price),
        daily_turnover=Decimal(turnover),
        liveliness=liveliness,
    )


def _instant_only(coin: Coin) -> Market:
    """The finest amount of such a coin is worth less than a cent, and its price has at least five digits."""
    magnitude = coin.start_price.adjusted()
    return Market(
        base=coin.symbol,
        base_name=coin.name,
        base_decimals=max(0, magnitude + 3),
        counter_decimals=max(2, 4 - magnitude),
        start_price=coin.start_price,
        instant_only=True,
    )


# BTCUSDT and ETHUSDT carry the rules of the exchange's documentation; the others are plausible company.
MARKETS = (
    Market(
        base="BTC",
        base_name="Bitcoin",
        base_decimals=8,
        counter_decimals=2,
        start_price=Decimal("76519.57"),
        maximum=Decimal("10000.00"),
        daily_turnover=Decimal(2_400_000),
        liveliness=60,
    ),
    Market(
        base="ETH",
        base_name="Ethereum",
        base_decimals=8,
        counter_decimals=2,
        start_price=Decimal("2103.95"),
        daily_turnover=Decimal(900_000),
        liveliness=75,
    ),
    _coin("ANDX1", "ANDX One", "0.08412", (4, 5), turnover=60_000, liveliness=120),
    _coin("XRP", "XRP", "1.3862", (4, 4), turnover=420_000),
    _coin("SOL", "Solana", "84.31", (6, 2), turnover=510_000),
    _coin("BNB", "BNB", "641.20", (6, 2), turnover=330_000, liveliness=60),
    _coin("ADA", "Cardano", "0.2514", (4, 4)),
    _coin("DOGE", "Dogecoin", "0.09437", (2, 5), liveliness=130),
    _coin("AVAX", "Avalanche", "9.142", (5, 3)),
    _coin("DOT", "Polkadot", "1.2873", (4, 4)),
    _coin("LINK", "Chainlink", "9.057", (5, 3)),
    _coin("LTC", "Litecoin", "53.86", (6, 2), liveliness=70),
    _coin("TRX", "TRON", "0.35412", (2, 5), liveliness=40),
    _coin("XLM", "Stellar", "0.15684", (3, 5)),
    _coin("UNI", "Uniswap", "3.2291", (5, 4)),
    _coin("ATOM", "Cosmos", "1.7420", (5, 4)),
    _coin("BCH", "Bitcoin Cash", "447.10", (7, 2), liveliness=70),
    _coin("SHIB", "Shiba Inu", "0.00000602", (0, 10), liveliness=150),
    _coin("PEPE", "Pepe", "0.00000391", (0, 10), liveliness=180),
    _coin("SUI", "Sui", "0.9336", (4, 4), liveliness=120),
    Market(
        base="USDT",
        base_name="Tether",
        base_decimals=2,
        counter="USD",
        counter_name="US Dollar",
        counter_decimals=4,
        start_price=Decimal("0.9996"),
        lowest_multiplier=Decimal("0.90"),
        highest_multiplier=Decimal("1.10"),
        liveliness=2,
    ),
    *map(_instant_only, COINS),
)

MARKETS_BY_CODE = {market.code: market for market in MARKETS}

CURRENCIES = tuple(dict.fromkeys(code for market in MARKETS for code in (market.base, market.counter)))
