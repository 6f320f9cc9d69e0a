"""Random addresses of every network, whole and damaged, at the gate that every swap's address passes.

One wrong character, another network's address, a missing or damaged memo: refused wherever that can be known, warned
of wherever it cannot; whole ones pass. What makes addresses here is not what reads them.
"""

import asyncio
import base64
import binascii
import hashlib
import random
import string
from collections.abc import Callable
from typing import cast

from bip_utils import (  # type: ignore[import-untyped]
    Base58Alphabets,
    Base58Encoder,
    Base58XmrEncoder,
    BchBech32Encoder,
    Bech32Encoder,
    SegwitBech32Encoder,
    SS58Encoder,
)
from bip_utils.utils.crypto import Kekkak256, Sha512_256  # type: ignore[import-untyped]

from chatbot.addresses.checker import NetworkAddresses
from chatbot.domain.errors import InputError
from chatbot.domain.ids import PersonId
from chatbot.domain.networks import NETWORKS, check_extra_id, needs_extra_id
from chatbot.domain.swap_plan import Receiver
from chatbot.domain.swaps import Coin
from chatbot.ports.addresses import Verdict
from chatbot.ports.swaps import Swaps
from chatbot.services.receiving import ExtraIdMissing, Receivers, WrongAddress
from tests.addresses.vectors import SURE
from tests.prove.proof import Proof, Run

_ANNA = PersonId(7_001)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE32 = string.ascii_uppercase + "234567"
_BASE64 = string.ascii_letters + string.digits + "-_"
_HEX = "0123456789abcdefABCDEF"
_EOS = "abcdefghijklmnopqrstuvwxyz12345"
_BLIND = {"SOL", "SUI", "EOS"}
"""Their addresses carry no checksum in any form."""

Make = Callable[[random.Random], tuple[str, str]]
"""Gives an address, and the characters it is made of."""


def _versioned(*versions: str, ripple: bool = False) -> Make:
    def make(chance: random.Random) -> tuple[str, str]:
        said = bytes.fromhex(chance.choice(versions)) + chance.randbytes(20)
        alphabet = Base58Alphabets.RIPPLE if ripple else Base58Alphabets.BITCOIN
        return Base58Encoder.CheckEncode(said, alphabet), _BASE58

    return make


def _segwit(prefix: str) -> Make:
    def make(chance: random.Random) -> tuple[str, str]:
        version, length = chance.choice(((0, 20), (0, 32), (1, 32)))
        return SegwitBech32Encoder.Encode(prefix, version, chance.randbytes(length)), _BECH32

    return make


def _either(*makes: Make) -> Make:
    return lambda chance: chance.choice(makes)(chance)


def _cashaddr(chance: random.Random) -> tuple[str, str]:
    whole = BchBech32Encoder.Encode("bitcoincash", chance.choice((b"\x00", b"\x08")), chance.randbytes(20))
    return chance.choice((whole, whole.removeprefix("bitcoincash:"))), _BECH32


def _mixed(digits: str) -> str:
    check = Kekkak256.QuickDigest(digits.encode()).hex()
    return "".join(mark.upper() if int(by, 16) > 7 else mark for mark, by in zip(digits, check, strict=False))


def _ethereum(chance: random.Random) -> tuple[str, str]:
    return "0x" + _mixed(chance.randbytes(20).hex()), _HEX


def _stellar(chance: random.Random) -> tuple[str, str]:
    said = bytes([6 << 3]) + chance.randbytes(32)
    return base64.b32encode(said + binascii.crc_hqx(said, 0).to_bytes(2, "little")).decode(), _BASE32


def _cardano(chance: random.Random) -> tuple[str, str]:
    kind, length = chance.choice(((0, 56), (1, 56), (6, 28)))
    return Bech32Encoder.Encode("addr", bytes([kind << 4 | 1]) + chance.randbytes(length)), _BECH32


def _algorand(chance: random.Random) -> tuple[str, str]:
    key = chance.randbytes(32)
    return base64.b32encode(key + Sha512_256.QuickDigest(key)[-4:]).decode().rstrip("="), _BASE32


def _ton(chance: random.Random) -> tuple[str, str]:
    said = bytes([chance.choice((0x11, 0x51)), chance.choice((0, 0xFF))]) + chance.randbytes(32)
    return base64.urlsafe_b64encode(said + binascii.crc_hqx(said, 0).to_bytes(2)).decode(), _BASE64


def _filecoin(chance: random.Random) -> tuple[str, str]:
    protocol, length = chance.choice(((1, 20), (2, 20), (3, 48)))
    said = chance.randbytes(length)
    check = hashlib.blake2b(bytes([protocol]) + said, digest_size=4).digest()
    return f"f{protocol}" + base64.b32encode(said + check).decode().rstrip("=").lower(), _BASE32.lower()


def _monero(chance: random.Random) -> tuple[str, str]:
    kind, length = chance.choice(((18, 64), (42, 64), (19, 72)))
    said = bytes([kind]) + chance.randbytes(length)
    return Base58XmrEncoder.Encode(said + Kekkak256.QuickDigest(said)[:4]), _BASE58


def _polkadot(chance: random.Random) -> tuple[str, str]:
    return SS58Encoder.Encode(chance.randbytes(32), 0), _BASE58


def _eos(chance: random.Random) -> tuple[str, str]:
    return "".join(chance.choices(_EOS, k=12)), _EOS


_MAKERS: dict[str, Make] = {
    **{network.code: _ethereum for network in NETWORKS},
    "BTC": _either(_versioned("00", "05"), _segwit("bc")),
    "LTC": _either(_versioned("30", "32"), _segwit("ltc")),
    "DOGE": _versioned("1e", "16"),
    "DASH": _versioned("4c", "10"),
    "ZEC": _versioned("1cb8", "1cbd"),
    "BCH": _cashaddr,
    "TRON": _versioned("41"),
    "XTZ": _versioned("06a19f", "06a1a1", "06a1a4", "025a79"),
    "XRP": _versioned("00", ripple=True),
    "XLM": _stellar,
    "ADA": _cardano,
    "ALGO": _algorand,
    "ATOM": lambda chance: (Bech32Encoder.Encode("cosmos", chance.randbytes(20)), _BECH32),
    "DOT": _polkadot,
    "TON": _ton,
    "FIL": _filecoin,
    "XMR": _monero,
    "HBAR": lambda chance: (chance.choice(SURE["HBAR"]), string.ascii_lowercase + string.digits),
    "SOL": lambda chance: (Base58Encoder.Encode(chance.randbytes(32)), _BASE58),
    "SUI": lambda chance: ("0x" + chance.randbytes(32).hex(), _HEX),
    "EOS": _eos,
}
_WITHOUT_CHECKSUM: dict[str, Callable[[random.Random], str]] = {
    **{
        code: lambda chance: "0x" + chance.choice((str.lower, str.upper))(chance.randbytes(20).hex())
        for code, make in _MAKERS.items()
        if make is _ethereum
    },
    "TON": lambda chance: f"{chance.choice((0, -1))}:{chance.randbytes(32).hex()}",
    "FIL": lambda chance: f"f0{chance.randint(1_000, 9_999_999)}",
    "HBAR": lambda chance: f"0.0.{chance.randint(1_000, 9_999_999)}",
    "SOL": lambda chance: _MAKERS["SOL"](chance)[0],
    "SUI": lambda chance: _MAKERS["SUI"](chance)[0],
    "EOS": lambda chance: _MAKERS["EOS"](chance)[0],
}
"""Forms that nothing can tell a typing error from."""
_LIKE_ETHEREUM = {code for code, make in _MAKERS.items() if make is _ethereum}
_BAD_MEMOS = {
    "XRP": ("4294967296", "12a", "-1"),
    "XLM": ("x" * 29, "ab" * 31),
    "TON": ("x" * 124, "мемо"),
    "ATOM": ("x" * 257, "two\nlines"),
    "EOS": ("x" * 257, "\u200bmemo"),
    "HBAR": ("x" * 101, "мемо"),
    "XMR": ("ab" * 9, "xy" * 8),
}


def an_address(code: str, chance: random.Random) -> str:
    """A whole one on this network."""
    return _MAKERS[code](chance)[0]


class _NoSwaps:
    """Somebody who never swapped."""

    async def deposit_addresses_of(self, _: PersonId) -> frozenset[str]:
        return frozenset()


def prove(run: Run) -> None:
    addresses = NetworkAddresses()
    gate = Receivers(addresses=addresses, swaps=cast(Swaps, _NoSwaps()))
    asyncio.run(_prove(run, gate, addresses))


async def _prove(run: Run, gate: Receivers, addresses: NetworkAddresses) -> None:
    for case, chance in run.cases():
        code = chance.choice(NETWORKS).code
        address, alphabet = _MAKERS[code](chance)
        for what in (
            await _whole(gate, code, address),
            await _one_wrong(run, gate, code, _damaged(address, alphabet, chance)),
            await _elsewhere(gate, addresses, code, address, chance.choice(NETWORKS).code),
            await _one_wrong(run, gate, code, _damaged(address, string.printable, chance)),
            await _without_checksum(run, gate, code, chance),
            await _memo(gate, code, address, chance),
        ):
            if what:
                run.fail(case, f"{what}: {address} on {code}")


async def _admit(gate: Receivers, code: str, address: str, extra_id: str | None = "") -> Receiver | None:
    """The receiver; None if the address is refused."""
    coin = Coin(code=f"USDT{code}", symbol="USDT", name="Tether", network=code)
    try:
        return await gate.admit(address, extra_id, coin=coin, person=_ANNA)
    except WrongAddress:
        return None


async def _whole(gate: Receivers, code: str, address: str) -> str:
    admitted = await _admit(gate, code, address)
    if admitted is None:
        return "refused though nothing is wrong"
    warned = bool(admitted.warnings)
    expected = code in _BLIND | _LIKE_ETHEREUM or needs_extra_id(code, address)
    return "" if warned is expected else f"warned {admitted.warnings} though nothing is wrong"


def _damaged(address: str, alphabet: str, chance: random.Random) -> str:
    places = [place for place, mark in enumerate(address) if mark in alphabet]
    place = chance.choice(places)
    return address[:place] + chance.choice([mark for mark in alphabet if mark != address[place]]) + address[place + 1 :]


async def _one_wrong(run: Run, gate: Receivers, code: str, damaged: str) -> str:
    admitted = await _admit(gate, code, damaged)
    if admitted is None:
        run.remark("one wrong character: refused")
    elif code in _BLIND:
        run.remark("one wrong character: no checksum, warned")
    elif _is_real(code, damaged):
        run.remark("one wrong character: another real address by chance")
    elif code in _LIKE_ETHEREUM and damaged[2:] in (damaged[2:].lower(), damaged[2:].upper()):
        run.remark("one wrong character: no checksum left, warned")
    else:
        return f"{damaged} was admitted"
    return "" if admitted is None or admitted.warnings or _is_real(code, damaged) else f"{damaged} was not warned of"


async def _without_checksum(run: Run, gate: Receivers, code: str, chance: random.Random) -> str:
    """A form without a checksum is admitted, and it is said that nobody can tell whether it is right."""
    make = _WITHOUT_CHECKSUM.get(code)
    if make is None:
        return ""
    address = make(chance)
    admitted = await _admit(gate, code, address)
    if admitted is None:
        return f"{address} was refused"
    run.remark("no checksum: admitted, and that is said")
    said = any("no checksum" in warning for warning in admitted.warnings)
    return "" if said else f"nobody said that {address} has no checksum"


def _is_real(code: str, damaged: str) -> bool:
    """The two short checksums hold by chance once in some ten thousand times; nobody could know."""
    if code in _LIKE_ETHEREUM:
        return damaged[2:] == _mixed(damaged[2:].lower())
    return code == "DOT" and NetworkAddresses().check(damaged, network="DOT").verdict is Verdict.SURE


async def _elsewhere(gate: Receivers, addresses: NetworkAddresses, code: str, address: str, other: str) -> str:
    """An address of one network where another is asked for."""
    if other == code:
        return ""
    admitted = await _admit(gate, other, address)
    if code in _LIKE_ETHEREUM and other in _LIKE_ETHEREUM:
        alike = admitted is not None and any("look alike" in warning for warning in admitted.warnings)
        return "" if alike else f"{other} looks alike, and nobody says so"
    if admitted is not None:
        return f"admitted on {other}"
    named = addresses.check(address, network=other).networks
    return "" if code in named or code == "EOS" else f"on {other} it is not said whose it is, but {named}"


async def _memo(gate: Receivers, code: str, address: str, chance: random.Random) -> str:
    """One that is missing is asked for, or warned of; one that cannot be is refused."""
    if needs_extra_id(code, address):
        try:
            await _admit(gate, code, address, None)
            return "no memo was asked for"
        except ExtraIdMissing:
            pass
        said_none = await _admit(gate, code, address, "")
        if said_none is None or not any("Exchanges cannot tell" in warning for warning in said_none.warnings):
            return "without a memo nothing was said"
    try:
        check_extra_id(code, chance.choice(_BAD_MEMOS.get(code, ("12345",))))
    except InputError:
        return ""
    return "an impossible memo was taken"


PROOF = Proof(
    name="addresses",
    claim="addresses of every network, whole, with a wrong character, elsewhere, without memo: refused or warned of",
    required=10_000,
    sample=150,
    prove=prove,
)
