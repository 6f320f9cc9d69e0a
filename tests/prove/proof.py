"""What a proof is: a claim, a number of cases that must all hold, and how one is tried.

Chance is seeded by proof, seed and case, so that any case can be repeated alone:

    python -m tests.prove --only NAME --seed SEED --first CASE --count 1
"""

import contextlib
import logging
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog

_FAILURES_KEPT = 20
_WORDS_EVERY = 20.0  # seconds between words about progress


@dataclass(slots=True, kw_only=True)
class Run:
    """A stretch of a proof's cases, `first` and the `count` that follow: what was done, and what failed."""

    name: str
    seed: int
    first: int
    count: int
    loud: bool = False
    done: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    remarks: dict[str, int] = field(default_factory=dict)
    _spoke_at: float = field(default_factory=time.monotonic)

    def cases(self, *, worth: int = 1) -> Iterator[tuple[int, random.Random]]:
        """Number and chance of each case; a case done counts as many as it is `worth`."""
        for case in range(self.first, self.first + self.count, worth):
            yield case, self.chance(case)
            self.count_done(worth)

    def chance(self, case: int) -> random.Random:
        return random.Random(f"{self.name}/{self.seed}/{case}")

    def count_done(self, number: int = 1) -> None:
        self.done += number
        if self.loud and time.monotonic() - self._spoke_at > _WORDS_EVERY:
            self._spoke_at = time.monotonic()
            sys.stderr.write(f"  {self.name} from {self.first:,}: {self.done:,} of {self.count:,}\n")

    def fail(self, case: int, what: str) -> None:
        """A case does not hold. The first few are kept in words."""
        self.failed += 1
        words = f"{self.name} --seed {self.seed} --first {case} --count 1: {what}"
        if len(self.failures) < _FAILURES_KEPT:
            self.failures.append(words)
            if self.loud:
                sys.stderr.write(f"  {words}\n")

    def remark(self, what: str) -> None:
        """Count something worth knowing about the cases, such as how many were of a kind."""
        self.remarks[what] = self.remarks.get(what, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`claim` must hold `required` times; `sample` is how many `--quick` and the test suite try.

    `shares` is into how many stretches the full count is cut, to be tried beside each other. `processes` says that it
    starts programs, which takes seconds before the first case.
    """

    name: str
    claim: str
    required: int
    sample: int
    prove: Callable[[Run], None]
    shares: int = 1
    processes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a proof, or of a share of it. `seconds` is the wall clock's."""

    name: str
    done: int
    required: int
    failed: int
    failures: tuple[str, ...]
    remarks: dict[str, int]
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.failed and self.done >= self.required


def carry_out(proof: Proof, *, seed: int, first: int, count: int, loud: bool = False) -> Result:
    """Try a stretch of cases. Whatever the proof itself raises is a failure, too."""
    run = Run(name=proof.name, seed=seed, first=first, count=count, loud=loud)
    began = time.monotonic()
    try:
        with _quiet():
            proof.prove(run)
    except Exception:
        run.fail(first + run.done, f"the proof broke off:\n{traceback.format_exc()}")
    return Result(
        name=proof.name,
        done=run.done,
        required=count,
        failed=run.failed,
        failures=tuple(run.failures),
        remarks=run.remarks,
        seconds=time.monotonic() - began,
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The program's own log is silent: a hundred thousand refusals are what a proof is about."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
