"""Whether a swap may be paid for as it stands: whatever is not surely as it was asked for, and as it was, is a doubt.

It is held against what was asked for here, and against what the order said when it was first read: not against the
last reading, which may be a wrong one already. A doubt that came up once stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from chatbot.domain.addresses_alike import are_alike
from chatbot.domain.coins import may_mean, means
from chatbot.domain.intents import CreateSwap, SwapTerms
from chatbot.domain.money import EXACT, multiply
from chatbot.domain.swap_evidence import has_named_amount, is_paid_to, is_same_place, same_amount
from chatbot.domain.swaps import Coin, Doubt, FollowedSwap, NewSwap, Swap, SwapStatus

TOLERANCE = Decimal("0.05")
"""By how much the amount that was not named may be worse than shown: its rate is mostly fixed, fees are not."""


def doubts_about(swap: Swap, intent: CreateSwap, terms: SwapTerms) -> tuple[Doubt, ...]:
    """What an order differs in from what its card asked for; nothing if it should be paid."""
    return tuple(_differences(swap, intent, terms))


def changes(followed: FollowedSwap, after: Swap) -> tuple[Doubt, ...]:
    """What a newer reading says otherwise than it was said at first, and that must not change any more."""
    return tuple(_changes(followed, first_of(followed), after))


def misleads(swap: Swap, coins: Iterable[Coin]) -> tuple[Doubt, ...]:
    """Whether what is sent to where an order says would come back, or be lost in a coin's contract."""
    return tuple(_misleading(swap, coins))


def first_of(followed: FollowedSwap) -> Swap:
    """What later readings are held against."""
    return followed.first or followed.swap


def completed(first: Swap, after: Swap) -> Swap:
    """The first reading, with what was not set in it yet as a newer one has it. Of the refund address nothing is
    added: it cannot be set afterwards (api: 3.6).
    """
    if not first.deposit_address:
        first = replace(first, deposit_address=after.deposit_address, deposit_extra_id=after.deposit_extra_id)
    if not first.withdraw_address:
        first = replace(first, withdraw_address=after.withdraw_address, withdraw_extra_id=after.withdraw_extra_id)
    return replace(
        first,
        deposit_amount=first.deposit_amount or after.deposit_amount,
        withdraw_amount=first.withdraw_amount or after.withdraw_amount,
    )


def _differences(swap: Swap, intent: CreateSwap, terms: SwapTerms) -> Iterator[Doubt]:
    new = intent.new
    if not means(swap.deposit, intent.deposit):
        yield Doubt.DEPOSIT_COIN
    if not means(swap.withdraw, intent.withdraw):
        yield Doubt.WITHDRAW_COIN
    if not has_named_amount(swap, intent):
        yield Doubt.DEPOSIT_AMOUNT if new.deposit_amount is not None else Doubt.WITHDRAW_AMOUNT
    elif _is_much_worse(swap, new, terms):
        yield Doubt.MUCH_WORSE
    if new.withdraw_address and not is_paid_to(swap, new.withdraw_address, new.withdraw_extra_id):
        yield Doubt.PAYOUT
    if new.refund_address and not is_same_place(_refund(swap), (new.refund_address, new.refund_extra_id)):
        yield Doubt.REFUND


def _changes(followed: FollowedSwap, first: Swap, after: Swap) -> Iterator[Doubt]:
    yield from _changes_of_deposit(first, after, followed.deposit)
    if followed.withdraw.is_listed and not may_mean(after.withdraw, followed.withdraw):
        yield Doubt.WITHDRAW_COIN_CHANGED
    if after.withdraw_amount < _at_least(first.withdraw_amount):
        yield Doubt.WITHDRAW_AMOUNT_FELL
    if first.withdraw_address and not is_paid_to(after, first.withdraw_address, first.withdraw_extra_id):
        yield Doubt.PAYOUT_CHANGED
    if not is_same_place(_refund(after), _refund(first)):
        yield Doubt.REFUND_CHANGED


def _changes_of_deposit(first: Swap, after: Swap, coin: Coin) -> Iterator[Doubt]:
    """Once it is no longer waited for, the address may be left out: nobody pays by it any more."""
    is_left_out = not after.deposit_address and after.status is not SwapStatus.INITIAL
    if first.deposit_address and not is_left_out:
        if not are_alike(after.deposit_address, first.deposit_address):
            yield Doubt.DEPOSIT_ADDRESS_CHANGED
        elif after.deposit_extra_id != first.deposit_extra_id:
            yield Doubt.DEPOSIT_MEMO_CHANGED
    if coin.is_listed and not may_mean(after.deposit, coin):
        yield Doubt.DEPOSIT_COIN_CHANGED
    if first.deposit_amount and not same_amount(after.deposit_amount, first.deposit_amount, coin):
        yield Doubt.DEPOSIT_AMOUNT_CHANGED


def _misleading(swap: Swap, coins: Iterable[Coin]) -> Iterator[Doubt]:
    to = swap.deposit_address
    if to and any(are_alike(to, own) for own in (swap.withdraw_address, swap.refund_address)):
        yield Doubt.OWN_ADDRESS
    if to and any(are_alike(to, coin.contract) for coin in coins):
        yield Doubt.CONTRACT_ADDRESS


def _refund(swap: Swap) -> tuple[str, str]:
    return swap.refund_address, swap.refund_extra_id


def _is_much_worse(swap: Swap, new: NewSwap, terms: SwapTerms) -> bool:
    """Whether the amount that was not named is much worse than the card said."""
    if new.deposit_amount is not None:
        return swap.withdraw_amount < _at_least(terms.withdraw.value)
    return swap.deposit_amount > multiply(terms.deposit.value, EXACT.add(Decimal(1), TOLERANCE))


def _at_least(shown: Decimal) -> Decimal:
    """The least that is not much worse than an amount that was shown."""
    return multiply(shown, EXACT.subtract(Decimal(1), TOLERANCE))
