from dataclasses import replace
from datetime import timedelta
from typing import TypeGuard

import pytest

from chatbot.domain.ids import OrderNumber, PersonId
from chatbot.domain.notices import PersonJoined
from chatbot.domain.people import Person, Role
from chatbot.domain.tickets import CancelState, Moved, NotFound, TicketState
from chatbot.services.people import OneTimeLink
from handlers.actions import AskRemovePerson
from handlers.views import notices, people, start
from handlers.views.screen import Copy, Key, Link, Press
from tests.handlers.views.examples import MAIN, NOW, cancel_ticket, done, order, order_ticket, told

BORIS = Person(id=PersonId(7), name="Boris", role=Role.MEMBER, joined_at=NOW - timedelta(days=2))
ANNA = replace(BORIS, id=PersonId(8), name="Anna", role=Role.OWNER)


def test_everybody_but_oneself_can_be_removed() -> None:
    screen = people.people((ANNA, BORIS), you=ANNA.id, page=1, open_to_all=False, now=NOW)
    assert screen.text.plain == "People\nAnna · owner · 8 · since 2 d ago\nBoris · member · 7 · since 2 d ago"
    assert [[key.label for key in row] for row in screen.rows] == [["Remove Boris"], ["Invite somebody"]]


@pytest.mark.parametrize("everybody", [(), (ANNA, BORIS)])
def test_where_everybody_may_come_in_the_list_says_that_it_changes_nothing(everybody: tuple[Person, ...]) -> None:
    told = people.people(everybody, you=ANNA.id, page=1, open_to_all=True, now=NOW).text.plain.split("\n")
    assert len(told) == 2 + len(everybody)
    assert told[-1] == "This bot is open to everybody (ACCESS=open); invitations and removals change nothing."


def test_a_crowd_is_paged_so_that_everybody_can_be_removed() -> None:
    crowd = tuple(replace(BORIS, id=PersonId(at + 10), name="B" * 64) for at in range(32))
    pages = [people.people(crowd, you=ANNA.id, page=page, open_to_all=False, now=NOW) for page in (1, 2, 3)]
    removals = [key.action for screen in pages for row in screen.rows for key in row if is_removal(key)]
    assert removals == [AskRemovePerson(person=person.id) for person in crowd]
    assert [screen.text.plain.split("\n")[0] for screen in pages][1] == "People  32 · page 2 of 3"
    assert people.people(crowd, you=ANNA.id, page=99, open_to_all=False, now=NOW) == pages[2]


def is_removal(key: Key) -> TypeGuard[Press]:
    return isinstance(key, Press) and isinstance(key.action, AskRemovePerson)


def test_an_invitation_is_a_link_to_copy_until_a_moment() -> None:
    url = "https://t.me/bot?start=inv_x"
    link = OneTimeLink(payload="inv_x", expires_at=NOW + timedelta(hours=24))
    screen = people.invitation(link, url=url, now=NOW)
    assert "It works once, until 21 Nov 12:00 UTC." in screen.text.plain
    assert screen.rows == ((Copy("Copy the link", url),), (Link("Open", url),))


def test_somebody_without_a_readable_name_is_called_by_number() -> None:
    (row, _) = people.people((replace(BORIS, name="\u202e"),), you=ANNA.id, page=1, open_to_all=False, now=NOW).rows
    assert row[0].label == "Remove 7"


def test_the_first_screen_takes_the_next_step() -> None:
    new, linked = start.start(None, practice=True, greeting="Welcome"), start.start(MAIN, practice=True)
    assert new.text.plain.split("\n")[0] == "Welcome" and len(linked.text.plain.split("\n")) == 4
    assert [key.label for row in new.rows for key in row][:2] == [
        "Practise with play money",
        "Link an account by its key",
    ]
    assert [key.label for row in linked.rows for key in row] == ["Balance", "Buy", "Sell", "Prices", "Help"]


def test_what_is_said_unasked() -> None:
    filled = done(order(order().status.FILLED, "0.01"))
    said = {
        notices.settled(filled): "It was placed: order #54259, filled.",
        notices.settled(order_ticket(TicketState.REFUSED, NotFound(reads=2))): (
            "It was not placed: your orders at the exchange do not show it."
        ),
        notices.settled(cancel_ticket(TicketState.DONE, told((CancelState.CANCELLED, "")))): (
            "It is settled; the card shows how."
        ),
        notices.settled(order_ticket(TicketState.REFUSED, Moved())): "It was not carried out; the card shows why.",
    }
    for screen, sentence in said.items():
        head, body, foot = screen.text.plain.split("\n")
        assert head.startswith("Settled: ") and (body, foot) == (sentence, "paper-1 · PAPER")
    late = notices.settled(order_ticket(TicketState.REFUSED, NotFound(reads=2, twin=OrderNumber(54259))))
    assert late.text.plain.startswith("Perhaps placed after all: ") and "Order #54259 shows only now" in late.text.plain
    joined = notices.joined(PersonJoined(person=BORIS.id, name="Boris"))
    assert joined.text.plain == "Boris (7) used your invitation."
