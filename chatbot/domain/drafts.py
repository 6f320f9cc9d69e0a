"""Guided questions in progress: what is known so far, and what was offered to choose from.

Drafts are kept in the database (sealed), so that a restart in the middle of a question loses nothing and a button
needs to carry only the number of a choice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, get_args

from chatbot.domain.accounts import Venue
from chatbot.domain.alert_drafts import AlertDraft
from chatbot.domain.convert_drafts import ConvertDraft, ConvertRequest
from chatbot.domain.ids import AccountId, ChatId, DialogueId, MessageId, PersonId, SwapId
from chatbot.domain.limits import LimitKind
from chatbot.domain.orders import OrderType, Side
from chatbot.domain.protected import Protected
from chatbot.domain.route_drafts import RouteDraft
from chatbot.domain.secrets import Secret
from chatbot.domain.swaps import Coin

DIALOGUE_LIFETIME = timedelta(minutes=15)
"""How long an unanswered question waits."""

LATE_CODE = timedelta(minutes=2)
"""How long after a question for a code its answer may still be on its way."""


class QuantityKind(StrEnum):
    """How an order's size was said: in the base currency, in the counter currency, or as a share of what one has."""

    VOLUME = "volume"
    TOTAL = "total"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """How much. `value` is base currency, counter currency or percent (100 is everything), by `kind`."""

    kind: QuantityKind
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """An order as far as it has been said. None means: not said yet.

    `symbol` is what was typed for the market; `total_currency` what was typed with a counter amount (`100 USDT of`).
    `at_hand` is a price that is offered for a limit, because it led here. `onward` is the currency that a second order
    is to make of what this one brings, if one is to follow.
    """

    side: Side
    symbol: str | None = None
    quantity: Quantity | None = None
    total_currency: str | None = None
    type: OrderType | None = None
    price: Decimal | None = None
    post_only: bool = False
    at_hand: Decimal | None = None
    onward: str = ""


class Question(StrEnum):
    MARKET = "market"
    QUANTITY = "quantity"
    TYPE = "type"
    PRICE = "price"
    CURRENCY = "currency"
    ALIAS = "alias"
    USERNAME = "username"
    PASSPHRASE = "passphrase"
    API_KEY = "api_key"
    SECRET_KEY = "secret_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One offered answer: its label, and the request it leads to."""

    label: str
    request: OrderRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDraft:
    """An order being put together. `asking` is the open question (None: only a correction is offered)."""

    tag: ClassVar[str] = "order"

    request: OrderRequest
    asking: Question | None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRequest:
    """A withdrawal as far as it has been said. None means: not said yet. `currency` is what was typed for it."""

    currency: str | None = None
    quantity: Quantity | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalChoice:
    """One offered answer: its label, and the request it leads to."""

    label: str
    request: WithdrawalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalDraft:
    """A withdrawal being put together. `asking` is the open question (None: only a correction is offered)."""

    tag: ClassVar[str] = "withdrawal"

    request: WithdrawalRequest
    asking: Question | None
    choices: tuple[WithdrawalChoice, ...] = ()


class SwapQuestion(StrEnum):
    """`DEPOSIT` and `WITHDRAW`: which coin, on which network. `REFUND` may be left open, the others not."""

    DEPOSIT = "deposit"
    WITHDRAW = "withdraw"
    AMOUNT = "amount"
    ADDRESS = "address"
    EXTRA_ID = "extra_id"
    REFUND = "refund"
    REFUND_EXTRA_ID = "refund_extra_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRequest:
    """A swap as far as it has been said. None means: not said yet; empty means: said that there is none.

    `deposit_text` and `withdraw_text` are what was typed for the coins until it was found which coin that is;
    `…_network_named` says that the person named its network. `gets`: the amount is the one to receive, otherwise the
    one to send. `receiver_text` and `refund_text` are what was typed for the addresses, memos behind them; they are
    read, once their coins are clear, in place of `address` and `refund_address`.
    """

    deposit_text: str | None = None
    withdraw_text: str | None = None
    deposit: Coin | None = None
    withdraw: Coin | None = None
    deposit_network_named: bool = False
    withdraw_network_named: bool = False
    amount: Decimal | None = None
    gets: bool = False
    address: str | None = None
    extra_id: str | None = None
    refund_address: str | None = None
    refund_extra_id: str | None = None
    receiver_text: str | None = None
    refund_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapChoice:
    """One offered answer: its label, and the request it leads to."""

    label: str
    request: SwapRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapDraft:
    """A swap being put together. `asking` is the open question (None: only a correction is offered)."""

    tag: ClassVar[str] = "swap"

    request: SwapRequest
    asking: SwapQuestion | None
    choices: tuple[SwapChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutChoice:
    """One offered answer: its label, the address, and its memo, empty for none."""

    label: str
    address: str
    extra_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutDraft:
    """The payout address of a swap that was made without one; with an `address`, its memo or tag is asked for."""

    tag: ClassVar[str] = "payout"

    swap: SwapId
    address: str | None = None
    choices: tuple[PayoutChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionDraft:
    """The id of the transaction that paid for a swap."""

    tag: ClassVar[str] = "transaction"

    swap: SwapId


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapKeyDraft:
    """A key of n.exchange, or of its practice likeness, that is waited for; and the swap that waits for it, if one."""

    tag: ClassVar[str] = "swap_key"

    venue: Venue = Venue.NEXCHANGE
    waiting: SwapRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """A browser session for an account that is asked for: its user name, then its token; and the conversion that waits
    for it, if one.
    """

    tag: ClassVar[str] = "session"

    account: AccountId
    username: Secret | None = None
    waiting: ConvertRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """Credentials being asked for, one after the other."""

    tag: ClassVar[str] = "link"

    venue: Venue
    asking: Question
    username: Secret | None = None
    passphrase: Secret | None = None
    api_key: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitDraft:
    """A limit whose new value is asked for. `currency` is set for a currency's own limit on withdrawals."""

    tag: ClassVar[str] = "limit"

    account: AccountId
    kind: LimitKind
    currency: str = ""


class Setting(StrEnum):
    """A setting that is typed."""

    ZONE = "zone"
    QUIET = "quiet"
    DUST = "dust"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDraft:
    """A setting of the chat `about` that waits for its new value; it may be asked for in another chat."""

    tag: ClassVar[str] = "setting"

    about: ChatId
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDraft:
    """An amount that somebody wrote, of which it is not said yet what should become. `currency` is its code."""

    tag: ClassVar[str] = "amount"

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpDraft:
    """A second factor that waits for its first code."""

    tag: ClassVar[str] = "set_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDraft:
    """Something protected that waits for a code: one of the second factor or, where there is none, the `number` shown.

    `wrong` counts the answers that were not it.
    """

    tag: ClassVar[str] = "code"

    action: Protected
    number: str | None
    wrong: int = 0


Draft = (
    OrderDraft
    | WithdrawalDraft
    | SwapDraft
    | ConvertDraft
    | PayoutDraft
    | TransactionDraft
    | LinkDraft
    | SwapKeyDraft
    | SessionDraft
    | LimitDraft
    | AlertDraft
    | SettingDraft
    | AmountDraft
    | RouteDraft
    | SetUpDraft
    | CodeDraft
)

DRAFTS: dict[str, type[Draft]] = {kind.tag: kind for kind in get_args(Draft)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A question put to a person in a chat. At most one is open per person and chat."""

    id: DialogueId
    person: PersonId
    chat: ChatId
    message: MessageId | None
    draft: Draft
    expires_at: datetime
