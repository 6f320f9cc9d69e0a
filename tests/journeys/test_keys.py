"""The master key from the outside: rotated beside a running bot, taken from elsewhere, refused."""

from pathlib import Path

from tests.harness import Stack, run_command

OLD, NEW = "a" * 64, "b" * 64


def _elsewhere(own: Stack, folder: Path, **settings: str) -> dict[str, str]:
    """The stack's settings with another database; the key file is not set."""
    inherited = {name: value for name, value in own.bot.settings.items() if name != "MASTER_KEY_FILE"}
    return inherited | {"DATABASE_URL": f"sqlite:///{folder / 'other.db'}"} | settings


def test_master_key_is_rotated_while_the_bot_runs_and_nobody_notices(own: Stack) -> None:
    person, file = own.person("Dora", linked=True), own.folder / "master.key"
    assert "USDT" in person.ask("/balance").text
    before = file.read_text()
    ended = run_command("keys rotate", folder=own.folder, settings=own.bot.settings)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "The running bot re-wraps" in ended.stdout and "Done: everything hangs on" in ended.stdout
    after = file.read_text()
    assert after != before and len(after.split()) == 1 and file.stat().st_mode & 0o777 == 0o600
    assert "USDT" in person.ask("/balance").text
    own.bot.restart()
    assert "USDT" in person.ask("/balance").text
    status = run_command("keys status", folder=own.folder, settings=own.bot.settings)
    assert status.returncode == 0 and "Everything hangs on one master key." in status.stdout
    said = ended.stdout + ended.stderr + status.stdout + status.stderr + own.bot.tail(1000)
    assert before.strip() not in said and after.strip() not in said


def test_keys_new_prints_a_key_and_nothing_else(tmp_path: Path) -> None:
    first, second = (run_command("keys new", folder=tmp_path, settings={}) for _ in range(2))
    assert first.returncode == 0 and len(bytes.fromhex(first.stdout)) == 32
    assert first.stdout != second.stdout and not list(tmp_path.iterdir())


def test_key_in_the_environment_works_with_a_warning(own: Stack, tmp_path: Path) -> None:
    settings = _elsewhere(own, tmp_path, MASTER_KEY=OLD, TELEGRAM_BOT_TOKEN="123456:token-of-nobody")
    ended = run_command("run", folder=tmp_path, settings=settings)
    said = ended.stdout + ended.stderr
    assert "the master key comes from MASTER_KEY" in said and "a file is safer" in said and OLD not in said
    assert not list(tmp_path.glob("**/master.key"))
    wrong = run_command("keys status", folder=tmp_path, settings=settings | {"MASTER_KEY": NEW})
    assert wrong.returncode == 1 and "another master key than MASTER_KEY" in wrong.stderr
    rotating = run_command("keys rotate", folder=tmp_path, settings=settings)
    assert rotating.returncode == 1 and "`chatbot keys new`" in rotating.stdout


def test_key_is_taken_from_a_systemd_credential(own: Stack, tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "master.key").write_text(OLD)
    settings = _elsewhere(own, tmp_path, CREDENTIALS_DIRECTORY=str(tmp_path / "credentials"))
    assert run_command("migrate", folder=tmp_path, settings=settings).returncode == 0
    assert "the systemd credential master.key" in run_command("keys status", folder=tmp_path, settings=settings).stdout
    opened = run_command("keys status", folder=tmp_path, settings=_elsewhere(own, tmp_path, MASTER_KEY=OLD))
    assert opened.returncode == 0, opened.stderr


def test_variable_beside_an_existing_key_file_is_refused(own: Stack) -> None:
    ended = run_command("run", folder=own.folder, settings=own.bot.settings | {"MASTER_KEY": OLD})
    assert ended.returncode == 1 and "MASTER_KEY: is set, and so is MASTER_KEY_FILE" in ended.stderr
    assert OLD not in ended.stderr and "Traceback" not in ended.stderr


def test_bot_that_nobody_could_use_does_not_start(own: Stack, tmp_path: Path) -> None:
    settings = _elsewhere(own, tmp_path, ACCESS="owners", OWNER_IDS="")
    ended = run_command("run", folder=tmp_path, settings=settings)
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "ACCESS: is owners, and there is no owner" in ended.stderr and "OWNER_IDS" in ended.stderr
    checked = run_command("check", folder=tmp_path, settings=settings)
    assert checked.returncode == 1
    assert any(line.startswith("BAD  access") for line in checked.stdout.splitlines())


def test_check_tells_of_source_permissions_and_keyring(own: Stack, tmp_path: Path) -> None:
    key = tmp_path / "master.key"
    key.write_text(f"{OLD}\n")
    key.chmod(0o600)
    settings = _elsewhere(own, tmp_path, MASTER_KEY_FILE=str(key))
    assert run_command("migrate", folder=tmp_path, settings=settings).returncode == 0
    key.write_text(f"{NEW}\n{OLD}\n")
    checked = run_command("check", folder=tmp_path, settings=settings).stdout
    assert f"{key} holds 2 keys and has mode 600" in checked
    assert "BAD  keys        A rotation is under way" in checked
    assert NEW not in checked and OLD not in checked
