"""Words from outside can be anything. They never become markup, never hide, reorder or break a message."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import InputError, KeyRejected, Refused, UnknownMarket
from chatbot.domain.ids import PersonId
from chatbot.domain.notices import PersonJoined
from chatbot.domain.people import Person, Role
from chatbot.domain.tickets import CancelState, RefusedBy, TicketState
from chatbot.services.accounts import Check, LinkReport
from chatbot.services.markets import Quote
from handlers.buttons import pack
from handlers.views import accounts, errors, markets, notices, people, start
from handlers.views.screen import Press, Screen
from handlers.views.tickets import card
from tests.fakes.values import BTC, ticker
from tests.handlers.views.examples import MAIN, NOW, cancel_ticket, order_ticket, told
from tests.handlers.views.markup import read

ATTACKS = [
    "<b>bold</b>",
    "</b></i></pre><a href='tg://user?id=1'>x</a>",
    "&lt;&amp;&#0;",
    "\u202egnp.exe\u2066\u200b\u200f",
    "\x00\x07\x1b[31m",
    "\ud800",
    "a\xad\U000e0041\U000e007f\u206f\ufff9",
    "a\nb\r\nc\u2028d",
    "x" * 10_000,
    "<" * 10_000,
    "&" * 10_000,
    "\u202e" * 10_000,
    "👨\u200d👩\u200d👧 خوش",
    "",
]
TAGS = re.compile(r"</?[a-z]+>")
words = st.one_of(st.sampled_from(ATTACKS), st.text(max_size=300))


def person(name: str) -> Person:
    return Person(id=PersonId(7), name=name, role=Role.MEMBER, joined_at=NOW - timedelta(days=1))


def failed(reason: str) -> Check:
    return Check(works=False, status=401, reason=reason)


SCREENS: dict[str, Callable[[str], Screen | None]] = {
    "refused card": lambda said: card(order_ticket(TicketState.REFUSED, RefusedBy(code=1, reason=said)), now=NOW),
    "refused cancellation": lambda said: card(
        cancel_ticket(TicketState.DONE, told((CancelState.REFUSED, said))), now=NOW
    ),
    "refused cancel card": lambda said: card(
        cancel_ticket(TicketState.REFUSED, RefusedBy(code=1, reason=said)), now=NOW
    ),
    "refused": lambda said: errors.describe(Refused(code=1, reason=said)),
    "key rejected": lambda said: errors.describe(KeyRejected(status=401, reason=said)),
    "not understood": lambda said: errors.describe(InputError(f"I understood “buy”, but not “{said[:40]}”.")),
    "unknown market": lambda said: errors.describe(UnknownMarket(symbol=said, nearest=("BTCUSDT",))),
    "link report": lambda said: accounts.report(
        LinkReport(venue=Venue.ANDX, account=MAIN, balances=failed(said), orders=failed(said))
    ),
    "rejected link": lambda said: accounts.report(
        LinkReport(venue=Venue.ANDX, account=None, balances=failed(said), orders=failed(said))
    ),
    "people": lambda said: people.people(
        tuple(person(said) for _ in range(30)), you=PersonId(8), page=1, open_to_all=False, now=NOW
    ),
    "remove": lambda said: people.ask_remove(person(said)),
    "joined": lambda said: notices.joined(PersonJoined(person=PersonId(7), name=said)),
    "no such command": start.no_such_command,
    "markets": lambda said: markets.markets((replace(BTC, base_name=said),) * 8, page=1, venue=Venue.ANDX),
    "price": lambda said: markets.price(
        Quote(market=replace(BTC, base_name=said), ticker=ticker()), venue=Venue.ANDX, now=NOW, private=True
    ),
}


def buttons(screen: Screen) -> Iterator[Press]:
    return (key for row in screen.rows for key in row if isinstance(key, Press))


@pytest.mark.parametrize("name", SCREENS)
@given(words)
def test_words_from_outside_stay_words(name: str, said: str) -> None:
    screen, harmless = SCREENS[name](said), SCREENS[name]("ordinary")
    assert screen is not None and harmless is not None
    visible = read(str(screen.text))
    assert 1 <= len(visible) <= 4096
    assert TAGS.findall(str(screen.text)) == TAGS.findall(str(harmless.text))
    for key in buttons(screen):
        assert len(pack(key.action).encode()) <= 64
        assert 0 < len(key.label) <= 40 and "\n" not in key.label


@pytest.mark.parametrize("said", ATTACKS)
def test_a_name_cannot_forge_a_line(said: str) -> None:
    lines = notices.joined(PersonJoined(person=PersonId(7), name=said)).text.plain.splitlines()
    assert len(lines) == 1 and lines[0].endswith("(7) used your invitation.")


@pytest.mark.parametrize(
    "markup",
    [
        "<b>",
        "</b>",
        "<b><i></b></i>",
        "a < b",
        "a & b",
        "<script>x</script>",
        "a\u202eb",
        "a\x00b",
        "&nbsp;",
        "<b",
        "\ud800",
    ],
)
def test_the_reader_of_these_tests_is_strict(markup: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(markup)


def test_the_reader_of_these_tests_reads() -> None:
    assert read("<b>a &lt; b</b>\n<pre>x &amp; y</pre>") == "a < b\nx & y"
