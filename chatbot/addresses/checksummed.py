"""Networks with a form of their own that carries a checksum."""

import hashlib
import re

from chatbot.addresses import encodings
from chatbot.addresses.findings import SECRET, SURE, TESTNET, TYPO, Kind, likely, wrong
from chatbot.ports.addresses import AddressCheck

_X_MAIN, _X_TEST = bytes.fromhex("0544"), bytes.fromhex("0493")
_STELLAR_ACCOUNT, _STELLAR_MUXED, _STELLAR_SEED = 6 << 3, 12 << 3, 18 << 3
_SHELLEY_LENGTHS = {**dict.fromkeys(range(4), (57,)), 4: range(32, 60), 5: range(32, 60), 6: (29,), 7: (29,)}
"""Bytes of an address by the first four bits of its header (CIP-19); those with a pointer vary."""
_TON_BOUNCEABLE, _TON_KEPT, _TON_TEST = 0x11, 0x51, 0x80
_MONERO_LENGTHS = {18: 69, 42: 69, 19: 77}
"""Bytes by network byte: standard, subaddress, and integrated with a payment ID of eight bytes more."""
_MONERO_TEST = (53, 54, 63, 24, 25, 36)
_FILECOIN_LENGTHS = {1: 20, 2: 20, 3: 48}
_ETHEREUM_IN_FILECOIN = b"\x0a"


def ripple(text: str) -> AddressCheck | None:
    """Classic addresses; X-addresses (XLS-5) are taken apart, because the service asks for the tag on its own."""
    said = encodings.base58check(text, ripple=True)
    if said is None:
        return TYPO if re.fullmatch("[rX][1-9A-HJ-NP-Za-km-z]{24,46}", text) else None
    if said[0] == 0 and len(said) == 21:
        return SURE
    if said[:2] == _X_TEST:
        return TESTNET
    if said[:2] == _X_MAIN and len(said) == 31:
        classic = encodings.ripple_base58check(b"\x00" + said[2:22])
        tag = f" and the destination tag {int.from_bytes(said[23:27], 'little')}" if said[22] else " and no tag"
        return wrong(f"This X-address holds the address {classic}{tag}. Give these instead, one after the other.")
    return SECRET if said[0] == 0x21 and len(said) == 17 else None


def stellar(text: str) -> AddressCheck | None:
    """SEP-23: version, key, and a CRC with its low byte first."""
    if not re.fullmatch("[GS][A-Z2-7]{55}|M[A-Z2-7]{68}", text):
        return wrong("This is a contract, which is not paid by sending coins to it.") if _is_contract(text) else None
    said = encodings.base32(text)
    if said is None or encodings.crc16(said[:-2]) != int.from_bytes(said[-2:], "little"):
        return TYPO
    if said[0] == _STELLAR_MUXED:
        account = encodings.stellar_account(said[1:33])
        number = int.from_bytes(said[33:41])
        return wrong(f"This M-address holds the address {account} and the memo {number}. Give these instead.")
    return {_STELLAR_ACCOUNT: SURE, _STELLAR_SEED: SECRET}.get(said[0], TYPO)


def _is_contract(text: str) -> bool:
    return re.fullmatch("C[A-Z2-7]{55}", text) is not None


def cardano(text: str) -> AddressCheck | None:
    """CIP-19, and the addresses of the time before Shelley."""
    if text.startswith("addr1"):
        said = encodings.bech32(text, prefix="addr")
        if said is None or said[0] & 15 != 1 or len(said) not in _SHELLEY_LENGTHS.get(said[0] >> 4, ()):
            return TYPO
        return SURE
    if text.startswith(("addr_test1", "stake_test1", "2cWKMJ", "37btj")):
        return TESTNET
    if text.startswith("stake1"):
        return wrong("This is a stake address, which rewards go to. Coins are sent to one that begins with addr1.")
    if text.startswith(("Ae2", "DdzFF")):
        return SURE if encodings.is_byron(text) else TYPO
    return None


def algorand(text: str) -> AddressCheck | None:
    if not re.fullmatch("[A-Z2-7]{58}", text):
        return None
    said = encodings.base32(text)
    if said is None or encodings.sha512_256(said[:32])[-4:] != said[32:]:
        return TYPO
    return SURE


def cosmos(text: str) -> AddressCheck | None:
    if text.startswith("cosmosvalo"):
        return wrong("This is a validator, which is not paid by sending coins to it.")
    if not text.startswith("cosmos1"):
        return None
    said = encodings.bech32(text, prefix="cosmos")
    return SURE if said is not None and len(said) in (20, 32) else TYPO


def polkadot(text: str) -> AddressCheck | None:
    if not re.fullmatch("[1-9A-HJ-NP-Za-km-z]{35,49}", text):
        return None
    said = encodings.ss58(text)
    if said is None:
        return TYPO if text.startswith("1") else None
    chain, _ = said
    other = "This account is written for another chain of Polkadot's family. Use the form that begins with 1."
    return SURE if chain == 0 else wrong(other)


def ton(text: str) -> AddressCheck | None:
    """The forms of docs.ton.org: user-friendly with a CRC, and raw without one."""
    if re.fullmatch("(0|-1):[0-9a-fA-F]{64}", text):
        return likely("This raw form carries no checksum. Compare it character by character, or use the form UQ….")
    said = encodings.base64_any(text) if len(text) == 48 else None
    if said is None or said[0] & ~_TON_TEST not in (_TON_BOUNCEABLE, _TON_KEPT):
        return TYPO if re.fullmatch("[UEk0][Qf][A-Za-z0-9+/_-]{46}", text) else None
    if encodings.crc16(said[:-2]) != int.from_bytes(said[-2:]) or said[1] not in (0, 0xFF):
        return TYPO
    return TESTNET if said[0] & _TON_TEST else SURE


def filecoin(text: str) -> AddressCheck | None:
    """spec.filecoin.io: a protocol, then what it names and four bytes of BLAKE2b in base 32; f0 is a bare number."""
    if re.fullmatch("t([0-3]|410f)[0-9a-z]+", text):
        return TESTNET
    if re.fullmatch("f0[0-9]{1,20}", text):
        return likely("This short form carries no checksum. Compare it digit by digit.")
    form = re.fullmatch("f(1|2|3|410f)([a-z2-7]{39,84})", text)
    if form is None:
        return None
    protocol, said = int(form[1][0]), encodings.base32(form[2].upper())
    if said is None:
        return TYPO
    before = _ETHEREUM_IN_FILECOIN if form[1] == "410f" else b""
    check = hashlib.blake2b(bytes([protocol]) + before + said[:-4], digest_size=4).digest()
    fits = len(said) - 4 == _FILECOIN_LENGTHS.get(protocol, 20)
    return SURE if fits and check == said[-4:] else TYPO


def monero(text: str) -> AddressCheck | None:
    if not re.fullmatch("[1-9A-HJ-NP-Za-km-z]{95}|[1-9A-HJ-NP-Za-km-z]{106}", text):
        return None
    said = encodings.monero_base58(text)
    if said is None or encodings.keccak256(said[:-4])[:4] != said[-4:]:
        return TYPO if text[0] in "48" else None
    if said[0] in _MONERO_TEST:
        return TESTNET
    return SURE if len(said) == _MONERO_LENGTHS.get(said[0]) else None


KINDS: dict[str, tuple[Kind, ...]] = {
    "XRP": (ripple,),
    "XLM": (stellar,),
    "ADA": (cardano,),
    "ALGO": (algorand,),
    "ATOM": (cosmos,),
    "DOT": (polkadot,),
    "TON": (ton,),
    "FIL": (filecoin,),
    "XMR": (monero,),
}
