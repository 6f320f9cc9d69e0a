"""A database with its keys, as small as it can be: what tests of keys need of a storage."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chatbot.domain.accounts import Venue
from chatbot.domain.ids import AccountId, PersonId
from chatbot.storage import schema
from chatbot.storage.accounts import StoredAccounts
from chatbot.storage.audit import AuditLog
from chatbot.storage.database import Database
from chatbot.storage.keys import open_vault
from chatbot.storage.master_key import KeySource
from chatbot.storage.recording import Recorder
from chatbot.storage.rotation import Rotation
from chatbot.storage.secrets import PersonalKeys
from chatbot.storage.vault import Vault
from tests.storage.examples import NOW, credentials


@dataclass(frozen=True, slots=True)
class Keeping:
    database: Database
    vault: Vault
    keys: PersonalKeys
    accounts: StoredAccounts
    rotation: Rotation

    @classmethod
    @asynccontextmanager
    async def opened(cls, file: Path, source: KeySource) -> AsyncIterator["Keeping"]:
        database = await Database.open(file)
        try:
            if not await database.read(schema.has_tables):
                await database.write(schema.create)
            vault = await open_vault(database, source)
            keys = PersonalKeys(vault)
            accounts = StoredAccounts(database, keys, Recorder(AuditLog(database, vault.audit_key)))
            yield cls(database, vault, keys, accounts, Rotation(database, vault.keyring))
        finally:
            await database.aclose()

    def accounts_anew(self) -> StoredAccounts:
        """The same accounts, with nothing held in memory."""
        return StoredAccounts(self.database, self.keys, Recorder(AuditLog(self.database, self.vault.audit_key)))

    async def link(self, person: int, mark: str = "") -> AccountId:
        """An account of a person's, with secrets told apart by `mark`."""
        secrets = credentials(mark)
        account = await self.accounts.add(PersonId(person), venue=Venue.PAPER, credentials=secrets, now=NOW)
        return account.id

    async def finish(self) -> int:
        """Rotate to the end; returns in how many batches."""
        batches = 0
        while await self.rotation.advance():
            batches += 1
        return batches
