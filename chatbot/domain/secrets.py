"""Text that hides itself."""

from dataclasses import dataclass


class Secret:
    """A secret text. `repr`, `str` and formatting show dots; only `reveal()` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(••••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The four values that sign a private request at ANDX (its username is the login e-mail)."""

    username: Secret
    passphrase: Secret
    api_key: Secret
    secret_key: Secret

    @property
    def key_tail(self) -> str:
        """The last four characters of the API key: what a person may be shown of it."""
        return self.api_key.reveal()[-4:]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapKey:
    """The one value that stands behind every request at n.exchange."""

    api_key: Secret

    @property
    def key_tail(self) -> str:
        """The last four characters: what a person may be shown of it."""
        return self.api_key.reveal()[-4:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What stands behind requests for Instant Trade and trade history at ANDX: two values of a browser that is logged
    in (api: 6.1). Whoever has them can do there what its person can. The token changes with the session.
    """

    username: Secret
    token: Secret

    @property
    def tail(self) -> str:
        """The token's last four characters: what a person may be shown of it."""
        return self.token.reveal()[-4:]
