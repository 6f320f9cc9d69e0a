"""The second factors alone, with what they write into."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import sqlalchemy as sa

from chatbot.domain.audit import Deed
from chatbot.domain.factors import SETUP_LIFETIME, STEP, Judgement, OneTimeCode, read_code
from chatbot.domain.ids import ChatId, PersonId
from chatbot.domain.notices import Alarm
from chatbot.domain.secrets import Secret
from chatbot.ports.factors import Attempt
from chatbot.storage import schema
from chatbot.storage.audit import AUDIT, AuditLog
from chatbot.storage.database import Database
from chatbot.storage.factors import StoredFactors
from chatbot.storage.keys import open_vault
from chatbot.storage.limits import StoredLimits
from chatbot.storage.master_key import KeyFile
from chatbot.storage.outbox import OUTBOX
from chatbot.storage.recording import Recorder
from chatbot.storage.secrets import PersonalKeys
from tests.storage.examples import ANNA, NOW

SECRET = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
APP = pyotp.TOTP(SECRET.reveal())
RECOVERY = tuple(f"AAAAA-BBBB{n}" for n in range(8))


@dataclass
class FactorKeeping:
    """Everybody's secret is `SECRET`, and their recovery codes are `RECOVERY`. Time goes when a test says so."""

    database: Database
    factors: StoredFactors
    now: datetime = field(default=NOW)

    @classmethod
    @asynccontextmanager
    async def opened(cls, folder: Path) -> AsyncIterator["FactorKeeping"]:
        database = await Database.open(folder / "factors.db")
        try:
            if not await database.read(schema.has_tables):
                await database.write(schema.create)
            vault = await open_vault(database, KeyFile(folder / "master.key"))
            recorder = Recorder(AuditLog(database, vault.audit_key))
            limits = StoredLimits(database, recorder)
            yield cls(database, await StoredFactors.load(database, PersonalKeys(vault), recorder, limits=limits))
        finally:
            await database.aclose()

    async def turn_on(self, person: PersonId = ANNA) -> None:
        """With the code of now, so that the next is good half a minute later."""
        assert await self.factors.begin(person, secret=SECRET, expires_at=self.now + SETUP_LIFETIME)
        assert await self.confirm(person)
        self.now += timedelta(seconds=STEP)

    async def confirm(self, person: PersonId = ANNA, *, digits: str | None = None) -> bool | None:
        code = OneTimeCode(digits or APP.at(self.now))
        return await self.factors.confirm(person, code, recovery=RECOVERY, chat=ChatId(person), now=self.now)

    async def verify(
        self, typed: str, *, person: PersonId = ANNA, closes: bool = False, at: datetime | None = None
    ) -> Judgement:
        attempt = Attempt(person=person, chat=ChatId(person), subject="unlink", closes=closes, at=at or self.now)
        return await self.factors.verify(read_code(typed), attempt)

    async def burn(self, typed: str, *, person: PersonId = ANNA) -> bool:
        code = read_code(typed)
        assert code is not None
        return await self.factors.burn(person, code, chat=ChatId(person), now=self.now)

    async def deeds(self) -> list[tuple[Deed, str]]:
        query = sa.select(AUDIT.c.deed, AUDIT.c.result).order_by(AUDIT.c.seq)
        rows = await self.database.read(lambda connection: connection.execute(query).all())
        return [(row.deed, row.result) for row in rows]

    async def alarms(self) -> list[Alarm]:
        query = sa.select(OUTBOX.c.notice).order_by(OUTBOX.c.id)
        return list(await self.database.read(lambda connection: connection.execute(query).scalars().all()))

    async def rows(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table)
        return int(await self.database.read(lambda connection: connection.execute(query).scalar_one()))
