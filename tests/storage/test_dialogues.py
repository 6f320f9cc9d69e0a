from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from chatbot.domain.accounts import Venue
from chatbot.domain.drafts import (
    Choice,
    Dialogue,
    LinkDraft,
    OrderDraft,
    OrderRequest,
    Quantity,
    QuantityKind,
    Question,
)
from chatbot.domain.ids import DialogueId, MessageId
from chatbot.domain.orders import Side
from chatbot.domain.secrets import Secret
from chatbot.storage.dialogues import DIALOGUES
from chatbot.storage.faults import SealBroken
from chatbot.storage.opening import Storage
from tests.storage.conftest import Reopen
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, GROUP, NOW

LINK = Dialogue(
    id=DialogueId("link"),
    person=ANNA,
    chat=ANNAS_CHAT,
    message=MessageId(5),
    draft=LinkDraft(venue=Venue.ANDX, asking=Question.API_KEY, passphrase=Secret("canary-passphrase")),
    expires_at=NOW + timedelta(minutes=15),
)

HALF = OrderRequest(side=Side.BUY, quantity=Quantity(kind=QuantityKind.PERCENT, value=Decimal("50")))
ORDER = replace(
    LINK,
    id=DialogueId("order"),
    draft=OrderDraft(request=HALF, asking=Question.MARKET, choices=(Choice(label="BTC", request=HALF),)),
)


async def test_dialogue_survives_a_restart(reopen: Reopen) -> None:
    storage = await reopen()
    await storage.dialogues.put(LINK)
    await storage.aclose()
    storage = await reopen()
    assert await storage.dialogues.get(LINK.id, person=ANNA, now=NOW) == LINK
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=NOW) == LINK
    await storage.aclose()


async def test_new_question_takes_the_place_of_the_old_one(storage: Storage) -> None:
    await storage.dialogues.put(LINK)
    await storage.dialogues.put(ORDER)
    assert await storage.dialogues.get(LINK.id, person=ANNA, now=NOW) is None
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=NOW) == ORDER
    asked_on = replace(ORDER, message=MessageId(6))
    await storage.dialogues.put(asked_on)
    assert await storage.dialogues.get(ORDER.id, person=ANNA, now=NOW) == asked_on


async def test_question_is_for_its_person_chat_and_time_only(storage: Storage) -> None:
    await storage.dialogues.put(LINK)
    assert await storage.dialogues.get(LINK.id, person=BORIS, now=NOW) is None
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=BORIS, now=NOW) is None
    assert await storage.dialogues.open_in(GROUP, person=ANNA, now=NOW) is None
    assert await storage.dialogues.get(LINK.id, person=ANNA, now=LINK.expires_at) is None
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=LINK.expires_at) is None


async def test_closed_question_is_gone_and_others_stay(storage: Storage) -> None:
    elsewhere = replace(ORDER, chat=GROUP)
    await storage.dialogues.put(LINK)
    await storage.dialogues.put(elsewhere)
    await storage.dialogues.close(ANNAS_CHAT, person=BORIS)
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=NOW) == LINK
    await storage.dialogues.close(ANNAS_CHAT, person=ANNA)
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=NOW) is None
    assert await storage.dialogues.open_in(GROUP, person=ANNA, now=NOW) == elsewhere


async def test_prune_erases_what_is_over_and_only_that(storage: Storage) -> None:
    await storage.dialogues.put(LINK)
    await storage.dialogues.prune(now=LINK.expires_at - timedelta(microseconds=1))
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=NOW) == LINK
    await storage.dialogues.prune(now=LINK.expires_at)
    assert await storage.dialogues.open_in(ANNAS_CHAT, person=ANNA, now=NOW) is None


async def test_draft_stands_in_no_file_in_clear(storage: Storage, database_file: Path) -> None:
    await storage.dialogues.put(LINK)
    contents = b"".join(file.read_bytes() for file in database_file.parent.iterdir())
    assert b"canary" not in contents
    assert b"passphrase" not in contents


@pytest.mark.parametrize("change", [{"person": BORIS}, {"id": "other"}])
async def test_draft_moved_to_another_person_or_row_does_not_open(storage: Storage, change: dict[str, object]) -> None:
    await storage.dialogues.put(LINK)
    await storage.database.write(lambda connection: connection.execute(sa.update(DIALOGUES).values(change)))
    with pytest.raises(SealBroken):
        await storage.dialogues.open_in(ANNAS_CHAT, person=BORIS if "person" in change else ANNA, now=NOW)
