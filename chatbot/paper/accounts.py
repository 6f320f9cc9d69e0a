"""Accounts, their credentials and their sub-accounts."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from chatbot.paper.refusals import Refusal, Refused
from chatbot.paper.sessions import Sessions

MAIN = "Main"
"""The name every account has; the documentation's default."""
SAVINGS = "Savings"
"""A sub-account that everybody has; further ones are opened with the control panel."""

PLAY_MONEY = {
    "USDT": Decimal(100_000),
    "BTC": Decimal(1),
    "ETH": Decimal(10),
    "SOL": Decimal(50),
    "XRP": Decimal(5_000),
    "DOGE": Decimal(20_000),
    "SHIB": Decimal(50_000_000),
    "USD": Decimal(1_000),
}

SAVED = {"USDT": Decimal(2_500), "BTC": Decimal("0.05")}
"""What lies in `SAVINGS`."""

FIRST_NUMBER = 109
_FIRST_SUB_NUMBER = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who may trade, and how they prove it."""

    number: int
    username: str
    api_key: str
    passphrase: str = field(repr=False)
    secret_key: str = field(repr=False)

    def credentials(self) -> dict[str, str]:
        """What a client has to be told, secrets included."""
        return {
            "username": self.username,
            "passphrase": self.passphrase,
            "api_key": self.api_key,
            "secret_key": self.secret_key,
        }


class Accounts:
    """All accounts, by key and by name, and their browser sessions."""

    def __init__(self) -> None:
        self.sessions = Sessions()
        self._by_key: dict[str, Account] = {}
        self._by_username: dict[str, Account] = {}
        self._subs: dict[tuple[int, str], int] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_key.values())

    def by_key(self, api_key: str) -> Account | None:
        return self._by_key.get(api_key)

    def by_username(self, username: str) -> Account | None:
        return self._by_username.get(username)

    def number(self, account: Account, name: object) -> int:
        """Of an account itself, or of one of its sub-accounts, by name. Raises ``Refused`` for a name it has not."""
        number = account.number if name == MAIN else self._subs.get((account.number, str(name)))
        if number is None:
            raise Refused(Refusal.ACCOUNT_OWNER_DIFFERENT)
        return number

    def open_sub(self, account: Account, name: str) -> int:
        """Its number; what is there stays. Money lies in it and nothing else: orders are placed in the main account."""
        return self._subs.setdefault((account.number, name), _FIRST_SUB_NUMBER + len(self._subs))

    def introduced(self, account: Account) -> dict[str, object]:
        """What whoever is to use an account has to be told: the API key's credentials and the browser's session."""
        return {**account.credentials(), "session": self.session(account)}

    def session(self, account: Account) -> dict[str, str] | None:
        """What the account's logged-in page keeps as USER_NAME and TOKEN; None while it is logged out."""
        token = self.sessions.token(account.number)
        return None if token is None else {"username": account.username, "token": token}

    def open_ready(self, name: str, *, seed: int) -> Account:
        """An account whose credentials follow from the seed, so that they are the same at every start."""

        def derived(purpose: str) -> str:
            return sha256(f"practice:{seed}:{name}:{purpose}".encode()).hexdigest()

        return self._open(f"{name}@practice.example", derived)

    def open_fresh(self, name: str) -> Account:
        """An account with random credentials: nobody inherits an account of an earlier run of the venue."""
        username = f"{name}-{secrets.token_hex(4)}@practice.example"
        return self._open(username, lambda _: secrets.token_hex(32))

    def _open(self, username: str, token: Callable[[str], str]) -> Account:
        account = Account(
            number=FIRST_NUMBER + len(self._by_key),
            username=username,
            api_key=f"ak_{token('key')[:28]}",
            passphrase=f"pp_{token('passphrase')[:16]}",
            secret_key=f"sk_{token('secret')[:48]}",
        )
        self._by_key[account.api_key] = account
        self._by_username[account.username] = account
        self.sessions.begin(account.number, token("session"))
        return account
