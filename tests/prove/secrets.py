"""Planted secrets through a whole life at DEBUG: they are in nothing that anybody else may read.

One case is one life of one bot: a key that is wrong, a key that is right, in one message or one by one; a wrong and a
right browser session, which ends; a wrong and a right key for swaps; trades that succeed, are refused and get lost; a
crash with an order on its way; accounts unlinked. Then the log, every file of the database (its write-ahead log and
copies, too), all messages and all calls to Telegram are searched for every secret, as it is and in the encodings it
may hide in.
"""

import base64
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from tests.harness import Credentials, Persona, Stack
from tests.prove.proof import Proof, Run

_CANARY = "canary"


def prove(run: Run) -> None:
    for case, chance in run.cases():
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = _live(chance, Path(folder), json_log=case % 2 == 1, run=run)
            except AssertionError as error:
                found = [f"the life broke off: {error}"]
        for what in found:
            run.fail(case, what)


def _live(chance: random.Random, folder: Path, *, json_log: bool, run: Run) -> list[str]:
    referral_token = f"{_CANARY}-referral-{chance.getrandbits(64):x}"
    settings = {
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json" if json_log else "console",
        "NEXCHANGE_REFERRAL_TOKEN": referral_token,
    }
    with Stack.running(folder, settings=settings) as stack:
        names = ("username", "passphrase", "api_key", "secret_key")
        wrong = Credentials(**{name: f"{_CANARY}-{name}-{chance.getrandbits(64):x}" for name in names})
        person = stack.person("Rita")
        right = _link(stack, person, wrong=wrong, one_by_one=chance.random() < 0.5)
        sessions = _link_sessions(stack, person, wrong=f"{_CANARY}-token-{chance.getrandbits(64):x}")
        swap_keys = _link_swaps(stack, person, wrong=f"{_CANARY}-swaps-{chance.getrandbits(64):x}")
        _trade(stack, person)
        _crash(stack, person)
        for account in ("paper-1", "paper-swaps-1"):
            _unlink(person, account)
        secrets = [*_values(wrong), *_values(right), *sessions, *swap_keys, referral_token, stack.chat.token]
        found = [*_in_chat(stack, secrets), *_in_files(folder, secrets)]
        assert stack.bot.stop() == 0
        log = "\n".join(stack.bot.log)
        assert list(_in_files(folder, ["paper-1"])) and "exchange call" in log, "the search would find nothing at all"
        found += _in_files(folder, secrets)
        found += _search("the log", log.encode(), secrets)
        run.remarks["lines of log searched"] = run.remarks.get("lines of log searched", 0) + len(stack.bot.log)
        return found


def _link(stack: Stack, person: Persona, *, wrong: Credentials, one_by_one: bool) -> Credentials:
    person.say(f"/link {wrong.line}")
    person.wait_for(lambda seen: "not" in seen.text and seen.sender == stack.chat.bot_id)
    right = stack.exchange.open_account(_CANARY)
    if one_by_one:
        person.ask("/link")
        for secret in _values(right):
            person.say(secret)
            person.wait_for(lambda _: True)
        person.wait_for("is linked")
    else:
        person.say(f"/link {right.line}")
        person.wait_for("is linked")
    person.account = right
    return right


def _link_sessions(stack: Stack, person: Persona, *, wrong: str) -> tuple[str, str]:
    """Both tokens; the right one is used, and ends. The user name is the key's, too."""
    username, right = stack.exchange.log_in(person.username)
    person.say(f"/link instant {username} {wrong}")
    person.wait_for("did not accept this session")
    person.say(f"/link instant {username} {right}")
    person.wait_for("Instant Trade is on")
    stack.exchange.log_out(person.username)
    person.say("/trades")
    person.wait_for("does not accept your browser session")
    return wrong, right


def _link_swaps(stack: Stack, person: Persona, *, wrong: str) -> tuple[str, str]:
    """Both keys. The right one is used, too."""
    right = stack.exchange.swaps.open_key()
    person.say(f"/link paper-swaps {wrong}")
    person.wait_for(lambda seen: "not" in seen.text and seen.sender == stack.chat.bot_id)
    person.say(f"/link paper-swaps {right}")
    person.wait_for("is linked")
    person.ask("/swaps")
    return wrong, right


def _trade(stack: Stack, person: Persona) -> None:
    for kind, ends in (
        (None, "is filled"),
        ("refuse", "Refused"),
        ("garbage", "is filled"),
        ("drop_answer", "is filled"),
    ):
        card = person.ask("/buy 0.001 BTC")
        if kind is not None:
            stack.exchange.fault(kind, method="POST")
        person.tap("Confirm", card)
        person.wait_for(ends, message=card, timeout=30)
    for command in ("/balance", "/orders all", "/accounts", "/pending", "/help link", "/nonsense"):
        person.ask(command)


def _crash(stack: Stack, person: Persona) -> None:
    """Killed while an order is on its way; the key is needed again to find out."""
    card = person.ask("/buy 0.001 BTC")
    mark = stack.exchange.mark
    stack.exchange.fault("silent", method="POST", seconds=5, apply=True)
    person.tap("Confirm", card)
    stack.exchange.wait_for_request("/api/v1/orders/", method="POST", since=mark)
    stack.bot.restart()
    person.wait_for("is filled", message=card, timeout=30)


def _unlink(person: Persona, account: str) -> None:
    person.say("/accounts")
    listed = person.wait_for(lambda seen: any("Unlink" in label for label in seen.buttons))
    person.tap(f"Unlink {account}", listed)
    asked = person.wait_for(lambda seen: any("Erase" in label or "Unlink" in label for label in seen.buttons))
    person.tap(asked.buttons[0], asked)
    person.wait_for(lambda seen: not any("Unlink" in label or "Erase" in label for label in seen.buttons))


def _values(credentials: Credentials) -> tuple[str, ...]:
    return credentials.username, credentials.passphrase, credentials.api_key, credentials.secret_key


def _in_chat(stack: Stack, secrets: list[str]) -> Iterator[str]:
    """What stands in chats now, and everything the bot ever said to Telegram."""
    for chat in stack.chat.get("world")["chats"]:
        shown = json.dumps([message.raw for message in stack.chat.messages(chat["id"])], ensure_ascii=False)
        yield from _search(f"chat {chat['id']}", shown.encode(), secrets)
    calls = json.dumps([call["parameters"] for call in stack.chat.calls()], ensure_ascii=False)
    yield from _search("calls to Telegram", calls.encode(), secrets)


def _in_files(folder: Path, secrets: list[str]) -> Iterator[str]:
    """Every file the bot wrote."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _search(path.name, path.read_bytes(), secrets)


def _search(where: str, content: bytes, secrets: list[str]) -> Iterator[str]:
    for number, secret in enumerate(secrets):
        for form in _forms(secret):
            if form in content:
                yield f"secret {number} is in {where}"
                break


def _forms(secret: str) -> Iterator[bytes]:
    """A secret as it is, in halves, and as it looks in an address, in base64, in hexadecimal and backwards."""
    plain = secret.encode()
    yield plain
    if len(plain) >= 24:
        yield plain[: len(plain) // 2]
        yield plain[len(plain) // 2 :]
    yield quote(secret, safe="").encode()
    yield base64.b64encode(plain).rstrip(b"=")[:-2]
    yield plain.hex().encode()
    yield plain[::-1]


PROOF = Proof(
    name="secrets",
    claim="a whole life at DEBUG: no planted secret in log, database files, messages or calls",
    required=6,
    sample=1,
    prove=prove,
    processes=True,
)
