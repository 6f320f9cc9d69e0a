"""Networks whose addresses carry no checksum, or only in one way of writing them."""

import re

from chatbot.addresses import encodings
from chatbot.addresses.findings import SURE, TYPO, Kind, likely, wrong
from chatbot.ports.addresses import AddressCheck

_EVM = re.compile("0x[0-9a-fA-F]{40}")
_ZERO = "0x" + "0" * 40
_LETTERS = 26


def ethereum(text: str) -> AddressCheck | None:
    """ERC-55: the pattern of capital letters is the checksum; a text in one case has none."""
    if text.lower().endswith(".eth"):
        return wrong("Names are not looked up here. Paste the address itself, which begins with 0x.")
    if not _EVM.fullmatch(text):
        return None
    if text == _ZERO:
        return wrong("This is the zero address: nobody can get at what is sent to it.")
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return likely("Without capital and small letters it carries no checksum. Compare it character by character.")
    return SURE if digits == _mixed(digits.lower()) else TYPO


def _mixed(digits: str) -> str:
    check = encodings.keccak256(digits.encode()).hex()
    return "".join(mark.upper() if by >= "8" else mark for mark, by in zip(digits, check, strict=False))


def solana(text: str) -> AddressCheck | None:
    said = encodings.base58(text) if 32 <= len(text) <= 44 else None
    if said is None or len(said) != 32:
        return None
    return likely("A Solana address carries no checksum. Compare it character by character.")


def sui(text: str) -> AddressCheck | None:
    if not re.fullmatch("0x[0-9a-fA-F]{64}", text):
        return None
    return likely("A Sui address carries no checksum. Compare it character by character.")


def eos(text: str) -> AddressCheck | None:
    """docs.eosnetwork.com: up to twelve of these characters, no dot at the end."""
    if not re.fullmatch(r"[a-z1-5.]{0,11}[a-z1-5]", text) or text.startswith("."):
        return None
    return likely("An EOS name carries no checksum. Read it letter by letter.")


def hedera(text: str) -> AddressCheck | None:
    """`0.0.123`, with the checksum of HIP-15 behind it or without."""
    form = re.fullmatch(r"(0\.0\.(?:0|[1-9][0-9]{0,18}))(?:-([a-z]{5}))?", text)
    if form is None:
        return wrong("Use the form 0.0.12345 of this account.") if _EVM.fullmatch(text) else None
    if form[2] is None:
        return likely("Without the five letters behind it, this form carries no checksum. Compare it digit by digit.")
    return SURE if form[2] == _five_letters(form[1]) else TYPO


def _five_letters(account: str) -> str:
    """The checksum of HIP-15. What it adds for the network is nothing on the main one, whose id is zero."""
    digits = [10 if mark == "." else int(mark) for mark in account]
    weighed = 0
    for digit in digits:
        weighed = (31 * weighed + digit) % _LETTERS**3
    sums = ((len(digits) % 5) * 11 + sum(digits[0::2]) % 11) * 11 + sum(digits[1::2]) % 11
    mixed = (sums * _LETTERS**3 + weighed) * 1_000_003 % _LETTERS**5
    return "".join(chr(ord("a") + mixed // _LETTERS**place % _LETTERS) for place in reversed(range(5)))


_LIKE_ETHEREUM = (ethereum,)

KINDS: dict[str, tuple[Kind, ...]] = {
    **dict.fromkeys(("ETH", "BSC", "POL", "ARB", "OP", "BASE", "AVAXC", "ETC", "FTM", "SONIC", "HYPE"), _LIKE_ETHEREUM),
    "SOL": (solana,),
    "SUI": (sui,),
    "EOS": (eos,),
    "HBAR": (hedera,),
}
