"""The second factor: one-time codes of an authenticator app, and recovery codes for when the phone is gone.

One-time codes are those of RFC 6238 with what every app takes for granted: six digits, a new one every 30 seconds.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chatbot.domain.secrets import Secret

SECRET_BYTES: Final = 20
"""Bytes of chance in a secret: https://www.rfc-editor.org/rfc/rfc4226#section-4 recommends 160 bits."""

STEP: Final = 30  # seconds that a one-time code is shown
WRONG_IN_A_ROW: Final = 5
"""So many wrong codes, of either kind, lock a factor. At random, one of some 100,000 such rows finds a code."""
LOCKED_FOR: Final = timedelta(hours=24)
SETUP_LIFETIME: Final = timedelta(minutes=15)
"""How long a new secret waits for its first code."""

RECOVERY_CODES: Final = 8
RECOVERY_BYTES: Final = 7
"""Bytes of chance for one recovery code; 50 of their bits are used."""

# Crockford's base 32: https://www.crockford.com/base32.html. No I, L, O and U; who types one means its look-alike.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("ILO", "110")
_GROUP = 5
_BETWEEN = re.compile(r"[\s\-‐-―]+")
_ONE_TIME = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(rf"[{_ALPHABET}]{{{2 * _GROUP}}}")


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """Six digits, as an authenticator app shows them."""

    digits: str


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """Ten symbols of the alphabet, without the dash."""

    symbols: str


Code = OneTimeCode | RecoveryCode


def read_code(text: str) -> Code | None:
    """What was typed as a code: `123456`, `123 456`, `7K4QM-2XTB9`, `7k4qm2xtb9`. None if it cannot be one."""
    symbols = _BETWEEN.sub("", text).upper()
    if _ONE_TIME.fullmatch(symbols):
        return OneTimeCode(symbols)
    symbols = symbols.translate(_LOOK_ALIKES)
    return RecoveryCode(symbols) if _RECOVERY.fullmatch(symbols) else None


def resembles_code(text: str) -> bool:
    """Whether a text out of the blue is probably a code: words that could be read as one have no digit and no dash."""
    return read_code(text) is not None and any(symbol.isdigit() or symbol == "-" for symbol in text)


def recovery_code(chance: bytes) -> str:
    """A recovery code as it is shown, `7K4QM-2XTB9`, out of `RECOVERY_BYTES` of chance."""
    number = int.from_bytes(chance)
    symbols = "".join(_ALPHABET[number >> 5 * at & 31] for at in range(2 * _GROUP))
    return f"{symbols[:_GROUP]}-{symbols[_GROUP:]}"


def recovery_hash(code: RecoveryCode, *, secret: Secret) -> bytes:
    """What is stored of a recovery code. The factor's own secret is the key, and stands sealed: whoever has only the
    database cannot try codes against it.
    """
    return hmac.digest(secret.reveal().encode(), b"recovery code " + code.symbols.encode(), "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """A second factor in force.

    `last_step` is the newest step whose one-time code is used up or void, counted in `STEP`s since 1970; `failures` are
    wrong codes in a row; `recovery_left` are recovery codes not used yet.
    """

    since: datetime
    last_step: int
    failures: int
    locked_until: datetime | None
    recovery_left: int

    def locked_at(self, now: datetime) -> datetime | None:
        """Until when it is locked; None if it is not, or no longer."""
        return self.locked_until if self.locked_until is not None and now < self.locked_until else None


def accepted_step(code: OneTimeCode, *, code_at: Callable[[int], str], last_step: int, now: datetime) -> int | None:
    """The step a code is accepted for: the current one or, as typing takes a while, the one before.

    None for any other code, and for those of steps up to `last_step`: no code is accepted twice, nor one that is older
    than one accepted already (https://www.rfc-editor.org/rfc/rfc6238#section-5.2).
    """
    return next((step for step in _fitting(code, code_at=code_at, now=now) if step > last_step), None)


def is_spent(code: OneTimeCode, *, code_at: Callable[[int], str], now: datetime) -> bool:
    """Whether a code that is not accepted was shown by the app just now: it is used up, or void."""
    return bool(_fitting(code, code_at=code_at, now=now))


def burnt_step(code: OneTimeCode, *, code_at: Callable[[int], str], now: datetime) -> int | None:
    """The step of a code that nobody asked for: also the next one, which a phone whose clock is fast shows already."""
    return next(iter(_fitting(code, code_at=code_at, now=now, ahead=1)), None)


def _fitting(code: OneTimeCode, *, code_at: Callable[[int], str], now: datetime, ahead: int = 0) -> tuple[int, ...]:
    """The steps near now whose code this is, the latest first."""
    current = _step_at(now)
    near = range(current + ahead, current - 2, -1)
    return tuple(step for step in near if hmac.compare_digest(code_at(step), code.digits))


def _step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def after_right(factor: Factor, *, step: int | None) -> Factor:
    """The factor once a code was accepted: for a step, or a recovery code (None)."""
    if step is None:
        return replace(factor, failures=0, locked_until=None, recovery_left=factor.recovery_left - 1)
    return replace(factor, failures=0, locked_until=None, last_step=step)


def after_burnt(factor: Factor, *, step: int | None) -> Factor:
    """The factor once a right code came that nobody asked for: it is used up, and wrong ones stay counted."""
    if step is None:
        return replace(factor, recovery_left=factor.recovery_left - 1)
    return replace(factor, last_step=max(factor.last_step, step))


def after_void(factor: Factor, *, now: datetime) -> Factor:
    """The factor once a question for a code ended without a right one: whoever was to answer may still send the code
    that the app shows now, or the next, and it must not answer another question.
    """
    return replace(factor, last_step=max(factor.last_step, _step_at(now) + 1))


def after_wrong(factor: Factor, *, now: datetime) -> Factor:
    """The factor once a code was refused: the last of a row locks it, and the next row begins when the lock is over."""
    failures = factor.failures + 1
    if failures < WRONG_IN_A_ROW:
        return replace(factor, failures=failures, locked_until=None)
    return replace(factor, failures=0, locked_until=now + LOCKED_FOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The code was right, and is used up now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The code was wrong; `left` more may be before the factor is locked."""

    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """The code is one that the app showed just now, but used up or void. It is no try at finding one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """No code is looked at until then."""

    until: datetime


Judgement = Accepted | Rejected | Spent | Locked
