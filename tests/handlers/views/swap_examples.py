"""Swaps in every status, and tickets about them, as values to draw."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, ChatId, MessageId, PersonId, SwapId
from chatbot.domain.intents import SwapTerms
from chatbot.domain.swaps import Coin, Currency, FollowedSwap, Marking, Swap, SwapStatus
from chatbot.domain.tickets import Outcome, Ticket, TicketState
from tests.fakes.clock import START
from tests.fakes.swap_service import BTC, DEPOSIT_ADDRESSES, PAYOUT, USDC
from tests.storage.examples import PAYOUT_TERMS, SET_PAYOUT, SWAP, SWAP_TERMS
from tests.storage.examples import ticket as stored

NOW = START
UNTIL = NOW + timedelta(minutes=60)
TO = DEPOSIT_ADDRESSES["ETH"]
STELLAR = Coin(code="XLM", symbol="XLM", name="Stellar", network="XLM", decimals=7)


def a_swap(status: SwapStatus = SwapStatus.INITIAL, **changes: Any) -> Swap:
    """500.5 USDC into 0.00951 BTC, to be paid within an hour."""
    values: dict[str, Any] = {
        "reference": "ABCDEF123456",
        "side": "BUY",
        "deposit": Currency(code="USDC"),
        "withdraw": Currency(code="BTC"),
        "deposit_amount": Decimal("1500.50"),
        "withdraw_amount": Decimal("0.02951000"),
        "status": status,
        "status_name": str(status),
        "created_at": NOW,
        "payment_window": timedelta(minutes=60),
        "fixed_until": UNTIL,
        "price": Decimal(50_000),
        "deposit_address": TO,
        "deposit_extra_id": "",
        "withdraw_address": PAYOUT,
        "withdraw_extra_id": "",
        "refund_address": "",
        "refund_extra_id": "",
        "deposit_transaction": "",
        "withdraw_transaction": "",
        **changes,
    }
    return Swap(**values)


def followed(status: SwapStatus = SwapStatus.INITIAL, *, of: dict[str, Any] | None = None, **changes: Any) -> Any:
    """A swap that is looked after, with a card that was painted; `of` changes the order itself."""
    values: dict[str, Any] = {
        "id": SwapId(7),
        "account": AccountId(3),
        "account_label": "nexchange-1",
        "is_live": True,
        "person": PersonId(7_001),
        "chat": ChatId(7_001),
        "message": MessageId(600),
        "picture": None,
        "ticket": None,
        "swap": a_swap(status, **(of or {})),
        "deposit": USDC,
        "withdraw": BTC,
        "marking": Marking.UNMARKED,
        "doubts": (),
        "seen_at": NOW,
        "next_look_at": NOW + timedelta(seconds=30),
        "shown": 1,
        **changes,
    }
    return FollowedSwap(**values)


def with_memo(memo: str = "1077335", **changes: Any) -> Any:
    """Stellar is sent, with a memo."""
    address = "GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37"
    order = {"deposit": Currency(code="XLM"), "deposit_address": address, "deposit_extra_id": memo}
    return followed(of=order, deposit=STELLAR, **changes)


def swap_ticket(state: TicketState = TicketState.PENDING, outcome: Outcome | None = None, **changes: Any) -> Ticket:
    return _ticket(state, outcome, {"intent": SWAP, "terms": SWAP_TERMS} | changes)


def payout_ticket(state: TicketState = TicketState.PENDING, outcome: Outcome | None = None, **changes: Any) -> Ticket:
    return _ticket(state, outcome, {"intent": SET_PAYOUT, "terms": PAYOUT_TERMS} | changes)


def _ticket(state: TicketState, outcome: Outcome | None, changes: dict[str, Any]) -> Ticket:
    end = NOW + timedelta(seconds=60)
    values = {
        "venue": Venue.NEXCHANGE,
        "account_label": "nexchange-1",
        "created_at": NOW,
        "expires_at": end,
        **changes,
    }
    if isinstance(values["terms"], SwapTerms):
        values["terms"] = replace(values["terms"], rate_until=end)
    return stored(state=state, outcome=outcome, **values)
