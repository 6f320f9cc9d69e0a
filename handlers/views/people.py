"""Who has access."""

from datetime import datetime

from chatbot.domain.ids import PersonId
from chatbot.domain.people import Person, Role
from chatbot.services.people import OneTimeLink
from handlers.actions import AskRemovePerson, Invite, RemovePerson, ShowPeople
from handlers.views.format import age, moment
from handlers.views.html import bold, code, lines, outside, text
from handlers.views.screen import Copy, Link, Press, Rows, Screen

_A_PAGE = 15


def people(everybody: tuple[Person, ...], *, you: PersonId, page: int, open_to_all: bool, now: datetime) -> Screen:
    """Everybody who was let in, a page of them, with a button to remove each but yourself."""
    pages = max(1, -(-len(everybody) // _A_PAGE))
    page = min(max(page, 1), pages)
    shown = everybody[(page - 1) * _A_PAGE : page * _A_PAGE]
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
    title = text(bold("People"), f"  {len(everybody)} · page {page} of {pages}" if pages > 1 else "")
    empty = "Nobody was let in yet except the owners named in the settings." if not listed else None
    if open_to_all:
        empty = "This bot is open to everybody (ACCESS=open); invitations and removals change nothing."
    invite = (Press("Invite somebody", Invite()),)
    return Screen(lines(title, *listed, empty), (*rows, *_pager(page, pages), invite))


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
            (Press("Keep", ShowPeople(page=1)),),
        ),
    )


def welcome(role: Role) -> str:
    """The first line after a one-time link."""
    return "You own this bot now." if role is Role.OWNER else "Welcome, you have access now."


def _pager(page: int, pages: int) -> Rows:
    keys = []
    if page > 1:
        keys.append(Press("‹ Prev", ShowPeople(page=page - 1)))
    if page < pages:
        keys.append(Press("Next ›", ShowPeople(page=page + 1)))
    return (tuple(keys),) if keys else ()


def _short(person: Person) -> str:
    return outside(person.name, limit=20).plain or str(person.id)
