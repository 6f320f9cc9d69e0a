from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chatbot.domain.drafts import Dialogue, OrderDraft, OrderRequest, Question
from chatbot.domain.ids import ChatId, DialogueId
from chatbot.domain.notices import PersonJoined
from chatbot.domain.orders import Side
from chatbot.storage.opening import Storage
from chatbot.storage.tables import METADATA
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, BORIS, GROUP, NOW, ticket

SUPERGROUP = ChatId(-1_009_999_999_999)
NOTICE = PersonJoined(person=BORIS, name="Boris")
DRAFT = OrderDraft(request=OrderRequest(side=Side.BUY), asking=Question.MARKET)


def dialogue(chat: ChatId, word: str) -> Dialogue:
    return Dialogue(
        id=DialogueId(word), person=ANNA, chat=chat, message=None, draft=DRAFT, expires_at=NOW + timedelta(minutes=1)
    )


async def test_chats_are_vouched_for_across_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    assert not await storage.chats.is_vouched(GROUP)
    await storage.chats.vouch(GROUP, by=ANNA, now=NOW)
    assert await storage.chats.is_vouched(GROUP)
    await storage.aclose()
    storage = await reopen()
    assert await storage.chats.is_vouched(GROUP)
    await storage.aclose()


async def test_paused_chat_is_not_thereby_vouched_for(reopen: Reopen) -> None:
    storage = await reopen()
    await storage.chats.pause(GROUP, now=NOW)
    await storage.chats.resume(GROUP)
    await storage.aclose()
    storage = await reopen()
    assert not await storage.chats.is_vouched(GROUP)
    await storage.aclose()


async def test_paused_chat_gets_nothing_until_it_is_resumed(storage: Storage) -> None:
    await storage.chats.vouch(GROUP, by=ANNA, now=NOW)
    await storage.outbox.add(NOTICE, chat=GROUP, reply_to=None, now=NOW)
    await storage.chats.pause(GROUP, now=NOW)
    assert await storage.outbox.due(now=NOW, limit=10) == ()
    await storage.chats.resume(GROUP)
    assert len(await storage.outbox.due(now=NOW, limit=10)) == 1
    assert await storage.chats.is_vouched(GROUP)


async def test_move_rewrites_the_chat_in_every_table(storage: Storage) -> None:
    await storage.chats.vouch(GROUP, by=ANNA, now=NOW)
    await storage.tickets.add(card := ticket(chat=GROUP))
    await storage.dialogues.put(dialogue(GROUP, "d"))
    await storage.outbox.add(NOTICE, chat=GROUP, reply_to=None, now=NOW)
    await storage.chats.move(GROUP, SUPERGROUP)

    def chats(connection: sa.Connection) -> dict[str, set[int]]:
        tables = [table for table in METADATA.sorted_tables if "chat" in table.c]
        found = {table.name: set(connection.execute(sa.select(table.c.chat)).scalars()) for table in tables}
        return {name: chats for name, chats in found.items() if chats}

    moved = {name: {SUPERGROUP} for name in ("chats", "tickets", "dialogues", "outbox")}
    assert await storage.database.read(chats) == moved
    assert await storage.chats.is_vouched(SUPERGROUP)
    assert not await storage.chats.is_vouched(GROUP)
    assert await storage.tickets.get(card.id) == replace(card, chat=SUPERGROUP)
    assert await storage.dialogues.open_in(SUPERGROUP, person=ANNA, now=NOW) == dialogue(SUPERGROUP, "d")


async def test_move_onto_a_chat_already_known_keeps_the_old_chats_word(reopen: Reopen) -> None:
    storage = await reopen()
    await storage.chats.vouch(GROUP, by=ANNA, now=NOW)
    await storage.dialogues.put(dialogue(GROUP, "old"))
    await storage.chats.pause(SUPERGROUP, now=NOW)
    await storage.dialogues.put(dialogue(SUPERGROUP, "new"))
    await storage.outbox.add(NOTICE, chat=SUPERGROUP, reply_to=None, now=NOW)
    await storage.chats.move(GROUP, SUPERGROUP)
    await storage.aclose()
    storage = await reopen()
    assert await storage.chats.is_vouched(SUPERGROUP)
    assert await storage.dialogues.open_in(SUPERGROUP, person=ANNA, now=NOW) == dialogue(SUPERGROUP, "old")
    assert len(await storage.outbox.due(now=NOW, limit=10)) == 1
    await storage.aclose()


@pytest.mark.parametrize("old_is_known", [True, False])
async def test_move_takes_no_word_from_the_new_chat(reopen: Reopen, old_is_known: bool) -> None:
    storage = await reopen()
    await storage.chats.vouch(SUPERGROUP, by=ANNA, now=NOW)
    if old_is_known:
        await storage.chats.pause(GROUP, now=NOW)
    await storage.chats.move(GROUP, SUPERGROUP)
    assert await storage.chats.is_vouched(SUPERGROUP)
    await storage.aclose()
    storage = await reopen()
    assert await storage.chats.is_vouched(SUPERGROUP)
    await storage.aclose()
