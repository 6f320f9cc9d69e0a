"""Pictures of markets, drawn outside of this program's own process."""

from typing import Protocol

from chatbot.domain.charts import BookPicture, PortfolioPicture, PriceChart


class Charts(Protocol):
    """All return a PNG. Raise `NotDrawn` if it cannot be drawn now."""

    async def price(self, chart: PriceChart) -> bytes: ...

    async def book(self, picture: BookPicture) -> bytes: ...

    async def portfolio(self, picture: PortfolioPicture) -> bytes: ...
