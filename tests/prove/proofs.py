"""Every proof there is."""

from tests.prove import budget, claims, crashes, evidence, forged, ledger, parsers, secrets, shown, sizing, taps
from tests.prove.proof import Proof

PROOFS: tuple[Proof, ...] = (
    crashes.PROOF,
    taps.PROOF,
    evidence.PROOF,
    budget.PROOF,
    claims.PROOF,
    parsers.PROOF,
    sizing.PROOF,
    shown.PROOF,
    forged.PROOF,
    ledger.PROOF,
    secrets.PROOF,
)

BY_NAME = {proof.name: proof for proof in PROOFS}
