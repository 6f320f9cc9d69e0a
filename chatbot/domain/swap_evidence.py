"""Whether an order at n.exchange is the one a card asked for, and whether it is just what was asked for.

The first is asked of lists, after an answer was lost: whatever may be it, is it, so spellings are taken widely. The
second is asked before anybody pays: whatever is not surely right is a doubt.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.money import EXACT, multiply, round_down
from chatbot.domain.networks import network_of
from chatbot.domain.swaps import Coin, Currency, FollowedSwap, NewSwap, Swap, SwapStatus

SKEW = timedelta(minutes=5)
"""How far the service's clock may be behind ours."""
TOLERANCE = Decimal("0.05")
"""By how much the amount that was not named may be worse than shown: its rate is mostly fixed, fees are not."""

OTHER_PAYOUT = "The payout address is not the one you set."
_ADDRESS_CHANGED = "The address to send to changed after the order was made."
_EXTRA_ID_CHANGED = "The memo to send with changed after the order was made."
_AMOUNT_CHANGED = "The amount to send changed after the order was made."
_COIN_CHANGED = "The coin to send changed after the order was made."
_PAYOUT_CHANGED = "The payout address changed after it was set."
_LASTING = frozenset(
    (OTHER_PAYOUT, _ADDRESS_CHANGED, _EXTRA_ID_CHANGED, _AMOUNT_CHANGED, _COIN_CHANGED, _PAYOUT_CHANGED)
)


def may_be(swap: Swap, intent: CreateSwap, *, claimed_at: datetime) -> bool:
    """Whether an order may be the one that was sent for a card that was tapped then."""
    new = intent.new
    return (
        swap.created_at >= claimed_at - SKEW
        and _may_mean(swap.deposit, intent.deposit)
        and _may_mean(swap.withdraw, intent.withdraw)
        and _has_named_amount(swap, intent)
        and _same_address(swap.withdraw_address, new.withdraw_address, unset=not new.withdraw_address)
        and _same_address(swap.refund_address, new.refund_address, unset=True)
        and swap.withdraw_extra_id in ("", new.withdraw_extra_id)
        and swap.refund_extra_id in ("", new.refund_extra_id)
    )


def doubts_about(swap: Swap, intent: CreateSwap, terms: SwapTerms) -> tuple[str, ...]:
    """Sentences on what an order differs in from what its card asked for; none if it should be paid."""
    return tuple(_differences(swap, intent, terms))


def lasting_doubts(followed: FollowedSwap, swap: Swap) -> tuple[str, ...]:
    """The doubts that stay once they came up: what changed, by a newer reading, that must not change any more."""
    kept = (doubt for doubt in followed.doubts if doubt in _LASTING)
    return tuple(dict.fromkeys((*kept, *_changes(followed, swap))))


def is_set(swap: Swap, *, address: str, extra_id: str) -> bool:
    """Whether an order's result goes to this address."""
    return bool(swap.withdraw_address) and _is_paid_to(swap, address, extra_id)


def _differences(swap: Swap, intent: CreateSwap, terms: SwapTerms) -> Iterator[str]:
    new = intent.new
    if not _means(swap.deposit, intent.deposit):
        yield "The coin to send is not the one you chose."
    if not _means(swap.withdraw, intent.withdraw):
        yield "The coin you would receive is not the one you chose."
    if not _has_named_amount(swap, intent):
        yield f"The amount {'to send' if new.deposit_amount is not None else 'you would receive'} is not the one named."
    elif _is_much_worse(swap, new, terms):
        yield "It is much worse than the card showed: see the amounts."
    if new.withdraw_address and not _is_paid_to(swap, new.withdraw_address, new.withdraw_extra_id):
        yield "The payout address is not the one you gave, or its memo is not."
    refund = (new.refund_address, new.refund_extra_id)
    if new.refund_address and not _is_same_place((swap.refund_address, swap.refund_extra_id), refund):
        yield "The refund address is not the one you gave, or its memo is not."


def _changes(followed: FollowedSwap, after: Swap) -> Iterator[str]:
    """What somebody may be about to pay by, or is to be paid to, is not as it was."""
    before = followed.swap
    if after.status is SwapStatus.INITIAL:
        yield from _changes_of_deposit(before, after, followed.deposit)
    if before.withdraw_address and not _is_paid_to(after, before.withdraw_address, before.withdraw_extra_id):
        yield _PAYOUT_CHANGED


def _changes_of_deposit(before: Swap, after: Swap, coin: Coin) -> Iterator[str]:
    if before.deposit_address and not _same_address(after.deposit_address, before.deposit_address, unset=False):
        yield _ADDRESS_CHANGED
    elif before.deposit_address and after.deposit_extra_id != before.deposit_extra_id:
        yield _EXTRA_ID_CHANGED
    if not _may_mean(after.deposit, coin):
        yield _COIN_CHANGED
    if not _same_amount(after.deposit_amount, before.deposit_amount, coin):
        yield _AMOUNT_CHANGED


def _is_paid_to(swap: Swap, address: str, extra_id: str) -> bool:
    return _is_same_place((swap.withdraw_address, swap.withdraw_extra_id), (address, extra_id))


def _is_same_place(said: tuple[str, str], meant: tuple[str, str]) -> bool:
    return _same_address(said[0], meant[0], unset=False) and said[1] == meant[1]


def _same_address(said: str, meant: str, *, unset: bool) -> bool:
    """Only addresses written in hex mean the same in any case (EIP-55). `unset`: none at all will do, too."""
    if said == meant or (unset and not said):
        return True
    in_hex = said[:2].lower() == meant[:2].lower() == "0x"
    return (in_hex and said.lower() == meant.lower()) or (unset and not meant)


def _may_mean(said: Currency, coin: Coin) -> bool:
    """A symbol alone may mean the coin on any network."""
    bare_symbol = not said.network and not said.contract and said.code.upper() == coin.symbol.upper()
    return bare_symbol or _means(said, coin)


def _means(said: Currency, coin: Coin) -> bool:
    """Whether a currency, in any of its three forms (api: 3.1), is surely this coin."""
    home = network_of(coin.network or coin.symbol).code
    if said.network and network_of(said.network).code != home:
        return False
    if not said.code:
        return bool(said.network) and said.contract.lower() == coin.contract.lower()
    names = (coin.code, coin.symbol) if said.network else (coin.code,)
    return said.code.upper() in (name.upper() for name in names)


def _has_named_amount(swap: Swap, intent: CreateSwap) -> bool:
    """Of more decimals than a coin has, the first ones count (api: 3.4)."""
    new = intent.new
    if new.deposit_amount is not None:
        return _same_amount(swap.deposit_amount, new.deposit_amount, intent.deposit)
    return new.withdraw_amount is not None and _same_amount(swap.withdraw_amount, new.withdraw_amount, intent.withdraw)


def _same_amount(said: Decimal, meant: Decimal, coin: Coin) -> bool:
    if said == meant or coin.decimals is None:
        return said == meant
    return round_down(said, decimals=coin.decimals) == round_down(meant, decimals=coin.decimals)


def _is_much_worse(swap: Swap, new: NewSwap, terms: SwapTerms) -> bool:
    """Whether the amount that was not named is much worse than the card said."""
    if new.deposit_amount is not None:
        return swap.withdraw_amount < multiply(terms.withdraw.value, EXACT.subtract(Decimal(1), TOLERANCE))
    return swap.deposit_amount > multiply(terms.deposit.value, EXACT.add(Decimal(1), TOLERANCE))
