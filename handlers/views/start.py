"""The first screen, and help."""

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from chatbot.domain.accounts import Account, Venue
from chatbot.domain.orders import Side
from handlers.actions import BeginLink, LinkPractice, PriceList, ShowBalance, ShowHelp, ShowPrices, StartOrder
from handlers.views.html import Html, bold, code, italic, lines, text
from handlers.views.screen import Press, Rows, Screen

if TYPE_CHECKING:
    from handlers.commands import Command

SUBJECTS = ("Look", "Alerts", "Trade", "Withdraw", "Swap", "Account", "Safety", "People", "More")
"""The subjects of `/help`, in this order."""


def start(account: Account | None, *, practice: bool, greeting: str = "", standing: Html | None = None) -> Screen:
    """Four lines on what this is, and the next step. `standing` says what is locked or halted."""
    return Screen(
        lines(
            bold(greeting) if greeting else None,
            standing,
            bold("Your ANDX account, in this chat."),
            "Prices, balances, orders: look and trade from your phone.",
            "Nothing that moves money happens without your tap on a card that shows exactly what will be sent.",
            "Your key is stored encrypted, and every message that holds it is deleted.",
        ),
        _next_steps(account, practice=practice),
    )


def _next_steps(account: Account | None, *, practice: bool) -> Rows:
    look = (Press("Prices", ShowPrices(which=PriceList.LIVELIEST)), Press("Help", ShowHelp(command=None)))
    if account is not None:
        trade = Press("Buy", StartOrder(side=Side.BUY, code=None), style="success")
        sell = Press("Sell", StartOrder(side=Side.SELL, code=None), style="danger")
        return ((Press("Balance", ShowBalance(account=account.id)),), (trade, sell), look)
    link = (Press("Link an account by its key", BeginLink(venue=Venue.ANDX)),)
    if practice:
        return ((Press("Practise with play money", LinkPractice(), style="success"),), link, look)
    return (link, look)


def overview(commands: Mapping[str, "Command"]) -> Screen:
    """All commands a person may use here, by subject."""
    ordered = sorted(commands.values(), key=lambda command: _rank(command.subject))
    parts: list[Html] = []
    for subject, group in groupby(ordered, key=lambda command: command.subject):
        listed = lines(*(text(f"/{command.name} – {command.summary}") for command in group))
        parts.append(lines(bold(subject), listed, ""))
    return Screen(lines(*parts, italic(f"More on one of them: /help {'buy' if 'buy' in commands else 'price'}")))


def usage(command: "Command") -> Screen:
    """How one command is used."""
    rows: list[Html | str] = [bold(f"/{command.name}"), command.summary]
    if command.usage:
        rows += ["", bold("Usage"), *(code(form) for form in command.usage)]
    if command.examples:
        rows += ["", bold("Examples"), *(code(example) for example in command.examples)]
    return Screen(lines(*rows), ((Press("All commands", ShowHelp(command=None)),),))


def no_such_command(name: str) -> Screen:
    return Screen(
        lines(text("There is no command ", code("/" + name[:32]), ". All there are:")),
        ((Press("All commands", ShowHelp(command=None)),),),
    )


def _rank(subject: str) -> int:
    return SUBJECTS.index(subject) if subject in SUBJECTS else len(SUBJECTS)
