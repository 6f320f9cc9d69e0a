from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.domain.ids import PersonId
from chatbot.domain.secrets import Secret
from chatbot.storage.faults import MasterKeyWrong, SealBroken
from chatbot.storage.master_key import KEY_BYTES, KeyFile, KeyVariable
from chatbot.storage.vault import Keyring, Place, Seal, Vault, WrappedKey, data_key_place
from tests.storage.examples import ANNA, BORIS

PLACE = Place(table="account_secrets", field="passphrase", person=ANNA, row=3, key_version=1)

ELSEWHERE = [
    replace(PLACE, table="other"),
    replace(PLACE, field="secret_key"),
    replace(PLACE, person=BORIS),
    replace(PLACE, person=None),
    replace(PLACE, row=4),
    replace(PLACE, row="3"),
    replace(PLACE, row=None),
    replace(PLACE, key_version=2),
]


def vault(*letters: str) -> Vault:
    """With a keyring of made-up master keys, newest first."""
    keyring = Keyring(KeyVariable(Secret(",".join(letter * 2 * KEY_BYTES for letter in letters))))
    return Vault(keyring, store_key=b"s" * KEY_BYTES, audit_key=b"a" * KEY_BYTES)


VAULT = vault("a")


def new_data_key(of: Vault = VAULT) -> WrappedKey:
    return of.new_data_key(person=ANNA, version=1, master=of.keyring.newest.fingerprint)


def test_what_was_sealed_opens_at_its_place() -> None:
    assert VAULT.store.open(VAULT.store.close(b"canary", place=PLACE), place=PLACE) == b"canary"


@pytest.mark.parametrize("place", ELSEWHERE)
def test_sealed_bytes_moved_elsewhere_do_not_open(place: Place) -> None:
    with pytest.raises(SealBroken):
        VAULT.store.open(VAULT.store.close(b"canary", place=PLACE), place=place)


def test_every_changed_byte_and_every_cut_is_noticed() -> None:
    sealed = VAULT.store.close(b"canary", place=PLACE)
    changed = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(len(sealed))]
    cut = [sealed[:n] for n in range(len(sealed))]
    for broken in changed + cut:
        with pytest.raises(SealBroken) as caught:
            VAULT.store.open(broken, place=PLACE)
        assert "canary" not in str(caught.value)


def test_same_text_is_never_sealed_the_same_twice() -> None:
    assert len({VAULT.store.close(b"canary", place=PLACE)[1:13] for _ in range(200)}) == 200


@pytest.mark.parametrize(("person", "version"), [(BORIS, 1), (ANNA, 2)])
def test_data_key_opens_only_for_its_person_and_version(person: PersonId, version: int) -> None:
    with pytest.raises(SealBroken):
        VAULT.data_seal(new_data_key(), person=person, version=version)


def test_every_data_key_is_a_new_one() -> None:
    first, second = (VAULT.data_seal(new_data_key(), person=ANNA, version=1) for _ in range(2))
    with pytest.raises(SealBroken):
        second.open(first.close(b"canary", place=PLACE), place=PLACE)


def test_fingerprints_are_stable_differ_and_show_nothing_of_the_key() -> None:
    of_a, of_b = VAULT.keyring.newest.fingerprint, vault("b").keyring.newest.fingerprint
    assert of_a == "a5f22806b4c8f68c"
    assert of_b != of_a and vault("a").keyring.newest.fingerprint == of_a


def test_data_key_of_an_absent_master_key_is_told_from_a_broken_one() -> None:
    with pytest.raises(MasterKeyWrong, match="MASTER_KEY"):
        vault("b").data_seal(new_data_key(), person=ANNA, version=1)
    renamed = replace(new_data_key(), master=vault("b").keyring.newest.fingerprint)
    with pytest.raises(SealBroken):
        vault("b", "a").data_seal(renamed, person=ANNA, version=1)


def test_keyring_opens_with_whichever_key_is_named_and_wraps_alike_under_another() -> None:
    old, both, new = VAULT, vault("b", "a"), vault("b")
    key = new_data_key(old)
    sealed = old.data_seal(key, person=ANNA, version=1).close(b"canary", place=PLACE)
    assert both.data_seal(key, person=ANNA, version=1).open(sealed, place=PLACE) == b"canary"
    newest = both.keyring.newest.fingerprint
    moved = both.keyring.rewrap(key, place=data_key_place(ANNA, 1), master=newest)
    assert moved.master == newest
    assert new.data_seal(moved, person=ANNA, version=1).open(sealed, place=PLACE) == b"canary"


def test_nothing_is_wrapped_with_a_master_key_that_is_not_there() -> None:
    with pytest.raises(MasterKeyWrong):
        VAULT.new_data_key(person=ANNA, version=1, master="0123456789abcdef")


def test_key_that_came_into_the_file_later_is_found_when_it_is_named(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "master.key")
    file.make_first()
    early = Keyring(file)
    file.add_newest()
    late = Keyring(file)
    key = late.wrap(b"k" * KEY_BYTES, place=PLACE, master=late.newest.fingerprint)
    assert early.newest.fingerprint != late.newest.fingerprint
    assert early.unwrap(key, place=PLACE) == b"k" * KEY_BYTES
    assert early.fingerprints == late.fingerprints


def test_keyring_notices_a_changed_file_and_forgets_a_retired_key(tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "master.key")
    file.make_first()
    keyring = Keyring(file)
    (first,) = keyring.fingerprints
    file.add_newest()
    keyring.renew()
    newest = keyring.newest
    assert keyring.fingerprints == (newest.fingerprint, first)
    keyring.retire_older(newest)
    assert Keyring(file).fingerprints == (newest.fingerprint,)
    assert keyring.holds(newest.fingerprint) and not keyring.holds(first)


def test_wrapping_and_derived_store_key_differ() -> None:
    key = new_data_key()
    derived = Seal(VAULT.keyring.newest.derived_store_key())
    with pytest.raises(SealBroken):
        derived.open(key.wrapped, place=data_key_place(ANNA, 1))
