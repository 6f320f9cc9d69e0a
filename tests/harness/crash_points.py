"""Named places in the program at which it can be made to kill itself, from the tap to the last word about it.

The program knows nothing of them: a point wraps a method from outside. `install` wraps all of them at once; `hit` is
called with a point's name whenever the program passes there.
"""

import asyncio
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from chatbot.domain.drafts import CodeDraft
from chatbot.domain.tickets import Lost, TicketState
from chatbot.exchange.http import Channel
from chatbot.services.alert_engine import AlertEngine
from chatbot.services.alert_index import AlertIndex
from chatbot.services.execution.cancellations import CancelExecutor
from chatbot.services.execution.changes import Changes
from chatbot.services.execution.conversions import ConvertExecutor
from chatbot.services.execution.orders import OrderExecutor
from chatbot.services.execution.withdrawals import WithdrawalExecutor
from chatbot.services.protection import Protection
from chatbot.services.questions import Questions
from chatbot.services.settling import Settling
from chatbot.services.tickets import Tickets
from chatbot.storage.alerts import StoredAlerts
from chatbot.storage.database import Database
from chatbot.storage.inbox import StoredInbox
from chatbot.storage.outbox import StoredOutbox
from chatbot.storage.tickets import StoredTickets
from handlers.announcer import Announcer
from handlers.api import BotApi
from handlers.cards import CardPainter
from handlers.sender import Sender

Hit = Callable[[str], None]
Wrap = Callable[[str, Hit], None]
_CHANGES = ("/api/v1/orders/", "/api/v1/cancel_order/", "/api/v1/withdrawal/request/", "/p/v1/order/instant_order/")
_UNTIL_WRITTEN = 0.004  # seconds after which a request's bytes have surely left


@dataclass(frozen=True, slots=True)
class Given:
    """What a method was called with, and what it returned (None before the call)."""

    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    result: Any = None


Test = Callable[[Given], bool]


def _always(_: Given) -> bool:
    return True


def _before(owner: type, method: str, when: Test = _always) -> Wrap:
    def wrap(name: str, hit: Hit) -> None:
        original = getattr(owner, method)

        async def wrapped(self: Any, *arguments: Any, **keywords: Any) -> Any:
            if when(Given(arguments, keywords)):
                hit(name)
            return await original(self, *arguments, **keywords)

        setattr(owner, method, wrapped)

    return wrap


def _after(owner: type, method: str, when: Test = _always) -> Wrap:
    def wrap(name: str, hit: Hit) -> None:
        original = getattr(owner, method)

        async def wrapped(self: Any, *arguments: Any, **keywords: Any) -> Any:
            result = await original(self, *arguments, **keywords)
            if when(Given(arguments, keywords, result)):
                hit(name)
            return result

        setattr(owner, method, wrapped)

    return wrap


def _answer_not_read(name: str, hit: Hit) -> None:
    """The whole request has left; whatever answer comes is not read."""
    original = aiohttp.ClientResponse.start

    async def wrapped(self: aiohttp.ClientResponse, connection: Any) -> aiohttp.ClientResponse:
        if self.method == "POST" and self.url.path.startswith(_CHANGES):
            await asyncio.sleep(_UNTIL_WRITTEN)
            hit(name)
        return await original(self, connection)

    setattr(aiohttp.ClientResponse, "start", wrapped)  # noqa: B010 - mypy would not let a method be assigned


def _before_commit(method: str) -> Wrap:
    """Inside the transaction of a storage's method, everything written and nothing committed."""

    def wrap(name: str, hit: Hit) -> None:
        original = Database._write

        def wrapped(self: Database, work: Callable[..., Any], *rest: Any, **keywords: Any) -> Any:
            @functools.wraps(work)
            def working(connection: Any) -> Any:
                result = work(connection)
                if work.__qualname__.startswith(f"{method}."):
                    hit(name)
                return result

            return original(self, working, *rest, **keywords)

        setattr(Database, "_write", wrapped)  # noqa: B010

    return wrap


def _before_following(name: str, hit: Hit) -> None:
    """The hits are durable, and memory does not know it yet."""
    original = AlertIndex.settle

    def wrapped(self: AlertIndex, *arguments: Any) -> None:
        hit(name)
        original(self, *arguments)

    setattr(AlertIndex, "settle", wrapped)  # noqa: B010


def _answer_of_message_not_read(name: str, hit: Hit) -> None:
    """The messenger has the message, and whatever it answers is not read."""
    original = BotApi.send

    async def wrapped(self: BotApi, method: str, **fields: Any) -> Any:
        result = await original(self, method, **fields)
        hit(name)
        return result

    setattr(BotApi, "send", wrapped)  # noqa: B010


def _brings_a_tap(given: Given) -> bool:
    return any(b"callback_query" in body for _, body in given.arguments[0])


def _changes_something(given: Given) -> bool:
    return bool(given.arguments[0].method == "POST")


def _succeeded(given: Given) -> bool:
    return given.result is not None


def _asks_for_a_code(given: Given) -> bool:
    return isinstance(given.arguments[0], CodeDraft)


def _says_sending(given: Given) -> bool:
    return bool(given.arguments[1] == "Sending…")


def _is_sending(given: Given) -> bool:
    return given.arguments[0].state is TicketState.CLAIMED


def _is_result(given: Given) -> bool:
    return given.arguments[0].state not in (TicketState.CLAIMED, TicketState.PENDING)


def _is_first_clean_read(given: Given) -> bool:
    outcome = given.keywords.get("outcome")
    return isinstance(outcome, Lost) and outcome.clean_reads == 1


def _is_final_order(given: Given) -> bool:
    order = given.keywords.get("order")
    return order is not None and order.status.is_final


def _has_news(given: Given) -> bool:
    return given.keywords.get("notice") is not None


AFTER_THE_TAP: dict[str, Wrap] = {
    "before the tap is stored": _before(StoredInbox, "store", _brings_a_tap),
    "after the tap is stored": _after(StoredInbox, "store", _brings_a_tap),
    "before the claim": _before(StoredTickets, "claim"),
    "after the claim": _after(StoredTickets, "claim", _succeeded),
    "before looking at price and balance": _before(OrderExecutor, "has_moved"),
    "after looking at price and balance": _after(OrderExecutor, "has_moved"),
    "before the request's first byte": _before(Channel, "_send", _changes_something),
    "request sent, answer not read": _answer_not_read,
    "after the answer": _after(Channel, "_send", _changes_something),
    "before the record": _before(Tickets, "_record"),
    "in the record, before its commit": _before_commit("StoredTickets.update"),
    "after the record": _after(Tickets, "_record"),
    "before “Sending…” is painted": _before(CardPainter, "_draw", _is_sending),
    "after “Sending…” is painted": _after(CardPainter, "_draw", _is_sending),
    "before the tap is answered": _before(Sender, "answer", _says_sending),
    "after the tap is answered": _after(Sender, "answer", _says_sending),
    "before the result is painted": _before(CardPainter, "_draw", _is_result),
    "result painted, not marked": _before(StoredTickets, "mark_shown"),
    "after the result is painted": _after(CardPainter, "_draw", _is_result),
    "before the tap is marked done": _before(StoredInbox, "done"),
    "after the tap is marked done": _after(StoredInbox, "done"),
    "before an order is followed": _before(OrderExecutor, "_follow"),
    "before the last update": _before(Changes, "record", _is_final_order),
    "after the last update": _after(Changes, "record", _is_final_order),
    "before orders are read back": _before(CancelExecutor, "_read_back"),
    "between orders read back": _after(CancelExecutor, "_read_one"),
    "after orders are read back": _after(CancelExecutor, "_read_back"),
}
"""Passed by an order or cancellation whose outcome is known at once; most of them always."""

AFTER_A_LOSS: dict[str, Wrap] = {
    "before recovering": _before(Settling, "recover"),
    "recovered, not painted": _after(StoredTickets, "recover", _succeeded),
    "after recovering": _after(Settling, "recover"),
    "before a search": _before(OrderExecutor, "_search"),
    "after a search found nothing": _after(OrderExecutor, "_find", lambda given: given.result.ours is None),
    "after the first clean read": _after(Changes, "record", _is_first_clean_read),
    "before a settled outcome is written": _before(Changes, "record", _has_news),
    "after a settled outcome is written": _after(Changes, "record", _has_news),
    "after a search found the order": _after(OrderExecutor, "_find", lambda given: given.result.ours is not None),
    "before a notice is sent": _before(Sender, "push"),
    "notice sent, not marked": _before(StoredOutbox, "sent"),
    "after the notice is marked": _after(StoredOutbox, "sent"),
}
"""Passed while an outcome is searched for and told."""

OF_A_WITHDRAWAL: dict[str, Wrap] = {
    "before the question for the second step": _before(Questions, "ask", _asks_for_a_code),
    "after the question for the second step": _after(Questions, "ask", _asks_for_a_code),
    "before the first step": _before(StoredTickets, "proceed"),
    "after the first step": _after(StoredTickets, "proceed", _succeeded),
    "before the answer is judged": _before(Protection, "answer"),
    "after the answer was judged": _after(Protection, "answer"),
    "before the second step": _before(StoredTickets, "confirm"),
    "after the second step": _after(StoredTickets, "confirm", _succeeded),
    "before the release": _before(StoredTickets, "release"),
    "after the release": _after(StoredTickets, "release", _succeeded),
    "before the balance is read": _before(WithdrawalExecutor, "has_moved"),
    "after the balance was read": _after(WithdrawalExecutor, "has_moved"),
    "before the balance is read for its person": _before(WithdrawalExecutor, "look"),
    "after the balance was read for its person": _after(WithdrawalExecutor, "look"),
}
"""Passed by a withdrawal on its way to the first byte, and once its answer was lost."""

WITH_A_WITHDRAWAL = (
    *OF_A_WITHDRAWAL,
    "before the request's first byte",
    "request sent, answer not read",
    "after the answer",
    "before the record",
    "in the record, before its commit",
    "after the record",
)
"""All that a withdrawal passes between its card and what became of it."""

OF_A_CONVERSION: dict[str, Wrap] = {
    "before a conversion is sent": _before(ConvertExecutor, "send"),
    "after a conversion was sent": _after(ConvertExecutor, "send"),
    "before a conversion is followed": _before(ConvertExecutor, "_follow"),
    "before a conversion is searched": _before(ConvertExecutor, "_search"),
    "before trades are searched": _before(ConvertExecutor, "_trades"),
    "after trades were searched": _after(ConvertExecutor, "_trades"),
    "before a conversion is settled": _before(ConvertExecutor, "_settle"),
}
"""Passed by a conversion on its way, and where its answer was lost."""

WITH_A_CONVERSION = (
    *OF_A_CONVERSION,
    "after the claim",
    "request sent, answer not read",
    "before the record",
    "in the record, before its commit",
    "after the record",
    "before recovering",
    "after the first clean read",
    "before a settled outcome is written",
    "after a settled outcome is written",
    "after the last update",
)
"""All that a conversion passes between its tap and what became of it."""

OF_AN_ALERT: dict[str, Wrap] = {
    "before a tick is looked at": _before(AlertEngine, "on_tick"),
    "before a hit is written": _before(StoredAlerts, "advance"),
    "hit written, not committed": _before_commit("StoredAlerts.advance"),
    "hit committed, not followed": _before_following,
    "after a hit is written": _after(StoredAlerts, "advance"),
    "before a hit is said": _before(Announcer, "announce"),
    "before a send is written down": _before(StoredOutbox, "begin"),
    "after a send is written down": _after(StoredOutbox, "begin"),
    "message out, answer not read": _answer_of_message_not_read,
    "before a message is ticked off": _before(StoredOutbox, "sent"),
    "after a message is ticked off": _after(StoredOutbox, "sent"),
}
"""Passed between the tick that crosses an alert's level and the end of telling it."""

POINTS = AFTER_THE_TAP | AFTER_A_LOSS | OF_A_WITHDRAWAL | OF_A_CONVERSION | OF_AN_ALERT


def install(hit: Hit) -> None:
    """Wrap every point; those on the same method lie around each other."""
    for name, wrap in POINTS.items():
        wrap(name, hit)
