"""What everybody may look at."""

from enum import StrEnum

from chatbot.domain.charts import Span
from handlers.buttons import button


class PriceList(StrEnum):
    """A list of prices that has a name."""

    FAVOURITES = "fav"
    LIVELIEST = "live"


@button("p")
class RefreshPrices:
    """Market codes, joined by a dot."""

    codes: str


@button("pl")
class ShowPrices:
    which: PriceList


@button("pn")
class ShowPrice:
    """The price of one market, as a new message."""

    code: str


@button("b")
class ShowBook:
    code: str


@button("ch")
class DrawChart:
    """In the place of the tapped picture, or `anew` as a message of its own."""

    code: str
    span: Span
    anew: bool


@button("dp")
class DrawDepth:
    code: str
    anew: bool


@button("mr")
class ShowRules:
    code: str


@button("ms")
class ShowMarkets:
    page: int


@button("pf")
class ToggleFavourite:
    code: str
