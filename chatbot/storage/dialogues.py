"""Guided questions that wait for an answer, sealed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chatbot.domain.drafts import Dialogue
from chatbot.domain.ids import ChatId, DialogueId, PersonId
from chatbot.storage.database import Database
from chatbot.storage.drafts import DRAFT_CODEC
from chatbot.storage.tables import METADATA, Moment
from chatbot.storage.vault import Place, Vault

DIALOGUES = sa.Table(
    "dialogues",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("chat", sa.BigInteger, nullable=False),
    sa.Column("message", sa.BigInteger),
    sa.Column("draft", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.UniqueConstraint("person", "chat"),
)


class StoredDialogues:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._seal = vault.store

    async def put(self, dialogue: Dialogue) -> None:
        values = {
            "id": dialogue.id,
            "person": dialogue.person,
            "chat": dialogue.chat,
            "message": dialogue.message,
            "draft": self._seal.close(DRAFT_CODEC.encode(dialogue.draft), place=_place(dialogue.person, dialogue.id)),
            "expires_at": dialogue.expires_at,
        }
        here = sa.and_(DIALOGUES.c.person == dialogue.person, DIALOGUES.c.chat == dialogue.chat)

        def work(connection: sa.Connection) -> None:
            connection.execute(DIALOGUES.delete().where(here))
            connection.execute(DIALOGUES.insert(), values)

        await self._database.write(work)

    async def get(self, dialogue: DialogueId, *, person: PersonId, now: datetime) -> Dialogue | None:
        return await self._one(DIALOGUES.c.id == dialogue, person=person, now=now)

    async def open_in(self, chat: ChatId, *, person: PersonId, now: datetime) -> Dialogue | None:
        return await self._one(DIALOGUES.c.chat == chat, person=person, now=now)

    async def close(self, chat: ChatId, *, person: PersonId) -> None:
        here = DIALOGUES.delete().where(DIALOGUES.c.chat == chat, DIALOGUES.c.person == person)
        await self._database.write(lambda connection: connection.execute(here))

    async def prune(self, *, now: datetime) -> None:
        over = DIALOGUES.delete().where(DIALOGUES.c.expires_at <= now)
        await self._database.write(lambda connection: connection.execute(over))

    async def _one(self, which: sa.ColumnElement[bool], *, person: PersonId, now: datetime) -> Dialogue | None:
        query = sa.select(DIALOGUES).where(which, DIALOGUES.c.person == person, DIALOGUES.c.expires_at > now)
        row = await self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        return None if row is None else self._dialogue(row)

    def _dialogue(self, row: Mapping[Any, Any]) -> Dialogue:
        opened = self._seal.open(row["draft"], place=_place(row["person"], row["id"]))
        return Dialogue(
            id=row["id"],
            person=row["person"],
            chat=row["chat"],
            message=row["message"],
            draft=DRAFT_CODEC.decode(opened),
            expires_at=row["expires_at"],
        )


def _place(person: PersonId, dialogue: DialogueId) -> Place:
    return Place(table="dialogues", field="draft", person=person, row=dialogue, key_version=1)
