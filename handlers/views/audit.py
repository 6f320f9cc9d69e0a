"""Looking back: who did what, when, from which chat, with which result."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from chatbot.domain.audit import Deed, Entry
from chatbot.domain.ids import PersonId
from chatbot.services.audit import AuditPage
from handlers.actions import ExportAudit, ExportEverybodysAudit, ShowAudit, ShowEverybodysAudit
from handlers.views.html import Html, Part, bold, italic, join, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

WORDS: Final[Mapping[Deed, str]] = {
    Deed.LET_IN: "Let in",
    Deed.TURNED_AWAY: "Turned away",
    Deed.INVITED: "Invitation made",
    Deed.REMOVED: "Access taken away",
    Deed.LINKED: "Account linked",
    Deed.LINK_FAILED: "Linking failed",
    Deed.UNLINKED: "Account unlinked",
    Deed.CONTINUED: "First step",
    Deed.CONFIRMED: "Confirmed",
    Deed.DECLINED: "Cancelled",
    Deed.EXPIRED: "Expired",
    Deed.STOPPED: "Stopped",
    Deed.RELEASED: "Hold over",
    Deed.SENT: "Sent",
    Deed.SETTLED: "Settled",
    Deed.FACTOR_ON: "Second factor on",
    Deed.FACTOR_OFF: "Second factor off",
    Deed.FACTOR_LOCKED: "Second factor locked",
    Deed.CODES_RENEWED: "Recovery codes renewed",
    Deed.RECOVERY_USED: "Recovery code used",
    Deed.REQUIREMENT: "Second factor for everybody",
    Deed.WRONG_CODE: "Wrong code",
    Deed.CODE_BURNT: "Code used up that nothing asked for",
    Deed.LOCKED: "Locked",
    Deed.UNLOCK_ASKED: "Unlock asked for",
    Deed.UNLOCKED: "Unlocked",
    Deed.HALTED: "Halted everything",
    Deed.RESUMED: "Halt ended",
    Deed.PANIC: "Panic",
    Deed.LIMIT_LOWERED: "Limit lowered",
    Deed.LIMIT_RAISED: "Limit raised",
    Deed.LIMIT_KEPT: "Limit kept",
    Deed.ALIAS_ADDED: "Alias added",
    Deed.ALIAS_REMOVED: "Alias removed",
    Deed.KEY_REJECTED: "Key rejected",
    Deed.KEY_WORKS: "Key works again",
    Deed.SESSION_LINKED: "Instant Trade linked",
    Deed.SESSION_UNLINKED: "Instant Trade unlinked",
    Deed.SESSION_REJECTED: "Browser session rejected",
    Deed.NOTICES_CHANGED: "Notices changed",
    Deed.SWAP_MARKED: "Swap marked as paid",
    Deed.SWAP_UNMARKED: "Swap's mark taken back",
    Deed.EXPORTED: "Log exported",
    Deed.FILE_ASKED: "File asked for",
    Deed.FORGOTTEN: "Somebody was forgotten",
}
"""What every deed is called."""

_EXPLANATION = "Everything that was done in your name, newest first. Times are UTC."
_EVERYBODYS = "Everything that was done, by everybody, newest first. Times are UTC."


def own(page: AuditPage, *, is_owner: bool, first: bool) -> Screen:
    """A person's own entries; an owner gets a button to everybody's."""
    rows: list[tuple[Key, ...]] = []
    if turning := _turning(page, first=first, newest=ShowAudit(before=0), older=ShowAudit(before=page.older or 0)):
        rows.append(turning)
    rows.append((Press("As a CSV file", ExportAudit()),))
    if is_owner:
        rows.append((Press("Everybody", ShowEverybodysAudit(before=0)),))
    return _screen(page, title="What you did", explanation=_EXPLANATION, everybodys=False, rows=tuple(rows))


def everybodys(page: AuditPage, *, first: bool) -> Screen:
    """All entries, for owners, each with its person."""
    newest, older = ShowEverybodysAudit(before=0), ShowEverybodysAudit(before=page.older or 0)
    turning = _turning(page, first=first, newest=newest, older=older)
    buttons = ((Press("As a CSV file", ExportEverybodysAudit()),), (Press("Only mine", ShowAudit(before=0)),))
    rows: Rows = (turning, *buttons) if turning else buttons
    return _screen(page, title="What everybody did", explanation=_EVERYBODYS, everybodys=True, rows=rows)


def exported(*, entries: int, part: int) -> Html:
    """What is said with the file."""
    counted = "1 entry" if entries == 1 else f"{entries:,} entries"
    return text(f"{counted}, newest first, times in UTC.", f" Part {part}." if part > 1 else "")


def line(entry: Entry, *, name: Part | None = None) -> Html:
    """An entry in words: `14:03 Confirmed · andx-1 · XRP to savings → held`."""
    event = entry.event
    facts: list[Part] = [name] if name is not None else []
    facts += [outside(fact, limit=60) for fact in (event.account, event.subject) if fact]
    if event.chat is not None and event.person is not None and int(event.chat) != int(event.person):
        facts.append("in a group")
    if entry.forgotten:
        facts.append(italic("forgotten"))
    said = join(" · ", (WORDS[event.deed], *facts))
    result = text(" → ", outside(event.result, limit=60)) if event.result else ""
    return text(f"{entry.at.astimezone(UTC):%H:%M} ", said, result)


def _screen(page: AuditPage, *, title: str, explanation: str, everybodys: bool, rows: Rows) -> Screen:
    said = _by_day(page, everybodys=everybodys) if page.entries else [text("Nothing was written down yet.")]
    return Screen(lines(bold(title), explanation, *said), rows)


def _by_day(page: AuditPage, *, everybodys: bool) -> list[Html]:
    said: list[Html] = []
    day = None
    for entry in page.entries:
        if entry.at.astimezone(UTC).date() != day:
            day = entry.at.astimezone(UTC).date()
            said += [text(""), bold(_day(entry.at))]
        said.append(line(entry, name=_who(entry, page.names) if everybodys else None))
    return said


def _day(at: datetime) -> str:
    then = at.astimezone(UTC)
    return f"{then:%A}, {then.day} {then:%B %Y}"


def _who(entry: Entry, names: Mapping[PersonId, str]) -> Part | None:
    event = entry.event
    if event.person is None:
        return None
    said = _called(event.person, names)
    return said if event.about is None else text(said, " (about ", _called(event.about, names), ")")


def _called(person: PersonId, names: Mapping[PersonId, str]) -> Html:
    return outside(names[person], limit=20) if person in names else text(str(person))


def _turning(page: AuditPage, *, first: bool, newest: object, older: object) -> tuple[Key, ...]:
    back = () if first else (Press("« Newest", newest),)
    return (*back, Press("Older ›", older)) if page.older is not None else back
