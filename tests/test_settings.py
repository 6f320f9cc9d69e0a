from pathlib import Path

import pytest

from chatbot.domain.accounts import Venue
from chatbot.exchange.nexchange.gateway import Manners, NexchangeGateway
from chatbot.exchange.nexchange.headers import AuthScheme
from chatbot.exchange.opening import OpenSwapService
from chatbot.exchange.shared_swaps import SharedSwapReads
from chatbot.resources import key_source, opened_swap_services
from chatbot.settings import SettingsError, read_settings
from chatbot.storage.master_key import KeyCredential, KeyFile, KeyVariable
from tests.fakes.clock import FakeClock

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


SWAPS = {
    "NEXCHANGE_URL": "https://api.n.exchange/en/api/v2",
    "NEXCHANGE_AUTH_SCHEME": "Bearer",
    "NEXCHANGE_SIDE": "omit",
    "NEXCHANGE_TIME_ZONE": "Asia/Dubai",
    "NEXCHANGE_REFERRAL_TOKEN": "canary-token",
    "NEXCHANGE_REQUESTS_PER_MINUTE": "30",
    "PAPER_URL": "http://127.0.0.1:8900",
}


def test_swaps_have_their_defaults() -> None:
    settings = read_settings()
    assert settings.nexchange_url == SWAPS["NEXCHANGE_URL"]
    assert (settings.nexchange_auth_scheme, settings.nexchange_side) == ("ApiKey", "BUY")
    assert (settings.nexchange_time_zone, settings.nexchange_requests_per_minute) == ("UTC", 60)
    assert settings.nexchange_referral_token.get_secret_value() == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEXCHANGE_URL", "http://canary.example.org"),
        ("NEXCHANGE_AUTH_SCHEME", "canary"),
        ("NEXCHANGE_SIDE", "canary"),
        ("NEXCHANGE_TIME_ZONE", "Canary/Island"),
        ("NEXCHANGE_REFERRAL_TOKEN", "canary token"),
        ("NEXCHANGE_REFERRAL_TOKEN", "canary\r\nX: y"),
        ("NEXCHANGE_REQUESTS_PER_MINUTE", "0"),
    ],
)
def test_bad_settings_of_swaps_are_named_and_not_shown(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: ") as caught:
        read_settings()
    assert "anary" not in str(caught.value)


async def test_both_swap_services_follow_the_settings_and_the_token_stays_with_the_real_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in SWAPS.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    (tmp_path / "data").mkdir()
    async with opened_swap_services(settings, clock=FakeClock()) as services:
        assert list(services) == [Venue.NEXCHANGE, Venue.PAPER_SWAPS]
        live, practice = (_manners(services[venue]) for venue in services)
        assert "canary" not in repr(settings) + repr(services) + repr(live) + repr(practice)
    assert (live.scheme, live.side, live.zone.key) == (AuthScheme.BEARER, "", "Asia/Dubai")
    assert live.referral_token is not None and practice.referral_token is None
    assert (live.api_path, practice.api_path) == ("", "/en/api/v2")
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["nexchange.requests", "paper-swaps.requests"]


async def test_without_addresses_there_are_no_swaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEXCHANGE_URL", "")
    async with opened_swap_services(read_settings(), clock=FakeClock()) as services:
        assert dict(services) == {}


def _manners(opened: OpenSwapService) -> Manners:
    assert isinstance(opened.service, SharedSwapReads)
    assert isinstance(opened.service._service, NexchangeGateway)
    return opened.service._service._manners
