"""Linking an account: what works is said, and a secret stays nowhere but sealed."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import Credentials, Persona, Stack, eventually, run_command


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A bot that logs everything it ever logs."""
    with Stack.running(tmp_path_factory.mktemp("talkative"), settings={"LOG_LEVEL": "DEBUG"}) as stack:
        yield stack


def _places(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Everything that is kept or shown: log, files, messages, calls to Telegram."""
    yield "the log", "\n".join(stack.bot.log).encode()
    for path in stack.folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
    for person in stack.chat.get("world")["people"]:
        if not person["is_bot"]:
            yield "the chat", repr(stack.chat.messages(person["id"])).encode()
    yield "calls to Telegram", repr(stack.chat.calls()).encode()


def _assert_nowhere(stack: Stack, *secrets: str) -> None:
    for place, content in _places(stack):
        for secret in secrets:
            assert secret.encode() not in content, f"{secret!r} stands in {place}"


def _secrets(account: Credentials) -> tuple[str, ...]:
    return account.username, account.passphrase, account.api_key, account.secret_key


def test_linking_in_one_message_leaves_no_secret_anywhere(talkative: Stack) -> None:
    person = talkative.person("Ines")
    account = talkative.exchange.open_account("ines")
    said = person.say(f"/link {account.line}")
    report = person.wait_for("is linked")
    assert "✓ Balances" in report.text and "✓ Order list" in report.text and account.api_key[-4:] in report.text
    assert said.id in talkative.chat.deleted(person.id)
    person.account = account
    card = person.ask("/buy 0.01 BTC")
    person.tap("Confirm", card)
    person.wait_for("is filled", message=card)
    person.ask("/balance")
    person.ask("/accounts")
    _assert_nowhere(talkative, *_secrets(account))


def test_linking_question_by_question_leaves_no_secret_anywhere(talkative: Stack) -> None:
    person = talkative.person("Jan")
    account = talkative.exchange.open_account("jan")
    assert "1 of 4" in person.ask("/link").text
    said = []
    for value, answer in zip(_secrets(account), ("2 of 4", "3 of 4", "4 of 4", "is linked"), strict=True):
        said.append(person.say(value))
        person.wait_for(answer)
        _assert_nowhere(talkative, account.passphrase, account.api_key, account.secret_key)
    assert {message.id for message in said} <= set(talkative.chat.deleted(person.id))
    _assert_nowhere(talkative, *_secrets(account))


def test_a_wrong_key_is_told_with_the_reasons_and_nothing_is_stored(talkative: Stack) -> None:
    person = talkative.person("Kim")
    account = talkative.exchange.open_account("kim")
    wrong = Credentials(
        username=account.username,
        passphrase="canary-passphrase",
        api_key=account.api_key,
        secret_key=account.secret_key,
    )
    said = person.say(f"/link {wrong.line}")
    told = person.wait_for("did not accept this key")
    assert "Nothing was stored" in told.text and "wrong passphrase" in told.text and "401" in told.text
    assert said.id in talkative.chat.deleted(person.id)
    assert "No account is linked" in person.ask("/accounts").text
    _assert_nowhere(talkative, *_secrets(wrong))


@pytest.mark.parametrize("words", ["canary-one", "canary-one canary-two canary-three", "canary-1 canary-2 c-3 c-4 c-5"])
def test_too_few_or_too_many_values_are_deleted_all_the_same(talkative: Stack, words: str) -> None:
    person = talkative.person("Lou")
    said = person.say(f"/link {words}")
    person.wait_for("Four values are needed")
    assert said.id in talkative.chat.deleted(person.id)
    _assert_nowhere(talkative, *words.split()[:2])


def test_a_message_that_cannot_be_deleted_is_warned_of(leaping: Stack) -> None:
    person = leaping.person("Mia")
    account = leaping.exchange.open_account("mia")
    leaping.chat.fault("deleteMessage", "drop_before", times=99, chat=person.id)
    mark = leaping.chat.last_call
    said = person.say(f"/link {account.line}")
    for attempt in range(1, 4):
        eventually(lambda n=attempt: len(leaping.chat.calls("deleteMessage", since=mark)) >= n)  # type: ignore[misc]
        leaping.leap(5)
    warned = person.wait_for("could not delete your message")
    assert warned.reply_to == said.id and "new key" in warned.text
    person.wait_for("is linked")


def test_a_key_for_swaps_leaves_no_secret_anywhere_linked_here_or_on_the_command_line(talkative: Stack) -> None:
    person = talkative.person("Nora")
    asked_for, typed = (talkative.exchange.swaps.open_key() for _ in range(2))
    person.ask("/link paper-swaps")
    said = person.say(asked_for)
    assert "✓ Order list" in person.wait_for("paper-swaps-1 is linked").text
    assert said.id in talkative.chat.deleted(person.id)
    words = f"link --person {person.id} --venue paper-swaps"
    ended = run_command(words, folder=talkative.folder, settings=talkative.bot.settings, typed=(typed,))
    assert ended.returncode == 0 and "paper-swaps-2 is linked" in ended.stdout, ended.stderr
    assert "paper-swaps-2" in person.ask("/accounts").text
    _assert_nowhere(talkative, asked_for, typed)


def test_unlinking_erases_the_key_and_ends_trading(talkative: Stack) -> None:
    person = talkative.person("Nils", linked=True)
    asked = person.ask("/unlink")
    person.tap("Unlink", asked)
    person.wait_for("The key is erased", message=asked)
    assert "No account is linked" in person.ask("/balance").text
    assert "No account is linked" in person.ask("/buy 0.01 BTC").text


def test_the_card_of_an_unlinked_account_sends_nothing(talkative: Stack) -> None:
    person = talkative.person("Ole", linked=True)
    card = person.ask(f"/buy 0.01 BTC @ {talkative.exchange.ticker('BTCUSDT')['bid']}")
    person.tap("Unlink", person.ask("/unlink"))
    person.wait_for("The key is erased")
    person.tap("Confirm", card)
    person.wait_for("no longer linked", message=card)
    assert not talkative.exchange.orders(person)


# On the command line


def _link_by_command(stack: Stack, person: Persona, account: Credentials) -> "subprocess.CompletedProcess[str]":
    words = f"link --person {person.id} --venue paper"
    return run_command(words, folder=stack.folder, settings=stack.bot.settings, typed=_secrets(account))


def test_linking_on_the_command_line_reaches_the_running_bot(talkative: Stack, tmp_path: Path) -> None:
    person = talkative.person("Pia")
    account = talkative.exchange.open_account("pia")
    ended = _link_by_command(talkative, person, account)
    assert ended.returncode == 0, ended.stderr
    assert "is linked" in ended.stdout and "works: balances, orders" in ended.stdout
    assert not any(secret in ended.stdout + ended.stderr for secret in _secrets(account))
    assert "paper-1" in person.ask("/accounts").text
    assert "100,000" in person.ask("/balance").text
    _assert_nowhere(talkative, *_secrets(account))


def test_a_wrong_key_on_the_command_line_ends_with_1_and_stores_nothing(talkative: Stack) -> None:
    person = talkative.person("Quin")
    wrong = Credentials(username="q@example.org", passphrase="canary-pp", api_key="canary-ak", secret_key="canary-sk")
    ended = _link_by_command(talkative, person, wrong)
    assert ended.returncode == 1 and "Nothing was stored" in ended.stdout
    assert "No account is linked" in person.ask("/accounts").text


def test_a_browser_session_leaves_no_secret_anywhere_and_is_asked_for_anew_when_it_ended(talkative: Stack) -> None:
    person = talkative.person("Noa")
    account = talkative.exchange.open_account("noa")
    person.say(f"/link {account.line}")
    person.wait_for("is linked")
    person.account = account
    username, token = talkative.exchange.log_in(account.username)
    assert "Practise Instant Trade" in person.ask("/link instant").buttons
    first = person.say(username)
    person.wait_for("2 of 2")
    second = person.say(token)
    assert token[-4:] in person.wait_for("Instant Trade is on").text
    assert {first.id, second.id} <= set(talkative.chat.deleted(person.id))
    talkative.exchange.log_out(account.username)
    person.ask("/trades")
    request = person.wait_for("does not accept your browser session any more")
    person.tap("Paste a fresh one", request)
    person.wait_for("1 of 2")
    fresh = talkative.exchange.log_in(account.username)
    said = person.say(" ".join(fresh))
    person.wait_for("Instant Trade is on")
    assert said.id in talkative.chat.deleted(person.id)
    assert "Instant Trade is off" in person.ask("/unlink instant").text
    _assert_nowhere(talkative, username, token, fresh[1])
