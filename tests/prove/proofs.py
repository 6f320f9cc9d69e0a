"""Every proof there is."""

from tests.prove import (
    budget,
    claims,
    codes,
    crashes,
    evidence,
    forged,
    hostile,
    ledger,
    limits,
    locked,
    matrix,
    moved,
    parsers,
    rotation,
    secrets,
    shown,
    sizing,
    taps,
    withdrawals,
)
from tests.prove.proof import Proof

PROOFS: tuple[Proof, ...] = (
    crashes.PROOF,
    taps.PROOF,
    matrix.PROOF,
    locked.PROOF,
    evidence.PROOF,
    rotation.PROOF,
    moved.PROOF,
    budget.PROOF,
    claims.PROOF,
    limits.PROOF,
    codes.PROOF,
    parsers.PROOF,
    sizing.PROOF,
    shown.PROOF,
    forged.PROOF,
    hostile.PROOF,
    ledger.PROOF,
    secrets.PROOF,
    withdrawals.PROOF,
)

BY_NAME = {proof.name: proof for proof in PROOFS}
