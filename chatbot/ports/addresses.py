"""Whether a text can be an address to send coins to."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Verdict(StrEnum):
    """`SURE`: right kind, and its checksum holds. `LIKELY`: right kind, but this form carries no checksum.
    `UNKNOWN`: nobody here knows addresses of this network. `WRONG`: it cannot be one.
    """

    SURE = "sure"
    LIKELY = "likely"
    UNKNOWN = "unknown"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCheck:
    """`reason` is a sentence for the person, empty where the verdict is `SURE`. `networks` are codes of other networks
    whose addresses look like it.
    """

    verdict: Verdict
    reason: str = ""
    networks: tuple[str, ...] = ()


class Addresses(Protocol):
    def check(self, address: str, *, network: str) -> AddressCheck:
        """Judge an address for a network, by the service's code of it (`BTC`, `ETH`, `TRON`). Takes no longer than
        a few milliseconds and asks nobody.
        """
        ...
