"""The benchmark's own code, with counts so small that its numbers mean nothing."""

import pytest

from tests.bench.figures import Effort, measure_all, table

_TINY = Effort(
    taps=2,
    warm_up=0,
    rounds=1,
    flood_seconds=0.2,
    askers=20,
    pause=0.0,
    starts=1,
    slow_seconds=0.3,
    held_back=1.5,
    pictures=1,
    known_markets=2,
    rules=3_000,
)


@pytest.mark.timeout(120)
async def test_every_figure_is_measured_and_told() -> None:
    figures = await measure_all(_TINY)
    assert len(figures) == 16
    assert all(figure.name in table(figures) and figure.measured in table(figures) for figure in figures)
