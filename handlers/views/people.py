"""Who has access."""

from datetime import datetime

from chatbot.domain.ids import PersonId
from chatbot.domain.people import Person, Role
from chatbot.services.people import OneTimeLink
from handlers.actions import AskRemovePerson, Invite, RemovePerson, ShowPeople
from handlers.views.format import age, moment
from handlers.views.html import bold, code, lines, outside, text
from handlers.views.screen import Copy, Link, Press, Screen

_MOST_LISTED = 20


def people(everybody: tuple[Person, ...], *, you: PersonId, now: datetime) -> Screen:
    """Everybody who was let in, with a button to remove each but yourself."""
    rows = tuple(
        (Press(f"Remove {_short(person)}", AskRemovePerson(person=person.id), style="danger"),)
        for person in everybody[:_MOST_LISTED]
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
        for person in everybody[:_MOST_LISTED]
    ]
    more = f"…and {len(everybody) - _MOST_LISTED} more." if len(everybody) > _MOST_LISTED else None
    empty = "Nobody was let in yet except the owners named in the settings." if not listed else None
    return Screen(lines(bold("People"), *listed, more, empty), (*rows, (Press("Invite somebody", Invite()),)))


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
            "They can no longer use the bot. Their linked accounts stay sealed here, unused.",
        ),
        (
            (Press("Remove", RemovePerson(person=person.id), style="danger"),),
            (Press("Keep", ShowPeople()),),
        ),
    )


def welcome(role: Role) -> str:
    """The first line after a one-time link."""
    return "You own this bot now." if role is Role.OWNER else "Welcome, you have access now."


def _short(person: Person) -> str:
    return outside(person.name, limit=20).plain or str(person.id)
