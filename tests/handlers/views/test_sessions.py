from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.accounts import SessionState, Venue
from chatbot.domain.ids import AccountId
from chatbot.domain.notices import SessionRejected
from chatbot.domain.tickets import TicketState
from chatbot.services.accounts import Check
from chatbot.services.sessions import SessionReport
from handlers.actions import BeginSession, LinkPracticeSession
from handlers.views import accounts, sessions
from handlers.views.screen import Press
from tests.handlers.views.examples import MAIN, NOW, order_ticket
from tests.storage.examples import CONVERT, CONVERT_TERMS

LIVE = replace(MAIN, id=AccountId(2), label="andx-1", venue=Venue.ANDX)
STATE = SessionState(tail="9876", linked_at=NOW - timedelta(days=2))
REJECTED = SessionRejected(account=LIVE.id, label=LIVE.label, at=NOW)
ENDED = replace(STATE, rejected_at=NOW - timedelta(minutes=5))
LINKED = SessionReport(account=LIVE, state=STATE, history=Check(works=True))


def test_what_a_session_can_do_is_said_before_it_is_asked_for() -> None:
    said = sessions.asking(LIVE, practice=True)
    assert said.text.plain.startswith("Instant Trade for andx-1\n") and said.rows == ()
    warned, asked = said.text.plain.index("whole login"), said.text.plain.index("Send the value")
    assert warned < asked
    for words in ("Local Storage", "USER_NAME", "TOKEN", "F12", "They end with", "nothing else", "/unlink instant"):
        assert words in said.text.plain


def test_no_real_session_is_asked_for_in_practice() -> None:
    said = sessions.asking(MAIN, practice=True)
    asked, folded, _ = str(said.text).partition("<blockquote expandable>")
    assert folded and "never paste those of a real account here" in asked and "platform.andx.one" not in asked
    button = Press("Practise Instant Trade", LinkPracticeSession(account=MAIN.id), style="success")
    assert said.rows == ((button,),)
    assert sessions.asking(MAIN, practice=False).rows == ()


def test_a_report_shows_the_end_of_a_session_and_no_more() -> None:
    assert sessions.report(LINKED).text.plain.split("\n")[:3] == [
        "Instant Trade is on for andx-1.",
        "✓ Trades of the day",
        "Session ending in 9876 · LIVE",
    ]


@pytest.mark.parametrize(("reason", "said"), [("", ""), ("account_owner_different", "Its answer: account_owner_diff")])
def test_a_rejected_session_says_the_usual_reasons(reason: str, said: str) -> None:
    found = replace(LINKED, state=None, history=Check(works=False, reason=reason))
    shown = sessions.report(found).text.plain
    assert shown.startswith("The exchange did not accept this session. Nothing was stored.\n" + said)
    assert "copy both values anew" in shown


def test_accounts_show_which_have_a_session_and_how_it_stands() -> None:
    linked = {LIVE.id: STATE, MAIN.id: ENDED}
    screen = accounts.accounts((MAIN, LIVE), LIVE, practice=True, sessions=linked, now=NOW)
    assert screen.text.plain == (
        "Linked accounts\n"
        "paper-1 · PAPER\n"
        "   key ending in 4f2a, linked 3 d ago\n"
        "   Instant Trade: its session ended 5 min ago\n"
        "andx-1 · LIVE · for trading · in use\n"
        "   key ending in 4f2a, linked 3 d ago\n"
        "   Instant Trade: session ending in 9876, 2 d ago"
    )
    assert [[key.label for key in row] for row in screen.rows][2] == ["Unlink Instant Trade"]
    of_ended = accounts.accounts((MAIN, LIVE), MAIN, practice=True, sessions=linked, now=NOW)
    assert [[key.label for key in row] for row in of_ended.rows][2] == ["Fresh session", "Unlink Instant Trade"]


def test_the_request_for_a_fresh_session_says_whose_and_has_a_button() -> None:
    screen = sessions.ended(REJECTED, waiting=(), now=NOW)
    assert screen.text.plain.startswith("ANDX does not accept your browser session any more.\n")
    assert "everything else goes on working" in screen.text.plain and "andx-1 · " in screen.text.plain
    assert screen.rows == ((Press("Paste a fresh one", BeginSession(account=LIVE.id)),),)


def test_the_request_says_which_conversion_waits_for_it() -> None:
    lost = order_ticket(TicketState.UNCERTAIN, intent=CONVERT, terms=CONVERT_TERMS)
    said = sessions.ended(REJECTED, waiting=(lost,), now=NOW).text.plain
    assert "⚠️ Convert 0.00007 BTC to USDT: I need it to find out whether it was done." in said
