"""Bitcoin and the networks that write addresses as it does."""

import re
from collections.abc import Collection

from chatbot.addresses import encodings
from chatbot.addresses.findings import SECRET, SURE, TESTNET, TYPO, Kind, likely, wrong
from chatbot.ports.addresses import AddressCheck

_HASH = 20
_WIF = 0x80  # a private key in the form in which wallets export it
_WITNESS_KINDS = ((0, 20), (0, 32), (1, 32))
"""Versions and lengths in use: BIP 141, BIP 341. Anybody could take what is sent to others."""
_CASH_SIZES = {0: 20, 3: 32}
"""Lengths of the hash by the last three bits of a cashaddr's version byte."""
_CASH_TYPES = 4


def by_version(shape: str, *versions: str, test: Collection[str] = ()) -> Kind:
    """Base58 with a checksum: version bytes (in hex) before a hash. `shape` is how the real ones look."""

    def judge(text: str) -> AddressCheck | None:
        said = encodings.base58check(text)
        if said is None:
            return TYPO if re.fullmatch(shape, text) else None
        version = said[:-_HASH].hex()
        if version in versions:
            return SURE
        if version in test:
            return TESTNET
        return SECRET if said[0] == _WIF and len(said) in (33, 34) else None

    return judge


def segwit(prefix: str, *, test: tuple[str, ...] = ()) -> Kind:
    """Bech32 of witness programs: `prefix` and `1` stand before them."""

    def judge(text: str) -> AddressCheck | None:
        if text.lower().startswith(tuple(other + "1" for other in test)):
            return TESTNET
        if not text.lower().startswith(prefix + "1"):
            return None
        said = encodings.segwit(text, prefix=prefix)
        if said is None:
            return TYPO
        version, program = said
        if (version, len(program)) in _WITNESS_KINDS:
            return SURE
        return wrong("This is of a kind that is not in use (yet): anybody could take what is sent to it.")

    return judge


def refused_old(shape: str, version: str, reason: str) -> Kind:
    """An old form that is an address of Bitcoin too."""

    def judge(text: str) -> AddressCheck | None:
        said = encodings.base58check(text) if re.match(shape, text) else None
        return wrong(reason) if said is not None and said[:-_HASH].hex() == version else None

    return judge


def _cashaddr(text: str) -> AddressCheck | None:
    prefix, colon, rest = text.lower().rpartition(":")
    if prefix in ("bchtest", "bchreg"):
        return TESTNET
    if prefix not in ("", "bitcoincash") or not re.fullmatch("[qpzr][0-9a-z]{41,103}", rest):
        return None
    whole = text if colon else ("BITCOINCASH:" if text.isupper() else "bitcoincash:") + text
    said = encodings.cashaddr(whole, prefix="bitcoincash")
    if said is None:
        return TYPO
    version, payload = said
    fits = version >> 3 < _CASH_TYPES and len(payload) == _CASH_SIZES.get(version & 7)
    return SURE if fits else None


def _shielded(text: str) -> AddressCheck | None:
    """Zcash: Sapling (a payload of 43 bytes), unified (ZIP 316), and transparent ones for exchanges (ZIP 320)."""
    if text.startswith(("ztestsapling1", "utest1", "textest1")):
        return TESTNET
    if not text.startswith(("zs1", "u1", "tex1")):
        return None
    prefix = text.partition("1")[0]
    if prefix == "zs":
        holds = len(encodings.bech32(text, prefix=prefix) or b"") == 43
    else:
        holds = encodings.bech32m_holds(text, prefix=prefix)
    return likely("Not every service can pay to this kind. A transparent address begins with t1.") if holds else TYPO


_REST = "[1-9A-HJ-NP-Za-km-z]"
_OLD = "This old form is a Bitcoin address too. Use the one your wallet shows that begins with"

KINDS: dict[str, tuple[Kind, ...]] = {
    "BTC": (
        by_version(f"[13]{_REST}{{24,34}}", "00", "05", test=("6f", "c4")),
        segwit("bc", test=("tb", "bcrt")),
    ),
    "LTC": (
        by_version(f"[LM]{_REST}{{24,33}}", "30", "32", test=("6f", "3a", "c4")),
        segwit("ltc", test=("tltc", "rltc")),
        refused_old("3", "05", f"{_OLD} M or ltc1."),
    ),
    "DOGE": (by_version(f"[DA9]{_REST}{{24,33}}", "1e", "16", test=("71", "c4")),),
    "DASH": (by_version(f"[X7]{_REST}{{24,33}}", "4c", "10", test=("8c", "13")),),
    "ZEC": (by_version(f"t[13]{_REST}{{24,33}}", "1cb8", "1cbd", test=("1d25", "1cba")), _shielded),
    "BCH": (
        _cashaddr,
        refused_old("1", "00", f"{_OLD} bitcoincash:q."),
        refused_old("3", "05", f"{_OLD} bitcoincash:p."),
    ),
    "TRON": (by_version(f"T{_REST}{{33}}", "41"),),
    "XTZ": (by_version(f"(tz[1234]|KT1){_REST}{{33}}", "06a19f", "06a1a1", "06a1a4", "06a1a6", "025a79"),),
}
