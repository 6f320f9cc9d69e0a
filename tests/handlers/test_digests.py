"""/digest in a chat, and how one is told."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chatbot.domain.accounts import Venue
from chatbot.domain.errors import Cause, Unavailable
from chatbot.domain.notices import DigestDue
from chatbot.domain.places import Place
from chatbot.services.charts import DrawnMarket
from chatbot.services.desk import Services
from handlers.commands import Hearing
from handlers.digests import TELLINGS
from handlers.views.screen import Picture, Screen
from tests.fakes.pictures import png
from tests.fakes.values import BTC
from tests.handlers.conversation import Conversation
from tests.services.house import CHAT, House


async def test_it_is_set_shown_and_ended(anna: Conversation) -> None:
    await anna.say("/digest")
    assert "no daily digest here" in anna.last.text
    await anna.say("/digest 9pm BTC, ETH")
    assert "every day at 21:00" in anna.last.text and "BTC/USDT ETH/USDT" in anna.last.text
    await anna.say("/digest")
    assert "Next: 21:00 UTC" in anna.last.text
    await anna.say("/digest off")
    assert "No daily digest" in anna.last.text
    await anna.say("/digest BTC")
    assert "At what time?" in anna.last.text


async def told(house: House, charts: Any, *, after: timedelta = timedelta(0)) -> object:
    services = cast(Services, SimpleNamespace(digests=house.digests, charts=charts))
    now = house.clock.now()
    hearing = Hearing(
        place=Place(chat=CHAT), preferences=house.preferences.of_chat(CHAT), services=services, now=now + after
    )
    return await TELLINGS[0].say(hearing, [DigestDue(venue=Venue.PAPER, markets=(), at=now, late=False)])


class Charts:
    """Draws, or cannot."""

    def __init__(self, picture: bytes | None, error: Exception | None = None) -> None:
        self.picture, self.error = picture, error

    async def price(self, symbol: str, **how: object) -> DrawnMarket:
        if self.error is not None:
            raise self.error
        return DrawnMarket(market=BTC, picture=self.picture)


@pytest.mark.parametrize(
    ("charts", "kind"),
    [(Charts(png()), Picture), (Charts(None), Screen), (Charts(None, Unavailable(Cause.FAULT)), Screen)],
)
async def test_it_has_a_chart_where_one_can_be_drawn(house: House, charts: Charts, kind: type) -> None:
    assert isinstance(await told(house, charts), kind)


async def test_yesterdays_is_not_told_any_more(house: House) -> None:
    assert await told(house, Charts(None), after=timedelta(days=1)) is None
