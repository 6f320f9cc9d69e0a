"""An order and the ways it can go (api: section 4)."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from chatbot.paper.swaps.coins import Coin

_MINUTE_SECONDS = 60


class Status(StrEnum):
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


TERMINAL = frozenset({Status.COMPLETED, Status.CANCELED, Status.REFUNDED})
UNPAID = frozenset({Status.INITIAL, Status.CANCELED})
BEFORE_PROCESSING = frozenset({Status.INITIAL, Status.UNCONFIRMED_PAYMENT, Status.PENDING_KYC, Status.PAID})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.INITIAL: frozenset({Status.UNCONFIRMED_PAYMENT, Status.CANCELED}),
    Status.UNCONFIRMED_PAYMENT: frozenset({Status.PAID, Status.PENDING_KYC}),
    Status.PENDING_KYC: frozenset({Status.PAID, Status.INITIATED_REFUND}),
    Status.PAID: frozenset({Status.PRE_RELEASE}),
    Status.PRE_RELEASE: frozenset({Status.RELEASED}),
    Status.RELEASED: frozenset({Status.COMPLETED}),
    Status.INITIATED_REFUND: frozenset({Status.REFUNDED, Status.REFUND_FAILED}),
    Status.REFUND_FAILED: frozenset({Status.INITIATED_REFUND}),
    Status.COMPLETED: frozenset(),
    Status.CANCELED: frozenset(),
    Status.REFUNDED: frozenset(),
}
"""Every step of the documented flows."""


class Flow(StrEnum):
    """Where an order goes once its deposit is seen. One that nobody pays goes from INITIAL to CANCELED."""

    SUCCESS = "success"
    KYC_PASSED = "kyc_passed"
    KYC_FAILED = "kyc_failed"
    REFUND_RETRIED = "refund_retried"

    @property
    def ends_in_refund(self) -> bool:
        return self in (Flow.KYC_FAILED, Flow.REFUND_RETRIED)


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """An order. `deposit_form` and `withdraw_form` are the currencies as the request wrote them.

    `price` is in deposit units per withdraw unit. `created_at` is in Unix seconds, `entered_at` (of the present
    status) in monotonic ones. `received` is the deposit that was taken for it, `sender` where that came from.
    """

    reference: str
    owner: str
    side: str
    deposit: Coin
    withdraw: Coin
    deposit_form: object
    withdraw_form: object
    deposit_amount: Decimal
    withdraw_amount: Decimal
    price: Decimal
    is_fixed: bool
    created_at: float
    entered_at: float
    window_minutes: int
    deposit_address: str
    deposit_extra_id: str
    withdraw_address: str
    withdraw_extra_id: str
    refund_address: str
    refund_extra_id: str
    flow: Flow
    time_zone: str = ""
    is_referred: bool = False
    status: Status = Status.INITIAL
    passed: list[Status] = field(default_factory=lambda: [Status.INITIAL])
    marked_as_paid: bool = False
    deposit_transaction: str = ""
    withdraw_transaction: str = ""
    received: Decimal = Decimal(0)
    sender: str = ""
    is_settled: bool = False
    refund_has_failed: bool = False

    @property
    def deadline_at(self) -> int:
        """Until when it can be paid, in Unix seconds; for a fixed rate also how long that holds."""
        return int(self.created_at) + self.window_minutes * _MINUTE_SECONDS

    @property
    def is_open(self) -> bool:
        return self.status not in TERMINAL

    def next_status(self) -> Status | None:
        """Where its flow leads from here; None where it waits for a deposit or an address, or has ended."""
        match self.status:
            case Status.UNCONFIRMED_PAYMENT:
                return Status.PAID if self.flow is Flow.SUCCESS else Status.PENDING_KYC
            case Status.PENDING_KYC:
                return Status.INITIATED_REFUND if self.flow.ends_in_refund else Status.PAID
            case Status.PAID:
                return Status.PRE_RELEASE if self.withdraw_address else None
            case Status.PRE_RELEASE:
                return Status.RELEASED
            case Status.RELEASED:
                return Status.COMPLETED
            case Status.INITIATED_REFUND:
                fails = self.flow is Flow.REFUND_RETRIED and not self.refund_has_failed
                return Status.REFUND_FAILED if fails else Status.REFUNDED
            case Status.REFUND_FAILED:
                return Status.INITIATED_REFUND
            case _:
                return None
