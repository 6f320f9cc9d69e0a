"""The file that holds the master key: 64 hexadecimal digits, for its owner's eyes only."""

import os
import re
import stat
from pathlib import Path

from chatbot.storage.faults import MasterKeyExposed, MasterKeyMalformed, MasterKeyMissing
from chatbot.storage.vault import KEY_BYTES

_WRITTEN = re.compile(rb"[0-9a-f]{64}\n?")


def create_master_key(path: Path) -> None:
    """Make the file, with mode 0600, whole or not at all; leave one that is already there as it is."""
    make_private_directory(path.parent)
    draft = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(KEY_BYTES).hex().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _link_unless_there(draft, path)
    finally:
        draft.unlink()
    _sync_directory(path.parent)


def read_master_key(path: Path) -> bytes:
    """Raises `MasterKeyMissing`, `MasterKeyExposed` or `MasterKeyMalformed`."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise MasterKeyMissing(path) from None
    with file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise MasterKeyExposed(path)
        written = file.read(2 * KEY_BYTES + 2)
    if not _WRITTEN.fullmatch(written):
        raise MasterKeyMalformed(path)
    return bytes.fromhex(written.decode())


def make_private_directory(path: Path) -> None:
    """Make a directory (mode 0700) unless it is there."""
    if not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _link_unless_there(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return  # another process was faster; its key counts


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
