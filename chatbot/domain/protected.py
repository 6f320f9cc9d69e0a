"""What is not done without the second factor, as values: one waits in its question until the code was right."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, get_args

from chatbot.domain.ids import AccountId, PersonId, TicketId
from chatbot.domain.limits import LimitKind


class Without(StrEnum):
    """What somebody without a second factor does instead: type a number that is shown, or nothing more."""

    NUMBER = "number"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmWithdrawal:
    """The second step of a withdrawal."""

    tag: ClassVar[str] = "confirm_withdrawal"
    without: ClassVar[Without] = Without.NUMBER
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSwap:
    """The tap on the card of a swap, or of its payout address: with a code where there is a second factor."""

    tag: ClassVar[str] = "confirm_swap"
    without: ClassVar[Without] = Without.NOTHING
    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUncertain:
    """A person's word on an outcome that nobody can look up: it was sent, or it was not."""

    tag: ClassVar[str] = "close_uncertain"
    without: ClassVar[Without] = Without.NUMBER
    ticket: TicketId
    was_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseLimit:
    """A higher limit. `currency` is set for a currency's own limit on withdrawals."""

    tag: ClassVar[str] = "raise_limit"
    without: ClassVar[Without] = Without.NOTHING
    account: AccountId
    kind: LimitKind
    value: Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAlias:
    """An alias to withdraw to, whose hold begins without a withdrawal."""

    tag: ClassVar[str] = "add_alias"
    without: ClassVar[Without] = Without.NOTHING
    account: AccountId
    currency: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """Without a second factor it is only asked for, and takes effect after a wait."""

    tag: ClassVar[str] = "unlock"
    without: ClassVar[Without] = Without.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The owner's end of a halt."""

    tag: ClassVar[str] = "resume"
    without: ClassVar[Without] = Without.NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    tag: ClassVar[str] = "unlink"
    without: ClassVar[Without] = Without.NOTHING
    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOffFactor:
    tag: ClassVar[str] = "turn_off_factor"
    without: ClassVar[Without] = Without.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewRecoveryCodes:
    tag: ClassVar[str] = "renew_recovery_codes"
    without: ClassVar[Without] = Without.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class RequireFactor:
    """The owner asks a second factor of everybody, or no longer."""

    tag: ClassVar[str] = "require_factor"
    without: ClassVar[Without] = Without.NOTHING
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """A link for somebody new."""

    tag: ClassVar[str] = "invite"
    without: ClassVar[Without] = Without.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePerson:
    tag: ClassVar[str] = "remove_person"
    without: ClassVar[Without] = Without.NOTHING
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Everything of a person is erased."""

    tag: ClassVar[str] = "forget"
    without: ClassVar[Without] = Without.NUMBER


Protected = (
    ConfirmWithdrawal
    | ConfirmSwap
    | CloseUncertain
    | RaiseLimit
    | AddAlias
    | Unlock
    | Resume
    | Unlink
    | TurnOffFactor
    | RenewRecoveryCodes
    | RequireFactor
    | Invite
    | RemovePerson
    | Forget
)

PROTECTED: dict[str, type[Protected]] = {kind.tag: kind for kind in get_args(Protected)}
