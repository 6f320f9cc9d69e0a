"""Looking back, leaving, and whoever changes the log in the database file."""

import csv
import io
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from tests.harness import Persona, Stack, run_command


def _verify(folder: Path, settings: Mapping[str, str]) -> tuple[int, str]:
    ended = run_command("audit verify", folder=folder, settings=settings)
    return ended.returncode, ended.stdout + ended.stderr


def _table(person: Persona) -> list[dict[str, str]]:
    """The person's whole log, as a spreadsheet reads it."""
    person.say("/audit")
    person.tap("As a CSV file", person.wait_for("What you did"))
    message = person.wait_for(lambda seen: seen.document is not None)
    content = person.chat.content(message).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_what_was_done_is_read_exported_verified_and_a_changed_copy_is_found_out(own: Stack, tmp_path: Path) -> None:
    dora, owner = own.person("Dora", linked=True), own.owner
    dora.say("/lock")
    dora.wait_for("Locked")
    dora.say("/audit")
    said = dora.wait_for("What you did").text
    assert "Account linked · paper-1" in said and "Locked" in said
    assert [row["what"] for row in reversed(_table(dora))] == ["Account linked", "Locked", "Log exported"]
    owner.say("/audit")
    owner.tap("Everybody", owner.wait_for("What you did"))
    assert f"Account linked · {dora.id} · paper-1" in owner.wait_for("What everybody did").text

    code, verdict = _verify(own.folder, own.bot.settings)  # beside the running bot
    assert code == 0 and "The log is whole: 3 entries" in verdict

    copy = tmp_path / "copy.db"
    with sqlite3.connect(own.folder / "chatbot.db") as original, sqlite3.connect(copy) as target:
        original.backup(target)
        target.execute("UPDATE audit SET account = 'paper-2' WHERE seq = 2")
        target.execute("DELETE FROM audit WHERE seq = 3")
    code, verdict = _verify(tmp_path, own.bot.settings | {"DATABASE_URL": f"sqlite:///{copy}"})
    assert code == 1 and "tampered with. Entry 2 was changed." in verdict


def test_databases_of_other_versions_are_left_alone(own: Stack, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copyfile(own.folder / "master.key", tmp_path / "master.key")
    settings = own.bot.settings | {"DATABASE_URL": f"sqlite:///{copy}"}
    code, said = _verify(tmp_path, settings)
    assert code == 1 and "There is no database at" in said and not copy.exists()
    for revision, word in (("0005", "older than this program"), ("9999", "newer than this program")):
        with sqlite3.connect(own.folder / "chatbot.db") as original, sqlite3.connect(copy) as target:
            original.backup(target)
            target.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        code, said = _verify(tmp_path, settings)
        assert code == 1 and word in said and "Traceback" not in said


def test_somebody_leaves_and_nothing_of_theirs_is_left(own: Stack) -> None:
    erna = own.person("Erna", linked=True)
    erna.say("/forget")
    erna.tap("Erase everything", erna.wait_for("cannot be undone"))
    asked = erna.wait_for(lambda seen: any(word.isdigit() for word in seen.text.replace(".", " ").split()))
    number = next(word for word in asked.text.replace(".", " ").split() if word.isdigit() and len(word) == 4)
    erna.say(number)
    erna.wait_for("Everything of yours was erased")
    assert "No account is linked" in erna.ask("/balance").text
    with sqlite3.connect(own.folder / "chatbot.db") as database:
        for table, column in (
            ("accounts", "person"),
            ("data_keys", "person"),
            ("tickets", "person"),
            ("audit", "person"),
        ):
            assert database.execute(f"SELECT count(*) FROM {table} WHERE {column} = ?", (erna.id,)).fetchone() == (0,)
    code, verdict = _verify(own.folder, own.bot.settings)
    assert code == 0, verdict
