"""What the bot says unasked: short, under the card it belongs to."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.alerts import Alert
from chatbot.domain.ids import OrderNumber
from chatbot.domain.intents import CreateSwap
from chatbot.domain.limit_words import limit_in_words
from chatbot.domain.limits import LimitChange
from chatbot.domain.notices import Alarm, AlarmKind, AlertsMissed, KeyWorks, Loss, PersonJoined, PlaceLost, Undelivered
from chatbot.domain.tickets import NotFound, SwapCreated, Ticket, TicketState
from handlers.views.alert_words import happened
from handlers.views.format import moment, number, when
from handlers.views.html import Html, bold, code, italic, lines, outside, text
from handlers.views.orders import STATUS
from handlers.views.screen import Screen
from handlers.views.swap_words import AMONG_OTHERS
from handlers.views.ticket_parts import badge, headline


def settled(ticket: Ticket) -> Screen:
    """The outcome of an uncertain ticket."""
    said: Html | str
    if isinstance(ticket.outcome, SwapCreated):
        name, others = outside(ticket.outcome.reference, limit=40), ticket.outcome.among_others
        created = text("It was created: swap ", name, ". Its card says what to do.")
        said = lines(created, AMONG_OTHERS if others else None)
    elif isinstance(ticket.outcome, NotFound) and isinstance(ticket.intent, CreateSwap):
        said = "No order was created: complete looks at all orders of your key do not show it."
    elif isinstance(ticket.outcome, NotFound) and ticket.outcome.twin is not None:
        return _turned_up(ticket, ticket.outcome.twin)
    elif isinstance(ticket.outcome, NotFound):
        said = "It was not placed: your orders at the exchange do not show it."
    elif ticket.order is not None:
        said = f"It was placed: order #{ticket.order.number}, {STATUS[ticket.order.status]}."
    elif ticket.state is TicketState.DONE:
        said = "It is settled; the card shows how."
    else:
        said = "It was not carried out; the card shows why."
    return Screen(lines(text(bold("Settled: "), headline(ticket)), said, badge(ticket)))


def _turned_up(ticket: Ticket, twin: OrderNumber) -> Screen:
    """What was said not to have been placed perhaps was."""
    said = f"Order #{twin} shows only now and may be it, but I cannot tell for sure. Look at the exchange's site."
    return Screen(lines(text(bold("Perhaps placed after all: "), headline(ticket)), said, badge(ticket)))


def held_ended(ticket: Ticket) -> Screen:
    """What came of a withdrawal that waited, in the state it is in now."""
    match ticket.state:
        case TicketState.DONE:
            happened, said = "Sent: ", "The exchange took the request. If this was not you, look at its site now."
        case TicketState.REFUSED:
            happened, said = "Not sent: ", "The card says why."
        case _:
            happened, said = "Outcome not known: ", "No answer came. It may or may not have been sent; see its card."
    return Screen(lines(text("🔔 ", bold(happened), headline(ticket)), said, badge(ticket)))


def joined(notice: PersonJoined) -> Screen:
    return Screen(text(bold(outside(notice.name, limit=60)), f" ({notice.person}) used your invitation."))


def key_works(notice: KeyWorks, *, now: datetime) -> Screen:
    return Screen(
        lines(
            bold(f"The key of {notice.account} works again."), italic(f"{notice.account} · {when(notice.at, now=now)}")
        )
    )


def limit_holds(change: LimitChange, account: str, *, now: datetime) -> Screen:
    """A raised limit came into force."""
    raised = limit_in_words(change.kind, change.currency, change.value)
    return Screen(
        lines(
            bold("Your raised limit holds from now on."),
            f"{raised}. /limits shows and lowers it.",
            _NOT_YOU,
            italic(f"{account} · {when(change.effective_at, now=now)}"),
        )
    )


_NOT_YOU = "If this was not you, send /panic now: it stops everything and cancels your orders."
_ALARMS: dict[AlarmKind, tuple[str, str]] = {
    AlarmKind.LINKED: (
        "An account was linked to you here.",
        "If this was not you, somebody else uses your Telegram: send /lock now, and end that session in Telegram.",
    ),
    AlarmKind.SESSION_LINKED: (
        "A browser session was linked here: Instant Trade is on.",
        "If this was not you, send /unlink instant and /lock now, and end other sessions in Telegram's settings.",
    ),
    AlarmKind.FACTOR_ON: (
        "Your second factor was turned on.",
        "If this was not you, send /lock now, and end other sessions in Telegram's settings.",
    ),
    AlarmKind.FACTOR_OFF: ("Your second factor was turned off.", _NOT_YOU),
    AlarmKind.FACTOR_LOCKED: (
        "Too many wrong codes: your second factor is locked.",
        "If these were not yours, send /panic now; it needs no code. Then delete the key at the exchange.",
    ),
    AlarmKind.CODES_RENEWED: ("Your recovery codes were replaced; the old ones are worth nothing now.", _NOT_YOU),
    AlarmKind.RECOVERY_USED: ("One of your recovery codes was used.", _NOT_YOU),
    AlarmKind.LIMIT_RAISE: (
        "A higher limit was asked for.",
        "If this was not you, drop it in /limits before then, and send /lock.",
    ),
    AlarmKind.ALIAS_ADDED: (
        "An alias to withdraw to was added.",
        "If this was not you, send /lock now, and remove it in /aliases.",
    ),
    AlarmKind.UNLOCK_ASKED: (
        "An unlock was asked for, without a second factor.",
        "If this was not you, send /lock: then it stays locked.",
    ),
    AlarmKind.UNLOCKED: ("Your accounts are unlocked.", "If this was not you, send /lock now."),
    AlarmKind.WRONG_CODES: ("Wrong codes were typed, and the question was closed.", _NOT_YOU),
    AlarmKind.WITHDRAWAL: (
        "A withdrawal was confirmed.",
        "If this was not you, send /lock now, and look at the exchange's site.",
    ),
    AlarmKind.PAYOUT: (
        "The payout address of a swap was confirmed, and sent.",
        "If this was not you, send /lock now, do not pay for that swap, and write to support@n.exchange.",
    ),
    AlarmKind.KEY_REJECTED: (
        "The exchange does not accept your key any more.",
        "Nothing can be read or sent with it. If you did not delete it, look at your ANDX dashboard; /link stores a "
        "new one.",
    ),
}
_DUE = {
    AlarmKind.FACTOR_LOCKED: "Until",
    AlarmKind.LIMIT_RAISE: "It holds from",
    AlarmKind.ALIAS_ADDED: "Withdrawals to it wait until",
    AlarmKind.UNLOCK_ASKED: "It was asked to open at",
}


def alarm(notice: Alarm, *, now: datetime) -> Screen:
    """What happened, when it takes effect, and what to do if it was somebody else."""
    happened, advice = _ALARMS[notice.kind]
    subject = outside(notice.subject) if notice.subject else None
    due = f"{_DUE[notice.kind]} {moment(notice.due, now=now)}." if notice.due and notice.kind in _DUE else None
    return Screen(lines(text("🔔 ", bold(happened)), subject, due, advice, _origin(notice, now=now)))


def withdrawal(ticket: Ticket, notice: Alarm, *, now: datetime) -> Screen:
    """A withdrawal that was confirmed, as it stands by now."""
    if ticket.state is TicketState.HELD and ticket.send_at is not None:
        happened = f"was confirmed, and is sent at {moment(ticket.send_at, now=now)}."
        advice = "If this was not you, send /lock now: then it is not sent."
    elif ticket.state is TicketState.REFUSED or ticket.state is TicketState.DECLINED:
        happened, advice = "was confirmed, but was not sent.", "If this was not you, send /lock now."
    else:
        happened = "was confirmed and sent."
        advice = "If this was not you, send /lock now, and tell ANDX: from here it can no longer be stopped."
    return Screen(lines(text("🔔 ", bold(headline(ticket)), f" {happened}"), advice, _origin(notice, now=now)))


def _origin(notice: Alarm, *, now: datetime) -> Html:
    at = when(notice.at, now=now)
    return italic(f"{notice.account} · {at}" if notice.account else at)


_LONGEST_PLACE = 80  # a topic in a group
_LOST: dict[Loss, tuple[str, str]] = {
    Loss.REMOVED: ("I was removed from {}.", "Add me again, and what you set up there goes on."),
    Loss.GONE: ("{} is not there any more.", "What you set up there cannot be told."),
    Loss.SILENCED: (
        "I may not write in {} any more.",
        "Let me write there again and send /here in it: then what you set up goes on.",
    ),
    Loss.TOPIC_DELETED: (
        "{} was deleted.",
        "What you set up there is paused. Set it up anew where it should be told.",
    ),
    Loss.TOPIC_CLOSED: (
        "{} is closed, and I may not write there.",
        "What you set up there waits. Once the topic is open again, it goes on.",
    ),
}


def places_lost(notices: Sequence[PlaceLost], *, now: datetime) -> Screen:
    """Where nothing can be told any more, and what to do."""
    return Screen(lines(*(part for notice in notices for part in _lost(notice, now=now))))


def _lost(notice: PlaceLost, *, now: datetime) -> tuple[Html | str | None, ...]:
    happened, advice = _LOST[notice.why]
    before, after = happened.split("{}")
    chat = outside(notice.title, limit=60) if notice.title else text("a chat of yours")
    if notice.why.is_of_topic:
        topic = text("The topic ", outside(notice.topic, limit=60)) if notice.topic else text("A topic")
        chat = text(topic, " in ", chat)
    return (
        bold(before, chat, after),
        advice,
        _undelivered(notice),
        _handed_over(notice),
        italic(when(notice.at, now=now)),
    )


def _undelivered(notice: PlaceLost) -> str | None:
    if not notice.waiting:
        return None
    messages = "1 message was" if notice.waiting == 1 else f"{notice.waiting:,} messages were"
    later = "" if notice.why.is_of_topic else " yet; alerts of more than a day ago will be left out"
    return f"{messages} not delivered{later}."


def _handed_over(notice: PlaceLost) -> str | None:
    if not notice.alerts:
        return None
    alerts = (
        "One alert had fired there: I tell it"
        if notice.alerts == 1
        else f"{notice.alerts} alerts had fired there: I tell them"
    )
    return f"{alerts} to you here."


def undelivered(told: Sequence[tuple[Undelivered, Alert | None]], *, now: datetime) -> Screen:
    """What was given up, and where; with the alert it was of, if that is still there."""
    what = "A message" if len(told) == 1 else f"{len(told)} messages"
    return Screen(
        lines(
            bold(f"{what} could not be delivered."),
            *(_given_up(notice, alert, now=now) for notice, alert in told),
            "Telegram refused, or did not answer for an hour.",
            italic(when(told[-1][0].at, now=now)),
        )
    )


def _given_up(notice: Undelivered, alert: Alert | None, *, now: datetime) -> Html:
    where = text(" · for ", outside(notice.place, limit=_LONGEST_PLACE))
    if notice.fired is None:
        return text("The daily digest", where)
    name = "An alert" if alert is None else f"{alert.pair} {happened(alert, notice.fired)}"
    return text(name, ", at ", code(number(notice.fired.price)), f" · {moment(notice.fired.at, now=now)}", where)


def alerts_missed(notices: Sequence[AlertsMissed]) -> Screen:
    count = sum(notice.count for notice in notices)
    fired = "1 alert fired" if count == 1 else f"{count:,} alerts fired"
    return Screen(text(f"{fired} more than a day ago, when I could not say so here."))
