"""What is found out about an address."""

from collections.abc import Callable

from chatbot.ports.addresses import AddressCheck, Verdict

Kind = Callable[[str], AddressCheck | None]
"""Judges a text as one kind of address; None if it does not even look like one of that kind."""

SURE = AddressCheck(verdict=Verdict.SURE)


def likely(reason: str) -> AddressCheck:
    return AddressCheck(verdict=Verdict.LIKELY, reason=reason)


def wrong(reason: str) -> AddressCheck:
    return AddressCheck(verdict=Verdict.WRONG, reason=reason)


TYPO = wrong("Its checksum does not hold: a character is wrong or missing. Copy it again from where you got it.")
TESTNET = wrong("This is an address on a test network. Coins sent to it would be lost.")
SECRET = wrong("This is a secret key, not an address: who reads it can take your coins. Move them to a new wallet.")
