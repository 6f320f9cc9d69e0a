"""Why the storage cannot be opened or read. Each message is a sentence for whoever runs the program."""

from pathlib import Path


class StorageFault(Exception):
    """The root. The message says what is wrong and what to do; it never holds a secret."""


class UnsupportedUrl(StorageFault):
    """`DATABASE_URL` is not one of the forms this program can open."""

    def __init__(self) -> None:
        super().__init__("DATABASE_URL must look like sqlite:///data/chatbot.db or sqlite:////absolute/path.db.")


class DatabaseInUse(StorageFault):
    """Another process has the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Another bot is running on {path}. Stop it first, or give this one its own DATABASE_URL.")


class DatabaseNewer(StorageFault):
    """The database was written by a newer program; its contents were left alone."""

    def __init__(self, path: Path, *, revision: str, head: str) -> None:
        super().__init__(
            f"{path} is at revision {revision}, newer than this program (revision {head}). "
            "Update the program, or use the backup that was made before the database was migrated."
        )
        self.revision = revision


class DatabaseOlder(StorageFault):
    """The database was written by an older program; it is not migrated by what only looks at it."""

    def __init__(self, path: Path, *, revision: str, head: str) -> None:
        super().__init__(
            f"{path} is at revision {revision}, older than this program (revision {head}). "
            "Start the bot of this version, or run: chatbot migrate"
        )


class DatabaseMissing(StorageFault):
    """There is nothing to look at."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no database at {path} yet.")


class ForeignDatabase(StorageFault):
    """The file is no database, or not this program's; its contents were left alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not a database of this program. Choose another DATABASE_URL.")


class MasterKeyExposed(StorageFault):
    """The master key file can be read by others than its owner."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} can be read by others. Run: chmod 600 {path}")


class MasterKeyNotReplaced(StorageFault):
    """The master key file cannot be replaced by one with another key; it was left as it is."""

    def __init__(self, path: Path, *, reason: str | None) -> None:
        said = f" ({reason})" if reason else ""
        super().__init__(
            f"{path} cannot be replaced{said}. Run this as the bot's own user or as root, and let {path.parent} be "
            "writable."
        )


class MasterKeyMalformed(StorageFault):
    """Where the master key should be, something else is."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where} is not a master key (64 hexadecimal digits, or several such keys, newest first). "
            "Restore it from a backup."
        )


class MasterKeyMissing(StorageFault):
    """The database holds sealed secrets, but there is no master key. A new one could not open them."""

    def __init__(self, where: str) -> None:
        super().__init__(f"The database is sealed, but its master key {where} is missing. Restore it from a backup.")


class MasterKeyWrong(StorageFault):
    """Something is sealed with a master key that is not at hand."""

    def __init__(self, where: str) -> None:
        super().__init__(f"The database was sealed with another master key than {where}. Restore the right one.")


class SealBroken(StorageFault):
    """Sealed bytes are damaged, or were moved from where they belong."""

    def __init__(self, *, table: str, field: str) -> None:
        super().__init__(f"The sealed {field} in {table} cannot be opened: it is damaged or does not belong there.")
