"""`make bench`: the figures, each beside what is required of it. Exits with 1 if one is missed."""

import asyncio
import sys

import uvloop

from tests.bench.figures import FULL, measure_all, table


def main() -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measure_all(FULL))
    sys.stdout.write(table(figures))
    return 0 if all(figure.passed for figure in figures) else 1


sys.exit(main())
