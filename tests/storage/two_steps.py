"""A withdrawal in storage, taken from step to step."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from chatbot.domain.accounts import Account
from chatbot.domain.audit import Deed
from chatbot.domain.ids import MessageId, TicketId
from chatbot.domain.intents import Withdraw, WithdrawTerms
from chatbot.domain.money import Amount
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.storage.opening import Storage
from tests.storage.examples import ANNA, ANNAS_CHAT, NOW, ticket

S = TicketState
CARD = MessageId(900)
DAY = timedelta(hours=24)
SOON = timedelta(seconds=1)
LIFETIME = timedelta(seconds=90)


async def card(storage: Storage, account: Account, *, amount: str = "100", value: str = "50", **more: Any) -> Ticket:
    """A pending withdrawal, or one in the state that is said."""
    intent = Withdraw(account=account.id, currency="XRP", amount=Decimal(amount), alias="savings")
    there = Amount(Decimal(1000), "XRP")
    terms = WithdrawTerms(
        before=there,
        after=there - Amount(Decimal(amount), "XRP"),
        uses=0,
        hold=timedelta(0),
        held_until=None,
        value=Decimal(value),
        left=Amount(Decimal(10_000), "USDT"),
    )
    values = {"account": account.id, "expires_at": NOW + LIFETIME, "message": CARD, **more}
    if values.get("state") is S.HELD:
        values = {"send_at": NOW + DAY, "next_look_at": NOW + DAY, **values}
    new = ticket(intent=intent, terms=terms, **values)
    await storage.tickets.add(new)
    if new.state is S.HELD:
        await storage.database.write(lambda connection: storage.tickets.seal.put(connection, new))
    return new


async def proceed(storage: Storage, of: TicketId, **changes: Any) -> Ticket | None:
    said = {"person": ANNA, "chat": ANNAS_CHAT, "message": CARD, "number": "4711", "now": NOW + SOON, **changes}
    return await storage.tickets.proceed(of, **said)


async def confirm(storage: Storage, of: TicketId, **changes: Any) -> Ticket | None:
    return await storage.tickets.confirm(of, **{"person": ANNA, "now": NOW + SOON, **changes})


async def decline(storage: Storage, of: TicketId, **changes: Any) -> Ticket | None:
    return await storage.tickets.decline(of, **{"person": ANNA, "chat": ANNAS_CHAT, "now": NOW + SOON, **changes})


async def release(storage: Storage, of: TicketId, **changes: Any) -> Ticket | None:
    found = await storage.tickets.get(of)
    assert found is not None
    return await storage.tickets.release(of, **{"terms": found.terms, "now": NOW + DAY, **changes})


async def read(storage: Storage, of: Ticket) -> Ticket:
    found = await storage.tickets.get(of.id)
    assert found is not None
    return found


async def deeds(storage: Storage) -> list[tuple[Deed, str]]:
    """What was written down since the account was linked."""
    entries = await storage.audit.page(of=None, before=None, limit=999)
    events = [entry.event for entry in reversed(entries)]
    return [(event.deed, event.result) for event in events if event.deed is not Deed.LINKED]


async def alarms(storage: Storage) -> list[Alarm]:
    """What rang since the account was linked."""
    notices = [entry.notice for entry in await storage.outbox.due(now=NOW + 9 * DAY, limit=99)]
    assert all(isinstance(notice, Alarm) for notice in notices)
    return [notice for notice in notices if isinstance(notice, Alarm) and notice.kind is not AlarmKind.LINKED]
