"""The second factor: turning it on and off, its recovery codes, asking it of everybody."""

import base64
from dataclasses import dataclass
from datetime import datetime

import pyotp

from chatbot.domain.errors import FactorMissing, InputError
from chatbot.domain.factors import (
    RECOVERY_BYTES,
    RECOVERY_CODES,
    SECRET_BYTES,
    SETUP_LIFETIME,
    Factor,
    OneTimeCode,
    read_code,
    recovery_code,
)
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.secrets import Secret
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.factors import Factors as FactorStore

ISSUER = "ANDX"
"""Under this name an authenticator app lists the codes, beside the bot's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """A new factor that waits for its first code. `uri` is what the QR picture says:
    https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """

    secret: Secret
    uri: Secret
    expires_at: datetime


class Factors:
    """People's second factors. What asks for one goes through `services.protection`."""

    def __init__(self, *, store: FactorStore, clock: Clock, entropy: Entropy) -> None:
        self._store = store
        self._clock = clock
        self._entropy = entropy

    def has(self, person: PersonId) -> bool:
        """Whether the person's second factor is in force."""
        return self._store.has(person)

    @property
    def required(self) -> bool:
        """Whether a second factor is asked of everybody."""
        return self._store.required

    async def get(self, person: PersonId) -> Factor | None:
        return await self._store.get(person)

    async def begin(self, person: PersonId, *, bot: str) -> SetUp:
        """Make a new secret, in force once its first code was typed. Raises `InputError` if one is in force."""
        secret = base64.b32encode(self._entropy.random_bytes(SECRET_BYTES)).decode()
        expires_at = self._clock.now() + SETUP_LIFETIME
        if not await self._store.begin(person, secret=Secret(secret), expires_at=expires_at):
            raise InputError("Your second factor is on already. Turn it off first; see /2fa.")
        uri = pyotp.TOTP(secret).provisioning_uri(name=bot, issuer_name=ISSUER)
        return SetUp(secret=Secret(secret), uri=Secret(uri), expires_at=expires_at)

    async def confirm(self, person: PersonId, text: str, *, chat: ChatId) -> tuple[str, ...]:
        """Put the new secret in force by its first code; returns the recovery codes, which are shown this once.

        Raises `InputError` for what is no such code, and if the set-up is over.
        """
        code = read_code(text)
        if not isinstance(code, OneTimeCode):
            raise InputError("The app shows six digits: please send those.")
        recovery = self._recovery_codes()
        right = await self._store.confirm(person, code, recovery=recovery, chat=chat, now=self._clock.now())
        if right is None:
            raise InputError("This set-up is over, and its secret is erased. /2fa begins anew.")
        if not right:
            raise InputError("That is not the newest code. If it never fits, set the phone's clock by the network.")
        return recovery

    async def abandon(self, person: PersonId) -> bool:
        """End a set-up before its first code; what is in force stays. False if there was none."""
        return await self._store.abandon(person)

    async def turn_off(self, person: PersonId, *, chat: ChatId) -> None:
        """Erase the factor, its secret and its recovery codes. Raises `FactorMissing`."""
        if not await self._store.turn_off(person, chat=chat, now=self._clock.now()):
            raise FactorMissing

    async def renew(self, person: PersonId, *, chat: ChatId) -> tuple[str, ...]:
        """New recovery codes in place of all old ones, shown this once. Raises `FactorMissing`."""
        recovery = self._recovery_codes()
        if not await self._store.renew(person, recovery, chat=chat, now=self._clock.now()):
            raise FactorMissing
        return recovery

    async def require(self, required: bool, *, by: PersonId, chat: ChatId) -> None:
        """Ask a second factor of everybody, or no longer. Raises `FactorMissing` for an owner who has none."""
        if not self._store.has(by):
            raise FactorMissing
        await self._store.require(required, by=by, chat=chat, now=self._clock.now())

    def _recovery_codes(self) -> tuple[str, ...]:
        return tuple(recovery_code(self._entropy.random_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES))
