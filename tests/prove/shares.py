"""Proofs cut into stretches that are tried two at a time, each in a process of its own, and put together again."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from tests.prove.proof import Result, carry_out
from tests.prove.proofs import BY_NAME

_CORES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A stretch of one proof's cases, for one process."""

    name: str
    seed: int
    first: int
    count: int

    def try_it(self) -> Result:
        return carry_out(BY_NAME[self.name], seed=self.seed, first=self.first, count=self.count, loud=True)


def shares(names: tuple[str, ...], *, seed: int, quick: bool, first: int, count: int | None) -> Iterator[Share]:
    """What is to be done, in the order in which it is begun: the longest first."""
    for name in names:
        proof = BY_NAME[name]
        total = count or (proof.sample if quick else proof.required)
        parts = 1 if quick or count else proof.shares
        for part in range(parts):
            size = total // parts
            yield Share(name=name, seed=seed, first=first + part * size, count=size)


def carry_out_all(work: list[Share]) -> list[Result]:
    """Two processes at a time. Results in the order of the work."""
    with ProcessPoolExecutor(max_workers=_CORES, mp_context=get_context("spawn")) as pool:
        under_way: dict[Future[Result], Share] = {pool.submit(share.try_it): share for share in work}
        for done in as_completed(under_way):
            share, result = under_way[done], done.result()
            verdict = "holds" if result.holds else f"FAILED {result.failed} times"
            did = f"{result.done:,} in {result.seconds:.0f} s"
            sys.stderr.write(f"  {share.name} from {share.first:,}: {did}, {verdict}\n")
    return [future.result() for future in under_way]


def merged(results: list[Result]) -> Result:
    """The shares of one proof as one. They ran beside each other, so the longest says how long it took."""
    remarks: dict[str, int] = {}
    for result in results:
        for what, times in result.remarks.items():
            remarks[what] = remarks.get(what, 0) + times
    return Result(
        name=results[0].name,
        done=sum(result.done for result in results),
        required=sum(result.required for result in results),
        failed=sum(result.failed for result in results),
        failures=tuple(failure for result in results for failure in result.failures),
        remarks=remarks,
        seconds=max(result.seconds for result in results),
    )
