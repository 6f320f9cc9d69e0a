"""Sealing: AES-256-GCM under keys that all hang on one master key.

    master key (a file) ──HKDF──▶ wrapping key ──wraps──▶ a random data key per person ──seals──▶ that person's secrets
                        └─HKDF──▶ store key ──seals──▶ updates and drafts at rest

What is sealed is bound to its place (table, person, field, row, key version): moved elsewhere it does not open.
A sealed form is one version byte, a fresh random nonce of 12 bytes, and the ciphertext with its 16-byte tag.
"""

import os
from dataclasses import dataclass

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chatbot.domain.ids import PersonId
from chatbot.storage.faults import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORM = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where sealed bytes belong. `row` is None where person and field say it all."""

    table: str
    field: str
    key_version: int
    person: PersonId | None = None
    row: int | str | None = None

    def associated_data(self) -> bytes:
        return msgspec.json.encode([self.table, self.person, self.field, self.row, self.key_version])


class Seal:
    """Seals and opens with one key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, plain: bytes, *, place: Place) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return _FORM + nonce + self._cipher.encrypt(nonce, plain, place.associated_data())

    def open(self, sealed: bytes, *, place: Place) -> bytes:
        """Raises `SealBroken` if the bytes were changed or do not belong to this place."""
        if sealed[:1] != _FORM:
            raise SealBroken(table=place.table, field=place.field)
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, place.associated_data())
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce and a tag
            raise SealBroken(table=place.table, field=place.field) from None


class Vault:
    """Makes and opens people's data keys; `store` seals what belongs to the program itself."""

    def __init__(self, master_key: bytes) -> None:
        self._wrapping = Seal(_derive(master_key, purpose=b"chatbot: wrapping of data keys"))
        self.store = Seal(_derive(master_key, purpose=b"chatbot: store"))

    def new_data_key(self, *, person: PersonId, version: int) -> bytes:
        """A fresh data key, wrapped."""
        return self._wrapping.close(os.urandom(KEY_BYTES), place=_data_key_place(person, version))

    def data_seal(self, wrapped: bytes, *, person: PersonId, version: int) -> Seal:
        """The seal of a wrapped data key. It should live no longer than the call that needs it."""
        return Seal(self._wrapping.open(wrapped, place=_data_key_place(person, version)))


def _data_key_place(person: PersonId, version: int) -> Place:
    return Place(table="data_keys", field="wrapped", person=person, key_version=version)


def _derive(master_key: bytes, *, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master_key)
