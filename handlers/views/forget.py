"""Erasing everything of a person."""

from chatbot.services.forgetting import Outlook
from handlers.actions import AskForget, KeepEverything
from handlers.views.html import bold, lines, text
from handlers.views.screen import Press, Screen


def ask(outlook: Outlook) -> Screen:
    """What will be erased, and that it cannot be undone."""
    accounts = "1 linked account" if outlook.accounts == 1 else f"{outlook.accounts} linked accounts"
    return Screen(
        lines(
            bold("Erase everything of yours here?"),
            f"Your access, {accounts} with all keys, cards and their history, aliases, limits, locks, second factor, "
            "favourites, and settings. The log keeps that something was done, but no longer by whom or what.",
            "At the exchange nothing changes: open orders stay open, and so does your money. Delete the API key there.",
            "Backups that were made before now, also those the bot makes itself when it is updated, still hold your "
            "keys, sealed, until whoever runs the bot deletes them.",
            _owning(outlook),
            bold("This cannot be undone."),
        ),
        (
            (Press("Erase everything", AskForget(), style="danger"),),
            (Press("Keep everything", KeepEverything()),),
        ),
    )


def kept() -> Screen:
    return Screen(text("Nothing was erased."))


def forgotten(*, off_the_disk: bool) -> Screen:
    """`off_the_disk`: nothing of it can be read in the database's files any more."""
    delayed = "Another program reads the database just now; the last traces leave the disk as soon as it stops."
    return Screen(
        lines(
            bold("Everything of yours was erased."),
            None if off_the_disk else delayed,
            "Backups of the bot's owner may still hold your keys, sealed, so delete the API key at the exchange too, "
            "and this chat if you like.",
        )
    )


def _owning(outlook: Outlook) -> str | None:
    if outlook.last_owner:
        return "You are the only owner: after this nobody owns the bot, and its next start prints a link for a new one."
    if outlook.named_owner:
        return "You stay an owner, because OWNER_IDS names you."
    return None
