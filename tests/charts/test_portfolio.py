"""What stands on the picture of a portfolio: every word within the sheet, none over another."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from chatbot.charts.drawing import portfolio
from chatbot.charts.drawing.canvas import Point
from chatbot.charts.frames import read, written
from chatbot.domain.charts import PortfolioPicture, Share
from chatbot.domain.preferences import ChartTheme, NumberStyle
from tests.charts.examples import LOOK, NOW
from tests.charts.test_drawing import Reading


def a_portfolio(*, days: int = 30, coins: int = 9, seed: int = 1, **more: object) -> PortfolioPicture:
    chance = random.Random(seed)
    value, line = Decimal(12_000), []
    for day in range(days):
        value = max(Decimal(1), value + chance.randint(-900, 900))
        line.append((NOW - timedelta(days=days - day), value))
    worths = sorted((Decimal(chance.randint(1, 10**9)) / 10_000 for _ in range(coins)), reverse=True)
    said: dict[str, object] = {
        "title": "Main",
        "currency": "USDT",
        "line": tuple(line),
        "shares": tuple(Share(name=f"COIN{at}", worth=worth) for at, worth in enumerate(worths)),
        "percent": Decimal("-1.234"),
        "look": LOOK,
        **more,
    }
    return PortfolioPicture(**said)  # type: ignore[arg-type]  # as the values above


Line = tuple[tuple[datetime, Decimal], ...]


class Course(Reading):
    """Remembers the line of the values, too, which is the only one with more than two ends."""

    course: Sequence[Point] = ()

    def lines(
        self, lines: Sequence[Sequence[Point]], *, colour: str, width: float, dashes: Sequence[float] = ()
    ) -> None:
        self.course = next((line for line in lines if len(line) > 2), self.course)
        super().lines(lines, colour=colour, width=width, dashes=dashes)


def drawn(line: Line) -> Course:
    canvas = Course()
    portfolio.draw(canvas, a_portfolio(line=line))
    return canvas


def over(*values: str) -> Line:
    """A line of these values, an hour between two of them."""
    return tuple((NOW - timedelta(hours=len(values) - at), Decimal(value)) for at, value in enumerate(values, 1))


PICTURES = {
    "usual": a_portfolio(),
    "first reading": a_portfolio(days=1, percent=None),
    "one coin": a_portfolio(coins=1, days=2),
    "flat": a_portfolio(line=over(*["5"] * 6)),
    "nothing is left of it": a_portfolio(line=over(*["0"] * 6)),
    "bitcoin": a_portfolio(
        currency="BTC",
        line=over("0.00001", "0.00001", "0.00002", "0.00001", "0.00002"),
        shares=(Share(name="BTC", worth=Decimal("0.00002")),),
        percent=Decimal(12_345),
    ),
    "next to nothing moved": a_portfolio(line=over("212399", "212400", "212399", "212402", "212403")),
    "billions and long names": a_portfolio(
        title="A name of the exchange that goes on and on",
        shares=tuple(Share(name="W" * 40, worth=Decimal(10) ** 12 / (at + 1)) for at in range(9)),
        look=replace(LOOK, theme=ChartTheme.LIGHT, numbers=NumberStyle.SPACE),
    ),
    "dust beside a fortune": a_portfolio(
        shares=(Share(name="BTC", worth=Decimal(10**6)), Share(name="XRP", worth=Decimal("0.000001")))
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_words_stand_within_the_sheet_and_beside_each_other(name: str) -> None:
    canvas = Reading()
    portfolio.draw(canvas, PICTURES[name])
    width, height = canvas.sheet
    for words in canvas.seen:
        assert words.left >= 0 and words.right <= width and words.size / 2 <= words.middle <= height, words
    for one, other in combinations(canvas.seen, 2):
        assert not one.covers(other), (one, other)


def test_shares_are_those_of_the_whole_and_the_small_ones_are_one() -> None:
    canvas = Reading()
    shares = tuple(
        Share(name=name, worth=Decimal(worth))
        for name, worth in zip("ABCDEFGH", [60, 20, 8, 4, 3, 2, 2, 1], strict=True)
    )
    portfolio.draw(canvas, a_portfolio(shares=shares))
    said = [words.text for words in canvas.seen]
    assert "60.0%  60" in said and "3 others" in said and "5.0%  5" in said and "F" not in said


@pytest.mark.parametrize(
    ("line", "marks"),
    [
        (over("212399", "212400", "212399", "212402", "212403"), "211.5K 212.0K 212.5K 213.0K"),
        (over("1000.1", "1000.2", "1000.3", "1000.2", "1000.1"), "997.5 1,000.0 1,002.5 1,005.0"),
        (over("9000", "12000", "9500", "8000", "15000"), "8K 10K 12K 14K"),
    ],
)
def test_the_marks_of_the_scale_are_told_apart(line: Line, marks: str) -> None:
    assert " ".join(words.text for words in drawn(line).seen if words.middle > 480 and words.left > 1000) == marks


def test_two_thousandths_of_a_percent_are_no_rally_and_two_percent_are_a_rise() -> None:
    assert steepness("212399", "212403") < 0.01 and steepness("212000", "216300") > 0.8


def steepness(low: str, high: str) -> float:
    """How much of its room a line goes through."""
    heights = [y for _, y in drawn(over(low, low, low, low, high)).course]
    return (max(heights) - min(heights)) / (735 - 470)


def test_of_a_few_values_no_course_is_drawn() -> None:
    assert not drawn(over("9000", "12000", "9500", "8000")).course
    assert drawn(over("9000", "12000", "9500", "8000", "9000")).course


def test_it_crosses_the_pipe_as_it_is() -> None:
    picture = a_portfolio()
    frame = written(picture)
    assert read(frame[:1], frame[5:]) == picture
