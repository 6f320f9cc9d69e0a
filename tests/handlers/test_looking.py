"""What is looked up by a command: the handlers of /price, /markets and /people over real services."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatbot.domain.errors import UnknownMarket
from chatbot.domain.ids import ChatId, MessageId
from chatbot.domain.people import Access, Role
from chatbot.services.desk import Services
from chatbot.services.people import People
from handlers import markets, people
from handlers.context import BotName, ChatKind, Context, Room, Speaker
from handlers.views.screen import Picture, Rows, Screen, Shown
from tests.services.house import ANNA, CHAT, House


class Ear:
    """Keeps what was said."""

    def __init__(self) -> None:
        self.heard: list[Screen] = []

    async def send(self, room: Room, shown: Shown, *, reply_to: MessageId | None = None) -> MessageId:
        assert isinstance(shown, Screen)
        self.heard.append(shown)
        return MessageId(len(self.heard))

    async def edit(self, chat: ChatId, message: MessageId, screen: Screen) -> bool:
        raise NotImplementedError

    async def redraw(self, chat: ChatId, message: MessageId, picture: Picture) -> bool:
        raise NotImplementedError

    async def change_keys(self, chat: ChatId, message: MessageId, rows: Rows) -> bool:
        raise NotImplementedError

    async def answer(self, tap: str, text: str | None, *, alert: bool) -> None:
        raise NotImplementedError

    async def delete(self, chat: ChatId, message: MessageId) -> bool:
        raise NotImplementedError


async def said(
    house: House,
    handle: Callable[[Context], Awaitable[None]],
    args: str = "",
    *,
    kind: ChatKind = ChatKind.PRIVATE,
    access: Access = Access.INVITE,
) -> Screen:
    """What a command of Anna's is answered with."""
    storage, ear = house.storage, Ear()
    invited = People(
        store=storage.people,
        outbox=storage.outbox,
        journal=storage.journal,
        owner_ids=(ANNA,),
        access=access,
        clock=house.clock,
        entropy=house.entropy,
    )
    services = SimpleNamespace(markets=house.markets, favourites=storage.favourites, people=invited)
    await handle(
        Context(
            person=Speaker(id=ANNA, name="Anna", role=Role.OWNER),
            chat=Room(id=CHAT, kind=kind),
            message=MessageId(1),
            args=args,
            tap=None,
            bot=BotName(id=1, username="bot"),
            clock=house.clock,
            services=cast(Services, services),
            commands={},
            protected={},
            mouth=ear,
            admins=cast(Any, None),
        )
    )
    (screen,) = ear.heard
    return screen


def labels(screen: Screen) -> list[str]:
    return [key.label for row in screen.rows for key in row]


@pytest.mark.parametrize("named", ["eth", "ETH/USDT", "ethereum"])
async def test_the_rules_of_one_market_are_shown_alone(house: House, named: str) -> None:
    screen = await said(house, markets.markets, named)
    shown = screen.text.plain
    assert shown.startswith("ETH/USDT  rules\nEthereum priced in Tether") and "BTC" not in shown
    assert house.exchange.calls[-2:] == ["market", "ticker"], "asked anew, each for the one market"
    everything = (await said(house, markets.markets)).text.plain
    assert all(pair in everything for pair in ("BTC/USDT", "ETH/USDT", "USDT/USD"))


async def test_the_rules_of_no_market_at_all_are_a_question_back(house: House) -> None:
    with pytest.raises(UnknownMarket) as caught:
        await said(house, markets.markets, "BTX")
    assert caught.value.nearest[0] == "BTCUSDT"


async def test_whoever_has_favourites_can_go_on_to_the_liveliest(house: House) -> None:
    liveliest = await said(house, markets.price)
    assert liveliest.text.plain.startswith("Liveliest markets\n") and "Liveliest markets" not in labels(liveliest)
    await house.storage.favourites.toggle(CHAT, "ETHUSDT", now=house.clock.at)
    favourites = await said(house, markets.price)
    assert favourites.text.plain.startswith("Your favourites\n")
    assert labels(favourites) == ["↻ Refresh", "ETH", "Liveliest markets"]
    in_group = await said(house, markets.price, kind=ChatKind.GROUP)
    assert in_group.text.plain.startswith("Favourites\n"), "a group's are its own: here they have one number"


@pytest.mark.parametrize(("access", "told"), [(Access.OPEN, True), (Access.INVITE, False), (Access.OWNERS, False)])
async def test_only_with_open_access_the_list_of_people_says_that_it_decides_nothing(
    house: House, access: Access, told: bool
) -> None:
    shown = (await said(house, people.people, access=access)).text.plain
    assert ("This bot is open to everybody (ACCESS=open)" in shown) is told
