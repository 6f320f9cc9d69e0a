"""What is said at the door: to strangers, to what came too late, to what cannot be understood."""

from datetime import timedelta

from handlers.views.format import span
from handlers.views.html import bold, code, lines, outside, text
from handlers.views.screen import Link, Screen

STRANGER = "This bot is private. Ask its owner for an invitation."
OWNER_ONLY = "Only the owner of this bot can do that."
DEAD_BUTTON = "This button is no longer in use. Please send the command again."
OTHER_BUTTONS = "This message has changed, so this tap did nothing. Please look at what it says now."
ONLY_IN_PRIVATE = "That works only in our private chat."
NOT_HERE = "Nobody here has access to this bot."
ADMINS_ONLY = "Only this group's admins can do that."
TOO_MANY = "That is a lot at once: in a group I answer only a few questions a minute. Please try again in a moment."
UNCLEAR = "Telegram does not say right now who the admins are. Nothing was changed; please try again in a moment."
IN_CHANNEL = "A channel is managed in its admins' private chat with me."
NOT_LINKED = "Link an account first: send /link in our private chat."


def stranger() -> Screen:
    return Screen(text(STRANGER))


def owner_only() -> Screen:
    return Screen(text(OWNER_ONLY))


def admins_only() -> Screen:
    return Screen(text(ADMINS_ONLY))


def too_many() -> Screen:
    return Screen(text(TOO_MANY))


def unclear() -> Screen:
    return Screen(text(UNCLEAR))


def anonymous(url: str) -> Screen:
    """To an admin who hides behind the group, or behind a channel."""
    return Screen(
        lines(
            "I cannot see who you are, so I cannot do that.",
            "Write under your own name, or manage this chat from our private chat: /here shows how.",
        ),
        ((Link("Open the private chat", url),),),
    )


def away() -> Screen:
    return Screen(text("I was away when you wrote. Please repeat your last message."))


def private_only(url: str, *, secret_left: bool) -> Screen:
    """Shown in a group. With `secret_left`, a message that may hold a secret could not be deleted."""
    return Screen(
        lines(ONLY_IN_PRIVATE, _LEFT_BEHIND if secret_left else None),
        ((Link("Open the private chat", url),),),
    )


def secret_left() -> Screen:
    return Screen(text(_LEFT_BEHIND))


def unknown_command(name: str, *, nearest: str | None) -> Screen:
    hint = text("Did you mean /", nearest, "?") if nearest else text("/help shows what I can do.")
    return Screen(lines(text("I do not know ", code("/", outside(name, limit=32)), "."), hint))


def not_understood() -> Screen:
    return Screen(
        text(
            "I only understand commands, like /buy 0.01 BTC, and a few short forms, like btc? for a price. "
            "/help shows all commands."
        )
    )


def nothing_asks() -> Screen:
    """For a long word that may be an address, a transaction or a secret."""
    return Screen(text("Nothing asks for this now. If it is a token or a key, delete it. /help shows all commands."))


def incident(number: str) -> Screen:
    """Something of ours broke. The number finds it in the log."""
    return Screen(
        lines(
            bold("Something went wrong here."),
            text(
                "Nothing is done twice if you try again. If it stays, tell the owner of this bot: ", code(number), "."
            ),
        )
    )


_LEFT_BEHIND = (
    "I could not delete your message. If it holds a key or a passphrase, delete it yourself and make a new key."
)


def queueing(wait: timedelta) -> Screen:
    """Why an answer takes a while: the exchange's request limit is shared by everybody here."""
    return Screen(
        text(
            "Many requests at once: the exchange takes only so many a minute from this bot. "
            f"Yours is in the queue; the answer comes in about {span(wait)}."
        )
    )
