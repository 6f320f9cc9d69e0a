"""Groups, topics and channels: what goes on where, and the bot's introduction."""

from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.chats import KnownChat, Rights, Subscriptions, Topic
from chatbot.domain.notices import ChatJoined
from chatbot.domain.preferences import Preferences, QuietMode
from handlers.actions import ShowHere
from handlers.views.format import moment
from handlers.views.html import Html, Part, bold, code, lines, outside, text
from handlers.views.screen import Copy, Press, Rows, Screen

_EXAMPLE = "BTC > 80000"
_LISTED = 30
_TITLE = 60  # characters shown of a title
_LABEL = 40  # the same on a button


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place and what goes on there. `chat` is None for a private chat. `in_topic` counts what goes on in the topic
    `thread`. Of the `allowance` of alerts so many are `used`, paused ones too. `rights` are None where Telegram did not
    say.
    """

    chat: KnownChat | None
    thread: int | None
    topic: Topic | None
    going_on: Subscriptions
    in_topic: Subscriptions | None
    used: int
    allowance: int
    rights: Rights | None
    preferences: Preferences
    now: datetime


def place(spot: Spot) -> Screen:
    """In the group itself."""
    return Screen(
        lines(
            bold("Pushes set here come ", _where(spot), "."),
            *_facts(spot),
            text("Its admins set more: ", code(f"/alert {_EXAMPLE}")),
        )
    )


def managed(spot: Spot, chat: KnownChat) -> Screen:
    """Another chat, in the private chat of one of its admins."""
    line = f"/alert {chat.handle} {_EXAMPLE}"
    keys: Rows = ((Copy("Copy the example", line),), (Press("‹ All places", ShowHere(group=None)),))
    return Screen(lines(bold(_title(chat)), *_facts(spot), text("Set more from here: ", code(line))), keys)


def private(spot: Spot, others: tuple[KnownChat, ...]) -> Screen:
    """The private chat, and the way to the other places of the same person."""
    more = len(others) - _LISTED
    return Screen(
        lines(
            bold("Pushes set here come into our private chat."),
            *_facts(spot),
            "Your groups and channels:" if others else "Add me to a group or, as an admin, to a channel for more.",
            f"… and {more} more: name them, as in /alert @channel {_EXAMPLE}" if more > 0 else None,
        ),
        tuple((Press(_label(chat), ShowHere(group=chat.id)),) for chat in others[:_LISTED]),
    )


def joined(notice: ChatJoined, chat: KnownChat) -> Screen:
    """Said once when the bot comes: to the group itself, or to whoever let it into a channel."""
    going_on = _counted(Subscriptions(alerts=notice.alerts, boards=notice.boards, digests=notice.digests))
    if chat.is_channel:
        first = text("I may post in ", outside(chat.title, limit=_TITLE), " now", f": {going_on}." if going_on else ".")
        return Screen(lines(bold(first), text("Manage it from here: ", code(f"/alert {chat.handle} {_EXAMPLE}"))))
    if going_on:
        return Screen(bold(f"Back: {going_on}."))
    where = ", in the topic they write in" if chat.is_forum else ""
    return Screen(
        lines(
            bold("I post prices here, and alerts when a price is reached."),
            text(f"Only this group's admins set alerts{where}: ", code(f"/alert {_EXAMPLE}"), " · prices: /price BTC"),
        )
    )


def _where(spot: Spot) -> Part:
    if spot.thread is None:
        return "into the general topic" if spot.chat is not None and spot.chat.is_forum else "into this chat"
    named = spot.topic is not None and spot.topic.name
    return text("into the topic ", outside(named, limit=_TITLE)) if named else "into this topic"


def _facts(spot: Spot) -> tuple[Part | None, ...]:
    here = "" if spot.in_topic is None or not spot.used else f" ({spot.in_topic.alerts} go on in this topic)"
    return (
        text(f"{spot.used} of {spot.allowance} alerts{here}{_others(spot.going_on)}."),
        "This topic is closed." if spot.topic is not None and spot.topic.is_closed else None,
        _may(spot),
        _quiet(spot.preferences, now=spot.now),
        text("Time zone: ", outside(spot.preferences.zone, limit=_TITLE)),
    )


def _may(spot: Spot) -> str | None:
    """What the bot may do there, and what it lacks."""
    if spot.chat is None:
        return None
    kind = "channel" if spot.chat.is_channel else "group"
    rights = spot.rights
    if rights is None:
        return "Telegram does not say right now what I may do here."
    if not rights.is_in:
        return f"I am not in this {kind} any more; everything waits until I am added again."
    if not rights.may_write:
        return f"I may not write in this {kind}; everything waits until I may."
    if rights.may_pin:
        return "I may write and pin here."
    needed = "edit messages" if spot.chat.is_channel else "pin messages"
    return f"I may write here, but not pin: for that I need the right to {needed}."


def _quiet(preferences: Preferences, *, now: datetime) -> str:
    quiet = preferences.quiet
    if quiet is None:
        return "No quiet hours."
    how = "alerts wait" if quiet.mode is QuietMode.HOLD else "alerts come without a sound"
    until = preferences.quiet_until(now)
    in_force = f"; quiet now, until {moment(until, now=now)}" if until is not None else ""
    return f"Quiet hours {quiet.start:%H:%M}–{quiet.end:%H:%M}: {how}{in_force}."


def _others(going_on: Subscriptions) -> str:
    counts = Subscriptions(boards=going_on.boards, digests=going_on.digests)
    return f", {_listed(counts)}" if counts else ""


def _counted(going_on: Subscriptions) -> str:
    """`3 alerts and 1 board go on`; empty for nothing."""
    total = going_on.alerts + going_on.boards + going_on.digests
    return f"{_listed(going_on)} {'goes' if total == 1 else 'go'} on" if total else ""


def _listed(going_on: Subscriptions) -> str:
    named = ((going_on.alerts, "alert"), (going_on.boards, "board"), (going_on.digests, "digest"))
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in named if count)


def _title(chat: KnownChat) -> Html:
    return text(outside(chat.title, limit=_TITLE) or "Untitled", " · channel" if chat.is_channel else " · group")


def _label(chat: KnownChat) -> str:
    return outside(chat.title, limit=_LABEL).plain or "Untitled"
