"""Where the master key comes from: a file, a systemd credential, or the environment.

In each a key is 64 hexadecimal digits. There may be several, newest first: the newest wraps, the others still open
until everything hangs on the newest (storage/rotation.py).
"""

import contextlib
import fcntl
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatbot.domain.secrets import Secret
from chatbot.storage.faults import MasterKeyExposed, MasterKeyMalformed, MasterKeyMissing, MasterKeyNotReplaced

KEY_BYTES = 32

_MOST_KEYS = 8
_WRITTEN = re.compile(r"[0-9a-f]{64}")
_LONGEST = _MOST_KEYS * (2 * KEY_BYTES + 1)


class KeySource(Protocol):
    """A place that holds master keys."""

    @property
    def where(self) -> str:
        """Its name, for sentences."""
        ...

    def mark(self) -> object:
        """Something that differs once the keys have changed; cheap."""
        ...

    def read(self) -> tuple[bytes, ...]:
        """The keys, newest first, at least one.

        Raises `MasterKeyMissing`, `MasterKeyExposed` or `MasterKeyMalformed`.
        """
        ...

    def make_first(self) -> None:
        """Make a key, for a database that holds no sealed byte yet, if there is none and this source can."""
        ...

    def keep_only(self, key: bytes) -> None:
        """Take all keys but this one out, if it is the newest and this source can: nothing hangs on them any more."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file with a key a line, for its owner's eyes only. The program makes it and rotates the keys in it."""

    path: Path

    @property
    def where(self) -> str:
        return str(self.path)

    def mark(self) -> object:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def read(self) -> tuple[bytes, ...]:
        try:
            file = self.path.open("rb")
        except FileNotFoundError:
            raise MasterKeyMissing(self.where) from None
        with file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise MasterKeyExposed(self.path)
            return _keys_in_lines(file.read(_LONGEST + 1), self.where)

    def make_first(self) -> None:
        if self.path.exists():
            return
        make_private_directory(self.path.parent)
        with self._alone():
            if not self.path.exists():
                self._write([os.urandom(KEY_BYTES)])

    def add_newest(self) -> bool:
        """Put a fresh key on top. False, and nothing is changed, if a rotation is under way: older keys are in it.

        Raises `MasterKeyNotReplaced` if the file cannot be replaced.
        """
        try:
            with self._alone():
                keys = self.read()
                if len(keys) > 1:
                    return False
                self._write([os.urandom(KEY_BYTES), *keys])
                return True
        except OSError as error:
            raise MasterKeyNotReplaced(self.path, reason=error.strerror) from None

    def keep_only(self, key: bytes) -> None:
        with self._alone():
            keys = self.read()
            if len(keys) > 1 and keys[0] == key:
                self._write([key])

    def _write(self, keys: Sequence[bytes]) -> None:
        """Replace the file, whole or not at all; it is on the disk when this returns, and still its owner's."""
        target = self.path.resolve()
        draft = target.with_name(f"{target.name}.new")
        draft.unlink(missing_ok=True)  # of a process that was killed here
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"".join(key.hex().encode() + b"\n" for key in keys))
            file.flush()
            if os.geteuid() == 0 and target.exists():  # the administrator rotates, the bot's own user reads
                owner = target.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            os.fsync(descriptor)
        draft.replace(target)
        _sync_directory(target.parent)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """No two processes change the file at once. The lock is on its directory: the file itself gets replaced."""
        descriptor = os.open(self.path.resolve().parent, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class KeyCredential:
    """A file systemd shows to this service alone (https://systemd.io/CREDENTIALS/); it stays as it was at the start.

    Its mode says nothing: where access is given by a list, the group's bits stand for that list's mask.
    """

    path: Path

    @property
    def where(self) -> str:
        return f"the systemd credential {self.path.name}"

    def mark(self) -> object:
        return None

    def read(self) -> tuple[bytes, ...]:
        try:
            written = self.path.read_bytes()
        except FileNotFoundError:
            raise MasterKeyMissing(self.where) from None
        return _keys_in_lines(written, self.where)

    def make_first(self) -> None:
        """Nothing: what systemd hands over is the operator's."""

    def keep_only(self, key: bytes) -> None:
        """Nothing: the operator takes it out."""


@dataclass(frozen=True, slots=True)
class KeyVariable:
    """The environment variable `MASTER_KEY`, with commas between keys."""

    text: Secret
    where: str = "MASTER_KEY"

    def mark(self) -> object:
        return None

    def read(self) -> tuple[bytes, ...]:
        return _keys([word.strip() for word in self.text.reveal().split(",")], self.where)

    def make_first(self) -> None:
        """Nothing: the operator sets it."""

    def keep_only(self, key: bytes) -> None:
        """Nothing: the operator takes it out."""


def new_key() -> Secret:
    """A fresh master key, as it is written."""
    return Secret(os.urandom(KEY_BYTES).hex())


def make_private_directory(path: Path) -> None:
    """Make a directory (mode 0700) unless it is there."""
    if not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _keys_in_lines(written: bytes, where: str) -> tuple[bytes, ...]:
    return _keys(written.decode("ascii", errors="replace").removesuffix("\n").split("\n"), where)


def _keys(words: Sequence[str], where: str) -> tuple[bytes, ...]:
    if len(words) > _MOST_KEYS or not all(map(_WRITTEN.fullmatch, words)):
        raise MasterKeyMalformed(where)
    return tuple(map(bytes.fromhex, words))


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
