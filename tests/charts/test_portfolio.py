"""What stands on the picture of a portfolio: every word within the sheet, none over another."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from chatbot.charts.drawing import portfolio
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


PICTURES = {
    "usual": a_portfolio(),
    "first reading": a_portfolio(days=1, percent=None),
    "one coin": a_portfolio(coins=1, days=2),
    "flat": a_portfolio(line=((NOW - timedelta(hours=1), Decimal(5)), (NOW, Decimal(5)))),
    "nothing is left of it": a_portfolio(line=((NOW - timedelta(days=1), Decimal(0)), (NOW, Decimal(0)))),
    "bitcoin": a_portfolio(
        currency="BTC",
        line=((NOW - timedelta(days=1), Decimal("0.00001")), (NOW, Decimal("0.00002"))),
        shares=(Share(name="BTC", worth=Decimal("0.00002")),),
        percent=Decimal(12_345),
    ),
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


def test_it_crosses_the_pipe_as_it_is() -> None:
    picture = a_portfolio()
    frame = written(picture)
    assert read(frame[:1], frame[5:]) == picture
