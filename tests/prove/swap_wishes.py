"""What somebody may want to swap: either side named, with memos and refund addresses, coins named in any form."""

import random
from dataclasses import dataclass
from decimal import Decimal

from chatbot.domain.money import divide, round_down
from chatbot.domain.swaps import Coin, Currency, NewSwap
from tests.fakes.swap_service import BTC, DOLLARS, ETH, LTC, USDC, USDT_ETH, USDT_TRON, XRP

_SENT = (USDC, ETH, LTC, USDT_TRON)
_ADDRESSES = {
    "BTC": ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ"),
    "ETH": ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xde709f2102306220921060314715629080e2fb77"),
    "TRON": ("TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC",),
    "XRP": ("rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH",),
    "LTC": ("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    new: NewSwap
    deposit: Coin
    withdraw: Coin


def random_wish(chance: random.Random) -> Wish:
    deposit = chance.choice(_SENT)
    withdraw = chance.choice([coin for coin in (BTC, XRP, USDT_ETH, USDT_TRON) if coin != deposit])
    sends, refunds = chance.random() < 0.6, chance.random() < 0.5
    dollars = Decimal(chance.randint(20_000, 9_999_999)).scaleb(-2)
    named = deposit if sends else withdraw
    amount = round_down(divide(dollars, Decimal(DOLLARS[named.code])), decimals=chance.choice((5, 6)))
    return Wish(
        deposit=deposit,
        withdraw=withdraw,
        new=NewSwap(
            deposit=chance.choice(forms_of(deposit)),
            withdraw=chance.choice(forms_of(withdraw)),
            deposit_amount=amount if sends else None,
            withdraw_amount=None if sends else amount,
            withdraw_address=chance.choice(_ADDRESSES[withdraw.network]),
            withdraw_extra_id=str(chance.randint(1, 9_999)) if withdraw is XRP and chance.random() < 0.7 else "",
            refund_address=chance.choice(_ADDRESSES[deposit.network]) if refunds else "",
            refund_extra_id=str(chance.randint(1, 9_999)) if refunds and chance.random() < 0.2 else "",
        ),
    )


def forms_of(coin: Coin) -> tuple[Currency, ...]:
    """How an order may name a coin (api: 3.1), without leaving open which it is."""
    return (
        Currency(code=coin.code),
        Currency(code=coin.symbol, network=coin.network),
        Currency(contract=coin.contract, network=coin.network),
    )


def respelt(address: str, chance: random.Random) -> str:
    """The same address as a service may write it."""
    if address[:4].lower() in ("bc1q", "0xde", "0x5a") and chance.random() < 0.5:
        return address.lower()
    return address
