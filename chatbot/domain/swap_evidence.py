"""Whether an order at n.exchange is the one a card asked for.

It is asked of lists, after an answer was lost: whatever may be it, is it, so spellings are taken widely. Whether it is
just what was asked for, before anybody pays, is another question: see `swap_doubts`.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.addresses_alike import are_alike
from chatbot.domain.coins import may_mean
from chatbot.domain.intents import CreateSwap
from chatbot.domain.money import round_down
from chatbot.domain.swaps import Coin, Swap

SKEW = timedelta(minutes=5)
"""How far the service's clock may be behind ours."""


def is_made_since(swap: Swap, claimed_at: datetime) -> bool:
    """Whether an order was made at the tap or later, as far as clocks agree."""
    return swap.created_at >= claimed_at - SKEW


def is_alike(swap: Swap, intent: CreateSwap) -> bool:
    """Whether an order may be the one that a card asked for, whenever it was made."""
    new = intent.new
    return (
        may_mean(swap.deposit, intent.deposit)
        and may_mean(swap.withdraw, intent.withdraw)
        and has_named_amount(swap, intent)
        and _same_address(swap.withdraw_address, new.withdraw_address, unset=not new.withdraw_address)
        and _same_address(swap.refund_address, new.refund_address, unset=True)
        and swap.withdraw_extra_id in ("", new.withdraw_extra_id)
        and swap.refund_extra_id in ("", new.refund_extra_id)
    )


def is_set(swap: Swap, *, address: str, extra_id: str) -> bool:
    """Whether an order's result goes to this address."""
    return bool(swap.withdraw_address) and is_paid_to(swap, address, extra_id)


def is_paid_to(swap: Swap, address: str, extra_id: str) -> bool:
    """Whether an order's result goes to this address with this memo, in any spelling; to none, where none is given."""
    return is_same_place((swap.withdraw_address, swap.withdraw_extra_id), (address, extra_id))


def is_same_place(said: tuple[str, str], meant: tuple[str, str]) -> bool:
    """Whether two addresses, each with its memo, are one."""
    return _same_address(said[0], meant[0], unset=False) and said[1] == meant[1]


def _same_address(said: str, meant: str, *, unset: bool) -> bool:
    """`unset`: none at all will do, too."""
    return are_alike(said, meant) or (unset and not (said and meant))


def has_named_amount(swap: Swap, intent: CreateSwap) -> bool:
    """Whether the named amount is the order's. Of more decimals than a coin has, the first ones count (api: 3.4)."""
    new = intent.new
    if new.deposit_amount is not None:
        return same_amount(swap.deposit_amount, new.deposit_amount, intent.deposit)
    return new.withdraw_amount is not None and same_amount(swap.withdraw_amount, new.withdraw_amount, intent.withdraw)


def same_amount(said: Decimal, meant: Decimal, coin: Coin) -> bool:
    """Whether two amounts are the same to the last digit the coin has."""
    if said == meant or coin.decimals is None:
        return said == meant
    return round_down(said, decimals=coin.decimals) == round_down(meant, decimals=coin.decimals)
