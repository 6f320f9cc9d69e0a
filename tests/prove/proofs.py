"""Every proof there is."""

from tests.prove import (
    alerts,
    budget,
    claims,
    codes,
    crashes,
    evidence,
    follow_ups,
    forged,
    hostile,
    ledger,
    limits,
    locked,
    matrix,
    moved,
    parsers,
    pushes,
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
    alerts.PROOF,
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
    pushes.PROOF,
    parsers.PROOF,
    sizing.PROOF,
    shown.PROOF,
    forged.PROOF,
    hostile.PROOF,
    ledger.PROOF,
    secrets.PROOF,
    withdrawals.PROOF,
    follow_ups.PROOF,
)

BY_NAME = {proof.name: proof for proof in PROOFS}
