"""Linked accounts, and linking one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from chatbot.domain.accounts import Account, SessionState, Venue
from chatbot.domain.drafts import Question
from chatbot.domain.ids import AccountId
from chatbot.domain.swaps import Swap
from chatbot.services.accounts import Check, LinkReport, SwapKeyReport
from handlers.actions import (
    AskUnlink,
    BeginLink,
    LinkPractice,
    LinkPracticeSwaps,
    ShowAccounts,
    Unlink,
    UseAccount,
)
from handlers.views import sessions as session_views
from handlers.views import swap_words as words
from handlers.views.format import age
from handlers.views.html import Html, Part, bold, code, italic, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

_NAMED_SWAPS = 5
_QUESTIONS = {
    Question.USERNAME: ("1 of 4 · Username", "Your ANDX user name: the e-mail address you log in with."),
    Question.PASSPHRASE: ("2 of 4 · Passphrase", "The passphrase you chose when you made the key, not your password."),
    Question.API_KEY: ("3 of 4 · API key", "The API key as ANDX shows it."),
    Question.SECRET_KEY: ("4 of 4 · Secret key", "The secret key that ANDX showed once."),
}


def accounts(
    linked: tuple[Account, ...],
    active: Account | None,
    *,
    practice: bool,
    swapping: Account | None = None,
    practice_swaps: bool = False,
    sessions: Mapping[AccountId, SessionState],
    now: datetime,
    standing: Html | None = None,
) -> Screen:
    """What is linked; never a secret, only the last four characters of each key and session. `standing` says what is
    locked, `swapping` is the account swaps are made with.
    """
    if not linked:
        return not_linked(practice=practice)
    used = [account.id for account in (active, swapping) if account is not None]
    rows: list[tuple[Key, ...]] = []
    for account in linked:
        unlink = Press(f"Unlink {account.label}", AskUnlink(account=account.id), style="danger")
        use = Press(f"Use {account.label}", UseAccount(account=account.id))
        rows.append((unlink,) if account.venue.swaps or account.id in used else (use, unlink))
    if active is not None:
        rows.append(session_views.keys(active, sessions.get(active.id)))
    exchanges = [account.venue for account in linked if not account.venue.swaps]
    rows.append((Press("Link another", BeginLink(venue=exchanges[0] if exchanges else Venue.ANDX)),))
    if practice_swaps and not any(account.venue is Venue.PAPER_SWAPS for account in linked):
        rows.append((Press("Practise swaps", LinkPracticeSwaps()),))
    return Screen(
        lines(
            bold("Linked accounts"),
            standing,
            *(_account(account, used, sessions.get(account.id), now=now) for account in linked),
        ),
        tuple(rows),
    )


def not_linked(*, practice: bool) -> Screen:
    """The way to an account."""
    rows: Rows = ((Press("Link an account by its key", BeginLink(venue=Venue.ANDX)),),)
    if practice:
        rows = ((Press("Practise with play money", LinkPractice(), style="success"),), *rows)
    return Screen(
        lines(
            bold("No account is linked yet."),
            "Link your ANDX account with an API key"
            + (", or take a practice account with play money: one tap, nothing to lose." if practice else "."),
        ),
        rows,
    )


def asking(question: Question, *, venue: Venue, swaps: bool = False) -> Screen:
    """One of the four questions; answers are deleted as they come. With `swaps` keys of n.exchange are taken too."""
    title, help_ = _QUESTIONS[question]
    make = "Make a key on platform.andx.one and follow the link ANDX e-mails you."
    if not venue.is_live:
        make = "Only for keys of a practice exchange: never type a real key here."
    where = "" if venue.is_live else " (practice exchange)"
    first = question is Question.USERNAME
    return Screen(
        lines(
            bold(title, where),
            help_,
            italic("Each message you send here is deleted at once. /stop ends this.") if first else None,
            italic(make) if first else None,
        ),
        ((Press("A key of n.exchange instead", BeginLink(venue=Venue.NEXCHANGE)),),) if swaps and first else (),
    )


def asking_swap_key(*, venue: Venue, practice: bool) -> Screen:
    """The one question for a key of n.exchange."""
    if venue.is_live:
        title, help_ = (
            "Key of n.exchange",
            "The API key as n.exchange gave it to you. It can create orders there, not move coins.",
        )
    else:
        title, help_ = (
            "Key of the practice n.exchange",
            "Only for keys of a practice exchange: never type a real key here.",
        )
    return Screen(
        lines(bold(title), help_, italic("The message you send here is deleted at once. /stop ends this.")),
        ((Press("Practise swaps with play money", LinkPracticeSwaps()),),) if practice else (),
    )


def report(found: LinkReport) -> Screen:
    """What a key was found to be good for."""
    if found.account is None:
        return _rejected(found)
    account = found.account
    rows: list[Part] = [
        bold(f"{account.label} is linked."),
        _check("Balances", found.balances),
        _check("Order list", found.orders),
        text("Key ending in ", code(account.key_tail), f" · {account.venue.badge}"),
        "Orders go to it from now on; /accounts switches.",
    ]
    if not (found.balances.works and found.orders.works):
        rows.append(text("What does not work needs a permission of the key: see your ANDX dashboard."))
    rows.append(text("Now try /balance, /price or ", code("/buy 0.01 BTC"), "; /2fa makes it safer."))
    return Screen(lines(*rows), ((Press("Accounts", ShowAccounts()),),))


def swap_key_report(found: SwapKeyReport, *, goes_on: bool = False) -> Screen:
    """What a key of n.exchange was found to be good for. `goes_on`: a swap waited for it, and follows."""
    if found.account is None:
        return Screen(
            lines(
                bold("n.exchange did not accept this key. Nothing was stored."),
                f"Its answer: {found.orders.status}." if found.orders.status else None,
                "Look whether it was copied whole, then try /link nexchange again.",
            )
        )
    account = found.account
    rows: list[Part] = [
        bold(f"{account.label} is linked."),
        _check("Order list", found.orders),
        text("Key ending in ", code(account.key_tail), f" · {account.venue.badge}, for swaps"),
    ]
    if not found.orders.works:
        rows.append(
            "⚠️ This key may not list its orders. If the answer to a new swap gets lost, I cannot look for it: I say so "
            "and create none again. An order that nobody pays ends by itself."
        )
    if not goes_on:
        rows.append(text("Now try ", code("/swap 500 USDC to BTC"), "."))
    return Screen(lines(*rows), ((Press("Accounts", ShowAccounts()),),))


def key_kept(*, deleted: bool) -> Html | None:
    """The warning when a message with a secret could not be deleted."""
    if deleted:
        return None
    return text(
        "⚠️ ",
        bold("I could not delete your message with the secret."),
        " Delete it yourself now; best make a new key on the exchange and unlink this one.",
    )


def ask_unlink(account: Account, open_swaps: Sequence[Swap] = ()) -> Screen:
    """`open_swaps` are those that its key is needed to follow."""
    stays = "Open orders stay at the exchange. To end the key itself, delete it in your ANDX dashboard."
    if account.venue.swaps:
        stays = "Open swaps go on at n.exchange; I cannot follow them any more. To end the key itself, do so there."
    return Screen(
        lines(
            bold(f"Unlink {account.label}?"),
            text("The key ending in ", code(account.key_tail), " is erased here for good."),
            *_named(open_swaps),
            stays,
        ),
        (
            (Press("Unlink", Unlink(account=account.id), style="danger"),),
            (Press("Keep", ShowAccounts()),),
        ),
    )


def _named(open_swaps: Sequence[Swap]) -> tuple[Html | str, ...]:
    if not open_swaps:
        return ()
    head = "One of its swaps is open:" if len(open_swaps) == 1 else f"{len(open_swaps)} of its swaps are open:"
    shown = [text(words.reference(swap), f", {words.STATUS[swap.status]}") for swap in open_swaps[:_NAMED_SWAPS]]
    more = len(open_swaps) - len(shown)
    return (bold(head), *shown, *((f"and {more} more",) if more else ()))


def unlinked() -> Screen:
    return Screen(lines(bold("Unlinked."), "The key is erased."), ((Press("Accounts", ShowAccounts()),),))


def _rejected(found: LinkReport) -> Screen:
    return Screen(
        lines(
            bold("The exchange did not accept this key. Nothing was stored."),
            _answer(found.balances),
            "The usual reasons:",
            "• the key is not confirmed: follow the link ANDX sent by e-mail",
            "• a wrong passphrase (it is not your login password), username or secret",
            "Then try /link again. If a fresh key is not accepted either, please tell this bot's owner.",
        )
    )


def _answer(check: Check) -> Html:
    said: tuple[Part, ...] = (f"{check.status}",) if check.status else ()
    if check.reason:
        said += (" (", outside(check.reason), ")")
    return text("Its answer: ", *said, ".")


def _check(what: str, check: Check) -> Html:
    if check.works:
        return text(f"✓ {what}")
    said = text(f"✕ {what}: the exchange answered {check.status}")
    return said + text(" (", outside(check.reason), ")") if check.reason else said


def _account(account: Account, used: Collection[AccountId], session: SessionState | None, *, now: datetime) -> Html:
    purpose = " · for swaps" if account.venue.swaps else ""
    mark = (" · in use" if account.venue.swaps else " · for trading · in use") if account.id in used else ""
    said = text(
        bold(account.label),
        f" · {account.venue.badge}{purpose}{mark}\n   key ending in ",
        code(account.key_tail),
        f", linked {age(account.linked_at, now=now)}",
    )
    return said if session is None else lines(said, session_views.line(session, now=now))
