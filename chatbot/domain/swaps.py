"""Swaps at n.exchange: one coin is sent to an address the service names, another comes back to an own address.

*Deposit* is what the person sends to the service, *withdraw* what the service sends to the person: the API's words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from chatbot.domain.ids import AccountId, ChatId, MessageId, PersonId, SwapId, TicketId


class SwapStatus(StrEnum):
    """How far a swap is, by the service's names (api: section 4). `UNKNOWN` is a name that is not in its table."""

    INITIAL = "INITIAL"
    UNCONFIRMED_PAYMENT = "UNCONFIRMED PAYMENT"
    PAID = "PAID"
    PRE_RELEASE = "PRE-RELEASE"
    RELEASED = "RELEASED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"
    PENDING_KYC = "PENDING KYC"
    INITIATED_REFUND = "INITIATED REFUND"
    REFUND_FAILED = "REFUND FAILED"
    REFUNDED = "REFUNDED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_final(self) -> bool:
        return self in (SwapStatus.COMPLETED, SwapStatus.CANCELED, SwapStatus.REFUNDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """A currency on one network. `code` is the service's own name of it (`USDTERC`), `symbol` what people call it
    (`USDT`); `network` is the service's code, empty where it names none; `contract` is empty for a network's own coin.
    `decimals` is None where the service does not say. One that is not `is_listed` is only guessed from an order: its
    list of coins could not be had, or does not name it.
    """

    code: str
    symbol: str
    name: str
    network: str
    contract: str = ""
    decimals: int | None = None
    is_listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """A currency as an order names it (api: 3.1): by its `code` alone, by code and `network`, or by `contract` and
    network, with an empty code. An empty contract with neither code is the network's own coin.
    """

    code: str = ""
    network: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Which coin can be had for which, by code (api: 7.2)."""

    name: str
    deposit: str
    withdraw: str
    is_disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What the service offers for a pair until `expires_at` (api: 7.1).

    `price` is in deposit units per withdraw unit; `withdrawal_fee` is taken from what is received, in its currency.
    The limits are those of this offer, None where it names none.
    """

    pair: str
    deposit: str
    withdraw: str
    price: Decimal
    withdrawal_fee: Decimal
    rate_id: str
    least_deposit: Decimal | None
    most_deposit: Decimal | None
    least_withdraw: Decimal | None
    most_withdraw: Decimal | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSwap:
    """What is asked for when a swap is created. Exactly one of the amounts is given; the service tells the other."""

    deposit: Currency
    withdraw: Currency
    deposit_amount: Decimal | None
    withdraw_amount: Decimal | None
    withdraw_address: str
    withdraw_extra_id: str = ""
    refund_address: str = ""
    refund_extra_id: str = ""
    rate_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """An order at n.exchange as it tells of it (api: 3.4). Texts are empty where they are not set.

    `status_name` is the status in the service's own word. `fixed_until` is None where the rate is not fixed;
    `payment_window` is None where it says nothing. `price` as in `Rate`, None where it says nothing. An `extra_id` is
    a memo or tag that belongs to the address before it.
    """

    reference: str
    side: str
    deposit: Currency
    withdraw: Currency
    deposit_amount: Decimal
    withdraw_amount: Decimal
    status: SwapStatus
    status_name: str
    created_at: datetime
    payment_window: timedelta | None
    fixed_until: datetime | None
    price: Decimal | None
    deposit_address: str
    deposit_extra_id: str
    withdraw_address: str
    withdraw_extra_id: str
    refund_address: str
    refund_extra_id: str
    deposit_transaction: str
    withdraw_transaction: str

    @property
    def pay_until(self) -> datetime | None:
        """The earlier of the two deadlines the service names (api: 9.7); None if it names none."""
        ends = [] if self.payment_window is None else [self.created_at + self.payment_window]
        return min([*ends, *([] if self.fixed_until is None else [self.fixed_until])], default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPage:
    """One page of a key's orders, counted from 1, as the service sorts them; `count` is how many there are in all.

    `unreadable` more of this page are not what the service documents.
    """

    swaps: tuple[Swap, ...]
    number: int
    count: int
    has_next: bool
    unreadable: int = 0


class Marking(StrEnum):
    """Whether the person marked a swap as paid; the service does not say. `UNSURE`: no answer came to the last try."""

    UNMARKED = "unmarked"
    MARKED = "marked"
    UNSURE = "unsure"


class Doubt(StrEnum):
    """Why a swap should not be paid: what the service made of it is not what was asked for, or not what it was."""

    DEPOSIT_COIN = "deposit_coin"  # the coin to send is not the one that was chosen
    WITHDRAW_COIN = "withdraw_coin"
    DEPOSIT_AMOUNT = "deposit_amount"  # it was named, and is another
    WITHDRAW_AMOUNT = "withdraw_amount"
    MUCH_WORSE = "much_worse"  # the amount that was not named
    PAYOUT = "payout"  # the result goes elsewhere than asked for when it was made
    REFUND = "refund"
    OTHER_PAYOUT = "other_payout"  # the result goes elsewhere than set afterwards
    DEPOSIT_ADDRESS_CHANGED = "deposit_address_changed"
    DEPOSIT_MEMO_CHANGED = "deposit_memo_changed"
    DEPOSIT_AMOUNT_CHANGED = "deposit_amount_changed"
    DEPOSIT_COIN_CHANGED = "deposit_coin_changed"
    WITHDRAW_COIN_CHANGED = "withdraw_coin_changed"
    WITHDRAW_AMOUNT_FELL = "withdraw_amount_fell"
    PAYOUT_CHANGED = "payout_changed"
    REFUND_CHANGED = "refund_changed"
    NO_SUCH_ADDRESS = "no_such_address"  # where to send it is no address on the coin's network
    OWN_ADDRESS = "own_address"  # where to send it is where the result or a refund goes
    CONTRACT_ADDRESS = "contract_address"  # where to send it is the contract of a coin


PICTURE_BEING_SENT = MessageId(0)
"""Noted before a QR picture is sent: should the program end before its message is known, no second one is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedSwap:
    """A swap that is looked after here, with its card.

    `ticket` made it, None where it was made elsewhere. Once there are `doubts` it should not be paid; a doubt stays.
    `seen_at` is when `swap` was read. `next_look_at` is None once it is final and nothing more is expected, or its key
    is gone. `picture` is the message with the QR picture, as long as there is one.
    `revision` grows with every change worth showing; `shown` is the one last painted into the chat.
    `first` is what the order said at first, and of what was not set then, what it said when it was; None where that is
    `swap`. `ended_at` is when it was first seen at its end.
    """

    id: SwapId
    account: AccountId
    account_label: str
    is_live: bool
    person: PersonId
    chat: ChatId
    message: MessageId | None
    picture: MessageId | None
    ticket: TicketId | None
    swap: Swap
    deposit: Coin
    withdraw: Coin
    marking: Marking
    doubts: tuple[Doubt, ...]
    seen_at: datetime
    next_look_at: datetime | None
    revision: int = 1
    shown: int = 0
    first: Swap | None = None
    ended_at: datetime | None = None
