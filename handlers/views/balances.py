"""What an account holds."""

from datetime import datetime

from chatbot.domain.limits import VALUED_IN
from chatbot.services.balances import Holding, Holdings
from handlers.actions import ShowBalance, ShowSubBalance
from handlers.views.format import number, when
from handlers.views.html import Html, bold, code, italic, join, lines, outside, text
from handlers.views.screen import Press, Screen

_MOST_ZEROS = 12


def holdings(held: Holdings, *, now: datetime) -> Screen:
    """All balances: the valuable first, dust in one line, zeros as the API's word."""
    title = text(
        bold("Balance"), "  ", outside(held.account_name), f" · {held.account.label} · {held.account.venue.badge}"
    )
    body = lines(*(_holding(holding) for holding in held.large)) if held.large else None
    if not held.large and not held.dust:
        body = text("The API reports 0 in every currency.")
    worth = _total(held) if held.large or held.dust else None
    return Screen(
        lines(title, "", body, _dust(held), _zeros(held), "", worth, italic(when(held.at, now=now))),
        ((Press("↻ Refresh", _again(held)),),),
    )


def _again(held: Holdings) -> ShowBalance | ShowSubBalance:
    account = held.account.id
    return ShowBalance(account=account) if held.sub is None else ShowSubBalance(account=account, sub=held.sub)


def _total(held: Holdings) -> Html:
    """The sum, and what is not in it."""
    total = text("Total ≈ ", bold(number(held.total, decimals=2), " ", VALUED_IN))
    unpriced = [holding.balance.currency for holding in held.large if holding.worth is None]
    return total + (f" without {', '.join(unpriced)}, which no market prices in {VALUED_IN}" if unpriced else "")


def _holding(holding: Holding) -> Html:
    balance = holding.balance
    shown = text(bold(balance.currency), "  ", code(number(balance.total)))
    if holding.worth is not None and balance.currency != VALUED_IN:
        shown += f"  ≈ {number(holding.worth, decimals=2)} {VALUED_IN}"
    if balance.held:
        shown += text("\n   available ", code(number(balance.available)), ", held ", code(number(balance.held)))
    return shown


def _dust(held: Holdings) -> Html | None:
    if not held.dust:
        return None
    names = join(", ", (f"{number(dust.balance.total)} {dust.balance.currency}" for dust in held.dust))
    return text(f"Dust, each under {number(held.dust_below)} {VALUED_IN}: ", names)


def _zeros(held: Holdings) -> Html | None:
    if not held.zeros or not (held.large or held.dust):
        return None
    names = ", ".join(held.zeros[:_MOST_ZEROS])
    more = f" and {len(held.zeros) - _MOST_ZEROS} more" if len(held.zeros) > _MOST_ZEROS else ""
    return text(f"The API reports 0 of {names}{more}.")
