"""Browser sessions: what they are, asking for one, and what became of it."""

from datetime import datetime

from chatbot.domain.accounts import Account, SessionState
from chatbot.domain.notices import SessionRejected
from chatbot.services.sessions import SessionReport
from handlers.actions import BeginSession, DropSession, LinkPracticeSession, ShowAccounts
from handlers.views.format import age, when
from handlers.views.html import Html, Part, bold, code, italic, lines, outside, text
from handlers.views.screen import Key, Press, Screen

_DELETED = "Each message you send here is deleted at once. /stop ends this."
_EXPLANATION: tuple[Part, ...] = (
    "Conversions and the list of your trades need two values of a browser that is logged in at ANDX. Your API key "
    "cannot do this.",
    text(
        "⚠️ ",
        bold("They are a whole login:"),
        " whoever has them can do in your ANDX account what you can do in that browser. I keep them sealed, and use "
        "them for quotes, conversions that you confirm and your trades, and for nothing else. /unlink instant erases "
        "them.",
    ),
    "To find them:",
    "• on a computer, log in at platform.andx.one",
    "• open the browser's developer tools (F12): Application → Storage → Local Storage → platform.andx.one",
    "• copy the values of USER_NAME and TOKEN",
    "They end with that browser session, for instance when you log out there. Then I ask for fresh ones.",
)


def asking(account: Account, *, practice: bool) -> Screen:
    """What a session can do, how it is found, and the question for the first of its two values. `practice`: one of the
    practice exchange can be had by a button.
    """
    if account.venue.is_live:
        return Screen(lines(bold(f"Instant Trade for {account.label}"), *_EXPLANATION, _first(), italic(_DELETED)))
    button = Press("Practise Instant Trade", LinkPracticeSession(account=account.id), style="success")
    return Screen(
        lines(
            bold(f"Instant Trade for {account.label} (practice exchange)"),
            "Only for values of a practice exchange: never paste those of a real account here.",
            _first(),
            italic(_DELETED),
        ),
        ((button,),) if practice else (),
    )


def asking_token() -> Screen:
    return Screen(lines(bold("2 of 2 · TOKEN"), "Now the value of TOKEN, from the same browser."))


def report(found: SessionReport) -> Screen:
    """What a session was found to be good for."""
    account = found.account
    if found.state is None:
        return _rejected(found)
    rows: list[Part] = [
        bold(f"Instant Trade is on for {account.label}."),
        "✓ Trades of the day",
        text("Session ending in ", code(outside(found.state.tail)), f" · {account.venue.badge}"),
    ]
    if not found.same_user:
        rows.append(
            f"⚠️ Its user name is not the one of your API key. If it is another ANDX account, conversions would be made "
            f"there, and {account.label} would not show them: then send /unlink instant."
        )
    rows.append("It ends with the browser session; then I ask for a fresh one. /unlink instant switches it off.")
    return Screen(lines(*rows), ((Press("Accounts", ShowAccounts()),),))


def _rejected(found: SessionReport) -> Screen:
    said: Html | None = None
    if found.history.reason:
        said = text("Its answer: ", outside(found.history.reason), ".")
    return Screen(
        lines(
            bold("The exchange did not accept this session. Nothing was stored."),
            said,
            "The usual reasons:",
            "• it ended: log in again in the browser, then copy both values anew",
            "• a value was not copied whole, or with quotation marks around it",
            "• the clock of this bot's server is off (the operator can run “chatbot check”)",
            "Then send /link instant again.",
        )
    )


def kept() -> Screen:
    """The warning when a message with a secret could not be deleted."""
    return Screen(
        text(
            "⚠️ ",
            bold("I could not delete your message with the secret."),
            " Delete it yourself now; best log out in that browser, which ends the session, and take a fresh one.",
        )
    )


def unlinked(account: Account) -> Screen:
    stays = "To end the session itself, log out in that browser." if account.venue.is_live else None
    return Screen(
        lines(bold(f"Instant Trade is off for {account.label}."), "Its session is erased here for good.", stays),
        ((Press("Accounts", ShowAccounts()),),),
    )


def ended(notice: SessionRejected, *, now: datetime) -> Screen:
    """The one request for a fresh session."""
    return Screen(
        lines(
            bold("ANDX does not accept your browser session any more."),
            "Instant Trade and fresh trades wait for a new one; everything else goes on working.",
            italic(f"{notice.label} · {when(notice.at, now=now)}"),
        ),
        ((Press("Paste a fresh one", BeginSession(account=notice.account)),),),
    )


def line(state: SessionState, *, now: datetime) -> Html:
    """How it stands, below its account."""
    if state.rejected_at is not None:
        return text(f"   Instant Trade: its session ended {age(state.rejected_at, now=now)}")
    return text("   Instant Trade: session ending in ", code(outside(state.tail)), f", {age(state.linked_at, now=now)}")


def keys(account: Account, state: SessionState | None) -> tuple[Key, ...]:
    """What can be done with an account's session."""
    if state is None:
        return (Press("Link Instant Trade", BeginSession(account=account.id)),)
    drop = Press("Unlink Instant Trade", DropSession(account=account.id), style="danger")
    return (drop,) if state.rejected_at is None else (Press("Fresh session", BeginSession(account=account.id)), drop)


def no_session() -> Html:
    """The error when something needs a session and there is none."""
    return lines(
        bold("This needs a browser session of ANDX, and none is linked."),
        "/link instant says what that is and takes one.",
    )


def expired() -> Html:
    """The error when the session that is linked is not accepted."""
    return lines(
        bold("This needs a browser session of ANDX, and yours has ended."),
        "/link instant takes a fresh one; everything else goes on working.",
    )


def _first() -> Html:
    return text(bold("1 of 2 · USER_NAME"), "\nSend the value of USER_NAME now, or both with a space between them.")
