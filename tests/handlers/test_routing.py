import pytest

from chatbot.domain.drafts import LinkDraft
from chatbot.domain.protected import Invite
from handlers.buttons import button
from handlers.commands import Answer, Button, Command, Needs, Protected, Route, Where
from handlers.context import Context
from handlers.features import ROUTES
from handlers.menus import menu, publish
from handlers.routing import Routes, Words, read_words
from tests.handlers.stage import Stage


@button("trout")
class Known:
    pass


class NoButton:
    pass


async def handle(ctx: Context, *rest: object) -> None:
    raise NotImplementedError


PING = Command("ping", "Answers", handle=handle)


@pytest.mark.parametrize(
    "twice",
    [PING, Button(Known, handle=handle), Answer(LinkDraft, handle=handle), Protected(Invite, handle=handle)],
    ids=lambda it: type(it).__name__,
)
def test_nothing_is_declared_twice(twice: Route) -> None:
    with pytest.raises(ValueError, match="twice"):
        Routes([twice, twice])


@pytest.mark.parametrize(
    "bad",
    [
        Command("Ping", "x", handle=handle),
        Command("", "x", handle=handle),
        Command("p" * 33, "x", handle=handle),
        Command("ping-pong", "x", handle=handle),
        Command("ping", "", handle=handle),
        Command("ping", "x" * 257, handle=handle),
    ],
)
def test_commands_telegram_would_not_take_are_refused(bad: Command) -> None:
    with pytest.raises(ValueError, match="not a command"):
        Routes([bad])


def test_only_button_types_are_taken() -> None:
    with pytest.raises(ValueError, match="NoButton"):
        Routes([Button(NoButton, handle=handle)])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/buy 0.01 BTC", Words("buy", "0.01 BTC")),
        ("/BUY\n0.01  BTC ", Words("buy", "0.01  BTC")),
        ("/buy@Some_Bot", Words("buy", "", "Some_Bot")),
        ("/buy@Some_Bot  x", Words("buy", "x", "Some_Bot")),
        ("/link A B\nC D", Words("link", "A B\nC D")),
        ("buy", Words(None, "buy")),
        ("/", Words(None, "/")),
        ("/buy!", Words(None, "/buy!")),
        (" /buy", Words(None, " /buy")),
        ("/büy", Words(None, "/büy")),
    ],
)
def test_a_command_is_read_as_telegram_marks_it(typed: str, read: Words) -> None:
    assert read_words(typed) == read


@pytest.mark.parametrize(("typed", "meant"), [("pingg", "ping"), ("pnig", "ping"), ("withdraw", None)])
def test_the_nearest_command_is_proposed_only_if_it_is_near(typed: str, meant: str | None) -> None:
    assert Routes([PING]).nearest(typed) == meant


def test_menus_follow_from_the_declarations() -> None:
    commands = (
        Command("price", "Prices", handle=handle, where=Where.ANYWHERE),
        Command("buy", "Buy", handle=handle),
        Command("people", "Who is in", handle=handle, needs=Needs.OWNER),
        Command("alert", "Set one", handle=handle, where=Where.ANYWHERE, needs=Needs.ADMIN),
    )
    assert [entry.command for entry in menu(commands, where=Where.PRIVATE)] == ["price", "buy", "alert"]
    assert [entry.command for entry in menu(commands, where=Where.ANYWHERE)] == ["price", "alert"]
    assert [entry.command for entry in menu(commands, where=Where.ANYWHERE, in_charge=False)] == ["price"]


async def test_menus_are_seen_where_they_belong(stage: Stage) -> None:
    price = Command("price", "Prices", handle=handle, where=Where.ANYWHERE)
    alert = Command("alert", "Set one", handle=handle, where=Where.ANYWHERE, needs=Needs.ADMIN)
    await publish(stage.line.bot, (price, PING, alert))
    world = stage.chat.world
    assert [each["command"] for each in world.menus.seen_by(1002, world.chats[1002])] == ["price", "ping", "alert"]
    assert [each["command"] for each in world.menus.seen_by(1002, world.chats[-4001])] == ["price"]
    assert [each["command"] for each in world.menus.seen_by(1001, world.chats[-4001])] == ["price", "alert"]


@pytest.mark.parametrize(
    "name",
    ["lock", "panic", "unlock", "halt", "resume", "invite", "people", "forget", "2fa", "unlink", "cancel", "stop"],
)
def test_a_link_carries_no_command_that_does_something(name: str) -> None:
    [command] = [route for route in ROUTES if isinstance(route, Command) and route.name == name]
    assert not command.by_link


def test_a_link_carries_what_merely_opens_something() -> None:
    by_link = {route.name for route in ROUTES if isinstance(route, Command) and route.by_link}
    looking = {"price", "markets", "book", "balance", "orders", "pending", "accounts", "limits", "aliases", "help"}
    looking |= {"chart", "depth", "alerts", "here", "swaps"}
    looking |= {"trades", "history", "export", "portfolio"}
    assert by_link == looking | {
        "alert",
        "audit",
        "notify",
        "buy",
        "sell",
        "withdraw",
        "swap",
        "link",
        "convert",
        "route",
    }
