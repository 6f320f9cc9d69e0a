import os
from pathlib import Path
from stat import S_IMODE

import pytest

from chatbot.domain.secrets import Secret
from chatbot.storage.faults import MasterKeyExposed, MasterKeyMalformed, MasterKeyMissing, MasterKeyNotReplaced
from chatbot.storage.master_key import KEY_BYTES, KeyCredential, KeyFile, KeySource, KeyVariable, new_key

A, B = "a" * 64, "b" * 64
MALFORMED = ["", "\n", "0" * 63, "0" * 65, "g" * 64, "\0" * 64, "A" * 64, "é" * 64]
MALFORMED += [f"{A}\n\n", f"\n{A}", f"{A}\n{B[:-1]}", f"{A} {B}", f"{A}\n" * 9]


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "data" / "master.key")


def written(file: KeyFile, text: str) -> KeyFile:
    file.make_first()
    file.path.write_text(text)
    return file


def test_created_key_is_its_owners_alone(file: KeyFile) -> None:
    file.make_first()
    assert S_IMODE(file.path.stat().st_mode) == 0o600
    assert S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert [len(key) for key in file.read()] == [KEY_BYTES]
    assert list(file.path.parent.iterdir()) == [file.path]


def test_two_created_keys_differ(file: KeyFile) -> None:
    other = KeyFile(file.path.with_name("other.key"))
    file.make_first()
    other.make_first()
    assert file.read() != other.read()


def test_key_that_is_there_is_never_overwritten(file: KeyFile) -> None:
    file.make_first()
    before = file.path.read_bytes()
    file.make_first()
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_key_readable_by_others_is_refused_with_the_remedy(file: KeyFile, mode: int) -> None:
    file.make_first()
    file.path.chmod(mode)
    with pytest.raises(MasterKeyExposed, match=f"chmod 600 {file.path}"):
        file.read()


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed_key_is_refused_without_being_quoted(file: KeyFile, text: str) -> None:
    with pytest.raises(MasterKeyMalformed) as caught:
        written(file, text).read()
    assert "000" not in str(caught.value) and "aaa" not in str(caught.value)


def test_missing_key_is_named(file: KeyFile, tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match=str(file.path)):
        file.read()
    with pytest.raises(MasterKeyMissing, match=r"systemd credential master\.key"):
        KeyCredential(tmp_path / "master.key").read()


@pytest.mark.parametrize("kind", ["file", "credential", "variable"])
def test_every_source_holds_one_or_several_keys_newest_first(file: KeyFile, kind: str) -> None:
    def source(*keys: str) -> KeySource:
        written(file, "\n".join(keys) + "\n")
        sources: dict[str, KeySource] = {
            "file": file,
            "credential": KeyCredential(file.path),
            "variable": KeyVariable(Secret(", ".join(keys))),
        }
        return sources[kind]

    assert source(A).read() == (bytes.fromhex(A),)
    assert source(B, A).read() == (bytes.fromhex(B), bytes.fromhex(A))


@pytest.mark.parametrize("text", ["0" * 63, f"{A},", f",{A}", f"{A};{B}", "canary"])
def test_malformed_variable_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(MasterKeyMalformed, match="MASTER_KEY") as caught:
        KeyVariable(Secret(text)).read()
    assert text not in str(caught.value)


def test_variable_hides_its_text() -> None:
    assert A not in repr(KeyVariable(Secret(A)))


def test_mode_of_a_credential_is_systemds_affair(file: KeyFile) -> None:
    written(file, A).path.chmod(0o440)
    assert KeyCredential(file.path).read() == (bytes.fromhex(A),)


def test_fresh_key_goes_on_top_and_only_once(file: KeyFile) -> None:
    file.make_first()
    (first,) = file.read()
    assert file.add_newest()
    second, kept = file.read()
    assert kept == first != second
    assert not file.add_newest()
    assert file.read() == (second, first)
    assert S_IMODE(file.path.stat().st_mode) == 0o600
    assert list(file.path.parent.iterdir()) == [file.path]


def test_only_the_newest_can_be_kept(file: KeyFile) -> None:
    written(file, f"{A}\n{B}\n").keep_only(bytes.fromhex(B))
    assert len(file.read()) == 2
    file.keep_only(bytes.fromhex(A))
    assert file.read() == (bytes.fromhex(A),)


def test_draft_of_a_killed_process_is_no_hindrance_and_does_not_stay(file: KeyFile) -> None:
    file.make_first()
    file.path.with_name("master.key.new").write_text(f"{B}\n{A}")
    assert file.add_newest()
    assert list(file.path.parent.iterdir()) == [file.path]


def test_failed_writing_leaves_the_key_file_as_it_was(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(descriptor: int) -> None:
        raise OSError(28, "full")

    written(file, f"{A}\n")
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(MasterKeyNotReplaced, match=rf"{file.path} cannot be replaced \(full\)"):
        file.add_newest()
    assert file.read() == (bytes.fromhex(A),)
    written(file, f"{B}\n{A}\n")
    with pytest.raises(OSError, match="full"):
        file.keep_only(bytes.fromhex(B))
    assert file.read() == (bytes.fromhex(B), bytes.fromhex(A))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_key_file_stays_its_owners_when_root_rotates(file: KeyFile) -> None:
    file.make_first()
    os.chown(file.path, 12345, 12346)
    file.add_newest()
    found = file.path.stat()
    assert (found.st_uid, found.st_gid, S_IMODE(found.st_mode)) == (12345, 12346, 0o600)


def test_change_of_the_file_shows_in_its_mark(file: KeyFile) -> None:
    marks = [file.mark()]
    for change in (file.make_first, file.add_newest, lambda: file.keep_only(file.read()[0])):
        change()
        marks.append(file.mark())
        assert file.mark() == marks[-1]
    assert len(set(marks)) == 4


def test_link_to_a_key_stays_a_link(file: KeyFile, tmp_path: Path) -> None:
    file.make_first()
    link = KeyFile(tmp_path / "link.key")
    link.path.symlink_to(file.path)
    assert link.add_newest()
    assert link.path.is_symlink() and len(file.read()) == 2


def test_new_keys_are_what_a_source_reads(file: KeyFile) -> None:
    key = new_key()
    assert KeyVariable(key).read() == (bytes.fromhex(key.reveal()),)
    assert key != new_key()
