"""What n.exchange says when it says no (api: section 6).

Every body seen so far is turned into one sentence: `detail`, `errors`, `non_field_errors`, lists by field, a bare
string or list. A body that is none of these is no word of the service: something on the way answered in its place.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from chatbot.domain.errors import ChatbotError, KeyRejected, NotPermitted, Refused, SwapNotFound
from chatbot.exchange.decoding import clean
from chatbot.exchange.http import Statuses

_MARKUP = re.compile(r"<[/!?a-zA-Z]")
_UNNAMED = ("errors", "non_field_errors")
_NAMES = {
    "deposit_currency": "currency to send",
    "withdraw_currency": "currency to receive",
    "deposit_amount": "amount to send",
    "withdraw_amount": "amount to receive",
    "withdraw_address": "payout address",
    "withdraw_extra_id": "payout memo",
    "withdraw_address_extra_id": "payout memo",
    "refund_address": "refund address",
    "refund_extra_id": "refund memo",
    "refund_address_extra_id": "refund memo",
    "deposit_transaction": "transaction of the deposit",
    "marked_as_paid": "mark as paid",
    "rate_id": "rate",
}
_MOST = 6
"""Messages of one body that are told."""
_DEEPEST = 4
_DECODER = msgspec.json.Decoder(float_hook=str)


def sentence(body: bytes) -> str:
    """The service's own words in the body of an error, on one line of at most 200 characters; empty if there are none.

    Field names are said in words: `payout address: This field is required; rate: It has expired`. Markup is no word.
    """
    try:
        said = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    messages = list(dict.fromkeys(islice(_top(said), _MOST)))
    joined = messages[0] if len(messages) == 1 else "; ".join(message.rstrip(".") for message in messages)
    return clean(joined)


def _top(said: Any) -> Iterator[str]:
    """The messages of a whole body. `detail` only sums up what the others say field by field."""
    if not isinstance(said, dict):
        return _messages(said, loose=True)
    detail = said.pop("detail", None)
    messages = tuple(islice(_messages(said), _MOST))
    return iter(messages) if messages else _messages(detail, loose=True)


def _messages(value: Any, *, name: str = "", loose: bool = False, depth: int = _DEEPEST) -> Iterator[str]:
    """What is said of a field. A text by itself is a message only where it is `loose`; elsewhere it is one in a list:
    `{"message": "Bad Request"}` is how gateways speak.
    """
    if isinstance(value, str):
        value = [value] if loose else []
    if isinstance(value, list):
        for text in filter(None, (clean(item) for item in value if isinstance(item, str))):
            if not _MARKUP.search(text):
                yield f"{name}: {text}" if name else text
    elif isinstance(value, dict) and depth:
        for field, inner in value.items():
            within = loose or field in _UNNAMED
            yield from _messages(inner, name=_worded(field) or name, loose=within, depth=depth - 1)


def _worded(name: str) -> str:
    return "" if name in _UNNAMED else _NAMES.get(name, clean(name.replace("_", " ")))


def _refusal(status: int, body: bytes) -> ChatbotError | None:
    said = sentence(body)
    if status == 401:
        return KeyRejected(status=status, reason=said)
    if status == 403 and said:
        return NotPermitted(code=status, reason=said)
    if status == 400 and said:
        return Refused(code=status, reason=said)
    return None


def _refusal_about_page(status: int, body: bytes) -> ChatbotError | None:
    if status == 404 and (said := sentence(body)):
        return Refused(code=status, reason=said)
    return _refusal(status, body)


def _refusal_about_order(status: int, body: bytes) -> ChatbotError | None:
    if status == 404 and (said := sentence(body)):
        return SwapNotFound(code=status, reason=said)
    return _refusal(status, body)


def _refusal_about_pair(status: int, body: bytes) -> ChatbotError | None:
    """Edge Wallet takes every 404 for a pair that is not swapped (api: 7.1)."""
    return SwapNotFound(code=status, reason=sentence(body)) if status == 404 else _refusal(status, body)


_SUCCESS = frozenset({200, 201})

PUBLIC = Statuses(success=_SUCCESS)
"""Of calls without a key."""
KEYED = Statuses(success=_SUCCESS, refusal=_refusal)
OF_PAGE = Statuses(success=_SUCCESS, refusal=_refusal_about_page)
"""Of the list, which does not have every page (Django REST framework's `Invalid page.`)."""
OF_ORDER = Statuses(success=_SUCCESS, refusal=_refusal_about_order)
"""Of calls that name an order."""
OF_PAIR = Statuses(success=_SUCCESS, refusal=_refusal_about_pair)
"""Of calls that name a pair."""
