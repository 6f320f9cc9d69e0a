"""Browser sessions: what a logged-in page keeps in its local storage, and Instant Trade is opened with."""

import secrets


class Sessions:
    """At most one token per account number."""

    def __init__(self) -> None:
        self._tokens: dict[int, str] = {}

    def token(self, account: int) -> str | None:
        """What the account's requests are signed with; None while nobody is logged in."""
        return self._tokens.get(account)

    def begin(self, account: int, letters: str = "") -> None:
        """Log in, with a token of these letters or of chance ones; the token before is worth nothing from now on."""
        self._tokens[account] = f"tok_{(letters or secrets.token_hex(32))[:48]}"

    def expire(self, account: int) -> None:
        """Log out: no token works until a session begins."""
        self._tokens.pop(account, None)
