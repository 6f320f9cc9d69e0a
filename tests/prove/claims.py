"""A hundred claims on one ticket at once, against the real SQLite storage."""

import asyncio
import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from chatbot.domain.ids import ChatId, MessageId, PersonId
from chatbot.domain.tickets import Ticket, TicketState
from chatbot.storage.master_key import KeyFile
from chatbot.storage.opening import Storage, open_storage
from tests.prove.proof import Proof, Run
from tests.storage.examples import ANNA, ANNAS_CHAT, BORIS, NOW, SWAP, SWAP_TERMS, ManualClock, ticket

_AT_ONCE = 100
_CARD = MessageId(77)
_LITTLE = Decimal("0.01")  # so that no limit stands in the way of all of them


def prove(run: Run) -> None:
    asyncio.run(_prove(run))


async def _prove(run: Run) -> None:
    with tempfile.TemporaryDirectory() as folder:
        storage = await open_storage(
            url=f"sqlite:///{folder}/race.db", master_key=KeyFile(Path(folder) / "master.key"), clock=ManualClock()
        )
        try:
            for case, chance in run.cases():
                await _race(run, case, chance, storage)
        finally:
            await storage.aclose()


async def _race(run: Run, case: int, chance: random.Random, storage: Storage) -> None:
    """Rightful claims, and a crowd of others in between; sometimes nobody may win."""
    over = chance.random() < 0.1
    with_factor = chance.random() < 0.5
    shown = {"intent": SWAP, "terms": replace(SWAP_TERMS, value=_LITTLE)} if with_factor else {}
    card = ticket(message=chance.choice((None, _CARD)), **shown)
    await storage.tickets.add(card)
    at = NOW + timedelta(seconds=61 if over else 1)
    right = [chance.random() < 0.7 for _ in range(_AT_ONCE)]
    tries = [_Try(storage, card, at=at, right=each, with_factor=with_factor, chance=chance) for each in right]
    won = [each for each in await asyncio.gather(*(each.claim() for each in tries)) if each is not None]
    rightful = 0 if over or not any(each.right for each in tries) else 1
    stored = await storage.tickets.get(card.id)
    assert stored is not None
    if len(won) != rightful:
        run.fail(case, f"{len(won)} claims won, {rightful} should have")
    if (stored.state is TicketState.CLAIMED) != bool(won):
        run.fail(case, f"{len(won)} claims won, and the ticket is {stored.state}")


class _Try:
    def __init__(
        self, storage: Storage, card: Ticket, *, at: object, right: bool, with_factor: bool, chance: random.Random
    ) -> None:
        self._storage, self._card, self._at, self.right = storage, card, at, right
        wrong = None if right else chance.choice(("person", "chat", "both", "way"))
        self._with_factor = with_factor is not (wrong == "way")
        self._person: PersonId = BORIS if wrong in ("person", "both") else ANNA
        self._chat: ChatId = ChatId(BORIS) if wrong in ("chat", "both") else ANNAS_CHAT

    async def claim(self) -> Ticket | None:
        now = self._at
        return await self._storage.tickets.claim(
            self._card.id,
            person=self._person,
            chat=self._chat,
            message=_CARD,
            with_factor=self._with_factor,
            now=now,  # type: ignore[arg-type]
        )


PROOF = Proof(
    name="claims",
    claim=f"{_AT_ONCE} concurrent claims on one order's or swap's ticket in SQLite: one winner, the rightful one",
    required=300,
    sample=5,
    prove=prove,
)
