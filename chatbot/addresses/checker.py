"""The adapter: an address against a network, and which other networks it could belong to."""

import asyncio
import functools
from collections.abc import Mapping

from chatbot.addresses.findings import TYPO, Kind, wrong
from chatbot.domain.networks import network_of
from chatbot.ports.addresses import AddressCheck, Verdict

_LONGEST = 256
"""More characters than any address has; those of Zcash's unified ones come closest."""
_SPOKEN_FOR = ("EOS",)
"""Nearly every short word is a name there, so it is no hint."""


class NetworkAddresses:
    """`chatbot.ports.addresses.Addresses`, for the networks of `chatbot.domain.networks`."""

    async def warm(self) -> None:
        """Load what the first check would have to wait for, beside everything else."""
        await asyncio.to_thread(_kinds)

    def check(self, address: str, *, network: str) -> AddressCheck:
        if (refusal := _hostile(address)) is not None:
            return refusal
        code, kinds = network_of(network).code, _kinds()
        if code not in kinds:
            name = network_of(network).name or "this network"
            said = f"Addresses on {name} are not known here, so this one could not be checked. Compare it twice."
            return AddressCheck(verdict=Verdict.UNKNOWN, reason=said, networks=_others(address, code))
        found = _judge(kinds[code], address)
        if found is None or found.verdict is Verdict.WRONG:
            return _explained(found, address, code)
        alike = tuple(other for other, theirs in kinds.items() if theirs is kinds[code] and other != code)
        return AddressCheck(verdict=found.verdict, reason=found.reason, networks=alike)


@functools.cache
def _kinds() -> Mapping[str, tuple[Kind, ...]]:
    """How addresses look, by the network's code; where the same tuple stands, they look alike."""
    from chatbot.addresses import bitcoin, checksummed, unchecked  # noqa: PLC0415 - slow to come in, and seldom needed

    return {**unchecked.KINDS, **bitcoin.KINDS, **checksummed.KINDS}


def _hostile(address: str) -> AddressCheck | None:
    if not address or len(address) > _LONGEST:
        return wrong("This is no address." if not address else "This is far too long for an address.")
    if not address.isascii():
        return wrong("It holds a character that only looks like a letter or digit. Copy it from your wallet itself.")
    if not address.isprintable() or " " in address:
        return wrong("An address is one word. Send it alone, in one line.")
    return None


def _judge(kinds: tuple[Kind, ...], address: str) -> AddressCheck | None:
    """The first that is of one of the kinds, else what is wrong with it as one of them."""
    found = [check for check in (kind(address) for kind in kinds) if check is not None]
    good = [check for check in found if check.verdict is not Verdict.WRONG]
    return next(iter(good or found), None)


def _explained(found: AddressCheck | None, address: str, code: str) -> AddressCheck:
    """Why it is wrong: what its own network has to say of it, unless it is right on another one."""
    others = _others(address, code)
    if found is not None and (found is not TYPO or not others):
        return AddressCheck(verdict=Verdict.WRONG, reason=found.reason, networks=others)
    said = f"This is not an address on {network_of(code).name}."
    return AddressCheck(verdict=Verdict.WRONG, reason=said, networks=others)


def _others(address: str, code: str) -> tuple[str, ...]:
    def is_good(kinds: tuple[Kind, ...]) -> bool:
        found = _judge(kinds, address)
        return found is not None and found.verdict is not Verdict.WRONG

    candidates = ((other, kinds) for other, kinds in _kinds().items() if other not in (code, *_SPOKEN_FOR))
    return tuple(other for other, kinds in candidates if is_good(kinds))
