"""Pictures that nobody looks at."""

from chatbot.domain.charts import BookPicture, PortfolioPicture, PriceChart
from chatbot.domain.errors import NotDrawn
from tests.fakes.pictures import png


class FakeCharts:
    """`chatbot.ports.charts.Charts`: keeps what was to be drawn; while `broken`, draws nothing."""

    def __init__(self) -> None:
        self.charts: list[PriceChart] = []
        self.books: list[BookPicture] = []
        self.portfolios: list[PortfolioPicture] = []
        self.broken = False

    async def price(self, chart: PriceChart) -> bytes:
        self.charts.append(chart)
        return self._drawn()

    async def book(self, picture: BookPicture) -> bytes:
        self.books.append(picture)
        return self._drawn()

    async def portfolio(self, picture: PortfolioPicture) -> bytes:
        self.portfolios.append(picture)
        return self._drawn()

    def _drawn(self) -> bytes:
        if self.broken:
            raise NotDrawn
        return png()
