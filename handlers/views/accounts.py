"""Linked accounts, and linking one."""

from datetime import datetime

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.drafts import Question
from chatbot.services.accounts import Check, LinkReport
from handlers.actions import AskUnlink, BeginLink, LinkPractice, ShowAccounts, Unlink, UseAccount
from handlers.views.format import age
from handlers.views.html import Html, Part, bold, code, italic, lines, outside, text
from handlers.views.screen import Key, Press, Rows, Screen

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
    now: datetime,
    standing: Html | None = None,
) -> Screen:
    """What is linked; never a secret, only the last four characters of each key. `standing` says what is locked."""
    if not linked:
        return not_linked(practice=practice)
    rows: list[tuple[Key, ...]] = []
    for account in linked:
        unlink = Press(f"Unlink {account.label}", AskUnlink(account=account.id), style="danger")
        use = Press(f"Use {account.label}", UseAccount(account=account.id))
        is_active = active is not None and account.id == active.id
        rows.append((unlink,) if is_active else (use, unlink))
    rows.append((Press("Link another", BeginLink(venue=linked[0].venue)),))
    return Screen(
        lines(bold("Linked accounts"), standing, *(_account(account, active, now=now) for account in linked)),
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


def asking(question: Question, *, venue: Venue) -> Screen:
    """One of the four questions; answers are deleted as they come."""
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
        )
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


def key_kept(*, deleted: bool) -> Html | None:
    """The warning when a message with a secret could not be deleted."""
    if deleted:
        return None
    return text(
        "⚠️ ",
        bold("I could not delete your message with the secret."),
        " Delete it yourself now; best make a new key on the exchange and unlink this one.",
    )


def ask_unlink(account: Account) -> Screen:
    return Screen(
        lines(
            bold(f"Unlink {account.label}?"),
            text("The key ending in ", code(account.key_tail), " is erased here for good."),
            "Open orders stay at the exchange. To end the key itself, delete it in your ANDX dashboard.",
        ),
        (
            (Press("Unlink", Unlink(account=account.id), style="danger"),),
            (Press("Keep", ShowAccounts()),),
        ),
    )


def unlinked() -> Screen:
    return Screen(lines(bold("Unlinked."), "The key is erased."), ((Press("Accounts", ShowAccounts()),),))


def _rejected(found: LinkReport) -> Screen:
    said: tuple[Part, ...] = (f"{found.balances.status}",) if found.balances.status else ()
    if found.balances.reason:
        said += (" (", outside(found.balances.reason), ")")
    return Screen(
        lines(
            bold("The exchange did not accept this key. Nothing was stored."),
            text("Its answer: ", *said, "."),
            "The usual reasons:",
            "• the key is not confirmed: follow the link ANDX sent by e-mail",
            "• a wrong passphrase (it is not your login password), username or secret",
            "• the clock of this bot's server is off (the operator can run “chatbot check”)",
            "Then try /link again.",
        )
    )


def _check(what: str, check: Check) -> Html:
    if check.works:
        return text(f"✓ {what}")
    said = text(f"✕ {what}: the exchange answered {check.status}")
    return said + text(" (", outside(check.reason), ")") if check.reason else said


def _account(account: Account, active: Account | None, *, now: datetime) -> Html:
    mark = " · active" if active is not None and account.id == active.id else ""
    return text(
        bold(account.label),
        f" · {account.venue.badge}{mark}\n   key ending in ",
        code(account.key_tail),
        f", linked {age(account.linked_at, now=now)}",
    )
