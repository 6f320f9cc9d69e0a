"""What stands on the pictures: every word within the sheet, none over another."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from chatbot.charts.drawing import book as book_pictures
from chatbot.charts.drawing import price as price_pictures
from chatbot.charts.drawing.canvas import Across, Canvas, Point
from chatbot.domain.bars import Bar, History
from chatbot.domain.charts import BookPicture, Mark, PriceChart
from chatbot.domain.orders import Side
from chatbot.domain.preferences import ChartTheme, NumberStyle
from tests.charts.examples import LOOK, MINUTE, NOW, book, chart, history, picture

LAST = Decimal("76519.5")


@dataclass(frozen=True)
class Words:
    text: str
    left: float
    right: float
    middle: float
    size: float

    def covers(self, other: "Words") -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not beside and abs(self.middle - other.middle) < 0.5 * (self.size + other.size)


class Reading(Canvas):
    """A canvas that remembers where words stand. It paints, but packs no PNG, which takes longest."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Words] = []
        self.sheet = (0, 0)

    def begin(self, *, width: int, height: int, paper: str) -> None:
        self.seen, self.sheet = [], (width, height)
        super().begin(width=width, height=height, paper=paper)

    def words(
        self, text: str, at: Point, *, size: float, colour: str, bold: bool = False, across: Across = "left"
    ) -> None:
        super().words(text, at, size=size, colour=colour, bold=bold, across=across)
        width = self.width_of(text, size=size, bold=bold)
        left = at[0] - {"left": 0.0, "center": width / 2, "right": width}[across]
        self.seen.append(Words(text=text, left=left, right=left + width, middle=at[1], size=size))

    def png(self) -> bytes:
        self._agg.draw()  # type: ignore[no-untyped-call]
        return b""

    @property
    def texts(self) -> list[str]:
        return [words.text for words in self.seen]


@pytest.fixture(scope="module")
def canvas() -> Reading:
    return Reading()


def drawn(canvas: Reading, what: PriceChart | BookPicture) -> list[str]:
    """The words of a picture that is sound."""
    if isinstance(what, PriceChart):
        price_pictures.draw(canvas, what)
    else:
        book_pictures.draw(canvas, what)
    width, height = canvas.sheet
    for words in canvas.seen:
        assert words.left >= 0 and words.right <= width, words
        assert words.size / 2 <= words.middle <= height - words.size / 2, words
        assert words.size >= 26, "too small for a phone"
    assert [pair for pair in combinations(canvas.seen, 2) if pair[0].covers(pair[1])] == []
    return canvas.texts


HISTORIES = {
    "one bar": history(1, length=MINUTE),
    "three bars": history(3, length=MINUTE),
    "one flat bar": history(1, length=MINUTE, moves=0),
    "a flat day": history(96, moves=0),
    "a day": history(96),
    "a wild day": history(96, moves=400),
    "a month": history(90, length=timedelta(hours=8)),
    "after a gap": replace(day := history(96), bars=day.bars[:20] + day.bars[50:]),
}


@pytest.mark.parametrize("known", HISTORIES.values(), ids=HISTORIES)
@pytest.mark.parametrize("small", [False, True], ids=["large", "small"])
def test_no_word_covers_another(canvas: Reading, *, known: object, small: bool) -> None:
    span = timedelta(days=30) if known is HISTORIES["a month"] else timedelta(hours=24)
    words = drawn(canvas, chart(known, span=span, small=small))  # type: ignore[arg-type]
    assert {"BTC/USDT", "PAPER", "CET"} <= set(words)


def test_a_coin_of_many_zeros_is_told_by_its_last_digits(canvas: Reading) -> None:
    known = history(price="0.00000602", decimals=8)
    words = drawn(canvas, chart(known, decimals=8, title="SHIB/USDT", base="SHIB"))
    assert words.count(str(known.bars[-1].close)) == 2  # on top, and beside its line
    assert all(len(text.partition(".")[2]) == 8 for text in words if text.startswith("0.0000"))


def test_own_orders_fills_and_a_level_find_their_places(canvas: Reading) -> None:
    chance, known = random.Random(7), history()
    prices = [bar.close for bar in known.bars]
    marks = [Mark(side=chance.choice(list(Side)), price=chance.choice(prices)) for _ in range(20)]
    fills = [Mark(side=Side.BUY, price=bar.close, at=bar.start) for bar in chance.sample(known.bars, 20)]
    away = Mark(side=Side.SELL, price=Decimal(400_000))
    words = drawn(canvas, chart(known, marks=(*marks, *fills), level=prices[-1]))
    assert len(tags(words)) == 5
    assert "↑ Sell 400,000.00" in drawn(canvas, chart(known, marks=(away,)))
    assert "Buy" not in " ".join(drawn(canvas, chart(known, marks=tuple(fills))))


def test_orders_close_together_share_a_tag_that_counts_them(canvas: Reading) -> None:
    known = history(moves=4)
    last = known.bars[-1].close
    near = [Mark(side=Side.SELL, price=last + number) for number in range(1, 21)]
    same = [Mark(side=Side.BUY, price=last - 2)] * 2
    away = [Mark(side=Side.BUY, price=price) for price in map(Decimal, (100, 200, 300))]
    words = drawn(canvas, chart(known, marks=(*near, *same, *away)))
    first = f"20 sells from {last + 1:,f}"
    assert set(tags(words)) == {first, f"2 buys {last - 2:,f}", "↓ 3 buys from 300.00"}


@pytest.mark.parametrize("share", ["0.0001", "0.0005", "0.001", "0.002"])
def test_a_ladder_of_orders_is_named_step_by_step_or_counted(canvas: Reading, share: str) -> None:
    known = history(moves=4)
    last, step = known.bars[-1].close, Decimal(share)
    marks = [Mark(side=Side.BUY, price=(last * (1 - step * number)).quantize(last)) for number in range(1, 21)]
    seen = tags(drawn(canvas, chart(known, marks=tuple(marks))))
    counted = [int(text.split()[-4]) if "buys" in text else 1 for text in seen]
    assert sum(counted) == 20


def tags(words: list[str]) -> list[str]:
    return [text for text in words if {"Buy", "Sell", "buys", "sells"} & set(text.split())]


def test_a_picture_is_small_enough_to_be_sent_at_once() -> None:
    for png in (price_pictures.draw(Canvas(), chart(history())), book_pictures.draw(Canvas(), picture(book()))):
        assert png.startswith(b"\x89PNG\r\n\x1a\n") and len(png) < 200_000


def test_what_is_not_covered_is_said(canvas: Reading) -> None:
    known = history(30, length=MINUTE)
    assert "known since 16:18" in drawn(canvas, chart(known))
    assert "1 hour" in drawn(canvas, chart(history(60, length=MINUTE), span=timedelta(hours=1)))
    old = replace(known, since=NOW - timedelta(days=3))
    assert "known since 18 Nov 16:47" in drawn(canvas, chart(old, span=timedelta(days=7)))


def test_the_volume_is_called_what_it_is(canvas: Reading) -> None:
    assert any(text.startswith("24 h volume") and text.endswith(" BTC") for text in drawn(canvas, chart(history())))


@pytest.mark.parametrize("theme", ChartTheme)
@pytest.mark.parametrize("style", NumberStyle)
def test_numbers_read_as_the_chat_likes_them(canvas: Reading, theme: ChartTheme, style: NumberStyle) -> None:
    look = replace(LOOK, theme=theme, numbers=style, badge="")
    bar = Bar(start=NOW, open=LAST, high=LAST, low=LAST, close=LAST, volume=LAST)
    words = drawn(canvas, chart(History(bars=(bar,), length=MINUTE, since=NOW), look=look))
    shown = {NumberStyle.COMMA: "76,519.50", NumberStyle.SPACE: "76\N{NO-BREAK SPACE}519.50"}
    assert shown.get(style, "76.519,50") in words and "PAPER" not in words


def books() -> Iterator[BookPicture]:
    full = book()
    yield picture(full)
    yield picture(book(middle="0.00000602", decimals=8), decimals=8, title="1000SATSWITHALONGNAME/USDT", base="SATS")
    yield picture(replace(full, asks=()))
    yield picture(replace(full, bids=full.bids[:1], asks=full.asks[:1]))
    yield picture(replace(full, bids=()))


@pytest.mark.parametrize("shown", [*books()], ids=["full", "tiny prices", "only bids", "a level each", "only asks"])
def test_a_book_names_its_middle_and_its_spread(canvas: Reading, shown: BookPicture) -> None:
    words = drawn(canvas, shown)
    both = bool(shown.book.bids and shown.book.asks)
    assert ("middle" in words) is both
    assert any(text.startswith("spread ") for text in words) is both
    assert ("one side is empty" in words) is not both


def test_the_spread_is_exact(canvas: Reading) -> None:
    full = book()
    spread = full.asks[0].price - full.bids[0].price
    assert any(text.startswith(f"spread {spread}  (") for text in drawn(canvas, picture(full)))
