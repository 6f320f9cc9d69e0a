"""How the audit log and alarms tell a ticket's changes of state."""

from datetime import datetime

from chatbot.domain.audit import Deed
from chatbot.domain.intents import SetPayout, Withdraw
from chatbot.domain.notices import Alarm, AlarmKind
from chatbot.domain.tickets import Blocked, Lost, Placed, RefusedBy, SwapCreated, Ticket, TicketState

_DEEDS = {
    TicketState.CONTINUED: Deed.CONTINUED,
    TicketState.HELD: Deed.CONFIRMED,
    TicketState.CLAIMED: Deed.CONFIRMED,
    TicketState.DECLINED: Deed.DECLINED,
    TicketState.EXPIRED: Deed.EXPIRED,
}


def deed_of(old: Ticket, new: Ticket) -> Deed:
    """What a change of state is called."""
    if old.state is TicketState.HELD and new.state is TicketState.CLAIMED:
        return Deed.RELEASED
    if old.state is TicketState.CLAIMED and new.state is TicketState.HELD:
        return Deed.STOPPED  # for now
    if old.state.is_waiting:
        return _DEEDS.get(new.state, Deed.STOPPED)
    return Deed.SENT if old.state is TicketState.CLAIMED else Deed.SETTLED


def result_of(ticket: Ticket) -> str:
    """What came of it, in a word or two; of an exchange's refusal its code."""
    match ticket.outcome:
        case None:
            return "held" if ticket.state is TicketState.HELD else ""
        case Placed(number=number):
            return f"placed as #{number}"
        case SwapCreated(reference=reference):
            return f"created as {reference}"
        case RefusedBy(code=code):
            return f"refused {code or ''}".strip()
        case Lost():
            return "outcome unknown"
        case Blocked(obstacle=obstacle):
            return obstacle.value
        case outcome:
            return outcome.tag.replace("_", " ")


def alarm_of(old: Ticket, new: Ticket, *, now: datetime) -> Alarm | None:
    """Where money goes is told, whatever its person switched off: a withdrawal when it was confirmed, a swap's payout
    address when it was sent.
    """
    match new.intent:
        case Withdraw() if old.state is TicketState.CONTINUED and new.state in (TicketState.HELD, TicketState.CLAIMED):
            return Alarm(kind=AlarmKind.WITHDRAWAL, at=now, account=new.account_label, ticket=new.id)
        case SetPayout() if old.state is TicketState.CLAIMED and new.state in (TicketState.DONE, TicketState.UNCERTAIN):
            return Alarm(kind=AlarmKind.PAYOUT, at=now, account=new.account_label, subject=new.intent.subject)
        case _:
            return None
