from pathlib import Path

import pytest

from chatbot.resources import key_source
from chatbot.settings import SettingsError, read_settings
from chatbot.storage.master_key import KeyCredential, KeyFile, KeyVariable

KEY = "a" * 64


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder without `.env`, and no setting in the environment. Returns the folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("MASTER_KEY", "MASTER_KEY_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def credential(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "master.key") -> Path:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    (folder / name).write_text(KEY)
    return folder / name


def test_master_key_comes_from_a_file_by_default() -> None:
    assert key_source(read_settings()) == KeyFile(Path("data/master.key"))


def test_systemd_credential_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASTER_KEY_FILE", "other.key")
    assert key_source(read_settings()) == KeyFile(Path("other.key"))
    path = credential(tmp_path, monkeypatch)
    assert key_source(read_settings()) == KeyCredential(path)


def test_other_credentials_of_the_service_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credential(tmp_path, monkeypatch, name="token")
    assert isinstance(key_source(read_settings()), KeyFile)


def test_variable_wins_over_both_and_hides_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credential(tmp_path, monkeypatch)
    monkeypatch.setenv("MASTER_KEY", KEY)
    settings = read_settings()
    source = key_source(settings)
    assert isinstance(source, KeyVariable) and source.read() == (bytes.fromhex(KEY),)
    assert KEY not in repr(settings) + repr(source)


def test_variable_and_an_existing_file_that_is_set_are_one_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER_KEY", KEY)
    monkeypatch.setenv("MASTER_KEY_FILE", "other.key")
    assert isinstance(key_source(read_settings()), KeyVariable)
    (tmp_path / "other.key").write_text(KEY)
    with pytest.raises(SettingsError, match=r"MASTER_KEY: is set, and so is MASTER_KEY_FILE") as caught:
        read_settings()
    assert KEY not in str(caught.value)


def test_file_that_merely_lies_at_the_default_place_does_not_stop_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "master.key").write_text(KEY)
    monkeypatch.setenv("MASTER_KEY", KEY)
    assert isinstance(key_source(read_settings()), KeyVariable)
