"""Sealing: AES-256-GCM under keys that all hang on a master key.

    master key ──HKDF──▶ wrapping key ──wraps─┬▶ a random data key per person ──seals──▶ that person's secrets
                                              ├▶ a random store key ──seals──▶ updates and drafts at rest
                                              └▶ a random audit key ──▶ keyed hashes of the audit log

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
from chatbot.storage.faults import MasterKeyWrong, SealBroken
from chatbot.storage.master_key import KEY_BYTES, KeySource

_NONCE_BYTES = 12
_FORM = b"\x01"
_FINGERPRINT_BYTES = 8


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


class MasterKey:
    """Wraps other keys. Its fingerprint names it wherever it is not to be seen."""

    __slots__ = ("fingerprint", "key", "wrapping")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.fingerprint = _derive(key, purpose=b"chatbot: fingerprint of a master key")[:_FINGERPRINT_BYTES].hex()
        self.wrapping = Seal(_derive(key, purpose=b"chatbot: wrapping of data keys"))

    def derived_store_key(self) -> bytes:
        """The store key of databases from before store keys were random."""
        return _derive(self.key, purpose=b"chatbot: store")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappedKey:
    """A key sealed by a master key, and that one's fingerprint."""

    master: str
    wrapped: bytes


class Keyring:
    """The master keys of a source. When a key is named that is not among them, the source is read again."""

    def __init__(self, source: KeySource) -> None:
        """Raises `MasterKeyMissing`, `MasterKeyExposed` or `MasterKeyMalformed`."""
        self.source = source
        self._read()

    @property
    def newest(self) -> MasterKey:
        return self.keys[0]

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Newest first."""
        return tuple(key.fingerprint for key in self.keys)

    def renew(self) -> None:
        """Read the source again if it has changed, which costs next to nothing to find out."""
        if self.source.mark() != self._mark:
            self._read()

    def retire_older(self, newest: MasterKey) -> None:
        """Leave only this key at the source, if it is the newest there."""
        self.source.keep_only(newest.key)
        self._read()

    def holds(self, fingerprint: str) -> bool:
        return fingerprint in self.fingerprints

    def wrap(self, key: bytes, *, place: Place, master: str) -> WrappedKey:
        """Raises `MasterKeyWrong` if there is no such master key."""
        return WrappedKey(master=master, wrapped=self._named(master).wrapping.close(key, place=place))

    def unwrap(self, key: WrappedKey, *, place: Place) -> bytes:
        """Raises `MasterKeyWrong` if its master key is not there, `SealBroken` if it was wrapped for another place."""
        return self._named(key.master).wrapping.open(key.wrapped, place=place)

    def rewrap(self, key: WrappedKey, *, place: Place, master: str) -> WrappedKey:
        """The same key under another master key. Raises as `unwrap`."""
        return self.wrap(self.unwrap(key, place=place), place=place, master=master)

    def _named(self, fingerprint: str) -> MasterKey:
        if not self.holds(fingerprint):
            self._read()
        for key in self.keys:
            if key.fingerprint == fingerprint:
                return key
        raise MasterKeyWrong(self.source.where)

    def _read(self) -> None:
        mark = self.source.mark()  # before the keys: what changes in between is then seen the next time
        self.keys = tuple(map(MasterKey, self.source.read()))
        self._mark = mark


class Vault:
    """Makes and opens people's data keys; `store` seals what belongs to the program itself."""

    def __init__(self, keyring: Keyring, *, store_key: bytes, audit_key: bytes) -> None:
        self.keyring = keyring
        self.store = Seal(store_key)
        self.audit_key = audit_key

    def new_data_key(self, *, person: PersonId, version: int, master: str) -> WrappedKey:
        """A fresh data key, wrapped by the named master key. Raises `MasterKeyWrong` if that is not there."""
        return self.keyring.wrap(os.urandom(KEY_BYTES), place=data_key_place(person, version), master=master)

    def data_seal(self, key: WrappedKey, *, person: PersonId, version: int) -> Seal:
        """The seal of a wrapped data key. It should live no longer than the call that needs it."""
        return Seal(self.keyring.unwrap(key, place=data_key_place(person, version)))


def data_key_place(person: PersonId, version: int) -> Place:
    return Place(table="data_keys", field="wrapped", person=person, key_version=version)


def _derive(master_key: bytes, *, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(master_key)
