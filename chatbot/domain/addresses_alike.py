"""Whether two spellings name the same address.

Services write addresses as they like. What two spellings have in common is the one form they are compared in:

* hex, with `0x` before it or of 64 digits, means the same in any case (EIP-55 puts a checksum into the case);
* bech32 is written in small or in capital letters (BIP 173), CashAddr as well, with or without its prefix;
* TON writes workchain and hash in hex, or both in base64 with a checksum and a mark of how it may be paid (TEP-2).

All others differ if a single letter does. An address in two entirely different encodings, such as a legacy one of
Bitcoin Cash and its CashAddr, is not seen to be one.
"""

import base64
import binascii
import re

_HEX = re.compile(r"0[xX][0-9a-fA-F]+|[0-9a-fA-F]{64}")
_BECH32 = re.compile(r"[a-z]{1,83}1[02-9ac-hj-np-z]{6,}")
_CASHADDR = re.compile(r"(?:bitcoincash:)?([qp][02-9ac-hj-np-z]{41})")
_TON_RAW = re.compile(r"(-?\d):([0-9a-fA-F]{64})")
_TON_FRIENDLY = re.compile(r"[A-Za-z0-9+/_-]{48}")
_TON_MARKS = (0x11, 0x51)
"""May be bounced, may not: the same address (TEP-2). Those of the test network are not among them."""


def are_alike(one: str, other: str) -> bool:
    """Whether both name the same address; two empty ones do."""
    return one == other or _canonical(one) == _canonical(other)


def _canonical(address: str) -> str:
    small = address.lower()
    if _HEX.fullmatch(address):
        return small
    if address in (small, address.upper()):
        cash = _CASHADDR.fullmatch(small)
        if cash is not None:
            return cash[1]
        if _BECH32.fullmatch(small):
            return small
    return _raw_ton(address) or address


def _raw_ton(address: str) -> str:
    """`0:83DF…` for any spelling of TON; empty for what is none."""
    raw = _TON_RAW.fullmatch(address)
    if raw is not None:
        return f"{raw[1]}:{raw[2].lower()}"
    if not _TON_FRIENDLY.fullmatch(address):
        return ""
    data = base64.b64decode(address.replace("-", "+").replace("_", "/"))
    if data[0] not in _TON_MARKS or binascii.crc_hqx(data, 0):
        return ""
    return f"{int.from_bytes(data[1:2], signed=True)}:{data[2:34].hex()}"
