"""How the audit log reads, in the chat and in a spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest

from chatbot.domain.audit import Deed, Entry, Event
from chatbot.domain.ids import ChatId, PersonId
from chatbot.services.audit import AuditPage
from handlers.views import audit as views
from handlers.views.audit_csv import COLUMNS, Table
from handlers.views.screen import Press, Screen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, GROUP, NOW

NAMES = {ANNA: "Anna"}


def entry(seq: int = 1, *, days: int = 0, forgotten: bool = False, **facts: object) -> Entry:
    values: dict[str, object] = {"deed": Deed.CONFIRMED, "person": ANNA, "chat": ANNAS_CHAT, **facts}
    event = Event(**values)  # type: ignore[arg-type]
    return Entry(seq=seq, at=NOW + timedelta(hours=2, minutes=3, days=days), event=event, forgotten=forgotten)


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.rows for key in row if isinstance(key, Press)]


def test_every_deed_has_words() -> None:
    assert set(views.WORDS) == set(Deed)


def test_an_entry_reads_in_words() -> None:
    withdrawal = entry(account="andx-1", subject="XRP to savings", result="held")
    assert views.line(withdrawal).plain == "14:03 Confirmed · andx-1 · XRP to savings → held"
    assert views.line(entry(deed=Deed.LOCKED)).plain == "14:03 Locked"
    assert views.line(entry(deed=Deed.TURNED_AWAY, chat=GROUP)).plain == "14:03 Turned away · in a group"


def test_entries_stand_under_their_day() -> None:
    page = AuditPage(entries=(entry(3, days=1), entry(2), entry(1)), names={}, older=None)
    said = views.own(page, is_owner=False, first=True).text.plain.splitlines()
    assert [line for line in said if "November" in line] == ["Saturday, 21 November 2026", "Friday, 20 November 2026"]


def test_an_empty_log_says_so() -> None:
    page = AuditPage(entries=(), names={}, older=None)
    assert "Nothing was written down yet." in views.own(page, is_owner=False, first=True).text.plain


def test_only_owners_are_offered_everybodys() -> None:
    page = AuditPage(entries=(entry(),), names={}, older=None)
    assert labels(views.own(page, is_owner=False, first=True)) == ["As a CSV file"]
    assert labels(views.own(page, is_owner=True, first=True)) == ["As a CSV file", "Everybody"]


@pytest.mark.parametrize(
    ("first", "older", "shown"),
    [(True, None, []), (True, 5, ["Older ›"]), (False, 5, ["« Newest", "Older ›"]), (False, None, ["« Newest"])],
)
def test_pages_can_be_turned(first: bool, older: int | None, shown: list[str]) -> None:
    page = AuditPage(entries=(entry(9),), names={}, older=older)
    assert labels(views.own(page, is_owner=False, first=first))[: len(shown)] == shown
    assert labels(views.everybodys(page, first=first))[: len(shown)] == shown


def test_everybodys_entries_name_who_and_whom() -> None:
    removal = entry(3, deed=Deed.REMOVED, about=BORIS)
    mine, gone = (
        entry(2, deed=Deed.SENT, person=None, chat=None, forgotten=True),
        entry(1, person=PersonId(5), chat=ChatId(5)),
    )
    said = views.everybodys(AuditPage(entries=(removal, mine, gone), names=NAMES, older=None), first=True).text.plain
    assert "Access taken away · Anna (about 42)" in said
    assert "Sent · forgotten" in said
    assert "Confirmed · 5" in said


def test_text_from_outside_cannot_become_markup() -> None:
    said = str(views.line(entry(subject="<b>XRP</b>\n\u202eto"), name=None))
    assert "<b>" not in said and "\u202e" not in said and "\n" not in said


def test_a_full_page_of_long_entries_fits_a_message() -> None:
    long = entry(account="a" * 200, subject="s" * 200, result="r" * 200, chat=GROUP)
    page = AuditPage(entries=(long,) * 12, names={ANNA: "n" * 64}, older=1)
    views.everybodys(page, first=False)  # raises ValueError beyond 4096 characters


def rows(*entries: Entry) -> list[list[str]]:
    table = Table()
    table.add(entries, NAMES)
    content = table.content()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_has_a_header_and_a_row_per_entry() -> None:
    head, first, second = rows(
        entry(2, account="andx-1", subject="XRP to savings", result="held"), entry(1, person=None)
    )
    assert head == list(COLUMNS)
    assert first == [
        "2",
        "2026-11-20 14:03:00",
        "Confirmed",
        "Anna",
        str(ANNA),
        "",
        str(ANNAS_CHAT),
        "andx-1",
        "XRP to savings",
        "held",
    ]
    assert second[3:5] == ["", ""]


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    _, row = rows(entry(subject=evil, result=evil, account=evil))
    assert row[-3:] == [f"'{evil}"] * 3
    named = Table()
    named.add([entry()], {ANNA: evil})
    assert [row[3] for row in csv.reader(io.StringIO(named.content().decode("utf-8-sig"), newline=""))][1] == f"'{evil}"


def test_any_text_comes_back_as_it_was() -> None:
    odd = 'a, "b"\r\nc; ünï'
    _, row = rows(entry(subject=odd))
    assert row[-2] == odd
    table = Table()
    table.add([entry(subject=odd)], NAMES)
    assert table.content().count(b"\r\n") == 3  # the header's, the row's, and the one quoted in it


def test_a_forgetting_says_how_much_it_covers() -> None:
    forgetting = Entry(seq=9, at=NOW, event=Event(deed=Deed.FORGOTTEN, person=None), covers=12)
    _, row = rows(forgetting)
    assert row[2] == "Somebody was forgotten (12 entries)"
