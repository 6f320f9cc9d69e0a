"""How addresses are written down. Each function gives what a text says, or None if it is not written that way.

A text that says something in more than one way of writing is refused: decoded and written anew it has to be the same.
"""

import base64
import binascii
import re

from bip_utils import (  # type: ignore[import-untyped]
    AdaByronAddrDecoder,
    AdaByronAddrTypes,
    Base58Alphabets,
    Base58ChecksumError,
    Base58Decoder,
    Base58Encoder,
    Base58XmrDecoder,
    Base58XmrEncoder,
    BchBech32Decoder,
    Bech32ChecksumError,
    Bech32Decoder,
    SegwitBech32Decoder,
    SS58ChecksumError,
    SS58Decoder,
    SS58Encoder,
)
from bip_utils.bech32.bech32 import Bech32Encodings, Bech32Utils  # type: ignore[import-untyped]
from bip_utils.bech32.bech32_base import Bech32BaseConst  # type: ignore[import-untyped]
from bip_utils.utils.crypto import Kekkak256, Sha512_256  # type: ignore[import-untyped]

_UNREADABLE = (ValueError, IndexError, OverflowError, Base58ChecksumError, Bech32ChecksumError, SS58ChecksumError)
_BASE58 = re.compile("[1-9A-HJ-NP-Za-km-z]+")
_CHARSET = Bech32BaseConst.CHARSET
_LONGEST_BASE58 = 128


def base58(text: str) -> bytes | None:
    if not _BASE58.fullmatch(text) or len(text) > _LONGEST_BASE58:
        return None
    return bytes(Base58Decoder.Decode(text))


def base58check(text: str, *, ripple: bool = False) -> bytes | None:
    """Version and payload, at least one byte, without the checksum."""
    if not _BASE58.fullmatch(text) or len(text) > _LONGEST_BASE58:
        return None
    alphabet = Base58Alphabets.RIPPLE if ripple else Base58Alphabets.BITCOIN
    try:
        return bytes(Base58Decoder.CheckDecode(text, alphabet)) or None
    except _UNREADABLE:
        return None


def ripple_base58check(payload: bytes) -> str:
    """The other way round."""
    return str(Base58Encoder.CheckEncode(payload, Base58Alphabets.RIPPLE))


def monero_base58(text: str) -> bytes | None:
    try:
        said = bytes(Base58XmrDecoder.Decode(text))
        return said if Base58XmrEncoder.Encode(said) == text else None
    except _UNREADABLE:
        return None


def bech32(text: str, *, prefix: str) -> bytes | None:
    try:
        return bytes(Bech32Decoder.Decode(prefix, text))
    except _UNREADABLE:
        return None


def bech32m_holds(text: str, *, prefix: str) -> bool:
    """Whether the checksum of BIP 350 holds; what it says is not looked at."""
    rest = text.removeprefix(prefix + "1")
    if rest == text or any(mark not in _CHARSET for mark in rest):
        return False
    values = [_CHARSET.index(mark) for mark in rest]
    return bool(Bech32Utils.VerifyChecksum(prefix, values, Bech32Encodings.BECH32M))


def segwit(text: str, *, prefix: str) -> tuple[int, bytes] | None:
    """Witness version and program (BIP 173, BIP 350)."""
    try:
        version, program = SegwitBech32Decoder.Decode(prefix, text)
    except _UNREADABLE:
        return None
    return int(version), bytes(program)


def cashaddr(text: str, *, prefix: str) -> tuple[int, bytes] | None:
    """Version byte and hash."""
    try:
        version, said = BchBech32Decoder.Decode(prefix, text)
    except _UNREADABLE:
        return None
    return int.from_bytes(version), bytes(said)


def ss58(text: str) -> tuple[int, bytes] | None:
    """Which chain it is written for, and the account."""
    try:
        chain, account = SS58Decoder.Decode(text)
        return (int(chain), bytes(account)) if SS58Encoder.Encode(account, chain) == text else None
    except _UNREADABLE:
        return None


def is_byron(text: str) -> bool:
    """Whether the CRC of an old address of Cardano holds."""
    if not _BASE58.fullmatch(text) or len(text) > _LONGEST_BASE58:
        return False
    for kind in (AdaByronAddrTypes.PUBLIC_KEY, AdaByronAddrTypes.REDEMPTION):
        try:
            AdaByronAddrDecoder.DecodeAddr(text, addr_type=kind)
        except Exception:  # noqa: S112 - its reader of CBOR lets anything through
            continue
        return True
    return False


def base32(text: str) -> bytes | None:
    """RFC 4648 without padding, in capitals."""
    try:
        said = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
    return said if base64.b32encode(said).decode().rstrip("=") == text else None


def stellar_account(key: bytes) -> str:
    """A public key as SEP-23 writes it."""
    said = bytes([6 << 3]) + key
    return base64.b32encode(said + crc16(said).to_bytes(2, "little")).decode()


def base64_any(text: str) -> bytes | None:
    """RFC 4648 in either alphabet, but not in both at once."""
    if re.fullmatch("[A-Za-z0-9_-]+", text):
        text = text.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def crc16(said: bytes) -> int:
    """CRC-16/XMODEM."""
    return binascii.crc_hqx(said, 0)


def keccak256(said: bytes) -> bytes:
    return bytes(Kekkak256.QuickDigest(said))


def sha512_256(said: bytes) -> bytes:
    return bytes(Sha512_256.QuickDigest(said))
