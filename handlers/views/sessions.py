"""Browser sessions: what they are, asking for one, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.accounts import Account, SessionState
from chatbot.domain.errors import NoSession
from chatbot.domain.ids import AccountId
from chatbot.domain.notices import SessionRejected
from chatbot.domain.tickets import Ticket
from chatbot.services.sessions import SessionReport
from handlers.actions import BeginSession, DropSession, LinkPracticeSession, ShowAccounts
from handlers.views.format import age, when
from handlers.views.html import Html, Part, bold, code, italic, lines, outside, quote, text
from handlers.views.screen import Key, Press, Screen
from handlers.views.ticket_parts import headline

_DELETED = "Each message you send here is deleted at once. /stop ends this."
_EXPLANATION: tuple[Part, ...] = (
    "Conversions and the list of your trades need two values of a browser that is logged in at ANDX. Your API key "
    "cannot do this.",
    text(
        "⚠️ ",
        bold("They are a whole login:"),
        " whoever has them can do in your ANDX account what you can do in that browser. I keep them sealed, and use "
        "them for quotes, conversions that you confirm and your trades, which I read once a day because ANDX forgets "
        "them, and for nothing else. /unlink instant erases them.",
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
            quote(lines(bold("What it is at the live exchange:"), *_EXPLANATION), expandable=True),
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
        bold(f"Instant Trade is on for {account.label}" + ("." if found.is_new else " already. Nothing was changed.")),
        "✓ Trades of the day",
        text("Session ending in ", code(outside(found.state.tail)), f" · {account.venue.badge}"),
    ]
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
            "Then send /link instant again. If fresh values are not accepted either, please tell this bot's owner.",
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


def taken_out(account: Account | None, *, deleted: bool) -> Screen:
    """A secret stood in the chat that nothing asked for; `account` is the one that a session would be linked with."""
    if deleted:
        what = "I deleted your message, and did nothing else with it."
    else:
        what = "I could not delete your message: do that yourself, now. If it held a session or a key, make a new one."
    keys = () if account is None else (Press("Link Instant Trade", BeginSession(account=account.id)),)
    return Screen(
        lines(
            bold("That looked like a secret, and nothing asked for one."),
            what,
            "A browser session is taken by /link instant, a key by /link.",
        ),
        (keys,) if keys else (),
    )


def unlinked(account: Account) -> Screen:
    stays = "To end the session itself, log out in that browser." if account.venue.is_live else None
    return Screen(
        lines(bold(f"Instant Trade is off for {account.label}."), "Its session is erased here for good.", stays),
        ((Press("Accounts", ShowAccounts()),),),
    )


def ended(notice: SessionRejected, *, waiting: Sequence[Ticket], now: datetime) -> Screen:
    """The one request for a fresh session; `waiting` are conversions whose outcome cannot be found out without one."""
    return Screen(
        lines(
            bold("ANDX does not accept your browser session any more."),
            "Instant Trade and fresh trades wait for a new one; everything else goes on working.",
            *(text("⚠️ ", headline(each), ": I need it to find out whether it was done.") for each in waiting),
            italic(f"{notice.label} · {when(notice.at, now=now)}"),
        ),
        ((fresh(notice.account),),),
    )


def fresh(account: AccountId) -> Press:
    return Press("Paste a fresh one", BeginSession(account=account))


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


def no_session(error: NoSession) -> Screen:
    """Something needs a session and there is none. What was to be converted goes on once there is one."""
    goes_on = "Then it goes on with what you wrote." if error.account is not None else None
    return Screen(
        lines(
            bold("This needs a browser session of ANDX, and none is linked."),
            "/link instant says what that is and takes one.",
            goes_on,
        ),
        () if error.account is None else ((_link(error.account, practises=error.practises),),),
    )


def _link(account: AccountId, *, practises: bool) -> Press:
    if practises:
        return Press("Practise Instant Trade", LinkPracticeSession(account=account), style="success")
    return Press("Link Instant Trade", BeginSession(account=account))


def expired() -> Html:
    """The error when the session that is linked is not accepted."""
    return lines(
        bold("This needs a browser session of ANDX, and yours has ended."),
        "/link instant takes a fresh one; everything else goes on working.",
    )


def _first() -> Html:
    return text(bold("1 of 2 · USER_NAME"), "\nSend the value of USER_NAME now, or both with a space between them.")
