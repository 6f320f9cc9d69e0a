from pathlib import Path
from stat import S_IMODE

import pytest

from chatbot.storage.faults import MasterKeyExposed, MasterKeyMalformed, MasterKeyMissing
from chatbot.storage.master_key import create_master_key, read_master_key


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "master.key"


def test_created_key_is_its_owners_alone(file: Path) -> None:
    create_master_key(file)
    assert S_IMODE(file.stat().st_mode) == 0o600
    assert S_IMODE(file.parent.stat().st_mode) == 0o700
    assert len(read_master_key(file)) == 32
    assert list(file.parent.iterdir()) == [file]


def test_two_created_keys_differ(file: Path) -> None:
    other = file.with_name("other.key")
    create_master_key(file)
    create_master_key(other)
    assert read_master_key(file) != read_master_key(other)


def test_key_that_is_there_is_never_overwritten(file: Path) -> None:
    create_master_key(file)
    before = file.read_bytes()
    create_master_key(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_key_readable_by_others_is_refused_with_the_remedy(file: Path, mode: int) -> None:
    create_master_key(file)
    file.chmod(mode)
    with pytest.raises(MasterKeyExposed, match=f"chmod 600 {file}"):
        read_master_key(file)


@pytest.mark.parametrize("written", [b"", b"\n", b"0" * 63, b"0" * 65, b"g" * 64, b"0" * 64 + b"\n\n", bytes(64)])
def test_malformed_key_is_refused_without_being_quoted(file: Path, written: bytes) -> None:
    create_master_key(file)
    file.write_bytes(written)
    with pytest.raises(MasterKeyMalformed) as caught:
        read_master_key(file)
    assert "000" not in str(caught.value)


def test_missing_key_is_named(file: Path) -> None:
    with pytest.raises(MasterKeyMissing, match=str(file)):
        read_master_key(file)
