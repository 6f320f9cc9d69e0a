"""Withdrawal aliases."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chatbot.domain.accounts import Account
from chatbot.domain.aliases import Alias
from chatbot.services.aliases import AddedAlias, AliasList
from handlers.actions import AskRemoveAlias, RemoveAlias, ShowAliases
from handlers.views.format import moment, span
from handlers.views.html import Html, bold, code, italic, lines, outside, text
from handlers.views.paging import page_of
from handlers.views.screen import Press, Screen

_A_PAGE = 15
_SHORT = 20


def aliases(listed: AliasList, *, page: int, now: datetime) -> Screen:
    """A page of all aliases, by account and currency, with a button to remove each."""
    paged = page_of(listed.aliases, number=page, size=_A_PAGE)
    shown = paged.items
    title = text(bold("Withdrawal aliases"), f"  {len(listed.aliases)}{paged.where}" if paged.where else "")
    rows = tuple((Press(_remove_label(alias), AskRemoveAlias(alias=alias.id)),) for alias in shown)
    return Screen(
        lines(title, *_listed(shown, listed.accounts, now=now), "" if shown else None, *_advice(listed)),
        (*rows, *paged.keys(lambda number: ShowAliases(page=number))),
    )


def added(done: AddedAlias, *, now: datetime) -> Screen:
    """Since when it is there, and until when a withdrawal to it waits."""
    alias, name = done.alias, outside(done.alias.name)
    first = bold(f"{alias.currency} alias ", name, " is added." if done.is_new else " was there already.")
    return Screen(
        lines(
            first,
            _hold_sentence(alias, now=now),
            "Save the address under exactly this name on ANDX's site; capitals count." if done.is_new else None,
            _badge(done.account),
        ),
        ((Press("All aliases", ShowAliases(page=1)),),),
    )


def ask_remove(alias: Alias, *, hold: timedelta) -> Screen:
    again = f" A withdrawal to it would wait {span(hold)} again." if hold else ""
    return Screen(
        lines(
            bold(f"Remove {alias.currency} alias ", outside(alias.name), "?"),
            f"It is forgotten here only, not on ANDX's site.{again}",
        ),
        (
            (Press("Remove", RemoveAlias(alias=alias.id), style="danger"),),
            (Press("Keep", ShowAliases(page=1)),),
        ),
    )


def removed(alias: Alias) -> Screen:
    return Screen(
        text(bold(f"{alias.currency} alias ", outside(alias.name), " is removed here.")),
        ((Press("All aliases", ShowAliases(page=1)),),),
    )


def _listed(shown: tuple[Alias, ...], accounts: tuple[Account, ...], *, now: datetime) -> Iterator[Html]:
    """One line per alias, below its account and currency."""
    by_id = {account.id: account for account in accounts}
    above: Alias | None = None
    for alias in shown:
        if above is None or above.account != alias.account:
            yield _badge(by_id[alias.account])
        if above is None or (above.account, above.currency) != (alias.account, alias.currency):
            yield bold(alias.currency)
        yield _line(alias, now=now)
        above = alias


def _line(alias: Alias, *, now: datetime) -> Html:
    uses = {0: "not used yet", 1: "used once"}.get(alias.uses, f"used {alias.uses} times")
    held = f" · held until {moment(alias.held_until, now=now)}" if alias.held_until > now else ""
    return text("   ", code(outside(alias.name)), f" · {uses}{held}")


def _hold_sentence(alias: Alias, *, now: datetime) -> str:
    if alias.held_until <= now:
        return "A withdrawal to it does not have to wait."
    return f"A withdrawal to it confirmed before {moment(alias.held_until, now=now)} waits until then."


def _advice(listed: AliasList) -> tuple[str, ...]:
    wait = f" Withdrawals to a new one wait {span(listed.hold)} first." if listed.hold else ""
    none = () if listed.aliases else ("There are none yet.",)
    return (*none, f"/alias add XRP NAME adds one.{wait}")


def _remove_label(alias: Alias) -> str:
    return f"Remove {alias.currency} {outside(alias.name, limit=_SHORT).plain}"


def _badge(account: Account) -> Html:
    return italic(f"{account.label} · {account.venue.badge}")
