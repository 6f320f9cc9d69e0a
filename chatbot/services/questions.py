"""The one question that may be open per person and chat: kept sealed, answered by a tap or a message, forgotten."""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chatbot.domain.drafts import DIALOGUE_LIFETIME, LATE_CODE, CodeDraft, Dialogue, Draft
from chatbot.domain.ids import ChatId, DialogueId, MessageId, PersonId
from chatbot.ports.clock import Clock, Entropy
from chatbot.ports.dialogues import Dialogues


class Codes(Protocol):
    """People's one-time codes."""

    async def void(self, person: PersonId, *, now: datetime) -> None:
        """Accept neither the code of now nor the next one."""
        ...


class Questions:
    """Asks, finds and forgets.

    A question for a code that ends without a right one may still get its answer, on its way or just being typed. So
    that it answers nothing else, the codes it may be are void from then on.
    """

    def __init__(self, *, dialogues: Dialogues, codes: Codes, clock: Clock, entropy: Entropy) -> None:
        self._dialogues = dialogues
        self._codes = codes
        self._clock = clock
        self._entropy = entropy

    async def ask(
        self, draft: Draft, *, person: PersonId, chat: ChatId, expires_at: datetime | None = None
    ) -> Dialogue:
        """Keep a question; it replaces the one that was open here. It waits `DIALOGUE_LIFETIME`, if nothing is said."""
        await self._void_codes(person=person, chat=chat, unless_for=draft)
        dialogue = Dialogue(
            id=DialogueId(self._entropy.token()),
            person=person,
            chat=chat,
            message=None,
            draft=draft,
            expires_at=expires_at or self._clock.now() + DIALOGUE_LIFETIME,
        )
        await self._dialogues.put(dialogue)
        return dialogue

    async def shown(self, dialogue: Dialogue, message: MessageId) -> None:
        """Remember which message the question is."""
        await self._dialogues.put(replace(dialogue, message=message))

    async def change(self, dialogue: Dialogue, draft: Draft) -> None:
        """Go on asking, with a draft that says more."""
        await self._dialogues.put(replace(dialogue, draft=draft))

    async def find(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> Dialogue | None:
        """The person's own question in this chat; None if it is over."""
        found = await self._dialogues.get(dialogue, person=person, now=self._clock.now())
        return found if found is not None and found.chat == chat else None

    async def open_in(self, chat: ChatId, *, person: PersonId) -> Dialogue | None:
        """The question that waits for this person's answer here."""
        return await self._dialogues.open_in(chat, person=person, now=self._clock.now())

    async def drop(self, dialogue: DialogueId, *, person: PersonId, chat: ChatId) -> None:
        """End this question, if it is still the open one."""
        if await self.find(dialogue, person=person, chat=chat) is not None:
            await self.forget(person=person, chat=chat)

    async def forget(self, *, person: PersonId, chat: ChatId) -> None:
        """End whatever question is open here."""
        await self._void_codes(person=person, chat=chat)
        await self._dialogues.close(chat, person=person)

    async def close(self, dialogue: Dialogue) -> None:
        """End this question, if it is still the open one, as one that was answered rightly or was never shown."""
        if await self.find(dialogue.id, person=dialogue.person, chat=dialogue.chat) is not None:
            await self._dialogues.close(dialogue.chat, person=dialogue.person)

    async def _void_codes(self, *, person: PersonId, chat: ChatId, unless_for: Draft | None = None) -> None:
        """Void the codes that may still come for the question that is open here, or was until just now."""
        now = self._clock.now()
        found = await self._dialogues.open_in(chat, person=person, now=now - LATE_CODE)
        if found is None or not isinstance(found.draft, CodeDraft) or found.draft.number is not None:
            return
        if not isinstance(unless_for, CodeDraft) or unless_for.action != found.draft.action:
            await self._codes.void(person, now=now)
