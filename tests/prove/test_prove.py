"""A small, seeded sample of every proof; `make prove` tries the full counts."""

import pytest

from tests.prove.proof import Proof, Run, carry_out
from tests.prove.proofs import PROOFS


@pytest.mark.timeout(60)
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: str(proof.name))
def test_the_sample_of_every_proof_holds(proof: Proof) -> None:
    result = carry_out(proof, seed=1, first=0, count=proof.sample)
    assert result.holds, "\n\n".join(result.failures) or f"{result.done} of {result.required}"


def test_a_failing_case_fails_the_proof() -> None:
    def prove(run: Run) -> None:
        for case, _ in run.cases():
            if case == 3:
                run.fail(case, "three")

    result = carry_out(Proof(name="x", claim="", required=9, sample=9, prove=prove), seed=5, first=0, count=9)
    assert not result.holds and result.failures == ("x --seed 5 --first 3 --count 1: three",)


def test_a_proof_that_breaks_off_does_not_hold() -> None:
    def prove(run: Run) -> None:
        next(run.cases())
        raise RuntimeError("oh")

    result = carry_out(Proof(name="x", claim="", required=9, sample=9, prove=prove), seed=5, first=0, count=9)
    assert not result.holds and "oh" in result.failures[0]


def test_fewer_cases_than_required_do_not_hold() -> None:
    def prove(run: Run) -> None:
        run.count_done(8)

    assert not carry_out(Proof(name="x", claim="", required=9, sample=9, prove=prove), seed=5, first=0, count=9).holds
