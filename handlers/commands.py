"""Declarations: what people can say and tap. `/help`, the menus and the guards follow from them.

A feature module exports `ROUTES: tuple[Route, ...]` and, where it tells something unasked, `TELLINGS`;
`handlers/features.py` collects them.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from chatbot.domain.drafts import Dialogue
from chatbot.domain.notices import Notice
from chatbot.domain.places import Place
from chatbot.domain.preferences import Preferences
from chatbot.domain.protected import Protected as Action
from handlers.context import Context
from handlers.views.screen import Shown

if TYPE_CHECKING:
    from chatbot.services.desk import Services

A = TypeVar("A")
N = TypeVar("N", bound=Notice)
P = TypeVar("P", bound=Action)

CommandHandler = Callable[[Context], Awaitable[None]]
ButtonHandler = Callable[[Context, A], Awaitable[None]]
AnswerHandler = Callable[[Context, Dialogue], Awaitable[None]]
ProtectedHandler = Callable[[Context, P], Awaitable[None]]


class Where(Enum):
    """Where a route works. What is private never runs in a group."""

    PRIVATE = auto()
    ANYWHERE = auto()


class Needs(Enum):
    """What a person needs to be allowed: nothing, access to the bot or something of theirs stored here, access, an
    account linked, or to own the bot. `ROWS` is for what protects or erases one's own. `ADMIN`: in a group to be one
    of its admins, as Telegram says; in private it is access.
    """

    NOTHING = auto()
    ROWS = auto()
    ACCESS = auto()
    ADMIN = auto()
    LINKED = auto()
    OWNER = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """A word after a slash.

    `summary` is one line for the menu; `usage` are forms such as `/buy 0.01 BTC @ 60000`, `examples` likewise;
    `subject` groups commands in `/help`. With `secret`, a message that is not carried out (typed in a group, too old,
    by a stranger) is deleted, because its arguments may be secrets. `handle(ctx)` finds them in `ctx.args`.

    With `addresses`, the arguments may hold long words, such as addresses, that are taken for secrets elsewhere.

    An `urgent` command does not wait for what the same person said before; so it must do no harm beside anything. A
    message that waited too long is not carried out, except for what `late` does then. `by_link` are those that a link
    into the private chat may carry: whoever follows it did not read what it says, so they only open something.
    """

    name: str
    summary: str
    _: KW_ONLY
    handle: CommandHandler
    usage: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    subject: str = "More"
    where: Where = Where.PRIVATE
    needs: Needs = Needs.ACCESS
    secret: bool = False
    addresses: bool = False
    urgent: bool = False
    late: CommandHandler | None = None
    by_link: bool = False


@dataclass(frozen=True, slots=True)
class Button(Generic[A]):
    """What a tap on a button of this type does: `handle(ctx, action)`.

    The tap is answered before the handler runs; with `answers=True` the handler does that with `ctx.answer("…")`.
    """

    action: type[A]
    _: KW_ONLY
    handle: ButtonHandler[A]
    where: Where = Where.PRIVATE
    needs: Needs = Needs.ACCESS
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What happens to a plain text in the private chat while a question with this kind of draft is open.

    `handle(ctx, dialogue)` finds the text in `ctx.args`. `secret` and `addresses` as in `Command`.
    """

    draft: type
    _: KW_ONLY
    handle: AnswerHandler
    needs: Needs = Needs.ACCESS
    secret: bool = False
    addresses: bool = False


@dataclass(frozen=True, slots=True)
class Stray:
    """What happens to a plain text in the private chat that answers no question, where `concerns(ctx)`."""

    concerns: Callable[[Context], bool]
    _: KW_ONLY
    handle: CommandHandler
    secret: bool = False
    addresses: bool = False


@dataclass(frozen=True, slots=True)
class Spill:
    """What happens to a text in the private chat, typed or edited, that holds a secret where none is asked for; in
    place of what it would do. Only one can be declared.
    """

    _: KW_ONLY
    handle: CommandHandler


@dataclass(frozen=True, slots=True)
class Protected(Generic[P]):
    """What is done once the second factor was given, or was not needed: `handle(ctx, action)`.

    A handler begins it with `handlers.protection.protect(ctx, action)`. By then `ctx` is of the tap or command that
    began, or of the message with the code, which is deleted: `ctx.edit` suits all. `needs` is asked once more.
    """

    action: type[P]
    _: KW_ONLY
    handle: ProtectedHandler[P]
    needs: Needs = Needs.ACCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """To whom something is told unasked, and what they want to hear how."""

    place: Place
    preferences: Preferences
    services: "Services"
    now: datetime


@dataclass(frozen=True, slots=True)
class Telling(Generic[N]):
    """How notices of a type are told: `say(hearing, notices)`; None if there is nothing to say any more.

    `notices` is one notice, or, with `together`, all that wait for the same place, oldest first, so that several at
    once become one message.
    """

    notice: type[N]
    _: KW_ONLY
    say: Callable[[Hearing, Sequence[N]], Awaitable[Shown | None]]
    together: bool = False


Route = Command | Button[Any] | Answer | Stray | Spill | Protected[Any]
