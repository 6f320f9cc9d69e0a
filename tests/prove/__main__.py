"""`python -m tests.prove`: the large random and crash counts, two at a time, ending in a table; exit 1 if one fails.

python -m tests.prove --quick                                         the sample the test suite tries
python -m tests.prove --only budget                                   one proof alone
python -m tests.prove --only budget --seed 7 --first 4000 --count 1   a failed case again
"""

import sys
import time

import click

from tests.prove.proof import Result
from tests.prove.proofs import BY_NAME, PROOFS
from tests.prove.shares import carry_out_all, merged, shares

_ROW = "{:<9} {:<108} {:>9} {:>9} {:>8} {:>7}"


def report(results: list[Result], *, seed: int, seconds: float) -> None:
    for result in results:
        if result.remarks:
            click.echo(f"\n{result.name}:")
            for what, times in sorted(result.remarks.items()):
                click.echo(f"  {times:>9,}  {what}")
    for result in results:
        for failure in result.failures:
            click.echo(f"\n{failure}")
    click.echo("\n" + _ROW.format("proof", "what", "done", "required", "failures", "seconds"))
    for result in results:
        numbers = (f"{result.done:,}", f"{result.required:,}", f"{result.failed:,}", f"{result.seconds:.0f}")
        click.echo(_ROW.format(result.name, BY_NAME[result.name].claim, *numbers))
    verdict = "everything holds" if all(result.holds for result in results) else "NOT PROVED"
    click.echo(f"\n{verdict} (seed {seed}, {seconds / 60:.1f} minutes)")


@click.command(help="Try every claim as often as it was promised.")
@click.option("--quick", is_flag=True, help="Only the small sample of each.")
@click.option("--only", "only", multiple=True, type=click.Choice(sorted(BY_NAME)), help="This proof; may be repeated.")
@click.option("--seed", default=1, show_default=True, help="Another seed, other cases.")
@click.option("--first", default=0, help="Number of the first case.")
@click.option("--count", type=int, help="How many cases, instead of what is required.")
def main(quick: bool, only: tuple[str, ...], seed: int, first: int, count: int | None) -> None:
    began = time.monotonic()
    names = only or tuple(proof.name for proof in PROOFS)
    click.echo(f"seed {seed}", err=True)
    parts = carry_out_all(list(shares(names, seed=seed, quick=quick, first=first, count=count)))
    results = [merged([part for part in parts if part.name == name]) for name in dict.fromkeys(names)]
    report(results, seed=seed, seconds=time.monotonic() - began)
    sys.exit(0 if all(result.holds for result in results) else 1)


if __name__ == "__main__":
    main()
