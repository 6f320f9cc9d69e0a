"""A conversion as far as it has been said, and the question that is open about it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar


class AmountOf(StrEnum):
    """What an amount is of: what is sold, what is bought, or a share (in percent) of what one has of what is sold."""

    SOLD = "sold"
    BOUGHT = "bought"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertRequest:
    """`sell` and `buy` are currency codes. None means: not said yet."""

    sell: str | None = None
    buy: str | None = None
    amount: Decimal | None = None
    of: AmountOf = AmountOf.SOLD


class ConvertQuestion(StrEnum):
    SELL = "sell"
    BUY = "buy"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertChoice:
    """One offered answer: its label, and the request it leads to."""

    label: str
    request: ConvertRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertDraft:
    """A conversion being put together. `asking` is the open question (None: only a correction is offered).

    `refused` is what was asked for before, whole, and could not be had.
    """

    tag: ClassVar[str] = "conversion"

    request: ConvertRequest
    asking: ConvertQuestion | None
    choices: tuple[ConvertChoice, ...] = ()
    refused: ConvertRequest | None = None
