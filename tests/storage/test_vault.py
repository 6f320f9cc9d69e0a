from dataclasses import replace

import pytest

from chatbot.domain.ids import PersonId
from chatbot.storage.faults import SealBroken
from chatbot.storage.vault import KEY_BYTES, Place, Vault
from tests.storage.examples import ANNA, BORIS

VAULT = Vault(b"m" * KEY_BYTES)
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
    wrapped = VAULT.new_data_key(person=ANNA, version=1)
    with pytest.raises(SealBroken):
        VAULT.data_seal(wrapped, person=person, version=version)


def test_every_data_key_is_a_new_one() -> None:
    first, second = (
        VAULT.data_seal(VAULT.new_data_key(person=ANNA, version=1), person=ANNA, version=1) for _ in range(2)
    )
    with pytest.raises(SealBroken):
        second.open(first.close(b"canary", place=PLACE), place=PLACE)


def test_another_master_key_opens_nothing() -> None:
    other = Vault(b"n" * KEY_BYTES)
    with pytest.raises(SealBroken):
        other.store.open(VAULT.store.close(b"canary", place=PLACE), place=PLACE)
    with pytest.raises(SealBroken):
        other.data_seal(VAULT.new_data_key(person=ANNA, version=1), person=ANNA, version=1)


def test_store_key_and_wrapping_key_differ() -> None:
    wrapped = VAULT.new_data_key(person=ANNA, version=1)
    with pytest.raises(SealBroken):
        VAULT.store.open(wrapped, place=Place(table="data_keys", field="wrapped", person=ANNA, key_version=1))
