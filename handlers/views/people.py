"""Who has access."""

from datetime import datetime

from chatbot.domain.chats import Subscriptions
from chatbot.domain.ids import PersonId
from chatbot.domain.people import Person, Role
from chatbot.services.people import OneTimeLink
from handlers.actions import AskRemovePerson, Invite, RemovePerson, ShowPeople
from handlers.views.format import age, moment
from handlers.views.html import bold, code, lines, outside, text
from handlers.views.paging import page_of
from handlers.views.screen import Copy, Link, Press, Screen

_A_PAGE = 15


def people(
    everybody: tuple[Person, ...], *, you: PersonId, page: int, open_to_all: bool, silenced: int = 0, now: datetime
) -> Screen:
    """Everybody who was let in, a page of them, with a button to remove each but yourself. In so many groups and
    channels the bot was `silenced`, because who stood for them was removed just now.
    """
    paged = page_of(everybody, number=page, size=_A_PAGE)
    shown = paged.items
    rows = tuple(
        (Press(f"Remove {_short(person)}", AskRemovePerson(person=person.id), style="danger"),)
        for person in shown
        if person.id != you
    )
    listed = [
        text(
            bold(outside(person.name, limit=40)),
            " · ",
            person.role.value,
            " · ",
            code(str(person.id)),
            f" · since {age(person.joined_at, now=now)}",
        )
        for person in shown
    ]
    title = text(bold("People"), f"  {len(everybody)}{paged.where}" if paged.where else "")
    empty = "Nobody was let in yet except the owners named in the settings." if not listed else None
    if open_to_all:
        empty = "This bot is open to everybody (ACCESS=open); invitations and removals change nothing."
    invite = (Press("Invite somebody", Invite()),)
    return Screen(
        lines(title, *listed, empty, _silent(silenced)),
        (*rows, *paged.keys(lambda number: ShowPeople(page=number)), invite),
    )


def _silent(chats: int) -> str | None:
    if not chats:
        return None
    where = "one group or channel" if chats == 1 else f"{chats} groups and channels"
    return (
        f"I am silent now in {where} only they stood for, until somebody with access writes to me there. "
        "What went on there is paused, and goes on when an admin resumes it."
    )


def invitation(link: OneTimeLink, *, url: str, now: datetime) -> Screen:
    """A link to pass on; it works for one person."""
    return Screen(
        lines(
            bold("An invitation for one person"),
            url,
            f"It works once, until {moment(link.expires_at, now=now)}. Send it only to the one it is for.",
        ),
        ((Copy("Copy the link", url),), (Link("Open", url),)),
    )


def ask_remove(person: Person) -> Screen:
    return Screen(
        lines(
            bold("Remove ", outside(person.name, limit=40), "?"),
            "They can no longer use the bot. Their linked accounts stay sealed here, unused, and what they set up in "
            "their private chat pauses.",
        ),
        (
            (Press("Remove", RemovePerson(person=person.id), style="danger"),),
            (Press("Keep", ShowPeople(page=1)),),
        ),
    )


def welcome(role: Role, *, paused: Subscriptions) -> str:
    """The first line after a one-time link. What was `paused` here stays so until they say otherwise."""
    greeting = "You own this bot now." if role is Role.OWNER else "Welcome, you have access now."
    named = (
        (paused.alerts, "alert", "/alerts"),
        (paused.boards, "board", "/board"),
        (paused.digests, "digest", "/digest"),
    )
    waits = ", ".join(f"{count} {name}{'' if count == 1 else 's'} ({how})" for count, name, how in named if count)
    return f"{greeting} Still paused here: {waits}." if waits else greeting


def _short(person: Person) -> str:
    return outside(person.name, limit=20).plain or str(person.id)
